// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <compare>
#include <cstdint>
#include <string_view>

namespace sightglass {

/// 128 bits that stand for some bytes: XXH3 with a seed that each process draws anew, so that
/// nobody outside can make two texts meet. Equal fingerprints are taken for equal bytes: among 2^32
/// different ones the odds of a single meeting are about 2^-65. Never stored beyond the process.
struct Fingerprint {
    std::uint64_t low = 0, high = 0;

    /// False of a default-made one, which stands for nothing.
    [[nodiscard]] explicit operator bool() const { return (low | high) != 0; }
    friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
    friend auto operator<=>(const Fingerprint&, const Fingerprint&) = default;

    /// The sum of two: of many, the same in any order.
    friend Fingerprint operator+(Fingerprint a, Fingerprint b) {
        const std::uint64_t low = a.low + b.low;
        return {low, a.high + b.high + (low < a.low ? 1 : 0)};
    }

    template <class H>
    friend H AbslHashValue(H h, const Fingerprint& f) {
        return H::combine(std::move(h), f.low);
    }
};

/// `tag` keeps bytes of one meaning apart from the same bytes of another.
[[nodiscard]] Fingerprint fingerprintOf(std::string_view bytes, std::uint64_t tag = 0);

} // namespace sightglass
