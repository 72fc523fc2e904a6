// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <absl/container/flat_hash_map.h>

#include "core/model/batch.h"

namespace sightglass {

/// One sample line of a page. Its labels lie in Batch::attributes.
struct PageSample {
    double value = 0;
    TimeNs time = 0;
    std::uint64_t hash = 0; ///< sum of labelHash() of its labels, so their order does not matter
    Slice labels;
    std::uint32_t name = 0; ///< in Page::names
    bool hasTime = false;   ///< the page said `time`
};

/// A name that the page speaks of, in a sample or in metadata.
struct PageName {
    std::string_view text;
    std::string_view help;
    MetricType type = MetricType::Unknown;
    bool typed = false;      ///< a TYPE line says `type`; the last one holds
    std::vector<Slice> runs; ///< its samples, in Page::samples
};

/// What a page says, line by line, before families are made of it: the work between the line
/// parser and the family assembler. Names stand in the order they first appear.
struct Page {
    std::vector<PageName> names;
    std::vector<PageSample> samples;
    absl::flat_hash_map<std::string_view, std::uint32_t> index; ///< name to its place in `names`

    std::uint32_t intern(std::string_view name) {
        const auto [it, isNew] = index.try_emplace(name, static_cast<std::uint32_t>(names.size()));
        if (isNew)
            names.emplace_back().text = name;
        return it->second;
    }
    [[nodiscard]] std::optional<std::uint32_t> find(std::string_view name) const {
        const auto it = index.find(name);
        return it == index.end() ? std::nullopt : std::optional(it->second);
    }
};

/// Hashes for finding equal labels within one page. Quick rather than strong: whoever finds two
/// hashes equal compares the texts.
[[nodiscard]] inline std::uint64_t textHash(std::uint64_t seed, std::string_view text) {
    const auto mix = [](std::uint64_t h, std::uint64_t word) {
        h = (h ^ word) * 0x9E3779B97F4A7C15u;
        return h ^ h >> 29;
    };
    const auto load = []<class Word>(const char* at, Word) {
        Word word;
        std::memcpy(&word, at, sizeof word);
        return static_cast<std::uint64_t>(word);
    };
    constexpr std::uint64_t eight = 0;
    constexpr std::uint32_t four = 0;
    constexpr std::uint8_t one = 0;
    const char* at = text.data();
    std::size_t left = text.size();
    std::uint64_t h = mix(seed, left);
    for (; left >= 8; at += 8, left -= 8)
        h = mix(h, load(at, eight));
    if (text.size() >= 8) {
        // The last eight bytes, some of them for the second time.
        if (left != 0)
            h = mix(h, load(at + left - 8, eight));
    } else if (left >= 4) {
        h = mix(h, load(at, four) | load(at + left - 4, four) << 32);
    } else if (left != 0) {
        h = mix(h, load(at, one) | load(at + left / 2, one) << 8 | load(at + left - 1, one) << 16);
    }
    return h * 0xD6E8FEB86659FD93u;
}
[[nodiscard]] inline std::uint64_t keyHash(std::string_view key) {
    return textHash(0, key);
}
[[nodiscard]] inline std::uint64_t labelHash(std::uint64_t hashOfKey, std::string_view value) {
    return textHash(hashOfKey, value);
}

inline constexpr std::size_t noLabel = static_cast<std::size_t>(-1);

/// Whether two label lists say the same, in whatever order; entry `withoutA` of `a` and `withoutB`
/// of `b` do not count (noLabel: all count). Names are unique within each.
[[nodiscard]] bool sameLabels(std::span<const Attribute> a, std::size_t withoutA,
                              std::span<const Attribute> b, std::size_t withoutB);

} // namespace sightglass
