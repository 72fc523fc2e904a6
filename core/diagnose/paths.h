// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/diagnose/comparison.h"

namespace sightglass {

/// One family of a pair: the metrics of this one source on each side, and in what they differ.
struct FamilyPair {
    std::shared_ptr<const Family> family;
    FamilyPath reference, other;
    std::vector<ComparisonRow> differences; ///< rows of PathComparer::compare() that differ
};

/// Two origins by which one source's data came: what the path rules look at.
struct PathPair {
    OriginId reference, other; ///< the reference is the side with more resource labels
    std::string service;       ///< as either side knows it, or ""
    std::vector<FamilyPair> families;
};

/// What all rules need to know of the paths, worked out once a run.
struct Paths {
    PathComparer comparer;
    std::vector<PathPair> pairs;
};

/// Which origins are compared (design, "Paths of one source"). Those of `requested` if any were
/// asked for; else two origins are paths of one source when half of the smaller side's families
/// are on both, and no service, instance or constant label that both know contradicts. An OTLP
/// origin is divided by service first, as many senders share it. With `directed` the first of a
/// requested pair is the reference; else the side with more resource labels is.
[[nodiscard]] Paths findPaths(const CatalogSnapshot& catalog,
                              std::span<const std::shared_ptr<const Family>> families,
                              std::span<const std::pair<OriginId, OriginId>> requested,
                              bool directed);

} // namespace sightglass
