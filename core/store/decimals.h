// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <bit>
#include <cstdint>

namespace sightglass {

// Doubles as integers: number / 10^e, which is the double nearest to the decimal fraction and so
// the very one that a text of these digits is read as. All loops over these vectorize on every
// machine.

inline constexpr unsigned largestExponent = 13;
inline constexpr std::array<double, largestExponent + 1> powersOfTen{
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13};

/// 1.5 * 2^52: a double in this range has the step 1, so that adding it rounds to an integer, which
/// is then found in its low bits.
inline constexpr double roundingBias = 6755399441055744.0;
/// Numbers are below it, and above its negative or at it.
inline constexpr std::uint64_t decimalRange = std::uint64_t{1} << 51;

[[nodiscard]] inline double decimalOf(std::uint64_t number, double power) {
    constexpr auto biasBits = std::bit_cast<std::uint64_t>(roundingBias);
    return (std::bit_cast<double>(number + biasBits) - roundingBias) / power;
}

/// Sets the number that comes closest to `value`. 0 if decimalOf gives the very bits again.
[[nodiscard]] inline std::uint64_t decimalMisfit(double value, double power,
                                                 std::uint64_t& number) {
    constexpr auto biasBits = std::bit_cast<std::uint64_t>(roundingBias);
    number = std::bit_cast<std::uint64_t>(value * power + roundingBias) - biasBits;
    const double again = decimalOf(number, power);
    return (std::bit_cast<std::uint64_t>(again) ^ std::bit_cast<std::uint64_t>(value)) |
           (number + decimalRange) / (2 * decimalRange);
}

} // namespace sightglass
