// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>

#include "core/base/mutex.h"
#include "core/model/store_usage.h"
#include "core/store/exemplar_ring.h"
#include "core/store/id_table.h"
#include "core/store/label_index.h"
#include "core/store/stored_series.h"
#include "core/store/writer_gate.h"

namespace sightglass {

/// What the writer and the readers of a Store share. Every member may be used from any thread, as
/// its own class says; only the writer changes it.
struct StoreShared {
    explicit StoreShared(std::size_t exemplarBytes) : exemplars(exemplarBytes) {}

    IdTable<SeriesId, StoredSeries> series;
    IdTable<MetricId, StoredMetric> metrics;
    LabelIndex labels{[this](SeriesId id) { return series.find(id) != nullptr; }};
    ExemplarRing exemplars;

    std::atomic<std::uint64_t> generation{0};
    /// The generation with which series were last removed.
    std::atomic<std::uint64_t> removedAt{0};
    WriterGate gate;

    /// Renewed after each batch.
    [[nodiscard]] StoreUsage usage() const SG_EXCLUDES(m_mutex) {
        MutexLock lock(m_mutex);
        return m_usage;
    }
    template <class Change>
    void changeUsage(Change&& change) SG_EXCLUDES(m_mutex) {
        MutexLock lock(m_mutex);
        change(m_usage);
    }

  private:
    mutable Mutex m_mutex;
    StoreUsage m_usage SG_GUARDED_BY(m_mutex);
};

} // namespace sightglass
