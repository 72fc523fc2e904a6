// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/fingerprint.h"
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
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return fingerprintOf(text).low; }
    };
    using Counts = absl::flat_hash_map<std::string, std::uint32_t, TextHash, std::equal_to<>>;

    // Most keys of most metrics have one value: it lies in the entry, the map is made for a second.
    struct Key {
        std::string name;
        std::uint32_t series = 0;
        std::uint32_t exampleSeries = 0;
        std::uint32_t untoldSeries = 0; ///< series whose value came beyond the limit
        std::string example;
        std::unique_ptr<Counts> others;
    };
    void add(Key& key, std::string_view value) const;
    static void remove(Key& key, std::string_view value);

    std::uint32_t m_valueLimit;
    std::vector<Key> m_keys; ///< sorted by name, as sets are: the two are walked side by side
};

} // namespace sightglass
