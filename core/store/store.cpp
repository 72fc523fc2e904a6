// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/store.h"

#include <algorithm>
#include <utility>

#include "core/store/candidates.h"
#include "core/store/pinned_reader.h"
#include "core/store/series_reading.h"
#include "core/store/store_writer.h"

namespace sightglass {

namespace {

/// Of the budget, for exemplars.
constexpr std::size_t exemplarShare = 50;
/// Each with a newer generation. Only a writer that writes the series twice meanwhile makes one
/// fail.
constexpr int triesMost = 32;

MetricType typeOf(const StoredSeries& series) {
    return series.metric->info()->descriptor.type;
}

/// The samples of a series as of the newest generation.
SeriesView viewOf(StoreShared& shared, const StoredSeries& series) {
    SeriesView out;
    for (int i = 0; i < triesMost; ++i) {
        if (series.samples.viewAt(shared.generation.load(std::memory_order_acquire), out))
            return out;
    }
    const WriterGate::Reader gate(shared.gate);
    static_cast<void>(
        series.samples.viewAt(shared.generation.load(std::memory_order_acquire), out));
    return out;
}

template <class S>
void readInto(StoreShared& shared, SeriesId series, TimeRange range, std::vector<S>& out) {
    const std::shared_ptr<StoredSeries> found = shared.series.find(series);
    if (found && isKeptAs<S>(typeOf(*found)))
        readSamples(viewOf(shared, *found), range, out);
}

StoreOptions withLimit(std::size_t memoryLimit) {
    StoreOptions out;
    out.memoryLimit = memoryLimit;
    return out;
}

} // namespace

struct Store::State {
    State(StoreOptions options, SeriesListener& listener, CounterRegistry& counters)
        : shared(options.memoryLimit / exemplarShare),
          writer(shared, std::move(options), listener, counters) {}

    StoreShared shared;
    StoreWriter writer;
};

Store::Store(StoreOptions options, SeriesListener& listener, CounterRegistry& counters)
    : m_state(std::make_unique<State>(std::move(options), listener, counters)) {}

Store::Store(std::size_t memoryLimit, SeriesListener& listener, CounterRegistry& counters)
    : Store(withLimit(memoryLimit), listener, counters) {}

Store::~Store() = default;

WriteReport Store::write(Batch& batch) {
    return m_state->writer.write(batch);
}

StoreUsage Store::usage() const {
    return m_state->shared.usage();
}

std::uint64_t Store::generation() const {
    return m_state->shared.generation.load(std::memory_order_acquire);
}

std::uint64_t Store::generation(MetricId metric) const {
    const std::shared_ptr<StoredMetric> found = m_state->shared.metrics.find(metric);
    return found ? found->generation.load(std::memory_order_acquire) : 0;
}

std::shared_ptr<const MetricInfo> Store::metric(MetricId metric) const {
    const std::shared_ptr<StoredMetric> found = m_state->shared.metrics.find(metric);
    return found ? found->info() : nullptr;
}

std::optional<SeriesInfo> Store::series(SeriesId series) const {
    const std::shared_ptr<StoredSeries> found = m_state->shared.series.find(series);
    return found ? std::optional(found->info()) : std::nullopt;
}

std::vector<SeriesInfo> Store::seriesOf(MetricId metric) const {
    return seriesCandidates(m_state->shared, {&metric, 1}, {});
}

std::vector<SeriesInfo> Store::candidates(std::span<const MetricId> metrics,
                                          std::span<const LabelCondition> conditions) const {
    return seriesCandidates(m_state->shared, metrics, conditions);
}

bool Store::labelValues(std::string_view label,
                        const std::function<void(std::string_view)>& take) const {
    m_state->shared.labels.values(label, take);
    return true;
}

std::shared_ptr<const SeriesReader> Store::pin(std::span<const SeriesId> series) const {
    return PinnedReader::pin(*this, m_state->shared, series);
}

std::optional<TimeRange> Store::extent(SeriesId series) const {
    const std::shared_ptr<StoredSeries> found = m_state->shared.series.find(series);
    return found ? extentOf(viewOf(m_state->shared, *found), typeOf(*found)) : std::nullopt;
}

void Store::numbers(SeriesId series, TimeRange range, std::vector<Sample>& out) const {
    readInto(m_state->shared, series, range, out);
}

void Store::histograms(SeriesId series, TimeRange range, std::vector<HistogramSample>& out) const {
    readInto(m_state->shared, series, range, out);
}

void Store::exponentialHistograms(SeriesId series, TimeRange range,
                                  std::vector<ExponentialHistogramSample>& out) const {
    readInto(m_state->shared, series, range, out);
}

void Store::summaries(SeriesId series, TimeRange range, std::vector<SummarySample>& out) const {
    readInto(m_state->shared, series, range, out);
}

void Store::exemplars(SeriesId series, TimeRange range, std::vector<ExemplarSample>& out) const {
    if (m_state->shared.series.find(series))
        m_state->shared.exemplars.read(series, range, generation(), out);
}

void Store::columns(SeriesId series, Field field, TimeRange range,
                    std::span<Column> columns) const {
    std::ranges::fill(columns, Column{});
    const std::shared_ptr<StoredSeries> found = m_state->shared.series.find(series);
    if (!found)
        return;
    const std::shared_ptr<const MetricInfo> info = found->metric->info();
    if (hasField(info->descriptor.type, field))
        foldColumns(viewOf(m_state->shared, *found), info->descriptor, field, range, columns);
}

std::optional<Sample> Store::latest(SeriesId series, Field field, TimeNs time,
                                    TimeNs lookback) const {
    const std::shared_ptr<StoredSeries> found = m_state->shared.series.find(series);
    if (!found || !hasField(typeOf(*found), field))
        return std::nullopt;
    return latestNumber(viewOf(m_state->shared, *found), typeOf(*found), field, time, lookback);
}

} // namespace sightglass
