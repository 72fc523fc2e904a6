// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/catalog/catalog_loader.h"

#include <algorithm>
#include <span>
#include <string_view>
#include <vector>

namespace sightglass {

namespace {

void appendText(std::string& key, std::string_view text) {
    key += std::to_string(text.size());
    key += ':';
    key += text;
}

/// Equal for equal attributes in whatever order, with the types of the values.
void appendAttributes(std::string& key, std::span<const Attribute> attributes) {
    std::vector<Attribute> sorted(attributes.begin(), attributes.end());
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const Attribute& a, const Attribute& b) { return a.key < b.key; });
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        if (i > 0 && sorted[i].key == sorted[i - 1].key)
            continue; // of two with one key the first holds, as in an AttributeSet
        appendText(key, sorted[i].key);
        const Value& value = sorted[i].value;
        key += static_cast<char>('0' + static_cast<int>(value.kind()));
        if (value.hasText())
            appendText(key, value.text());
        else
            key += std::to_string(value.bits()) + ';';
    }
    key += '|';
}

} // namespace

std::shared_ptr<const Resource> CatalogLoader::resourceOf(const Batch& batch,
                                                          const ResourceView& view) {
    std::string key(view.isTarget ? "target" : "");
    appendText(key, view.schemaUrl);
    appendAttributes(key, batch.attributesOf(view.attributes));
    auto& known = m_resources[key];
    if (!known) {
        const auto attributes = batch.attributesOf(view.attributes);
        known = std::make_shared<const Resource>(
            Resource{AttributeSet(attributes.data(), attributes.size()),
                     std::string(view.schemaUrl), view.isTarget});
    }
    return known;
}

std::shared_ptr<const Scope> CatalogLoader::scopeOf(const Batch& batch, const ScopeView& view) {
    std::string key;
    for (const std::string_view text : {view.name, view.version, view.schemaUrl})
        appendText(key, text);
    appendAttributes(key, batch.attributesOf(view.attributes));
    auto& known = m_scopes[key];
    if (!known) {
        const auto attributes = batch.attributesOf(view.attributes);
        known = std::make_shared<const Scope>(
            Scope{std::string(view.name), std::string(view.version),
                  AttributeSet(attributes.data(), attributes.size()), std::string(view.schemaUrl)});
    }
    return known;
}

CatalogLoader::Metric& CatalogLoader::metricOf(const Batch& batch, const MetricBlock& block,
                                               TimeNs when) {
    const auto resource = resourceOf(batch, batch.resources[block.resource]);
    const auto scope = scopeOf(batch, batch.scopes[block.scope]);
    const DescriptorView& d = block.descriptor;
    // Resources and scopes are interned, so their addresses are as good as their content.
    std::string key = std::to_string(batch.origin.value);
    for (const void* part :
         {static_cast<const void*>(resource.get()), static_cast<const void*>(scope.get())})
        key += ' ' + std::to_string(reinterpret_cast<std::uintptr_t>(part));
    key += ' ';
    for (const std::string_view text : {d.name, d.unit})
        appendText(key, text);
    for (const int part : {static_cast<int>(d.type), static_cast<int>(d.temporality),
                           static_cast<int>(d.monotonic), static_cast<int>(block.synthetic)})
        key += static_cast<char>('0' + part);

    std::unique_ptr<Metric>& known = m_metrics[key];
    const bool isNew = !known;
    if (isNew)
        known = std::make_unique<Metric>();
    if (isNew || known->info->descriptor.description != d.description) {
        auto info = std::make_shared<MetricInfo>();
        info->id =
            isNew ? MetricId{static_cast<std::uint32_t>(m_metrics.size() - 1)} : known->info->id;
        info->origin = batch.origin;
        info->resource = resource;
        info->scope = scope;
        info->descriptor = Descriptor(d);
        info->synthetic = block.synthetic;
        known->info = info;
        m_catalog.metricChanged(info, when);
    }
    return *known;
}

template <class Point>
void CatalogLoader::loadPoints(const Batch& batch, std::span<const Point> points, Metric& metric) {
    TimeNs newest = 0;
    std::string key;
    for (const Point& point : points) {
        newest = std::max(newest, point.time);
        const auto attributes = batch.attributesOf(point.attributes);
        key.clear();
        appendAttributes(key, attributes);
        if (!metric.series.insert(key).second)
            continue;
        m_catalog.seriesAdded(
            SeriesInfo{SeriesId{m_seriesCount++}, metric.info,
                       std::make_shared<AttributeSet>(attributes.data(), attributes.size())},
            point.time);
    }
    m_catalog.pointsWritten(metric.info->id, newest);
}

void CatalogLoader::load(const Batch& batch) {
    for (const MetricBlock& block : batch.metrics) {
        if (block.points.count == 0)
            continue; // a HELP or TYPE line without samples makes no metric
        Metric& metric = metricOf(batch, block, batch.receivedAt);
        switch (block.descriptor.type) {
        case MetricType::Unknown:
        case MetricType::Gauge:
        case MetricType::Sum:
            loadPoints(batch, Batch::slice(batch.numberPoints, block.points), metric);
            break;
        case MetricType::Histogram:
            loadPoints(batch, Batch::slice(batch.histogramPoints, block.points), metric);
            break;
        case MetricType::ExponentialHistogram:
            loadPoints(batch, Batch::slice(batch.exponentialPoints, block.points), metric);
            break;
        case MetricType::Summary:
            loadPoints(batch, Batch::slice(batch.summaryPoints, block.points), metric);
            break;
        }
    }
}

} // namespace sightglass
