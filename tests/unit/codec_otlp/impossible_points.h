// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sightglass::test {

/// A list of metrics in OTLP/JSON of which some points cannot be, for one reason.
struct ImpossiblePoint {
    std::string metrics;
    std::string reason;
    std::uint64_t points = 1; ///< refused
    std::uint64_t left = 0;   ///< taken
    bool alsoProtobuf = true; ///< protobuf's JSON parser can read it too
};
const std::vector<ImpossiblePoint>& impossiblePoints();

/// A request of one resource and one scope with these metrics.
std::string requestOf(const std::string& metrics);

} // namespace sightglass::test
