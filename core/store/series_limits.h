// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/model/series_reader.h"
#include "core/model/store_usage.h"

namespace sightglass {

/// Counts series by what a sender calls its metric (a name on an origin, so that many resources do
/// not go round the limit), and remembers which have hit a limit. The writer's own.
class SeriesLimits {
  public:
    SeriesLimits(std::uint32_t perMetricMost, std::uint32_t most)
        : m_perMetricMost(perMetricMost), m_most(most) {}

    [[nodiscard]] bool isFull(std::size_t series) const { return m_most != 0 && series >= m_most; }
    [[nodiscard]] bool isFull(const MetricInfo& metric) const;
    void added(const MetricInfo& metric);
    void removed(const MetricInfo& metric);

    /// Points of new series of a metric were refused. True if it is on the list.
    bool refused(const MetricInfo& metric, std::string_view reason, std::uint64_t points);
    [[nodiscard]] const std::vector<LimitedMetric>& limited() const { return m_limited; }

    [[nodiscard]] std::size_t bytes() const { return m_bytes; }

  private:
    using Name = std::pair<OriginId, std::string_view>;
    using OwnName = std::pair<OriginId, std::string>;
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(const Name& name) const {
            return absl::HashOf(name.first, name.second);
        }
        std::size_t operator()(const OwnName& name) const {
            return (*this)(Name{name.first, name.second});
        }
    };
    struct Equal {
        using is_transparent = void;
        bool operator()(const auto& a, const auto& b) const {
            return a.first == b.first && std::string_view(a.second) == std::string_view(b.second);
        }
    };
    [[nodiscard]] static Name nameOf(const MetricInfo& metric) {
        return {metric.origin, metric.descriptor.name};
    }

    const std::uint32_t m_perMetricMost, m_most;
    absl::flat_hash_map<OwnName, std::uint32_t, Hash, Equal> m_counts;
    std::vector<LimitedMetric> m_limited;
    std::size_t m_bytes = 0;
};

} // namespace sightglass
