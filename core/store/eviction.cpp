// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/eviction.h"

#include <algorithm>
#include <functional>
#include <iterator>

#include "core/base/heap.h"
#include "core/store/store.h"

namespace sightglass {

namespace {

/// All series are looked through for silent ones about once in so many seconds.
constexpr std::uint32_t sweepSeconds = 10;
constexpr auto idleSeconds = static_cast<std::uint32_t>(Store::idleAfter / nsPerSecond);

/// Smaller ones are not much smaller once they are sealed.
constexpr std::size_t headWorthSealing = 512;

MetricType typeOf(const StoredSeries& series) {
    return series.metric->writersInfo->descriptor.type;
}

TimeNs oldestOf(const StoredSeries& series) {
    return withSampleType(typeOf(series),
                          [&]<class S>() { return series.samples.template oldest<S>(); });
}

/// Without news for longer.
bool isStiller(const StoredSeries* a, const StoredSeries* b) {
    return std::pair(a->samples.lastSecond(), a->id) < std::pair(b->samples.lastSecond(), b->id);
}

} // namespace

Eviction::Eviction(StoreShared& shared, SeriesDirectory& directory, SeriesLimits& limits,
                   CounterRegistry& counters)
    : m_shared(shared),
      m_directory(directory),
      m_limits(limits),
      m_evictedSamples(counters.counter("sightglass_store_evicted_samples_total",
                                        "Samples that made room for newer ones.",
                                        CounterKind::Traffic)),
      m_evictedSeries(counters.counter("sightglass_store_evicted_series_total",
                                       "Series whose samples were all evicted.",
                                       CounterKind::Traffic)) {}

// ---- accounts ----

Eviction::Source& Eviction::sourceOf(StoredMetric& metric) {
    if (metric.source == StoredMetric::noSource) {
        const MetricInfo& info = *metric.writersInfo;
        const auto [it, isNew] =
            m_sourceIndex.try_emplace({info.origin, info.resource.get()}, m_sources.size());
        if (isNew && !m_freeSources.empty()) {
            it->second = m_freeSources.back();
            m_freeSources.pop_back();
        } else if (isNew) {
            m_sources.emplace_back();
        }
        if (isNew) {
            Source& source = m_sources[it->second];
            m_sealedEntries -= source.sealed.size();
            source = {info.origin, info.resource.get(), 0, 0, {}};
        }
        metric.source = it->second;
    }
    return m_sources[metric.source];
}

std::size_t Eviction::weightOf(const MetricInfo& metric) const {
    const auto it = m_sourceIndex.find({metric.origin, metric.resource.get()});
    return it == m_sourceIndex.end() ? 0 : weightOf(m_sources[it->second]);
}

Eviction::OriginAccount& Eviction::accountOf(OriginId origin) {
    const std::size_t index = origin.valid() ? origin.value : 0;
    while (m_origins.size() <= index)
        m_origins.emplace_back();
    OriginAccount& out = m_origins[index];
    out.changed = true;
    return out;
}

void Eviction::account(StoredSeries& series, const SamplesChange& change,
                       std::size_t headBytesBefore) {
    Source& source = sourceOf(series);
    const auto bytes = static_cast<std::size_t>(change.bytes);
    source.bytes += bytes;
    accountOf(source.origin).usage.bytes += bytes;
    m_bytes += bytes;
    m_headBytes += series.samples.headBytes() - headBytesBefore;
    for (int i = 0; i < change.chunks; ++i, ++m_sealedEntries)
        source.sealed.push_back(series.id);
    if (change.settle)
        m_unsettled.push_back(&series);
}

void Eviction::begins(StoredSeries& series, TimeNs time) {
    accountOf(series.metric->writersInfo->origin).age.begins(series.id, time);
}

void Eviction::taken(StoredMetric& metric, std::uint64_t samples) {
    accountOf(metric.writersInfo->origin).usage.samples += samples;
}

void Eviction::added(StoredSeries& series) {
    series.rank = static_cast<std::uint32_t>(m_series.size());
    m_series.push_back(&series);
    Source& source = sourceOf(series);
    ++source.series;
    ++accountOf(source.origin).usage.series;
}

std::size_t Eviction::ownBytes() const {
    std::size_t out = m_series.capacity() * sizeof(StoredSeries*) +
                      m_sourceIndex.capacity() * (sizeof(*m_sourceIndex.begin()) + 1);
    // Asked for each new series: no walk over the sources.
    constexpr std::size_t emptyDeque = 640;
    out += m_sources.size() * (sizeof(Source) + emptyDeque) + m_sealedEntries * sizeof(SeriesId);
    for (const OriginAccount& origin : m_origins)
        out += sizeof(OriginAccount) + origin.age.bytes();
    return out;
}

void Eviction::publish() {
    const std::size_t each = bytesOfSeries();
    m_shared.changeUsage([&](StoreUsage& usage) {
        usage.series = static_cast<std::uint32_t>(m_directory.size());
        usage.evictedSamples = m_evictedSamples.value();
        usage.evictedSeries = m_evictedSeries.value();
        usage.evictedBytes = m_evictedBytes;
        usage.evictionBegan = m_evictionBegan;
        usage.origins.resize(m_origins.size());
        usage.samples = 0;
        usage.oldestSample = 0;
        for (std::size_t i = 0; i < m_origins.size(); ++i) {
            OriginAccount& origin = m_origins[i];
            OriginUsage& shown = usage.origins[i];
            if (origin.changed) {
                shown = origin.usage;
                shown.bytes += origin.usage.series * each;
                shown.oldestSample =
                    origin.age.oldest(origin.usage.series, [this](const SampleAge::Entry& entry) {
                        const auto series = m_shared.series.find(entry.series);
                        return series && !series->samples.empty() &&
                               oldestOf(*series) == entry.time;
                    });
                origin.changed = false;
            }
            usage.samples += shown.samples;
            if (shown.oldestSample != 0 &&
                (usage.oldestSample == 0 || shown.oldestSample < usage.oldestSample))
                usage.oldestSample = shown.oldestSample;
        }
    });
}

// ---- silence ----

bool Eviction::isSilent(const StoredSeries& series) const {
    if (m_moment.second > series.samples.lastSecond() + idleSeconds)
        return true;
    return withSampleType(typeOf(series),
                          [&]<class S>() { return series.samples.template endsStale<S>(); });
}

void Eviction::seal(StoredSeries& series) {
    const bool delta = series.metric->writersInfo->descriptor.temporality == Temporality::Delta;
    const std::size_t before = series.samples.headBytes();
    account(
        series,
        withSampleType(typeOf(series),
                       [&]<class S>() { return series.samples.template seal<S>(m_moment, delta); }),
        before);
}

void Eviction::sealSilent() {
    const std::uint32_t seconds = m_moment.second - std::min(m_sweptAt, m_moment.second);
    if (seconds == 0)
        return;
    m_sweptAt = m_moment.second;
    const std::size_t all = m_series.size();
    const std::size_t count = seconds >= sweepSeconds ? all : all * seconds / sweepSeconds + 1;
    for (std::size_t i = 0; i < std::min(count, all); ++i) {
        m_sweepAt = m_sweepAt + 1 < all ? m_sweepAt + 1 : 0;
        StoredSeries& series = *m_series[m_sweepAt];
        if (series.samples.hasHead() && isSilent(series))
            seal(series);
    }
}

void Eviction::sealAllSilent() {
    if (m_allSweptAt != 0 && m_moment.second - m_allSweptAt < sweepSeconds)
        return;
    m_allSweptAt = m_moment.second;
    for (StoredSeries* series : m_series) {
        if (series->samples.hasHead() && isSilent(*series))
            seal(*series);
    }
}

void Eviction::sealLargest(std::size_t most) {
    if (m_headBytes <= most || m_headBytes <= m_smallHeadBytes + most / 16)
        return;
    std::vector<StoredSeries*> large;
    std::ranges::copy_if(m_series, std::back_inserter(large), [](const StoredSeries* series) {
        return series->samples.headBytes() >= headWorthSealing;
    });
    std::ranges::sort(large, std::ranges::greater{},
                      [](const StoredSeries* series) { return series->samples.headBytes(); });
    // A little more than needed, so that not every batch looks through all series.
    const std::size_t target = most - most / 16;
    for (auto it = large.begin(); it != large.end() && m_headBytes > target; ++it)
        seal(**it);
    m_smallHeadBytes = m_headBytes > target ? m_headBytes : 0;
}

void Eviction::evictSilentSeries(std::size_t wanted, const MetricInfo& newcomer) {
    sealAllSilent();
    const std::size_t weight = weightOf(newcomer);
    if (m_noneSilentAt != 0 && m_noneSilentAt == m_allSweptAt)
        return;
    std::vector<StoredSeries*> silent;
    for (StoredSeries* series : m_series) {
        // Only what was silent has no head.
        if (!series->samples.hasHead() && series->samples.chunkCount() > 0 &&
            weightOf(sourceOf(*series)) >= weight)
            silent.push_back(series);
    }
    std::ranges::sort(silent, isStiller);
    const std::size_t each = std::max<std::size_t>(bytesOfSeries(), 1);
    const std::size_t count = std::min(silent.size(), wanted / each + 1);
    for (std::size_t i = 0; i < count; ++i) {
        while (silent[i]->samples.chunkCount() > 0)
            evictFront(*silent[i]);
    }
    if (count == silent.size())
        m_noneSilentAt = m_allSweptAt;
}

// ---- eviction ----

Eviction::OpenHeads Eviction::openHeads() const {
    OpenHeads out(m_sources.size());
    for (StoredSeries* series : m_series) {
        if (series->samples.hasHead())
            out[series->metric->source].push_back(series);
    }
    for (std::vector<StoredSeries*>& heads : out)
        std::ranges::sort(heads, [](const auto* a, const auto* b) { return isStiller(b, a); });
    return out;
}

bool Eviction::evict(std::size_t target, std::size_t elsewhere) {
    sealAllSilent();
    std::vector<std::uint32_t> bySize;
    for (std::uint32_t i = 0; i < m_sources.size(); ++i) {
        if (m_sources[i].series > 0)
            bySize.push_back(i);
    }
    const auto isSmaller = [this](std::uint32_t a, std::uint32_t b) {
        return weightOf(m_sources[a]) < weightOf(m_sources[b]);
    };
    std::ranges::make_heap(bySize, isSmaller);
    const auto isOver = [&] { return m_bytes + elsewhere > target + bytesOfEmptied(); };

    OpenHeads open; // made when nothing sealed is left
    bool evicted = false;
    while (isOver() && !bySize.empty()) {
        std::ranges::pop_heap(bySize, isSmaller);
        const std::uint32_t largest = bySize.back();
        Source& source = m_sources[largest];
        const std::size_t next = bySize.size() > 1 ? weightOf(m_sources[bySize.front()]) : 0;
        bool gave = false;
        do {
            gave = evictOldest(source);
            if (!gave) {
                if (open.empty())
                    open = openHeads();
                std::vector<StoredSeries*>& heads = open[largest];
                if (heads.empty())
                    break;
                seal(*heads.back());
                heads.pop_back();
                gave = true;
            }
            evicted = true;
        } while (isOver() && weightOf(source) >= next);
        if (gave)
            std::ranges::push_heap(bySize, isSmaller);
        else
            bySize.pop_back();
    }
    return evicted;
}

bool Eviction::evictOldest(Source& source) {
    while (!source.sealed.empty()) {
        const std::shared_ptr<StoredSeries> series = m_shared.series.find(source.sealed.front());
        source.sealed.pop_front();
        --m_sealedEntries;
        if (series && series->samples.chunkCount() > 0) {
            evictFront(*series);
            return true;
        }
    }
    return false;
}

void Eviction::evictFront(StoredSeries& series) {
    SealedChunkPtr gone;
    const SamplesChange change = series.samples.takeFront(m_moment, gone);
    account(series, change, series.samples.headBytes());
    OriginAccount& origin = accountOf(series.metric->writersInfo->origin);
    origin.usage.samples -= gone->size();
    origin.usage.evictedSamples += gone->size();
    m_evictedSamples.add(gone->size());
    m_evictedBytes += gone->bytes();
    if (m_evictionBegan == 0)
        m_evictionBegan = std::max<TimeNs>(TimeNs{m_moment.second} * nsPerSecond, 1);
    if (series.samples.empty())
        m_emptied.push_back(&series);
    else
        origin.age.begins(series.id, oldestOf(series));
}

void Eviction::settle() {
    for (StoredSeries* series : m_unsettled)
        series->samples.settle();
    m_unsettled.clear();
    if (m_emptied.empty())
        return;
    m_shared.removedAt.store(m_moment.batch, std::memory_order_release);
    std::ranges::sort(m_emptied);
    m_emptied.erase(std::ranges::unique(m_emptied).begin(), m_emptied.end());
    for (StoredSeries* series : m_emptied) {
        // A point may have come since.
        if (series->samples.empty())
            remove(*series);
    }
    m_emptied.clear();
    m_directory.forgetRemoved();
}

void Eviction::remove(StoredSeries& series) {
    m_series.back()->rank = series.rank;
    m_series[series.rank] = m_series.back();
    m_series.pop_back();
    const std::uint32_t index = series.metric->source;
    Source& source = sourceOf(series);
    --accountOf(source.origin).usage.series;
    source.bytes -= series.samples.ownBytes();
    accountOf(source.origin).usage.bytes -= series.samples.ownBytes();
    m_bytes -= series.samples.ownBytes();
    m_limits.removed(*series.metric->writersInfo);
    m_evictedSeries.add();
    if (--source.series == 0) {
        m_sourceIndex.erase({source.origin, source.resource});
        m_freeSources.push_back(index);
        source = {};
    }
    m_directory.remove(series);
}

} // namespace sightglass
