// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/model/prometheus_names.h"
#include "core/model/series_reader.h"
#include "ui/charts/plot_request.h"
#include "ui/look/format.h"

// Which series a chart draws, and on which axis: the first half of plotQuery(). Pure functions.
namespace sightglass::ui {

/// What a type is compared as: a non-monotonic sum is a gauge, all histograms are one kind.
enum class SeriesKind { Any, Gauge, Counter, Histogram, Summary };

[[nodiscard]] SeriesKind kindOf(const Descriptor& descriptor);
/// Histograms and summaries, of which a line draws the count.
[[nodiscard]] bool hasCount(SeriesKind kind);
/// What can be shown as a rate or an increase.
[[nodiscard]] bool isCumulative(SeriesKind kind);
[[nodiscard]] Field fieldOf(SeriesKind kind);

/// The pixel columns of a chart: `to - from` is `columns` times `columnNs`, and both ends are
/// multiples of it, so that a point stays in its column while a live chart moves on.
struct PlotGrid {
    TimeNs from = 0, to = 0, columnNs = 1;
    int columns = 1;
};
[[nodiscard]] PlotGrid plotGrid(TimeNs span, TimeNs end, int columns, bool live);

/// A series that could be drawn.
struct PlotCandidate {
    SeriesInfo info;
    int family = 0;
    const PlotPath* path = nullptr;
    SeriesKind kind = SeriesKind::Any;
    std::size_t ordinal = 0; ///< place among the series of its path
    double rank = 0;
};

/// What one family is on this chart.
struct FamilyPlot {
    std::uint32_t series = 0;
    bool disagree = false; ///< its paths differ in type: drawn as received
    SeriesKind reference = SeriesKind::Any;
    bool hasRate = false;      ///< some series can be shown as a rate
    bool observations = false; ///< counts of histograms or summaries
    Shown shown = Shown::Raw;  ///< of the series that can be a rate
    QString unitText;          ///< as sent, by whichever path knows it
    UnitStyle unit;
    int axis = -1; ///< 0 left, 1 right, -1: left out, or nothing to draw
};

/// The series that a request draws, and what was learned of all of them.
struct PlotChoice {
    std::vector<PlotFamily> asked; ///< the candidates point into these
    ChartSettings settings;
    bool live = false;
    TimeNs span = 0, end = 0;
    std::chrono::steady_clock::time_point made; ///< if it is remembered

    std::vector<FamilyPlot> families; ///< one for each that was asked for
    std::vector<PlotCandidate> chosen;
    std::uint32_t total = 0;         ///< series that there are
    std::optional<TimeRange> extent; ///< of all of them, if the range follows from it
    bool onePathOnly = false;        ///< stacked: further paths of a family are not drawn
};

/// All series of the request with an axis; the caller leaves the largest by keepLargest().
[[nodiscard]] std::shared_ptr<PlotChoice> chooseSeries(const SeriesReader& reader,
                                                       const PlotRequest& request);
/// Leaves `most` series, a fair share of them to each family, in the order they had.
void keepLargest(const SeriesReader& reader, std::size_t most, const PlotGrid& grid,
                 PlotChoice& choice);
/// Whether a choice made for another request, not long ago, answers this one.
[[nodiscard]] bool stillHolds(const PlotChoice& choice, const PlotRequest& request,
                              std::chrono::steady_clock::time_point now);

/// What tells each chosen series from the others of its path: "method=GET", or "".
[[nodiscard]] std::vector<QString> tellingLabels(const std::vector<PlotCandidate>& chosen);

} // namespace sightglass::ui
