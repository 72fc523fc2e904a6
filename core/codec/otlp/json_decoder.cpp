// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/codec/otlp/json_decoder.h"

#include <limits>

namespace sightglass {

namespace {

MetricType typeOf(std::string_view member) {
    if (member == "gauge")
        return MetricType::Gauge;
    if (member == "sum")
        return MetricType::Sum;
    if (member == "histogram")
        return MetricType::Histogram;
    if (member == "exponentialHistogram")
        return MetricType::ExponentialHistogram;
    if (member == "summary")
        return MetricType::Summary;
    return MetricType::Unknown;
}

} // namespace

Result<Batch> decodeMetricsRequestJson(const RawRecord& record, const OtlpLimits& limits) {
    // Values and slices, and simdjson, count in 32 bits.
    if (record.body->size() > std::numeric_limits<std::uint32_t>::max())
        return Error{ErrorCode::TooLarge, "request larger than 4 GiB", {}};
    return JsonDecoder(record, limits).decode();
}

JsonDecoder::JsonDecoder(const RawRecord& record, const OtlpLimits& limits)
    : m_builder(record, limits), m_batch(m_builder.batch), m_reader(*record.body, limits.depth) {}

Result<Batch> JsonDecoder::decode() && {
    const bool good = m_reader.document([this](std::string_view key, JsonValue value, int depth) {
        if (key != "resourceMetrics")
            return m_reader.skip(value, depth);
        return m_reader.array(value, depth, [this](std::uint32_t i, JsonValue entry, int d) {
            m_builder.enter(RequestLevel::Resource, i);
            if (!resourceMetrics(entry, d))
                return false;
            m_builder.leave();
            return true;
        });
    });
    if (good)
        return std::move(m_batch);
    if (m_tooLarge)
        return m_builder.tooLarge();
    return m_builder.error(m_reader.errorCode(), m_reader.errorMessage(), m_reader.errorByte());
}

bool JsonDecoder::resourceMetrics(JsonValue value, int depth) {
    if (!charge(sizeof(ResourceView)))
        return false;
    const std::size_t index = m_batch.resources.size();
    m_batch.resources.emplace_back();
    return m_reader.object(value, depth, [&](std::string_view key, JsonValue member, int d) {
        if (key == "resource")
            return resource(member, d, m_batch.resources[index]);
        if (key == "schemaUrl")
            return text(member, m_batch.resources[index].schemaUrl, "schema URL");
        if (key != "scopeMetrics")
            return m_reader.skip(member, d);
        return m_reader.array(member, d, [this](std::uint32_t i, JsonValue entry, int entryDepth) {
            m_builder.enter(RequestLevel::Scope, i);
            if (!scopeMetrics(entry, entryDepth))
                return false;
            m_builder.leave();
            return true;
        });
    });
}

bool JsonDecoder::resource(JsonValue value, int depth, ResourceView& out) {
    return m_reader.object(value, depth, [&](std::string_view key, JsonValue member, int d) {
        return key == "attributes" ? attributes(member, d, out.attributes)
                                   : m_reader.skip(member, d);
    });
}

bool JsonDecoder::scopeMetrics(JsonValue value, int depth) {
    if (!charge(sizeof(ScopeView)))
        return false;
    const std::size_t index = m_batch.scopes.size();
    m_batch.scopes.emplace_back();
    return m_reader.object(value, depth, [&](std::string_view key, JsonValue member, int d) {
        if (key == "scope")
            return scope(member, d, m_batch.scopes[index]);
        if (key == "schemaUrl")
            return text(member, m_batch.scopes[index].schemaUrl, "schema URL");
        if (key != "metrics")
            return m_reader.skip(member, d);
        return m_reader.array(member, d, [this](std::uint32_t i, JsonValue entry, int entryDepth) {
            m_builder.enterMetric(i);
            return metric(entry, entryDepth);
        });
    });
}

bool JsonDecoder::scope(JsonValue value, int depth, ScopeView& out) {
    return m_reader.object(value, depth, [&](std::string_view key, JsonValue member, int d) {
        if (key == "name")
            return text(member, out.name, "scope name");
        if (key == "version")
            return text(member, out.version, "scope version");
        if (key == "attributes")
            return attributes(member, d, out.attributes);
        return m_reader.skip(member, d);
    });
}

bool JsonDecoder::metric(JsonValue value, int depth) {
    if (!charge(sizeof(MetricBlock)))
        return false;
    DescriptorView descriptor;
    const std::uint64_t byte = m_reader.byteOf(value);
    const bool good =
        m_reader.object(value, depth, [&](std::string_view key, JsonValue member, int d) {
            if (key == "name")
                return text(member, descriptor.name, "metric name");
            if (key == "description")
                return text(member, descriptor.description, "metric description");
            if (key == "unit")
                return text(member, descriptor.unit, "metric unit");
            const MetricType type = typeOf(key);
            if (type == MetricType::Unknown)
                return m_reader.skip(member, d);
            simdjson::ondemand::json_type json;
            if (!m_reader.typeOf(member, json))
                return false;
            if (json == simdjson::ondemand::json_type::null)
                return m_reader.skip(member, d);
            if (descriptor.type != MetricType::Unknown)
                return m_reader.fail("metric with data of two types", member);
            descriptor.type = type;
            return metricData(member, d, descriptor);
        });
    if (!good)
        return false;
    if (descriptor.name.empty())
        refuse(noName, byte);
    if (descriptor.type == MetricType::Unknown)
        refuse(noData, byte);
    m_builder.leaveMetric(descriptor);
    return true;
}

bool JsonDecoder::metricData(JsonValue value, int depth, DescriptorView& descriptor) {
    const bool hasTemporality =
        descriptor.type != MetricType::Gauge && descriptor.type != MetricType::Summary;
    return m_reader.object(value, depth, [&](std::string_view key, JsonValue member, int d) {
        if (key == "dataPoints")
            return m_reader.array(member, d, [&](std::uint32_t i, JsonValue point, int pointDepth) {
                m_builder.enterPoint(i);
                return dataPoint(descriptor.type, point, pointDepth);
            });
        if (key == "aggregationTemporality" && hasTemporality)
            return temporality(member, descriptor.temporality);
        if (key == "isMonotonic" && descriptor.type == MetricType::Sum)
            return m_reader.boolean(member, descriptor.monotonic);
        return m_reader.skip(member, d);
    });
}

bool JsonDecoder::temporality(JsonValue value, Temporality& out) {
    simdjson::ondemand::json_type type;
    if (!m_reader.typeOf(value, type))
        return false;
    std::int64_t number = 0;
    if (type == simdjson::ondemand::json_type::string) {
        JsonReader::Text name;
        const std::uint64_t byte = m_reader.byteOf(value);
        if (!m_reader.text(value, m_batch.arena, name))
            return false;
        if (name.text == "AGGREGATION_TEMPORALITY_DELTA" || name.text == "1")
            number = 1;
        else if (name.text == "AGGREGATION_TEMPORALITY_CUMULATIVE" || name.text == "2")
            number = 2;
        else if (name.text != "AGGREGATION_TEMPORALITY_UNSPECIFIED" && name.text != "0")
            return m_reader.failByte("unknown aggregation temporality", byte);
    } else if (!m_reader.integer(value, number)) {
        return false;
    }
    out = number == 1   ? Temporality::Delta
          : number == 2 ? Temporality::Cumulative
                        : Temporality::Unspecified;
    return true;
}

} // namespace sightglass
