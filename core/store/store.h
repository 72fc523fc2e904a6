// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "core/base/counters.h"
#include "core/base/heap.h"
#include "core/model/origin.h"
#include "core/model/sample_sink.h"
#include "core/model/series_reader.h"
#include "core/model/store_usage.h"

namespace sightglass {

/// How much a store may hold.
struct StoreOptions {
    /// Of everything that the process takes, if `processMemory` knows, else of what the store does.
    std::size_t memoryLimit = std::size_t{512} << 20;
    /// How far behind its series' newest a sample may come, unless it is from a file.
    TimeNs lateWindow = 600 * nsPerSecond;
    std::uint32_t seriesPerMetricMost = 100'000; ///< of one name on one origin
    std::uint32_t seriesMost = 0;                ///< 0: as many as the memory holds
    /// Tells which origins are files; without it none is. Outlives the store.
    const OriginTable* origins = nullptr;
    /// What the process takes (see heap.h), asked on the writer's thread about once in
    /// `lookInterval`; may be empty.
    std::function<std::optional<ProcessMemory>()> processMemory;
    std::chrono::nanoseconds lookInterval = std::chrono::seconds(1);
};

/// The ring: all samples, in memory, within a fixed budget.
///
/// One writer: write() must only ever be called by one thread at a time, always after what the
/// call before did (the engine's writer thread, or the one thread of a command). Readers may call
/// the SeriesReader part and usage() from any thread at any time; what they see of the samples is
/// that of a published generation. Owned by the engine.
///
/// A sample older than its series' newest is put in its place if it is within the late window, else
/// refused ("out-of-order"); one that is there already counts as taken; another value at a time
/// that has one is refused ("duplicate-timestamp"), and so is one without a time ("no-timestamp").
///
/// Over the budget the source that uses most (a resource of an origin) gives its chunks that were
/// filled first; what a series without news for idleAfter still holds, or one marked as ended,
/// counts as filled. A series whose samples are all gone is removed. New series are refused when
/// series, labels, index and heads take 60 % of the budget and no silent series of its own or a
/// larger source can go ("series-limit"), and beyond the limits of series ("series-limit",
/// "metric-series-limit"). Within a batch the budget may be passed, after it never.
class Store final : public SeriesReader {
  public:
    /// After this long without a sample a series' last, unfilled chunk may be evicted.
    static constexpr TimeNs idleAfter = 600 * nsPerSecond;

    /// `listener` hears on the writer's thread; it and `counters` outlive the store.
    Store(StoreOptions options, SeriesListener& listener, CounterRegistry& counters);
    Store(std::size_t memoryLimit, SeriesListener& listener, CounterRegistry& counters);
    ~Store() override;

    /// Takes the points of a batch in and says what became of them. The batch is only read, but
    /// its rejections are moved into the report.
    WriteReport write(Batch& batch);

    [[nodiscard]] StoreUsage usage() const;

    [[nodiscard]] std::uint64_t generation() const override;
    [[nodiscard]] std::uint64_t generation(MetricId metric) const override;
    [[nodiscard]] std::shared_ptr<const MetricInfo> metric(MetricId metric) const override;
    [[nodiscard]] std::optional<SeriesInfo> series(SeriesId series) const override;
    [[nodiscard]] std::vector<SeriesInfo> seriesOf(MetricId metric) const override;
    [[nodiscard]] std::vector<SeriesInfo>
    candidates(std::span<const MetricId> metrics,
               std::span<const LabelCondition> conditions) const override;
    [[nodiscard]] bool
    labelValues(std::string_view label,
                const std::function<void(std::string_view)>& take) const override;
    [[nodiscard]] std::shared_ptr<const SeriesReader>
    pin(std::span<const SeriesId> series) const override;
    [[nodiscard]] std::optional<TimeRange> extent(SeriesId series) const override;
    void numbers(SeriesId series, TimeRange range, std::vector<Sample>& out) const override;
    void histograms(SeriesId series, TimeRange range,
                    std::vector<HistogramSample>& out) const override;
    void exponentialHistograms(SeriesId series, TimeRange range,
                               std::vector<ExponentialHistogramSample>& out) const override;
    void summaries(SeriesId series, TimeRange range,
                   std::vector<SummarySample>& out) const override;
    void exemplars(SeriesId series, TimeRange range,
                   std::vector<ExemplarSample>& out) const override;
    void columns(SeriesId series, Field field, TimeRange range,
                 std::span<Column> columns) const override;
    [[nodiscard]] std::optional<Sample> latest(SeriesId series, Field field, TimeNs time,
                                               TimeNs lookback) const override;

  private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace sightglass
