// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QWidget>

#include "ui/bridge/engine_bridge.h"
#include "ui/look/label.h"
#include "ui/look/theme.h"
#include "ui/models/selection.h"
#include "ui/pages/sources/counter_model.h"
#include "ui/pages/sources/sources_model.h"

class QPushButton;
class QTableView;
class QVBoxLayout;

namespace sightglass::ui {

/// The Sources page: who may send here, who is scraped, and what came of it; below, what was
/// refused or lost, once there is any. Made when first shown. Child of the window; GUI thread only.
class SourcesPage : public QWidget {
    Q_OBJECT
  public:
    SourcesPage(EngineBridge& bridge, Selection& selection, const Theme& theme,
                QWidget* parent = nullptr);

    /// Removes the selected row's target, if it is one.
    void removeSelectedTarget();
    /// Selects the row with this address, if there is one.
    void selectSource(const QString& address);
    [[nodiscard]] QTableView& table() const { return *m_table; }
    [[nodiscard]] QTableView& counters() const { return *m_counterTable; }

  signals:
    void addTargetWanted();

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;

  private:
    [[nodiscard]] const SourcesModel::Row* selectedRow() const;
    void showSelection();
    void fitColumns();
    void applyTheme();
    void buildCounters();
    void showCounters();
    void fitCounters();

    EngineBridge& m_bridge;
    const Theme& m_theme;
    SourcesModel m_model;
    QVBoxLayout* m_column;
    Label* m_summary;
    QTableView* m_table;
    QPushButton* m_remove;
    QPushButton* m_freePort;
    CounterModel m_counters;
    QElapsedTimer m_counted; ///< since the counters were looked at
    Label* m_counterHead = nullptr;
    QTableView* m_counterTable = nullptr;
};

} // namespace sightglass::ui
