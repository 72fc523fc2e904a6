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

/// A field of `tag` and a length of at most two bytes, at the beginning of `bytes`; false if there
/// is none. Gives its content and leaves in `bytes` what follows.
bool takeField(std::string_view& bytes, std::uint32_t tag, std::string_view& content) {
    if (takeShortField(bytes, tag, content)) [[likely]]
        return true;
    if (bytes.size() < 3 || static_cast<unsigned char>(bytes[0]) != tag)
        return false;
    const auto low = static_cast<unsigned char>(bytes[1]);
    const auto high = static_cast<unsigned char>(bytes[2]);
    const std::size_t size = (low & 0x7fu) | std::size_t{high} << 7;
    if (low < 0x80 || high >= 0x80 || size > bytes.size() - 3)
        return false;
    content = bytes.substr(3, size);
    bytes.remove_prefix(3 + size);
    return true;
}

/// An AnyValue with one field, which is no array or map, and good.
bool isPlainValue(std::string_view bytes) {
    if (bytes.empty())
        return false;
    std::string_view text;
    switch (static_cast<unsigned char>(bytes[0])) {
    case value_field::stringValue:
        return takeField(bytes, value_field::stringValue, text) && bytes.empty() && isUtf8(text);
    case value_field::boolValue:
    case value_field::intValue: {
        WireFault ignored;
        std::uint64_t number;
        WireReader reader(bytes.substr(1), ignored);
        return reader.varint(number) && reader.atEnd();
    }
    case value_field::doubleValue:
        return bytes.size() == 1 + sizeof(double);
    default:
        return false;
    }
}

/// A KeyValue that is a key, then a plain value, both good and nothing else: nothing can go wrong
/// when it is decoded, and nothing but its Attribute is needed for it.
bool isPlainAttribute(std::string_view bytes) {
    std::string_view key;
    std::string_view value;
    return takeField(bytes, wireTag(1, WireType::Bytes), key) &&
           takeField(bytes, wireTag(2, WireType::Bytes), value) && bytes.empty() &&
           isPlainValue(value) && isUtf8(key);
}

/// Where the attribute field at `at` ends, if it is as most are: short, with a plain value. Null
/// says nothing. The same as isPlainAttribute() in one go, since every point has some.
///
///     tag n | 0x0a k key... | 0x12 v value...          all lengths one byte
const char* endOfShortPlainAttribute(const char* at, const char* end) {
    constexpr std::ptrdiff_t least = 6; // with a key and a value that are empty
    if (end - at < least)
        return nullptr;
    const auto byte = [](const char* p) { return static_cast<unsigned char>(*p); };
    const std::size_t size = byte(at + 1);
    const std::size_t keySize = byte(at + 3);
    if (size >= 0x80 || size > static_cast<std::size_t>(end - at) - 2 ||
        byte(at + 2) != wireTag(1, WireType::Bytes) || keySize + 4 >= size)
        return nullptr;
    const char* const key = at + 4;
    const char* const value = key + keySize;
    const char* const stop = at + 2 + size;
    const std::size_t valueSize = byte(value + 1);
    if (byte(value) != wireTag(2, WireType::Bytes) || valueSize == 0 ||
        value + 2 + valueSize != stop || !isAscii({key, keySize}))
        return nullptr;
    if (byte(value + 2) != value_field::stringValue)
        return isPlainValue({value + 2, valueSize}) ? stop : nullptr;
    return valueSize >= 2 && byte(value + 3) == valueSize - 2 && isAscii({value + 4, valueSize - 2})
               ? stop
               : nullptr;
}

} // namespace

Slice decodePlainAttributes(Batch& batch, Slice encoded) {
    std::string_view left = std::string_view(*batch.body).substr(encoded.begin, encoded.count);
    Slice out{static_cast<std::uint32_t>(batch.attributes.size()), 0};
    std::string_view entry;
    // All entries have the tag of the first.
    while (!left.empty() && takeField(left, static_cast<unsigned char>(left[0]), entry)) {
        Attribute& attribute = batch.attributes.emplace_back();
        ++out.count;
        std::string_view value;
        if (!takeField(entry, wireTag(1, WireType::Bytes), attribute.key) ||
            !takeField(entry, wireTag(2, WireType::Bytes), value))
            break;
        const std::uint32_t tag = static_cast<unsigned char>(value[0]);
        WireFault ignored;
        WireReader reader(value.substr(1), ignored);
        std::string_view text;
        std::uint64_t number = 0;
        double real = 0;
        if (tag == value_field::stringValue && reader.bytes(text))
            attribute.value = Value::string(text);
        else if (tag == value_field::doubleValue && reader.fixed(real))
            attribute.value = Value::real(real);
        else if (tag == value_field::boolValue && reader.varint(number))
            attribute.value = Value::boolean(number != 0);
        else if (tag == value_field::intValue && reader.varint(number))
            attribute.value = Value::integer(static_cast<std::int64_t>(number));
    }
    return out;
}

bool ProtobufDecoder::pointAttributes(WireReader& reader, std::uint32_t tag, PointHeader& point) {
    if (m_limits.leaveAttributesEncoded) {
        if (point.encoded.count > 0) {
            // More of them elsewhere in the point: one list is made of all.
            point.attributes = decodePlainAttributes(m_batch, point.encoded);
            point.encoded = {};
        } else if (point.attributes.count == 0 && leaveEncoded(reader, tag, point)) [[likely]] {
            return true;
        }
    }
    std::string_view message;
    return reader.bytes(message) && attribute(message, pointAttributeDepth, point.attributes);
}

bool ProtobufDecoder::leaveEncoded(WireReader& reader, std::uint32_t tag, PointHeader& point) {
    // Where the tag stands, if it takes one byte and its message is no merged one.
    const std::string_view rest = reader.rest();
    const std::optional<std::uint64_t> after = byteOf(rest.data());
    if (!after || *after == 0 || m_limits.depth <= pointAttributeDepth ||
        static_cast<unsigned char>(rest.data()[-1]) != tag)
        return false;
    const char* const begin = rest.data() - 1;
    const char* const end = rest.data() + rest.size();
    const char* at = begin;
    std::size_t count = 0;
    do {
        const char* next = endOfShortPlainAttribute(at, end);
        if (!next) {
            std::string_view left(at, static_cast<std::size_t>(end - at));
            std::string_view entry;
            if (!takeField(left, tag, entry) || !isPlainAttribute(entry))
                return false;
            next = left.data();
        }
        at = next;
        ++count;
    } while (at != end && static_cast<unsigned char>(*at) == tag);
    // As much as they take once they are read.
    if (!m_builder.charge(count * sizeof(Attribute)))
        return false;
    point.encoded = {static_cast<std::uint32_t>(*after - 1),
                     static_cast<std::uint32_t>(at - begin)};
    reader.jumpTo(at);
    return true;
}

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
