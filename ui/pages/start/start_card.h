// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QVector>
#include <QWidget>

#include "ui/bridge/engine_bridge.h"
#include "ui/look/label.h"
#include "ui/look/theme.h"

class QGridLayout;
class QLineEdit;
class QPushButton;
class QVBoxLayout;

namespace sightglass::ui {

/// What the Metrics page is while there is no data: one card that says how to send here, scrape,
/// open a dump or play the demo, and how far each of these has come. Child of the Metrics page;
/// GUI thread only.
class StartCard : public QWidget {
    Q_OBJECT
  public:
    StartCard(EngineBridge& bridge, const Theme& theme, QWidget* parent = nullptr);
    ~StartCard() override;

    /// Opening a dump or the demo is the window's affair.
  signals:
    void openDumpWanted();
    void demoWanted();

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    class ReceiverRow;
    class TargetRow;
    void showStatus();
    void addTarget();
    void applyTheme();
    void fitCard();

    EngineBridge& m_bridge;
    const Theme& m_theme;
    QWidget* m_card;
    QVBoxLayout* m_column;
    QVBoxLayout* m_receivers;
    Label* m_noReceiver;
    QVector<ReceiverRow*> m_receiverRows;
    bool m_narrow = false;
    QLineEdit* m_target;
    Label* m_targetHint;
    QVBoxLayout* m_targets;
    QVector<TargetRow*> m_targetRows;
};

/// "8889 means http://127.0.0.1:8889/metrics", said while a short target is being typed; "" if
/// `typed` is a URL already or nothing.
[[nodiscard]] QString targetMeaning(const QString& typed);

} // namespace sightglass::ui
