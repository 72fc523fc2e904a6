// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/posting_list.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

using namespace sightglass;

namespace {

using Ids = std::vector<std::uint32_t>;

Ids idsOf(const PostingView& view) {
    Ids out;
    view.read(out);
    return out;
}

Ids walked(const PostingView& view) {
    Ids out;
    for (PostingCursor cursor(view); !cursor.atEnd(); cursor.next())
        out.push_back(cursor.id());
    return out;
}

Ids ascending(std::size_t count, std::uint32_t gapMost, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    Ids out;
    std::uint32_t id = static_cast<std::uint32_t>(random() % 1000);
    for (std::size_t i = 0; i < count; ++i) {
        out.push_back(id);
        id += 1 + static_cast<std::uint32_t>(random() % gapMost);
    }
    return out;
}

} // namespace

TEST_CASE("a posting list gives back its ids, however many and however far apart") {
    struct Row {
        std::size_t count;
        std::uint32_t gapMost;
    };
    const std::vector<Row> rows{{0, 1},    {1, 1},         {2, 1},        {2, 3'000'000'000u},
                                {9, 1},    {10, 130},      {700, 20'000}, {1001, 1},
                                {1002, 1}, {5000, 17'000}, {50'000, 3}};
    for (const Row& row : rows) {
        CAPTURE(row.count);
        const Ids ids = ascending(row.count, row.gapMost, row.count);
        PostingList list;
        std::size_t grown = 0;
        for (const std::uint32_t id : ids)
            grown += static_cast<std::size_t>(list.append(id));
        CHECK(list.count() == ids.size());
        CHECK(idsOf(list.view()) == ids);
        CHECK(walked(list.view()) == ids);
        CHECK(grown == list.heapBytes());
    }
}

TEST_CASE("a list of one takes nothing from the heap, a long dense one little more than a byte an "
          "id") {
    PostingList list;
    list.append(7);
    CHECK(list.heapBytes() == 0);
    for (std::uint32_t id = 8; id < 100'000; ++id)
        list.append(id);
    CHECK(list.heapBytes() < 107'000);
}

TEST_CASE("a view keeps what it saw while the list grows, is replaced or goes") {
    PostingList list;
    std::vector<std::pair<PostingView, Ids>> seen;
    const Ids ids = ascending(3000, 200, 5);
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (i % 37 == 0)
            seen.emplace_back(list.view(), Ids(ids.begin(), ids.begin() + static_cast<long>(i)));
        list.append(ids[i]);
    }
    list = {};
    CHECK(list.count() == 0);
    for (const auto& [view, expected] : seen)
        CHECK(idsOf(view) == expected);
}

TEST_CASE("a cursor finds the first id from a given one on, over blocks and within them") {
    for (const std::size_t count : {1, 2, 40, 4000}) {
        const Ids ids = ascending(count, 900, count);
        PostingList list;
        for (const std::uint32_t id : ids)
            list.append(id);
        const PostingView view = list.view();
        for (const std::uint32_t step : {1u, 7u, 5'000u, 400'000u}) {
            PostingCursor cursor(view);
            for (std::uint32_t wanted = 0; wanted < ids.back() + step; wanted += step) {
                cursor.seek(wanted);
                const auto expected = std::lower_bound(ids.begin(), ids.end(), wanted);
                REQUIRE(cursor.atEnd() == (expected == ids.end()));
                if (!cursor.atEnd())
                    REQUIRE(cursor.id() == *expected);
            }
        }
    }
}
