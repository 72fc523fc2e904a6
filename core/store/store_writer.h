// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <absl/container/flat_hash_set.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/counters.h"
#include "core/model/sample_sink.h"
#include "core/model/series_reader.h"
#include "core/store/identity.h"
#include "core/store/record_maker.h"
#include "core/store/sample_age.h"
#include "core/store/store_shared.h"

namespace sightglass {

/// The writing half of a Store: resolves identities, appends, keeps to the budget. One thread at a
/// time; what readers see goes through StoreShared.
class StoreWriter {
  public:
    StoreWriter(StoreShared& shared, std::size_t memoryLimit, SeriesListener& listener,
                CounterRegistry& counters);

    WriteReport write(Batch& batch);

    [[nodiscard]] std::size_t limit() const { return m_limit; }
    [[nodiscard]] std::uint64_t evictedSamples() const { return m_evictedSamples.value(); }
    [[nodiscard]] std::uint64_t evictedSeries() const { return m_evictedSeries.value(); }

  private:
    enum class Verdict : std::uint8_t {
        Taken,
        Repeated,
        NoTimestamp,
        OutOfOrder,
        DuplicateTimestamp,
        MemoryLimit,
    };
    static constexpr std::size_t verdictCount = 6;

    /// Where in a metric's last order the writer is.
    struct Cursor {
        std::size_t next = 0;
        StoredSeries* previous = nullptr;
    };

    void writeBlock(Batch& batch, const MetricBlock& block);
    template <class ChunkType, class Point>
    void writePoints(Batch& batch, StoredMetric& metric, std::span<const Point> points);
    template <class ChunkType, class Point>
    Verdict writePoint(const Batch& batch, StoredMetric& metric, const Point& point,
                       Cursor& cursor);
    template <class ChunkType, class Record>
    Verdict append(StoredSeries& series, Record&& record);
    template <class ChunkType>
    Verdict judgeLate(const StoredSeries& series, const typename ChunkType::Point& point) const;
    void refuse(Batch& batch, const StoredMetric& metric, Verdict verdict, TimeNs time,
                std::uint64_t points);
    void writeExemplars(const Batch& batch, SeriesId series, const PointHeader& point);

    /// Begins to load what the points that follow need, if the guesses hold.
    template <class ChunkType>
    static void prefetch(const StoredMetric& metric, const Cursor& cursor);
    StoredMetric& resolve(Batch& batch, const MetricBlock& block);
    [[nodiscard]] std::shared_ptr<const Resource> resourceOf(const Batch& batch,
                                                             std::uint32_t index);
    [[nodiscard]] std::shared_ptr<const Scope> scopeOf(const Batch& batch, std::uint32_t index);
    [[nodiscard]] StoredSeries* find(StoredMetric& metric, std::span<const Attribute> attributes,
                                     Cursor& cursor);
    /// Null if the budget has no room for it and a head of `headBytes`.
    [[nodiscard]] StoredSeries* findOrAdd(StoredMetric& metric,
                                          std::span<const Attribute> attributes,
                                          std::size_t headBytes, Cursor& cursor);
    void renewForm(StoredSeries& series, std::span<const Attribute> attributes);
    StoredSeries& add(StoredMetric& metric, std::shared_ptr<const AttributeSet> attributes,
                      std::uint64_t hash);

    template <class ChunkType>
    void seal(StoredSeries& series);
    void sealIdle();
    /// Makes room until `wanted` more bytes fit, if it can.
    void evict(std::size_t wanted);
    /// Over the limit with nothing filled left, the chunks go that are being filled: of the series
    /// heard of longest ago first. Between batches only.
    void evictHeads();
    void evictFilled();
    void evictFront(StoredSeries& series);
    void remove(StoredSeries& series);
    void forgetRemoved();
    void removeEmptyMetrics();
    void publish(WriteReport& report);

    /// Bytes in use.
    [[nodiscard]] std::size_t bytes() const {
        return m_bytes + m_resources.bytes() + m_scopes.bytes() + m_records.bytes();
    }

    StoreShared& m_shared;
    const std::size_t m_limit;
    SeriesListener& m_listener;

    Counter& m_takenSamples;
    Counter& m_repeatedSamples;
    Counter& m_evictedSamples;
    Counter& m_evictedSeries;
    Counter& m_droppedExemplars;
    std::array<Counter*, verdictCount> m_refused{};

    MetricIndex m_metricIndex;
    SeriesIndex m_seriesIndex;
    Interner<Resource, ResourceTraits> m_resources;
    Interner<Scope, ScopeTraits> m_scopes;
    RecordMaker m_records;

    std::deque<SeriesId> m_filled; ///< one entry a sealed chunk, in the order they were filled
    SampleAge m_age;
    std::size_t m_bytes = 0;
    std::uint64_t m_samples = 0;
    TimeNs m_now = 0;       ///< newest arrival
    TimeNs m_lastSweep = 0; ///< 0: never

    // Of the batch being written.
    std::vector<std::shared_ptr<const Resource>> m_batchResources;
    std::vector<std::shared_ptr<const Scope>> m_batchScopes;
    std::vector<StoredMetric*> m_touched;
    absl::flat_hash_set<StoredMetric*> m_maybeEmpty;
    absl::flat_hash_set<StoredMetric*> m_lostSeries;
    absl::flat_hash_set<SeriesId> m_removed;
    std::uint64_t m_accepted = 0;
};

} // namespace sightglass
