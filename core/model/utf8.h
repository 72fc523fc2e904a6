// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace sightglass {

/// Length in bytes (1 to 4) of the well-formed UTF-8 sequence that `text` begins with, 0 if it
/// begins with none (Unicode 15, table 3-7: no overlong forms, no surrogates, at most U+10FFFF).
[[nodiscard]] std::size_t utf8SequenceLength(std::string_view text);

/// Offset of the first byte that is not well-formed UTF-8, or npos if all of it is.
[[nodiscard]] std::size_t findInvalidUtf8(std::string_view text);

/// True if all bytes are below 0x80. Inline, and without a loop for short texts: it is what most
/// checks of names and attributes come to.
[[nodiscard]] inline bool isAscii(std::string_view text) {
    const char* const at = text.data();
    const std::size_t size = text.size();
    if (size >= 8) {
        std::uint64_t word;
        std::memcpy(&word, at + size - 8, 8); // overlaps the last whole word of the loop
        std::uint64_t any = word;
        for (std::size_t i = 0; i + 8 <= size; i += 8) {
            std::memcpy(&word, at + i, 8);
            any |= word;
        }
        return (any & 0x8080808080808080u) == 0;
    }
    if (size >= 4) {
        std::uint32_t first, last;
        std::memcpy(&first, at, 4);
        std::memcpy(&last, at + size - 4, 4);
        return ((first | last) & 0x80808080u) == 0;
    }
    if (size == 0)
        return true;
    const int any = at[0] | at[size / 2] | at[size - 1];
    return (any & 0x80) == 0;
}

[[nodiscard]] inline bool isUtf8(std::string_view text) {
    return isAscii(text) || findInvalidUtf8(text) == std::string_view::npos;
}

/// At most `most` bytes (4 or more) of `text`: its beginning up to a whole character and an
/// ellipsis if it is longer. For what a sender wrote and a message repeats.
[[nodiscard]] std::string shortened(std::string_view text, std::size_t most = 512);

} // namespace sightglass
