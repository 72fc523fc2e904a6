// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace sightglass {

/// Holds text that a codec had to make (unescaped, decoded), at addresses that never move, also
/// when the arena itself is moved. One thread at a time.
class TextArena {
  public:
    std::string_view copy(std::string_view text) {
        if (text.empty())
            return {};
        char* at = allocate(text.size());
        std::memcpy(at, text.data(), text.size());
        return {at, text.size()};
    }

    /// `size` bytes for the caller to write.
    char* allocate(std::size_t size) {
        if (size > m_left) {
            const std::size_t block = size > blockSize ? size : blockSize;
            m_blocks.push_back(std::make_unique<char[]>(block));
            m_next = m_blocks.back().get();
            m_left = block;
            m_bytes += block;
        }
        char* at = m_next;
        m_next += size;
        m_left -= size;
        return at;
    }

    [[nodiscard]] std::size_t bytes() const { return m_bytes; }

  private:
    static constexpr std::size_t blockSize = 4096;
    std::vector<std::unique_ptr<char[]>> m_blocks;
    char* m_next = nullptr;
    std::size_t m_left = 0;
    std::size_t m_bytes = 0;
};

} // namespace sightglass
