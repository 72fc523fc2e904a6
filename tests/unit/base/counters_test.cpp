// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/counters.h"

#include <doctest/doctest.h>

using namespace sightglass;

TEST_CASE("one name and label set is one counter, rows stand by name then labels") {
    CounterRegistry registry;
    registry.counter("b_total", "B.", CounterKind::Traffic).add(2);
    registry.counter("a_total", "A.", CounterKind::Drop, {{"reason", "z"}}).add();
    registry.counter("a_total", "other help", CounterKind::Traffic, {{"reason", "c"}}).add(3);
    registry.counter("a_total", "A.", CounterKind::Drop, {{"reason", "z"}}).add();

    const auto rows = registry.rows();
    REQUIRE(rows.size() == 3);
    CHECK(rows[0].labels == CounterRegistry::Labels{{"reason", "c"}});
    CHECK(rows[0].help == "A.");
    CHECK(rows[1].value == 2);
    CHECK(rows[2].name == "b_total");
    CHECK(registry.sum(CounterKind::Drop) == 5);
}
