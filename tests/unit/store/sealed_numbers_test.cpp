// SPDX-License-Identifier: GPL-3.0-or-later
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <thread>
#include <vector>

#include "tests/support/chunk_checks.h"

using namespace sightglass;
using test::roundTrip;

namespace {

constexpr TimeNs noon = 1'700'000'000'123'000'000;

/// Numbers that are the same on each run.
class Dice {
  public:
    explicit Dice(std::uint64_t seed) : m_engine(seed) {}
    std::uint64_t bits() { return m_engine(); }
    std::uint64_t below(std::uint64_t n) { return m_engine() % n; }
    std::int64_t between(std::int64_t low, std::int64_t high) {
        return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low) + 1));
    }
    double unit() { return static_cast<double>(m_engine() >> 11) * 0x1p-53; }

  private:
    std::mt19937_64 m_engine;
};

Sample sampleAt(TimeNs time, Number value) {
    Sample out;
    out.time = time;
    out.value = value;
    return out;
}

/// `count` points a second apart, more or less.
std::vector<Sample> jittered(Dice& dice, std::size_t count,
                             const std::function<Number(std::size_t)>& value) {
    std::vector<Sample> out;
    for (std::size_t i = 0; i < count; ++i)
        out.push_back(sampleAt(
            noon + static_cast<TimeNs>(i) * nsPerSecond + dice.between(-3, 3) * nsPerMs, value(i)));
    return out;
}

double realOfBits(std::uint64_t bits) {
    return std::bit_cast<double>(bits);
}

constexpr double infinity = std::numeric_limits<double>::infinity();

double oddReal(Dice& dice) {
    const double odd[] = {0.0,
                          -0.0,
                          infinity,
                          -infinity,
                          std::numeric_limits<double>::quiet_NaN(),
                          realOfBits(0x7ff8dead'beef0001u),
                          realOfBits(0xfff00000'00000001u),
                          realOfBits(0x7ff00000'00000002u), // Prometheus' stale marker
                          5e-324,
                          -2.2250738585072014e-308,
                          std::numeric_limits<double>::max(),
                          9007199254740993.0,
                          2251799813685248.0,
                          -2251799813685249.0,
                          0.1 + 0.2,
                          1e22,
                          123456.789e3};
    return odd[dice.below(std::size(odd))];
}

using Values = std::function<Number(std::size_t)>;

/// A kind of series, chosen at random.
Values valuesOf(Dice& dice) {
    switch (dice.below(16)) {
    case 0: {
        const Number constant =
            dice.below(2) ? Number::of(dice.between(-5, 100000)) : Number::of(oddReal(dice));
        return [constant](std::size_t) { return constant; };
    }
    case 1: {
        auto counter = std::make_shared<std::int64_t>(dice.between(0, 1000));
        const std::int64_t most = dice.between(0, 5000);
        return [&dice, counter, most](std::size_t) {
            return Number::of(*counter += dice.between(0, most));
        };
    }
    case 2: {
        auto counter = std::make_shared<std::int64_t>(0);
        return [&dice, counter](std::size_t) {
            if (dice.below(40) == 0)
                *counter = 0;
            return Number::of(static_cast<double>(*counter += dice.between(0, 90)));
        };
    }
    case 3: {
        auto walk = std::make_shared<std::int64_t>(dice.between(-100000, 100000));
        const double power = std::pow(10.0, static_cast<double>(dice.below(7)));
        return [&dice, walk, power](std::size_t) {
            return Number::of(static_cast<double>(*walk += dice.between(-100, 100)) / power);
        };
    }
    case 4:
        return [&dice](std::size_t) { return Number::of(dice.unit()); };
    case 5:
        return [&dice](std::size_t) { return Number::of(realOfBits(dice.bits())); };
    case 6:
        return [&dice](std::size_t) { return Number::of(static_cast<std::int64_t>(dice.bits())); };
    case 7:
        return [&dice](std::size_t) { return Number::of(oddReal(dice)); };
    case 8:
        return [&dice](std::size_t) {
            const std::int64_t extremes[] = {INT64_MIN, INT64_MAX, 0, -1, 1, INT64_MIN + 1};
            return Number::of(extremes[dice.below(6)]);
        };
    case 9:
        return [&dice](std::size_t i) {
            return dice.below(2) ? Number::of(static_cast<std::int64_t>(i))
                                 : Number::of(static_cast<double>(i));
        };
    case 10: {
        auto held = std::make_shared<double>(dice.unit());
        return [&dice, held](std::size_t) {
            if (dice.below(15) == 0)
                *held = dice.unit() * 1000;
            return Number::of(*held);
        };
    }
    case 11: // pages of memory
        return [&dice](std::size_t) { return Number::of(dice.between(0, 200) * 4096); };
    case 12: // was a float once
        return [&dice](std::size_t) {
            return Number::of(static_cast<double>(static_cast<float>(dice.unit())));
        };
    case 13: {
        const std::int64_t step = dice.between(-7, 7);
        return [step](std::size_t i) { return Number::of(step * static_cast<std::int64_t>(i)); };
    }
    case 14: {
        auto sum = std::make_shared<double>(0);
        return [&dice, sum](std::size_t) { return Number::of(*sum += dice.unit()); };
    }
    default:
        return [&dice](std::size_t i) {
            return dice.below(30) == 0
                       ? Number::of(oddReal(dice))
                       : Number::of(static_cast<double>(dice.between(0, 999) +
                                                        static_cast<std::int64_t>(i)) /
                                    8);
        };
    }
}

std::vector<TimeNs> timesOf(Dice& dice, std::size_t count) {
    std::vector<TimeNs> out(count);
    const TimeNs units[] = {1, 1000, nsPerMs, nsPerSecond};
    const TimeNs unit = units[dice.below(4)];
    switch (dice.below(6)) {
    case 0: // anywhere
        for (TimeNs& time : out)
            time = static_cast<TimeNs>(dice.bits());
        break;
    case 1: // at once
        std::fill(out.begin(), out.end(), static_cast<TimeNs>(dice.bits()));
        break;
    case 2: // now and then nothing for long
        for (TimeNs time = noon; TimeNs & at : out)
            at = time += unit * (dice.below(30) == 0 ? 5000 : 15) + dice.between(0, 2) * unit;
        break;
    case 3: // all there are
        for (TimeNs& time : out)
            time = std::numeric_limits<TimeNs>::min() + static_cast<TimeNs>(dice.below(3));
        out.back() = std::numeric_limits<TimeNs>::max();
        break;
    default:
        for (std::size_t i = 0; i < count; ++i)
            out[i] = noon + (static_cast<TimeNs>(i) * 1000 + dice.between(-3, 3)) * unit;
    }
    std::sort(out.begin(), out.end());
    return out;
}

std::vector<Sample> anySeries(Dice& dice, std::size_t count) {
    const Values values = valuesOf(dice);
    const std::vector<TimeNs> times = timesOf(dice, count);
    const std::uint64_t starts = dice.below(6), flags = dice.below(6), stales = dice.below(5);
    const auto shared = static_cast<TimeNs>(dice.below(2) ? noon - 77 * nsPerSecond
                                                          : static_cast<TimeNs>(dice.bits()));
    TimeNs start = shared;
    std::vector<Sample> out;
    for (std::size_t i = 0; i < count; ++i) {
        Sample sample = sampleAt(times[i], values(i));
        if (starts == 1)
            sample.startTime = shared;
        if (starts == 2)
            sample.startTime = i > 0 ? times[i - 1] : shared;
        if (starts == 3)
            sample.startTime = dice.below(20) == 0 ? start = times[i] : start;
        if (starts == 4)
            sample.startTime = static_cast<TimeNs>(dice.bits());
        if (flags == 1)
            sample.flags = 2;
        if (flags == 2)
            sample.flags = static_cast<std::uint32_t>(dice.bits()) & ~noRecordedValueFlag;
        if (stales == 1 && dice.below(20) == 0)
            sample.flags |= noRecordedValueFlag;
        if (stales == 2 && (dice.below(3) != 0 || i + 5 > count))
            sample.flags |= noRecordedValueFlag;
        out.push_back(sample);
    }
    if (stales == 3 && dice.below(8) == 0) {
        for (Sample& sample : out)
            sample.flags |= noRecordedValueFlag;
    }
    return out;
}

std::size_t packedBytes(const std::vector<Sample>& points) {
    REQUIRE(roundTrip(points, false) == "");
    // A series holds a pointer to it.
    return SealedChunk::seal(points, false)->bytes() + sizeof(SealedChunkPtr);
}

} // namespace

TEST_CASE(
    "whatever the points, a sealed chunk gives them back to the bit and knows their summary") {
    for (std::uint64_t seed = 0; seed < 20000; ++seed) {
        Dice dice(seed);
        const std::size_t count =
            dice.below(4) == 0 ? 1 + dice.below(sealedPointsMost) : sealedPointsUsual;
        const std::vector<Sample> points = anySeries(dice, count);
        const bool delta = dice.below(3) == 0;
        const std::string wrong = roundTrip(points, delta);
        if (wrong.empty())
            continue;
        FAIL_CHECK("seed " << seed << ": " << wrong);
        break;
    }
}

TEST_CASE("each count of points from one on can be sealed") {
    for (std::size_t count = 1; count <= sealedPointsMost; ++count) {
        Dice dice(count);
        const auto points =
            jittered(dice, count, [&dice](std::size_t) { return Number::of(dice.between(0, 99)); });
        CHECK(roundTrip(points, false) == "");
    }
}

TEST_CASE("points of a second's grid with a jitter of 3 ms take few bytes") {
    Dice dice(7);
    struct Row {
        const char* what;
        std::function<Number(std::size_t)> value;
        double most; ///< bytes a sample
    };
    std::int64_t counter = 1'234'567, walk = 54'321;
    const Row rows[] = {
        {"integer counter", [&](std::size_t) { return Number::of(counter += dice.between(0, 15)); },
         1.4},
        {"gauge of 2 decimals",
         [&](std::size_t) {
             return Number::of(static_cast<double>(walk += dice.between(-100, 100)) / 100);
         },
         2.0},
        {"constant integer", [](std::size_t) { return Number::of(std::int64_t{42}); }, 0.8},
        {"constant of 2 decimals", [](std::size_t) { return Number::of(12.34); }, 0.8},
        {"random double", [&](std::size_t) { return Number::of(dice.unit() * 100 - 50); }, 8.8},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        const double bytes =
            static_cast<double>(packedBytes(jittered(dice, sealedPointsUsual, row.value)));
        CHECK(bytes / sealedPointsUsual <= row.most);
    }
}

TEST_CASE("a few odd points among good ones cost little more than themselves") {
    Dice dice(11);
    std::int64_t walk = 54'321;
    auto points = jittered(dice, sealedPointsUsual, [&](std::size_t) {
        return Number::of(static_cast<double>(walk += dice.between(-100, 100)) / 100);
    });
    const std::size_t good = packedBytes(points);
    points[20].flags = noRecordedValueFlag;
    points[119].flags = noRecordedValueFlag;
    CHECK(packedBytes(points) <= good + 32);
    points[40].value = Number::of(std::numeric_limits<double>::quiet_NaN());
    points[41].value = Number::of(1.0 / 3);
    points[60].value = Number::of(std::int64_t{7});
    CHECK(packedBytes(points) <= good + 32 + 96);
}

TEST_CASE("a gap in the times and a reset of a counter do not widen the chunk") {
    Dice dice(13);
    std::int64_t counter = 1'000'000;
    const auto count = [&](std::size_t) { return Number::of(counter += dice.between(0, 15)); };
    auto points = jittered(dice, sealedPointsUsual, count);
    const std::size_t good = packedBytes(points);
    for (std::size_t i = 50; i < points.size(); ++i) {
        points[i].time += 3600 * nsPerSecond;
        points[i].value.integer -= 1'000'300;
    }
    CHECK(packedBytes(points) <= good + 48);
}

TEST_CASE("start times that follow the time before are nearly free") {
    Dice dice(17);
    auto points = jittered(dice, sealedPointsUsual,
                           [&](std::size_t) { return Number::of(dice.between(0, 15)); });
    const std::size_t without = packedBytes(points);
    points[0].startTime = points[0].time - nsPerSecond;
    for (std::size_t i = 1; i < points.size(); ++i)
        points[i].startTime = points[i - 1].time;
    CHECK(packedBytes(points) <= without + 16);
}

TEST_CASE("a sealed chunk lives until its last holder is gone, on whichever thread") {
    Dice dice(19);
    const auto points = jittered(dice, sealedPointsUsual,
                                 [&](std::size_t) { return Number::of(dice.between(0, 15)); });
    SealedChunkPtr chunk = SealedChunk::seal(points, false);
    std::vector<std::thread> readers;
    for (int i = 0; i < 4; ++i) {
        readers.emplace_back([chunk, &points] {
            for (int j = 0; j < 1000; ++j) {
                const SealedChunkPtr copy = chunk;
                CHECK(copy->lastTime() == points.back().time);
            }
        });
    }
    SealedChunkPtr moved = std::move(chunk);
    CHECK(!chunk);
    moved = SealedChunkPtr();
    for (std::thread& reader : readers)
        reader.join();
}
