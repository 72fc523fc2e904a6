// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <simdjson.h>

#include "core/base/result.h"
#include "core/model/text_arena.h"

namespace sightglass {

using JsonValue = simdjson::ondemand::value;

/// A text of JSON being walked front to back, and the readings that protobuf's JSON mapping gives
/// to its values. It knows JSON, not OTLP. Lives for one decoding, on its thread.
///
/// A reading returns false if the document is broken or the value is not what was asked for; then
/// error() says what and where. The document must be walked whole: what is not wanted goes through
/// skip(), for simdjson checks only what it is asked to read.
///
/// Bytes that are not UTF-8 make a JSON text broken as a whole, and yet only the points they stand
/// in are to be refused: they are found first and masked as '?', and a string tells whether it
/// held any.
class JsonReader {
  public:
    JsonReader(std::string_view body, int depthLimit);

    struct Text {
        std::string_view text; ///< in the body or, if it had escapes, in the arena
        std::optional<std::uint64_t> invalidUtf8; ///< offset of the first byte that is not
    };

    /// The whole document as one object; `member(key, value, depth)` as for object().
    template <class F>
    [[nodiscard]] bool document(F&& member) {
        if (!begin())
            return false;
        JsonValue root;
        if (const auto error = m_document.get_value().get(root))
            return failHere(error);
        simdjson::ondemand::json_type type;
        if (!typeOf(root, type))
            return false;
        if (type != objectType)
            return fail("request is not an object", root);
        return object(root, 1, member) && end();
    }

    /// Calls `member(key, value, depth)` for each member of an object; null is an empty one. The
    /// key is in lowerCamelCase and valid during the call; `depth` is for what is read from the
    /// value. The call returns false to stop.
    template <class F>
    [[nodiscard]] bool object(JsonValue value, int depth, F&& member) {
        bool isNull = false;
        if (!beginNested(value, depth, objectType, "object", isNull))
            return false;
        if (isNull)
            return true;
        simdjson::ondemand::object object;
        if (const auto error = value.get_object().get(object))
            return failHere(error);
        for (auto field : object) {
            std::string_view key;
            JsonValue inner;
            if (const auto error = field.unescaped_key().get(key))
                return failHere(error);
            if (const auto error = field.value().get(inner))
                return failHere(error);
            if (!member(camelCase(key), inner, depth + 1))
                return false;
        }
        return true;
    }

    /// Calls `entry(index, value, depth)` for each entry of an array; null is an empty one.
    template <class F>
    [[nodiscard]] bool array(JsonValue value, int depth, F&& entry) {
        bool isNull = false;
        if (!beginNested(value, depth, arrayType, "array", isNull))
            return false;
        if (isNull)
            return true;
        simdjson::ondemand::array array;
        if (const auto error = value.get_array().get(array))
            return failHere(error);
        std::uint32_t index = 0;
        for (auto item : array) {
            JsonValue inner;
            if (const auto error = item.get(inner))
                return failHere(error);
            if (!entry(index++, inner, depth + 1))
                return false;
        }
        return true;
    }

    // Scalars; null reads as the default: empty, 0, false.
    [[nodiscard]] bool text(JsonValue value, TextArena& arena, Text& out);
    [[nodiscard]] bool boolean(JsonValue value, bool& out);
    [[nodiscard]] bool integer(JsonValue value, std::int64_t& out); ///< a number or a string
    [[nodiscard]] bool unsignedInteger(JsonValue value, std::uint64_t& out);
    [[nodiscard]] bool real(JsonValue value, double& out); ///< also "NaN", "-Infinity", "1.5"
    [[nodiscard]] bool hex(JsonValue value, std::string& out);
    [[nodiscard]] bool base64(JsonValue value, std::string& out);
    /// The type as its first character tells it; fails for what begins no value.
    [[nodiscard]] bool typeOf(JsonValue value, simdjson::ondemand::json_type& out);
    /// Checks and ignores a value.
    [[nodiscard]] bool skip(JsonValue value, int depth);

    /// Offset of a value in the body.
    [[nodiscard]] std::uint64_t byteOf(JsonValue value) const;
    bool fail(std::string message, JsonValue value);
    bool failByte(std::string message, std::uint64_t byte) {
        return failAt(ErrorCode::InvalidArgument, std::move(message), byte);
    }

    [[nodiscard]] ErrorCode errorCode() const { return m_code; }
    [[nodiscard]] const std::string& errorMessage() const { return m_message; }
    [[nodiscard]] std::uint64_t errorByte() const { return m_errorByte; }

  private:
    static constexpr auto objectType = simdjson::ondemand::json_type::object;
    static constexpr auto arrayType = simdjson::ondemand::json_type::array;

    [[nodiscard]] bool begin();
    [[nodiscard]] bool end();
    [[nodiscard]] bool beginNested(JsonValue value, int depth, simdjson::ondemand::json_type type,
                                   const char* what, bool& isNull);
    /// A string that is only looked at before the next one is read; null is an empty one.
    [[nodiscard]] bool plainText(JsonValue value, std::string_view& out);
    template <class T>
    [[nodiscard]] bool anyInteger(JsonValue value, T& out);
    [[nodiscard]] bool takeNull(JsonValue value);
    /// A string's characters as they stand between its quotes.
    [[nodiscard]] bool rawText(JsonValue value, std::string_view& out);
    [[nodiscard]] std::string_view camelCase(std::string_view key);
    bool failHere(simdjson::error_code error);
    bool failAt(ErrorCode code, std::string message, std::uint64_t byte);

    const std::string_view m_body;
    const int m_depthLimit;
    simdjson::padded_string m_padded;     ///< the body, what is not UTF-8 masked
    std::vector<std::uint64_t> m_invalid; ///< offsets of what was masked, rising
    simdjson::ondemand::parser m_parser;
    simdjson::ondemand::document m_document;
    std::string m_key;

    ErrorCode m_code = ErrorCode::InvalidArgument;
    std::string m_message;
    std::uint64_t m_errorByte = 0;
};

} // namespace sightglass
