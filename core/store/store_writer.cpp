// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/store_writer.h"

#include <algorithm>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>

#include "core/model/utf8.h"

namespace sightglass {

namespace {

/// Attributes of one exemplar; the specification of OpenMetrics allows 128 characters.
constexpr std::size_t exemplarBytesMost = 4096;
/// Of a metric's name, in what a sender is told.
constexpr std::size_t metricNameShownBytes = 256;
/// Of the room, what series, labels, index and heads may take before new series are refused.
constexpr std::size_t indexPercent = 60;
/// Of the room, what heads may grow to: with many series they are sealed before they are full.
constexpr std::size_t headPercent = 30;
constexpr std::uint32_t sealAtLeast = 16;
/// Beyond this share of the room the largest heads are sealed, whatever they hold.
constexpr std::size_t headPercentMost = 40;

struct Refusal {
    std::string_view reason;
    std::string_view message;
};

Refusal refusalOf(std::size_t verdict) {
    static constexpr std::array<Refusal, 5> refusals = {{
        {"no-timestamp", "a point has no time"},
        {"out-of-order", "a point is older than the newest of its series by more than is accepted"},
        {"duplicate-timestamp", "a point has the time of another of its series, but not its value"},
        {"series-limit", "a new series is beyond the limit of series or of memory"},
        {"metric-series-limit", "a new series is beyond the limit of series of one metric"},
    }};
    return refusals[verdict - 2];
}

} // namespace

template <class S>
DecodedChunk<S>& StoreWriter::Decoded::as() {
    if constexpr (std::is_same_v<S, Sample>)
        return numbers;
    else if constexpr (std::is_same_v<S, HistogramSample>)
        return histograms;
    else if constexpr (std::is_same_v<S, ExponentialHistogramSample>)
        return exponentials;
    else
        return summaries;
}

StoreWriter::StoreWriter(StoreShared& shared, StoreOptions options, SeriesListener& listener,
                         CounterRegistry& counters)
    : m_shared(shared),
      m_options(std::move(options)),
      m_listener(listener),
      m_takenSamples(counters.counter("sightglass_store_samples_total",
                                      "Samples taken into the ring.", CounterKind::Traffic)),
      m_lateSamples(counters.counter("sightglass_store_late_samples_total",
                                     "Samples taken that were older than the newest of their "
                                     "series.",
                                     CounterKind::Traffic)),
      m_repeatedSamples(counters.counter("sightglass_store_repeated_samples_total",
                                         "Samples that were in the ring already.",
                                         CounterKind::Traffic)),
      m_evictedExemplars(counters.counter("sightglass_store_evicted_exemplars_total",
                                          "Exemplars that made room for newer ones.",
                                          CounterKind::Traffic)),
      m_droppedExemplars(counters.counter("sightglass_store_dropped_exemplars_total",
                                          "Exemplars with attributes larger than is kept.",
                                          CounterKind::Drop)),
      m_directory(shared, listener, *this),
      m_limits(m_options.seriesPerMetricMost, m_options.seriesMost),
      m_eviction(shared, m_directory, m_limits, counters),
      m_budget(m_options.memoryLimit, m_options.processMemory, m_options.lookInterval) {
    for (auto v = static_cast<std::size_t>(Verdict::NoTimestamp); v < verdictCount; ++v) {
        m_refused[v] =
            &counters.counter("sightglass_store_refused_samples_total",
                              "Samples that the ring refused, by reason; counted as refused or "
                              "dropped by their way in.",
                              CounterKind::Traffic, {{"reason", std::string(refusalOf(v).reason)}});
    }
    m_shared.changeUsage([this](StoreUsage& usage) { usage.limit = m_budget.limit(); });
}

WriteReport StoreWriter::write(Batch& batch) {
    const WriterGate::Writer gate(m_shared.gate);
    m_now = std::max(m_now, batch.receivedAt);
    beginGeneration();
    m_lateWindow = lateWindowOf(batch.origin);
    const std::size_t heads = m_budget.room() / 100 * headPercent;
    // On the average a head is three quarters full, of sixteen bytes a point.
    m_sealAt = static_cast<std::uint32_t>(
        std::clamp<std::size_t>(heads / 12 / std::max<std::size_t>(m_directory.size(), 1),
                                sealAtLeast, SeriesSamples::numbersInHeadMost));
    m_accepted = 0;
    m_directory.beginBatch(batch, m_now);
    for (const MetricBlock& block : batch.metrics)
        writeBlock(batch, block);
    m_directory.endBatch();
    m_eviction.sealSilent();
    m_eviction.sealLargest(m_budget.room() / 100 * headPercentMost);
    publish();
    keepWithinBudget();

    WriteReport report;
    report.accepted = m_accepted;
    report.rejections = std::move(batch.rejections);
    report.generation = m_moment.batch;
    return report;
}

void StoreWriter::beginGeneration() {
    m_moment.batch = m_shared.generation.load(std::memory_order_relaxed) + 1;
    m_moment.second = static_cast<std::uint32_t>(m_now / nsPerSecond);
    m_eviction.beginBatch(m_moment);
}

void StoreWriter::publish() {
    for (StoredMetric* metric : m_touched)
        metric->generation.store(m_moment.batch, std::memory_order_release);
    m_touched.clear();
    m_shared.generation.store(m_moment.batch, std::memory_order_release);
    m_eviction.settle();
    m_directory.removeEmptyMetrics();
    m_eviction.publish();
    m_shared.changeUsage([this](StoreUsage& usage) {
        usage.bytes = bytes();
        usage.elsewhere = m_budget.elsewhere();
        usage.evictedExemplars = m_evictedExemplars.value();
    });
}

void StoreWriter::keepWithinBudget() {
    m_budget.look(bytes());
    const std::size_t room = m_budget.room();
    while (bytes() > room) {
        beginGeneration();
        // A little more than needed, so that not every batch to a full store evicts.
        if (!m_eviction.evict(room - room / 64, otherBytes()))
            return;
        publish();
    }
}

TimeNs StoreWriter::lateWindowOf(OriginId origin) {
    if (!m_options.origins || !origin.valid())
        return m_options.lateWindow;
    if (m_lateWindows.size() <= origin.value)
        m_lateWindows.resize(origin.value + 1, -1);
    TimeNs& known = m_lateWindows[origin.value];
    if (known < 0) {
        const bool isFile = m_options.origins->origin(origin).kind == OriginKind::File;
        known = isFile ? 0 : m_options.lateWindow;
    }
    return known;
}

bool StoreWriter::admits(const StoredMetric& metric, std::size_t seriesBytes) {
    const MetricInfo& info = *metric.writersInfo;
    if (m_limits.isFull(info)) {
        m_refusal = Verdict::MetricSeriesLimit;
        return false;
    }
    m_refusal = Verdict::SeriesLimit;
    const bool idsAreOut = m_shared.series.isFull() || info.id == m_shared.metrics.next();
    if (idsAreOut || m_limits.isFull(m_directory.size()))
        return false;
    const std::size_t room = m_budget.room(), most = room / 100 * indexPercent;
    const auto used = [this] {
        const std::size_t emptied = m_eviction.bytesOfEmptied();
        const std::size_t all = indexBytes() + m_eviction.headBytes();
        return all - std::min(all, emptied);
    };
    // Nothing goes for a series that is too large by itself.
    if (used() + seriesBytes > most && seriesBytes < room / 4)
        m_eviction.evictSilentSeries(used() + seriesBytes - most + room / 64, info);
    if (used() + seriesBytes > most)
        return false;
    m_limits.added(info);
    return true;
}

// ---- points ----

void StoreWriter::writeBlock(Batch& batch, const MetricBlock& block) {
    if (block.points.count == 0)
        return;
    StoredMetric& metric = m_directory.resolve(batch, block);
    m_isDelta = block.descriptor.temporality == Temporality::Delta;
    switch (block.descriptor.type) {
    case MetricType::Unknown:
    case MetricType::Gauge:
    case MetricType::Sum:
        writePoints<Sample>(batch, metric, Batch::slice(batch.numberPoints, block.points));
        break;
    case MetricType::Histogram:
        writePoints<HistogramSample>(batch, metric,
                                     Batch::slice(batch.histogramPoints, block.points));
        break;
    case MetricType::ExponentialHistogram:
        writePoints<ExponentialHistogramSample>(
            batch, metric, Batch::slice(batch.exponentialPoints, block.points));
        break;
    case MetricType::Summary:
        writePoints<SummarySample>(batch, metric, Batch::slice(batch.summaryPoints, block.points));
        break;
    }
}

template <class S, class Point>
void StoreWriter::writePoints(Batch& batch, StoredMetric& metric, std::span<const Point> points) {
    Cursor cursor;
    std::array<std::uint64_t, verdictCount> counts{};
    TimeNs newest = std::numeric_limits<TimeNs>::min();
    std::array<TimeNs, verdictCount> firstTimes{};
    for (const Point& point : points) {
        prefetch(metric, cursor);
        const Verdict verdict = writePoint<S>(batch, metric, point, cursor);
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
    for (auto v = static_cast<std::size_t>(Verdict::NoTimestamp); v < verdictCount; ++v) {
        if (counts[v] > 0)
            refuse(batch, metric, static_cast<Verdict>(v), firstTimes[v], counts[v]);
    }
    if (taken > 0) {
        m_eviction.taken(metric, taken);
        m_touched.push_back(&metric);
        m_listener.pointsWritten(metric.writersInfo->id, newest);
    }
}

void StoreWriter::prefetch(const StoredMetric& metric, const Cursor& cursor) {
    // Each step needs what the one before it loaded.
    const std::vector<StoredSeries*>& order = metric.lastOrder;
    constexpr std::size_t far = 12, near = 6;
    if (cursor.next() + far >= order.size())
        return;
    if (const auto* soon = reinterpret_cast<const char*>(order[cursor.next() + far])) {
        __builtin_prefetch(soon, 1);
        __builtin_prefetch(soon + 64, 1);
    }
    if (const StoredSeries* next = order[cursor.next() + near])
        next->samples.prefetch();
}

template <class S, class Point>
StoreWriter::Verdict StoreWriter::writePoint(Batch& batch, StoredMetric& metric, const Point& point,
                                             Cursor& cursor) {
    if (point.time == 0)
        return Verdict::NoTimestamp;
    StoredSeries* series = m_directory.find(batch, metric, point, cursor);
    if (!series)
        return m_refusal;
    const Verdict verdict = append<S>(*series, m_records.make(batch, point));
    if (verdict == Verdict::Taken && point.exemplars.count > 0)
        writeExemplars(batch, series->id, point);
    return verdict;
}

template <class S, class Point>
StoreWriter::Verdict StoreWriter::append(StoredSeries& series, Point&& point) {
    SeriesSamples& samples = series.samples;
    const bool isNewest = point.time > samples.newest();
    if constexpr (std::is_same_v<S, Sample>) {
        if (isNewest && samples.append(point, m_moment))
            return Verdict::Taken;
    }
    if (samples.empty()) {
        if (series.rank == StoredSeries::noRank)
            m_eviction.added(series);
        m_eviction.begins(series, point.time);
    } else if (!isNewest) {
        return appendLate<S>(series, point);
    }
    const std::size_t before = samples.headBytes();
    const SamplesChange change =
        samples.append(std::forward<Point>(point), m_moment, m_sealAt, m_isDelta);
    m_eviction.account(series, change, before);
    return Verdict::Taken;
}

template <class S, class Point>
StoreWriter::Verdict StoreWriter::appendLate(StoredSeries& series, const Point& point) {
    SeriesSamples& samples = series.samples;
    DecodedChunk<S>& decoded = m_decoded.as<S>();
    switch (samples.find(point, decoded)) {
    case SeriesSamples::Found::TheSame:
        return Verdict::Repeated;
    case SeriesSamples::Found::Another:
        return Verdict::DuplicateTimestamp;
    case SeriesSamples::Found::Nothing:
        break;
    }
    const std::uint64_t behind =
        static_cast<std::uint64_t>(samples.newest()) - static_cast<std::uint64_t>(point.time);
    if (behind > static_cast<std::uint64_t>(m_lateWindow))
        return Verdict::OutOfOrder;
    const std::size_t before = samples.headBytes();
    const TimeNs oldest = samples.template oldest<S>();
    const SamplesChange change = samples.insert(point, m_moment, m_isDelta, decoded);
    m_eviction.account(series, change, before);
    if (point.time < oldest)
        m_eviction.begins(series, point.time);
    m_lateSamples.add();
    return Verdict::Taken;
}

void StoreWriter::refuse(Batch& batch, const StoredMetric& metric, Verdict verdict, TimeNs time,
                         std::uint64_t points) {
    const auto v = static_cast<std::size_t>(verdict);
    const Refusal refusal = refusalOf(v);
    m_refused[v]->add(points);
    const bool isLimit = verdict >= Verdict::SeriesLimit;
    if (isLimit && m_limits.refused(*metric.writersInfo, refusal.reason, points)) {
        m_shared.changeUsage(
            [this](StoreUsage& usage) { usage.limitedMetrics = m_limits.limited(); });
    }
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
        if (size > exemplarBytesMost) {
            m_droppedExemplars.add();
            continue;
        }
        if (exemplar.time == 0)
            exemplar.time = point.time;
        m_evictedExemplars.add(
            m_shared.exemplars.add(series, m_moment.batch, exemplar, attributes));
    }
}

} // namespace sightglass
