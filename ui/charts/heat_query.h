// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "core/model/series_reader.h"
#include "ui/charts/heat_frame.h"
#include "ui/charts/plot_choice.h"
#include "ui/charts/plot_frame.h"
#include "ui/charts/plot_request.h"

namespace sightglass::ui {

/// A heatmap's question to the ring. A value: it crosses threads.
struct HeatRequest {
    std::vector<PlotPath>
        paths;       ///< the reference path first; those without histograms are left out
    TimeNs from = 0; ///< of the first cell
    TimeNs cellNs = 1;
    int cells = 1;

    static constexpr std::size_t seriesMost = 500; ///< summed, of all paths together
    static constexpr std::size_t exemplarsMost = 2000;
};

/// Reads the histograms of all series of each path into time cells, series by series, so that
/// never more than a few thousand points of one are in memory. Cumulative ones count by what their
/// buckets rose, from zero where counting began anew; delta ones as they are. Time that a series
/// missed more than three of its intervals in is left empty. Of more series than seriesMost the
/// first to appear count, and the frame says so.
///
/// A cumulative series with many points a cell is read at the last of each cell only, but where its
/// count fell within. A pure function for a worker; any thread. `known` are all series of all
/// paths, if somebody listed them already; else they are listed here.
[[nodiscard]] std::shared_ptr<const HeatFrame>
heatmapQuery(const SeriesReader& reader, const HeatRequest& request,
             std::span<const PlotCandidate> known = {});

/// The quantiles of each path as lines, highest first. Their ids are no series' ids.
[[nodiscard]] std::vector<PlotSeries> quantileLines(const HeatFrame& frame);

} // namespace sightglass::ui
