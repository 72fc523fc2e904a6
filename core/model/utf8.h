// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string_view>

namespace sightglass {

/// Length in bytes (1 to 4) of the well-formed UTF-8 sequence that `text` begins with, 0 if it
/// begins with none (Unicode 15, table 3-7: no overlong forms, no surrogates, at most U+10FFFF).
[[nodiscard]] std::size_t utf8SequenceLength(std::string_view text);

/// Offset of the first byte that is not well-formed UTF-8, or npos if all of it is.
[[nodiscard]] std::size_t findInvalidUtf8(std::string_view text);

[[nodiscard]] inline bool isUtf8(std::string_view text) {
    return findInvalidUtf8(text) == std::string_view::npos;
}

} // namespace sightglass
