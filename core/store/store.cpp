// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/store.h"

#include <algorithm>
#include <limits>

#include "core/store/candidates.h"
#include "core/store/store_writer.h"

namespace sightglass {

namespace {

/// Exemplars kept: about a fiftieth of the budget if each is small.
std::size_t exemplarCapacity(std::size_t memoryLimit) {
    constexpr std::size_t bytesForOne = 65536;
    return std::clamp<std::size_t>(memoryLimit / bytesForOne, 64, 8192);
}

/// Index of the first of `size` points at `time` or later.
template <class ChunkType>
std::uint32_t firstFrom(const ChunkType& chunk, std::uint32_t size, TimeNs time) {
    std::uint32_t low = 0, high = size;
    while (low < high) {
        const std::uint32_t middle = low + (high - low) / 2;
        if (chunk.time(middle) < time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

template <class ChunkType>
std::uint32_t firstAfter(const ChunkType& chunk, std::uint32_t size, TimeNs time) {
    return time == std::numeric_limits<TimeNs>::max() ? size : firstFrom(chunk, size, time + 1);
}

template <class ChunkType>
const ChunkType& as(const ChunkView& view) {
    return static_cast<const ChunkType&>(*view.chunk);
}

MetricType typeOf(const StoredSeries& series) {
    return series.metric->info()->descriptor.type;
}

/// Appends the samples in `range` of a series whose points are kept in this type of chunk.
template <class ChunkType, class SampleType>
void readSamples(const StoredSeries& series, TimeRange range, std::vector<SampleType>& out) {
    std::vector<ChunkView> views;
    series.collect(range, views);
    for (const ChunkView& view : views) {
        const auto& chunk = as<ChunkType>(view);
        const std::uint32_t end = firstAfter(chunk, view.size, range.to);
        for (std::uint32_t i = firstFrom(chunk, view.size, range.from); i < end; ++i)
            out.push_back(chunk.sample(i));
    }
}

/// Lets the fold know the last value before the point `end`, if there is one.
template <class ChunkType>
void seedFrom(const ChunkView& view, std::uint32_t end, Field field, ColumnFold& fold) {
    const auto& chunk = as<ChunkType>(view);
    for (std::uint32_t i = end; i-- > 0;) {
        double value = 0;
        if (chunk.real(i, field, value)) {
            fold.seed(chunk.time(i), value);
            return;
        }
    }
}

template <class ChunkType>
void foldColumns(const std::vector<ChunkView>& views, Field field, bool delta, TimeRange range,
                 std::span<Column> columns) {
    const ColumnGrid grid(range, columns.size());
    ColumnFold fold(delta);
    // The column being filled is a local one: it stays in registers.
    Column column;
    std::size_t index = columns.size();
    TimeNs columnLast = 0;
    const auto enter = [&](TimeNs time) {
        if (index < columns.size() && time <= columnLast)
            return;
        if (index < columns.size())
            columns[index] = column;
        column = {};
        index = grid.indexOf(time);
        columnLast = grid.lastOf(index);
    };
    for (const ChunkView& view : views) {
        const auto& chunk = as<ChunkType>(view);
        const std::uint32_t begin =
            view.chunk->firstTime() >= range.from ? 0 : firstFrom(chunk, view.size, range.from);
        if (begin > 0)
            seedFrom<ChunkType>(view, begin, field, fold);
        if (begin == 0 && view.sealed && chunk.lastTime() <= range.to) {
            enter(chunk.firstTime());
            if (chunk.lastTime() <= columnLast) {
                fold.merge(column, chunk.summary(field));
                continue;
            }
        }
        const std::uint32_t end = firstAfter(chunk, view.size, range.to);
        for (std::uint32_t i = begin; i < end; ++i) {
            const TimeNs time = chunk.time(i);
            enter(time);
            double value = 0;
            if (chunk.real(i, field, value))
                fold.point(column, time, chunk.startTime(i), value);
            else if (chunk.stale(i))
                fold.stale(column);
        }
    }
    if (index < columns.size())
        columns[index] = column;
}

/// The newest number in `range`; nullopt if there is none or the series ended with it.
template <class ChunkType>
std::optional<Sample> newestNumber(const StoredSeries& series, Field field, TimeRange range) {
    std::vector<ChunkView> views;
    series.collect(range, views);
    for (auto view = views.rbegin(); view != views.rend(); ++view) {
        const auto& chunk = as<ChunkType>(*view);
        const std::uint32_t begin = firstFrom(chunk, view->size, range.from);
        for (std::uint32_t i = firstAfter(chunk, view->size, range.to); i-- > begin;) {
            if (chunk.stale(i))
                return std::nullopt;
            if (std::optional<Sample> number = chunk.number(i, field))
                return number;
        }
    }
    return std::nullopt;
}

} // namespace

struct Store::State {
    State(std::size_t memoryLimit, SeriesListener& listener, CounterRegistry& counters)
        : shared(exemplarCapacity(memoryLimit)), writer(shared, memoryLimit, listener, counters) {}

    StoreShared shared;
    StoreWriter writer;
};

Store::Store(std::size_t memoryLimit, SeriesListener& listener, CounterRegistry& counters)
    : m_state(std::make_unique<State>(memoryLimit, listener, counters)) {}

Store::~Store() = default;

WriteReport Store::write(Batch& batch) {
    return m_state->writer.write(batch);
}

StoreUsage Store::usage() const {
    const StoreShared& shared = m_state->shared;
    StoreUsage out;
    out.bytes = shared.bytes.load(std::memory_order_relaxed);
    out.limit = m_state->writer.limit();
    out.series = shared.seriesCount.load(std::memory_order_relaxed);
    out.samples = shared.samples.load(std::memory_order_relaxed);
    out.oldestSample = shared.oldestSample.load(std::memory_order_relaxed);
    out.evictedSamples = m_state->writer.evictedSamples();
    out.evictedSeries = m_state->writer.evictedSeries();
    return out;
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

std::shared_ptr<const SeriesReader> Store::pin(std::span<const SeriesId>) const {
    return {std::shared_ptr<const SeriesReader>(), this};
}

std::optional<TimeRange> Store::extent(SeriesId series) const {
    const std::shared_ptr<StoredSeries> found = m_state->shared.series.find(series);
    std::vector<ChunkView> ends;
    if (found)
        found->collectEnds(ends);
    if (ends.empty())
        return std::nullopt;
    const ChunkView& last = ends.back();
    const TimeNs to = withChunkType(typeOf(*found), [&last]<class ChunkType>() {
        return as<ChunkType>(last).time(last.size - 1);
    });
    return TimeRange{ends.front().chunk->firstTime(), to};
}

void Store::numbers(SeriesId series, TimeRange range, std::vector<Sample>& out) const {
    const std::shared_ptr<StoredSeries> found = m_state->shared.series.find(series);
    if (found && hasField(typeOf(*found), Field::Value))
        readSamples<NumberChunk>(*found, range, out);
}

void Store::histograms(SeriesId series, TimeRange range, std::vector<HistogramSample>& out) const {
    const std::shared_ptr<StoredSeries> found = m_state->shared.series.find(series);
    if (found && typeOf(*found) == MetricType::Histogram)
        readSamples<HistogramChunk>(*found, range, out);
}

void Store::exponentialHistograms(SeriesId series, TimeRange range,
                                  std::vector<ExponentialHistogramSample>& out) const {
    const std::shared_ptr<StoredSeries> found = m_state->shared.series.find(series);
    if (found && typeOf(*found) == MetricType::ExponentialHistogram)
        readSamples<ExponentialHistogramChunk>(*found, range, out);
}

void Store::summaries(SeriesId series, TimeRange range, std::vector<SummarySample>& out) const {
    const std::shared_ptr<StoredSeries> found = m_state->shared.series.find(series);
    if (found && typeOf(*found) == MetricType::Summary)
        readSamples<SummaryChunk>(*found, range, out);
}

void Store::exemplars(SeriesId series, TimeRange range, std::vector<ExemplarSample>& out) const {
    if (m_state->shared.series.find(series))
        m_state->shared.exemplars.read(series, range, out);
}

void Store::columns(SeriesId series, Field field, TimeRange range,
                    std::span<Column> columns) const {
    std::fill(columns.begin(), columns.end(), Column{});
    const std::shared_ptr<StoredSeries> found = m_state->shared.series.find(series);
    if (!found || columns.empty() || range.from > range.to)
        return;
    const std::shared_ptr<const MetricInfo> info = found->metric->info();
    if (!hasField(info->descriptor.type, field))
        return;
    const bool delta = info->descriptor.temporality == Temporality::Delta;
    std::vector<ChunkView> views;
    found->collectWithPrevious(range, field, views);
    withChunkType(info->descriptor.type, [&]<class ChunkType>() {
        foldColumns<ChunkType>(views, field, delta, range, columns);
    });
}

std::optional<Sample> Store::latest(SeriesId series, Field field, TimeNs time,
                                    TimeNs lookback) const {
    const std::shared_ptr<StoredSeries> found = m_state->shared.series.find(series);
    if (!found || lookback <= 0)
        return std::nullopt;
    const MetricType type = typeOf(*found);
    if (!hasField(type, field))
        return std::nullopt;
    // After time - lookback, but not before the first time there is.
    constexpr TimeNs first = std::numeric_limits<TimeNs>::min();
    const TimeNs from = time < first + lookback ? first : time - lookback + 1;
    return withChunkType(type, [&]<class ChunkType>() {
        return newestNumber<ChunkType>(*found, field, {from, time});
    });
}

} // namespace sightglass
