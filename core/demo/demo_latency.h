// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

namespace sightglass {

/// What the checkout service spends its time on, as far as its histograms show it.
enum class DemoWork { Basket, Order, FailedOrder, Query };

/// Observations between two latencies (seconds, `high` may be infinite) in the first `t` seconds,
/// whole and never falling with `t`. A mixture of log-normal ways to take: quick ones that give way
/// to slower ones and come back twice a minute, a thin slow tail, and what a rush adds. A pure
/// function.
[[nodiscard]] std::uint64_t demoObservations(DemoWork work, double t, double low, double high);

/// One of these observations, picked by `number`, of about the time `t`: seconds.
[[nodiscard]] double demoObservation(DemoWork work, double t, std::uint64_t number);

/// Seconds of the first `t` in which customers rushed in: 4 of every 12.
[[nodiscard]] double demoRush(double t);

/// Seconds of the first `t` in which payments failed: 3 of every 20.
[[nodiscard]] double demoFailing(double t);

} // namespace sightglass
