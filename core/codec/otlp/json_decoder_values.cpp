// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/codec/otlp/json_decoder.h"

#include <string>

namespace sightglass {

bool JsonDecoder::text(JsonValue value, std::string_view& out, const char* what) {
    JsonReader::Text text;
    if (!m_reader.text(value, m_batch.arena, text))
        return false;
    if (text.invalidUtf8) [[unlikely]]
        m_builder.refuse("invalid-utf8", std::string("invalid UTF-8 in ") + what, text.invalidUtf8);
    out = text.text;
    return true;
}

bool JsonDecoder::attributes(JsonValue value, int depth, Slice& out) {
    out = {static_cast<std::uint32_t>(m_batch.attributes.size()), 0};
    return m_reader.array(value, depth, [&](std::uint32_t, JsonValue entry, int entryDepth) {
        if (!charge(sizeof(Attribute)))
            return false;
        Attribute attribute;
        const bool good =
            m_reader.object(entry, entryDepth, [&](std::string_view key, JsonValue member, int d) {
                if (key == "key")
                    return text(member, attribute.key, "attribute key");
                if (key == "value")
                    return anyValue(member, d, attribute.value);
                return m_reader.skip(member, d);
            });
        if (!good)
            return false;
        m_batch.attributes.push_back(attribute);
        ++out.count;
        return true;
    });
}

bool JsonDecoder::anyValue(JsonValue value, int depth, Value& out) {
    m_json.clear();
    ValueKind nested = ValueKind::Empty;
    if (!anyValueParts(value, depth, out, nested))
        return false;
    if (nested == ValueKind::Empty)
        return true;
    if (!charge(m_json.size()))
        return false;
    const std::string_view json = m_batch.arena.copy(m_json);
    out = nested == ValueKind::Array ? Value::array(json) : Value::map(json);
    return true;
}

bool JsonDecoder::anyValueParts(JsonValue value, int depth, Value& scalar, ValueKind& nested) {
    const std::size_t begin = m_json.size();
    return m_reader.object(value, depth, [&](std::string_view key, JsonValue member, int d) {
        simdjson::ondemand::json_type type;
        if (!m_reader.typeOf(member, type))
            return false;
        if (type == simdjson::ondemand::json_type::null)
            return m_reader.skip(member, d);

        m_json.resize(begin);
        nested = ValueKind::Empty;
        std::string_view run;
        bool truth = false;
        std::int64_t integer = 0;
        double real = 0;
        bool good = true;
        if (key == "stringValue") {
            good = text(member, run, "attribute value");
            scalar = Value::string(run);
        } else if (key == "boolValue") {
            good = m_reader.boolean(member, truth);
            scalar = Value::boolean(truth);
        } else if (key == "intValue") {
            good = m_reader.integer(member, integer);
            scalar = Value::integer(integer);
        } else if (key == "doubleValue") {
            good = m_reader.real(member, real);
            scalar = Value::real(real);
        } else if (key == "bytesValue") {
            std::string raw;
            good = m_reader.base64(member, raw);
            scalar = Value::bytes(m_batch.arena.copy(raw));
        } else if (key == "arrayValue") {
            good = appendArray(member, d);
            nested = ValueKind::Array;
        } else if (key == "kvlistValue") {
            good = appendMap(member, d);
            nested = ValueKind::Map;
        } else {
            good = m_reader.skip(member, d);
        }
        return good;
    });
}

bool JsonDecoder::appendArray(JsonValue value, int depth) {
    const std::size_t begin = m_json.size();
    m_json += "[]";
    return m_reader.object(value, depth, [&](std::string_view key, JsonValue member, int d) {
        if (key != "values")
            return m_reader.skip(member, d);
        m_json.resize(begin);
        m_json += '[';
        if (!m_reader.array(member, d, [this](std::uint32_t i, JsonValue entry, int entryDepth) {
                if (i > 0)
                    m_json += ',';
                return appendJsonValue(entry, entryDepth);
            }))
            return false;
        m_json += ']';
        return true;
    });
}

bool JsonDecoder::appendMap(JsonValue value, int depth) {
    const std::size_t begin = m_json.size();
    m_json += "{}";
    return m_reader.object(value, depth, [&](std::string_view key, JsonValue member, int d) {
        if (key != "values")
            return m_reader.skip(member, d);
        m_json.resize(begin);
        m_json += '{';
        const auto entries = [this](std::uint32_t i, JsonValue entry, int entryDepth) {
            if (i > 0)
                m_json += ',';
            return appendMapEntry(entry, entryDepth);
        };
        if (!m_reader.array(member, d, entries))
            return false;
        m_json += '}';
        return true;
    });
}

bool JsonDecoder::appendMapEntry(JsonValue value, int depth) {
    const std::size_t begin = m_json.size();
    std::string_view name;
    std::string json = "null";
    const bool good =
        m_reader.object(value, depth, [&](std::string_view key, JsonValue member, int d) {
            if (key == "key")
                return text(member, name, "attribute key");
            if (key != "value")
                return m_reader.skip(member, d);
            // The key may come after its value, but stands before it.
            if (!appendJsonValue(member, d))
                return false;
            json = m_json.substr(begin);
            m_json.resize(begin);
            return true;
        });
    if (!good)
        return false;
    appendJsonString(m_json, name);
    m_json += ':';
    m_json += json;
    return m_json.size() <= m_builder.budget() || failTooLarge();
}

bool JsonDecoder::appendJsonValue(JsonValue value, int depth) {
    Value scalar;
    ValueKind nested = ValueKind::Empty;
    if (!anyValueParts(value, depth, scalar, nested))
        return false;
    if (nested == ValueKind::Empty)
        scalar.appendJson(m_json);
    return m_json.size() <= m_builder.budget() || failTooLarge();
}

} // namespace sightglass
