// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

#include "core/model/series_reader.h"

// How far apart the points of a series come. Pure functions.
namespace sightglass::ui {

/// The middle one of the times between points; 0 if there are fewer than two points.
[[nodiscard]] TimeNs intervalOf(std::span<const Column> columns);

/// Longest time between points that still connects them: three intervals and a bit; 0: unknown.
[[nodiscard]] TimeNs gapOf(std::span<const Column> columns);

} // namespace sightglass::ui
