// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/axes.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace sightglass;
using namespace sightglass::ui;

namespace {

UnitStyle styleOf(const char* unit) {
    return unitStyle(QString::fromLatin1(unit), QStringLiteral("m"), false);
}

} // namespace

TEST_CASE("a value axis has round ends around the line, and begins at zero where it can") {
    constexpr double mib = 1024.0 * 1024;
    struct Row {
        const char* name;
        double low, high;
        const char* unit;
        double first, last;
    };
    for (const Row& row :
         {Row{"bytes", 0.9 * mib, 3.5 * mib, "By", 0, 4 * mib},
          Row{"far from zero", 1000, 1040, "", 1000, 1040}, Row{"all negative", -9, -1, "", -10, 0},
          Row{"both sides", -3, 7, "", -5, 10}, Row{"constant zero", 0, 0, "", 0, 1},
          Row{"one value", 5, 5, "", 0, 6}, Row{"percent of 0..100", 3, 88, "%", 0, 100},
          Row{"nothing drawn", HUGE_VAL, -HUGE_VAL, "", 0, 1}}) {
        CAPTURE(std::string(row.name));
        const ValueAxis axis = valueAxis(row.low, row.high, 4, styleOf(row.unit));
        CHECK(axis.low == doctest::Approx(row.first));
        CHECK(axis.high == doctest::Approx(row.last));
        CHECK(axis.ticks.size() >= 2);
        CHECK(axis.ticks.size() <= 5);
    }
}

TEST_CASE("a value axis holds any range of doubles") {
    for (const double low : {-1e308, -1.0, 0.0, 1e-300, 1.7e9, 1e308}) {
        for (const double high : {-1e300, 0.0, 5e-324, 1.7e9 + 1e-6, 1e308}) {
            CAPTURE(low);
            CAPTURE(high);
            const ValueAxis axis = valueAxis(low, high, 4, {});
            CHECK(axis.high > axis.low);
            CHECK(axis.ticks.size() >= 2);
            CHECK(axis.ticks.size() <= 51);
        }
    }
}

TEST_CASE("a log axis has its ticks at powers of ten, of bytes at powers of two") {
    struct Row {
        const char* name;
        double low, high;
        const char* unit;
        QVector<double> ticks;
    };
    for (const Row& row : {Row{"decades", 3, 4000, "", {1, 10, 100, 1000, 10000}},
                           Row{"ends at powers", 1, 100, "", {1, 10, 100}},
                           Row{"one decade", 2, 7, "", {1, 2, 5, 10}},
                           Row{"many decades", 1e-6, 1e6, "", {1e-10, 1e-5, 1, 1e5, 1e10}},
                           Row{"bytes", 2048, 3000000, "By", {1024, 32768, 1048576, 33554432}},
                           Row{"milliseconds", 2, 30, "ms", {1, 10, 100}},
                           Row{"nothing above zero", HUGE_VAL, 0, "", {1, 2, 5, 10}}}) {
        CAPTURE(std::string(row.name));
        const ValueAxis axis = logAxis(row.low, row.high, 5, styleOf(row.unit));
        REQUIRE(axis.ticks.size() == row.ticks.size());
        for (int i = 0; i < row.ticks.size(); ++i)
            CHECK(axis.ticks[i] == doctest::Approx(row.ticks[i]));
        CHECK(axis.part(axis.low) == doctest::Approx(0));
        CHECK(axis.part(axis.high) == doctest::Approx(1));
        CHECK(axis.part(std::sqrt(axis.low * axis.high)) == doctest::Approx(0.5));
    }
    for (const double low : {5e-324, 1e-300, 1.0}) {
        const ValueAxis axis = logAxis(low, 1e308, 5, {});
        CHECK(axis.low > 0);
        CHECK(axis.high > axis.low);
        CHECK(axis.ticks.size() <= 10);
    }
}

TEST_CASE("time ticks are round and not too many at any span") {
    const TimeNs start = 1'700'000'123'456'789'000;
    for (TimeNs span = 20 * nsPerMs; span < 400LL * 24 * 3600 * nsPerSecond; span = span * 3 / 2) {
        CAPTURE(span);
        const auto ticks = timeTicks(start, start + span, 5);
        CHECK(ticks.size() >= 1);
        CHECK(ticks.size() <= 5);
        for (const TimeTick& tick : ticks) {
            CHECK(tick.time >= start);
            CHECK(tick.time <= start + span);
            CHECK_FALSE(tick.text.isEmpty());
        }
    }
    CHECK(timeTicks(start, start, 5).isEmpty());
}

TEST_CASE("time ticks say as much of the time as tells them apart") {
    const TimeNs start = 1'700'000'000 * nsPerSecond; // 22:13:20 UTC
    struct Row {
        TimeNs span;
        int colons;
    };
    for (const Row& row : {Row{nsPerSecond, 2}, Row{30 * nsPerSecond, 2}, Row{300 * nsPerSecond, 1},
                           Row{90'000 * nsPerSecond, 1}}) {
        for (const TimeTick& tick : timeTicks(start, start + row.span, 5)) {
            CAPTURE(tick.text.toStdString());
            CHECK(tick.text.count(':') == row.colons);
        }
    }
}
