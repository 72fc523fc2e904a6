// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

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

template <class Record>
bool sameHead(const Record& a, const Record& b) {
    return a.time == b.time && a.startTime == b.startTime && a.flags == b.flags &&
           a.count == b.count && a.hasSum == b.hasSum && sameBits(a.sum, b.sum);
}
template <class Record>
bool sameExtremes(const Record& a, const Record& b) {
    return a.hasMin == b.hasMin && a.hasMax == b.hasMax && sameBits(a.min, b.min) &&
           sameBits(a.max, b.max);
}
inline bool same(const HistogramSample& a, const HistogramSample& b) {
    return sameHead(a, b) && sameExtremes(a, b) && a.bounds == b.bounds &&
           a.bucketCounts == b.bucketCounts;
}
inline bool same(const ExponentialHistogramSample& a, const ExponentialHistogramSample& b) {
    return sameHead(a, b) && sameExtremes(a, b) && a.scale == b.scale &&
           a.zeroCount == b.zeroCount && sameBits(a.zeroThreshold, b.zeroThreshold) &&
           a.positiveOffset == b.positiveOffset && a.negativeOffset == b.negativeOffset &&
           a.positiveCounts == b.positiveCounts && a.negativeCounts == b.negativeCounts;
}
inline bool same(const SummarySample& a, const SummarySample& b) {
    return sameHead(a, b) && a.hasCount == b.hasCount && a.quantileTexts == b.quantileTexts &&
           std::ranges::equal(a.quantiles, b.quantiles, [](Quantile x, Quantile y) {
               return sameBits(x.quantile, y.quantile) && sameBits(x.value, y.value);
           });
}

template <class Point>
struct BlockOf {
    using Type = RecordBlock<Point>;
    static constexpr Field fields[] = {Field::Count, Field::Sum};
};
template <>
struct BlockOf<Sample> {
    using Type = NumberBlock;
    static constexpr Field fields[] = {Field::Value};
};

/// Seals points, decodes them again and compares all that the chunk says. Says what is wrong;
/// empty if nothing is.
template <class Point>
std::string roundTrip(std::span<const Point> points, bool delta) {
    const SealedChunkPtr chunk = SealedChunk::seal(points, delta);
    if (chunk->size() != points.size())
        return "size";
    if (chunk->firstTime() != points.front().time || chunk->lastTime() != points.back().time)
        return "first or last time";
    typename BlockOf<Point>::Type block;
    chunk->decode(block);
    if (block.size() != points.size())
        return "size of the block";
    for (std::uint32_t i = 0; i < block.size(); ++i) {
        if (!same(block.sample(i), points[i]) || block.stale(i) != points[i].stale())
            return "point " + std::to_string(i);
    }
    for (const Field field : BlockOf<Point>::fields) {
        const std::string wrong =
            difference(chunk->summary(field), plainSummary(block, field, delta));
        if (!wrong.empty())
            return wrong;
    }
    return "";
}
template <class Point>
std::string roundTrip(const std::vector<Point>& points, bool delta) {
    return roundTrip(std::span<const Point>(points), delta);
}

} // namespace sightglass::test
