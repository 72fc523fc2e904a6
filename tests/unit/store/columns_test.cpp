// SPDX-License-Identifier: GPL-3.0-or-later
#include <doctest/doctest.h>

#include <array>
#include <limits>

#include "core/store/columns.h"
#include "tests/support/store_feed.h"

using namespace sightglass;
using test::BatchMaker;
using test::StoreFeed;

namespace {

constexpr DescriptorView counter{"c", "", "", MetricType::Sum, true, Temporality::Cumulative};
constexpr DescriptorView delta{"d", "", "", MetricType::Sum, true, Temporality::Delta};

struct TimedValue {
    TimeNs time;
    double value;
    TimeNs startTime = 0;
};
/// Stands for a stale marker.
constexpr double ended = -12345;

StoreFeed& fill(StoreFeed& feed, const DescriptorView& descriptor,
                const std::vector<TimedValue>& values) {
    BatchMaker maker;
    maker.metric(descriptor);
    for (const TimedValue& v : values) {
        if (v.value == ended)
            maker.stale(v.time);
        else
            maker.number(v.time, v.value).startTime = v.startTime;
    }
    REQUIRE(feed.write(maker).accepted == values.size());
    return feed;
}

std::vector<Column> columnsOf(const StoreFeed& feed, TimeRange range, std::size_t count,
                              Field field = Field::Value) {
    std::vector<Column> out(count);
    feed.store.columns(feed.onlySeries(), field, range, out);
    return out;
}

} // namespace

TEST_CASE("a column knows first, min, max, last, sum and count of its points") {
    StoreFeed feed;
    fill(feed, {"g", "", "", MetricType::Gauge}, {{10, 3}, {12, 1}, {14, 9}, {16, 4}, {20, 7}});
    const auto columns = columnsOf(feed, {10, 30}, 2);
    CHECK(columns[0].count == 4);
    CHECK(columns[0].firstTime == 10);
    CHECK(columns[0].lastTime == 16);
    CHECK(columns[0].first == 3);
    CHECK(columns[0].min == 1);
    CHECK(columns[0].max == 9);
    CHECK(columns[0].last == 4);
    CHECK(columns[0].sum == 17);
    CHECK(columns[1].count == 1); // the border belongs to the later column
    CHECK(columns[1].first == 7);
}

TEST_CASE("increase is corrected for resets and counts from the point before the column") {
    StoreFeed feed;
    fill(feed, counter, {{5, 100}, {10, 110}, {15, 130}, {20, 7}, {25, 9}, {35, 10}});
    const auto columns = columnsOf(feed, {10, 40}, 3);
    CHECK(columns[0].increase == 30); // 100 -> 110 -> 130
    CHECK(columns[0].increaseOver == 10);
    CHECK(columns[0].resets == 0);
    CHECK(columns[1].increase == 9); // 130 -> 7 -> 9
    CHECK(columns[1].increaseOver == 10);
    CHECK(columns[1].resets == 1);
    CHECK(columns[2].increase == 1);
    CHECK(columns[2].increaseOver == 10);

    const auto whole = columnsOf(feed, {0, 40}, 1);
    CHECK(whole[0].increase == 10 + 20 + 7 + 2 + 1);
    CHECK(whole[0].increaseOver == 30);
    const auto first = columnsOf(feed, {0, 5}, 1);
    CHECK(first[0].increase == 0);
    CHECK(first[0].increaseOver == 0);
}

TEST_CASE("each value of a delta metric is a rise of its own") {
    StoreFeed feed;
    fill(feed, delta, {{10, 5, 0}, {20, 3, 10}, {30, 4, 20}});
    const auto columns = columnsOf(feed, {5, 35}, 3);
    CHECK(columns[0].increase == 5);
    CHECK(columns[1].increase == 3);
    CHECK(columns[1].increaseOver == 10);
    CHECK(columns[2].resets == 0);
    CHECK(columnsOf(feed, {15, 35}, 1)[0].increase == 7);
}

TEST_CASE("a stale marker ends the line, also in a column without points") {
    StoreFeed feed;
    fill(feed, {"g", "", "", MetricType::Gauge},
         {{10, 1}, {11, ended}, {20, 2}, {21, ended}, {22, 3}, {30, ended}});
    const auto columns = columnsOf(feed, {10, 40}, 3);
    CHECK(columns[0].stale);
    CHECK(columns[0].count == 1);
    CHECK_FALSE(columns[1].stale); // it came back
    CHECK(columns[1].count == 2);
    CHECK(columns[2].stale);
    CHECK(columns[2].count == 0);
}

TEST_CASE("NaN is a value, but no rise and no extreme where there is a number") {
    StoreFeed feed;
    const double nan = std::numeric_limits<double>::quiet_NaN();
    fill(feed, counter, {{1, nan}, {2, 5}, {3, nan}, {4, 9}, {5, 12}});
    const auto columns = columnsOf(feed, {0, 10}, 1);
    CHECK(columns[0].count == 5);
    CHECK(columns[0].min == 5);
    CHECK(columns[0].max == 12);
    CHECK(columns[0].increase == 3);
    CHECK(columns[0].resets == 0);
}

TEST_CASE("histograms chart their count and sum") {
    StoreFeed feed;
    BatchMaker maker;
    maker.metric({"h", "", "", MetricType::Histogram, false, Temporality::Cumulative});
    maker.histogram(10, {1}, {1, 1}, 3);
    maker.histogram(20, {1}, {2, 4}, 9);
    maker.histogram(30, {1}, {4, 4}, 0).hasSum = false;
    feed.write(maker);
    const auto counts = columnsOf(feed, {0, 40}, 1, Field::Count);
    CHECK(counts[0].increase == 6);
    CHECK(counts[0].last == 8);
    const auto sums = columnsOf(feed, {0, 40}, 1, Field::Sum);
    CHECK(sums[0].count == 2);
    CHECK(sums[0].increase == 6);
    CHECK(columnsOf(feed, {0, 40}, 1)[0].count == 0);
}

TEST_CASE("odd ranges") {
    StoreFeed feed;
    fill(feed, counter, {{10, 1}, {20, 2}, {30, 3}});
    SUBCASE("one moment falls into the last column") {
        const auto columns = columnsOf(feed, {20, 20}, 3);
        CHECK(columns[0].count == 0);
        CHECK(columns[2].count == 1);
        CHECK(columns[2].increase == 1);
    }
    SUBCASE("the end belongs to the last column") {
        CHECK(columnsOf(feed, {10, 30}, 2)[1].count == 2);
    }
    SUBCASE("more columns than nanoseconds") {
        const auto columns = columnsOf(feed, {10, 20}, 100);
        CHECK(columns[0].count == 1);
        CHECK(columns[99].count == 1);
    }
    SUBCASE("all of time") {
        CHECK(columnsOf(feed, {}, 3)[1].count == 3);
    }
    SUBCASE("backwards") {
        CHECK(columnsOf(feed, {30, 10}, 2)[0].count == 0);
    }
    SUBCASE("before and after all points") {
        CHECK(columnsOf(feed, {0, 9}, 1)[0].count == 0);
        CHECK(columnsOf(feed, {31, 99}, 1)[0].count == 0);
    }
}

TEST_CASE("the grid is exact: a column's last time is in it, and the next is not") {
    constexpr TimeNs low = std::numeric_limits<TimeNs>::min();
    constexpr TimeNs high = std::numeric_limits<TimeNs>::max();
    const std::array<TimeRange, 5> ranges = {
        {{0, 100}, {-7, 7}, {low, high}, {low, low + 3}, {high - 1000, high}}};
    for (const TimeRange range : ranges) {
        for (const std::size_t count : {1u, 2u, 3u, 7u, 1000u}) {
            const ColumnGrid grid(range, count);
            CHECK(grid.indexOf(range.from) == 0);
            CHECK(grid.indexOf(range.to) == count - 1);
            CHECK(grid.lastOf(count - 1) == range.to);
            for (TimeNs time = range.from;;) {
                const std::size_t index = grid.indexOf(time);
                const TimeNs last = grid.lastOf(index);
                REQUIRE(last >= time);
                REQUIRE(grid.indexOf(last) == index);
                if (last == range.to)
                    break;
                REQUIRE(grid.indexOf(last + 1) > index);
                time = last + 1;
            }
        }
    }
}
