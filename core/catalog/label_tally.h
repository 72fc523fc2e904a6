// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/value.h"

namespace sightglass {

/// Counts which label keys and values a set of series carries, while series come and go. Belongs
/// to whoever counts (a metric, an origin of the Catalog) and is guarded by its lock. Values are
/// told apart up to `valueLimit` a key; series with a value beyond that are only counted, so the
/// memory of a key is bounded whatever its cardinality.
class LabelTally {
  public:
    explicit LabelTally(std::uint32_t valueLimit) : m_valueLimit(valueLimit) {}

    void add(const AttributeSet& attributes);
    /// `attributes` must have been added before.
    void remove(const AttributeSet& attributes);

    struct Row {
        std::string_view key;
        std::uint32_t series;
        std::uint32_t values; ///< distinct, at most valueLimit
        std::string_view example;
    };
    /// All keys, sorted; the views live until the next change.
    [[nodiscard]] std::vector<Row> rows() const;

  private:
    // Most keys of most metrics have one value: it lies in the entry, the map is made for a second.
    struct Key {
        std::uint32_t series = 0;
        std::uint32_t exampleSeries = 0;
        std::uint32_t untoldSeries = 0; ///< series whose value came beyond the limit
        std::string example;
        std::unique_ptr<std::map<std::string, std::uint32_t, std::less<>>> others;
    };

    std::uint32_t m_valueLimit;
    std::map<std::string, Key, std::less<>> m_keys;
};

} // namespace sightglass
