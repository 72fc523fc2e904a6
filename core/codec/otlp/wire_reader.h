// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace sightglass {

/// How a field is laid out on the wire.
enum class WireType : std::uint32_t {
    Varint = 0,
    Fixed64 = 1,
    Bytes = 2,
    BeginGroup = 3,
    EndGroup = 4,
    Fixed32 = 5
};

/// A field's number and layout in one, as it stands on the wire: what a message switches over.
/// A known number with another layout is thereby an unknown field, as protobuf wants it.
[[nodiscard]] constexpr std::uint32_t wireTag(std::uint32_t field, WireType type) {
    return field << 3 | static_cast<std::uint32_t>(type);
}

/// What broke, and the byte at which it did. Shared by the readers of nested messages.
struct WireFault {
    const char* message = nullptr; ///< null: nothing broke
    const char* at = nullptr;
};

/// Walks the fields of one protobuf message. It knows bytes, not meaning.
///
///     message  = { tag value }
///     tag      = varint: field number << 3 | wire type
///     varint   = 1 to 10 bytes, 7 bits each, lowest first, 0x80 set on all but the last
///     value    = type 0: varint    type 1: 8 bytes, little-endian    type 5: 4 bytes
///                type 2: varint n, then n bytes (text, bytes, a message, packed numbers)
///                type 3: fields up to a tag of type 4 with the same number (a group; obsolete)
///
/// A read that fails returns false, fills the fault, and leaves the reader unusable. Views of the
/// message's own bytes; made and used on one thread.
class WireReader {
  public:
    WireReader(std::string_view message, WireFault& fault)
        : m_at(message.data()), m_end(message.data() + message.size()), m_fault(&fault) {}

    [[nodiscard]] bool atEnd() const { return m_at == m_end; }

    [[nodiscard]] bool tag(std::uint32_t& out) {
        const auto first = static_cast<unsigned char>(*m_at);
        // Fields 1 to 15 of a layout that exists, in one byte.
        if (first >= 8 && first < 0x80 && (first & 7u) <= 5) {
            out = first;
            ++m_at;
            return true;
        }
        return longTag(out);
    }

    [[nodiscard]] bool varint(std::uint64_t& out) {
        if (m_end - m_at >= 2) [[likely]] {
            const auto first = static_cast<unsigned char>(m_at[0]);
            if (first < 0x80) {
                out = first;
                ++m_at;
                return true;
            }
            // Points and metrics mostly take more than 127 bytes.
            const auto second = static_cast<unsigned char>(m_at[1]);
            if (second < 0x80) {
                out = (first & 0x7fu) | static_cast<std::uint64_t>(second) << 7;
                m_at += 2;
                return true;
            }
        }
        return longVarint(out);
    }

    template <class T>
    [[nodiscard]] bool fixed(T& out) {
        static_assert(sizeof(T) == 8 || sizeof(T) == 4);
        if (static_cast<std::size_t>(m_end - m_at) < sizeof(T))
            return fail("field ends early");
        std::memcpy(&out, m_at, sizeof(T));
        m_at += sizeof(T);
        return true;
    }

    [[nodiscard]] bool bytes(std::string_view& out) {
        std::uint64_t size;
        if (!varint(size))
            return false;
        if (size > static_cast<std::uint64_t>(m_end - m_at))
            return fail("field is longer than the message it is in");
        out = {m_at, static_cast<std::size_t>(size)};
        m_at += size;
        return true;
    }

    /// Steps over the value of an unknown field. Groups may nest up to `depth` deep.
    [[nodiscard]] bool skip(std::uint32_t tag, int depth);

    /// Goes on at `at`, which lies in rest() or at its end.
    void jumpTo(const char* at) { m_at = at; }
    /// Where the next byte is read.
    [[nodiscard]] const char* at() const { return m_at; }
    /// What is not read yet.
    [[nodiscard]] std::string_view rest() const {
        return {m_at, static_cast<std::size_t>(m_end - m_at)};
    }

  private:
    [[nodiscard]] bool longTag(std::uint32_t& out);
    [[nodiscard]] bool longVarint(std::uint64_t& out);
    bool fail(const char* message) {
        *m_fault = {message, m_at};
        return false;
    }

    const char* m_at;
    const char* m_end;
    WireFault* m_fault;
};

/// The value of a zigzag varint (sint32, sint64).
[[nodiscard]] constexpr std::int64_t fromZigzag(std::uint64_t v) {
    return static_cast<std::int64_t>(v >> 1) ^ -static_cast<std::int64_t>(v & 1);
}

} // namespace sightglass
