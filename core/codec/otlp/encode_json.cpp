// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/codec/otlp/encode.h"

#include <cmath>
#include <span>

#include "core/codec/otlp/binary_text.h"
#include "core/codec/otlp/nested_value.h"

namespace sightglass {

namespace {

/// Writes one batch as OTLP/JSON: 64-bit integers as strings, ids in hex, enums as numbers.
class JsonEncoder {
  public:
    explicit JsonEncoder(const Batch& batch) : m_batch(batch) {}

    std::string encode() {
        beginObject();
        beginList("resourceMetrics");
        for (std::size_t i = 0; i < m_batch.metrics.size();) {
            beginObject();
            i = resourceMetrics(i);
            endObject();
        }
        endList();
        endObject();
        return std::move(m_out);
    }

  private:
    /// Writes the run of metrics of one resource that begins at `i`; gives where it ends.
    std::size_t resourceMetrics(std::size_t i) {
        const auto& metrics = m_batch.metrics;
        const std::uint32_t index = metrics[i].resource;
        const ResourceView& resource = m_batch.resources[index];
        beginObject("resource");
        attributes("attributes", resource.attributes);
        endObject();
        beginList("scopeMetrics");
        while (i < metrics.size() && metrics[i].resource == index) {
            beginObject();
            i = scopeMetrics(i);
            endObject();
        }
        endList();
        text("schemaUrl", resource.schemaUrl);
        return i;
    }

    std::size_t scopeMetrics(std::size_t i) {
        const auto& metrics = m_batch.metrics;
        const MetricBlock& first = metrics[i];
        const ScopeView& scope = m_batch.scopes[first.scope];
        beginObject("scope");
        text("name", scope.name);
        text("version", scope.version);
        attributes("attributes", scope.attributes);
        endObject();
        beginList("metrics");
        for (; i < metrics.size() && metrics[i].resource == first.resource &&
               metrics[i].scope == first.scope;
             ++i) {
            beginObject();
            metric(metrics[i]);
            endObject();
        }
        endList();
        text("schemaUrl", scope.schemaUrl);
        return i;
    }

    void metric(const MetricBlock& block) {
        const DescriptorView& descriptor = block.descriptor;
        text("name", descriptor.name);
        text("description", descriptor.description);
        text("unit", descriptor.unit);
        switch (descriptor.type) {
        case MetricType::Unknown:
        case MetricType::Gauge:
            return data("gauge", m_batch.numberPoints, block);
        case MetricType::Sum:
            return data("sum", m_batch.numberPoints, block);
        case MetricType::Histogram:
            return data("histogram", m_batch.histogramPoints, block);
        case MetricType::ExponentialHistogram:
            return data("exponentialHistogram", m_batch.exponentialPoints, block);
        case MetricType::Summary:
            return data("summary", m_batch.summaryPoints, block);
        }
    }

    template <class P>
    void data(std::string_view member, const std::vector<P>& pool, const MetricBlock& block) {
        const DescriptorView& descriptor = block.descriptor;
        beginObject(member);
        beginList("dataPoints");
        for (const P& p : Batch::slice(pool, block.points)) {
            beginObject();
            header(p);
            point(p);
            endObject();
        }
        endList();
        if (descriptor.temporality != Temporality::Unspecified)
            raw("aggregationTemporality", descriptor.temporality == Temporality::Delta ? "1" : "2");
        if (descriptor.monotonic)
            raw("isMonotonic", "true");
        endObject();
    }

    void header(const PointHeader& p) {
        attributes("attributes", p.attributes);
        if (p.startTime != 0)
            integer("startTimeUnixNano", p.startTime);
        integer("timeUnixNano", p.time);
        if (p.exemplars.count > 0) {
            beginList("exemplars");
            for (const Exemplar& e : Batch::slice(m_batch.exemplars, p.exemplars))
                exemplar(e);
            endList();
        }
        if (p.flags != 0)
            raw("flags", std::to_string(p.flags));
    }

    void number(const Number& value) {
        if (value.isInteger)
            integer("asInt", value.integer);
        else
            real("asDouble", value.real);
    }

    void point(const NumberPoint& p) {
        // NaN of a point without recorded value is our own, not the sender's.
        const bool recorded =
            (p.flags & noRecordedValueFlag) == 0 || p.value.isInteger || !std::isnan(p.value.real);
        if (recorded)
            number(p.value);
    }

    void point(const HistogramPoint& p) {
        integer("count", p.count);
        optionalReal("sum", p.sum, p.hasSum);
        optionalReal("min", p.min, p.hasMin);
        optionalReal("max", p.max, p.hasMax);
        counts(p.bucketCounts);
        if (p.bounds.count > 0) {
            beginList("explicitBounds");
            for (const double bound : Batch::slice(m_batch.doubles, p.bounds)) {
                comma();
                appendReal(bound);
            }
            endList();
        }
    }

    void point(const ExponentialHistogramPoint& p) {
        integer("count", p.count);
        optionalReal("sum", p.sum, p.hasSum);
        optionalReal("min", p.min, p.hasMin);
        optionalReal("max", p.max, p.hasMax);
        raw("scale", std::to_string(p.scale));
        integer("zeroCount", p.zeroCount);
        if (p.zeroThreshold != 0)
            real("zeroThreshold", p.zeroThreshold);
        buckets("positive", p.positiveOffset, p.positiveCounts);
        buckets("negative", p.negativeOffset, p.negativeCounts);
    }

    void point(const SummaryPoint& p) {
        integer("count", p.count);
        real("sum", p.sum);
        beginList("quantileValues");
        for (const Quantile& q : Batch::slice(m_batch.quantiles, p.quantiles)) {
            beginObject();
            real("quantile", q.quantile);
            real("value", q.value);
            endObject();
        }
        endList();
    }

    void buckets(std::string_view member, std::int32_t offset, Slice slice) {
        beginObject(member);
        raw("offset", std::to_string(offset));
        counts(slice);
        endObject();
    }

    void counts(Slice slice) {
        if (slice.count == 0)
            return;
        beginList("bucketCounts");
        for (const std::uint64_t count : Batch::slice(m_batch.counts, slice)) {
            comma();
            m_out += '"' + std::to_string(count) + '"';
        }
        endList();
    }

    void exemplar(const Exemplar& e) {
        beginObject();
        attributes("filteredAttributes", e.attributes);
        if (e.time != 0)
            integer("timeUnixNano", e.time);
        number(e.value);
        if (e.hasSpanId)
            id("spanId", e.spanId);
        if (e.hasTraceId)
            id("traceId", e.traceId);
        endObject();
    }

    void id(std::string_view member, std::span<const std::uint8_t> bytes) {
        name(member);
        m_out += '"';
        appendHex(m_out, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
        m_out += '"';
    }

    void attributes(std::string_view member, Slice slice) {
        if (slice.count == 0)
            return;
        beginList(member);
        for (const Attribute& a : m_batch.attributesOf(slice)) {
            beginObject();
            name("key");
            appendJsonString(m_out, a.key);
            beginObject("value");
            anyValue(a.value);
            endObject();
            endObject();
        }
        endList();
    }

    void anyValue(const Value& value) {
        switch (value.kind()) {
        case ValueKind::Empty:
            return;
        case ValueKind::String:
            name("stringValue");
            return appendJsonString(m_out, value.text());
        case ValueKind::Bool:
            return raw("boolValue", value.asBool() ? "true" : "false");
        case ValueKind::Int:
            return integer("intValue", value.asInt());
        case ValueKind::Double:
            return real("doubleValue", value.asDouble());
        case ValueKind::Bytes:
            return raw("bytesValue", '"' + base64(value.text()) + '"');
        case ValueKind::Array:
        case ValueKind::Map: {
            NestedValueReader reader(value.text());
            return nestedValue(reader, reader.next());
        }
        }
    }

    /// The members of the AnyValue that begins with `token`.
    void nestedValue(NestedValueReader& reader, NestedValueReader::Token token) {
        using Token = NestedValueReader::Token;
        if (token == Token::Scalar)
            return anyValue(reader.scalar());
        beginObject(token == Token::BeginMap ? "kvlistValue" : "arrayValue");
        beginList("values");
        for (token = reader.next();
             token != Token::EndMap && token != Token::EndArray && token != Token::End;
             token = reader.next()) {
            beginObject();
            if (token == Token::Key) {
                name("key");
                appendJsonString(m_out, reader.key());
                beginObject("value");
                nestedValue(reader, reader.next());
                endObject();
            } else {
                nestedValue(reader, token);
            }
            endObject();
        }
        endList();
        endObject();
    }

    // JSON itself. Whether a comma is due shows in the last character written.
    void comma() {
        if (!m_out.empty() && m_out.back() != '{' && m_out.back() != '[' && m_out.back() != ':')
            m_out += ',';
    }
    void name(std::string_view member) {
        comma();
        m_out += '"';
        m_out += member;
        m_out += "\":";
    }
    void beginObject() {
        comma();
        m_out += '{';
    }
    void beginObject(std::string_view member) {
        name(member);
        m_out += '{';
    }
    void endObject() { m_out += '}'; }
    void beginList(std::string_view member) {
        name(member);
        m_out += '[';
    }
    void endList() { m_out += ']'; }
    void raw(std::string_view member, std::string_view value) {
        name(member);
        m_out += value;
    }
    template <class T>
    void integer(std::string_view member, T value) {
        raw(member, '"' + std::to_string(value) + '"');
    }
    void real(std::string_view member, double value) {
        name(member);
        appendReal(value);
    }
    void optionalReal(std::string_view member, double value, bool has) {
        if (has)
            real(member, value);
    }
    void appendReal(double value) {
        if (std::isnan(value))
            m_out += "\"NaN\"";
        else if (std::isinf(value))
            m_out += value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
        else if (value == 0 && std::signbit(value))
            m_out += "-0.0"; // "-0" is an integer to some readers, and loses its sign
        else
            m_out += formatDouble(value);
    }
    void text(std::string_view member, std::string_view value) {
        if (value.empty())
            return;
        name(member);
        appendJsonString(m_out, value);
    }

    const Batch& m_batch;
    std::string m_out;
};

} // namespace

std::string encodeMetricsRequestJson(const Batch& batch) {
    return JsonEncoder(batch).encode();
}

} // namespace sightglass
