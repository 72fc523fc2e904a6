// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/store_writer.h"

#include <algorithm>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/model/utf8.h"
#include "core/store/store.h"

namespace sightglass {

namespace {

/// Series are looked through for idle ones at most this often.
constexpr TimeNs sweepInterval = 10 * nsPerSecond;
/// Attributes of one exemplar; the specification of OpenMetrics allows 128 characters.
constexpr std::size_t exemplarBytesMax = 4096;
/// Index, order and age entries of a series, and the reference counts of its parts.
constexpr std::size_t seriesOverhead = 160;
constexpr std::size_t metricOverhead = 128;
/// Of a metric's name, in what a sender is told.
constexpr std::size_t metricNameShownBytes = 256;

/// Little room first, since many series stay short; then half of what the series holds.
template <class ChunkType>
std::uint32_t capacityFor(std::uint64_t samples) {
    constexpr bool isNumber = std::is_same_v<ChunkType, NumberChunk>;
    constexpr std::uint64_t first = isNumber ? 8 : 4;
    constexpr std::uint64_t least = isNumber ? 32 : 8, most = isNumber ? 256 : 128;
    return static_cast<std::uint32_t>(samples == 0 ? first : std::clamp(samples / 2, least, most));
}

/// About what the first chunk of a series takes, to ask for room before it is made.
template <class ChunkType>
std::size_t firstHeadBytes() {
    return sizeof(ChunkType) + (capacityFor<ChunkType>(0) + 1) * sizeof(typename ChunkType::Point);
}

std::size_t metricBytes(const MetricInfo& info) {
    const Descriptor& d = info.descriptor;
    return sizeof(StoredMetric) + sizeof(MetricInfo) + metricOverhead + d.name.capacity() +
           d.unit.capacity() + d.description.capacity();
}

std::size_t seriesBytes(const AttributeSet& attributes) {
    return sizeof(StoredSeries) + sizeof(AttributeSet) + attributes.heapBytes() + seriesOverhead;
}

struct Refusal {
    std::string_view reason;
    std::string_view message;
};

Refusal refusalOf(std::size_t verdict) {
    static constexpr std::array<Refusal, 4> refusals = {{
        {"no-timestamp", "a point has no time"},
        {"out-of-order", "a point is older than the newest of its series"},
        {"duplicate-timestamp",
         "a point has the time of the newest of its series, but not its value"},
        {"memory-limit", "a new series has no room in the memory limit"},
    }};
    return refusals[verdict - 2];
}

} // namespace

StoreWriter::StoreWriter(StoreShared& shared, std::size_t memoryLimit, SeriesListener& listener,
                         CounterRegistry& counters)
    : m_shared(shared),
      m_limit(memoryLimit),
      m_listener(listener),
      m_takenSamples(counters.counter("sightglass_store_samples_total",
                                      "Samples taken into the ring.", CounterKind::Traffic)),
      m_repeatedSamples(counters.counter("sightglass_store_repeated_samples_total",
                                         "Samples that were in the ring already.",
                                         CounterKind::Traffic)),
      m_evictedSamples(counters.counter("sightglass_store_evicted_samples_total",
                                        "Samples that made room for newer ones.",
                                        CounterKind::Traffic)),
      m_evictedSeries(counters.counter("sightglass_store_evicted_series_total",
                                       "Series whose samples were all evicted.",
                                       CounterKind::Traffic)),
      m_droppedExemplars(counters.counter("sightglass_store_dropped_exemplars_total",
                                          "Exemplars with attributes larger than is kept.",
                                          CounterKind::Drop)) {
    for (auto v = static_cast<std::size_t>(Verdict::NoTimestamp); v < verdictCount; ++v) {
        m_refused[v] =
            &counters.counter("sightglass_store_refused_samples_total",
                              "Samples that the ring refused, by reason; counted as refused or "
                              "dropped by their way in.",
                              CounterKind::Traffic, {{"reason", std::string(refusalOf(v).reason)}});
    }
}

WriteReport StoreWriter::write(Batch& batch) {
    m_now = std::max(m_now, batch.receivedAt);
    m_batchResources.assign(batch.resources.size(), nullptr);
    m_batchScopes.assign(batch.scopes.size(), nullptr);
    m_accepted = 0;
    for (const MetricBlock& block : batch.metrics)
        writeBlock(batch, block);
    m_batchResources.clear();
    m_batchScopes.clear();

    WriteReport report;
    report.accepted = m_accepted;
    report.rejections = std::move(batch.rejections);
    publish(report);
    return report;
}

void StoreWriter::publish(WriteReport& report) {
    const std::uint64_t generation = m_shared.generation.load(std::memory_order_relaxed) + 1;
    for (StoredMetric* metric : m_touched)
        metric->generation.store(generation, std::memory_order_release);
    m_touched.clear();
    removeEmptyMetrics();
    if (bytes() > m_limit) {
        evictHeads();
        removeEmptyMetrics();
    }
    m_shared.bytes.store(bytes(), std::memory_order_relaxed);
    m_shared.seriesCount.store(static_cast<std::uint32_t>(m_seriesIndex.size()),
                               std::memory_order_relaxed);
    m_shared.samples.store(m_samples, std::memory_order_relaxed);
    const TimeNs oldest = m_age.oldest(m_seriesIndex.size(), [this](const SampleAge::Entry& entry) {
        const std::shared_ptr<StoredSeries> series = m_shared.series.find(entry.series);
        return series && series->oldest == entry.time;
    });
    m_shared.oldestSample.store(oldest, std::memory_order_relaxed);
    m_shared.generation.store(generation, std::memory_order_release);
    report.generation = generation;
}

// ---- identities ----

std::shared_ptr<const Resource> StoreWriter::resourceOf(const Batch& batch, std::uint32_t index) {
    std::shared_ptr<const Resource>& known = m_batchResources[index];
    if (!known) {
        const ResourceView& view = batch.resources[index];
        const auto attributes = batch.attributesOf(view.attributes);
        known = m_resources.intern({AttributeSet(attributes.data(), attributes.size()),
                                    std::string(view.schemaUrl), view.isTarget});
    }
    return known;
}

std::shared_ptr<const Scope> StoreWriter::scopeOf(const Batch& batch, std::uint32_t index) {
    std::shared_ptr<const Scope>& known = m_batchScopes[index];
    if (!known) {
        const ScopeView& view = batch.scopes[index];
        const auto attributes = batch.attributesOf(view.attributes);
        known = m_scopes.intern({std::string(view.name), std::string(view.version),
                                 AttributeSet(attributes.data(), attributes.size()),
                                 std::string(view.schemaUrl)});
    }
    return known;
}

StoredMetric& StoreWriter::resolve(Batch& batch, const MetricBlock& block) {
    const std::shared_ptr<const Resource> resource = resourceOf(batch, block.resource);
    const std::shared_ptr<const Scope> scope = scopeOf(batch, block.scope);
    const MetricProbe probe{batch.origin, resource.get(), scope.get(), block.descriptor,
                            block.synthetic};
    if (const auto it = m_metricIndex.find(probe); it != m_metricIndex.end()) {
        StoredMetric& metric = **it;
        const MetricInfo& info = *metric.writersInfo;
        // A sender that leaves the description out this time does not take it back.
        if (block.descriptor.description.empty() ||
            block.descriptor.description == info.descriptor.description)
            return metric;
        auto changed = std::make_shared<MetricInfo>(info);
        changed->descriptor.description = block.descriptor.description;
        m_bytes += metricBytes(*changed) - metricBytes(info);
        metric.replaceInfo(changed);
        if (metric.announced)
            m_listener.metricChanged(changed, m_now);
        return metric;
    }
    auto info = std::make_shared<MetricInfo>();
    info->id = m_shared.metrics.next();
    info->origin = batch.origin;
    info->resource = resource;
    info->scope = scope;
    info->descriptor = Descriptor(block.descriptor);
    info->synthetic = block.synthetic;
    m_bytes += metricBytes(*info);
    const auto metric = std::make_shared<StoredMetric>(std::move(info));
    m_shared.metrics.add(metric);
    m_metricIndex.insert(metric.get());
    m_maybeEmpty.insert(metric.get());
    return *metric;
}

StoredSeries* StoreWriter::find(StoredMetric& metric, std::span<const Attribute> attributes,
                                Cursor& cursor) {
    const std::vector<StoredSeries*>& order = metric.lastOrder;
    if (cursor.next < order.size() && order[cursor.next]->form.repeats(attributes))
        return order[cursor.next++];
    // A dump has all points of a series in a row.
    if (cursor.previous && cursor.previous->form.repeats(attributes))
        return cursor.previous;
    const auto it = m_seriesIndex.find(SeriesProbe(metric, attributes));
    if (it == m_seriesIndex.end())
        return nullptr;
    if (!(*it)->form.repeats(attributes))
        renewForm(**it, attributes);
    return *it;
}

void StoreWriter::renewForm(StoredSeries& series, std::span<const Attribute> attributes) {
    m_bytes -= series.form.heapBytes();
    series.form = ReceivedForm(attributes, series.metric->lastKeys);
    series.metric->lastKeys = series.form.keys();
    m_bytes += series.form.heapBytes();
}

StoredSeries* StoreWriter::findOrAdd(StoredMetric& metric, std::span<const Attribute> attributes,
                                     std::size_t headBytes, Cursor& cursor) {
    const std::size_t guessed = cursor.next;
    StoredSeries* series = find(metric, attributes, cursor);
    if (!series) {
        auto set = std::make_shared<const AttributeSet>(attributes.data(), attributes.size());
        const CanonicalProbe probe(metric, *set);
        const auto it = m_seriesIndex.find(probe);
        if (it != m_seriesIndex.end()) {
            series = *it;
            renewForm(*series, attributes);
        } else {
            const std::size_t wanted = seriesBytes(*set) + headBytes;
            // Nothing goes for a series that is too large by itself.
            if (bytes() + wanted > m_limit && wanted < m_limit / 2) {
                evict(wanted);
                cursor = {};
            }
            if (bytes() + wanted > m_limit)
                return nullptr;
            series = &add(metric, std::move(set), probe.hash);
            renewForm(*series, attributes);
        }
    }
    if (cursor.next == guessed && series != cursor.previous) {
        // The guess was wrong: next time it is this one.
        std::vector<StoredSeries*>& order = metric.lastOrder;
        if (guessed < order.size())
            order[guessed] = series;
        else if (order.size() < metric.seriesCount)
            order.push_back(series);
        cursor.next = std::min(guessed + 1, order.size());
    }
    cursor.previous = series;
    return series;
}

StoredSeries& StoreWriter::add(StoredMetric& metric, std::shared_ptr<const AttributeSet> attributes,
                               std::uint64_t hash) {
    const SeriesId id = m_shared.series.next();
    m_bytes += seriesBytes(*attributes);
    const auto series = std::make_shared<StoredSeries>(
        id, m_shared.metrics.find(metric.writersInfo->id), std::move(attributes), hash);
    m_seriesIndex.insert(series.get());
    m_shared.series.add(series);
    metric.appendToOrder(id);
    ++metric.seriesCount;
    if (!metric.announced) {
        metric.announced = true;
        m_listener.metricChanged(metric.writersInfo, m_now);
    }
    m_listener.seriesAdded({id, metric.writersInfo, series->attributes}, m_now);
    return *series;
}

// ---- points ----

void StoreWriter::writeBlock(Batch& batch, const MetricBlock& block) {
    if (block.points.count == 0)
        return;
    StoredMetric& metric = resolve(batch, block);
    switch (block.descriptor.type) {
    case MetricType::Unknown:
    case MetricType::Gauge:
    case MetricType::Sum:
        writePoints<NumberChunk>(batch, metric, Batch::slice(batch.numberPoints, block.points));
        break;
    case MetricType::Histogram:
        writePoints<HistogramChunk>(batch, metric,
                                    Batch::slice(batch.histogramPoints, block.points));
        break;
    case MetricType::ExponentialHistogram:
        writePoints<ExponentialHistogramChunk>(batch, metric,
                                               Batch::slice(batch.exponentialPoints, block.points));
        break;
    case MetricType::Summary:
        writePoints<SummaryChunk>(batch, metric, Batch::slice(batch.summaryPoints, block.points));
        break;
    }
    if (bytes() > m_limit)
        evict(0);
}

template <class ChunkType, class Point>
void StoreWriter::writePoints(Batch& batch, StoredMetric& metric, std::span<const Point> points) {
    Cursor cursor;
    std::array<std::uint64_t, verdictCount> counts{};
    TimeNs newest = std::numeric_limits<TimeNs>::min();
    std::array<TimeNs, verdictCount> firstTimes{};
    for (const Point& point : points) {
        prefetch<ChunkType>(metric, cursor);
        const Verdict verdict = writePoint<ChunkType>(batch, metric, point, cursor);
        const auto v = static_cast<std::size_t>(verdict);
        if (counts[v]++ == 0)
            firstTimes[v] = point.time;
        if (verdict == Verdict::Taken)
            newest = std::max(newest, point.time);
    }
    const std::uint64_t taken = counts[static_cast<std::size_t>(Verdict::Taken)];
    const std::uint64_t repeated = counts[static_cast<std::size_t>(Verdict::Repeated)];
    m_takenSamples.add(taken);
    m_repeatedSamples.add(repeated);
    m_accepted += taken + repeated;
    m_samples += taken;
    for (auto v = static_cast<std::size_t>(Verdict::NoTimestamp); v < verdictCount; ++v) {
        if (counts[v] > 0)
            refuse(batch, metric, static_cast<Verdict>(v), firstTimes[v], counts[v]);
    }
    if (taken > 0) {
        m_touched.push_back(&metric);
        m_listener.pointsWritten(metric.writersInfo->id, newest);
    }
}

template <class ChunkType>
void StoreWriter::prefetch(const StoredMetric& metric, const Cursor& cursor) {
    // Each step needs what the one before it loaded.
    const std::vector<StoredSeries*>& order = metric.lastOrder;
    constexpr std::size_t far = 12, middle = 8, near = 4;
    if (cursor.next + far >= order.size())
        return;
    __builtin_prefetch(order[cursor.next + far], 1);
    const StoredSeries& soon = *order[cursor.next + middle];
    soon.form.prefetch();
    __builtin_prefetch(soon.head, 1);
    if (const Chunk* head = order[cursor.next + near]->head)
        static_cast<const ChunkType*>(head)->prefetch();
}

template <class ChunkType, class Point>
StoreWriter::Verdict StoreWriter::writePoint(const Batch& batch, StoredMetric& metric,
                                             const Point& point, Cursor& cursor) {
    if (point.time == 0)
        return Verdict::NoTimestamp;
    StoredSeries* series = findOrAdd(metric, batch.attributesOf(point.attributes),
                                     firstHeadBytes<ChunkType>(), cursor);
    if (!series)
        return Verdict::MemoryLimit;
    const Verdict verdict = append<ChunkType>(*series, m_records.make(batch, point));
    if (verdict == Verdict::Taken && point.exemplars.count > 0)
        writeExemplars(batch, series->id, point);
    return verdict;
}

template <class ChunkType>
StoreWriter::Verdict StoreWriter::judgeLate(const StoredSeries& series,
                                            const typename ChunkType::Point& point) const {
    if (point.time < series.newest)
        return Verdict::OutOfOrder;
    std::vector<ChunkView> ends;
    series.collectEnds(ends);
    const auto& last = static_cast<const ChunkType&>(*ends.back().chunk);
    return last.repeatsLast(point) ? Verdict::Repeated : Verdict::DuplicateTimestamp;
}

template <class ChunkType, class Record>
StoreWriter::Verdict StoreWriter::append(StoredSeries& series, Record&& record) {
    if (record.time <= series.newest)
        return judgeLate<ChunkType>(series, record);
    series.newest = record.time;
    series.lastArrival = m_now;
    auto* head = static_cast<ChunkType*>(series.head);
    if (head && head->takes(record)) {
        if constexpr (std::is_same_v<ChunkType, NumberChunk>) {
            head->append(record);
        } else {
            const std::size_t before = head->bytes();
            head->append(std::forward<Record>(record));
            m_bytes += head->bytes() - before;
        }
        return Verdict::Taken;
    }
    if (head) {
        // A start time that moved once, as deltas' do, will move again.
        series.startTimesVary = series.startTimesVary || head->startTimeDiffers(record);
        seal<ChunkType>(series);
    } else if (series.sealedCount == 0) {
        series.oldest = record.time;
        m_age.begins(series.id, record.time);
    }
    // Far over the limit in the middle of a batch, heads begin no larger than those they follow:
    // evicting what was sealed for them then makes up for them.
    const bool isTight = bytes() > m_limit + m_limit / 16;
    auto fresh = std::make_shared<ChunkType>(capacityFor<ChunkType>(isTight ? 0 : series.samples),
                                             record, series.startTimesVary);
    // Readers find no chunk without a point.
    fresh->append(std::forward<Record>(record));
    m_bytes += fresh->bytes();
    series.startHead(std::move(fresh));
    return Verdict::Taken;
}

void StoreWriter::refuse(Batch& batch, const StoredMetric& metric, Verdict verdict, TimeNs time,
                         std::uint64_t points) {
    const auto v = static_cast<std::size_t>(verdict);
    const Refusal refusal = refusalOf(v);
    m_refused[v]->add(points);
    std::string message = "metric " +
                          shortened(metric.writersInfo->descriptor.name, metricNameShownBytes) +
                          ": " + std::string(refusal.message);
    if (time != 0)
        message += " (time " + std::to_string(time) + " ns)";
    batch.reject(refusal.reason, points, message);
}

void StoreWriter::writeExemplars(const Batch& batch, SeriesId series, const PointHeader& point) {
    for (Exemplar exemplar : Batch::slice(batch.exemplars, point.exemplars)) {
        const auto attributes = batch.attributesOf(exemplar.attributes);
        std::size_t size = 0;
        for (const Attribute& attribute : attributes)
            size += sizeof(Attribute) + attribute.key.size() + attribute.value.text().size();
        if (size > exemplarBytesMax) {
            m_droppedExemplars.add();
            continue;
        }
        if (exemplar.time == 0)
            exemplar.time = point.time;
        m_bytes += static_cast<std::size_t>(m_shared.exemplars.add(series, exemplar, attributes));
    }
}

// ---- the budget ----

template <class ChunkType>
void StoreWriter::seal(StoredSeries& series) {
    auto& head = static_cast<ChunkType&>(*series.head);
    const bool delta = series.metric->writersInfo->descriptor.temporality == Temporality::Delta;
    m_bytes -= head.bytes();
    const std::uint32_t unused = head.capacity() - head.size();
    if (unused > head.size() / 4) {
        const std::shared_ptr<ChunkType> copy = head.trimmed();
        copy->seal(delta);
        m_bytes += copy->bytes();
        series.sealHead(copy);
    } else {
        head.seal(delta);
        m_bytes += head.bytes();
        series.sealHead();
    }
    m_filled.push_back(series.id);
}

void StoreWriter::sealIdle() {
    if (m_lastSweep != 0 && m_now - m_lastSweep < sweepInterval)
        return;
    m_lastSweep = m_now;
    for (StoredSeries* series : m_seriesIndex) {
        if (!series->head)
            continue;
        withChunkType(series->metric->writersInfo->descriptor.type, [&]<class ChunkType>() {
            const auto& head = static_cast<const ChunkType&>(*series->head);
            const bool ended = head.stale(head.size() - 1);
            if (ended || m_now - series->lastArrival > Store::idleAfter)
                seal<ChunkType>(*series);
        });
    }
}

void StoreWriter::evict(std::size_t wanted) {
    sealIdle();
    // A little more than needed, so that not every block of a full store evicts.
    const std::size_t slack = m_limit / 64;
    const std::size_t target = m_limit > slack + wanted ? m_limit - slack - wanted : 0;
    while (bytes() > target && !m_filled.empty())
        evictFilled();
    forgetRemoved();
}

void StoreWriter::evictHeads() {
    evict(0);
    const std::size_t target = m_limit - m_limit / 64;
    if (bytes() <= m_limit)
        return;
    std::vector<StoredSeries*> open;
    for (StoredSeries* series : m_seriesIndex) {
        if (series->head)
            open.push_back(series);
    }
    const auto isNewer = [](const StoredSeries* a, const StoredSeries* b) {
        return std::pair(a->lastArrival, a->id.value) > std::pair(b->lastArrival, b->id.value);
    };
    std::make_heap(open.begin(), open.end(), isNewer); // the oldest in front
    while (bytes() > target && !open.empty()) {
        std::pop_heap(open.begin(), open.end(), isNewer);
        StoredSeries& oldest = *open.back();
        open.pop_back();
        withChunkType(oldest.metric->writersInfo->descriptor.type,
                      [&]<class ChunkType>() { seal<ChunkType>(oldest); });
        evictFilled();
    }
    forgetRemoved();
}

void StoreWriter::evictFilled() {
    const std::shared_ptr<StoredSeries> series = m_shared.series.find(m_filled.front());
    m_filled.pop_front();
    evictFront(*series);
}

void StoreWriter::evictFront(StoredSeries& series) {
    const std::shared_ptr<const Chunk> chunk = series.takeFront();
    m_bytes -= chunk->bytes();
    m_samples -= chunk->size();
    m_evictedSamples.add(chunk->size());
    if (series.sealedCount == 0 && !series.head) {
        remove(series);
        return;
    }
    std::vector<ChunkView> ends;
    series.collectEnds(ends);
    series.oldest = ends.front().chunk->firstTime();
    m_age.begins(series.id, series.oldest);
}

void StoreWriter::remove(StoredSeries& series) {
    StoredMetric& metric = *series.metric;
    m_seriesIndex.erase(&series);
    metric.lastOrder.clear();
    m_bytes -= seriesBytes(*series.attributes) + series.form.heapBytes();
    m_evictedSeries.add();
    if (--metric.seriesCount == 0)
        m_maybeEmpty.insert(&metric);
    m_lostSeries.insert(&metric);
    m_removed.insert(series.id);
    m_listener.seriesRemoved({series.id, metric.writersInfo, series.attributes});
    m_shared.series.remove(series.id);
}

void StoreWriter::forgetRemoved() {
    for (StoredMetric* metric : m_lostSeries)
        metric->eraseFromOrder([this](SeriesId id) { return m_removed.contains(id); });
    m_lostSeries.clear();
    m_removed.clear();
}

void StoreWriter::removeEmptyMetrics() {
    for (StoredMetric* metric : m_maybeEmpty) {
        if (metric->seriesCount > 0)
            continue;
        const MetricId id = metric->writersInfo->id;
        m_bytes -= metricBytes(*metric->writersInfo);
        m_metricIndex.erase(metric);
        if (metric->announced)
            m_listener.metricRemoved(id);
        m_shared.metrics.remove(id);
    }
    m_maybeEmpty.clear();
}

} // namespace sightglass
