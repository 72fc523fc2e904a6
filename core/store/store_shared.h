// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>

#include "core/store/exemplar_ring.h"
#include "core/store/id_table.h"
#include "core/store/label_index.h"
#include "core/store/stored_series.h"

namespace sightglass {

/// What the writer and the readers of a Store share. Every member may be used from any thread, as
/// its own class says; only the writer changes it.
struct StoreShared {
    explicit StoreShared(std::size_t exemplarCapacity) : exemplars(exemplarCapacity) {}

    IdTable<SeriesId, StoredSeries> series;
    IdTable<MetricId, StoredMetric> metrics;
    LabelIndex labels{[this](SeriesId id) { return series.find(id) != nullptr; }};
    ExemplarRing exemplars;

    std::atomic<std::uint64_t> generation{0};

    // Published after each batch, for usage().
    std::atomic<std::size_t> bytes{0};
    std::atomic<std::uint32_t> seriesCount{0};
    std::atomic<std::uint64_t> samples{0};
    std::atomic<TimeNs> oldestSample{0};
};

} // namespace sightglass
