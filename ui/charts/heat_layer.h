// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QPainter>
#include <QRect>
#include <QSet>

#include <memory>
#include <optional>
#include <vector>

#include "ui/charts/heat_frame.h"
#include "ui/charts/heat_scale.h"
#include "ui/charts/plot_frame.h"
#include "ui/look/theme.h"

namespace sightglass::ui {

/// The heatmap of a chart: cells, their key, exemplars, and at the right, on the same value axis,
/// the distribution under the crosshair or of the whole range. The quantile lines are the chart's
/// own. Belongs to a ChartCanvas, which says where things lie; GUI thread only.
///
/// Cells and exemplars are kept as pictures in device pixels, painted again when frame, range, size
/// or theme changed.
class HeatLayer {
  public:
    struct Place {
        QRect plot; ///< logical pixels
        QRect side; ///< of the distribution; empty: no room
        TimeNs from = 0, to = 1;
        double scale = 1; ///< device pixels a logical one
    };

    explicit HeatLayer(const Theme& theme) : m_theme(theme) {}

    /// Null: the chart is no heatmap. `isLog`: none, as suits the buckets. `path`: whose cells are
    /// shown; none of the paths, the reference path's.
    void setFrame(std::shared_ptr<const HeatFrame> frame, const UnitStyle& unit,
                  std::optional<bool> isLog, int path);
    void place(const Place& place);

    [[nodiscard]] bool active() const { return m_frame != nullptr; }
    [[nodiscard]] const HeatScale& scale() const { return m_scale; }
    /// Whose cells are shown; null if no path has a histogram.
    [[nodiscard]] const HeatGrid* grid() const;
    [[nodiscard]] int labelWidth(const QFontMetrics& metrics) const;
    /// What of a chart's width the distribution takes.
    [[nodiscard]] int sideWidth(int width) const;

    /// Ticks, grid lines, cells, key and names of open rows.
    void paintBelow(QPainter& painter) const;
    /// Exemplars and the ends of the quantile lines; `active` is the exemplar that is read.
    void paintAbove(QPainter& painter, const std::vector<PlotSeries>& lines,
                    const QSet<std::uint32_t>& muted, const HeatExemplar* active);
    /// The distribution at `time`, or of the whole range, with those quantiles that have a line.
    void paintSide(QPainter& painter, const std::vector<PlotSeries>& lines,
                   const QSet<std::uint32_t>& muted, std::optional<TimeNs> time) const;

    struct Distribution {
        std::vector<double> counts; ///< by row
        double total = 0;
        QString title; ///< of what time and how many; as much of it as there is room for
    };
    /// Around `time`, or of the whole range. Empty if there is no grid.
    [[nodiscard]] Distribution distributionAt(std::optional<TimeNs> time) const;

    /// The exemplar whose dot lies under `at`, if any.
    [[nodiscard]] const HeatExemplar* exemplarUnder(QPointF at) const;
    /// The exemplar at a time and value; null if it is gone.
    [[nodiscard]] const HeatExemplar* exemplarAt(TimeNs time, double value) const;
    /// The next one in a direction (-1, 1) from a time, within the range shown.
    [[nodiscard]] const HeatExemplar* exemplarBeside(TimeNs time, int direction) const;

  private:
    [[nodiscard]] double xOf(TimeNs time) const;
    [[nodiscard]] double yOf(double position) const;
    void renderCells();
    void renderDots();
    void paintTicks(QPainter& painter) const;
    void paintKey(QPainter& painter) const;

    const Theme& m_theme;
    std::shared_ptr<const HeatFrame> m_frame;
    UnitStyle m_unit;
    std::size_t m_shown = 0;
    HeatScale m_scale;
    std::vector<HeatScale::Tick> m_ticks;
    double m_densest = 1; ///< observations a second at the end of the key
    Place m_place;
    QImage m_picture;
    QImage m_dots; ///< the exemplars; null until they are painted at this place
};

} // namespace sightglass::ui
