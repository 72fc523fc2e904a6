// SPDX-License-Identifier: GPL-3.0-or-later
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>

#include "tests/support/store_feed.h"

using namespace sightglass;
using test::BatchMaker;
using test::StoreFeed;

namespace {

/// One gauge without attributes; each call is a batch with one point.
struct GaugeFeed : StoreFeed {
    WriteReport at(TimeNs time, Number value) {
        BatchMaker maker;
        maker.metric("g").number(time, value);
        return write(maker);
    }
    WriteReport at(TimeNs time, double value) { return at(time, Number::of(value)); }
};

} // namespace

TEST_CASE("what was written is read back, to the bit") {
    StoreFeed feed;
    BatchMaker maker;
    constexpr std::int64_t large = (std::int64_t{1} << 62) + 1;
    maker.metric("g");
    maker.number(10, Number::of(large)).startTime = 3;
    maker.number(20, 0.1).flags = 4;
    maker.number(30, std::numeric_limits<double>::quiet_NaN()).startTime = 4;
    maker.stale(40);
    const WriteReport report = feed.write(maker);
    CHECK(report.accepted == 4);
    CHECK(report.rejected() == 0);

    const auto samples = feed.numbers(feed.onlySeries());
    REQUIRE(samples.size() == 4);
    CHECK(samples[0].value.isInteger);
    CHECK(samples[0].value.integer == large);
    CHECK(samples[0].startTime == 3);
    CHECK(samples[1].value.real == 0.1);
    CHECK(samples[1].flags == 4);
    CHECK(samples[1].startTime == 0);
    CHECK(std::isnan(samples[2].value.real));
    CHECK_FALSE(samples[2].stale());
    CHECK(samples[2].startTime == 4);
    CHECK(samples[3].stale());
    CHECK(std::isnan(samples[3].value.real));
}

TEST_CASE("a range takes both its ends, across chunks") {
    GaugeFeed feed;
    for (int i = 1; i <= 1000; ++i)
        feed.at(i * 10, i);
    const SeriesId series = feed.onlySeries();
    CHECK(feed.numbers(series).size() == 1000);
    const auto some = feed.numbers(series, {1000, 2005});
    REQUIRE(some.size() == 101);
    CHECK(some.front().time == 1000);
    CHECK(some.back().time == 2000);
    CHECK(feed.numbers(series, {2001, 2009}).empty());
    CHECK(feed.numbers(series, {10001, 20000}).empty());
    CHECK(feed.store.extent(series) == TimeRange{10, 10000});
}

TEST_CASE("late, repeated and timeless samples") {
    constexpr TimeNs second = nsPerSecond;
    GaugeFeed feed;
    feed.at(1000 * second, 1);
    feed.at(2000 * second, 2);
    const auto times = [&feed] {
        std::vector<TimeNs> out;
        for (const Sample& sample : feed.numbers(feed.onlySeries()))
            out.push_back(sample.time / second);
        return out;
    };
    SUBCASE("one that is a little late is put in its place") {
        CHECK(feed.at(1400 * second, 2).accepted == 1);
        CHECK(times() == std::vector<TimeNs>{1000, 1400, 2000});
        CHECK(feed.counted("sightglass_store_late_samples_total") == 1);
        CHECK(feed.at(1400 * second, 2).accepted == 1);
        CHECK(feed.counted("sightglass_store_repeated_samples_total") == 1);
        CHECK(feed.at(1400 * second, 3).rejections.at(0).reason == "duplicate-timestamp");
    }
    SUBCASE("one that is more than ten minutes behind is refused") {
        const WriteReport report = feed.at(1399 * second, 2);
        CHECK(report.accepted == 0);
        REQUIRE(report.rejections.size() == 1);
        CHECK(report.rejections[0].reason == "out-of-order");
        CHECK(report.rejections[0].message.find("metric g") == 0);
        CHECK(feed.counted("sightglass_store_refused_samples_total", "out-of-order") == 1);
    }
    SUBCASE("the same again is taken and changes nothing, however old") {
        CHECK(feed.at(2000 * second, 2).accepted == 1);
        CHECK(feed.at(1000 * second, 1).accepted == 1);
        CHECK(feed.counted("sightglass_store_repeated_samples_total") == 2);
    }
    SUBCASE("the same time with another value is refused") {
        CHECK(feed.at(2000 * second, 3).rejections.at(0).reason == "duplicate-timestamp");
        CHECK(feed.at(2000 * second, Number::of(std::int64_t{2})).rejected() == 1);
        CHECK(feed.at(1000 * second, 3).rejections.at(0).reason == "duplicate-timestamp");
    }
    SUBCASE("no time is refused") {
        CHECK(feed.at(0, 3).rejections.at(0).reason == "no-timestamp");
    }
    const auto kept = static_cast<std::uint64_t>(times().size());
    CHECK(kept == (feed.counted("sightglass_store_late_samples_total") == 1 ? 3 : 2));
    CHECK(feed.store.usage().samples == kept);
}

TEST_CASE("late samples find their place in sealed chunks, and resets stay right") {
    StoreFeed feed;
    const auto put = [&feed](TimeNs time, double value) {
        BatchMaker maker;
        maker.metric({"c", "", "", MetricType::Sum, true, Temporality::Cumulative})
            .number(time, value);
        return feed.write(maker).accepted;
    };
    // Every other one is missing at first.
    constexpr TimeNs count = 1000;
    for (TimeNs time = 2; time <= count; time += 2)
        REQUIRE(put(time, static_cast<double>(time)) == 1);
    for (TimeNs time = count - 1; time > 0; time -= 2)
        REQUIRE(put(time, static_cast<double>(time)) == 1);
    const auto samples = feed.numbers(feed.onlySeries());
    REQUIRE(samples.size() == count);
    for (std::size_t i = 0; i < samples.size(); ++i)
        REQUIRE(samples[i].time == static_cast<TimeNs>(i) + 1);
    std::vector<Column> columns(1);
    feed.store.columns(feed.onlySeries(), Field::Value, {}, columns);
    CHECK(columns[0].count == count);
    CHECK(columns[0].increase == count - 1);
    CHECK(columns[0].resets == 0);
    CHECK(feed.store.usage().oldestSample == 1);
}

TEST_CASE("of a file nothing is taken out of order") {
    OriginTable origins;
    const OriginId scraped = origins.intern(OriginKind::Scrape, "http://a/metrics");
    const OriginId file = origins.intern(OriginKind::File, "a.prom");
    StoreOptions options;
    options.origins = &origins;
    StoreFeed feed(options);
    const auto put = [&feed](OriginId origin, TimeNs time) {
        BatchMaker maker(origin);
        maker.metric("g").number(time, 1);
        return feed.write(maker).accepted;
    };
    CHECK(put(scraped, 20) == 1);
    CHECK(put(scraped, 10) == 1);
    CHECK(put(file, 20) == 1);
    CHECK(put(file, 10) == 0);
    CHECK(put(file, 20) == 1);
    CHECK(feed.counted("sightglass_store_refused_samples_total", "out-of-order") == 1);
}

TEST_CASE("the codec's rejections stand in the report beside the store's, one entry a reason") {
    GaugeFeed feed;
    feed.at(1000 * nsPerSecond, 1);
    BatchMaker maker;
    maker.metric("g").number(5, 1);
    maker.number(0, 1);
    maker.number(4, 1);
    maker.batch().reject("invalid-utf8", 7, "metrics[2]");
    const WriteReport report = feed.write(maker);
    REQUIRE(report.rejections.size() == 3);
    CHECK(report.rejections[0].reason == "invalid-utf8");
    CHECK(report.rejected() == 10);
}

TEST_CASE("a refused sample makes no series and no metric") {
    StoreFeed feed;
    BatchMaker maker;
    maker.metric("g").number(0, 1);
    feed.write(maker);
    CHECK(feed.listener.metricChanges == 0);
    CHECK(feed.listener.strayRemovals == 0);
    CHECK(feed.store.usage().series == 0);
    CHECK(feed.store.metric(MetricId{0}) == nullptr);
}

TEST_CASE("the newest number before a time, unless the series ended") {
    GaugeFeed feed;
    feed.at(10, 1);
    feed.at(20, 2);
    const SeriesId series = feed.onlySeries();
    const auto latest = [&](TimeNs time, TimeNs lookback) {
        const auto sample = feed.store.latest(series, Field::Value, time, lookback);
        return sample ? sample->value.asDouble() : -1;
    };
    CHECK(latest(9, 100) == -1);
    CHECK(latest(10, 100) == 1);
    CHECK(latest(19, 100) == 1);
    CHECK(latest(25, 5) == -1); // after time - lookback
    CHECK(latest(25, 6) == 2);
    CHECK(latest(std::numeric_limits<TimeNs>::min() + 5, 100) == -1);
    CHECK_FALSE(feed.store.latest(series, Field::Count, 20, 100));

    BatchMaker maker;
    maker.metric("g").stale(30);
    feed.write(maker);
    CHECK(latest(29, 100) == 2);
    CHECK(latest(30, 100) == -1);
    CHECK(latest(40, 100) == -1);
}

TEST_CASE("histograms are kept whole, and share equal bounds") {
    StoreFeed feed;
    BatchMaker maker;
    maker.metric({"h", "s", "", MetricType::Histogram, false, Temporality::Cumulative});
    HistogramPoint& point = maker.histogram(10, {0.5, 1}, {1, 2, 3}, 4.5, {{"a", "1"}});
    point.startTime = 5;
    point.min = 0.25;
    point.hasMin = true;
    point.boundTexts =
        BatchMaker::append<std::string_view>(maker.batch().texts, {"0.50", "1", "+Inf"});
    maker.histogram(20, {0.5, 1}, {1, 2, 4}, 5, {{"a", "1"}});
    maker.histogram(10, {0.5, 1}, {0, 0, 1}, 9, {{"a", "2"}});
    CHECK(feed.write(maker).accepted == 3);

    std::vector<HistogramSample> one, two;
    feed.store.histograms(SeriesId{0}, {}, one);
    feed.store.histograms(SeriesId{1}, {}, two);
    REQUIRE(one.size() == 2);
    REQUIRE(two.size() == 1);
    CHECK(one[0].count == 6);
    CHECK(one[0].sum == 4.5);
    CHECK(one[0].startTime == 5);
    CHECK(one[0].hasMin);
    CHECK(one[0].min == 0.25);
    CHECK_FALSE(one[0].hasMax);
    CHECK(one[0].bucketCounts == std::vector<std::uint64_t>{1, 2, 3});
    CHECK(one[0].bounds->bounds == std::vector<double>{0.5, 1});
    CHECK(one[0].bounds->texts.at(0) == "0.50");
    CHECK(one[1].bounds != one[0].bounds); // spelled otherwise
    CHECK(one[1].bounds == two[0].bounds);

    CHECK(feed.numbers(SeriesId{0}).empty());
    CHECK(feed.store.latest(SeriesId{0}, Field::Count, 20, 20)->value.integer == 7);
    CHECK(feed.store.latest(SeriesId{0}, Field::Sum, 20, 20)->value.real == 5);
    CHECK_FALSE(feed.store.latest(SeriesId{0}, Field::Value, 20, 20));

    BatchMaker again;
    again.metric({"h", "s", "", MetricType::Histogram, false, Temporality::Cumulative});
    again.histogram(20, {0.5, 1}, {1, 2, 4}, 5, {{"a", "1"}});
    again.histogram(10, {0.5, 1}, {0, 1, 0}, 9, {{"a", "2"}});
    const WriteReport report = feed.write(again);
    CHECK(report.accepted == 1);
    CHECK(report.rejections.at(0).reason == "duplicate-timestamp");
}

TEST_CASE("exponential histograms and summaries are kept whole") {
    StoreFeed feed;
    BatchMaker maker;
    Batch& batch = maker.batch();
    maker.metric("e", MetricType::ExponentialHistogram);
    ExponentialHistogramPoint& e = maker.exponential(10);
    e.count = 6;
    e.scale = -3;
    e.zeroCount = 1;
    e.zeroThreshold = 1e-9;
    e.positiveOffset = -7;
    e.positiveCounts = BatchMaker::append<std::uint64_t>(batch.counts, {2, 0, 3});
    e.negativeOffset = 9;
    maker.metric("s", MetricType::Summary);
    SummaryPoint& s = maker.summary(10);
    s.count = 3;
    s.hasSum = false;
    s.quantiles = BatchMaker::append<Quantile>(batch.quantiles, {{0.5, 1.25}});
    s.quantileTexts = BatchMaker::append<std::string_view>(batch.texts, {"0.50"});
    CHECK(feed.write(maker).accepted == 2);

    std::vector<ExponentialHistogramSample> exponentials;
    feed.store.exponentialHistograms(SeriesId{0}, {}, exponentials);
    REQUIRE(exponentials.size() == 1);
    CHECK(exponentials[0].scale == -3);
    CHECK(exponentials[0].zeroThreshold == 1e-9);
    CHECK(exponentials[0].positiveOffset == -7);
    CHECK(exponentials[0].positiveCounts == std::vector<std::uint64_t>{2, 0, 3});
    CHECK(exponentials[0].negativeOffset == 9);
    CHECK(exponentials[0].negativeCounts.empty());

    std::vector<SummarySample> summaries;
    feed.store.summaries(SeriesId{1}, {}, summaries);
    REQUIRE(summaries.size() == 1);
    CHECK(summaries[0].quantiles.at(0).value == 1.25);
    CHECK(summaries[0].quantileTexts->at(0) == "0.50");
    CHECK(feed.store.latest(SeriesId{1}, Field::Count, 10, 10)->value.integer == 3);
    CHECK_FALSE(feed.store.latest(SeriesId{1}, Field::Sum, 10, 10));
}

TEST_CASE("exemplars are kept once, in the order of their times") {
    StoreFeed feed;
    for (int scrape = 1; scrape <= 3; ++scrape) {
        BatchMaker maker;
        maker.metric("c", MetricType::Sum);
        NumberPoint& point = maker.number(scrape * 10, scrape);
        std::vector<Exemplar> list(2);
        list[0].time = 100 - scrape; // another one each time
        list[0].value = Number::of(0.5);
        list[0].attributes = maker.slice({{"user", "x"}});
        list[1].time = 7;
        point.exemplars = BatchMaker::append(maker.batch().exemplars, list);
        feed.write(maker);
    }
    std::vector<SeriesReader::ExemplarSample> out;
    feed.store.exemplars(feed.onlySeries(), {}, out);
    REQUIRE(out.size() == 4);
    CHECK(out[0].exemplar.time == 7);
    CHECK(out[1].exemplar.time == 97);
    CHECK(*out[1].attributes.find("user") == Value::string("x"));
    out.clear();
    feed.store.exemplars(feed.onlySeries(), {98, 99}, out);
    CHECK(out.size() == 2);
}

TEST_CASE("exemplars beyond their part of the memory push out the oldest, which is counted") {
    StoreFeed feed(std::size_t{1} << 20);
    constexpr int count = 1000;
    for (int i = 1; i <= count; ++i) {
        BatchMaker maker;
        maker.metric("c", MetricType::Sum);
        NumberPoint& point = maker.number(i, i);
        Exemplar exemplar;
        exemplar.attributes = maker.slice({{"user", std::string(100, 'x')}});
        point.exemplars = BatchMaker::append(maker.batch().exemplars, std::vector{exemplar});
        feed.write(maker);
    }
    std::vector<SeriesReader::ExemplarSample> out;
    feed.store.exemplars(feed.onlySeries(), {}, out);
    REQUIRE(!out.empty());
    CHECK(out.size() < count);
    CHECK(out.back().exemplar.time == count);
    CHECK(out.size() + feed.store.usage().evictedExemplars == count);
    CHECK(feed.counted("sightglass_store_evicted_exemplars_total") ==
          feed.store.usage().evictedExemplars);
    CHECK(feed.store.usage().bytes < (std::size_t{1} << 20) / 10);
}

TEST_CASE("an exemplar with huge attributes is dropped, and counted") {
    StoreFeed feed;
    BatchMaker maker;
    maker.metric("c", MetricType::Sum);
    NumberPoint& point = maker.number(10, 1);
    Exemplar exemplar;
    exemplar.attributes = maker.slice({{"user", std::string(5000, 'x')}});
    point.exemplars = BatchMaker::append(maker.batch().exemplars, std::vector{exemplar});
    CHECK(feed.write(maker).accepted == 1);
    CHECK(feed.counted("sightglass_store_dropped_exemplars_total") == 1);
}

TEST_CASE("generations rise with each batch, and of a metric when it has points") {
    StoreFeed feed;
    BatchMaker first;
    first.metric("a").number(10, 1);
    first.metric("b").number(10, 1);
    const WriteReport report = feed.write(first);
    CHECK(report.generation == feed.store.generation());
    const MetricId a = feed.listener.metricNamed("a"), b = feed.listener.metricNamed("b");
    const std::uint64_t generationOfA = feed.store.generation(a);
    CHECK(generationOfA > 0);

    BatchMaker second;
    second.metric("a").number(10, 1); // a repetition
    second.metric("b").number(20, 1);
    feed.write(second);
    CHECK(feed.store.generation(a) == generationOfA);
    CHECK(feed.store.generation(b) == feed.store.generation());
    CHECK(feed.store.generation(MetricId{99}) == 0);
    CHECK(feed.listener.written[b] == 20);
}

TEST_CASE("unknown ids give nothing") {
    const StoreFeed feed;
    const SeriesId none{5};
    CHECK_FALSE(feed.store.series(none));
    CHECK_FALSE(feed.store.extent(none));
    CHECK(feed.numbers(none).empty());
    CHECK(feed.store.seriesOf(MetricId{}).empty());
    std::vector<Column> columns(2);
    columns[0].count = 5;
    feed.store.columns(none, Field::Value, {0, 10}, columns);
    CHECK(columns[0].count == 0);
}

TEST_CASE("series beyond a limit are refused, counted and named, and the rest goes on") {
    StoreOptions options;
    options.seriesPerMetricMost = 10;
    options.seriesMost = 25;
    StoreFeed feed(options);
    const auto put = [&feed](const std::string& metric, const std::string& resource, int first,
                             int count, TimeNs time) {
        BatchMaker maker;
        maker.resource({{"service.name", resource}}).metric(metric);
        for (int i = first; i < first + count; ++i)
            maker.number(time, i, {{"id", std::to_string(i)}});
        return feed.write(maker);
    };
    CHECK(put("a", "one", 0, 6, 10).accepted == 6);
    // Another resource does not go round the limit.
    const WriteReport report = put("a", "two", 0, 6, 10);
    CHECK(report.accepted == 4);
    REQUIRE(report.rejections.size() == 1);
    CHECK(report.rejections[0].reason == "metric-series-limit");
    CHECK(report.rejections[0].points == 2);
    CHECK(report.rejections[0].message.find("metric a") == 0);
    CHECK(put("a", "one", 0, 6, 20).accepted == 6);
    CHECK(put("b", "one", 0, 10, 20).accepted == 10);
    CHECK(put("c", "one", 0, 10, 20).rejections.at(0).reason == "series-limit");
    CHECK(feed.counted("sightglass_store_refused_samples_total", "metric-series-limit") == 2);
    CHECK(feed.counted("sightglass_store_refused_samples_total", "series-limit") == 5);
    const StoreUsage usage = feed.store.usage();
    CHECK(usage.series == 25);
    REQUIRE(usage.limitedMetrics.size() == 2);
    CHECK(usage.limitedMetrics[0].name == "a");
    CHECK(usage.limitedMetrics[0].refusedPoints == 2);
    CHECK(usage.limitedMetrics[1].name == "c");
    CHECK(usage.limitedMetrics[1].reason == "series-limit");
}
