// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "core/api/api_handler.h"
#include "core/base/counters.h"

namespace sightglass {

/// Sightglass' own counters and gauges as a text exposition 0.0.4 page.
[[nodiscard]] std::string ownMetrics(const CounterRegistry& counters,
                                     const std::vector<OwnGauge>& gauges);

} // namespace sightglass
