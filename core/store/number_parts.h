// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "core/model/series_reader.h"
#include "core/store/point_blocks.h"
#include "core/store/time_packing.h"

namespace sightglass {

/// Points that are to be packed, taken apart: times, the numbers that are packed together, and the
/// odd points that are told one by one (see NumberPacking). Lives while a chunk is sealed.
class NumberParts {
  public:
    using Numbers = std::array<std::uint64_t, sealedPointsMost>;
    using Reals = std::array<double, sealedPointsMost>;

    /// Kinds of numbers besides decimals, whose kind is their exponent.
    static constexpr unsigned integers = 14, reals = 15;

    struct Odd {
        std::uint8_t index;
        std::uint8_t mark; ///< NumberBlock::Mark
        std::uint64_t bits;
    };

    explicit NumberParts(std::span<const Sample> points);

    [[nodiscard]] bool hasValues() const { return valuedCount > 0; }

    PointTimes times;
    Numbers numbers; ///< of the points that are not odd
    std::uint32_t mainCount = 0;
    unsigned kind = integers;
    std::array<Odd, sealedPointsMost> odd; ///< by index
    std::uint32_t oddCount = 0;
    bool oddHasValue = false;
    Reals values; ///< of all points that have one
    std::uint32_t valuedCount = 0;
    std::uint32_t firstValued = 0, lastValued = 0; ///< indices

  private:
    class DecimalSearch;

    void gather(std::span<const Sample> points, bool mostAreIntegers);
    /// `all`: no point was odd so far.
    void toDecimals(const DecimalSearch& search, bool all);

    // Of the points that are not odd, if some are.
    Reals m_mainReals;
    std::array<std::uint8_t, sealedPointsMost> m_places;
};

/// What a fold makes of values, see ColumnFold.
struct FoldedValues {
    double first = 0, last = 0, min = 0, max = 0, sum = 0, increase = 0;
    std::uint32_t resets = 0;
};

/// Equals a ColumnFold of the values to the bit. `count > 0`.
[[nodiscard]] FoldedValues foldValues(const NumberParts::Reals& values, std::uint32_t count,
                                      bool delta);

} // namespace sightglass
