// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/catalog/catalog.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <thread>

#include "core/catalog/label_tally.h"
#include "tests/unit/catalog/catalog_feed.h"

using namespace sightglass;
using test::CatalogFeed;

namespace {

const CatalogOrigin& originOf(const CatalogSnapshot& snapshot, OriginId id) {
    for (const CatalogOrigin& origin : snapshot.origins) {
        if (origin.origin.id == id)
            return origin;
    }
    FAIL("no such origin");
    return snapshot.origins.front();
}

} // namespace

TEST_CASE("an empty catalog has an empty snapshot, and it is one and the same") {
    CatalogFeed feed;
    const auto first = feed.catalog.snapshot();
    CHECK(first->metrics.empty());
    CHECK(first->origins.empty());
    CHECK(feed.catalog.snapshot() == first);
}

TEST_CASE("metrics stand by origin, then name, with their label keys") {
    CatalogFeed feed;
    feed.pageSeries(feed.page, "b", {{"code", "200"}});
    const auto requests = feed.metric(feed.page, "a");
    feed.series(requests, {{"code", "200"}, {"method", "GET"}});
    feed.series(requests, {{"code", "500"}});
    feed.series(feed.metric(feed.otlp, "z"));

    const auto snapshot = feed.catalog.snapshot();
    REQUIRE(snapshot->metrics.size() == 3);
    CHECK(snapshot->series == 4);
    CHECK(snapshot->metrics[0]->info->descriptor.name == "z");
    CHECK(snapshot->metrics[2]->info->descriptor.name == "b");
    const CatalogMetric& a = *snapshot->metrics[1];
    CHECK(a.info == requests);
    CHECK(a.series == 2);
    REQUIRE(a.labelKeys.size() == 2);
    CHECK(a.labelKeys[0].key == "code");
    CHECK(a.labelKeys[0].series == 2);
    CHECK(a.labelKeys[0].values == 2);
    CHECK(a.labelKeys[1].key == "method");
    CHECK(a.labelKeys[1].values == 1);
    CHECK(a.labelKeys[1].example == "GET");
    CHECK(originOf(*snapshot, feed.page).metrics == 2);
    CHECK(originOf(*snapshot, feed.page).series == 3);
}

TEST_CASE("a snapshot shares what did not change and never changes itself") {
    CatalogFeed feed;
    feed.pageSeries(feed.page, "a", {});
    const auto b = feed.metric(feed.page, "b");
    const SeriesInfo old = feed.series(b, {{"k", "1"}});
    const auto before = feed.catalog.snapshot();
    const std::uint64_t generation = feed.catalog.generation();

    feed.series(b, {{"k", "2"}});
    feed.catalog.seriesRemoved(old);
    const auto after = feed.catalog.snapshot();
    CHECK(feed.catalog.generation() > generation);
    CHECK(after->generation == feed.catalog.generation());
    CHECK(after->metrics[0] == before->metrics[0]);
    CHECK(after->metrics[1] != before->metrics[1]);
    CHECK(after->metrics[1]->labelKeys[0].example == "2");
    CHECK(before->metrics[1]->labelKeys[0].example == "1");
}

TEST_CASE("points move lastSeen, once a second, and not the generation") {
    CatalogFeed feed;
    const SeriesInfo series = feed.pageSeries(feed.page, "a", {});
    feed.catalog.pointsWritten(series.metric->id, 100 * nsPerSecond);
    const auto first = feed.catalog.snapshot();
    CHECK(first->metrics[0]->lastSeen == 100 * nsPerSecond);
    CHECK(first->metrics[0]->firstSeen == 1);

    feed.catalog.pointsWritten(series.metric->id, 100 * nsPerSecond + 1);
    CHECK(feed.catalog.snapshot() == first);
    feed.catalog.pointsWritten(series.metric->id, 101 * nsPerSecond);
    const auto second = feed.catalog.snapshot();
    CHECK(second->generation == first->generation);
    CHECK(second->metrics[0]->lastSeen == 101 * nsPerSecond);
    CHECK(originOf(*second, feed.page).lastSeen == 101 * nsPerSecond);
    CHECK(feed.catalog.snapshot() == second);
}

TEST_CASE("a removed metric leaves the next snapshot; a changed description keeps its place") {
    CatalogFeed feed;
    const SeriesInfo a = feed.pageSeries(feed.page, "a", {});
    const SeriesInfo b = feed.pageSeries(feed.page, "b", {});
    CHECK(feed.catalog.snapshot()->metrics.size() == 2);

    feed.catalog.seriesRemoved(a);
    feed.catalog.metricRemoved(a.metric->id);
    auto changed = std::make_shared<MetricInfo>(*b.metric);
    changed->descriptor.description = "new";
    feed.catalog.metricChanged(changed, 5);
    const auto snapshot = feed.catalog.snapshot();
    REQUIRE(snapshot->metrics.size() == 1);
    CHECK(snapshot->metrics[0]->info->descriptor.description == "new");
    CHECK(snapshot->metrics[0]->series == 1);
    CHECK(snapshot->metrics[0]->firstSeen == 1);
    CHECK(snapshot->series == 1);
    CHECK(originOf(*snapshot, feed.page).metrics == 1);
}

TEST_CASE("resource labels of a page are those that every series carries with one value") {
    CatalogFeed feed;
    feed.pageSeries(feed.page, "a", {{"host", "box"}, {"code", "200"}, {"zone", "1"}});
    feed.pageSeries(feed.page, "b", {{"host", "box"}, {"code", "500"}});
    const SeriesInfo bare = feed.pageSeries(feed.page, "c", {});
    CHECK(originOf(*feed.catalog.snapshot(), feed.page).resourceLabels.empty());

    SUBCASE("counted anew when a series goes") {
        feed.catalog.seriesRemoved(bare);
        CHECK(originOf(*feed.catalog.snapshot(), feed.page).resourceLabels ==
              Labels{{"host", "box"}});
    }
    SUBCASE("plus those of the one target_info") {
        const auto info = feed.metric(feed.page, "target_info");
        feed.series(info, {{"job", "shop"}, {"instance", "i"}, {"os_type", "linux"}});
        CHECK(originOf(*feed.catalog.snapshot(), feed.page).resourceLabels ==
              Labels{{"os_type", "linux"}});
        feed.series(info, {{"job", "other"}, {"os_type", "linux"}});
        CHECK(originOf(*feed.catalog.snapshot(), feed.page).resourceLabels.empty());
    }
}

TEST_CASE("job, instance, synthetic metrics and info metrics make no resource label") {
    CatalogFeed feed;
    const Labels own = {{"host", "box"}, {"instance", "i"}, {"job", "j"}, {"origin", "o"}};
    feed.pageSeries(feed.page, "a", own);
    feed.series(feed.metric(feed.page, "up", {}, {}, true));
    feed.pageSeries(feed.page, "otel_scope_info", {{"otel_scope_name", "x"}});
    feed.series(feed.metric(feed.otlp, "a", {{"service.name", "shop"}}), {{"host", "box"}});

    const auto snapshot = feed.catalog.snapshot();
    CHECK(originOf(*snapshot, feed.page).resourceLabels == Labels{{"host", "box"}});
    CHECK(originOf(*snapshot, feed.otlp).resourceLabels.empty());
    CHECK(originOf(*snapshot, feed.page).metrics == 3);
}

TEST_CASE(
    "distinct values are told apart up to the limit, and the count stays right on the way back") {
    LabelTally tally(3);
    const auto set = [](int i) { return test::attributeSet({{"k", std::to_string(i)}}); };
    for (int i = 0; i < 5; ++i)
        tally.add(set(i));
    REQUIRE(tally.rows().size() == 1);
    CHECK(tally.rows()[0].series == 5);
    CHECK(tally.rows()[0].values == 3);

    tally.remove(set(0));
    tally.remove(set(1));
    tally.remove(set(3));
    tally.remove(set(4));
    CHECK(tally.rows()[0].series == 1);
    CHECK(tally.rows()[0].values == 1);
    CHECK(tally.rows()[0].example == "2");
    tally.remove(set(2));
    CHECK(tally.rows().empty());
}

TEST_CASE("values beyond the limit never pass for one value") {
    LabelTally tally(2);
    const auto set = [](int i) { return test::attributeSet({{"k", std::to_string(i)}}); };
    for (int i = 0; i < 4; ++i)
        tally.add(set(i));
    tally.remove(set(0));
    tally.remove(set(1));
    CHECK(tally.rows()[0].series == 2);
    CHECK(tally.rows()[0].values == 2);
}

TEST_CASE("a snapshot taken while the writer goes on is one moment") {
    CatalogFeed feed;
    {
        const std::jthread reader([&feed](const std::stop_token& stop) {
            std::uint64_t generation = 0;
            while (!stop.stop_requested()) {
                const auto snapshot = feed.catalog.snapshot();
                std::uint32_t series = 0;
                for (const auto& metric : snapshot->metrics)
                    series += metric->series;
                CHECK(series == snapshot->series);
                CHECK(snapshot->generation >= generation);
                generation = snapshot->generation;
            }
        });
        for (int i = 0; i < 2000; ++i) {
            const SeriesInfo series =
                feed.pageSeries(feed.page, "m" + std::to_string(i), {{"k", std::to_string(i)}});
            feed.catalog.pointsWritten(series.metric->id, i * nsPerSecond);
            if (i % 3 == 0) {
                feed.catalog.seriesRemoved(series);
                feed.catalog.metricRemoved(series.metric->id);
            }
        }
    }
    const auto snapshot = feed.catalog.snapshot();
    CHECK(snapshot->generation == feed.catalog.generation());
    CHECK(snapshot->metrics.size() == 2000 - 667);
    CHECK(std::is_sorted(snapshot->metrics.begin(), snapshot->metrics.end(),
                         [](const auto& a, const auto& b) {
                             return a->info->descriptor.name < b->info->descriptor.name;
                         }));
}

TEST_CASE("a tally takes very many keys of one series in a moment, and keeps them sorted") {
    std::vector<std::string> keys;
    for (int i = 0; i < 200'000; ++i)
        keys.push_back("k" + std::to_string(i));
    std::vector<Attribute> few, many;
    for (const std::string& key : keys) {
        many.push_back({key, Value::string("v")});
        if (key.ends_with("77"))
            few.push_back(many.back());
    }
    const AttributeSet some(few.data(), few.size()), all(many.data(), many.size());
    LabelTally tally(4);
    tally.add(some);
    tally.add(all);
    const auto rows = tally.rows();
    REQUIRE(rows.size() == keys.size());
    CHECK(std::ranges::is_sorted(rows, {}, &LabelTally::Row::key));
    CHECK(std::ranges::count(rows, 2u, &LabelTally::Row::series) == 2000);
    tally.remove(all);
    CHECK(tally.rows().size() == few.size());
    tally.remove(some);
    CHECK(tally.rows().empty());
}
