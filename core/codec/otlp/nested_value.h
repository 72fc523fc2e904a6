// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/model/value.h"

namespace sightglass {

/// Steps through the canonical JSON text that Value keeps arrays and maps as (see Value), one
/// token a call. The text must come from a Value: it is not checked. Views of the text and of its
/// own scratch; used on one thread.
class NestedValueReader {
  public:
    enum class Token { BeginArray, EndArray, BeginMap, EndMap, Key, Scalar, End };

    explicit NestedValueReader(std::string_view canonicalJson) : m_json(canonicalJson) {}

    [[nodiscard]] Token next();
    /// After Key: the key. Good until the next call.
    [[nodiscard]] std::string_view key() const { return m_text; }
    /// After Scalar: a value that is no array and no map. Good until the next call.
    [[nodiscard]] const Value& scalar() const { return m_scalar; }

  private:
    [[nodiscard]] Token take(std::size_t characters, Token token) {
        m_at += characters;
        return token;
    }
    [[nodiscard]] Token takeScalar(const Value& value) {
        m_scalar = value;
        return Token::Scalar;
    }
    /// The string that begins at m_at, into m_text.
    void readString();
    [[nodiscard]] Token readPlain();
    /// {"bytesValue":"..."} and {"doubleValue":"..."}: what JSON has no form for.
    [[nodiscard]] Token readSpelled();

    std::string_view m_json;
    std::size_t m_at = 0;
    std::string m_text;
    Value m_scalar;
};

} // namespace sightglass
