// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/codec/otlp/point_checks.h"

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

namespace sightglass {

namespace {

// What SDKs use: below, one bucket holds all doubles; above, indexes of doubles pass 32 bits.
constexpr std::int32_t lowestScale = -11;
constexpr std::int32_t highestScale = 20;

bool indexesFit(std::int32_t offset, std::uint32_t buckets) {
    return std::int64_t{offset} + buckets <= std::numeric_limits<std::int32_t>::max();
}

/// False if the text has another length and is not empty.
template <std::size_t n>
bool setId(std::array<std::uint8_t, n>& id, bool& has, std::string_view text) {
    has = text.size() == n && text.find_first_not_of('\0') != std::string_view::npos;
    if (has)
        std::memcpy(id.data(), text.data(), n);
    return text.empty() || text.size() == n;
}

} // namespace

std::optional<Impossible> setIds(Exemplar& exemplar, std::string_view traceId,
                                 std::string_view spanId) {
    if (!setId(exemplar.traceId, exemplar.hasTraceId, traceId))
        return Impossible{"bad-trace-id", "exemplar with a trace id that is not 16 bytes long"};
    if (!setId(exemplar.spanId, exemplar.hasSpanId, spanId))
        return Impossible{"bad-span-id", "exemplar with a span id that is not 8 bytes long"};
    return {};
}

std::optional<Impossible> checkPoint(const HistogramPoint& point, const Batch& batch) {
    const bool fits = point.bucketCounts.count == 0
                          ? point.bounds.count == 0
                          : point.bucketCounts.count == point.bounds.count + 1;
    if (!fits)
        return Impossible{"bucket-count-mismatch",
                          "histogram with a number of buckets that does not fit its bounds"};
    double before = -std::numeric_limits<double>::infinity();
    for (const double bound : Batch::slice(batch.doubles, point.bounds)) {
        if (!std::isfinite(bound))
            return Impossible{"bounds-not-finite", "histogram with a bound that is no number"};
        if (bound <= before)
            return Impossible{"bounds-not-increasing",
                              "histogram with bounds that do not increase"};
        before = bound;
    }
    return {};
}

std::optional<Impossible> checkPoint(const ExponentialHistogramPoint& point) {
    if (point.scale < lowestScale || point.scale > highestScale)
        return Impossible{"bad-scale", "exponential histogram with a scale outside -11 to 20"};
    if (!indexesFit(point.positiveOffset, point.positiveCounts.count) ||
        !indexesFit(point.negativeOffset, point.negativeCounts.count))
        return Impossible{"bad-bucket-offset",
                          "exponential histogram with bucket indexes past 32 bits"};
    if (!(point.zeroThreshold >= 0))
        return Impossible{"bad-zero-threshold",
                          "exponential histogram with a zero threshold that is below zero or NaN"};
    return {};
}

std::optional<Impossible> checkPoint(const SummaryPoint& point, const Batch& batch) {
    for (const Quantile& q : Batch::slice(batch.quantiles, point.quantiles))
        if (!(q.quantile >= 0 && q.quantile <= 1))
            return Impossible{"bad-quantile", "summary with a quantile outside 0 to 1"};
    return {};
}

} // namespace sightglass
