// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/catalog/families.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/unit/catalog/catalog_feed.h"

using namespace sightglass;
using test::CatalogFeed;

namespace {

const DescriptorView counter{"", "", "", MetricType::Sum, true, Temporality::Cumulative};
const DescriptorView gauge{"", "", "", MetricType::Gauge};

DescriptorView withUnit(DescriptorView descriptor, std::string_view unit) {
    descriptor.unit = unit;
    return descriptor;
}

/// "service/name: name on path 1, name on path 2" a family.
std::vector<std::string> grouped(const CatalogFeed& feed) {
    std::vector<std::string> out;
    for (const auto& family : groupFamilies(*feed.catalog.snapshot())) {
        std::string line = family->service + "/" + family->name + ":";
        for (const FamilyPath& path : family->paths)
            line += " " + path.name + "@" + std::to_string(path.origin.value);
        out.push_back(line);
    }
    return out;
}

using Lines = std::vector<std::string>;

} // namespace

TEST_CASE("metrics that translate to one name are one family, with a path an origin") {
    CatalogFeed feed;
    const auto first = feed.metric(feed.otlp, "http.requests", {{"host.name", "a"}}, counter);
    const auto second = feed.metric(feed.otlp, "http.requests", {{"host.name", "b"}}, counter);
    feed.series(first, {{"code", "200"}});
    feed.series(second, {{"code", "200"}});
    feed.pageSeries(feed.page, "http_requests_total", {});

    const auto families = groupFamilies(*feed.catalog.snapshot());
    REQUIRE(families.size() == 1);
    CHECK(families[0]->name == "http_requests_total");
    CHECK(families[0]->series == 3);
    REQUIRE(families[0]->paths.size() == 2);
    CHECK(families[0]->paths[0].metrics.size() == 2);
    CHECK(families[0]->paths[0].series == 2);
    CHECK(families[0]->paths[1].origin == feed.page);
}

TEST_CASE("a leftover is matched by its stripped name where only one candidate remains") {
    CatalogFeed feed;
    SUBCASE("one on each side") {
        feed.metric(feed.otlp, "heap.alloc", {}, withUnit(gauge, "By"));
        feed.metric(feed.page, "heap_alloc");
        CHECK(grouped(feed) == Lines{"/heap_alloc_bytes: heap_alloc_bytes@0 heap_alloc@1"});
    }
    SUBCASE("one on each of three sides") {
        feed.metric(feed.otlp, "heap.alloc", {}, withUnit(gauge, "By"));
        feed.metric(feed.page, "heap_alloc");
        feed.metric(feed.otherPage, "heap_alloc_total");
        CHECK(grouped(feed) == Lines{"/heap_alloc_bytes: heap_alloc_bytes@0 heap_alloc@1 "
                                     "heap_alloc_total@2"});
    }
    SUBCASE("the exact name wins, and what is left stays alone") {
        feed.metric(feed.page, "go_memstats_alloc_bytes");
        feed.metric(feed.page, "go_memstats_alloc_bytes_total");
        feed.metric(feed.otherPage, "go_memstats_alloc_bytes");
        CHECK(grouped(feed) == Lines{"/go_memstats_alloc_bytes: go_memstats_alloc_bytes@1 "
                                     "go_memstats_alloc_bytes@2",
                                     "/go_memstats_alloc_bytes_total: "
                                     "go_memstats_alloc_bytes_total@1"});
    }
    SUBCASE("two candidates are none") {
        feed.metric(feed.page, "alloc_bytes");
        feed.metric(feed.page, "alloc_bytes_total");
        feed.metric(feed.otherPage, "alloc");
        CHECK(grouped(feed).size() == 3);
    }
    SUBCASE("the exact pair is set aside first") {
        feed.metric(feed.page, "alloc_bytes");
        feed.metric(feed.page, "alloc_total");
        feed.metric(feed.otherPage, "alloc_bytes");
        feed.metric(feed.otherPage, "alloc");
        CHECK(grouped(feed) == Lines{"/alloc_bytes: alloc_bytes@1 alloc_bytes@2",
                                     "/alloc_total: alloc_total@1 alloc@2"});
    }
}

TEST_CASE("two names on one path are two families") {
    CatalogFeed feed;
    feed.metric(feed.page, "go_memstats_alloc_bytes");
    feed.metric(feed.page, "go_memstats_alloc_bytes_total");
    CHECK(grouped(feed).size() == 2);
}

TEST_CASE("a synthetic metric is a family of its own") {
    CatalogFeed feed;
    feed.metric(feed.page, "up", {}, gauge, true);
    feed.metric(feed.otherPage, "up", {}, gauge, true);
    feed.metric(feed.otlp, "up", {}, gauge);
    const auto families = groupFamilies(*feed.catalog.snapshot());
    REQUIRE(families.size() == 2);
    CHECK_FALSE(families[0]->synthetic);
    CHECK(families[1]->synthetic);
    CHECK(families[1]->paths.size() == 2);
}

TEST_CASE("a family stands under the service that any of its paths knows") {
    CatalogFeed feed;
    SUBCASE("service.name of a resource, also for the page that lost it") {
        feed.metric(feed.otlp, "x", {{"service.name", "shop"}}, gauge);
        feed.pageSeries(feed.page, "x", {});
        feed.pageSeries(feed.page, "y", {});
        CHECK(grouped(feed) == Lines{"/y: y@1", "shop/x: x@0 x@1"});
    }
    SUBCASE("a service_name label") {
        feed.pageSeries(feed.page, "x", {{"service_name", "shop"}});
        CHECK(grouped(feed) == Lines{"shop/x: x@1"});
    }
    SUBCASE("the job of target_info, without its namespace") {
        feed.pageSeries(feed.page, "target_info", {{"job", "prod/shop"}, {"instance", "1"}});
        feed.pageSeries(feed.page, "x", {});
        CHECK(grouped(feed) == Lines{"shop/target_info: target_info@1", "shop/x: x@1"});
    }
    SUBCASE("a job that the page sent") {
        feed.pageSeries(feed.page, "x", {{"job", "prod/shop"}});
        CHECK(grouped(feed) == Lines{"shop/x: x@1"});
    }
    SUBCASE("not the job that a scrape attached") {
        feed.series(feed.metric(feed.page, "x", {{"job", "scraped"}}));
        CHECK(grouped(feed) == Lines{"/x: x@1"});
    }
    SUBCASE("the surest source wins") {
        feed.metric(feed.otlp, "x", {{"service.name", "shop"}}, gauge);
        feed.pageSeries(feed.page, "x", {{"job", "collector"}});
        CHECK(grouped(feed) == Lines{"shop/x: x@0 x@1"});
    }
    SUBCASE("several services are none in particular") {
        feed.metric(feed.otlp, "x", {{"service.name", "shop"}}, gauge);
        feed.metric(feed.otlp, "x", {{"service.name", "mail"}}, gauge);
        CHECK(grouped(feed) == Lines{"/x: x@0"});
    }
}

TEST_CASE("a family is found by its name whatever its service") {
    CatalogFeed feed;
    feed.pageSeries(feed.page, "b", {{"service_name", "shop"}});
    feed.pageSeries(feed.page, "c", {{"service_name", "mail"}});
    feed.pageSeries(feed.page, "a", {});
    feed.metric(feed.page, "c", {}, gauge, true);
    const auto families = groupFamilies(*feed.catalog.snapshot());
    for (const char* name : {"a", "b", "c"}) {
        const auto found = findFamily(families, name);
        REQUIRE(found);
        CHECK(found->name == name);
        CHECK(found->synthetic == (found->service.empty() && found->name == "c"));
    }
    CHECK_FALSE(findFamily(families, "d"));
    CHECK_FALSE(findFamily({}, "a"));
}

TEST_CASE("grouping snapshot by snapshot keeps every family whose metrics did not change") {
    CatalogFeed feed;
    feed.pageSeries(feed.page, "heap_alloc", {});
    const auto other = feed.pageSeries(feed.page, "heap_idle", {}).metric;
    FamilyGrouper grouper;
    const Families before = grouper.update(feed.catalog.snapshot());
    feed.series(other, {{"pool", "eden"}});
    feed.pageSeries(feed.otherPage, "stack", {});
    const Families after = grouper.update(feed.catalog.snapshot());
    REQUIRE(after.size() == 3);
    CHECK(after[0] == before[0]);
    CHECK(after[1] != before[1]);
    CHECK(after[1]->series == 2);
    CHECK(after[2]->name == "stack");
}

TEST_CASE("grouping snapshot by snapshot ends as grouping the last one would") {
    const char* const names[] = {
        "heap_alloc", "heap_alloc_bytes", "heap_alloc_total", "target_info",
        "go_gc",      "go_gc_seconds"};
    const auto written = [](const Families& families) {
        Lines out;
        for (const auto& family : families) {
            std::string line = family->service + "/" + family->name +
                               (family->synthetic ? "!" : "") + " " +
                               std::to_string(family->series) + ":";
            for (const FamilyPath& path : family->paths) {
                line += " " + path.name + "@" + std::to_string(path.origin.value);
                for (const auto& metric : path.metrics)
                    line += "," + std::to_string(metric->info->id.value) + "x" +
                            std::to_string(metric->series);
            }
            out.push_back(line);
        }
        return out;
    };
    CatalogFeed feed;
    FamilyGrouper grouper;
    std::vector<SeriesInfo> series;
    std::uint32_t state = 12345;
    const auto roll = [&state](std::uint32_t sides) {
        state = state * 1664525 + 1013904223;
        return (state >> 8) % sides;
    };
    for (int step = 0; step < 400; ++step) {
        for (std::uint32_t i = roll(4); i > 0; --i) {
            if (roll(3) == 0 && !series.empty()) {
                const std::size_t at = roll(static_cast<std::uint32_t>(series.size()));
                feed.catalog.seriesRemoved(series[at]);
                feed.catalog.metricRemoved(series[at].metric->id);
                std::erase_if(series, [id = series[at].metric->id](const SeriesInfo& info) {
                    return info.metric->id == id;
                });
                continue;
            }
            const OriginId origins[] = {feed.otlp, feed.page, feed.otherPage};
            const OriginId origin = origins[roll(3)];
            const bool synthetic = roll(6) == 0;
            DescriptorView descriptor = roll(2) == 0 ? gauge : counter;
            descriptor.unit = roll(3) == 0 ? "By" : "";
            const auto metric = feed.metric(origin, names[roll(6)],
                                            {{"service.name", roll(2) == 0 ? "shop" : "mail"}},
                                            descriptor, synthetic);
            series.push_back(feed.series(
                metric, {{"job", "prod/" + std::to_string(roll(2))}, {"instance", "1"}}));
        }
        if (!series.empty() && roll(3) == 0) {
            // The same metric described anew, as when its help text or unit came to be known.
            auto info = std::make_shared<MetricInfo>(
                *series[roll(static_cast<std::uint32_t>(series.size()))].metric);
            info->descriptor.unit = roll(2) == 0 ? "s" : "By";
            feed.catalog.metricChanged(info, 1);
        }
        const auto snapshot = feed.catalog.snapshot();
        REQUIRE(written(grouper.update(snapshot)) == written(groupFamilies(*snapshot)));
    }
    CHECK(series.size() > 20);
}
