// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "core/model/series_reader.h"
#include "ui/charts/plot_frame.h"
#include "ui/charts/plot_request.h"

namespace sightglass::ui {

struct PlotChoice;

/// What one chart's worker remembers between its questions. With thousands of series, finding the
/// largest of them costs far more than reading those: it is done once a second. Belongs to one
/// thread at a time.
struct PlotMemory {
    std::shared_ptr<const PlotChoice> choice; ///< null while there is nothing to remember
    std::function<std::chrono::steady_clock::time_point()> now = &std::chrono::steady_clock::now;
};

/// Reads what the request asks for, never more than first, min, max and last a pixel column.
///
/// Gauges come as they are; counters, and the counts of histograms and summaries, as a rate per
/// second or increase unless raw. Where the paths disagree on the type all come as received, and
/// the lane holds the rate of those that say counter, if there is but one family. A family of
/// another unit gets the right axis, one of a third unit is left out. Of more series than `most`
/// those with the largest last, max or mean come. All points are of one generation. Without
/// `memory` a pure function for a worker; any thread.
///
/// The range begins and ends at a multiple of a column's length, so that a point stays in its
/// column while a live chart moves on.
[[nodiscard]] std::shared_ptr<const PlotFrame>
plotQuery(const SeriesReader& reader, const PlotRequest& request, PlotMemory* memory = nullptr);

} // namespace sightglass::ui
