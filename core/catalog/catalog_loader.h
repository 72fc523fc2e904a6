// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include "core/catalog/catalog.h"
#include "core/model/batch.h"

namespace sightglass {

/// Fills a Catalog straight from Batches and keeps no points: what `check` and `diff` need of a
/// dump, whatever its size. Metrics and series are told apart as the store does it, by the identity
/// that the design gives them. Belongs to one thread; the Catalog must outlive it.
class CatalogLoader {
  public:
    explicit CatalogLoader(Catalog& catalog) : m_catalog(catalog) {}

    void load(const Batch& batch);

  private:
    struct Metric {
        std::shared_ptr<const MetricInfo> info;
        absl::flat_hash_set<std::string> series; ///< canonical texts of the attributes
    };

    Metric& metricOf(const Batch& batch, const MetricBlock& block, TimeNs when);
    std::shared_ptr<const Resource> resourceOf(const Batch& batch, const ResourceView& view);
    std::shared_ptr<const Scope> scopeOf(const Batch& batch, const ScopeView& view);
    template <class Point>
    void loadPoints(const Batch& batch, std::span<const Point> points, Metric& metric);

    Catalog& m_catalog;
    absl::flat_hash_map<std::string, std::shared_ptr<const Resource>> m_resources;
    absl::flat_hash_map<std::string, std::shared_ptr<const Scope>> m_scopes;
    absl::flat_hash_map<std::string, std::unique_ptr<Metric>> m_metrics;
    std::uint32_t m_seriesCount = 0;
};

} // namespace sightglass
