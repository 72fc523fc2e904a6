// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSortFilterProxyModel>
#include <QTableView>
#include <QTimer>

#include <memory>
#include <optional>

#include "ui/charts/chart_view.h"
#include "ui/charts/legend_model.h"
#include "ui/look/theme.h"

namespace sightglass::ui {

/// The legend under a chart: line sample, type, path and labels, then last, min, max, mean. Four
/// rows high, then it scrolls. A click (or M) mutes a line, the row under the pointer or the
/// keyboard is the line that stands out. Sorted rows are put in order again at most once a second,
/// and never under the pointer or the keyboard. Where names have little room, mean, min and max go
/// in this order. Follows one ChartView, which outlives it. GUI thread only.
class LegendTable final : public QTableView {
    Q_OBJECT
  public:
    LegendTable(ChartView& chart, const Theme& theme, QWidget* parent = nullptr);
    ~LegendTable() override;

    /// What the series are of, where the page has several charts; "" for the one.
    void setTitle(const QString& title);

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

  protected:
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    bool viewportEvent(QEvent* event) override;

  private:
    void takeFrame();
    void adopt(const std::shared_ptr<const PlotFrame>& frame);
    void sortAgain();
    void applyTheme();
    void fitColumns();
    void toggle(const QModelIndex& index);
    void highlight(const QModelIndex& index);
    [[nodiscard]] const PlotSeries* seriesAt(const QModelIndex& index) const;
    [[nodiscard]] QModelIndex indexOf(std::optional<SeriesId> series) const;
    [[nodiscard]] std::optional<SeriesId> idAt(const QModelIndex& index) const;
    [[nodiscard]] int heightFor(int rows) const;

    ChartView& m_chart;
    const Theme& m_theme;
    LegendModel m_model;
    QSortFilterProxyModel m_sorted;
    QTimer m_sortAgain; ///< runs from a frame on until its rows are in order
    int m_rows = -1;
};

} // namespace sightglass::ui
