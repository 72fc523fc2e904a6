// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/codec/otlp/protobuf_decoder.h"

#include <limits>

namespace sightglass {

namespace {

constexpr std::uint32_t bytesTag(std::uint32_t field) {
    return wireTag(field, WireType::Bytes);
}
constexpr std::uint32_t varintTag(std::uint32_t field) {
    return wireTag(field, WireType::Varint);
}

namespace metric_field {
constexpr std::uint32_t gauge = bytesTag(5);
constexpr std::uint32_t sum = bytesTag(7);
constexpr std::uint32_t histogram = bytesTag(9);
constexpr std::uint32_t exponentialHistogram = bytesTag(10);
constexpr std::uint32_t summary = bytesTag(11);
} // namespace metric_field

Temporality temporalityOf(std::uint64_t number) {
    switch (static_cast<std::int32_t>(number)) {
    case 1:
        return Temporality::Delta;
    case 2:
        return Temporality::Cumulative;
    default:
        return Temporality::Unspecified;
    }
}

MetricType typeOf(std::uint32_t tag) {
    switch (tag) {
    case metric_field::gauge:
        return MetricType::Gauge;
    case metric_field::sum:
        return MetricType::Sum;
    case metric_field::histogram:
        return MetricType::Histogram;
    case metric_field::exponentialHistogram:
        return MetricType::ExponentialHistogram;
    case metric_field::summary:
        return MetricType::Summary;
    default:
        return MetricType::Unknown;
    }
}

} // namespace

Result<Batch> decodeMetricsRequest(const RawRecord& record, const OtlpLimits& limits) {
    return ProtobufDecoder(record, limits).decode();
}

ProtobufDecoder::ProtobufDecoder(const RawRecord& record, const OtlpLimits& limits)
    : m_limits(limits), m_body(*record.body), m_builder(record, limits), m_batch(m_builder.batch) {
    if (limits.leaveAttributesEncoded)
        m_batch.decodeAttributes = decodePlainAttributes;
}

Result<Batch> ProtobufDecoder::decode() && {
    // Values and slices count in 32 bits.
    if (m_body.size() > std::numeric_limits<std::uint32_t>::max())
        return m_builder.error(ErrorCode::TooLarge, "request larger than 4 GiB");
    if (request(m_body))
        return std::move(m_batch);
    if (m_error)
        return *m_error;
    return m_builder.error(ErrorCode::InvalidArgument,
                           std::string("broken protobuf: ") + m_fault.message, byteOf(m_fault.at));
}

bool ProtobufDecoder::fail(ErrorCode code, const char* message, const char* at) {
    m_error = m_builder.error(code, message, byteOf(at));
    return false;
}

bool ProtobufDecoder::failTooLarge() {
    m_error = m_builder.tooLarge();
    return false;
}

void ProtobufDecoder::merge(MessageField& field, std::string_view more) {
    if (!field.present || field.bytes.empty()) {
        field = {more, true};
        return;
    }
    char* const both = m_batch.arena.allocate(field.bytes.size() + more.size());
    std::memcpy(both, field.bytes.data(), field.bytes.size());
    std::memcpy(both + field.bytes.size(), more.data(), more.size());
    field.bytes = {both, field.bytes.size() + more.size()};
}

void ProtobufDecoder::merge(OneofField& field, std::uint32_t tag, std::string_view more) {
    if (field.tag != tag)
        field = {tag, {}};
    merge(field.message, more);
}

bool ProtobufDecoder::request(std::string_view bytes) {
    WireReader reader(bytes, m_fault);
    std::uint32_t index = 0;
    while (!reader.atEnd()) {
        std::uint32_t tag;
        if (!reader.tag(tag))
            return false;
        if (tag != bytesTag(1)) {
            if (!skip(reader, tag))
                return false;
            continue;
        }
        m_builder.enter(RequestLevel::Resource, index++);
        std::string_view message;
        if (!reader.bytes(message) || !resourceMetrics(message))
            return false;
        m_builder.leave();
    }
    return true;
}

// The resource may come after the scopes it belongs to, so each level is walked twice: for what
// the entry says of itself, and for what it holds. Stepping over a message costs next to nothing.
bool ProtobufDecoder::resourceMetrics(std::string_view bytes) {
    MessageField resourceField;
    ResourceView view;
    std::uint32_t tag;
    std::string_view message;

    WireReader self(bytes, m_fault);
    while (!self.atEnd()) {
        if (!self.tag(tag))
            return false;
        switch (tag) {
        case bytesTag(1):
            if (!self.bytes(message))
                return false;
            merge(resourceField, message);
            break;
        case bytesTag(3):
            if (!text(self, view.schemaUrl, "schema URL"))
                return false;
            break;
        default:
            if (!skip(self, tag))
                return false;
        }
    }
    if (!m_builder.charge(sizeof view))
        return failTooLarge();
    if (!resource(resourceField.bytes, view))
        return false;
    m_batch.resources.push_back(view);

    WireReader inner(bytes, m_fault);
    std::uint32_t index = 0;
    while (!inner.atEnd()) {
        if (!inner.tag(tag))
            return false;
        if (tag != bytesTag(2)) {
            if (!skip(inner, tag))
                return false;
            continue;
        }
        if (!inner.bytes(message))
            return false;
        m_builder.enter(RequestLevel::Scope, index++);
        if (!scopeMetrics(message))
            return false;
        m_builder.leave();
    }
    return true;
}

bool ProtobufDecoder::resource(std::string_view bytes, ResourceView& out) {
    out.attributes.begin = static_cast<std::uint32_t>(m_batch.attributes.size());
    WireReader reader(bytes, m_fault);
    while (!reader.atEnd()) {
        std::uint32_t tag;
        std::string_view message;
        if (!reader.tag(tag))
            return false;
        if (tag != bytesTag(1)) {
            if (!skip(reader, tag))
                return false;
            continue;
        }
        if (!reader.bytes(message) || !attribute(message, 3, out.attributes))
            return false;
    }
    return true;
}

bool ProtobufDecoder::scopeMetrics(std::string_view bytes) {
    MessageField scopeField;
    ScopeView view;
    std::uint32_t tag;
    std::string_view message;

    WireReader self(bytes, m_fault);
    while (!self.atEnd()) {
        if (!self.tag(tag))
            return false;
        switch (tag) {
        case bytesTag(1):
            if (!self.bytes(message))
                return false;
            merge(scopeField, message);
            break;
        case bytesTag(3):
            if (!text(self, view.schemaUrl, "schema URL"))
                return false;
            break;
        default:
            if (!skip(self, tag))
                return false;
        }
    }
    if (!m_builder.charge(sizeof view))
        return failTooLarge();
    if (!scope(scopeField.bytes, view))
        return false;
    m_batch.scopes.push_back(view);

    WireReader inner(bytes, m_fault);
    std::uint32_t index = 0;
    while (!inner.atEnd()) {
        if (!inner.tag(tag))
            return false;
        if (tag != bytesTag(2)) {
            if (!skip(inner, tag))
                return false;
            continue;
        }
        if (!inner.bytes(message))
            return false;
        m_builder.enterMetric(index++);
        if (!metric(message))
            return false;
    }
    return true;
}

bool ProtobufDecoder::scope(std::string_view bytes, ScopeView& out) {
    out.attributes.begin = static_cast<std::uint32_t>(m_batch.attributes.size());
    WireReader reader(bytes, m_fault);
    while (!reader.atEnd()) {
        std::uint32_t tag;
        std::string_view message;
        if (!reader.tag(tag))
            return false;
        bool good;
        switch (tag) {
        case bytesTag(1):
            good = text(reader, out.name, "scope name");
            break;
        case bytesTag(2):
            good = text(reader, out.version, "scope version");
            break;
        case bytesTag(3):
            good = reader.bytes(message) && attribute(message, 4, out.attributes);
            break;
        default:
            good = skip(reader, tag);
        }
        if (!good)
            return false;
    }
    return true;
}

bool ProtobufDecoder::metric(std::string_view bytes) {
    DescriptorView descriptor;
    OneofField data;
    // The model has no place for metadata, but what is broken in it breaks the request.
    const std::size_t attributesBefore = m_batch.attributes.size();
    Slice metadata;
    if (!m_builder.charge(sizeof(MetricBlock)))
        return failTooLarge();

    WireReader reader(bytes, m_fault);
    while (!reader.atEnd()) {
        std::uint32_t tag;
        std::string_view message;
        if (!reader.tag(tag))
            return false;
        bool good;
        switch (tag) {
        case bytesTag(1):
            good = text(reader, descriptor.name, "metric name");
            break;
        case bytesTag(2):
            good = text(reader, descriptor.description, "metric description");
            break;
        case bytesTag(3):
            good = text(reader, descriptor.unit, "metric unit");
            break;
        case metric_field::gauge:
        case metric_field::sum:
        case metric_field::histogram:
        case metric_field::exponentialHistogram:
        case metric_field::summary:
            good = reader.bytes(message);
            if (good)
                merge(data, tag, message);
            break;
        case bytesTag(12):
            good = reader.bytes(message) && attribute(message, 4, metadata);
            break;
        default:
            good = skip(reader, tag);
        }
        if (!good)
            return false;
    }
    m_batch.attributes.resize(attributesBefore);

    if (descriptor.name.empty())
        refuse(noName, bytes.data());
    if (data.tag == 0)
        refuse(noData, bytes.data());
    else if (!metricData(data, descriptor))
        return false;
    m_builder.leaveMetric(descriptor);
    return true;
}

bool ProtobufDecoder::metricData(const OneofField& data, DescriptorView& descriptor) {
    descriptor.type = typeOf(data.tag);
    const bool hasTemporality =
        descriptor.type != MetricType::Gauge && descriptor.type != MetricType::Summary;
    WireReader reader(data.message.bytes, m_fault);
    std::uint32_t index = 0;
    while (!reader.atEnd()) {
        std::uint32_t tag;
        std::string_view point;
        std::uint64_t number;
        if (!reader.tag(tag))
            return false;
        if (tag == bytesTag(1)) {
            if (!reader.bytes(point))
                return false;
            m_builder.enterPoint(index);
            if (!dataPoint(descriptor.type, point))
                return false;
            if (index++ == 0)
                reservePoints(descriptor.type, point.size());
        } else if (tag == varintTag(2) && hasTemporality) {
            if (!reader.varint(number))
                return false;
            descriptor.temporality = temporalityOf(number);
        } else if (tag == varintTag(3) && descriptor.type == MetricType::Sum) {
            if (!reader.varint(number))
                return false;
            descriptor.monotonic = number != 0;
        } else if (!skip(reader, tag)) {
            return false;
        }
    }
    return true;
}

} // namespace sightglass
