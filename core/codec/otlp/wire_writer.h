// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "core/codec/otlp/wire_reader.h"

namespace sightglass {

/// Appends the fields of protobuf messages to a string; the layout is drawn at WireReader. It
/// writes what it is told: leaving out defaults, as proto3 does, is the caller's decision.
class WireWriter {
  public:
    void varint(std::uint32_t field, std::uint64_t value) {
        tag(field, WireType::Varint);
        raw(value);
    }
    void zigzag(std::uint32_t field, std::int64_t value) {
        varint(field,
               static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63));
    }
    template <class T>
    void fixed64(std::uint32_t field, T value) {
        tag(field, WireType::Fixed64);
        raw64(value);
    }
    void bytes(std::uint32_t field, std::string_view value) {
        tag(field, WireType::Bytes);
        raw(value.size());
        m_out += value;
    }

    /// A number of a packed field, between begin and end.
    template <class T>
    void raw64(T value) {
        static_assert(sizeof value == 8);
        char text[8];
        std::memcpy(text, &value, 8);
        m_out.append(text, 8);
    }
    void raw(std::uint64_t value) { m_out += varintText(value).view(); }

    /// Begins a nested message or packed field; end() with what it gave puts its length before it.
    [[nodiscard]] std::size_t begin(std::uint32_t field) {
        tag(field, WireType::Bytes);
        return m_out.size();
    }
    void end(std::size_t begin) { m_out.insert(begin, varintText(m_out.size() - begin).view()); }

    [[nodiscard]] std::string take() { return std::move(m_out); }

  private:
    struct Varint {
        char text[10];
        std::size_t size = 0;
        [[nodiscard]] std::string_view view() const { return {text, size}; }
    };
    static Varint varintText(std::uint64_t value) {
        Varint v;
        for (; value >= 0x80; value >>= 7)
            v.text[v.size++] = static_cast<char>(value | 0x80);
        v.text[v.size++] = static_cast<char>(value);
        return v;
    }
    void tag(std::uint32_t field, WireType type) { raw(wireTag(field, type)); }

    std::string m_out;
};

} // namespace sightglass
