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
      m_directory(shared, listener, *this),
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
    m_directory.beginBatch(batch, m_now);
    m_accepted = 0;
    for (const MetricBlock& block : batch.metrics)
        writeBlock(batch, block);
    m_directory.endBatch();

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
    m_directory.removeEmptyMetrics();
    if (bytes() > m_limit) {
        evictHeads();
        m_directory.removeEmptyMetrics();
    }
    m_shared.bytes.store(bytes(), std::memory_order_relaxed);
    m_shared.seriesCount.store(static_cast<std::uint32_t>(m_directory.size()),
                               std::memory_order_relaxed);
    m_shared.samples.store(m_samples, std::memory_order_relaxed);
    const TimeNs oldest = m_age.oldest(m_directory.size(), [this](const SampleAge::Entry& entry) {
        const std::shared_ptr<StoredSeries> series = m_shared.series.find(entry.series);
        return series && series->oldest == entry.time;
    });
    m_shared.oldestSample.store(oldest, std::memory_order_relaxed);
    m_shared.generation.store(generation, std::memory_order_release);
    report.generation = generation;
}

// ---- points ----

void StoreWriter::writeBlock(Batch& batch, const MetricBlock& block) {
    if (block.points.count == 0)
        return;
    StoredMetric& metric = m_directory.resolve(batch, block);
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
    m_newHeadBytes = firstHeadBytes<ChunkType>();
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
    if (cursor.next() + far >= order.size())
        return;
    __builtin_prefetch(order[cursor.next() + far], 1);
    if (const StoredSeries* soon = order[cursor.next() + middle])
        __builtin_prefetch(soon->head, 1);
    const StoredSeries* next = order[cursor.next() + near];
    if (next && next->head)
        static_cast<const ChunkType*>(next->head)->prefetch();
}

template <class ChunkType, class Point>
StoreWriter::Verdict StoreWriter::writePoint(Batch& batch, StoredMetric& metric, const Point& point,
                                             Cursor& cursor) {
    if (point.time == 0)
        return Verdict::NoTimestamp;
    StoredSeries* series = m_directory.find(batch, metric, point, cursor);
    if (!series)
        return Verdict::MemoryLimit;
    const Verdict verdict = append<ChunkType>(*series, m_records.make(batch, point));
    if (verdict == Verdict::Taken && point.exemplars.count > 0)
        writeExemplars(batch, series->id, point);
    return verdict;
}

bool StoreWriter::admits(const StoredMetric&, std::size_t seriesBytes) {
    const std::size_t wanted = seriesBytes + m_newHeadBytes;
    // Nothing goes for a series that is too large by itself.
    if (bytes() + wanted > m_limit && wanted < m_limit / 2)
        evict(wanted);
    return bytes() + wanted <= m_limit;
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
    for (StoredSeries* series : m_directory.all()) {
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
    m_directory.forgetRemoved();
}

void StoreWriter::evictHeads() {
    evict(0);
    const std::size_t target = m_limit - m_limit / 64;
    if (bytes() <= m_limit)
        return;
    std::vector<StoredSeries*> open;
    for (StoredSeries* series : m_directory.all()) {
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
    m_directory.forgetRemoved();
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
        m_evictedSeries.add();
        m_directory.remove(series);
        return;
    }
    std::vector<ChunkView> ends;
    series.collectEnds(ends);
    series.oldest = ends.front().chunk->firstTime();
    m_age.begins(series.id, series.oldest);
}

} // namespace sightglass
