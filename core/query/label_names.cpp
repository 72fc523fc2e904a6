// SPDX-License-Identifier: GPL-3.0-or-later
// Which labels the Prometheus view has, and their values.
#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <utility>

#include "core/model/prometheus_names.h"
#include "core/query/metric_views.h"
#include "core/query/prometheus_view.h"

namespace sightglass {

namespace {

bool isHeardOf(const CatalogMetric& row, TimeNs since) {
    // The catalog's last moments are true to a second.
    return since <= row.lastSeen || since - row.lastSeen <= nsPerSecond;
}

/// The spelling of each key that has a value, sorted; those that fall on one label stand together.
std::vector<std::string> spelledKeys(const CatalogMetric& row) {
    std::vector<std::string> out;
    for (const LabelKey& key : row.labelKeys) {
        if (key.values > 1 || !key.example.empty())
            out.push_back(prometheusLabelName(key.key));
    }
    std::sort(out.begin(), out.end());
    return out;
}

void addNames(const MetricInfo& metric, std::set<std::string>& out) {
    const std::string name = prometheusName(metric.descriptor, metric.resource->isTarget);
    const auto add = [&](std::initializer_list<std::string_view> suffixes) {
        for (const std::string_view suffix : suffixes)
            out.insert(name + std::string(suffix));
    };
    switch (metric.descriptor.type) {
    case MetricType::Histogram:
        add({"_bucket", "_sum", "_count"});
        break;
    case MetricType::ExponentialHistogram:
    case MetricType::Summary:
        add({"", "_sum", "_count"});
        break;
    default:
        add({""});
    }
}

/// Calls visit(metric, its target_info's labels) once a resource that has one.
template <class Visit>
void forTargetInfos(const CatalogSnapshot& catalog, TimeNs since, Visit&& visit) {
    std::set<std::pair<OriginId, const Resource*>> seen;
    for (const auto& row : catalog.metrics) {
        const MetricInfo& metric = *row->info;
        if (metric.resource->isTarget || !isHeardOf(*row, since) ||
            !seen.emplace(metric.origin, metric.resource.get()).second)
            continue;
        const Labels labels = targetInfoLabels(*metric.resource);
        if (!labels.empty())
            visit(metric, labels);
    }
}

/// What a metric's series have under a label.
enum class Carries { Nothing, Values, Renamed };

Carries carriedBy(const CatalogMetric& row, const Labels& attached, const std::string& label) {
    const std::vector<std::string> spelled = spelledKeys(row);
    const auto [begin, end] = std::equal_range(spelled.begin(), spelled.end(), label);
    // Joined, or known by another name.
    if (end - begin > 1 || (end != begin && hasLabel(attached, label)))
        return Carries::Renamed;
    for (std::string_view rest = label; rest.starts_with(exportedPrefix);) {
        rest.remove_prefix(exportedPrefix.size());
        if ((hasLabel(attached, rest) || rest == viewLabel(row.info->descriptor.type)) &&
            std::binary_search(spelled.begin(), spelled.end(), rest))
            return Carries::Renamed;
    }
    return end != begin ? Carries::Values : Carries::Nothing;
}

} // namespace

std::set<std::string> PrometheusView::labelNames(const CatalogSnapshot& catalog,
                                                 TimeNs since) const {
    std::set<std::string> out;
    OriginNames originNames;
    for (const auto& row : catalog.metrics) {
        if (!isHeardOf(*row, since))
            continue;
        out.insert("__name__");
        Labels labels = attachedLabels(*row->info, originNames);
        std::vector<std::string> spelled = spelledKeys(*row);
        spelled.erase(std::unique(spelled.begin(), spelled.end()), spelled.end());
        for (std::string& name : spelled) {
            while (hasLabel(labels, name))
                name.insert(0, exportedPrefix);
            insertLabel(labels, std::move(name), {});
        }
        // What a view makes is its own; `_sum` and `_count` keep a series' own label of that name.
        if (std::string made(viewLabel(row->info->descriptor.type)); !made.empty()) {
            out.insert(made);
            if (hasLabel(labels, made)) {
                while (hasLabel(labels, made))
                    made.insert(0, exportedPrefix);
                out.insert(made);
            }
        }
        for (Label& label : labels)
            out.insert(std::move(label.first));
    }
    forTargetInfos(catalog, since, [&out](const MetricInfo&, const Labels& labels) {
        for (const Label& label : labels)
            out.insert(label.first);
    });
    return out;
}

std::optional<Result<std::set<std::string>>>
PrometheusView::labelValues(const CatalogSnapshot& catalog, const std::string& label, TimeNs since,
                            std::size_t limit) const {
    std::set<std::string> out;
    OriginNames originNames;
    bool areCarried = false, areOthersCarried = false;
    for (const auto& row : catalog.metrics) {
        const bool counts = isHeardOf(*row, since);
        if (label == "__name__") {
            if (counts)
                addNames(*row->info, out);
            continue;
        }
        const Labels attached = attachedLabels(*row->info, originNames);
        const Carries carries = carriedBy(*row, attached, label);
        if (!counts) {
            areOthersCarried = areOthersCarried || carries != Carries::Nothing;
            continue;
        }
        if (carries == Carries::Renamed || viewLabel(row->info->descriptor.type) == label)
            return std::nullopt;
        for (const Label& own : attached) {
            if (own.first == label)
                out.insert(own.second);
        }
        areCarried = areCarried || carries == Carries::Values;
    }
    // The index does not tell the values of those that count from those of others.
    if (areCarried && areOthersCarried)
        return std::nullopt;
    forTargetInfos(catalog, since, [&](const MetricInfo& metric, const Labels& labels) {
        if (label == "__name__")
            out.insert("target_info");
        const Labels attached = attachedLabels(metric, originNames);
        for (const Label& own : labels) {
            if (own.first == label && !hasLabel(attached, label))
                out.insert(own.second);
        }
    });
    if (areCarried && !m_reader.labelValues(label, [&](std::string_view value) {
            if (!value.empty() && out.size() <= limit)
                out.emplace(value);
        }))
        return std::nullopt;
    if (out.size() > limit)
        return Error{ErrorCode::ResourceExhausted,
                     "more than " + std::to_string(limit) + " values: name series by match[]",
                     {}};
    return out;
}

} // namespace sightglass
