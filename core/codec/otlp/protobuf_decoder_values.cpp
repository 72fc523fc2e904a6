// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/codec/otlp/protobuf_decoder.h"

#include <string>

#include "core/model/utf8.h"

namespace sightglass {

namespace {

namespace value_field {
constexpr std::uint32_t stringValue = wireTag(1, WireType::Bytes);
constexpr std::uint32_t boolValue = wireTag(2, WireType::Varint);
constexpr std::uint32_t intValue = wireTag(3, WireType::Varint);
constexpr std::uint32_t doubleValue = wireTag(4, WireType::Fixed64);
constexpr std::uint32_t arrayValue = wireTag(5, WireType::Bytes);
constexpr std::uint32_t kvlistValue = wireTag(6, WireType::Bytes);
constexpr std::uint32_t bytesValue = wireTag(7, WireType::Bytes);
} // namespace value_field

/// A field of `tag` and a one-byte length, at the beginning of `bytes`; false if there is none.
/// Gives its content and leaves in `bytes` what follows.
bool takeShortField(std::string_view& bytes, std::uint32_t tag, std::string_view& content) {
    if (bytes.size() < 2 || static_cast<unsigned char>(bytes[0]) != tag)
        return false;
    const std::size_t size = static_cast<unsigned char>(bytes[1]);
    if (size >= 0x80 || size > bytes.size() - 2)
        return false;
    content = bytes.substr(2, size);
    bytes.remove_prefix(2 + size);
    return true;
}

/// The KeyValue that nearly all are: a short key, then a short string, both ASCII, and nothing
/// else. False, and anything in `out`, for all others, which need a walk.
bool isPlainTextAttribute(std::string_view bytes, Attribute& out) {
    std::string_view value;
    std::string_view text;
    if (!takeShortField(bytes, wireTag(1, WireType::Bytes), out.key) ||
        !takeShortField(bytes, wireTag(2, WireType::Bytes), value) || !bytes.empty() ||
        !takeShortField(value, value_field::stringValue, text) || !value.empty())
        return false;
    out.value = Value::string(text);
    return isAscii(out.key) && isAscii(text);
}

} // namespace

bool ProtobufDecoder::text(WireReader& reader, std::string_view& out, const char* what) {
    if (!reader.bytes(out))
        return false;
    if (!isUtf8(out)) [[unlikely]]
        m_builder.refuse("invalid-utf8", std::string("invalid UTF-8 in ") + what,
                         byteOf(out.data() + findInvalidUtf8(out)));
    return true;
}

bool ProtobufDecoder::attribute(std::string_view bytes, int depth, Slice& out) {
    if (!m_builder.charge(sizeof(Attribute)))
        return failTooLarge();
    ++out.count;
    Attribute& attribute = m_batch.attributes.emplace_back();
    if (isPlainTextAttribute(bytes, attribute)) [[likely]]
        return true;
    attribute = {};
    MessageField value;
    return keyValue(bytes, depth, attribute.key, value) &&
           anyValue(value.bytes, depth + 1, attribute.value);
}

bool ProtobufDecoder::keyValue(std::string_view bytes, int depth, std::string_view& key,
                               MessageField& value) {
    if (depth > m_limits.depth)
        return fail(ErrorCode::TooDeep, "values nested too deep", bytes.data());
    WireReader reader(bytes, m_fault);
    while (!reader.atEnd()) {
        std::uint32_t tag;
        std::string_view message;
        if (!reader.tag(tag))
            return false;
        bool good;
        switch (tag) {
        case wireTag(1, WireType::Bytes):
            good = text(reader, key, "attribute key");
            break;
        case wireTag(2, WireType::Bytes):
            good = reader.bytes(message);
            if (good)
                merge(value, message);
            break;
        default:
            good = skip(reader, tag);
        }
        if (!good)
            return false;
    }
    return true;
}

bool ProtobufDecoder::anyValue(std::string_view bytes, int depth, Value& out) {
    OneofField nested;
    if (!anyValueParts(bytes, depth, out, nested))
        return false;
    if (nested.tag == 0)
        return true;
    m_json.clear();
    if (!appendJson(nested, depth + 1))
        return false;
    if (!m_builder.charge(m_json.size()))
        return failTooLarge();
    const std::string_view json = m_batch.arena.copy(m_json);
    out = nested.tag == value_field::arrayValue ? Value::array(json) : Value::map(json);
    return true;
}

bool ProtobufDecoder::anyValueParts(std::string_view bytes, int depth, Value& scalar,
                                    OneofField& nested) {
    if (depth > m_limits.depth)
        return fail(ErrorCode::TooDeep, "values nested too deep", bytes.data());
    WireReader reader(bytes, m_fault);
    while (!reader.atEnd()) {
        std::uint32_t tag;
        if (!reader.tag(tag))
            return false;
        std::string_view run;
        std::uint64_t number;
        double real;
        switch (tag) {
        case value_field::stringValue:
            if (!text(reader, run, "attribute value"))
                return false;
            scalar = Value::string(run);
            nested.tag = 0;
            break;
        case value_field::boolValue:
            if (!reader.varint(number))
                return false;
            scalar = Value::boolean(number != 0);
            nested.tag = 0;
            break;
        case value_field::intValue:
            if (!reader.varint(number))
                return false;
            scalar = Value::integer(static_cast<std::int64_t>(number));
            nested.tag = 0;
            break;
        case value_field::doubleValue:
            if (!reader.fixed(real))
                return false;
            scalar = Value::real(real);
            nested.tag = 0;
            break;
        case value_field::bytesValue:
            if (!reader.bytes(run))
                return false;
            scalar = Value::bytes(run);
            nested.tag = 0;
            break;
        case value_field::arrayValue:
        case value_field::kvlistValue:
            if (!reader.bytes(run))
                return false;
            merge(nested, tag, run);
            break;
        default:
            if (!skip(reader, tag))
                return false;
        }
    }
    return true;
}

// `depth` is that of the ArrayValue or KeyValueList.
bool ProtobufDecoder::appendJson(const OneofField& nested, int depth) {
    if (depth > m_limits.depth)
        return fail(ErrorCode::TooDeep, "values nested too deep", nested.message.bytes.data());
    const bool isMap = nested.tag == value_field::kvlistValue;
    m_json += isMap ? '{' : '[';
    bool first = true;
    WireReader reader(nested.message.bytes, m_fault);
    while (!reader.atEnd()) {
        std::uint32_t tag;
        std::string_view entry;
        if (!reader.tag(tag))
            return false;
        if (tag != wireTag(1, WireType::Bytes)) {
            if (!skip(reader, tag))
                return false;
            continue;
        }
        if (!reader.bytes(entry))
            return false;
        if (!first)
            m_json += ',';
        first = false;
        if (isMap) {
            std::string_view key;
            MessageField value;
            if (!keyValue(entry, depth + 1, key, value))
                return false;
            appendJsonString(m_json, key);
            m_json += ':';
            if (!appendJsonValue(value.bytes, depth + 2))
                return false;
        } else if (!appendJsonValue(entry, depth + 1)) {
            return false;
        }
    }
    m_json += isMap ? '}' : ']';
    return true;
}

bool ProtobufDecoder::appendJsonValue(std::string_view bytes, int depth) {
    Value scalar;
    OneofField nested;
    if (!anyValueParts(bytes, depth, scalar, nested))
        return false;
    if (nested.tag != 0)
        return appendJson(nested, depth + 1);
    scalar.appendJson(m_json);
    return m_json.size() <= m_builder.budget() || failTooLarge();
}

} // namespace sightglass
