// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/codec/otlp/wire_reader.h"

#include <bit>

namespace sightglass {

static_assert(std::endian::native == std::endian::little, "fixed() copies bytes as they stand");

bool WireReader::longTag(std::uint32_t& out) {
    const char* const begin = m_at;
    std::uint64_t tag;
    if (!varint(tag))
        return false;
    m_at = begin;
    if (tag > 0xffffffffu)
        return fail("field number too large");
    if (tag >> 3 == 0)
        return fail("field number 0");
    if ((tag & 7) > 5)
        return fail("wire type that does not exist");
    out = static_cast<std::uint32_t>(tag);
    return varint(tag);
}

bool WireReader::longVarint(std::uint64_t& out) {
    std::uint64_t value = 0;
    const char* at = m_at;
    for (unsigned shift = 0; shift < 70; shift += 7) {
        if (at == m_end)
            return fail("field ends early");
        const std::uint64_t byte = static_cast<unsigned char>(*at++);
        // Of the tenth byte only one bit fits; protobuf drops the others, and so do we.
        value |= (byte & 0x7f) << shift;
        if (byte < 0x80) {
            out = value;
            m_at = at;
            return true;
        }
    }
    return fail("varint longer than ten bytes");
}

bool WireReader::skip(std::uint32_t tag, int depth) {
    std::uint64_t varintValue;
    std::uint64_t fixed64;
    std::uint32_t fixed32;
    std::string_view text;
    switch (static_cast<WireType>(tag & 7)) {
    case WireType::Varint:
        return varint(varintValue);
    case WireType::Fixed64:
        return fixed(fixed64);
    case WireType::Bytes:
        return bytes(text);
    case WireType::Fixed32:
        return fixed(fixed32);
    case WireType::BeginGroup:
        if (depth <= 0)
            return fail("groups nested too deep");
        for (;;) {
            if (atEnd())
                return fail("group without an end");
            std::uint32_t inner;
            if (!this->tag(inner))
                return false;
            if ((inner & 7) == static_cast<std::uint32_t>(WireType::EndGroup)) {
                if (inner >> 3 != tag >> 3)
                    return fail("end of another group");
                return true;
            }
            if (!skip(inner, depth - 1))
                return false;
        }
    case WireType::EndGroup:
        break;
    }
    return fail("end of a group that did not begin");
}

} // namespace sightglass
