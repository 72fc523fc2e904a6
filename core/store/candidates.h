// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

#include "core/model/series_reader.h"
#include "core/store/store_shared.h"

namespace sightglass {

/// Store::candidates(). Any thread.
[[nodiscard]] std::vector<SeriesInfo> seriesCandidates(const StoreShared& shared,
                                                       std::span<const MetricId> metrics,
                                                       std::span<const LabelCondition> conditions);

} // namespace sightglass
