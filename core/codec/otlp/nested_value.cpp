// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/codec/otlp/nested_value.h"

#include <charconv>
#include <cstdint>
#include <limits>

#include "core/codec/otlp/binary_text.h"

namespace sightglass {

namespace {

constexpr std::string_view bytesSpelling = "{\"bytesValue\":";
constexpr std::string_view doubleSpelling = "{\"doubleValue\":\"";

} // namespace

NestedValueReader::Token NestedValueReader::next() {
    if (m_at >= m_json.size())
        return Token::End;
    const std::string_view rest = m_json.substr(m_at);
    switch (rest.front()) {
    case ',':
        ++m_at;
        return next();
    case '[':
        return take(1, Token::BeginArray);
    case ']':
        return take(1, Token::EndArray);
    case '}':
        return take(1, Token::EndMap);
    case '{':
        if (rest.starts_with(bytesSpelling) || rest.starts_with(doubleSpelling))
            return readSpelled();
        return take(1, Token::BeginMap);
    case '"':
        readString();
        if (m_at < m_json.size() && m_json[m_at] == ':')
            return take(1, Token::Key);
        return takeScalar(Value::string(m_text));
    default:
        return readPlain();
    }
}

void NestedValueReader::readString() {
    m_text.clear();
    for (++m_at; m_at < m_json.size() && m_json[m_at] != '"'; ++m_at) {
        if (m_json[m_at] != '\\' || m_at + 1 >= m_json.size()) {
            m_text += m_json[m_at];
            continue;
        }
        const char escaped = m_json[++m_at];
        std::string code;
        switch (escaped) {
        case 'n':
            m_text += '\n';
            break;
        case 't':
            m_text += '\t';
            break;
        case 'r':
            m_text += '\r';
            break;
        case 'u': // only control characters are written so: \u00XX
            if (m_at + 4 < m_json.size() && decodeHex(m_json.substr(m_at + 3, 2), code))
                m_text += code;
            m_at += 4;
            break;
        default:
            m_text += escaped;
        }
    }
    ++m_at;
}

NestedValueReader::Token NestedValueReader::readSpelled() {
    const bool isBytes = m_json.substr(m_at).starts_with(bytesSpelling);
    m_at = m_json.find(':', m_at) + 1;
    readString();
    ++m_at; // the brace
    if (isBytes) {
        std::string bytes;
        if (decodeBase64(m_text, bytes))
            m_text = std::move(bytes);
        return takeScalar(Value::bytes(m_text));
    }
    constexpr double infinity = std::numeric_limits<double>::infinity();
    return takeScalar(Value::real(m_text == "Infinity" ? infinity
                                  : m_text == "-Infinity"
                                      ? -infinity
                                      : std::numeric_limits<double>::quiet_NaN()));
}

NestedValueReader::Token NestedValueReader::readPlain() {
    const std::size_t end = std::min(m_json.find_first_of(",]}", m_at), m_json.size());
    const std::string_view word = m_json.substr(m_at, end - m_at);
    m_at = end;
    if (word == "null")
        return takeScalar(Value());
    if (word == "true" || word == "false")
        return takeScalar(Value::boolean(word == "true"));
    const char* const wordEnd = word.data() + word.size();
    if (word.find_first_of(".e") == std::string_view::npos) {
        std::int64_t integer = 0;
        std::from_chars(word.data(), wordEnd, integer);
        return takeScalar(Value::integer(integer));
    }
    double real = 0;
    std::from_chars(word.data(), wordEnd, real);
    return takeScalar(Value::real(real));
}

} // namespace sightglass
