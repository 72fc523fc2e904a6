// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "core/diagnose/paths.h"
#include "core/diagnose/rule.h"

namespace sightglass {

/// What a path says of a family, with the newest sample's time; `labels` are left to the rule.
[[nodiscard]] Evidence evidenceOf(const FamilyPath& path);

/// The origin's name as a sentence has room for it: "scrape :9100", "a.prom"; the whole name if
/// another origin has the same short one.
[[nodiscard]] std::string spokenName(const CatalogSnapshot& catalog, OriginId origin);

/// A type's word as a sentence says it: "up-down sum" for "up_down_sum".
[[nodiscard]] std::string spokenType(std::string_view word);

/// A finding about one family of a pair, with evidence from both sides; `count` is the number of
/// the other side's series.
[[nodiscard]] Finding findingOf(const FamilyPair& pair);

/// "a", "a and b", "a, b and c".
[[nodiscard]] std::string listed(const std::vector<std::string>& words);

/// The family's differing row of a group, or nullptr.
[[nodiscard]] const ComparisonRow* differenceIn(const FamilyPair& pair, ComparisonGroup group);

} // namespace sightglass
