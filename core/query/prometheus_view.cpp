// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/prometheus_view.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <string_view>
#include <utility>

#include "core/model/prometheus_names.h"

namespace sightglass {

namespace {

/// A bucket bound or quantile as Prometheus spells those that came by OTLP: without exponent.
std::string boundText(double bound) {
    if (!std::isfinite(bound))
        return formatDouble(bound);
    char buffer[400];
    const auto end =
        std::to_chars(buffer, buffer + sizeof buffer, bound, std::chars_format::fixed).ptr;
    return {buffer, end};
}

/// Counts beyond int64 exist only in theory, and are then as exact as a double.
Number countNumber(std::uint64_t count) {
    return count <= std::numeric_limits<std::int64_t>::max()
               ? Number::of(static_cast<std::int64_t>(count))
               : Number::of(static_cast<double>(count));
}

void insertLabel(Labels& labels, std::string name, std::string value) {
    const auto at =
        std::lower_bound(labels.begin(), labels.end(), name,
                         [](const Label& l, const std::string& n) { return l.first < n; });
    labels.insert(at, {std::move(name), std::move(value)});
}

bool hasLabel(const Labels& labels, std::string_view name) {
    return std::any_of(labels.begin(), labels.end(),
                       [&](const Label& l) { return l.first == name; });
}

/// What the series says of itself beside what we attach: its own job, instance or origin becomes
/// exported_job and so on, as Prometheus does for a scrape without honor_labels.
Labels seriesLabels(const Labels& attached, const AttributeSet& attributes) {
    Labels out = attached;
    for (Label& label : prometheusLabels(attributes)) {
        while (hasLabel(out, label.first))
            label.first = "exported_" + label.first;
        insertLabel(out, std::move(label.first), std::move(label.second));
    }
    return out;
}

NativeHistogram nativeHistogram(const ExponentialHistogramSample& sample) {
    NativeHistogram out;
    out.count = static_cast<double>(sample.count);
    out.sum = sample.hasSum ? sample.sum : std::numeric_limits<double>::quiet_NaN();
    const auto bound = [&](std::int64_t index) {
        return std::exp2(std::ldexp(static_cast<double>(index), -sample.scale));
    };
    for (std::size_t i = sample.negativeCounts.size(); i-- > 0;) {
        const std::int64_t index =
            std::int64_t{sample.negativeOffset} + static_cast<std::int64_t>(i);
        if (sample.negativeCounts[i] != 0)
            out.buckets.push_back({1, -bound(index + 1), -bound(index),
                                   static_cast<double>(sample.negativeCounts[i])});
    }
    if (sample.zeroCount != 0)
        out.buckets.push_back({3, -sample.zeroThreshold, sample.zeroThreshold,
                               static_cast<double>(sample.zeroCount)});
    for (std::size_t i = 0; i < sample.positiveCounts.size(); ++i) {
        const std::int64_t index =
            std::int64_t{sample.positiveOffset} + static_cast<std::int64_t>(i);
        if (sample.positiveCounts[i] != 0)
            out.buckets.push_back(
                {0, bound(index), bound(index + 1), static_cast<double>(sample.positiveCounts[i])});
    }
    return out;
}

/// The series of one view that differ in one label (`le`, `quantile`), gathered over samples.
class LabelledSamples {
  public:
    void add(const std::string& bound, ViewSample sample) {
        auto it = std::find_if(m_rows.begin(), m_rows.end(),
                               [&](const auto& row) { return row.first == bound; });
        if (it == m_rows.end())
            it = m_rows.insert(m_rows.end(), {bound, {}});
        it->second.push_back(std::move(sample));
    }
    /// A stale marker ends all of them.
    void addStale(TimeNs time) {
        for (auto& [bound, samples] : m_rows)
            samples.push_back({time, Number{}, std::nullopt, true});
    }
    [[nodiscard]] std::vector<std::pair<std::string, std::vector<ViewSample>>>& rows() {
        return m_rows;
    }

  private:
    std::vector<std::pair<std::string, std::vector<ViewSample>>> m_rows;
};

/// Makes the views of stored series of one metric, for one request.
class MetricViews {
  public:
    MetricViews(const SeriesReader& reader, const MetricInfo& metric, const Selector& selector,
                TimeRange range, bool newestOnly, std::vector<ViewSeries>& out)
        : m_reader(reader),
          m_metric(metric),
          m_selector(selector),
          m_range(range),
          m_newestOnly(newestOnly),
          m_out(out),
          m_name(prometheusName(metric.descriptor, metric.resource->isTarget)) {}

    /// False if no view of this metric has a name that the selector asks for.
    [[nodiscard]] bool wanted() const {
        if (m_selector.matchesName(m_name))
            return true;
        switch (m_metric.descriptor.type) {
        case MetricType::Histogram:
            if (m_selector.matchesName(m_name + "_bucket"))
                return true;
            [[fallthrough]];
        case MetricType::ExponentialHistogram:
        case MetricType::Summary:
            return m_selector.matchesName(m_name + "_sum") ||
                   m_selector.matchesName(m_name + "_count");
        default:
            return false;
        }
    }

    void add(SeriesId series, const Labels& labels) {
        switch (m_metric.descriptor.type) {
        case MetricType::Unknown:
        case MetricType::Gauge:
        case MetricType::Sum:
            addField(series, m_name, labels, Field::Value);
            return;
        case MetricType::Histogram:
            addField(series, m_name + "_sum", labels, Field::Sum);
            addField(series, m_name + "_count", labels, Field::Count);
            addBuckets(series, labels);
            return;
        case MetricType::ExponentialHistogram:
            addField(series, m_name + "_sum", labels, Field::Sum);
            addField(series, m_name + "_count", labels, Field::Count);
            addNative(series, labels);
            return;
        case MetricType::Summary:
            addField(series, m_name + "_sum", labels, Field::Sum);
            addField(series, m_name + "_count", labels, Field::Count);
            addQuantiles(series, labels);
            return;
        }
    }

  private:
    void emitSeries(const std::string& name, const Labels& labels,
                    std::vector<ViewSample> samples) {
        if (!samples.empty() && m_selector.matches(name, labels))
            m_out.push_back({name, labels, std::move(samples)});
    }

    void addField(SeriesId series, const std::string& name, const Labels& labels, Field field);
    void addBuckets(SeriesId series, const Labels& labels);
    void addNative(SeriesId series, const Labels& labels);
    void addQuantiles(SeriesId series, const Labels& labels);
    void addLabelled(const std::string& name, const Labels& labels, const std::string& key,
                     LabelledSamples& samples);

    template <class T>
    std::span<const T> trim(const std::vector<T>& samples) const {
        const std::size_t skip = m_newestOnly && samples.size() > 1 ? samples.size() - 1 : 0;
        return std::span<const T>(samples).subspan(skip);
    }

    const SeriesReader& m_reader;
    const MetricInfo& m_metric;
    const Selector& m_selector;
    const TimeRange m_range;
    const bool m_newestOnly;
    std::vector<ViewSeries>& m_out;
    const std::string m_name;
};

void MetricViews::addField(SeriesId series, const std::string& name, const Labels& labels,
                           Field field) {
    if (!m_selector.matches(name, labels))
        return;
    if (m_newestOnly) {
        const std::optional<Sample> sample =
            m_reader.latest(series, field, m_range.to, m_range.to - m_range.from + 1);
        if (sample)
            emitSeries(name, labels,
                       {{sample->time, sample->value, std::nullopt, sample->stale()}});
        return;
    }
    std::vector<ViewSample> out;
    const auto addAll = [&](const auto& samples, const auto& number) {
        out.reserve(samples.size());
        for (const auto& sample : samples)
            out.push_back({sample.time, number(sample), std::nullopt, sample.stale()});
    };
    const auto countOrSum = [field](const auto& sample) {
        return field == Field::Count ? countNumber(sample.count) : Number::of(sample.sum);
    };
    switch (m_metric.descriptor.type) {
    case MetricType::Histogram: {
        std::vector<HistogramSample> samples;
        m_reader.histograms(series, m_range, samples);
        if (field == Field::Sum)
            std::erase_if(samples, [](const auto& s) { return !s.hasSum && !s.stale(); });
        addAll(samples, countOrSum);
        break;
    }
    case MetricType::ExponentialHistogram: {
        std::vector<ExponentialHistogramSample> samples;
        m_reader.exponentialHistograms(series, m_range, samples);
        if (field == Field::Sum)
            std::erase_if(samples, [](const auto& s) { return !s.hasSum && !s.stale(); });
        addAll(samples, countOrSum);
        break;
    }
    case MetricType::Summary: {
        std::vector<SummarySample> samples;
        m_reader.summaries(series, m_range, samples);
        std::erase_if(samples, [field](const auto& s) {
            return !s.stale() && !(field == Field::Sum ? s.hasSum : s.hasCount);
        });
        addAll(samples, countOrSum);
        break;
    }
    default: {
        std::vector<Sample> samples;
        m_reader.numbers(series, m_range, samples);
        addAll(samples, [](const Sample& s) { return s.value; });
    }
    }
    emitSeries(name, labels, std::move(out));
}

void MetricViews::addLabelled(const std::string& name, const Labels& labels, const std::string& key,
                              LabelledSamples& samples) {
    for (auto& [bound, row] : samples.rows()) {
        Labels bounded = labels;
        insertLabel(bounded, key, bound);
        emitSeries(name, bounded, std::move(row));
    }
}

void MetricViews::addBuckets(SeriesId series, const Labels& labels) {
    const std::string name = m_name + "_bucket";
    if (!m_selector.matchesName(name))
        return;
    std::vector<HistogramSample> samples;
    m_reader.histograms(series, m_range, samples);
    LabelledSamples buckets;
    for (const HistogramSample& sample : trim(samples)) {
        if (sample.stale()) {
            buckets.addStale(sample.time);
            continue;
        }
        // A histogram without buckets still has the one that holds all.
        const std::size_t bounds = sample.bounds ? sample.bounds->bounds.size() : 0;
        const bool spelled = sample.bounds && sample.bounds->texts.size() == bounds + 1;
        std::uint64_t cumulative = 0;
        for (std::size_t i = 0; i <= bounds; ++i) {
            if (i < sample.bucketCounts.size())
                cumulative += sample.bucketCounts[i];
            const bool last = i == bounds;
            const std::string text = spelled ? sample.bounds->texts[i]
                                     : last  ? "+Inf"
                                             : boundText(sample.bounds->bounds[i]);
            const std::uint64_t count = last ? sample.count : cumulative;
            buckets.add(text, {sample.time, countNumber(count), std::nullopt, false});
        }
    }
    addLabelled(name, labels, "le", buckets);
}

void MetricViews::addNative(SeriesId series, const Labels& labels) {
    if (!m_selector.matches(m_name, labels))
        return;
    std::vector<ExponentialHistogramSample> samples;
    m_reader.exponentialHistograms(series, m_range, samples);
    std::vector<ViewSample> out;
    for (const ExponentialHistogramSample& sample : trim(samples)) {
        ViewSample view{sample.time, Number{}, std::nullopt, sample.stale()};
        if (!view.stale)
            view.histogram = nativeHistogram(sample);
        out.push_back(std::move(view));
    }
    emitSeries(m_name, labels, std::move(out));
}

void MetricViews::addQuantiles(SeriesId series, const Labels& labels) {
    if (!m_selector.matchesName(m_name))
        return;
    std::vector<SummarySample> samples;
    m_reader.summaries(series, m_range, samples);
    LabelledSamples quantiles;
    for (const SummarySample& sample : trim(samples)) {
        if (sample.stale()) {
            quantiles.addStale(sample.time);
            continue;
        }
        const auto& texts = sample.quantileTexts;
        const bool spelled = texts && texts->size() == sample.quantiles.size();
        for (std::size_t i = 0; i < sample.quantiles.size(); ++i) {
            const Quantile& q = sample.quantiles[i];
            quantiles.add(spelled ? (*texts)[i] : boundText(q.quantile),
                          {sample.time, Number::of(q.value), std::nullopt, false});
        }
    }
    addLabelled(m_name, labels, "quantile", quantiles);
}

/// When a resource was first and last heard of, for its target_info.
struct InfoTimes {
    const MetricInfo* any = nullptr;
    TimeNs first = std::numeric_limits<TimeNs>::max();
    TimeNs last = std::numeric_limits<TimeNs>::min();
};

} // namespace

Result<std::vector<ViewSeries>> PrometheusView::select(const CatalogSnapshot& catalog,
                                                       const Selector& selector, TimeRange range,
                                                       Want want, std::size_t limit) const {
    std::vector<ViewSeries> out;
    std::map<OriginId, std::string> originNames;
    const auto attachedLabels = [&](const MetricInfo& metric) {
        Labels labels = jobAndInstance(*metric.resource);
        if (!m_originLabel.empty()) {
            std::string& name = originNames[metric.origin];
            if (name.empty())
                name = m_origins.origin(metric.origin).name();
            insertLabel(labels, m_originLabel, name);
        }
        return labels;
    };
    const Error tooMany{ErrorCode::ResourceExhausted,
                        "more than " + std::to_string(limit) + " series match: narrow the selector",
                        {}};

    const bool wantsInfo = selector.matchesName("target_info");
    std::map<std::pair<OriginId, const Resource*>, InfoTimes> resources;
    for (const auto& row : catalog.metrics) {
        const MetricInfo& metric = *row->info;
        if (wantsInfo && !metric.resource->isTarget) {
            InfoTimes& times = resources[{metric.origin, metric.resource.get()}];
            times.any = &metric;
            times.first = std::min(times.first, row->firstSeen);
            times.last = std::max(times.last, row->lastSeen);
        }
        MetricViews views(m_reader, metric, selector, range, want == Want::Newest, out);
        if (!views.wanted())
            continue;
        const Labels attached = attachedLabels(metric);
        for (const SeriesInfo& series : m_reader.seriesOf(metric.id)) {
            views.add(series.id, seriesLabels(attached, *series.attributes));
            if (out.size() > limit)
                return tooMany;
        }
    }

    for (const auto& [key, times] : resources) {
        Labels labels = attachedLabels(*times.any);
        const Labels info = targetInfoLabels(*times.any->resource);
        if (info.empty())
            continue;
        for (const Label& label : info) {
            if (!hasLabel(labels, label.first))
                insertLabel(labels, label.first, label.second);
        }
        std::vector<ViewSample> samples;
        for (const TimeNs time : {times.first, times.last}) {
            if (range.contains(time) && (samples.empty() || samples.back().time != time))
                samples.push_back({time, Number::of(std::int64_t{1}), std::nullopt, false});
        }
        if (!samples.empty() && selector.matches("target_info", labels))
            out.push_back({"target_info", std::move(labels), std::move(samples)});
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
    auto found = select(catalog, selector, {time - selector.range + 1, time}, Want::All, limit);
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
    if ((to - from) / step >= mostSteps)
        return Error{ErrorCode::InvalidArgument,
                     "more than 11,000 steps a series: widen the step or shorten the range",
                     {}};
    auto found = select(catalog, selector, {from - lookback + 1, to}, Want::All, limit);
    if (!found)
        return found;
    for (ViewSeries& series : *found) {
        std::vector<ViewSample> steps;
        std::size_t next = 0; // first sample after the step
        for (TimeNs at = from; at <= to; at += step) {
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
