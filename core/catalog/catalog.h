// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/mutex.h"
#include "core/model/origin.h"
#include "core/model/series_reader.h"

namespace sightglass {

/// A key that series of a metric carry.
struct LabelKey {
    std::string key;          ///< as received
    std::uint32_t series = 0; ///< how many of the metric's series carry it
    std::uint32_t values = 0; ///< distinct values; counted up to Catalog::valueLimit
    std::string example;      ///< display() of one value; the only one if values == 1
};

/// One row of the catalog: a descriptor on an origin, from a resource and a scope.
struct CatalogMetric {
    std::shared_ptr<const MetricInfo> info;
    std::uint32_t series = 0;
    std::vector<LabelKey> labelKeys; ///< sorted by key
    TimeNs firstSeen = 0;            ///< arrival of the first point
    TimeNs lastSeen = 0;             ///< newest sample time, to a second
};

struct CatalogOrigin {
    Origin origin;
    std::uint32_t metrics = 0; ///< rows, synthetic ones included
    std::uint32_t series = 0;
    TimeNs firstSeen = 0, lastSeen = 0;
    /// Of a Prometheus origin: labels that every series of the page carries with one value
    /// (synthetic metrics and target_info left out), plus the labels of a target_info with one
    /// series. Without job, instance and origin that we attached. Sorted. Empty for OTLP.
    Labels resourceLabels;
};

/// Everything that exists, at one moment. Immutable, shared between threads.
struct CatalogSnapshot {
    std::uint64_t generation = 0;
    std::vector<std::shared_ptr<const CatalogMetric>> metrics; ///< by origin, then name
    std::vector<CatalogOrigin> origins;                        ///< in the order they appeared
    std::uint32_t series = 0;
};

/// What exists: origins, metrics, label keys, cardinality. Kept incrementally: the writer tells it
/// of each new or removed series (never of points beyond one call a block). snapshot() may be
/// called from any thread; unchanged metrics are shared between snapshots, so one costs what
/// changed plus a pointer a metric.
class Catalog final : public SeriesListener {
  public:
    /// Distinct values of a label key are counted up to here.
    static constexpr std::uint32_t valueLimit = 1000;

    explicit Catalog(const OriginTable& origins);
    ~Catalog() override;

    void metricChanged(const std::shared_ptr<const MetricInfo>& metric, TimeNs when) override;
    void seriesAdded(const SeriesInfo& series, TimeNs when) override;
    void seriesRemoved(const SeriesInfo& series) override;
    void metricRemoved(MetricId metric) override;
    void pointsWritten(MetricId metric, TimeNs when) override;

    /// Rises when a metric, series or description came or went; not with points.
    [[nodiscard]] std::uint64_t generation() const;
    [[nodiscard]] std::shared_ptr<const CatalogSnapshot> snapshot() const;

  private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace sightglass
