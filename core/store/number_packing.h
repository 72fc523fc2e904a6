// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>

#include "core/store/columns.h"
#include "core/store/point_blocks.h"
#include "core/store/time_packing.h"

namespace sightglass {

/// What a sealed chunk of numbers holds behind its header: its times (see PackedTimes), and then
///
///     odd      if any: count (byte); for each: index and "has a value" (a byte), and if it has
///              one, its mark (byte) and its bits (8 bytes). Behind them, if there is any point
///              with a value: time of the first such - first time, last time - time of the last
///              such, first time - start time of the first such (signed varints, ns)
///     summary  see below
///     values   offsets  run of the m numbers
///              steps    first number (signed varint), run of the m-1 differences
///              xors     first number (8 bytes), run of the m-1 numbers xor the one before
///
/// Odd points are those that are stale, of the rarer type (of int64 and double), or cannot be
/// written the way of the others. The m others are all one of
///
///     integers  number = value
///     decimals  number = value * 10^e, where number / 10^e gives the very bits again
///     reals     number = the bits of the double; as offsets: sign moved to the end, in order of
///               magnitude, so that numbers near each other have bits near each other
///
/// The summary is one of two, of the points with a value, m of them:
///
///     by number  (integers and decimals, no odd point with a value) which of the following are not
///                zero (a bit each); first - min, max - last (varints); sum of the m numbers less
///                m * first, and the rise of the numbers less last - first (signed varints), each
///                followed by how many doubles lie between it and what a fold of the values gives;
///                resets (varint); last - first (signed varint)
///     by value   first, last, min, max, sum, increase (8 bytes each); resets (varint)
///
/// So what comes out equals a ColumnFold of the points to the bit. Pure functions; the points of
/// one chunk at a time.
class NumberPacking {
  public:
    /// Bytes that a chunk never exceeds.
    static constexpr std::size_t bytesMost =
        PackedTimes::bytesMost + packedRunMost + sealedPointsMost * 10 + 256;

    /// Writes from `at` on, and may touch 8 bytes more than it says it wrote. The layout word says
    /// how to read it.
    static std::uint8_t* put(std::uint8_t* at, std::span<const Sample> points, bool delta,
                             std::uint16_t& layout);

    [[nodiscard]] static ChunkSummary summary(const std::uint8_t* at, std::uint16_t layout,
                                              std::uint32_t count, TimeNs firstTime);
    static void decode(const std::uint8_t* at, std::uint16_t layout, std::uint32_t count,
                       TimeNs firstTime, NumberBlock& out);
};

} // namespace sightglass
