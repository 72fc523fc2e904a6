// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/codec/otlp/json_reader.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "core/codec/otlp/binary_text.h"
#include "core/model/utf8.h"

namespace sightglass {

namespace {

using simdjson::ondemand::json_type;

/// What simdjson's first stage found without saying where: a control character within a string, or
/// the string that does not end.
std::uint64_t findStringFault(std::string_view text) {
    std::size_t opened = std::string_view::npos;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (opened == std::string_view::npos) {
            if (text[i] == '"')
                opened = i;
        } else if (text[i] == '\\') {
            ++i;
        } else if (text[i] == '"') {
            opened = std::string_view::npos;
        } else if (static_cast<unsigned char>(text[i]) < 0x20) {
            return i;
        }
    }
    return opened == std::string_view::npos ? text.size() : opened;
}

std::string syntaxMessage(simdjson::error_code error) {
    switch (error) {
    case simdjson::EMPTY:
        return "broken JSON: it is empty";
    case simdjson::UNCLOSED_STRING:
        return "broken JSON: string without an end";
    case simdjson::UNESCAPED_CHARS:
        return "broken JSON: control character in a string";
    case simdjson::STRING_ERROR:
        return "broken JSON: escape that does not exist";
    case simdjson::TAPE_ERROR:
    case simdjson::INCOMPLETE_ARRAY_OR_OBJECT:
        return "broken JSON: comma, colon, bracket or key missing or out of place";
    case simdjson::INCORRECT_TYPE:
    case simdjson::SCALAR_DOCUMENT_AS_VALUE:
        return "value of another type than its place asks for";
    default:
        return std::string("broken JSON: ") + simdjson::error_message(error);
    }
}

constexpr const char* notAnInteger = "not a 64-bit integer";

/// A double that is a whole number in the range of T, as "1e3" may stand for 1000.
template <class T>
bool wholeNumber(double real, T& out) {
    // The largest T may not be a double; the one past it is.
    const double past = std::ldexp(1.0, std::numeric_limits<T>::digits);
    if (real != std::floor(real) || real >= past ||
        real < static_cast<double>(std::numeric_limits<T>::min()))
        return false;
    out = static_cast<T>(real);
    return true;
}

template <class T>
bool parseWhole(std::string_view text, T& out) {
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, out);
    return error == std::errc() && stop == end;
}

template <class T>
bool parseInteger(std::string_view text, T& out) {
    double real;
    return parseWhole(text, out) || (parseWhole(text, real) && wholeNumber(real, out));
}

bool parseReal(std::string_view text, double& out) {
    if (text == "NaN")
        out = std::numeric_limits<double>::quiet_NaN();
    else if (text == "Infinity")
        out = std::numeric_limits<double>::infinity();
    else if (text == "-Infinity")
        out = -std::numeric_limits<double>::infinity();
    else
        return parseWhole(text, out) && std::isfinite(out);
    return true;
}

} // namespace

JsonReader::JsonReader(std::string_view body, int depthLimit)
    : m_body(body), m_depthLimit(depthLimit), m_padded(body) {
    for (std::size_t from = 0;;) {
        const std::size_t at = findInvalidUtf8(body.substr(from));
        if (at == std::string_view::npos)
            break;
        m_invalid.push_back(from + at);
        m_padded.data()[from + at] = '?';
        from += at + 1;
    }
}

bool JsonReader::begin() {
    const auto error = m_parser.iterate(m_padded).get(m_document);
    switch (error) {
    case simdjson::SUCCESS:
        return true;
    case simdjson::UNESCAPED_CHARS:
    case simdjson::UNCLOSED_STRING:
        return failByte(syntaxMessage(error), findStringFault(m_body));
    default:
        return failByte(syntaxMessage(error), 0);
    }
}

bool JsonReader::end() {
    const auto location = m_document.current_location();
    if (location.error() == simdjson::OUT_OF_BOUNDS)
        return true;
    return failByte("broken JSON: something follows the request",
                    static_cast<std::uint64_t>(location.value_unsafe() - m_padded.data()));
}

bool JsonReader::failAt(ErrorCode code, std::string message, std::uint64_t byte) {
    m_code = code;
    m_message = std::move(message);
    m_errorByte = std::min<std::uint64_t>(byte, m_body.size());
    return false;
}

bool JsonReader::failHere(simdjson::error_code error) {
    const auto location = m_document.current_location();
    const std::uint64_t byte =
        location.error() ? m_body.size()
                         : static_cast<std::uint64_t>(location.value_unsafe() - m_padded.data());
    return failByte(syntaxMessage(error), byte);
}

bool JsonReader::fail(std::string message, JsonValue value) {
    return failByte(std::move(message), byteOf(value));
}

std::uint64_t JsonReader::byteOf(JsonValue value) const {
    return static_cast<std::uint64_t>(value.raw_json_token().data() - m_padded.data());
}

std::string_view JsonReader::camelCase(std::string_view key) {
    if (key.find('_') == std::string_view::npos)
        return key;
    m_key.clear();
    bool raise = false;
    for (const char c : key) {
        if (c == '_') {
            raise = true;
        } else {
            m_key += raise && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
            raise = false;
        }
    }
    return m_key;
}

bool JsonReader::typeOf(JsonValue value, json_type& out) {
    if (const auto error = value.type().get(out))
        return fail(syntaxMessage(error), value);
    return true;
}

bool JsonReader::takeNull(JsonValue value) {
    bool isNull = false;
    if (value.is_null().get(isNull) || !isNull)
        return fail("broken JSON: not a value", value);
    return true;
}

bool JsonReader::beginNested(JsonValue value, int depth, json_type type, const char* what,
                             bool& isNull) {
    json_type found;
    if (!typeOf(value, found))
        return false;
    if (found == json_type::null) {
        isNull = true;
        return takeNull(value);
    }
    if (found != type)
        return fail(std::string("not an ") + what, value);
    if (depth > m_depthLimit)
        return failAt(ErrorCode::TooDeep, "nested too deep", byteOf(value));
    return true;
}

bool JsonReader::rawText(JsonValue value, std::string_view& out) {
    const std::string_view token = value.raw_json_token();
    // The token goes on to the next one, spaces included.
    const std::size_t close = token.rfind('"');
    if (token.front() != '"' || close == 0)
        return fail("not a string", value);
    out = token.substr(1, close - 1);
    simdjson::ondemand::raw_json_string consumed;
    if (const auto error = value.get_raw_json_string().get(consumed))
        return failHere(error);
    return true;
}

bool JsonReader::text(JsonValue value, TextArena& arena, Text& out) {
    out = {};
    json_type type;
    if (!typeOf(value, type))
        return false;
    if (type == json_type::null)
        return takeNull(value);
    if (type != json_type::string)
        return fail("not a string", value);

    const std::string_view token = value.raw_json_token();
    const auto byte = static_cast<std::uint64_t>(token.data() - m_padded.data());
    if (!m_invalid.empty()) {
        const auto at = std::lower_bound(m_invalid.begin(), m_invalid.end(), byte);
        if (at != m_invalid.end() && *at < byte + token.size())
            out.invalidUtf8 = *at;
    }
    if (token.find('\\') == std::string_view::npos) {
        std::string_view raw;
        if (!rawText(value, raw))
            return false;
        out.text = m_body.substr(byte + 1, raw.size());
        return true;
    }
    std::string_view unescaped;
    if (const auto error = value.get_string().get(unescaped))
        return failByte(syntaxMessage(error), byte);
    out.text = arena.copy(unescaped);
    return true;
}

bool JsonReader::boolean(JsonValue value, bool& out) {
    json_type type;
    if (!typeOf(value, type))
        return false;
    if (type == json_type::null) {
        out = false;
        return takeNull(value);
    }
    return !value.get_bool().get(out) || fail("not true or false", value);
}

bool JsonReader::plainText(JsonValue value, std::string_view& out) {
    out = {};
    json_type type;
    if (!typeOf(value, type))
        return false;
    if (type == json_type::null)
        return takeNull(value);
    if (value.raw_json_token().find('\\') == std::string_view::npos)
        return rawText(value, out);
    const std::uint64_t byte = byteOf(value);
    const auto error = value.get_string().get(out);
    return !error || failByte(syntaxMessage(error), byte);
}

template <class T>
bool JsonReader::anyInteger(JsonValue value, T& out) {
    json_type type;
    if (!typeOf(value, type))
        return false;
    if (type == json_type::null) {
        out = 0;
        return takeNull(value);
    }
    if (type == json_type::string) {
        std::string_view raw;
        const std::uint64_t byte = byteOf(value);
        if (!rawText(value, raw))
            return false;
        return parseInteger(raw, out) || failByte(notAnInteger, byte);
    }
    if (value.get(out) == simdjson::SUCCESS)
        return true;
    const std::uint64_t byte = byteOf(value);
    double whole;
    return (value.get_double().get(whole) == simdjson::SUCCESS && wholeNumber(whole, out)) ||
           failByte(notAnInteger, byte);
}

bool JsonReader::integer(JsonValue value, std::int64_t& out) {
    return anyInteger(value, out);
}

bool JsonReader::unsignedInteger(JsonValue value, std::uint64_t& out) {
    return anyInteger(value, out);
}

bool JsonReader::real(JsonValue value, double& out) {
    json_type type;
    if (!typeOf(value, type))
        return false;
    if (type == json_type::null) {
        out = 0;
        return takeNull(value);
    }
    const std::uint64_t byte = byteOf(value);
    if (type == json_type::string) {
        std::string_view raw;
        if (!rawText(value, raw))
            return false;
        return parseReal(raw, out) || failByte("not a number", byte);
    }
    return !value.get_double().get(out) ||
           failByte("not a number, or past what a double holds", byte);
}

bool JsonReader::hex(JsonValue value, std::string& out) {
    const std::uint64_t byte = byteOf(value);
    std::string_view raw;
    return plainText(value, raw) && (decodeHex(raw, out) || failByte("not a hexadecimal id", byte));
}

bool JsonReader::base64(JsonValue value, std::string& out) {
    const std::uint64_t byte = byteOf(value);
    std::string_view raw;
    return plainText(value, raw) && (decodeBase64(raw, out) || failByte("not base64", byte));
}

bool JsonReader::skip(JsonValue value, int depth) {
    json_type type;
    if (!typeOf(value, type))
        return false;
    const auto inner = [this](auto&&, JsonValue v, int d) { return skip(v, d); };
    bool boolean;
    double number;
    std::string_view ignored;
    switch (type) {
    case json_type::object:
        return object(value, depth, inner);
    case json_type::array:
        return array(value, depth, inner);
    case json_type::string: {
        const std::uint64_t byte = byteOf(value);
        const auto error = value.get_string().get(ignored);
        return !error || failByte(syntaxMessage(error), byte);
    }
    case json_type::number:
        return !value.get_double().get(number) || fail("not a number", value);
    case json_type::boolean:
        return !value.get_bool().get(boolean) || fail("not true or false", value);
    case json_type::null:
        return takeNull(value);
    }
    return fail("broken JSON: not a value", value);
}

} // namespace sightglass
