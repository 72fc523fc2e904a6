// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/clock.h"
#include "core/base/ids.h"
#include "core/model/series_reader.h"

namespace sightglass::ui {

/// How a chart draws its series.
enum class ChartKind : std::uint8_t {
    Lines,
    Stacked, ///< areas upon each other; one unit only
    Heatmap, ///< buckets of histograms over time
};
/// What a chart makes of counters, and of the counts of histograms and summaries.
enum class Shown : std::uint8_t {
    Rate,     ///< per second
    Increase, ///< over the frame's step
    Raw,      ///< as received
};
/// Of more series than can be drawn: the largest by what.
enum class TopBy : std::uint8_t { Last, Max, Mean };

/// How one chart shows what it shows. Kept with the session.
struct ChartSettings {
    ChartKind kind = ChartKind::Lines;
    Shown shown = Shown::Rate;
    TopBy topBy = TopBy::Last;
    bool bucketsAsLines = false; ///< a histogram as the rate of its count, not as heatmap
    std::optional<bool> heatLog; ///< log axis of a heatmap; none: as suits the buckets
    bool logAxis = false;        ///< values of zero and below are left out
    bool topChosen = false;      ///< the user answered what to show of too many series
    bool values = false;         ///< a table of values stands beside

    friend bool operator==(const ChartSettings&, const ChartSettings&) = default;
};

/// Whether histograms that are alone on a chart are drawn as a heatmap.
[[nodiscard]] inline bool wantsHeatmap(const ChartSettings& settings) {
    return settings.kind == ChartKind::Heatmap ||
           (settings.kind == ChartKind::Lines && !settings.bucketsAsLines);
}

/// One path of a family to draw.
struct PlotPath {
    OriginId origin;
    int number = 0;
    QString name;
    std::vector<MetricId> metrics;
    TimeNs arrived = 0;
};

/// One family to draw, all its paths.
struct PlotFamily {
    QString name;
    std::vector<PlotPath> paths; ///< the reference path first
};

/// A chart's question to the ring. A value: it crosses threads.
struct PlotRequest {
    std::vector<PlotFamily> families; ///< the first decides kind and left axis
    ChartSettings settings;
    TimeNs span = 0; ///< 0: fitted to what there is, up to fittedMost
    TimeNs end = 0;  ///< right edge; now, if live
    bool live = true;
    std::optional<TimeRange> beside; ///< what other charts show, for one fitted range over all
    int columns = 0;                 ///< width of the plot in device pixels
    std::size_t most = seriesMost;   ///< series drawn at most, of all families together

    static constexpr TimeNs fittedMost = 300 * nsPerSecond;
    static constexpr TimeNs fittedLeast = 5 * nsPerSecond;
    static constexpr std::size_t seriesMost = 50;
};

} // namespace sightglass::ui
