// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/catalog/catalog.h"

namespace sightglass {

/// The members of a family that came by one origin.
struct FamilyPath {
    OriginId origin;
    std::vector<std::shared_ptr<const CatalogMetric>> metrics; ///< several resources or scopes
    std::string name;                                          ///< Prometheus name on this path
    std::uint32_t series = 0;
};

/// One metric, whatever paths it comes by: a row of the explorer, the subject of a comparison.
struct Family {
    std::string name;              ///< Prometheus name, that of the first path
    std::vector<FamilyPath> paths; ///< in the order of the origins
    std::uint32_t series = 0;
    bool synthetic = false;
    /// The service as any path knows it (service.name, or a service_name label, or job), or "".
    std::string service;
};

/// All families of a snapshot, sorted by service then name. A pure function; linear in metrics.
/// Exact translated names meet first; a family left without counterpart is matched by its stripped
/// name, and only if exactly one candidate remains on each side (design, "Family key").
[[nodiscard]] std::vector<std::shared_ptr<const Family>> groupFamilies(const CatalogSnapshot&);

} // namespace sightglass
