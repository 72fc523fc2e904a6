// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/metric_views.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>
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

bool isNumber(MetricType type) {
    return type == MetricType::Unknown || type == MetricType::Gauge || type == MetricType::Sum;
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

} // namespace

std::string_view viewLabel(MetricType type) {
    return type == MetricType::Histogram ? "le" : type == MetricType::Summary ? "quantile" : "";
}

bool hasLabel(const Labels& labels, std::string_view name) {
    return std::any_of(labels.begin(), labels.end(),
                       [&](const Label& label) { return label.first == name; });
}

void insertLabel(Labels& labels, std::string name, std::string value) {
    const auto at =
        std::lower_bound(labels.begin(), labels.end(), name,
                         [](const Label& l, const std::string& n) { return l.first < n; });
    labels.insert(at, {std::move(name), std::move(value)});
}

/// The series of one view that differ in one label (`le`, `quantile`), gathered over samples.
class LabelledSamples {
  public:
    void add(const std::string& bound, ViewSample sample) {
        // Each sample has the bounds of the one before, in the same order, nearly always.
        if (m_next >= m_rows.size() || m_rows[m_next].first != bound) {
            auto it = std::find_if(m_rows.begin(), m_rows.end(),
                                   [&](const auto& row) { return row.first == bound; });
            if (it == m_rows.end())
                it = m_rows.insert(m_rows.end(), {bound, {}});
            m_next = static_cast<std::size_t>(it - m_rows.begin());
        }
        m_rows[m_next].second.push_back(std::move(sample));
        m_next = (m_next + 1) % m_rows.size();
    }
    /// A stale marker ends all of them.
    void addStale(TimeNs time) {
        for (auto& [bound, samples] : m_rows)
            samples.push_back({time, Number{}, nullptr, true});
    }
    [[nodiscard]] std::vector<std::pair<std::string, std::vector<ViewSample>>>& rows() {
        return m_rows;
    }

  private:
    std::vector<std::pair<std::string, std::vector<ViewSample>>> m_rows;
    std::size_t m_next = 0; ///< the row that the next sample is expected for
};

MetricViews::MetricViews(const SeriesReader& reader, const MetricInfo& metric,
                         const Selector& selector, TimeRange range, Want want,
                         std::vector<ViewSeries>& out)
    : m_reader(reader),
      m_metric(metric),
      m_selector(selector),
      m_range(range),
      m_want(want),
      m_out(out),
      m_name(prometheusName(metric.descriptor, metric.resource->isTarget)),
      m_plain(viewOf("", metric.descriptor.type != MetricType::Histogram)),
      m_bucket(viewOf("_bucket", metric.descriptor.type == MetricType::Histogram)),
      m_sum(viewOf("_sum", !isNumber(metric.descriptor.type))),
      m_count(viewOf("_count", !isNumber(metric.descriptor.type))) {}

MetricViews::View MetricViews::viewOf(std::string_view suffix, bool exists) const {
    if (!exists)
        return {};
    View out{m_name, false};
    out.name += suffix;
    out.wanted = m_selector.matchesName(out.name);
    return out;
}

void MetricViews::emitSeries(const View& view, Labels labels, std::vector<ViewSample> samples) {
    if (samples.empty())
        return;
    m_samples += samples.size();
    m_out.push_back({view.name, std::move(labels), std::move(samples)});
}

/// The part of the samples read that is wanted: of one that only must exist, the newest that has
/// values, since a stale one has no buckets.
template <class T>
std::span<const T> MetricViews::trim(const std::vector<T>& samples) const {
    if (m_want == Want::All || samples.empty())
        return samples;
    std::size_t newest = samples.size() - 1;
    while (m_want == Want::Existence && newest > 0 && samples[newest].stale())
        --newest;
    return std::span<const T>(samples).subspan(newest, 1);
}

std::size_t MetricViews::add(SeriesId series, Labels labels) {
    m_read = m_range;
    if (m_want == Want::Existence) {
        // The newest samples say which buckets and quantiles there are.
        const std::optional<TimeRange> extent = m_reader.extent(series);
        if (!extent || extent->from > m_range.to || extent->to < m_range.from)
            return 0;
        m_read.to = std::min(m_range.to, extent->to);
        m_read.from = std::max(m_range.from, m_read.to - PrometheusView::lookback + 1);
    }
    m_samples = 0;
    switch (m_metric.descriptor.type) {
    case MetricType::Unknown:
    case MetricType::Gauge:
    case MetricType::Sum:
        addField(series, m_plain, std::move(labels), Field::Value);
        break;
    case MetricType::Histogram:
        addField(series, m_sum, labels, Field::Sum);
        addField(series, m_count, labels, Field::Count);
        addBuckets(series, labels);
        break;
    case MetricType::ExponentialHistogram:
        addField(series, m_sum, labels, Field::Sum);
        addField(series, m_count, labels, Field::Count);
        addNative(series, labels);
        break;
    case MetricType::Summary:
        addField(series, m_sum, labels, Field::Sum);
        addField(series, m_count, labels, Field::Count);
        addQuantiles(series, labels);
        break;
    }
    return m_samples;
}

void MetricViews::addField(SeriesId series, const View& view, Labels labels, Field field) {
    if (!view.wanted || !m_selector.matchesLabels(labels))
        return;
    if (m_want == Want::Existence) {
        emitSeries(view, std::move(labels), {{m_read.to, Number{}, nullptr, false}});
        return;
    }
    if (m_want == Want::Newest) {
        const std::optional<Sample> sample =
            m_reader.latest(series, field, m_range.to, m_range.to - m_range.from + 1);
        if (sample)
            emitSeries(view, std::move(labels),
                       {{sample->time, sample->value, nullptr, sample->stale()}});
        return;
    }
    std::vector<ViewSample> out;
    const auto addAll = [&](const auto& samples, const auto& number) {
        out.reserve(samples.size());
        for (const auto& sample : samples)
            out.push_back({sample.time, number(sample), nullptr, sample.stale()});
    };
    const auto countOrSum = [field](const auto& sample) {
        return field == Field::Count ? countNumber(sample.count) : Number::of(sample.sum);
    };
    switch (m_metric.descriptor.type) {
    case MetricType::Histogram: {
        std::vector<HistogramSample> samples;
        m_reader.histograms(series, m_read, samples);
        if (field == Field::Sum)
            std::erase_if(samples, [](const auto& s) { return !s.hasSum && !s.stale(); });
        addAll(samples, countOrSum);
        break;
    }
    case MetricType::ExponentialHistogram: {
        std::vector<ExponentialHistogramSample> samples;
        m_reader.exponentialHistograms(series, m_read, samples);
        if (field == Field::Sum)
            std::erase_if(samples, [](const auto& s) { return !s.hasSum && !s.stale(); });
        addAll(samples, countOrSum);
        break;
    }
    case MetricType::Summary: {
        std::vector<SummarySample> samples;
        m_reader.summaries(series, m_read, samples);
        std::erase_if(samples, [field](const auto& s) {
            return !s.stale() && !(field == Field::Sum ? s.hasSum : s.hasCount);
        });
        addAll(samples, countOrSum);
        break;
    }
    default: {
        std::vector<Sample> samples;
        m_reader.numbers(series, m_read, samples);
        addAll(samples, [](const Sample& s) { return s.value; });
    }
    }
    emitSeries(view, std::move(labels), std::move(out));
}

void MetricViews::addLabelled(const View& view, const Labels& labels, const std::string& key,
                              LabelledSamples& samples) {
    Labels own = labels;
    const auto same = std::ranges::find(own, key, &Label::first);
    if (same != own.end()) {
        Label renamed = std::move(*same);
        own.erase(same);
        do
            renamed.first.insert(0, exportedPrefix);
        while (hasLabel(own, renamed.first));
        insertLabel(own, std::move(renamed.first), std::move(renamed.second));
    }
    for (auto& [bound, row] : samples.rows()) {
        Labels bounded = own;
        insertLabel(bounded, key, bound);
        if (m_selector.matchesLabels(bounded))
            emitSeries(view, std::move(bounded), std::move(row));
    }
}

void MetricViews::addBuckets(SeriesId series, const Labels& labels) {
    if (!m_bucket.wanted)
        return;
    std::vector<HistogramSample> samples;
    m_reader.histograms(series, m_read, samples);
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
            buckets.add(text, {sample.time, countNumber(count), nullptr, false});
        }
    }
    addLabelled(m_bucket, labels, "le", buckets);
}

void MetricViews::addNative(SeriesId series, const Labels& labels) {
    if (!m_plain.wanted || !m_selector.matchesLabels(labels))
        return;
    std::vector<ExponentialHistogramSample> samples;
    m_reader.exponentialHistograms(series, m_read, samples);
    std::vector<ViewSample> out;
    for (const ExponentialHistogramSample& sample : trim(samples)) {
        ViewSample view{sample.time, Number{}, nullptr, sample.stale()};
        if (!view.stale)
            view.histogram = std::make_shared<const NativeHistogram>(nativeHistogram(sample));
        out.push_back(std::move(view));
    }
    emitSeries(m_plain, labels, std::move(out));
}

void MetricViews::addQuantiles(SeriesId series, const Labels& labels) {
    if (!m_plain.wanted)
        return;
    std::vector<SummarySample> samples;
    m_reader.summaries(series, m_read, samples);
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
                          {sample.time, Number::of(q.value), nullptr, false});
        }
    }
    addLabelled(m_plain, labels, "quantile", quantiles);
}

} // namespace sightglass
