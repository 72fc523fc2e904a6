// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/codec/exposition/exposition.h"

namespace sightglass::test {

/// When the pages of these tests were received.
inline constexpr TimeNs receivedAt = 1'700'000'000 * nsPerSecond;

Result<Batch> decode(std::string_view page, const ExpositionOptions& options = {});

/// The decoded page in one readable line a point, for example
///     counter x{a="b"} 1
///     histogram h{} count=3 sum=1.5 [0.5:1 +Inf:2]
///     summary s{} sum=- count=4 [0.5:7]
/// with "@ms" at the end where the page gave a time. An error is its text.
std::vector<std::string> describe(const Result<Batch>& page);
std::vector<std::string> describe(std::string_view page);

std::string readFile(const std::string& path);

} // namespace sightglass::test
