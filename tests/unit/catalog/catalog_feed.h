// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/catalog/catalog.h"

namespace sightglass::test {

inline AttributeSet attributeSet(const Labels& labels) {
    std::vector<Attribute> list;
    list.reserve(labels.size());
    for (const auto& [key, value] : labels)
        list.push_back({key, Value::string(value)});
    return AttributeSet(list);
}

/// A Catalog and, in place of the store, a writer that tells it of metrics and series.
struct CatalogFeed {
    OriginTable origins;
    Catalog catalog{origins};
    OriginId otlp = origins.intern(OriginKind::OtlpGrpc);
    OriginId page = origins.intern(OriginKind::Scrape, "http://127.0.0.1:8889/metrics");
    OriginId otherPage = origins.intern(OriginKind::Scrape, "http://127.0.0.1:17000/metrics");
    std::uint32_t nextMetric = 0, nextSeries = 0;

    std::shared_ptr<const MetricInfo> metric(OriginId origin, std::string_view name,
                                             const Labels& resource = {},
                                             DescriptorView descriptor = {},
                                             bool synthetic = false) {
        auto info = std::make_shared<MetricInfo>();
        info->id = MetricId{nextMetric++};
        info->origin = origin;
        auto made = std::make_shared<Resource>();
        made->attributes = attributeSet(resource);
        made->isTarget = origin != otlp;
        info->resource = made;
        info->scope = std::make_shared<Scope>();
        info->descriptor = Descriptor(descriptor);
        info->descriptor.name = name;
        info->synthetic = synthetic;
        catalog.metricChanged(info, 1);
        return info;
    }

    SeriesInfo series(const std::shared_ptr<const MetricInfo>& metric, const Labels& labels = {}) {
        const SeriesInfo info{SeriesId{nextSeries++}, metric,
                              std::make_shared<AttributeSet>(attributeSet(labels))};
        catalog.seriesAdded(info, 1);
        return info;
    }

    /// A metric of a page with one series.
    SeriesInfo pageSeries(OriginId origin, std::string_view name, const Labels& labels) {
        return series(metric(origin, name), labels);
    }
};

} // namespace sightglass::test
