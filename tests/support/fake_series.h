// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/model/series_reader.h"

namespace sightglass::test {

/// A reader over points written down in a test, computed in the plainest way: what a chart reads
/// from it is right by inspection. Not for several threads while points are added.
class FakeSeries : public SeriesReader {
  public:
    struct Line {
        SeriesInfo info;
        std::vector<Sample> samples; ///< by time; of histograms their counts
        std::vector<HistogramSample> histograms;
        std::vector<ExponentialHistogramSample> exponentials;
        std::vector<ExemplarSample> exemplars;
    };

    /// A metric of an origin; its series and points are added to it.
    MetricId addMetric(OriginId origin, std::string name, MetricType type, bool monotonic = false,
                       std::string unit = {}, Temporality temporality = Temporality::Unspecified) {
        auto info = std::make_shared<MetricInfo>();
        info->id = MetricId{static_cast<std::uint32_t>(m_metrics.size())};
        info->origin = origin;
        info->resource = std::make_shared<Resource>();
        info->scope = std::make_shared<Scope>();
        info->descriptor.name = std::move(name);
        info->descriptor.unit = std::move(unit);
        info->descriptor.type = type;
        info->descriptor.monotonic = monotonic;
        info->descriptor.temporality = temporality;
        m_metrics.push_back(std::move(info));
        m_generations.push_back(0);
        return m_metrics.back()->id;
    }

    SeriesId addSeries(MetricId metric,
                       const std::vector<std::pair<std::string, std::string>>& labels = {}) {
        std::vector<Attribute> attributes;
        attributes.reserve(labels.size());
        for (const auto& [key, value] : labels)
            attributes.push_back({key, Value::string(value)});
        Line line;
        line.info.id = SeriesId{static_cast<std::uint32_t>(m_lines.size())};
        line.info.metric = m_metrics[metric.value];
        line.info.attributes = std::make_shared<AttributeSet>(attributes);
        m_lines.push_back(std::move(line));
        return m_lines.back().info.id;
    }

    void add(SeriesId series, TimeNs time, double value) {
        Sample sample;
        sample.time = time;
        sample.value = Number::of(value);
        push(series, sample);
    }
    void addStale(SeriesId series, TimeNs time) {
        Sample sample;
        sample.time = time;
        sample.value = Number::of(NAN);
        sample.flags = noRecordedValueFlag;
        push(series, sample);
    }

    void add(SeriesId series, const HistogramSample& sample) {
        m_lines[series.value].histograms.push_back(sample);
        pushCount(series, sample.time, sample.startTime, sample.count, sample.flags);
    }
    void add(SeriesId series, const ExponentialHistogramSample& sample) {
        m_lines[series.value].exponentials.push_back(sample);
        pushCount(series, sample.time, sample.startTime, sample.count, sample.flags);
    }
    void add(SeriesId series, const ExemplarSample& exemplar) {
        m_lines[series.value].exemplars.push_back(exemplar);
    }

    std::uint64_t generation() const override { return m_generation; }
    std::uint64_t generation(MetricId metric) const override {
        return metric.value < m_generations.size() ? m_generations[metric.value] : 0;
    }
    std::shared_ptr<const MetricInfo> metric(MetricId metric) const override {
        return metric.value < m_metrics.size() ? m_metrics[metric.value] : nullptr;
    }
    std::optional<SeriesInfo> series(SeriesId series) const override {
        if (series.value >= m_lines.size())
            return std::nullopt;
        return m_lines[series.value].info;
    }
    std::vector<SeriesInfo> seriesOf(MetricId metric) const override {
        std::vector<SeriesInfo> found;
        for (const Line& line : m_lines) {
            if (line.info.metric->id == metric)
                found.push_back(line.info);
        }
        return found;
    }
    std::vector<SeriesInfo> candidates(std::span<const MetricId> metrics,
                                       std::span<const LabelCondition>) const override {
        std::vector<SeriesInfo> found;
        for (const MetricId metric : metrics)
            std::ranges::move(seriesOf(metric), std::back_inserter(found));
        return found;
    }
    /// Nothing is written while a test reads: the reader itself will do.
    std::shared_ptr<const SeriesReader> pin(std::span<const SeriesId>) const override {
        return {std::shared_ptr<const SeriesReader>(), this};
    }
    std::optional<TimeRange> extent(SeriesId series) const override {
        const auto& samples = m_lines[series.value].samples;
        if (samples.empty())
            return std::nullopt;
        return TimeRange{samples.front().time, samples.back().time};
    }
    void numbers(SeriesId series, TimeRange range, std::vector<Sample>& out) const override {
        for (const Sample& sample : m_lines[series.value].samples) {
            if (range.contains(sample.time))
                out.push_back(sample);
        }
    }
    void histograms(SeriesId series, TimeRange range,
                    std::vector<HistogramSample>& out) const override {
        for (const HistogramSample& sample : m_lines[series.value].histograms) {
            if (range.contains(sample.time))
                out.push_back(sample);
        }
    }
    void exponentialHistograms(SeriesId series, TimeRange range,
                               std::vector<ExponentialHistogramSample>& out) const override {
        for (const ExponentialHistogramSample& sample : m_lines[series.value].exponentials) {
            if (range.contains(sample.time))
                out.push_back(sample);
        }
    }
    void summaries(SeriesId, TimeRange, std::vector<SummarySample>&) const override {}
    void exemplars(SeriesId series, TimeRange range,
                   std::vector<ExemplarSample>& out) const override {
        for (const ExemplarSample& sample : m_lines[series.value].exemplars) {
            if (range.contains(sample.exemplar.time))
                out.push_back(sample);
        }
    }

    void columns(SeriesId series, Field, TimeRange range,
                 std::span<Column> columns) const override {
        std::fill(columns.begin(), columns.end(), Column{});
        const Line& line = m_lines[series.value];
        const bool isDelta = line.info.metric->descriptor.temporality == Temporality::Delta;
        const double width =
            static_cast<double>(range.to - range.from) / static_cast<double>(columns.size());
        const Sample* before = nullptr;
        for (const Sample& sample : line.samples) {
            if (sample.time > range.to)
                break;
            if (sample.time >= range.from) {
                const auto at = width > 0
                                    ? static_cast<std::size_t>(
                                          static_cast<double>(sample.time - range.from) / width)
                                    : 0;
                put(columns[std::min(at, columns.size() - 1)], sample, before, isDelta);
            }
            if (!sample.stale())
                before = &sample;
        }
    }

    std::optional<Sample> latest(SeriesId series, Field, TimeNs time,
                                 TimeNs lookback) const override {
        const auto& samples = m_lines[series.value].samples;
        for (auto s = samples.rbegin(); s != samples.rend(); ++s) {
            if (s->time <= time && s->time > time - lookback)
                return s->stale() ? std::nullopt : std::optional(*s);
        }
        return std::nullopt;
    }

  private:
    void pushCount(SeriesId series, TimeNs time, TimeNs startTime, std::uint64_t count,
                   std::uint32_t flags) {
        Sample sample;
        sample.time = time;
        sample.startTime = startTime;
        sample.value = Number::of(static_cast<double>(count));
        sample.flags = flags;
        push(series, sample);
    }

    void push(SeriesId series, const Sample& sample) {
        m_lines[series.value].samples.push_back(sample);
        ++m_generations[m_lines[series.value].info.metric->id.value];
        ++m_generation;
    }

    static void put(Column& c, const Sample& sample, const Sample* before, bool isDelta) {
        if (sample.stale()) {
            c.stale = true;
            return;
        }
        const double value = sample.value.asDouble();
        if (c.count == 0) {
            c.firstTime = sample.time;
            c.first = c.min = c.max = value;
        }
        ++c.count;
        c.stale = false;
        c.min = std::min(c.min, value);
        c.max = std::max(c.max, value);
        c.last = value;
        c.lastTime = sample.time;
        c.sum += value;
        if (isDelta)
            c.increase += value;
        if (before == nullptr)
            return;
        c.increaseOver += sample.time - before->time;
        if (isDelta)
            return;
        const double rise = value - before->value.asDouble();
        c.increase += rise < 0 ? value : rise;
        c.resets += rise < 0 ? 1 : 0;
    }

    std::vector<std::shared_ptr<const MetricInfo>> m_metrics;
    std::vector<std::uint64_t> m_generations;
    std::vector<Line> m_lines;
    std::uint64_t m_generation = 0;
};

} // namespace sightglass::test
