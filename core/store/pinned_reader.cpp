// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/pinned_reader.h"

#include <algorithm>

#include "core/store/series_reading.h"

namespace sightglass {

namespace {

/// Each begins with a newer generation. Only a writer that writes all of these series twice while
/// they are collected makes one fail.
constexpr int triesMost = 8;

MetricType typeOf(const StoredSeries& series) {
    return series.metric->info()->descriptor.type;
}

} // namespace

std::shared_ptr<const PinnedReader> PinnedReader::pin(const SeriesReader& store,
                                                      StoreShared& shared,
                                                      std::span<const SeriesId> series) {
    std::vector<SeriesId> sorted(series.begin(), series.end());
    std::ranges::sort(sorted);
    sorted.erase(std::ranges::unique(sorted).begin(), sorted.end());
    const std::shared_ptr<PinnedReader> out(new PinnedReader(store, shared));
    for (int i = 0; i < triesMost; ++i) {
        if (out->collect(sorted))
            return out;
    }
    const WriterGate::Reader gate(shared.gate);
    static_cast<void>(out->collect(sorted)); // nobody writes
    return out;
}

bool PinnedReader::collect(std::span<const SeriesId> sorted) {
    m_generation = m_shared.generation.load(std::memory_order_acquire);
    m_entries.clear();
    m_entries.reserve(sorted.size());
    for (const SeriesId id : sorted) {
        Entry entry;
        entry.id = id;
        entry.series = m_shared.series.find(id);
        if (!entry.series)
            continue;
        if (!entry.series->samples.viewAt(m_generation, entry.view))
            return false;
        m_entries.push_back(std::move(entry));
    }
    // One that is missing may have been there at this generation.
    return m_entries.size() == sorted.size() ||
           m_shared.removedAt.load(std::memory_order_acquire) <= m_generation;
}

const PinnedReader::Entry* PinnedReader::find(SeriesId series) const {
    const auto it = std::ranges::lower_bound(m_entries, series, {}, &Entry::id);
    return it != m_entries.end() && it->id == series ? &*it : nullptr;
}

std::uint64_t PinnedReader::generation(MetricId metric) const {
    return std::min(m_store.generation(metric), m_generation);
}

std::shared_ptr<const MetricInfo> PinnedReader::metric(MetricId metric) const {
    for (const Entry& entry : m_entries) {
        std::shared_ptr<const MetricInfo> info = entry.series->metric->info();
        if (info->id == metric)
            return info;
    }
    return nullptr;
}

std::optional<SeriesInfo> PinnedReader::series(SeriesId series) const {
    const Entry* entry = find(series);
    return entry ? std::optional(entry->series->info()) : std::nullopt;
}

std::vector<SeriesInfo> PinnedReader::seriesOf(MetricId metric) const {
    return candidates({&metric, 1}, {});
}

std::vector<SeriesInfo>
PinnedReader::candidates(std::span<const MetricId> metrics,
                         std::span<const LabelCondition> /*conditions*/) const {
    std::vector<SeriesInfo> out;
    for (const MetricId metric : metrics) {
        for (const Entry& entry : m_entries) {
            SeriesInfo info = entry.series->info();
            if (info.metric->id == metric)
                out.push_back(std::move(info));
        }
    }
    return out;
}

std::shared_ptr<const SeriesReader> PinnedReader::pin(std::span<const SeriesId> series) const {
    const std::shared_ptr<PinnedReader> out(new PinnedReader(*this));
    std::erase_if(out->m_entries, [series](const Entry& entry) {
        return std::ranges::find(series, entry.id) == series.end();
    });
    return out;
}

std::optional<TimeRange> PinnedReader::extent(SeriesId series) const {
    const Entry* entry = find(series);
    return entry ? extentOf(entry->view, typeOf(*entry->series)) : std::nullopt;
}

template <class S>
void PinnedReader::read(SeriesId series, TimeRange range, std::vector<S>& out) const {
    const Entry* entry = find(series);
    if (entry && isKeptAs<S>(typeOf(*entry->series)))
        readSamples(entry->view, range, out);
}

void PinnedReader::numbers(SeriesId series, TimeRange range, std::vector<Sample>& out) const {
    read(series, range, out);
}
void PinnedReader::histograms(SeriesId series, TimeRange range,
                              std::vector<HistogramSample>& out) const {
    read(series, range, out);
}
void PinnedReader::exponentialHistograms(SeriesId series, TimeRange range,
                                         std::vector<ExponentialHistogramSample>& out) const {
    read(series, range, out);
}
void PinnedReader::summaries(SeriesId series, TimeRange range,
                             std::vector<SummarySample>& out) const {
    read(series, range, out);
}

void PinnedReader::exemplars(SeriesId series, TimeRange range,
                             std::vector<ExemplarSample>& out) const {
    if (find(series))
        m_shared.exemplars.read(series, range, m_generation, out);
}

void PinnedReader::columns(SeriesId series, Field field, TimeRange range,
                           std::span<Column> columns) const {
    std::ranges::fill(columns, Column{});
    const Entry* entry = find(series);
    if (!entry)
        return;
    const std::shared_ptr<const MetricInfo> info = entry->series->metric->info();
    if (hasField(info->descriptor.type, field))
        foldColumns(entry->view, info->descriptor, field, range, columns);
}

std::optional<Sample> PinnedReader::latest(SeriesId series, Field field, TimeNs time,
                                           TimeNs lookback) const {
    const Entry* entry = find(series);
    if (!entry || !hasField(typeOf(*entry->series), field))
        return std::nullopt;
    return latestNumber(entry->view, typeOf(*entry->series), field, time, lookback);
}

} // namespace sightglass
