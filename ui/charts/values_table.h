// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTableView>
#include <QTimer>

#include "ui/charts/chart_view.h"
#include "ui/charts/values_model.h"
#include "ui/look/theme.h"
#include "ui/models/selection.h"

namespace sightglass::ui {

/// The table beside a chart: its row is where the crosshair is, and the crosshair goes where its
/// row is. Ctrl+C copies the selected rows, or all, as tab-separated text. Brought up to date a few
/// times a second, and only while it is seen; what the user looks at stays in its place, unless
/// that is the newest row. Follows one ChartView, which outlives it. GUI thread only.
class ValuesTable final : public QTableView {
    Q_OBJECT
  public:
    ValuesTable(ChartView& chart, Selection& selection, const Theme& theme,
                QWidget* parent = nullptr);
    ~ValuesTable() override;

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;
    void copy() const;

  protected:
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void showEvent(QShowEvent* event) override;

  private:
    void takeFrame();
    void followCrosshair();
    void applyTheme();

    ChartView& m_chart;
    Selection& m_selection;
    const Theme& m_theme;
    ValuesModel m_model;
    QTimer m_later;           ///< runs from a frame on until it is shown
    bool m_following = false; ///< the row is being put where the crosshair is
};

} // namespace sightglass::ui
