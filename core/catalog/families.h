// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <string_view>
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

/// Families in the order of the explorer: by service, then name; Sightglass' own after a source's
/// of the same name.
using Families = std::vector<std::shared_ptr<const Family>>;

/// The first of that name, or null. `families` stand in their order, so that many need no look
/// through all of them: a binary search in each service.
[[nodiscard]] std::shared_ptr<const Family> findFamily(const Families& families,
                                                       std::string_view name);

/// Groups the snapshots of one catalog, one after another. What did not change between two keeps
/// its Family, and costs a comparison of pointers; only metrics that came, went or changed are
/// looked at. Owned by whoever groups; one thread at a time.
///
/// Exact translated names meet first; a family left without counterpart is matched by its stripped
/// name, and only if exactly one candidate remains on each side (design, "Family key").
class FamilyGrouper {
  public:
    FamilyGrouper();
    ~FamilyGrouper();

    /// All families of `catalog`, which is a later snapshot than the one before. Kept until the
    /// next call.
    const Families& update(std::shared_ptr<const CatalogSnapshot> catalog);

  private:
    struct State;
    std::unique_ptr<State> m_state;
};

/// All families of a snapshot on its own. A pure function; linear in metrics.
[[nodiscard]] Families groupFamilies(const CatalogSnapshot&);

} // namespace sightglass
