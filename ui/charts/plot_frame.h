// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/base/clock.h"
#include "core/base/ids.h"
#include "core/model/descriptor.h"
#include "ui/charts/heat_frame.h"
#include "ui/charts/plot_request.h"
#include "ui/look/format.h"

namespace sightglass::ui {

/// What a series drew into one pixel column. Columns without points are not stored. A rate has one
/// value a column, at the column's last point. All values are finite.
struct PlotColumn {
    std::int32_t column = 0; ///< from 0; below 0 or from PlotFrame::columns on: the neighbour
                             ///< outside the range that the line comes from or goes to
    std::uint32_t count = 0; ///< points in here, at least 1
    bool endsHere = false;   ///< the series was marked as ended after the last point in here
    bool gapBefore = true;   ///< nothing connects this to the column before it
    TimeNs firstTime = 0, lastTime = 0;
    double first = 0, min = 0, max = 0, last = 0;
};

/// One line of the chart and one row of the legend.
struct PlotSeries {
    SeriesId id;
    OriginId origin;
    int family = 0;   ///< index into PlotFrame::families
    int axis = 0;     ///< 0: left, 1: right
    int path = 0;     ///< number in the painted circle
    QString pathName; ///< for narrow places: "scrape :8889"
    QString labels;   ///< what tells it from the other series of its path: "method=GET", or ""
    MetricType type = MetricType::Unknown;
    bool monotonic = false;
    bool delta = false;
    bool odd = false;         ///< of another type than the reference path
    bool reference = false;   ///< a thin solid line; else dashes
    Shown shown = Shown::Raw; ///< what the columns are
    int color = 0; ///< index into Tokens::series: one a family and label set, over all paths

    std::vector<PlotColumn> columns; ///< oldest first
    /// On a log axis: the columns with log10 of their values, without those of zero and below.
    std::vector<PlotColumn> logColumns;
    /// Stacked: what it adds to each of the frame's columns; NaN: nothing.
    std::vector<double> held;
    TimeNs gap = 0; ///< points further apart than this are not connected; 0: unknown

    // Over the range, of what is drawn. Meaningless while count is 0.
    std::uint64_t count = 0;
    double last = 0, min = 0, max = 0, mean = 0;
    std::uint32_t resets = 0; ///< falls in value
};

/// rate() of those paths that say counter where others do not: what a query would make of them.
struct PlotLane {
    std::vector<PlotSeries> series;
    std::vector<int> paths;         ///< numbers of the paths that say counter
    std::vector<TimeNs> resetTimes; ///< one a column that holds falls
    std::uint32_t falseResets = 0;  ///< falls that a rate takes for restarts
    UnitStyle unit;

    [[nodiscard]] bool empty() const { return series.empty(); }
};

/// A counter began again.
struct PlotReset {
    TimeNs time = 0;
    int series = 0; ///< index into PlotFrame::series
    std::uint32_t count = 1;
};

struct PlotArrival {
    int path = 0;
    TimeNs time = 0; ///< when its first point came in
};

/// Everything that a chart shows: the answer to one PlotRequest. Made on a worker, immutable,
/// shared with the GUI thread.
struct PlotFrame {
    QStringList families;    ///< as in the request
    ChartSettings settings;  ///< as in the request
    TimeNs from = 0, to = 0; ///< cut into `columns` parts of exactly `columnNs`
    TimeNs columnNs = 1;
    TimeNs span = 0, end = 0; ///< as in the request: to ask for the same range again
    bool live = false;        ///< as in the request
    int columns = 1;
    std::optional<TimeRange> extent; ///< of all series, if the range was made to fit
    bool fitted = false;             ///< the range was made to fit what there is
    bool hasRate = false;            ///< a switch between rate and raw makes a difference
    bool disagree = false;           ///< the paths differ in type, so all is drawn as received
    bool onePathOnly = false;        ///< stacked: only the first path of each family is drawn
    bool hasBuckets = false;         ///< some series is a histogram
    bool belowLog = false;           ///< values of zero and below are left out of a log axis
    TimeNs step = 0;                 ///< of increases: the time that every value is told for
    bool observations = false;       ///< the rate of a histogram's or summary's count

    UnitStyle unit;                     ///< of the left axis
    std::optional<UnitStyle> rightUnit; ///< set: there is a second axis
    QStringList leftOut;                ///< families of a third unit, which have no axis here
    std::vector<PlotSeries> series;     ///< family by family, path by path, reference path first
    std::uint32_t total = 0; ///< series that the family has; more than are drawn above 50
    std::shared_ptr<const HeatFrame> heat; ///< set: a heatmap, and the series are its quantiles
    PlotLane lane;
    std::vector<PlotReset> resets;     ///< one a column and series; none where paths disagree
    std::vector<PlotArrival> arrivals; ///< of paths of an odd type, within the range

    /// What the answer was read from: a chart is out of date once one of these moved.
    std::vector<std::pair<MetricId, std::uint64_t>> generations;
};

/// Whether any line has a point within the range.
[[nodiscard]] bool hasSamples(const PlotFrame& frame);

} // namespace sightglass::ui
