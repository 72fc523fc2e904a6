// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string_view>

#include "core/model/batch.h"

namespace sightglass {

/// Why a point cannot be, by the OTLP data model: the name of the reason (also a counter's label)
/// and a sentence part.
struct Impossible {
    std::string_view reason;
    std::string_view what;
};

// nullopt if the point can be. Its slices lie in `batch`.
[[nodiscard]] std::optional<Impossible> checkPoint(const HistogramPoint& point, const Batch& batch);
[[nodiscard]] std::optional<Impossible> checkPoint(const ExponentialHistogramPoint& point);
[[nodiscard]] std::optional<Impossible> checkPoint(const SummaryPoint& point, const Batch& batch);

/// Takes an exemplar's ids as they came. Empty and all-zero ones say that there is none (W3C Trace
/// Context); one of another length than 16 and 8 bytes cannot be.
[[nodiscard]] std::optional<Impossible> setIds(Exemplar& exemplar, std::string_view traceId,
                                               std::string_view spanId);

/// What every decoder refuses for the same reason in the same words.
inline constexpr Impossible noName{"no-name", "metric without a name"};
inline constexpr Impossible noData{"no-data", "metric without data"};
inline constexpr Impossible noTime{"no-time", "data point without a time"};
inline constexpr Impossible noValue{"no-value", "data point without a value"};
inline constexpr Impossible timeOutOfRange{"time-out-of-range", "time after the year 2262"};

} // namespace sightglass
