// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/api/api_json.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/model/prometheus_names.h"

namespace sightglass {

namespace {

void appendSampleJson(std::string& out, const ViewSample& sample) {
    out += '[';
    appendTimeJson(out, sample.time);
    out += ',';
    appendValueJson(out, sample.value);
    out += ']';
}

void appendHistogramJson(std::string& out, const ViewSample& sample) {
    const NativeHistogram& histogram = *sample.histogram;
    out += '[';
    appendTimeJson(out, sample.time);
    out += ",{\"count\":";
    appendValueJson(out, Number::of(histogram.count));
    out += ",\"sum\":";
    appendValueJson(out, Number::of(histogram.sum));
    out += ",\"buckets\":[";
    bool first = true;
    for (const NativeHistogram::Bucket& bucket : histogram.buckets) {
        if (!first)
            out += ',';
        first = false;
        out += '[' + std::to_string(bucket.boundaries) + ',';
        appendValueJson(out, Number::of(bucket.lower));
        out += ',';
        appendValueJson(out, Number::of(bucket.upper));
        out += ',';
        appendValueJson(out, Number::of(bucket.count));
        out += ']';
    }
    out += "]}]";
}

void appendMember(std::string& out, std::string_view name, std::string_view value) {
    out += ",\"";
    out += name;
    out += "\":";
    appendJsonString(out, value);
}

void appendAttributesJson(std::string& out, const AttributeSet& attributes) {
    out += "\"attributes\":{";
    bool first = true;
    for (const Attribute& attribute : attributes) {
        if (!first)
            out += ',';
        first = false;
        appendJsonString(out, attribute.key);
        out += ':';
        attribute.value.appendJson(out);
    }
    out += '}';
}

} // namespace

void appendTimeJson(std::string& out, TimeNs time) {
    // Rounded down, so that a time given back as a query's time still finds nothing newer.
    TimeNs ms = time / nsPerMs - (time % nsPerMs < 0 ? 1 : 0);
    if (ms < 0) {
        out += '-';
        ms = -ms;
    }
    out += std::to_string(ms / 1000);
    if (const TimeNs rest = ms % 1000; rest != 0) {
        const std::string digits = std::to_string(1000 + rest);
        out += '.';
        out.append(digits, 1, 3);
        while (out.back() == '0')
            out.pop_back();
    }
}

void appendValueJson(std::string& out, Number value) {
    out += '"';
    if (value.isInteger) {
        out += std::to_string(value.integer);
    } else if (!std::isfinite(value.real)) {
        out += formatDouble(value.real);
    } else {
        char buffer[400];
        const auto end =
            std::to_chars(buffer, buffer + sizeof buffer, value.real, std::chars_format::fixed).ptr;
        out.append(buffer, end);
    }
    out += '"';
}

void appendMetricJson(std::string& out, const ViewSeries& series) {
    out += "{\"__name__\":";
    appendJsonString(out, series.name);
    for (const auto& [name, value] : series.labels) {
        out += ',';
        appendJsonString(out, name);
        out += ':';
        appendJsonString(out, value);
    }
    out += '}';
}

void appendVectorJson(std::string& out, const std::vector<ViewSeries>& series) {
    out += R"({"resultType":"vector","result":[)";
    bool first = true;
    for (const ViewSeries& row : series) {
        if (!first)
            out += ',';
        first = false;
        out += "{\"metric\":";
        appendMetricJson(out, row);
        const ViewSample& sample = row.samples.back();
        if (sample.histogram) {
            out += ",\"histogram\":";
            appendHistogramJson(out, sample);
        } else {
            out += ",\"value\":";
            appendSampleJson(out, sample);
        }
        out += '}';
    }
    out += "]}";
}

void appendMatrixJson(std::string& out, const std::vector<ViewSeries>& series) {
    out += R"({"resultType":"matrix","result":[)";
    bool first = true;
    for (const ViewSeries& row : series) {
        if (!first)
            out += ',';
        first = false;
        out += "{\"metric\":";
        appendMetricJson(out, row);
        // A series is all numbers or all histograms: its type is part of its identity.
        const bool histograms = row.samples.front().histogram != nullptr;
        out += histograms ? ",\"histograms\":[" : ",\"values\":[";
        bool firstSample = true;
        for (const ViewSample& sample : row.samples) {
            if (!firstSample)
                out += ',';
            firstSample = false;
            if (histograms)
                appendHistogramJson(out, sample);
            else
                appendSampleJson(out, sample);
        }
        out += "]}";
    }
    out += "]}";
}

void appendCatalogJson(std::string& out, const CatalogSnapshot& catalog,
                       const OriginTable& origins) {
    out += "{\"metrics\":[";
    bool first = true;
    for (const auto& row : catalog.metrics) {
        const MetricInfo& metric = *row->info;
        const Descriptor& descriptor = metric.descriptor;
        if (!first)
            out += ',';
        first = false;
        out += "{\"name\":";
        appendJsonString(out, prometheusName(descriptor, metric.resource->isTarget));
        appendMember(out, "original_name", descriptor.name);
        appendMember(out, "type", typeName(descriptor.type));
        out += descriptor.monotonic ? ",\"monotonic\":true" : ",\"monotonic\":false";
        appendMember(out, "temporality", temporalityName(descriptor.temporality));
        appendMember(out, "unit", descriptor.unit);
        appendMember(out, "description", descriptor.description);
        appendMember(out, "origin", origins.origin(metric.origin).name());
        out += ",\"resource\":{";
        appendAttributesJson(out, metric.resource->attributes);
        appendMember(out, "schema_url", metric.resource->schemaUrl);
        out += "},\"scope\":{\"name\":";
        appendJsonString(out, metric.scope->name);
        appendMember(out, "version", metric.scope->version);
        out += ',';
        appendAttributesJson(out, metric.scope->attributes);
        appendMember(out, "schema_url", metric.scope->schemaUrl);
        out += "},\"series\":" + std::to_string(row->series) + '}';
    }
    out += "]}";
}

void appendRingJson(std::string& out, const StoreUsage& usage, const OriginTable& origins) {
    const auto number = [&out](std::string_view name, std::uint64_t value) {
        out += '"';
        out += name;
        out += "\":" + std::to_string(value) + ',';
    };
    const auto time = [&out](std::string_view name, TimeNs value) {
        out += '"';
        out += name;
        out += "\":" + (value == 0 ? "null" : std::to_string(value / nsPerMs)) + ',';
    };
    const std::vector<Origin> known = origins.all();
    out += '{';
    number("bytes", usage.bytes);
    number("limitBytes", usage.limit);
    number("elsewhereBytes", usage.elsewhere);
    number("series", usage.series);
    number("samples", usage.samples);
    time("oldestSampleMs", usage.oldestSample);
    time("evictionBeganMs", usage.evictionBegan);
    number("evictedSamples", usage.evictedSamples);
    number("evictedSeries", usage.evictedSeries);
    number("evictedBytes", usage.evictedBytes);
    number("evictedExemplars", usage.evictedExemplars);
    out += "\"origins\":[";
    for (std::size_t i = 0; i < std::min(known.size(), usage.origins.size()); ++i) {
        const OriginUsage& origin = usage.origins[i];
        out += i == 0 ? "{" : ",{";
        number("series", origin.series);
        number("samples", origin.samples);
        number("bytes", origin.bytes);
        time("oldestSampleMs", origin.oldestSample);
        number("evictedSamples", origin.evictedSamples);
        out += "\"origin\":";
        appendJsonString(out, known[i].name());
        out += '}';
    }
    out += "],\"limitedMetrics\":[";
    bool first = true;
    for (const LimitedMetric& metric : usage.limitedMetrics) {
        out += first ? "{" : ",{";
        first = false;
        number("refusedPoints", metric.refusedPoints);
        out += "\"metric\":";
        appendJsonString(out, metric.name);
        appendMember(out, "reason", metric.reason);
        if (metric.origin.value < known.size())
            appendMember(out, "origin", known[metric.origin.value].name());
        out += '}';
    }
    out += "]}";
}

} // namespace sightglass
