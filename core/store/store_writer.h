// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

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
#include "core/store/record_maker.h"
#include "core/store/sample_age.h"
#include "core/store/series_directory.h"
#include "core/store/store_shared.h"

namespace sightglass {

/// The writing half of a Store: judges points, appends them and keeps to the budget. One thread at
/// a time; what readers see goes through StoreShared.
class StoreWriter final : SeriesAdmission {
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

    using Cursor = SeriesDirectory::Cursor;

    void writeBlock(Batch& batch, const MetricBlock& block);
    template <class ChunkType, class Point>
    void writePoints(Batch& batch, StoredMetric& metric, std::span<const Point> points);
    template <class ChunkType, class Point>
    Verdict writePoint(Batch& batch, StoredMetric& metric, const Point& point, Cursor& cursor);
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
    [[nodiscard]] bool admits(const StoredMetric& metric, std::size_t bytes) override;

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
    void publish(WriteReport& report);

    /// Bytes in use.
    [[nodiscard]] std::size_t bytes() const {
        return m_bytes + m_directory.bytes() + m_records.bytes();
    }

    StoreShared& m_shared;
    const std::size_t m_limit;
    SeriesListener& m_listener;
    SeriesDirectory m_directory;

    Counter& m_takenSamples;
    Counter& m_repeatedSamples;
    Counter& m_evictedSamples;
    Counter& m_evictedSeries;
    Counter& m_droppedExemplars;
    std::array<Counter*, verdictCount> m_refused{};

    RecordMaker m_records;

    std::deque<SeriesId> m_filled; ///< one entry a sealed chunk, in the order they were filled
    SampleAge m_age;
    std::size_t m_bytes = 0;
    std::uint64_t m_samples = 0;
    TimeNs m_now = 0;       ///< newest arrival
    TimeNs m_lastSweep = 0; ///< 0: never

    // Of the batch being written.
    std::vector<StoredMetric*> m_touched;
    std::size_t m_newHeadBytes = 0; ///< about what a new series' first head takes
    std::uint64_t m_accepted = 0;
};

} // namespace sightglass
