// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/codec/otlp/encode.h"

#include <cmath>
#include <span>

#include "core/codec/otlp/nested_value.h"
#include "core/codec/otlp/wire_writer.h"

namespace sightglass {

namespace {

/// Writes one batch. Field numbers are OTLP's; the order is theirs too.
class ProtobufEncoder {
  public:
    explicit ProtobufEncoder(const Batch& batch) : m_batch(batch) {}

    std::string encode() {
        const auto& metrics = m_batch.metrics;
        for (std::size_t i = 0; i < metrics.size();) {
            const std::size_t message = m_out.begin(1);
            i = resourceMetrics(i);
            m_out.end(message);
        }
        return m_out.take();
    }

  private:
    /// Writes the run of metrics of one resource that begins at `i`; gives where it ends.
    std::size_t resourceMetrics(std::size_t i) {
        const auto& metrics = m_batch.metrics;
        const std::uint32_t index = metrics[i].resource;
        const ResourceView& resource = m_batch.resources[index];
        const std::size_t message = m_out.begin(1);
        attributes(1, resource.attributes);
        m_out.end(message);
        while (i < metrics.size() && metrics[i].resource == index) {
            const std::size_t inner = m_out.begin(2);
            i = scopeMetrics(i);
            m_out.end(inner);
        }
        text(3, resource.schemaUrl);
        return i;
    }

    std::size_t scopeMetrics(std::size_t i) {
        const auto& metrics = m_batch.metrics;
        const MetricBlock& first = metrics[i];
        const ScopeView& scope = m_batch.scopes[first.scope];
        const std::size_t message = m_out.begin(1);
        text(1, scope.name);
        text(2, scope.version);
        attributes(3, scope.attributes);
        m_out.end(message);
        for (; i < metrics.size() && metrics[i].resource == first.resource &&
               metrics[i].scope == first.scope;
             ++i) {
            const std::size_t inner = m_out.begin(2);
            metric(metrics[i]);
            m_out.end(inner);
        }
        text(3, scope.schemaUrl);
        return i;
    }

    void metric(const MetricBlock& block) {
        const DescriptorView& descriptor = block.descriptor;
        text(1, descriptor.name);
        text(2, descriptor.description);
        text(3, descriptor.unit);
        switch (descriptor.type) {
        case MetricType::Unknown:
        case MetricType::Gauge:
            return data(5, m_batch.numberPoints, block);
        case MetricType::Sum:
            return data(7, m_batch.numberPoints, block);
        case MetricType::Histogram:
            return data(9, m_batch.histogramPoints, block);
        case MetricType::ExponentialHistogram:
            return data(10, m_batch.exponentialPoints, block);
        case MetricType::Summary:
            return data(11, m_batch.summaryPoints, block);
        }
    }

    template <class P>
    void data(std::uint32_t field, const std::vector<P>& pool, const MetricBlock& block) {
        const DescriptorView& descriptor = block.descriptor;
        const std::size_t message = m_out.begin(field);
        for (const P& p : Batch::slice(pool, block.points)) {
            const std::size_t inner = m_out.begin(1);
            point(p);
            m_out.end(inner);
        }
        if (descriptor.temporality != Temporality::Unspecified)
            m_out.varint(2, descriptor.temporality == Temporality::Delta ? 1 : 2);
        if (descriptor.monotonic)
            m_out.varint(3, 1);
        m_out.end(message);
    }

    void times(const PointHeader& p) {
        if (p.startTime != 0)
            m_out.fixed64(2, p.startTime);
        m_out.fixed64(3, p.time);
    }

    void flags(std::uint32_t field, const PointHeader& p) {
        if (p.flags != 0)
            m_out.varint(field, p.flags);
    }

    /// NaN of a point without recorded value is our own, not the sender's.
    static bool hasValue(const NumberPoint& p) {
        return (p.flags & noRecordedValueFlag) == 0 || p.value.isInteger ||
               !std::isnan(p.value.real);
    }

    void point(const NumberPoint& p) {
        times(p);
        if (hasValue(p) && !p.value.isInteger)
            m_out.fixed64(4, p.value.real);
        exemplars(5, p.exemplars);
        if (p.value.isInteger)
            m_out.fixed64(6, p.value.integer);
        attributes(7, p.attributes);
        flags(8, p);
    }

    void point(const HistogramPoint& p) {
        times(p);
        m_out.fixed64(4, p.count);
        if (p.hasSum)
            m_out.fixed64(5, p.sum);
        packed(6, Batch::slice(m_batch.counts, p.bucketCounts));
        packed(7, Batch::slice(m_batch.doubles, p.bounds));
        exemplars(8, p.exemplars);
        attributes(9, p.attributes);
        flags(10, p);
        if (p.hasMin)
            m_out.fixed64(11, p.min);
        if (p.hasMax)
            m_out.fixed64(12, p.max);
    }

    void point(const ExponentialHistogramPoint& p) {
        attributes(1, p.attributes);
        times(p);
        m_out.fixed64(4, p.count);
        if (p.hasSum)
            m_out.fixed64(5, p.sum);
        m_out.zigzag(6, p.scale);
        m_out.fixed64(7, p.zeroCount);
        buckets(8, p.positiveOffset, p.positiveCounts);
        buckets(9, p.negativeOffset, p.negativeCounts);
        flags(10, p);
        exemplars(11, p.exemplars);
        if (p.hasMin)
            m_out.fixed64(12, p.min);
        if (p.hasMax)
            m_out.fixed64(13, p.max);
        if (p.zeroThreshold != 0)
            m_out.fixed64(14, p.zeroThreshold);
    }

    void point(const SummaryPoint& p) {
        times(p);
        m_out.fixed64(4, p.count);
        m_out.fixed64(5, p.sum);
        for (const Quantile& q : Batch::slice(m_batch.quantiles, p.quantiles)) {
            const std::size_t message = m_out.begin(6);
            m_out.fixed64(1, q.quantile);
            m_out.fixed64(2, q.value);
            m_out.end(message);
        }
        attributes(7, p.attributes);
        flags(8, p);
    }

    void buckets(std::uint32_t field, std::int32_t offset, Slice counts) {
        const std::size_t message = m_out.begin(field);
        m_out.zigzag(1, offset);
        if (counts.count > 0) {
            const std::size_t run = m_out.begin(2);
            for (const std::uint64_t count : Batch::slice(m_batch.counts, counts))
                m_out.raw(count);
            m_out.end(run);
        }
        m_out.end(message);
    }

    template <class T>
    void packed(std::uint32_t field, std::span<const T> numbers) {
        if (numbers.empty())
            return;
        const std::size_t run = m_out.begin(field);
        for (const T number : numbers)
            m_out.raw64(number);
        m_out.end(run);
    }

    void exemplars(std::uint32_t field, Slice slice) {
        for (const Exemplar& e : Batch::slice(m_batch.exemplars, slice)) {
            const std::size_t message = m_out.begin(field);
            if (e.time != 0)
                m_out.fixed64(2, e.time);
            if (!e.value.isInteger)
                m_out.fixed64(3, e.value.real);
            if (e.hasSpanId)
                m_out.bytes(4, idBytes(e.spanId));
            if (e.hasTraceId)
                m_out.bytes(5, idBytes(e.traceId));
            if (e.value.isInteger)
                m_out.fixed64(6, e.value.integer);
            attributes(7, e.attributes);
            m_out.end(message);
        }
    }

    static std::string_view idBytes(std::span<const std::uint8_t> id) {
        return {reinterpret_cast<const char*>(id.data()), id.size()};
    }

    void attributes(std::uint32_t field, Slice slice) {
        for (const Attribute& a : m_batch.attributesOf(slice)) {
            const std::size_t message = m_out.begin(field);
            text(1, a.key);
            const std::size_t inner = m_out.begin(2);
            anyValue(a.value);
            m_out.end(inner);
            m_out.end(message);
        }
    }

    void anyValue(const Value& value) {
        switch (value.kind()) {
        case ValueKind::Empty:
            return;
        case ValueKind::String:
            return m_out.bytes(1, value.text());
        case ValueKind::Bool:
            return m_out.varint(2, value.asBool() ? 1 : 0);
        case ValueKind::Int:
            return m_out.varint(3, static_cast<std::uint64_t>(value.asInt()));
        case ValueKind::Double:
            return m_out.fixed64(4, value.asDouble());
        case ValueKind::Bytes:
            return m_out.bytes(7, value.text());
        case ValueKind::Array:
        case ValueKind::Map: {
            NestedValueReader reader(value.text());
            return nestedValue(reader, reader.next());
        }
        }
    }

    /// The AnyValue that begins with `token`.
    void nestedValue(NestedValueReader& reader, NestedValueReader::Token token) {
        using Token = NestedValueReader::Token;
        if (token == Token::Scalar)
            return anyValue(reader.scalar());
        const bool isMap = token == Token::BeginMap;
        const std::size_t list = m_out.begin(isMap ? 6 : 5);
        for (token = reader.next();
             token != Token::EndMap && token != Token::EndArray && token != Token::End;
             token = reader.next()) {
            const std::size_t entry = m_out.begin(1);
            if (token == Token::Key) {
                text(1, reader.key());
                const std::size_t inner = m_out.begin(2);
                nestedValue(reader, reader.next());
                m_out.end(inner);
            } else {
                nestedValue(reader, token);
            }
            m_out.end(entry);
        }
        m_out.end(list);
    }

    void text(std::uint32_t field, std::string_view value) {
        if (!value.empty())
            m_out.bytes(field, value);
    }

    const Batch& m_batch;
    WireWriter m_out;
};

} // namespace

std::string encodeMetricsRequest(const Batch& batch) {
    return ProtobufEncoder(batch).encode();
}

} // namespace sightglass
