// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/series_directory.h"

#include <algorithm>
#include <string>
#include <utility>

namespace sightglass {

namespace {

/// Order and age entries of a series, and the reference counts of its parts.
constexpr std::size_t seriesOverhead = 96;
constexpr std::size_t metricOverhead = 128;

constexpr std::uint64_t metricTag = 3;

Fingerprint printOf(MetricId id) {
    return fingerprintOf({reinterpret_cast<const char*>(&id.value), sizeof id.value}, metricTag);
}

std::size_t metricBytes(const MetricInfo& info) {
    const Descriptor& d = info.descriptor;
    return sizeof(StoredMetric) + sizeof(MetricInfo) + metricOverhead + d.name.capacity() +
           d.unit.capacity() + d.description.capacity();
}

/// But for what the label index counts.
std::size_t seriesBytes(std::size_t attributes) {
    return sizeof(StoredSeries) + AttributeSet::sharedBytes(attributes) + seriesOverhead;
}

const void* endOf(const Batch& batch, const MetricBlock& block) {
    const std::size_t end = std::size_t{block.points.begin} + block.points.count;
    switch (block.descriptor.type) {
    case MetricType::Unknown:
    case MetricType::Gauge:
    case MetricType::Sum:
        return batch.numberPoints.data() + end;
    case MetricType::Histogram:
        return batch.histogramPoints.data() + end;
    case MetricType::ExponentialHistogram:
        return batch.exponentialPoints.data() + end;
    case MetricType::Summary:
        return batch.summaryPoints.data() + end;
    }
    return nullptr;
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
    for (StoredMetric* metric : m_gappy)
        closeGaps(*metric);
    m_gappy.clear();
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
    m_blockEnd = endOf(batch, block);
    m_prepared.fill({}); // of another metric
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
    const std::size_t bytes = metricBytes(*info);
    const Fingerprint print = printOf(info->id);
    const auto metric = std::make_shared<StoredMetric>(std::move(info), print);
    if (m_shared.metrics.isFull()) {
        m_metricWithoutId = metric;
        return *metric;
    }
    m_bytes += bytes;
    m_shared.metrics.add(metric);
    m_metricIndex.insert(metric.get());
    m_maybeEmpty.insert(metric.get());
    return *metric;
}

StoredSeries* SeriesDirectory::guess(const StoredMetric& metric, Fingerprint form, Cursor& cursor) {
    const std::vector<StoredSeries*>& order = metric.lastOrder;
    while (cursor.m_next < order.size() && !order[cursor.m_next])
        ++cursor.m_next;
    if (cursor.m_next < order.size() && order[cursor.m_next]->form == form) {
        cursor.m_pace = Cursor::Pace::InStep;
        cursor.m_previous = order[cursor.m_next++];
        return cursor.m_previous;
    }
    // Several points of one series mostly come in a row.
    if (cursor.m_previous && cursor.m_previous->form == form)
        return cursor.m_previous;
    return nullptr;
}

void SeriesDirectory::prefetch(const StoredMetric& metric, const PointHeader& point) const {
    if (point.encoded.count > 0)
        m_index.prefetch(formKey(metric, point.encodedPrint));
}

void SeriesDirectory::prepare(Batch& batch, const StoredMetric& metric, const PointHeader& point) {
    if (point.encoded.count == 0 || m_index.contains(formKey(metric, point.encodedPrint)))
        return;
    Prepared& out = m_prepared[m_nextPrepared++ % m_prepared.size()];
    out.form = point.encodedPrint;
    out.attributes = batch.decodeAttributes(batch, point.encoded);
    out.canonical = canonicalKey(metric, m_printer.ofSet(batch.attributesOf(out.attributes)));
    m_index.prefetch(out.canonical);
}

StoredSeries* SeriesDirectory::findElsewhere(Batch& batch, StoredMetric& metric,
                                             const PointHeader& point, Fingerprint form,
                                             Cursor& cursor) {
    StoredSeries* series = nullptr;
    if (const auto known = m_index.find(formKey(metric, form)); known != m_index.end()) {
        series = known->second;
        if (series->form != form)
            changeForm(*series, form, true);
    } else {
        const auto prepared = std::ranges::find(m_prepared, form, &Prepared::form);
        if (prepared != m_prepared.end()) {
            series = findByAttributes(metric, batch.attributesOf(prepared->attributes),
                                      prepared->canonical, form);
        } else {
            const Slice slice = point.encoded.count > 0
                                    ? batch.decodeAttributes(batch, point.encoded)
                                    : point.attributes;
            const auto attributes = batch.attributesOf(slice);
            series = findByAttributes(metric, attributes,
                                      canonicalKey(metric, m_printer.ofSet(attributes)), form);
        }
        if (!series)
            return nullptr;
    }
    if (series != cursor.m_previous)
        follow(metric, *series, cursor);
    return series;
}

StoredSeries* SeriesDirectory::findByAttributes(StoredMetric& metric,
                                                std::span<const Attribute> attributes,
                                                Fingerprint canonical, Fingerprint form) {
    if (const auto known = m_index.find(canonical); known != m_index.end()) {
        StoredSeries* const series = known->second;
        changeForm(*series, form, false);
        return series;
    }
    if (!m_admission.admits(metric,
                            seriesBytes(attributes.size()) + LabelIndex::bytesAtMost(attributes)))
        return nullptr;
    return &add(metric, attributes, canonical, form);
}

void SeriesDirectory::changeForm(StoredSeries& series, Fingerprint form, bool isKnown) {
    std::vector<Fingerprint>& more = m_moreForms[&series];
    series.hasMoreForms = true;
    if (isKnown) {
        std::erase(more, form);
    } else {
        if (more.size() + 1 >= formsMax) {
            m_index.erase(formKey(*series.metric, more.front()));
            more.erase(more.begin());
        }
        m_index.emplace(formKey(*series.metric, form), &series);
    }
    more.push_back(series.form);
    series.form = form;
}

void SeriesDirectory::follow(StoredMetric& metric, StoredSeries& series, Cursor& cursor) {
    std::vector<StoredSeries*>& order = metric.lastOrder;
    const auto put = [&order](StoredSeries& moved, std::size_t place) {
        if (place >= order.size())
            return;
        std::swap(order[moved.place], order[place]);
        if (StoredSeries* other = order[moved.place])
            other->place = moved.place;
        moved.place = static_cast<std::uint32_t>(place);
    };
    switch (cursor.m_pace) {
    case Cursor::Pace::InStep:
        // Maybe some were left out, or this is another part of the whole.
        cursor.m_pace = Cursor::Pace::Skipped;
        cursor.m_missed = cursor.m_next;
        break;
    case Cursor::Pace::Skipped:
        // Twice in a row: the order has changed.
        cursor.m_pace = Cursor::Pace::Reordering;
        if (cursor.m_previous)
            put(*cursor.m_previous, cursor.m_missed);
        put(series, cursor.m_missed + 1);
        break;
    case Cursor::Pace::Reordering:
        put(series, cursor.m_next);
        break;
    }
    cursor.m_next = series.place + std::size_t{1};
    cursor.m_previous = &series;
}

StoredSeries& SeriesDirectory::add(StoredMetric& metric, std::span<const Attribute> attributes,
                                   Fingerprint canonical, Fingerprint form) {
    const SeriesId id = m_shared.series.next();
    const auto series = std::make_shared<StoredSeries>(id, metric.shared_from_this(),
                                                       m_shared.labels.add(id, attributes));
    m_bytes += seriesBytes(series->attributes->size());
    series->form = form;
    m_index.emplace(formKey(metric, form), series.get());
    m_index.emplace(canonical, series.get());
    ++m_size;
    series->place = static_cast<std::uint32_t>(metric.lastOrder.size());
    metric.lastOrder.push_back(series.get());
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
    m_index.erase(canonicalKey(metric, m_printer.ofSet(*series.attributes)));
    m_index.erase(formKey(metric, series.form));
    if (series.hasMoreForms) {
        for (const Fingerprint& form : m_moreForms[&series])
            m_index.erase(formKey(metric, form));
        m_moreForms.erase(&series);
    }
    --m_size;
    metric.lastOrder[series.place] = nullptr;
    if (++metric.removedFromOrder > metric.lastOrder.size() / 2)
        m_gappy.insert(&metric);
    m_bytes -= seriesBytes(series.attributes->size());
    if (--metric.seriesCount == 0)
        m_maybeEmpty.insert(&metric);
    m_lostSeries.insert(&metric);
    m_listener.seriesRemoved({series.id, metric.writersInfo, series.attributes});
    m_shared.labels.remove(series.id, *series.attributes);
    m_shared.series.remove(series.id);
}

void SeriesDirectory::closeGaps(StoredMetric& metric) {
    std::uint32_t place = 0;
    for (StoredSeries* series : metric.lastOrder) {
        if (!series)
            continue;
        metric.lastOrder[place] = series;
        series->place = place++;
    }
    metric.lastOrder.resize(place);
    metric.removedFromOrder = 0;
}

void SeriesDirectory::forgetRemoved() {
    for (StoredMetric* metric : m_lostSeries)
        metric->cleanOrder([this](SeriesId id) { return m_shared.series.find(id) != nullptr; });
    m_lostSeries.clear();
}

void SeriesDirectory::removeEmptyMetrics() {
    for (StoredMetric* metric : m_maybeEmpty) {
        if (metric->seriesCount > 0)
            continue;
        const MetricId id = metric->writersInfo->id;
        m_bytes -= metricBytes(*metric->writersInfo);
        m_metricIndex.erase(metric);
        m_gappy.erase(metric);
        if (metric->announced)
            m_listener.metricRemoved(id);
        m_shared.metrics.remove(id);
    }
    m_maybeEmpty.clear();
}

} // namespace sightglass
