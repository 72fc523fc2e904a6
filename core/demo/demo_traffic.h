// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/model/batch.h"

namespace sightglass {

/// The telemetry of a shop's checkout service that exists only here: 27 runtime metrics of a Go
/// program, a request counter, a latency histogram with exemplars, and an exponential histogram of
/// the database's. A pure function of the time since it began, so that every run tells the same
/// story:
///
/// - the heap grows and falls at a collection every 2.4 s, which a path that takes it for a counter
///   shows as resets;
/// - every 12 s a rush of customers quadruples the requests for 4 s;
/// - every 20 s payments fail for 3 s;
/// - every 32 s answers change from quick to slow and back.
///
/// `began` and `now` are times of one clock. The batch is what an OTLP exporter would send: one
/// resource, one scope, cumulative sums with start time `began`.
[[nodiscard]] Batch demoTraffic(TimeNs began, TimeNs now);

/// The same batch as the application's own /metrics page has it: names and labels translated, every
/// resource attribute a label of every sample, and no times: a page says how things are now.
/// Without the exponential histogram and the exemplars, for which the text format has no words.
[[nodiscard]] Batch asApplicationPage(const Batch& traffic);

/// The same batch as an old collector's Prometheus exporter had it: every sum a counter, monotonic
/// or not, and the resource gone. It sends the points' own times along (send_timestamps), so that
/// the window shows the same value at the same time on every path.
[[nodiscard]] Batch asOldCollectorPage(const Batch& traffic);

} // namespace sightglass
