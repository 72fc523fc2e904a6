// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string_view>

namespace sightglass {

/// A float as Prometheus reads one: Go's strconv.ParseFloat without hexadecimal and underscores.
/// "NaN" (never signed), "Inf" and "Infinity" in any case; a value beyond the range is none, one
/// too small to be told from zero is zero.
[[nodiscard]] std::optional<double> parsePrometheusFloat(std::string_view text);

} // namespace sightglass
