// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/batch.h"

#include <doctest/doctest.h>

using namespace sightglass;

TEST_CASE("rejections of one reason are one row with the first message") {
    Batch batch;
    batch.reject("invalid-utf8", 2, "first");
    batch.reject("duplicate-sample", 1, "other");
    batch.reject("invalid-utf8", 3, "second");
    REQUIRE(batch.rejections.size() == 2);
    CHECK(batch.rejections[0].points == 5);
    CHECK(batch.rejections[0].message == "first");
    CHECK(batch.rejectedPoints() == 6);
}

TEST_CASE("points of all pools count and weigh") {
    Batch batch;
    const std::size_t empty = batch.heapBytes();
    batch.numberPoints.resize(2);
    batch.histogramPoints.resize(1);
    batch.exponentialPoints.resize(1);
    batch.summaryPoints.resize(1);
    batch.body = std::make_shared<const std::string>(1000, 'x');
    CHECK(batch.pointCount() == 5);
    CHECK(batch.heapBytes() >= empty + 2 * sizeof(NumberPoint) + 1000);
}

TEST_CASE("text in an arena stays where it is when the arena grows and moves") {
    TextArena arena;
    std::vector<std::string_view> views;
    for (int i = 0; i < 2000; ++i)
        views.push_back(arena.copy("text-" + std::to_string(i)));
    const TextArena moved = std::move(arena);
    for (int i = 0; i < 2000; ++i)
        CHECK(views[static_cast<std::size_t>(i)] == "text-" + std::to_string(i));
    CHECK(moved.bytes() > 10'000);
}

TEST_CASE("a number keeps the type it was sent in") {
    constexpr std::int64_t big = (std::int64_t{1} << 53) + 1;
    const Number n = Number::of(big);
    CHECK(n.isInteger);
    CHECK(n.integer == big);
    CHECK(Number::of(0.5).asDouble() == 0.5);
    CHECK_FALSE(Number::of(0.5).isInteger);
}
