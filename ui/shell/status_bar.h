// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSet>
#include <QTimer>
#include <QWidget>

#include "ui/bridge/engine_bridge.h"
#include "ui/look/theme.h"

class QHBoxLayout;

namespace sightglass::ui {

class BarButton;
class Label;

/// The line of 26 px at the bottom: what is wrong, who listens, how much flows and how much is
/// kept. Each part opens the page that tells more. Child of the window; GUI thread only.
class StatusBar : public QWidget {
    Q_OBJECT
  public:
    StatusBar(EngineBridge& bridge, const Theme& theme, QWidget* parent = nullptr);

    /// A sentence about what the user just did, for ten seconds.
    void say(const QString& sentence, bool isError);

    [[nodiscard]] QSize sizeHint() const override;

  signals:
    void findingsWanted();
    void sourcesWanted();
    void metricsWanted();

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    void showFindings();
    void showStatus();
    void applyTheme();
    void want(BarButton* part, bool wanted);
    void fit();
    BarButton* add(void (StatusBar::*wanted)());

    EngineBridge& m_bridge;
    const Theme& m_theme;
    QHBoxLayout* m_line;
    BarButton* m_findings;
    BarButton* m_receivers[3];
    BarButton* m_targets;
    Label* m_message;
    BarButton* m_drops;
    BarButton* m_rate;
    BarButton* m_series;
    BarButton* m_memory;
    BarButton* m_age;
    QSet<BarButton*> m_unwanted; ///< parts that have nothing to say
    QTimer m_messageTime;
};

} // namespace sightglass::ui
