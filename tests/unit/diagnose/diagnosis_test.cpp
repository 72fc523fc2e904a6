// SPDX-License-Identifier: GPL-3.0-or-later
#include <doctest/doctest.h>

#include <set>

#include "core/catalog/families.h"
#include "core/diagnose/diagnosis.h"
#include "core/diagnose/rules.h"

namespace sightglass {

namespace {

/// A catalog without data and one target, whose health a test changes.
struct World {
    CatalogSnapshot catalog;
    std::vector<TargetHealth> targets;
    Diagnosis diagnosis;

    explicit World(bool up = false) {
        Origin origin;
        origin.id = OriginId{0};
        origin.kind = OriginKind::Scrape;
        origin.detail = "http://127.0.0.1:1/metrics";
        CatalogOrigin entry;
        entry.origin = origin;
        catalog.origins.push_back(entry);
        targets.push_back({origin.id, origin.detail, up, up ? "" : "refused", up ? 0u : 1u, 0});
    }

    std::shared_ptr<const FindingsSnapshot> run(TimeNs now, TimeNs scraped) {
        targets.front().time = scraped;
        return diagnosis.run({.catalog = catalog,
                              .families = {},
                              .targets = targets,
                              .requestedPairs = {},
                              .now = now});
    }
};

constexpr TimeNs second = nsPerSecond;

} // namespace

TEST_CASE("a finding keeps its first time and moves its last") {
    World world;
    const auto first = world.run(10 * second, 10 * second);
    REQUIRE(first->findings.size() == 1);
    CHECK(first->errors == 1);
    const auto later = world.run(20 * second, 20 * second);
    REQUIRE(later->findings.size() == 1);
    CHECK(later->generation > first->generation);
    CHECK(later->findings[0]->firstSeen == 10 * second);
    CHECK(later->findings[0]->lastSeen == 20 * second);
}

TEST_CASE("nothing is published while nothing changes") {
    World world;
    const auto first = world.run(10 * second, 10 * second);
    CHECK(world.run(10 * second + 1, 10 * second + 1) == first);
    CHECK(world.run(12 * second, 10 * second) == first);
}

TEST_CASE("a finding that is no longer found is resolved, kept, and not counted") {
    World world;
    (void)world.run(10 * second, 10 * second);
    world.targets.front().up = true;
    const auto after = world.run(11 * second, 11 * second);
    CHECK(after->errors == 0);
    REQUIRE(after->findings.size() == 1);
    CHECK(after->findings[0]->resolved);
    CHECK(after->findings[0]->lastSeen == 10 * second);

    world.targets.front().up = false;
    const auto again = world.run(30 * second, 30 * second);
    CHECK(again->errors == 1);
    REQUIRE(again->findings.size() == 1);
    CHECK_FALSE(again->findings[0]->resolved);
    CHECK(again->findings[0]->firstSeen == 10 * second);
}

TEST_CASE("a change of health is told at once, within the second that lists rest") {
    World world(true);
    CHECK(world.run(10 * second, 10 * second)->errors == 0);
    world.targets.front().up = false;
    world.targets.front().error = "refused";
    CHECK(world.run(10 * second + 1, 10 * second + 1)->errors == 1);
}

TEST_CASE("every rule is described, and called what the design calls it") {
    std::set<std::string_view> ids;
    for (const Rule* rule : allRules()) {
        const RuleInfo& info = rule->info();
        ids.insert(info.id);
        CHECK(info.id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") ==
              std::string_view::npos);
        CHECK_FALSE(info.group.empty());
        CHECK_FALSE(info.explanation.empty());
        CHECK_FALSE(info.remedy.empty());
        CHECK(info.reference.starts_with("https://"));
    }
    CHECK(ids == std::set<std::string_view>{"type-mismatch", "missing-resource-labels",
                                            "label-set-differs", "unit-mismatch", "help-mismatch",
                                            "target-down"});
}

} // namespace sightglass
