// SPDX-License-Identifier: GPL-3.0-or-later
#include <doctest/doctest.h>

#include <limits>
#include <memory>
#include <random>
#include <vector>

#include "tests/support/chunk_checks.h"

using namespace sightglass;
using test::roundTrip;

namespace {

constexpr TimeNs noon = 1'700'000'000'123'000'000;
constexpr double infinity = std::numeric_limits<double>::infinity();

/// Numbers that are the same on each run.
class Dice {
  public:
    explicit Dice(std::uint64_t seed) : m_engine(seed) {}
    std::uint64_t bits() { return m_engine(); }
    std::uint64_t below(std::uint64_t n) { return m_engine() % n; }
    bool oneIn(std::uint64_t n) { return below(n) == 0; }
    double unit() { return static_cast<double>(m_engine() >> 11) * 0x1p-53; }
    /// Now and then as odd as can be.
    double real() {
        const double odd[] = {0.0, -0.0, infinity, std::numeric_limits<double>::quiet_NaN(),
                              std::bit_cast<double>(bits())};
        if (oneIn(12))
            return odd[below(5)];
        return oneIn(3) ? unit() : static_cast<double>(below(100000)) / 1000;
    }
    std::uint64_t count() { return oneIn(50) ? bits() : oneIn(3) ? 0 : below(1000); }

  private:
    std::mt19937_64 m_engine;
};

using Bounds = std::shared_ptr<const HistogramBounds>;

Bounds boundsOf(std::vector<double> bounds) {
    return std::make_shared<const HistogramBounds>(HistogramBounds{std::move(bounds), {}});
}

template <class Record>
void setHead(Dice& dice, std::uint64_t shape, std::size_t i, const Record* before, Record& out) {
    out.time = before ? before->time + static_cast<TimeNs>(dice.below(7) * nsPerMs) + nsPerSecond
                      : noon + static_cast<TimeNs>(dice.below(1000));
    out.startTime = shape % 3 == 0   ? 0
                    : shape % 3 == 1 ? noon - nsPerSecond
                    : before         ? before->time
                                     : noon - 5;
    out.flags = shape % 4 == 0 && dice.oneIn(10) ? noRecordedValueFlag : shape % 5 == 0 ? 6u : 0u;
    out.count = before && !dice.oneIn(20) ? before->count + dice.below(50) : dice.count();
    out.sum = before && !dice.oneIn(5) ? before->sum + static_cast<double>(i) : dice.real();
    out.hasSum = shape % 7 != 0 && !dice.oneIn(40);
}

void setBuckets(Dice& dice, std::vector<std::uint64_t>& counts, std::size_t size) {
    counts.resize(size);
    for (std::uint64_t& count : counts)
        if (dice.oneIn(4))
            count += dice.count();
}

std::vector<HistogramSample> histograms(Dice& dice, std::size_t count) {
    const std::uint64_t shape = dice.below(420);
    const Bounds sets[] = {nullptr, boundsOf({0.1, 1, 10}), boundsOf({5}), boundsOf({})};
    const std::uint64_t changes = dice.oneIn(3) ? 10 : 100000;
    std::vector<HistogramSample> out(count);
    Bounds bounds = sets[dice.below(4)];
    for (std::size_t i = 0; i < count; ++i) {
        if (i > 0)
            out[i] = out[i - 1];
        HistogramSample& v = out[i];
        setHead(dice, shape, i, i > 0 ? &out[i - 1] : nullptr, v);
        if (dice.oneIn(changes))
            bounds = dice.oneIn(3) ? boundsOf({dice.unit()}) : sets[dice.below(4)];
        v.bounds = bounds;
        v.hasMin = dice.below(2) != 0;
        v.hasMax = !v.hasMin;
        v.min = dice.oneIn(4) ? dice.real() : v.min;
        v.max = dice.oneIn(4) ? dice.real() : v.max;
        setBuckets(dice, v.bucketCounts,
                   dice.oneIn(changes) || !bounds ? 0 : bounds->bounds.size() + 1);
        if (shape % 2 == 0) {
            v.count = 0;
            for (const std::uint64_t bucket : v.bucketCounts)
                v.count += bucket;
        }
    }
    return out;
}

std::vector<ExponentialHistogramSample> exponentialHistograms(Dice& dice, std::size_t count) {
    const std::uint64_t shape = dice.below(420);
    std::vector<ExponentialHistogramSample> out(count);
    for (std::size_t i = 0; i < count; ++i) {
        if (i > 0)
            out[i] = out[i - 1];
        ExponentialHistogramSample& v = out[i];
        setHead(dice, shape, i, i > 0 ? &out[i - 1] : nullptr, v);
        if (dice.oneIn(15)) {
            v.scale = static_cast<std::int32_t>(dice.below(30)) - 10;
            v.zeroThreshold = dice.real();
        }
        if (dice.oneIn(10)) {
            const std::int32_t extremes[] = {INT32_MIN, INT32_MAX, 0};
            v.positiveOffset =
                dice.oneIn(5) ? extremes[dice.below(3)]
                              : v.positiveOffset / 2 + static_cast<std::int32_t>(dice.below(9)) - 4;
            v.negativeOffset = dice.oneIn(5) ? extremes[dice.below(3)] : 3;
        }
        v.zeroCount += dice.below(3);
        v.hasMin = dice.oneIn(2);
        v.min = dice.real();
        v.max = v.hasMax ? dice.real() : 0;
        const std::size_t positives = dice.oneIn(8) ? dice.below(160) : v.positiveCounts.size();
        setBuckets(dice, v.positiveCounts, positives);
        setBuckets(dice, v.negativeCounts, dice.oneIn(8) ? dice.below(9) : v.negativeCounts.size());
        if (shape % 2 == 0) {
            v.count = v.zeroCount;
            for (const auto* counts : {&v.positiveCounts, &v.negativeCounts})
                for (const std::uint64_t bucket : *counts)
                    v.count += bucket;
        }
    }
    return out;
}

std::vector<SummarySample> summaries(Dice& dice, std::size_t count) {
    const std::uint64_t shape = dice.below(420);
    const auto texts =
        std::make_shared<const std::vector<std::string>>(std::vector<std::string>{"0.5", "0.99"});
    std::vector<SummarySample> out(count);
    for (std::size_t i = 0; i < count; ++i) {
        if (i > 0)
            out[i] = out[i - 1];
        SummarySample& v = out[i];
        setHead(dice, shape, i, i > 0 ? &out[i - 1] : nullptr, v);
        v.hasCount = !dice.oneIn(20);
        if (i == 0 || dice.oneIn(30)) {
            v.quantiles.resize(dice.below(6));
            for (Quantile& quantile : v.quantiles)
                quantile.quantile = dice.real();
            v.quantileTexts = dice.oneIn(2) ? texts : nullptr;
        }
        for (Quantile& quantile : v.quantiles)
            quantile.value = dice.oneIn(3) ? dice.real() : quantile.value;
    }
    return out;
}

template <class Make>
void checkAll(Make make) {
    for (std::uint64_t seed = 0; seed < 3000; ++seed) {
        Dice dice(seed);
        const std::size_t count =
            dice.oneIn(4) ? 1 + dice.below(sealedPointsMost) : sealedPointsUsual;
        const auto points = make(dice, count);
        const std::string wrong = roundTrip(points, dice.oneIn(3));
        if (wrong.empty())
            continue;
        FAIL_CHECK("seed " << seed << ": " << wrong);
        break;
    }
}

} // namespace

TEST_CASE("sealed histograms come back to the bit, whatever becomes of bounds and buckets") {
    checkAll(histograms);
}

TEST_CASE("sealed exponential histograms come back to the bit, whatever becomes of their scale") {
    checkAll(exponentialHistograms);
}

TEST_CASE("sealed summaries come back to the bit, whatever becomes of their quantiles") {
    checkAll(summaries);
}

TEST_CASE("a histogram that grows by a few counts takes a few bytes") {
    Dice dice(1);
    const Bounds bounds = boundsOf({1, 2, 5, 10, 20, 50, 100, 200, 500, 1000});
    HistogramSample v;
    v.bounds = bounds;
    v.bucketCounts.assign(11, 100'000);
    v.hasSum = true;
    std::vector<HistogramSample> points;
    for (std::size_t i = 0; i < sealedPointsUsual; ++i) {
        v.time = noon + static_cast<TimeNs>(i) * nsPerSecond;
        for (int request = 0; request < 3; ++request)
            ++v.bucketCounts[dice.below(5)];
        v.count = 0;
        for (const std::uint64_t count : v.bucketCounts)
            v.count += count;
        v.sum += static_cast<double>(dice.below(10'000)) / 1000;
        points.push_back(v);
    }
    REQUIRE(roundTrip(points, false) == "");
    CHECK(SealedChunk::seal(points, false)->bytes() <= sealedPointsUsual * 12);
}

TEST_CASE("a sealed chunk holds the bounds of its histograms as long as it lives") {
    Bounds bounds = boundsOf({1});
    const std::weak_ptr<const HistogramBounds> watched = bounds;
    std::vector<HistogramSample> points(3);
    for (HistogramSample& v : points)
        v.bounds = bounds;
    SealedChunkPtr chunk = SealedChunk::seal(points, false);
    points.clear();
    bounds.reset();
    CHECK(!watched.expired());
    chunk = SealedChunkPtr();
    CHECK(watched.expired());
}

TEST_CASE("a block that held another chunk shows nothing of it") {
    Dice dice(3);
    RecordBlock<HistogramSample> block;
    for (int round = 0; round < 20; ++round) {
        const auto points = histograms(dice, 1 + dice.below(20));
        SealedChunk::seal(points, false)->decode(block);
        REQUIRE(block.size() == points.size());
        for (std::uint32_t i = 0; i < block.size(); ++i)
            CHECK(test::same(block.sample(i), points[i]));
    }
}
