// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/value.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/model/utf8.h"

namespace sightglass {

std::string formatDouble(double value) {
    if (std::isnan(value))
        return "NaN";
    if (std::isinf(value))
        return value > 0 ? "+Inf" : "-Inf";
    char buffer[40];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
    return {buffer, end};
}

std::string base64(std::string_view bytes) {
    static constexpr char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t n = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k)
            group = group << 8 | (k < n ? static_cast<unsigned char>(bytes[i + k]) : 0u);
        for (std::size_t k = 0; k < 4; ++k)
            out += k <= n ? digits[group >> (18 - 6 * k) & 63] : '=';
    }
    return out;
}

void appendJsonString(std::string& out, std::string_view text) {
    static constexpr char hex[] = "0123456789abcdef";
    out += '"';
    for (std::size_t i = 0; i < text.size();) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c >= 0x80) {
            const std::size_t length = utf8SequenceLength(text.substr(i));
            if (length == 0) {
                out += "\xEF\xBF\xBD";
                ++i;
            } else {
                out.append(text, i, length);
                i += length;
            }
            continue;
        }
        ++i;
        switch (c) {
        case '"':
            out += "\\\"";
            break;
        case '\\':
            out += "\\\\";
            break;
        case '\n':
            out += "\\n";
            break;
        case '\t':
            out += "\\t";
            break;
        case '\r':
            out += "\\r";
            break;
        default:
            if (c < 0x20) {
                out += "\\u00";
                out += hex[c >> 4];
                out += hex[c & 15];
            } else {
                out += static_cast<char>(c);
            }
        }
    }
    out += '"';
}

void appendJsonDouble(std::string& out, double value) {
    const std::string text = formatDouble(value);
    if (!std::isfinite(value)) {
        out += "{\"doubleValue\":\"";
        out += text == "+Inf" ? "Infinity" : text == "-Inf" ? "-Infinity" : text;
        out += "\"}";
        return;
    }
    out += text;
    if (text.find_first_of(".e") == std::string::npos)
        out += ".0";
}

std::string Value::display() const {
    switch (m_kind) {
    case ValueKind::Empty:
        return {};
    case ValueKind::Bool:
        return asBool() ? "true" : "false";
    case ValueKind::Int:
        return std::to_string(asInt());
    case ValueKind::Double:
        return formatDouble(asDouble());
    case ValueKind::Bytes:
        return base64(text());
    case ValueKind::String:
    case ValueKind::Array:
    case ValueKind::Map:
        break;
    }
    return std::string(text());
}

void Value::appendJson(std::string& out) const {
    switch (m_kind) {
    case ValueKind::Empty:
        out += "null";
        return;
    case ValueKind::String:
        appendJsonString(out, text());
        return;
    case ValueKind::Bool:
    case ValueKind::Int:
        out += display();
        return;
    case ValueKind::Double:
        appendJsonDouble(out, asDouble());
        return;
    case ValueKind::Bytes:
        out += "{\"bytesValue\":\"" + base64(text()) + "\"}";
        return;
    case ValueKind::Array:
    case ValueKind::Map:
        out += text();
        return;
    }
}

namespace {

Value rebased(const Value& value, std::string_view text) {
    switch (value.kind()) {
    case ValueKind::String:
        return Value::string(text);
    case ValueKind::Bytes:
        return Value::bytes(text);
    case ValueKind::Array:
        return Value::array(text);
    case ValueKind::Map:
        return Value::map(text);
    default:
        return value;
    }
}

} // namespace

AttributeSet::AttributeSet(const Attribute* first, std::size_t count) {
    m_list.assign(first, first + count);
    std::stable_sort(m_list.begin(), m_list.end(),
                     [](const Attribute& a, const Attribute& b) { return a.key < b.key; });
    m_list.erase(std::unique(m_list.begin(), m_list.end(),
                             [](const Attribute& a, const Attribute& b) { return a.key == b.key; }),
                 m_list.end());
    m_list.shrink_to_fit();

    std::size_t size = 0;
    for (const Attribute& a : m_list)
        size += a.key.size() + a.value.text().size();
    m_text.reserve(size);
    const auto keep = [this](std::string_view text) {
        const std::size_t at = m_text.size();
        m_text.insert(m_text.end(), text.begin(), text.end());
        return std::string_view(m_text.data() + at, text.size());
    };
    for (Attribute& a : m_list) {
        a.key = keep(a.key);
        if (a.value.hasText())
            a.value = rebased(a.value, keep(a.value.text()));
    }
}

AttributeSet::AttributeSet(const AttributeSet& other)
    : AttributeSet(other.m_list.data(), other.m_list.size()) {}

AttributeSet& AttributeSet::operator=(const AttributeSet& other) {
    if (this != &other)
        *this = AttributeSet(other);
    return *this;
}

const Value* AttributeSet::find(std::string_view key) const {
    const auto it =
        std::lower_bound(m_list.begin(), m_list.end(), key,
                         [](const Attribute& a, std::string_view k) { return a.key < k; });
    return it != m_list.end() && it->key == key ? &it->value : nullptr;
}

} // namespace sightglass
