// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/id_table.h"

#include <doctest/doctest.h>

#include <memory>

using namespace sightglass;

TEST_CASE("ids are never given again, and end") {
    constexpr std::uint32_t most = 2048;
    IdTable<SeriesId, int, most> table;
    for (std::uint32_t i = 0; i < most; ++i) {
        REQUIRE_FALSE(table.isFull());
        REQUIRE(table.next().value == i);
        table.add(std::make_shared<int>(static_cast<int>(i)));
        if (i % 2 == 0)
            table.remove(SeriesId{i});
    }
    CHECK(table.isFull());
    CHECK(table.find(SeriesId{0}) == nullptr);
    CHECK(*table.find(SeriesId{most - 1}) == static_cast<int>(most - 1));
    CHECK(table.find(table.next()) == nullptr);
}
