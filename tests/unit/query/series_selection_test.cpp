// SPDX-License-Identifier: GPL-3.0-or-later
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "core/base/counters.h"
#include "core/catalog/catalog.h"
#include "core/query/prometheus_view.h"
#include "core/query/series_selection.h"
#include "core/store/store.h"

using namespace sightglass;

namespace {

constexpr TimeNs second = nsPerSecond;
constexpr std::size_t manySeries = 100'000;

/// A ring that random series of two sources come to.
struct Ring {
    OriginTable origins;
    Catalog catalog{origins};
    CounterRegistry counters;
    Store store{std::size_t{64} << 20, catalog, counters};
    PrometheusView view{store, origins, "origin"};
    std::mt19937_64 random{7};
    TimeNs time = second;

    std::uint64_t roll(std::uint64_t n) { return random() % n; }

    /// Series of a gauge or a histogram, with some of the attributes that make trouble.
    void write(std::size_t count) {
        Batch batch;
        batch.origin = origins.intern(OriginKind::OtlpGrpc);
        batch.receivedAt = time += second;
        const auto text = [&batch](const std::string& value) {
            return Value::string(batch.arena.copy(value));
        };
        // The first says its job, the second leaves it to its points.
        batch.attributes.push_back({"service.name", Value::string("shop")});
        batch.attributes.push_back({"host.arch", Value::string("arm64")});
        batch.resources.push_back({{0, 2}, {}, false});
        batch.resources.emplace_back();
        batch.scopes.emplace_back();
        for (std::uint32_t m = 0; m < 6; ++m) {
            MetricBlock& block = batch.metrics.emplace_back();
            block.resource = m % 2;
            const bool isHistogram = m == 5;
            block.descriptor.name = batch.arena.copy("metric." + std::to_string(m));
            block.descriptor.type = isHistogram ? MetricType::Histogram : MetricType::Gauge;
            block.descriptor.temporality =
                isHistogram ? Temporality::Cumulative : Temporality::Unspecified;
            const auto begin = static_cast<std::uint32_t>(isHistogram ? batch.histogramPoints.size()
                                                                      : batch.numberPoints.size());
            const auto each = static_cast<std::uint32_t>(isHistogram ? 8 : count);
            block.points = {begin, each};
            for (std::uint32_t i = 0; i < each; ++i) {
                Slice attributes{static_cast<std::uint32_t>(batch.attributes.size()), 0};
                const auto add = [&](std::string_view key, Value value) {
                    batch.attributes.push_back({key, value});
                    ++attributes.count;
                };
                add("id", Value::integer(static_cast<std::int64_t>(roll(100'000))));
                add("zone", text("z" + std::to_string(roll(5))));
                if (roll(3) > 0)
                    add("host", text("host-" + std::to_string(roll(60))));
                if (roll(6) == 0)
                    add("job", text(roll(2) ? "shop" : "other"));
                if (roll(6) == 0)
                    add("exported_job", text("third"));
                if (roll(8) == 0)
                    add("le", text("0.5"));
                if (roll(5) == 0)
                    add("http.route", text(roll(2) ? "/a" : "/b"));
                if (roll(5) == 0)
                    add("http_route", text(roll(2) ? "/a" : "/b"));
                if (isHistogram) {
                    HistogramPoint& point = batch.histogramPoints.emplace_back();
                    point.time = time;
                    point.attributes = attributes;
                    point.count = 3;
                    point.sum = 1;
                    point.hasSum = true;
                    point.bucketCounts = {static_cast<std::uint32_t>(batch.counts.size()), 2};
                    point.bounds = {static_cast<std::uint32_t>(batch.doubles.size()), 1};
                    batch.counts.insert(batch.counts.end(), {1, 2});
                    batch.doubles.push_back(0.5);
                } else {
                    NumberPoint& point = batch.numberPoints.emplace_back();
                    point.time = time;
                    point.attributes = attributes;
                    point.value = Number::of(1.0);
                }
            }
        }
        store.write(batch);
    }

    [[nodiscard]] std::vector<ViewSeries> select(const std::string& selector) const {
        auto found = view.series(*catalog.snapshot(), *parseSelector(selector), {}, manySeries);
        REQUIRE(found.ok());
        return std::move(*found);
    }
};

std::string lineOf(const ViewSeries& series) {
    std::string out = series.name;
    for (const Label& label : series.labels)
        out += "," + label.first + "=" + label.second;
    return out;
}

std::multiset<std::string> linesOf(const std::vector<ViewSeries>& all) {
    std::multiset<std::string> out;
    for (const ViewSeries& series : all)
        out.insert(lineOf(series));
    return out;
}

const std::vector<std::string>& selectors() {
    static const std::vector<std::string> rows{
        R"(metric_0)",
        R"(metric_0{zone="z1"})",
        R"({zone="z1"})",
        R"({zone="z1",host="host-3"})",
        R"({zone="z1",host!="host-3"})",
        R"({zone!~"z1|z2",__name__!=""})",
        R"({zone=~"z1|z2",host=""})",
        R"({host=~"host-1.*",zone!="z0"})",
        R"({host=~"host-1.?"})",
        R"q({host=~"(?:host-7|host-8)"})q",
        R"({host=~"|host-7",zone="z1"})",
        R"({host!~"host-.*",__name__=~"metric_[01]"})",
        R"({id="4711"})",
        R"({id=~"47.."})",
        R"({job="shop"})",
        R"({job="other"})",
        R"({job="",zone="z1"})",
        R"({exported_job="other"})",
        R"({exported_job="third",zone="z2"})",
        R"({exported_job!="third",zone="z2"})",
        R"({exported_exported_job=~".+"})",
        R"({origin="otlp-grpc",zone="z3"})",
        R"({origin="elsewhere"})",
        R"({le="0.5"})",
        R"({le=~".+",zone="z1"})",
        R"(metric_5_bucket{le="+Inf",zone=~"z[12]"})",
        R"(metric_5_sum{le=""})",
        R"({http_route="/a"})",
        R"({http_route=~"/a;.*"})",
        R"({http_route!="/a",zone="z1"})",
        R"({"http.route"="/a"})",
        R"({host_arch="arm64"})",
        R"(target_info)",
    };
    return rows;
}

} // namespace

TEST_CASE("a selector finds what a look at every series finds, while series come") {
    Ring ring;
    for (const std::size_t count : {3, 40, 300}) {
        ring.write(count);
        const std::vector<ViewSeries> all = ring.select(R"({__name__!=""})");
        REQUIRE(all.size() > count * 4);
        for (const std::string& text : selectors()) {
            CAPTURE(text);
            const Selector selector = *parseSelector(text);
            std::multiset<std::string> expected;
            for (const ViewSeries& series : all) {
                if (selector.matches(series.name, series.labels))
                    expected.insert(lineOf(series));
            }
            CHECK(linesOf(ring.select(text)) == expected);
        }
    }
}

TEST_CASE("label names and values are those that all series together have") {
    Ring ring;
    ring.write(200);
    std::set<std::string> names{"__name__"};
    std::map<std::string, std::set<std::string>> values;
    for (const ViewSeries& series : ring.select(R"({__name__!=""})")) {
        values["__name__"].insert(series.name);
        for (const Label& label : series.labels) {
            names.insert(label.first);
            values[label.first].insert(label.second);
        }
    }
    const auto snapshot = ring.catalog.snapshot();
    std::set<std::string> told = ring.view.labelNames(*snapshot, 0);
    // Whether one series carries two of the names is not looked at.
    names.erase("exported_exported_job");
    told.erase("exported_exported_job");
    CHECK(told == names);
    std::size_t quick = 0;
    for (const auto& [name, expected] : values) {
        CAPTURE(name);
        const auto found = ring.view.labelValues(*snapshot, name, 0, manySeries);
        if (!found)
            continue;
        ++quick;
        REQUIRE(found->ok());
        CHECK(**found == expected);
    }
    // Renamed or joined: job, exported_job, http_route. Made by a view: le.
    CHECK(quick >= 6);
    CHECK(ring.view.labelValues(*snapshot, "zone", 0, 4)->error().code ==
          ErrorCode::ResourceExhausted);
    CHECK(ring.view.labelNames(*snapshot, ring.time + 10 * second).empty());
}

TEST_CASE("selectors are answered while series come") {
    Ring ring;
    ring.write(100);
    std::set<std::string> before;
    for (const ViewSeries& series : ring.select(R"({zone="z1"})"))
        before.insert(lineOf(series));
    std::atomic<bool> done{false};
    std::atomic<int> missed{0}, rounds{0};
    {
        std::jthread reader([&] {
            while (!done || rounds == 0) {
                for (const std::string& text : selectors()) {
                    const auto found = ring.view.instant(
                        *ring.catalog.snapshot(), *parseSelector(text), 1000 * second, manySeries);
                    if (!found)
                        ++missed;
                }
                std::set<std::string> now;
                const auto found = ring.view.series(
                    *ring.catalog.snapshot(), *parseSelector(R"({zone="z1"})"), {}, manySeries);
                for (const ViewSeries& series : *found)
                    now.insert(lineOf(series));
                if (!std::includes(now.begin(), now.end(), before.begin(), before.end()))
                    ++missed;
                ++rounds;
            }
        });
        for (int i = 0; i < 20; ++i)
            ring.write(60);
        done = true;
    }
    CHECK(missed == 0);
}

TEST_CASE("an expression tells the texts it is made of, or how they begin") {
    struct Row {
        const char* expression;
        std::vector<std::string> literals;
        const char* prefix;
    };
    const std::vector<Row> rows{
        {"abc", {"abc"}, "abc"},
        {"a|b|c", {"a", "b", "c"}, ""},
        {"(a|b)", {"a", "b"}, ""},
        {"(?:a|)", {"a", ""}, ""},
        {"a\\.b|c\\|d", {"a.b", "c|d"}, ""},
        {"a\\.b", {"a.b"}, "a.b"},
        {"(a)|(b)", {}, ""},
        {"(?i)abc", {}, ""},
        {"(?i:a)", {}, ""},
        {"abc.*", {}, "abc"},
        {"abc?", {}, "ab"},
        {"abc*d", {}, "ab"},
        {"abc+", {}, "abc"},
        {"abc{2}", {}, "ab"},
        {"ab\xC3\xA9*", {}, "ab"},
        {"a\\d", {}, "a"},
        {"[ab]c", {}, ""},
        {".*", {}, ""},
        {"", {""}, ""},
    };
    for (const Row& row : rows) {
        CAPTURE(row.expression);
        const auto matcher = LabelMatcher::make(LabelMatcher::Kind::Matches, "a", row.expression);
        REQUIRE(matcher.ok());
        CHECK(matcher->literals() == row.literals);
        CHECK(matcher->prefix() == row.prefix);
    }
}
