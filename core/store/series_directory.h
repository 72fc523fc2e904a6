// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <absl/container/flat_hash_set.h>

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "core/model/batch.h"
#include "core/model/series_reader.h"
#include "core/store/identity.h"
#include "core/store/store_shared.h"

namespace sightglass {

/// Says whether there is room for one more series. Called in the middle of SeriesDirectory::find(),
/// and may remove series from the directory to make room.
class SeriesAdmission {
  public:
    /// `bytes`: what the series takes in the directory.
    [[nodiscard]] virtual bool admits(const StoredMetric& metric, std::size_t bytes) = 0;

  protected:
    ~SeriesAdmission() = default;
};

/// Which metrics and series there are: resolves what a batch names to what is stored, adds what is
/// new and takes out what is gone, and tells the listener of both. The writer's own; what readers
/// see goes through StoreShared.
class SeriesDirectory {
  public:
    /// Where in a metric's last order the writer is.
    struct Cursor {
        std::size_t next = 0;
        StoredSeries* previous = nullptr;
    };

    SeriesDirectory(StoreShared& shared, SeriesListener& listener, SeriesAdmission& admission)
        : m_shared(shared), m_listener(listener), m_admission(admission) {}

    /// Before the blocks of a batch that came at `now` are resolved, and after.
    void beginBatch(const Batch& batch, TimeNs now);
    void endBatch();

    /// The metric of a block; new if need be.
    [[nodiscard]] StoredMetric& resolve(Batch& batch, const MetricBlock& block);
    /// The series of a point; new if need be, null if that was not admitted.
    [[nodiscard]] StoredSeries* find(Batch& batch, StoredMetric& metric, const PointHeader& point,
                                     Cursor& cursor);

    /// Takes out a series without samples; forgetRemoved() afterwards, once for many.
    void remove(StoredSeries& series);
    void forgetRemoved();
    void removeEmptyMetrics();

    [[nodiscard]] std::size_t size() const { return m_seriesIndex.size(); }
    /// Of every series and metric, and of what they share.
    [[nodiscard]] std::size_t bytes() const {
        return m_bytes + m_shared.labels.bytes() + m_resources.bytes() + m_scopes.bytes();
    }
    /// In no order.
    [[nodiscard]] auto begin() const { return m_seriesIndex.begin(); }
    [[nodiscard]] auto end() const { return m_seriesIndex.end(); }

  private:
    [[nodiscard]] std::shared_ptr<const Resource> resourceOf(const Batch& batch,
                                                             std::uint32_t index);
    [[nodiscard]] std::shared_ptr<const Scope> scopeOf(const Batch& batch, std::uint32_t index);
    [[nodiscard]] StoredSeries* findKnown(StoredMetric& metric,
                                          std::span<const Attribute> attributes, Cursor& cursor);
    [[nodiscard]] StoredSeries* findOrAdd(StoredMetric& metric,
                                          std::span<const Attribute> attributes, Cursor& cursor);
    void renewForm(StoredSeries& series, std::span<const Attribute> attributes);
    StoredSeries& add(StoredMetric& metric, std::span<const Attribute> attributes,
                      std::uint64_t hash);

    StoreShared& m_shared;
    SeriesListener& m_listener;
    SeriesAdmission& m_admission;

    MetricIndex m_metricIndex;
    SeriesIndex m_seriesIndex;
    Interner<Resource, ResourceTraits> m_resources;
    Interner<Scope, ScopeTraits> m_scopes;
    std::size_t m_bytes = 0;

    absl::flat_hash_set<StoredMetric*> m_maybeEmpty;
    absl::flat_hash_set<StoredMetric*> m_lostSeries;
    absl::flat_hash_set<SeriesId> m_removed;

    // Of the batch being written.
    TimeNs m_now = 0;
    std::vector<std::shared_ptr<const Resource>> m_batchResources;
    std::vector<std::shared_ptr<const Scope>> m_batchScopes;
};

} // namespace sightglass
