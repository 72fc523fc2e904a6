// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/model/value.h"

namespace sightglass {

/// Attribute keys in the order that a sender gives them; series of a metric mostly share one.
using KeyOrder = std::vector<std::string>;

/// The attributes of a series as they came last: a sender repeats them byte by byte, and to compare
/// with this touches a third of the memory that comparing with the sorted set would. The writer's
/// own.
///
/// The values lie in one array of 64-bit words, n = number of attributes:
///
///     word   0                   n
///          +-----+-----+-------+-----------------------+------------------------+---
///          | tag | tag | ...   | text of value 0, bare | 8 bytes of value 1     | ...
///          +-----+-----+-------+-----------------------+------------------------+---
///
/// A tag holds the kind in its upper half and the size in its lower one.
class ReceivedForm {
  public:
    ReceivedForm() = default;
    /// `shared` is taken for the keys if they are the same.
    ReceivedForm(std::span<const Attribute> attributes, std::shared_ptr<const KeyOrder> shared);

    /// Same keys and values in the same order.
    [[nodiscard]] bool repeats(std::span<const Attribute> attributes) const;
    [[nodiscard]] const std::shared_ptr<const KeyOrder>& keys() const { return m_keys; }
    /// Bytes on the heap; keys count with the form that brought them.
    [[nodiscard]] std::size_t heapBytes() const { return m_bytes; }
    /// Begins to load what repeats() will read.
    void prefetch() const {
        __builtin_prefetch(m_words.get());
        __builtin_prefetch(m_words.get() + 8);
        __builtin_prefetch(m_words.get() + 16);
    }

  private:
    std::unique_ptr<std::uint64_t[]> m_words;
    std::shared_ptr<const KeyOrder> m_keys;
    std::uint32_t m_bytes = 0;
};

/// As ==, for short texts.
[[nodiscard]] bool sameText(std::string_view a, std::string_view b);

} // namespace sightglass
