// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/prometheus_view.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <string_view>
#include <utility>

#include "core/model/prometheus_names.h"
#include "core/query/label_writer.h"
#include "core/query/metric_views.h"
#include "core/query/series_selection.h"

namespace sightglass {

namespace {

/// Between the samples of a target_info, which are made up.
constexpr TimeNs infoEvery = 60 * nsPerSecond;

/// The first moment of a range that ends at `time`: its start is not part of it.
TimeNs rangeStart(TimeNs time, TimeNs range) {
    TimeNs start = 0;
    if (__builtin_sub_overflow(time, range - 1, &start))
        return std::numeric_limits<TimeNs>::min();
    return start;
}

/// When a resource was first and last heard of, for its target_info.
struct InfoTimes {
    const MetricInfo* any = nullptr;
    TimeNs first = std::numeric_limits<TimeNs>::max();
    TimeNs last = std::numeric_limits<TimeNs>::min();
};

} // namespace

Labels PrometheusView::attachedLabels(const MetricInfo& metric, OriginNames& names) const {
    Labels labels = jobAndInstance(*metric.resource);
    if (!m_originLabel.empty()) {
        std::string& name = names[metric.origin];
        if (name.empty())
            name = m_origins.origin(metric.origin).name();
        insertLabel(labels, m_originLabel, name);
    }
    return labels;
}

Result<std::vector<ViewSeries>> PrometheusView::select(const CatalogSnapshot& catalog,
                                                       const Selector& selector, TimeRange range,
                                                       Want want, std::size_t limit) const {
    std::vector<ViewSeries> out;
    std::size_t samples = 0;
    OriginNames originNames;
    const Error tooMany{ErrorCode::ResourceExhausted,
                        "more than " + std::to_string(limit) + " series match: narrow the selector",
                        {}};

    const bool wantsInfo = selector.matchesName("target_info");
    std::vector<SelectedMetric> metrics;
    std::map<std::pair<OriginId, const Resource*>, InfoTimes> resources;
    for (const auto& row : catalog.metrics) {
        const MetricInfo& metric = *row->info;
        if (wantsInfo && !metric.resource->isTarget) {
            InfoTimes& times = resources[{metric.origin, metric.resource.get()}];
            times.any = &metric;
            times.first = std::min(times.first, row->firstSeen);
            times.last = std::max(times.last, row->lastSeen);
        }
        if (!MetricViews(m_reader, metric, selector, range, want, out).wanted())
            continue;
        Labels attached = attachedLabels(metric, originNames);
        if (attachedLabelsMatch(selector, attached))
            metrics.push_back({row, std::move(attached), {}});
    }

    selectSeries(m_reader, selector, metrics);
    std::vector<SeriesId> ids;
    for (const SelectedMetric& metric : metrics) {
        for (const SeriesInfo& series : metric.series)
            ids.push_back(series.id);
    }
    const std::shared_ptr<const SeriesReader> pinned = m_reader.pin(ids);
    LabelWriter labelWriter;
    for (const SelectedMetric& metric : metrics) {
        MetricViews views(*pinned, *metric.row->info, selector, range, want, out);
        for (const SeriesInfo& series : metric.series) {
            samples +=
                views.add(series.id, labelWriter.labelsOf(metric.attached, *series.attributes));
            if (out.size() > limit)
                return tooMany;
            if (samples > mostSamples)
                return Error{ErrorCode::ResourceExhausted,
                             "more than " + std::to_string(mostSamples) +
                                 " samples match: narrow the selector or shorten the range",
                             {}};
        }
    }

    for (const auto& [key, times] : resources) {
        Labels labels = attachedLabels(*times.any, originNames);
        const Labels attributes = targetInfoLabels(*times.any->resource);
        if (attributes.empty())
            continue;
        for (const Label& label : attributes) {
            if (!hasLabel(labels, label.first))
                insertLabel(labels, label.first, label.second);
        }
        // A resource is known from its first point to its last, not only at those moments.
        std::vector<ViewSample> info;
        const TimeNs end = std::min(times.last, range.to);
        // A point arrives after its own time, so the first arrival may lie behind the last point.
        const TimeNs first = std::min(times.first, times.last);
        for (TimeNs at = std::max(first, range.from); at <= end; at += infoEvery)
            info.push_back({at, Number::of(std::int64_t{1}), nullptr, false});
        if (!info.empty() && info.back().time != end)
            info.push_back({end, Number::of(std::int64_t{1}), nullptr, false});
        if (!info.empty() && selector.matches("target_info", labels))
            out.push_back({"target_info", std::move(labels), std::move(info)});
    }
    if (out.size() > limit)
        return tooMany;
    return out;
}

Result<std::vector<ViewSeries>> PrometheusView::instant(const CatalogSnapshot& catalog,
                                                        const Selector& selector, TimeNs time,
                                                        std::size_t limit) const {
    auto found = select(catalog, selector, {time - lookback + 1, time}, Want::Newest, limit);
    if (!found)
        return found;
    for (ViewSeries& series : *found)
        series.samples.erase(series.samples.begin(), series.samples.end() - 1);
    std::erase_if(*found, [](const ViewSeries& series) { return series.samples.back().stale; });
    return found;
}

Result<std::vector<ViewSeries>> PrometheusView::raw(const CatalogSnapshot& catalog,
                                                    const Selector& selector, TimeNs time,
                                                    std::size_t limit) const {
    auto found =
        select(catalog, selector, {rangeStart(time, selector.range), time}, Want::All, limit);
    if (!found)
        return found;
    for (ViewSeries& series : *found)
        std::erase_if(series.samples, [](const ViewSample& sample) { return sample.stale; });
    std::erase_if(*found, [](const ViewSeries& series) { return series.samples.empty(); });
    return found;
}

Result<std::vector<ViewSeries>> PrometheusView::range(const CatalogSnapshot& catalog,
                                                      const Selector& selector, TimeNs from,
                                                      TimeNs to, TimeNs step,
                                                      std::size_t limit) const {
    // Unsigned: the span of any two times fits, and no step beyond `to` is ever formed.
    const auto span = static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from);
    const std::uint64_t lastStep = span / static_cast<std::uint64_t>(step);
    if (lastStep >= static_cast<std::uint64_t>(mostSteps))
        return Error{ErrorCode::InvalidArgument,
                     "more than 11,000 steps a series: widen the step or shorten the range",
                     {}};
    auto found = select(catalog, selector, {from - lookback + 1, to}, Want::All, limit);
    if (!found)
        return found;
    for (ViewSeries& series : *found) {
        std::vector<ViewSample> steps;
        std::size_t next = 0; // first sample after the step
        for (std::uint64_t i = 0; i <= lastStep; ++i) {
            const TimeNs at = from + static_cast<TimeNs>(i) * step;
            while (next < series.samples.size() && series.samples[next].time <= at)
                ++next;
            if (next == 0)
                continue;
            const ViewSample& newest = series.samples[next - 1];
            if (newest.stale || at - newest.time >= lookback)
                continue;
            steps.push_back(newest);
            steps.back().time = at;
        }
        series.samples = std::move(steps);
    }
    std::erase_if(*found, [](const ViewSeries& series) { return series.samples.empty(); });
    return found;
}

Result<std::vector<ViewSeries>> PrometheusView::series(const CatalogSnapshot& catalog,
                                                       const Selector& selector, TimeRange range,
                                                       std::size_t limit) const {
    auto found = select(catalog, selector, range, Want::Existence, limit);
    if (!found)
        return found;
    for (ViewSeries& series : *found)
        series.samples.clear();
    return found;
}

} // namespace sightglass
