// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/base/counters.h"
#include "core/store/store.h"

namespace sightglass::test {

/// A batch of one resource and one scope, filled point by point. Text is copied into its arena.
class BatchMaker {
  public:
    explicit BatchMaker(OriginId origin = OriginId{0}, TimeNs receivedAt = nsPerSecond) {
        m_batch.origin = origin;
        m_batch.receivedAt = receivedAt;
        m_batch.resources.emplace_back();
        m_batch.scopes.emplace_back();
    }

    BatchMaker& resource(const Labels& attributes) {
        m_batch.resources.emplace_back().attributes = slice(attributes);
        return *this;
    }

    /// The points that follow belong to it, and to the newest resource.
    BatchMaker& metric(DescriptorView descriptor) {
        descriptor.name = m_batch.arena.copy(descriptor.name);
        descriptor.description = m_batch.arena.copy(descriptor.description);
        MetricBlock& block = m_batch.metrics.emplace_back();
        block.resource = static_cast<std::uint32_t>(m_batch.resources.size() - 1);
        block.descriptor = descriptor;
        return *this;
    }
    BatchMaker& metric(std::string_view name, MetricType type = MetricType::Gauge) {
        return metric(DescriptorView{name, "", "", type});
    }
    BatchMaker& synthetic() {
        m_batch.metrics.back().synthetic = true;
        return *this;
    }

    NumberPoint& number(TimeNs time, Number value, const Labels& labels = {}) {
        NumberPoint& point = add(m_batch.numberPoints, time, labels);
        point.value = value;
        return point;
    }
    NumberPoint& number(TimeNs time, double value, const Labels& labels = {}) {
        return number(time, Number::of(value), labels);
    }
    NumberPoint& stale(TimeNs time, const Labels& labels = {}) {
        NumberPoint& point = number(time, 0.0, labels);
        point.flags = noRecordedValueFlag;
        return point;
    }
    HistogramPoint& histogram(TimeNs time, const std::vector<double>& bounds,
                              const std::vector<std::uint64_t>& counts, double sum,
                              const Labels& labels = {}) {
        HistogramPoint& point = add(m_batch.histogramPoints, time, labels);
        for (const std::uint64_t count : counts)
            point.count += count;
        point.sum = sum;
        point.hasSum = true;
        point.bucketCounts = append(m_batch.counts, counts);
        point.bounds = append(m_batch.doubles, bounds);
        return point;
    }
    ExponentialHistogramPoint& exponential(TimeNs time, const Labels& labels = {}) {
        return add(m_batch.exponentialPoints, time, labels);
    }
    SummaryPoint& summary(TimeNs time, const Labels& labels = {}) {
        return add(m_batch.summaryPoints, time, labels);
    }

    template <class T>
    static Slice append(std::vector<T>& pool, const std::vector<T>& values) {
        const Slice slice{static_cast<std::uint32_t>(pool.size()),
                          static_cast<std::uint32_t>(values.size())};
        pool.insert(pool.end(), values.begin(), values.end());
        return slice;
    }
    Slice slice(const Labels& labels) {
        std::vector<Attribute> list;
        list.reserve(labels.size());
        for (const auto& [key, value] : labels) {
            list.push_back({m_batch.arena.copy(key), Value::string(m_batch.arena.copy(value))});
        }
        return append(m_batch.attributes, list);
    }

    [[nodiscard]] Batch& batch() { return m_batch; }

  private:
    template <class Point>
    Point& add(std::vector<Point>& pool, TimeNs time, const Labels& labels) {
        MetricBlock& block = m_batch.metrics.back();
        if (block.points.count++ == 0)
            block.points.begin = static_cast<std::uint32_t>(pool.size());
        Point& point = pool.emplace_back();
        point.time = time;
        point.attributes = slice(labels);
        return point;
    }

    Batch m_batch;
};

/// Remembers what a store tells of, and checks that it makes sense.
class RecordingListener final : public SeriesListener {
  public:
    void metricChanged(const std::shared_ptr<const MetricInfo>& metric, TimeNs) override {
        metrics[metric->id] = metric;
        ++metricChanges;
    }
    void seriesAdded(const SeriesInfo& added, TimeNs) override { series.emplace(added.id, added); }
    void seriesRemoved(const SeriesInfo& removed) override {
        strayRemovals += series.erase(removed.id) == 0 ? 1 : 0;
    }
    void metricRemoved(MetricId id) override { strayRemovals += metrics.erase(id) == 0 ? 1 : 0; }
    void pointsWritten(MetricId id, TimeNs when) override { written[id] = when; }

    /// The metric of this name that came first, or no id.
    [[nodiscard]] MetricId metricNamed(std::string_view name) const {
        for (const auto& [id, info] : metrics) {
            if (info->descriptor.name == name)
                return id;
        }
        return {};
    }

    std::map<MetricId, std::shared_ptr<const MetricInfo>> metrics;
    std::map<SeriesId, SeriesInfo> series;
    std::map<MetricId, TimeNs> written;
    int metricChanges = 0;
    int strayRemovals = 0; ///< of what was not there
};

/// A store with room enough, its listener and counters.
struct StoreFeed {
    explicit StoreFeed(std::size_t memoryLimit = std::size_t{64} << 20)
        : store(memoryLimit, listener, counters) {}
    explicit StoreFeed(StoreOptions options) : store(std::move(options), listener, counters) {}

    WriteReport write(BatchMaker& maker) { return store.write(maker.batch()); }

    /// The only series there is.
    [[nodiscard]] SeriesId onlySeries() const {
        return listener.series.size() == 1 ? listener.series.begin()->first : SeriesId{};
    }
    [[nodiscard]] std::vector<Sample> numbers(SeriesId series, TimeRange range = {}) const {
        std::vector<Sample> out;
        store.numbers(series, range, out);
        return out;
    }
    [[nodiscard]] std::uint64_t counted(std::string_view name, std::string_view reason = {}) const {
        std::uint64_t sum = 0;
        for (const CounterRegistry::Row& row : counters.rows()) {
            if (row.name == name && (reason.empty() || row.labels.front().second == reason))
                sum += row.value;
        }
        return sum;
    }

    RecordingListener listener;
    CounterRegistry counters;
    Store store;
};

} // namespace sightglass::test
