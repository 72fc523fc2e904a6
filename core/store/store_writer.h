// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/counters.h"
#include "core/model/sample_sink.h"
#include "core/model/series_reader.h"
#include "core/store/budget.h"
#include "core/store/eviction.h"
#include "core/store/record_maker.h"
#include "core/store/series_directory.h"
#include "core/store/series_limits.h"
#include "core/store/store.h"
#include "core/store/store_shared.h"

namespace sightglass {

/// The writing half of a Store: judges points, appends them, publishes generations and keeps to the
/// budget. One thread at a time; what readers see goes through StoreShared.
class StoreWriter final : SeriesAdmission {
  public:
    StoreWriter(StoreShared& shared, StoreOptions options, SeriesListener& listener,
                CounterRegistry& counters);

    WriteReport write(Batch& batch);

  private:
    enum class Verdict : std::uint8_t {
        Taken,
        Repeated,
        NoTimestamp,
        OutOfOrder,
        DuplicateTimestamp,
        SeriesLimit,
        MetricSeriesLimit,
    };
    static constexpr std::size_t verdictCount = 7;

    using Cursor = SeriesDirectory::Cursor;

    /// The last chunk decoded of each kind, for late points.
    struct Decoded {
        DecodedChunk<Sample> numbers;
        DecodedChunk<HistogramSample> histograms;
        DecodedChunk<ExponentialHistogramSample> exponentials;
        DecodedChunk<SummarySample> summaries;

        template <class S>
        [[nodiscard]] DecodedChunk<S>& as();
    };

    void writeBlock(Batch& batch, const MetricBlock& block);
    template <class S, class Point>
    void writePoints(Batch& batch, StoredMetric& metric, std::span<const Point> points);
    template <class S, class Point>
    Verdict writePoint(Batch& batch, StoredMetric& metric, const Point& point, Cursor& cursor);
    template <class S, class Point>
    Verdict append(StoredSeries& series, Point&& point);
    template <class S, class Point>
    Verdict appendLate(StoredSeries& series, const Point& point);
    void refuse(Batch& batch, const StoredMetric& metric, Verdict verdict, TimeNs time,
                std::uint64_t points);
    void writeExemplars(const Batch& batch, SeriesId series, const PointHeader& point);
    [[nodiscard]] bool admits(const StoredMetric& metric, std::size_t bytes) override;
    [[nodiscard]] TimeNs lateWindowOf(OriginId origin);

    /// Begins to load what the points that follow need, if the guesses hold.
    static void prefetch(const StoredMetric& metric, const Cursor& cursor);

    /// The batch at work becomes what readers see.
    void publish();
    /// Evicts what is over the budget, as generations of their own.
    void keepWithinBudget();
    void beginGeneration();

    /// In use by series, labels and index.
    [[nodiscard]] std::size_t indexBytes() const {
        return m_directory.bytes() + m_records.bytes() + m_limits.bytes() + m_eviction.ownBytes();
    }
    /// In use but for chunks and heads.
    [[nodiscard]] std::size_t otherBytes() const {
        return indexBytes() + m_shared.exemplars.bytes();
    }
    [[nodiscard]] std::size_t bytes() const { return m_eviction.bytes() + otherBytes(); }

    StoreShared& m_shared;
    const StoreOptions m_options;
    SeriesListener& m_listener;

    Counter& m_takenSamples;
    Counter& m_lateSamples;
    Counter& m_repeatedSamples;
    Counter& m_evictedExemplars;
    Counter& m_droppedExemplars;
    std::array<Counter*, verdictCount> m_refused{};

    SeriesDirectory m_directory;
    SeriesLimits m_limits;
    Eviction m_eviction;
    Budget m_budget;
    RecordMaker m_records;
    Decoded m_decoded;
    std::vector<TimeNs> m_lateWindows; ///< by OriginId; negative: not known yet
    TimeNs m_now = 0;                  ///< newest arrival

    // Of the batch being written.
    Moment m_moment;
    TimeNs m_lateWindow = 0;
    std::uint32_t m_sealAt = 0; ///< points at which heads are sealed
    bool m_isDelta = false;     ///< of the metric at work
    Verdict m_refusal{};        ///< why admits() said no
    std::vector<StoredMetric*> m_touched;
    std::uint64_t m_accepted = 0;
};

} // namespace sightglass
