// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/series_directory.h"

#include <algorithm>
#include <string>
#include <utility>

namespace sightglass {

namespace {

/// Index, order and age entries of a series, and the reference counts of its parts.
constexpr std::size_t seriesOverhead = 160;
constexpr std::size_t metricOverhead = 128;

std::size_t metricBytes(const MetricInfo& info) {
    const Descriptor& d = info.descriptor;
    return sizeof(StoredMetric) + sizeof(MetricInfo) + metricOverhead + d.name.capacity() +
           d.unit.capacity() + d.description.capacity();
}

/// But for what the label index counts.
std::size_t seriesBytes(const AttributeSet& attributes) {
    return sizeof(StoredSeries) + AttributeSet::sharedBytes(attributes.size()) + seriesOverhead;
}

} // namespace

void SeriesDirectory::beginBatch(const Batch& batch, TimeNs now) {
    m_now = now;
    m_batchResources.assign(batch.resources.size(), nullptr);
    m_batchScopes.assign(batch.scopes.size(), nullptr);
}

void SeriesDirectory::endBatch() {
    m_batchResources.clear();
    m_batchScopes.clear();
}

StoredSeries* SeriesDirectory::find(Batch& batch, StoredMetric& metric, const PointHeader& point,
                                    Cursor& cursor) {
    return findOrAdd(metric, batch.attributesOf(point.attributes), cursor);
}

std::shared_ptr<const Resource> SeriesDirectory::resourceOf(const Batch& batch,
                                                            std::uint32_t index) {
    std::shared_ptr<const Resource>& known = m_batchResources[index];
    if (!known) {
        const ResourceView& view = batch.resources[index];
        const auto attributes = batch.attributesOf(view.attributes);
        known = m_resources.intern({AttributeSet(attributes.data(), attributes.size()),
                                    std::string(view.schemaUrl), view.isTarget});
    }
    return known;
}

std::shared_ptr<const Scope> SeriesDirectory::scopeOf(const Batch& batch, std::uint32_t index) {
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

StoredMetric& SeriesDirectory::resolve(Batch& batch, const MetricBlock& block) {
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

StoredSeries* SeriesDirectory::findKnown(StoredMetric& metric,
                                         std::span<const Attribute> attributes, Cursor& cursor) {
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

void SeriesDirectory::renewForm(StoredSeries& series, std::span<const Attribute> attributes) {
    m_bytes -= series.form.heapBytes();
    series.form = ReceivedForm(attributes, series.metric->lastKeys);
    series.metric->lastKeys = series.form.keys();
    m_bytes += series.form.heapBytes();
}

StoredSeries* SeriesDirectory::findOrAdd(StoredMetric& metric,
                                         std::span<const Attribute> attributes, Cursor& cursor) {
    const std::size_t guessed = cursor.next;
    StoredSeries* series = findKnown(metric, attributes, cursor);
    if (!series) {
        const AttributeSet set(attributes.data(), attributes.size());
        const CanonicalProbe probe(metric, set);
        const auto it = m_seriesIndex.find(probe);
        if (it != m_seriesIndex.end()) {
            series = *it;
            renewForm(*series, attributes);
        } else {
            const std::size_t before = m_seriesIndex.size();
            if (!m_admission.admits(metric, seriesBytes(set) + LabelIndex::bytesAtMost(attributes)))
                return nullptr;
            if (m_seriesIndex.size() != before)
                cursor = {};
            series = &add(metric, attributes, probe.hash);
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

StoredSeries& SeriesDirectory::add(StoredMetric& metric, std::span<const Attribute> attributes,
                                   std::uint64_t hash) {
    const SeriesId id = m_shared.series.next();
    const auto series =
        std::make_shared<StoredSeries>(id, m_shared.metrics.find(metric.writersInfo->id),
                                       m_shared.labels.add(id, attributes), hash);
    m_bytes += seriesBytes(*series->attributes);
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

void SeriesDirectory::remove(StoredSeries& series) {
    StoredMetric& metric = *series.metric;
    m_seriesIndex.erase(&series);
    metric.lastOrder.clear();
    m_bytes -= seriesBytes(*series.attributes) + series.form.heapBytes();
    if (--metric.seriesCount == 0)
        m_maybeEmpty.insert(&metric);
    m_lostSeries.insert(&metric);
    m_removed.insert(series.id);
    m_listener.seriesRemoved({series.id, metric.writersInfo, series.attributes});
    m_shared.labels.remove(series.id, *series.attributes);
    m_shared.series.remove(series.id);
}

void SeriesDirectory::forgetRemoved() {
    for (StoredMetric* metric : m_lostSeries)
        metric->eraseFromOrder([this](SeriesId id) { return m_removed.contains(id); });
    m_lostSeries.clear();
    m_removed.clear();
}

void SeriesDirectory::removeEmptyMetrics() {
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
