// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "core/base/counters.h"
#include "core/model/sample_sink.h"
#include "core/model/series_reader.h"
#include "core/store/store_usage.h"

namespace sightglass {

/// The ring: all samples, in memory, within a fixed budget.
///
/// One writer: write() must only ever be called by one thread at a time, always after what the
/// call before did (the engine's writer thread, or the one thread of a command). Readers may call
/// the SeriesReader part and usage() from any thread at any time. Owned by the engine.
///
/// A sample older than its series' newest is refused ("out-of-order"); one at the same time is
/// taken as a repetition if it is the same, else refused ("duplicate-timestamp"); one without a
/// time is refused ("no-timestamp"). Over the budget the chunks that were filled first go first;
/// what a series without news for idleAfter still holds, or one marked as ended, counts as filled.
/// A series whose samples are all gone is removed. When only what is being written is left, new
/// series are refused ("memory-limit"); should even that outgrow the budget, the series heard of
/// longest ago go. Within a batch the budget may be passed, after it never.
class Store final : public SeriesReader {
  public:
    /// After this long without a sample a series' last, unfilled chunk may be evicted.
    static constexpr TimeNs idleAfter = 600 * nsPerSecond;

    /// `listener` hears on the writer's thread; it and `counters` outlive the store.
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
