// SPDX-License-Identifier: GPL-3.0-or-later
#include "describe.h"

#include <doctest/doctest.h>

#include <cmath>

#include "tests/support/read_attributes.h"

namespace sightglass::test {

namespace {

std::string attributes(const Batch& batch, Slice slice) {
    std::string out = "{";
    for (const Attribute& a : batch.attributesOf(slice)) {
        out += describeText(a.key) + "=" + std::to_string(static_cast<int>(a.value.kind())) + ":";
        a.value.appendJson(out);
        out += ' ';
    }
    return out + "}";
}

std::string exemplars(const Batch& batch, Slice slice) {
    std::string out = "[";
    for (const Exemplar& e : Batch::slice(batch.exemplars, slice)) {
        out += std::to_string(e.time) + " " + describeNumber(e.value) + " " +
               attributes(batch, e.attributes);
        if (e.hasTraceId)
            out += " trace " + base64({reinterpret_cast<const char*>(e.traceId.data()), 16});
        if (e.hasSpanId)
            out += " span " + base64({reinterpret_cast<const char*>(e.spanId.data()), 8});
        out += "; ";
    }
    return out + "]";
}

std::string header(const Batch& batch, const PointHeader& p) {
    return " @" + std::to_string(p.startTime) + ".." + std::to_string(p.time) + " flags " +
           std::to_string(p.flags) + " " + attributes(batch, p.attributes) + " " +
           exemplars(batch, p.exemplars);
}

template <class T>
std::string numbers(const std::vector<T>& pool, Slice slice) {
    std::string out = "[";
    for (const T& n : Batch::slice(pool, slice)) {
        if constexpr (std::is_same_v<T, double>)
            out += describeReal(n) + " ";
        else
            out += std::to_string(n) + " ";
    }
    return out + "]";
}

std::string optional(const char* name, bool has, double value) {
    return has ? std::string(" ") + name + " " + describeReal(value) : std::string();
}

std::string point(const Batch& batch, const NumberPoint& p) {
    return describeNumber(p.value) + header(batch, p);
}

std::string point(const Batch& batch, const HistogramPoint& p) {
    return "count " + std::to_string(p.count) + optional("sum", p.hasSum, p.sum) +
           optional("min", p.hasMin, p.min) + optional("max", p.hasMax, p.max) + " buckets " +
           numbers(batch.counts, p.bucketCounts) + " bounds " + numbers(batch.doubles, p.bounds) +
           header(batch, p);
}

std::string point(const Batch& batch, const ExponentialHistogramPoint& p) {
    return "count " + std::to_string(p.count) + optional("sum", p.hasSum, p.sum) +
           optional("min", p.hasMin, p.min) + optional("max", p.hasMax, p.max) + " scale " +
           std::to_string(p.scale) + " zeros " + std::to_string(p.zeroCount) + " threshold " +
           describeReal(p.zeroThreshold) + " positive " + std::to_string(p.positiveOffset) +
           numbers(batch.counts, p.positiveCounts) + " negative " +
           std::to_string(p.negativeOffset) + numbers(batch.counts, p.negativeCounts) +
           header(batch, p);
}

std::string point(const Batch& batch, const SummaryPoint& p) {
    std::string quantiles = "[";
    for (const Quantile& q : Batch::slice(batch.quantiles, p.quantiles))
        quantiles += describeReal(q.quantile) + "=" + describeReal(q.value) + " ";
    return "count " + std::to_string(p.count) + " sum " + describeReal(p.sum) + " " + quantiles +
           "]" + header(batch, p);
}

template <class P>
void addPoints(const Batch& batch, const std::vector<P>& pool, const MetricBlock& block,
               const std::string& prefix, std::vector<std::string>& out) {
    for (const P& p : Batch::slice(pool, block.points))
        out.push_back(prefix + point(batch, p));
}

} // namespace

std::string describeReal(double value) {
    return std::isnan(value) ? "NaN" : formatDouble(value);
}

std::string describeNumber(const Number& value) {
    return value.isInteger ? "int " + std::to_string(value.integer)
                           : "real " + describeReal(value.real);
}

std::string describeText(std::string_view text) {
    std::string out;
    appendJsonString(out, text);
    return out;
}

std::vector<std::string> describe(const Batch& batch) {
    std::vector<std::string> out;
    for (const MetricBlock& block : batch.metrics) {
        const ResourceView& resource = batch.resources[block.resource];
        const ScopeView& scope = batch.scopes[block.scope];
        const DescriptorView& d = block.descriptor;
        const std::string prefix =
            "resource " + attributes(batch, resource.attributes) +
            describeText(resource.schemaUrl) + " scope " + describeText(scope.name) +
            describeText(scope.version) + attributes(batch, scope.attributes) +
            describeText(scope.schemaUrl) + " " + std::string(typeName(d.type)) +
            (d.monotonic ? " monotonic " : " ") + std::string(temporalityName(d.temporality)) +
            " " + describeText(d.name) + describeText(d.unit) + describeText(d.description) + ": ";
        switch (d.type) {
        case MetricType::Unknown:
        case MetricType::Gauge:
        case MetricType::Sum:
            addPoints(batch, batch.numberPoints, block, prefix, out);
            break;
        case MetricType::Histogram:
            addPoints(batch, batch.histogramPoints, block, prefix, out);
            break;
        case MetricType::ExponentialHistogram:
            addPoints(batch, batch.exponentialPoints, block, prefix, out);
            break;
        case MetricType::Summary:
            addPoints(batch, batch.summaryPoints, block, prefix, out);
            break;
        }
    }
    return out;
}

RawRecord recordOf(std::string body) {
    RawRecord record;
    record.origin = OriginId{3};
    record.receivedAt = 77;
    record.body = std::make_shared<const std::string>(std::move(body));
    return record;
}

Result<Batch> decodedBothWays(const RawRecord& record, OtlpLimits limits) {
    Result<Batch> atOnce = decodeMetricsRequest(record, limits);
    limits.leaveAttributesEncoded = true;
    Result<Batch> left = decodeMetricsRequest(record, limits);
    REQUIRE(left.ok() == atOnce.ok());
    if (!atOnce.ok()) {
        CHECK(left.error().code == atOnce.error().code);
        CHECK(left.error().text() == atOnce.error().text());
        return atOnce;
    }
    REQUIRE(left->rejections.size() == atOnce->rejections.size());
    for (std::size_t i = 0; i < left->rejections.size(); ++i) {
        CHECK(left->rejections[i].reason == atOnce->rejections[i].reason);
        CHECK(left->rejections[i].points == atOnce->rejections[i].points);
        CHECK(left->rejections[i].message == atOnce->rejections[i].message);
    }
    readAttributes(*left);
    CHECK(describe(*left) == describe(*atOnce));
    return atOnce;
}

} // namespace sightglass::test
