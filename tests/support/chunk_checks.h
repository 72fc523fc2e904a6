// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <string>

#include "core/store/sealed_chunk.h"

namespace sightglass::test {

/// Bits decide, but one NaN is as good as another where a sum came to none.
inline bool sameSum(double a, double b) {
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) || (a != a && b != b);
}
inline bool sameBits(double a, double b) {
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

/// The name of the first part in which two summaries differ; empty if they are equal.
inline std::string difference(const ChunkSummary& a, const ChunkSummary& b) {
    const Column &x = a.column, &y = b.column;
    if (x.count != y.count)
        return "count";
    if (x.stale != y.stale)
        return "stale";
    if (x.firstTime != y.firstTime || x.lastTime != y.lastTime)
        return "times";
    if (!sameBits(x.first, y.first) || !sameBits(x.last, y.last))
        return "first or last";
    if (!sameBits(x.min, y.min) || !sameBits(x.max, y.max))
        return "min or max";
    if (!sameSum(x.sum, y.sum))
        return "sum";
    if (!sameSum(x.increase, y.increase))
        return "increase";
    if (x.increaseOver != y.increaseOver)
        return "increaseOver";
    if (x.resets != y.resets)
        return "resets";
    return a.firstStart == b.firstStart ? "" : "firstStart";
}

/// What the points fold to, one by one.
template <class Block>
ChunkSummary plainSummary(const Block& block, Field field, bool delta) {
    ChunkSummary out;
    ColumnFold fold(delta);
    for (std::uint32_t i = 0; i < block.size(); ++i) {
        double value = 0;
        if (block.stale(i)) {
            fold.stale(out.column);
        } else if (block.real(i, field, value)) {
            if (out.column.count == 0)
                out.firstStart = block.startTime(i);
            fold.point(out.column, block.time(i), block.startTime(i), value);
        }
    }
    return out;
}

inline std::uint64_t bitsOf(const Number& number) {
    return number.isInteger ? static_cast<std::uint64_t>(number.integer)
                            : std::bit_cast<std::uint64_t>(number.real);
}

/// As a chunk keeps it: a stale point has no value of its own.
inline bool same(const Sample& a, const Sample& b) {
    return a.time == b.time && a.startTime == b.startTime && a.flags == b.flags &&
           (a.stale() ||
            (a.value.isInteger == b.value.isInteger && bitsOf(a.value) == bitsOf(b.value)));
}

/// Seals points, decodes them again and compares all that the chunk says. Says what is wrong;
/// empty if nothing is.
inline std::string roundTrip(std::span<const Sample> points, bool delta) {
    const SealedChunkPtr chunk = SealedChunk::seal(points, delta);
    if (chunk->size() != points.size())
        return "size";
    if (chunk->firstTime() != points.front().time || chunk->lastTime() != points.back().time)
        return "first or last time";
    NumberBlock block;
    chunk->decode(block);
    if (block.size() != points.size())
        return "size of the block";
    for (std::uint32_t i = 0; i < block.size(); ++i) {
        if (!same(block.sample(i), points[i]) || block.stale(i) != points[i].stale())
            return "point " + std::to_string(i);
    }
    return difference(chunk->summary(Field::Value), plainSummary(block, Field::Value, delta));
}

} // namespace sightglass::test
