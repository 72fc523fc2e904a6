// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/demo/demo_traffic.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "core/codec/exposition/exposition.h"

using namespace sightglass;

namespace {

constexpr TimeNs began = 1'700'000'000 * nsPerSecond;

/// The batch that a scraper makes of a page.
Batch scraped(const Batch& page) {
    RawRecord record;
    record.receivedAt = began;
    record.body = std::make_shared<const std::string>(encodeExposition(page));
    Result<Batch> batch = decodeExposition(record);
    REQUIRE_MESSAGE(batch.ok(), batch.error().text());
    REQUIRE(batch->rejections.empty());
    return std::move(*batch);
}

std::set<std::string> namesOfType(const Batch& batch, const std::string& word) {
    std::set<std::string> out;
    for (const MetricBlock& metric : batch.metrics) {
        if (typeWord(metric.descriptor.type, metric.descriptor.monotonic) == word)
            out.insert(std::string(metric.descriptor.name));
    }
    return out;
}

} // namespace

TEST_CASE("the application's page says gauge 27 times, the old collector's says counter") {
    const Batch traffic = demoTraffic(began, began + 5 * nsPerSecond);
    const Batch application = scraped(asApplicationPage(traffic));
    const Batch collector = scraped(asOldCollectorPage(traffic));
    const std::set<std::string> gauges = namesOfType(application, "gauge");
    std::set<std::string> counters = namesOfType(collector, "counter");
    CHECK(gauges.size() == 27);
    CHECK(counters.erase("checkout_http_requests_total") == 1);
    CHECK(counters == gauges);
    CHECK(namesOfType(application, "histogram") == namesOfType(collector, "histogram"));
}

TEST_CASE("the application's page carries the resource, the old collector's lost it") {
    const Batch traffic = demoTraffic(began, began + 5 * nsPerSecond);
    for (const NumberPoint& point : scraped(asApplicationPage(traffic)).numberPoints)
        CHECK(point.attributes.count >= 7);
    const Batch collector = scraped(asOldCollectorPage(traffic));
    const auto kept = collector.attributesOf(collector.numberPoints.front().attributes);
    REQUIRE(kept.size() == 1);
    CHECK(kept[0].key == "app_name");
}

TEST_CASE("the heap falls at collections and what counts never falls") {
    const auto valueOf = [](const Batch& batch, std::string_view name) {
        for (const MetricBlock& metric : batch.metrics) {
            if (metric.descriptor.name == name)
                return batch.numberPoints[metric.points.begin].value.asDouble();
        }
        FAIL("no metric " << name);
        return 0.0;
    };
    int falls = 0;
    double heap = 0;
    double requests = 0;
    double failed = 0;
    for (TimeNs at = 0; at < 60 * nsPerSecond; at += 250 * nsPerMs) {
        const Batch batch = demoTraffic(began, began + at);
        const double nextHeap = valueOf(batch, "checkout.go.heap_alloc");
        falls += nextHeap < heap - 5e5 ? 1 : 0;
        heap = nextHeap;
        const double nextRequests = valueOf(batch, "checkout.http.requests");
        CHECK(nextRequests >= requests);
        requests = nextRequests;
        const double nextFailed = batch.numberPoints.back().value.asDouble();
        CHECK(nextFailed >= failed);
        failed = nextFailed;
    }
    CHECK(falls >= 22);
    CHECK(failed > 0);
}

TEST_CASE("no bucket of the demo's histograms ever falls, and all hold something in time") {
    std::vector<std::uint64_t> before;
    std::set<TimeNs> picked;
    for (TimeNs at = 0; at <= 60 * nsPerSecond; at += 250 * nsPerMs) {
        const Batch batch = demoTraffic(began, began + at);
        REQUIRE(batch.histogramPoints.size() == 3);
        REQUIRE(batch.exponentialPoints.size() == 1);
        if (!before.empty()) {
            REQUIRE(batch.counts.size() == before.size());
            for (std::size_t i = 0; i < before.size(); ++i)
                REQUIRE(batch.counts[i] >= before[i]);
        }
        before = batch.counts;
        for (const Exemplar& exemplar : batch.exemplars) {
            CHECK(exemplar.time <= began + at);
            CHECK(exemplar.value.asDouble() > 0.0001);
            CHECK(exemplar.value.asDouble() < 5);
            picked.insert(exemplar.time);
        }
    }
    CHECK(picked.size() > 100);
    const auto filled = [](std::uint64_t count) { return count > 0; };
    CHECK(std::count_if(before.begin(), before.end(), filled) > 100);
}
