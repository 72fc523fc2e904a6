// SPDX-License-Identifier: GPL-3.0-or-later
#include <doctest/doctest.h>

#include <set>

#include "tests/support/store_feed.h"

using namespace sightglass;
using test::BatchMaker;
using test::StoreFeed;

TEST_CASE("the order of attributes does not matter, their values and types do") {
    StoreFeed feed;
    TimeNs time = 0;
    const auto write = [&](const Labels& labels) {
        BatchMaker maker;
        maker.metric("g").number(++time, 1, labels);
        feed.write(maker);
        return feed.listener.series.size();
    };
    CHECK(write({{"a", "1"}, {"b", "2"}, {"c", "3"}}) == 1);
    CHECK(write({{"c", "3"}, {"a", "1"}, {"b", "2"}}) == 1);
    CHECK(write({{"b", "2"}, {"c", "3"}, {"a", "1"}}) == 1);
    CHECK(write({{"a", "1"}, {"b", "2"}}) == 2);
    CHECK(write({{"a", "2"}, {"b", "1"}}) == 3);
    CHECK(write({}) == 4);

    BatchMaker typed;
    typed.metric("g");
    NumberPoint& point = typed.number(++time, 1);
    point.attributes = BatchMaker::append<Attribute>(
        typed.batch().attributes, {{"a", Value::integer(1)}, {"b", Value::string("2")}});
    feed.write(typed);
    CHECK(feed.listener.series.size() == 5);
}

TEST_CASE("of a key sent twice the first holds, and the series is the same each time") {
    StoreFeed feed;
    for (TimeNs time = 1; time < 4; ++time) {
        BatchMaker maker;
        maker.metric("g").number(time, 1, {{"a", "1"}, {"b", "2"}, {"a", "3"}});
        feed.write(maker);
    }
    REQUIRE(feed.listener.series.size() == 1);
    CHECK(feed.listener.series.begin()->second.attributes->size() == 2);
    // As long as the set, but not the set.
    BatchMaker maker;
    maker.metric("g").number(9, 1, {{"a", "1"}, {"a", "1"}});
    feed.write(maker);
    CHECK(feed.listener.series.size() == 2);
    CHECK(feed.numbers(SeriesId{0}).size() == 3);
}

TEST_CASE("a series with more attributes than are compared in place is found again") {
    StoreFeed feed;
    Labels labels;
    for (int i = 0; i < 200; ++i)
        labels.emplace_back("key" + std::to_string(i), "v");
    for (TimeNs time = 1; time < 4; ++time) {
        BatchMaker maker;
        maker.metric("g").number(time, 1, labels);
        feed.write(maker);
    }
    CHECK(feed.listener.series.size() == 1);
}

TEST_CASE("everything of the identity makes a metric of its own") {
    StoreFeed feed;
    const auto write = [&](BatchMaker&& maker, DescriptorView descriptor) {
        maker.metric(descriptor).number(1, 1);
        feed.write(maker);
        return feed.listener.metrics.size();
    };
    const DescriptorView base{"m", "s", "help", MetricType::Sum, true, Temporality::Cumulative};
    CHECK(write(BatchMaker(), base) == 1);
    CHECK(write(BatchMaker(), base) == 1);
    CHECK(write(BatchMaker(OriginId{1}), base) == 2);
    CHECK(write(std::move(BatchMaker().resource({{"host", "a"}})), base) == 3);
    CHECK(write(std::move(BatchMaker().resource({{"host", "a"}})), base) == 3);
    DescriptorView other = base;
    other.name = "n";
    CHECK(write(BatchMaker(), other) == 4);
    other = base;
    other.unit = "ms";
    CHECK(write(BatchMaker(), other) == 5);
    other = base;
    other.type = MetricType::Gauge;
    CHECK(write(BatchMaker(), other) == 6);
    other = base;
    other.monotonic = false;
    CHECK(write(BatchMaker(), other) == 7);
    other = base;
    other.temporality = Temporality::Delta;
    CHECK(write(BatchMaker(), other) == 8);

    BatchMaker scoped;
    scoped.batch().scopes.front().name = "library";
    CHECK(write(std::move(scoped), base) == 9);
    BatchMaker made;
    made.metric(base).synthetic().number(1, 1);
    feed.write(made);
    CHECK(feed.listener.metrics.size() == 10);
    CHECK(feed.listener.metricChanges == 10);
}

TEST_CASE("a changed description is told and keeps the metric; a missing one changes nothing") {
    StoreFeed feed;
    TimeNs time = 0;
    for (const std::string_view help : {"one", "one", "", "two"}) {
        BatchMaker maker;
        maker.metric({"m", "", help, MetricType::Gauge}).number(++time, 1);
        feed.write(maker);
    }
    CHECK(feed.listener.metrics.size() == 1);
    CHECK(feed.listener.metricChanges == 2);
    const auto info = feed.store.metric(feed.listener.metricNamed("m"));
    REQUIRE(info);
    CHECK(info->descriptor.description == "two");
    CHECK(feed.store.series(feed.onlySeries())->metric == info);
}

TEST_CASE("series of a metric come in the order they appeared, whatever order points come in") {
    StoreFeed feed;
    const std::vector<std::vector<std::string>> batches = {
        {"c", "a", "b"}, {"c", "b", "a", "d"}, {"a", "c"}, {"d", "e", "c", "b", "a"}};
    TimeNs time = 0;
    for (const auto& values : batches) {
        BatchMaker maker;
        maker.metric("g");
        ++time;
        for (const std::string& value : values)
            maker.number(time, static_cast<double>(value[0]), {{"k", value}});
        CHECK(feed.write(maker).accepted == values.size());
    }
    std::string order;
    for (const SeriesInfo& series : feed.store.seriesOf(feed.listener.metricNamed("g"))) {
        const std::string key(series.attributes->find("k")->text());
        order += key;
        for (const Sample& sample : feed.numbers(series.id))
            CHECK(sample.value.real == static_cast<double>(key[0]));
    }
    CHECK(order == "cabde");
}
