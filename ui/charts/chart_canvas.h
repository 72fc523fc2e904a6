// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QPainter>
#include <QRect>
#include <QSet>

#include <memory>
#include <optional>
#include <vector>

#include "ui/charts/axes.h"
#include "ui/charts/heat_layer.h"
#include "ui/charts/plot_frame.h"
#include "ui/charts/rasteriser.h"
#include "ui/charts/stack_painter.h"
#include "ui/look/theme.h"

namespace sightglass::ui {

/// What the user made of a chart, beside the frame itself.
struct ChartMarks {
    QSet<std::uint32_t> muted; ///< values of SeriesId
    std::optional<SeriesId> highlighted;
    std::optional<TimeNs> cursor;                      ///< crosshair
    std::optional<std::pair<TimeNs, double>> exemplar; ///< time and value of the one being read
    std::optional<std::pair<TimeNs, TimeNs>> dragged;  ///< a range being drawn, in order
};

/// Values under the crosshair.
struct CrosshairReading {
    struct Row {
        const PlotSeries* series = nullptr;
        bool inLane = false;
        std::optional<double> value; ///< none: no point near
        double height = 0;           ///< of its mark: the value, or the top of its area
    };
    TimeNs time = 0;
    std::vector<Row> rows;     ///< largest first, the lane's after those of the chart; a stack's in
                               ///< its order, the upmost first
    std::optional<double> sum; ///< of a stack
    const HeatExemplar* exemplar = nullptr; ///< the one being read, if any
};

/// Lays out and paints one chart: axes and grid, lines, the lane, arrivals, crosshair. Axes are
/// painted here and not by Qt Charts: both panes share one time axis with ticks in our units, and
/// a live frame costs a tenth. Belongs to a ChartView; GUI thread only.
///
/// Lines are kept as pictures in device pixels, drawn again only when frame, range, size, muting
/// or theme changed; a crosshair that moves costs their copying alone.
class ChartCanvas {
  public:
    explicit ChartCanvas(const Theme& theme) : m_theme(theme), m_heat(theme) {}

    /// Takes a new frame, size or scale; `from`..`to` is the range shown, which may run ahead of
    /// the frame's own while a zoom waits for its answer.
    void layout(std::shared_ptr<const PlotFrame> frame, TimeNs from, TimeNs to, QSize size,
                double scale, const ChartMarks& marks);
    void paint(QPainter& painter, const ChartMarks& marks);

    /// Room for labels beside the plot, in logical pixels: what this chart needs, and what it shall
    /// leave at least, so that charts upon each other have one time axis.
    struct Sides {
        int left = 0, right = 0;
        friend bool operator==(const Sides&, const Sides&) = default;
    };
    [[nodiscard]] Sides neededSides() const { return m_needed; }
    void setLeastSides(Sides sides) { m_least = sides; }
    /// Whether times stand below the plot.
    void setTimesShown(bool shown) { m_timesShown = shown; }
    [[nodiscard]] bool timesShown() const { return m_timesShown; }

    /// What lies at a point beside lines and axes, in words for a tool tip: a reset, a note that
    /// had to be cut; "" if nothing does.
    [[nodiscard]] QString tipAt(QPoint at) const;
    [[nodiscard]] const UnitStyle& unitOf(const CrosshairReading::Row& row) const;

    /// Inactive unless the frame is a heatmap.
    [[nodiscard]] const HeatLayer& heat() const { return m_heat; }
    [[nodiscard]] QRect plot() const { return m_plot; }
    [[nodiscard]] QRect lane() const { return m_lane; }
    /// Width of the plot in device pixels: how many columns to ask for.
    [[nodiscard]] int columns() const { return m_main.width; }
    [[nodiscard]] const PlotFrame* frame() const { return m_frame.get(); }
    [[nodiscard]] TimeNs from() const { return m_from; }
    [[nodiscard]] TimeNs to() const { return m_to; }

    [[nodiscard]] TimeNs timeAt(double x) const;
    [[nodiscard]] double xOf(TimeNs time) const;
    /// The time of the point nearest to `time` on any line that is not muted.
    [[nodiscard]] std::optional<TimeNs> snapped(TimeNs time, const ChartMarks& marks) const;
    /// The next point's time in a direction (-1, 1), of the highlighted line or of any.
    [[nodiscard]] std::optional<TimeNs> stepped(TimeNs time, int direction,
                                                const ChartMarks& marks) const;
    [[nodiscard]] CrosshairReading readAt(TimeNs time, const ChartMarks& marks) const;

  private:
    /// One pane of lines, in device pixels, and the picture of them.
    struct Pane {
        int x = 0, y = 0, width = 0, height = 0;
        ValueAxis axis, rightAxis;
        UnitStyle style, rightStyle; ///< of the tick labels
        QImage picture;
    };

    void place(QSize size, double scale);
    void makeAxes(const ChartMarks& marks);
    [[nodiscard]] bool isStacked() const;
    [[nodiscard]] bool isLog() const;
    void drawStack(const ChartMarks& marks);
    void layoutHeat(const ChartMarks& marks);
    void drawQuantiles(const ChartMarks& marks);
    [[nodiscard]] const HeatExemplar* exemplar(const ChartMarks& marks) const;
    void drawLines(Pane& pane, const std::vector<PlotSeries>& series, const ChartMarks& marks);
    void paintGrid(QPainter& painter, const Pane& pane, const QRect& rect) const;
    void paintTimes(QPainter& painter) const;
    void paintRightAxis(QPainter& painter) const;
    void paintNotes(QPainter& painter) const;
    void paintResets(QPainter& painter, const ChartMarks& marks) const;
    [[nodiscard]] QString note() const;
    [[nodiscard]] QRect noteRect() const;
    void paintArrivals(QPainter& painter) const;
    void paintLane(QPainter& painter) const;
    void paintCrosshair(QPainter& painter, const ChartMarks& marks) const;
    void paintReading(QPainter& painter, const CrosshairReading& reading, double x) const;
    [[nodiscard]] double yOf(const Pane& pane, const ValueAxis& axis, double value) const;

    const Theme& m_theme;
    std::shared_ptr<const PlotFrame> m_frame;
    TimeNs m_from = 0, m_to = 1;
    double m_scale = 1;
    QRect m_plot, m_lane; ///< logical pixels; m_lane is empty without a lane
    int m_laneTitleTop = 0;
    Pane m_main, m_below;
    PlotStack m_stack;
    HeatLayer m_heat;
    Sides m_needed, m_least;
    bool m_timesShown = true;
    Rasteriser m_rasteriser;
};

/// A short stroke in a series' manner: for legend and crosshair.
void paintLineSample(QPainter& painter, const QRect& rect, const PlotSeries& series, bool muted,
                     const Theme& theme);

} // namespace sightglass::ui
