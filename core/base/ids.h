// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace sightglass {

/// A 32-bit index that cannot be mixed up with another kind of index. The all-ones value means
/// "none", so a default-constructed id is never a valid one.
template <class Tag>
struct Id {
    static constexpr std::uint32_t none = 0xffffffffu;
    std::uint32_t value = none;

    [[nodiscard]] constexpr bool valid() const { return value != none; }
    friend constexpr auto operator<=>(Id, Id) = default;

    template <class H>
    friend H AbslHashValue(H h, Id id) {
        return H::combine(std::move(h), id.value);
    }
};

using OriginId = Id<struct OriginTag>;
using MetricId =
    Id<struct MetricTag>; ///< one descriptor of one scope of one resource of one origin
using SeriesId = Id<struct SeriesTag>;

} // namespace sightglass

template <class Tag>
struct std::hash<sightglass::Id<Tag>> {
    std::size_t operator()(sightglass::Id<Tag> id) const noexcept { return id.value; }
};
