// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/ids.h"

namespace sightglass {

/// What one origin has in the ring, and what it had to give away.
struct OriginUsage {
    std::uint32_t series = 0;
    std::uint64_t samples = 0;
    std::size_t bytes = 0;
    TimeNs oldestSample = 0; ///< how far back it reaches; 0: no sample
    std::uint64_t evictedSamples = 0;
};

/// A metric that has hit a limit of series: points of new series of it were refused.
struct LimitedMetric {
    OriginId origin;
    std::string name;
    std::string reason; ///< "series-limit" or "metric-series-limit"
    std::uint64_t refusedPoints = 0;
};

/// What the store holds and what it had to let go.
struct StoreUsage {
    std::size_t bytes = 0; ///< chunks, series, labels, indexes and exemplars
    std::size_t limit = 0;
    std::size_t elsewhere = 0; ///< what the rest of the process was last seen to take of the limit
    std::uint32_t series = 0;
    std::uint64_t samples = 0;
    TimeNs oldestSample = 0;  ///< 0: no sample
    TimeNs evictionBegan = 0; ///< when the first sample was evicted, as time of arrival; 0: never
    std::uint64_t evictedSamples = 0, evictedSeries = 0, evictedBytes = 0, evictedExemplars = 0;
    std::vector<OriginUsage> origins; ///< indexed by OriginId
    /// The first that hit a limit; at most limitedMetricsMost.
    std::vector<LimitedMetric> limitedMetrics;

    static constexpr std::size_t limitedMetricsMost = 20;
};

} // namespace sightglass
