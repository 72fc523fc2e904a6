// SPDX-License-Identifier: GPL-3.0-or-later
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <numeric>
#include <string>

#include "tests/support/store_feed.h"

using namespace sightglass;
using test::BatchMaker;
using test::StoreFeed;

namespace {

constexpr std::size_t limit = 256 << 10;

/// What no packing makes smaller.
double noise(std::uint64_t n) {
    n *= 0x9e3779b97f4a7c15u;
    return std::sqrt(static_cast<double>((n ^ (n >> 29)) | 1));
}

/// Writes one point to each of series [0, count) of metric "g".
WriteReport writeRound(StoreFeed& feed, int count, TimeNs time, TimeNs receivedAt,
                       const std::string& prefix = "s") {
    BatchMaker maker(OriginId{0}, receivedAt);
    maker.metric("g");
    for (int i = 0; i < count; ++i)
        maker.number(time, noise(static_cast<std::uint64_t>(time * 5000 + i)),
                     {{"id", prefix + std::to_string(i)}});
    return feed.write(maker);
}

} // namespace

TEST_CASE("over the limit the oldest samples go, and every series keeps its newest") {
    StoreFeed feed(limit);
    constexpr int series = 20;
    for (TimeNs time = 1; time <= 5000; ++time) {
        writeRound(feed, series, time, time * nsPerSecond);
        REQUIRE(feed.store.usage().bytes <= limit);
    }
    const StoreUsage usage = feed.store.usage();
    CHECK(usage.limit == limit);
    CHECK(usage.series == series);
    CHECK(usage.evictedSamples + usage.samples == 5000 * series);
    CHECK(usage.evictedSamples > 0);
    CHECK(usage.samples > 5000); // most of the budget is samples
    CHECK(feed.counted("sightglass_store_evicted_samples_total") == usage.evictedSamples);

    std::size_t kept = 0;
    TimeNs oldest = 5000;
    for (const auto& [id, info] : feed.listener.series) {
        const auto samples = feed.numbers(id);
        REQUIRE(!samples.empty());
        CHECK(samples.back().time == 5000);
        CHECK(samples.front().time > 1);
        for (std::size_t i = 1; i < samples.size(); ++i)
            REQUIRE(samples[i].time == samples[i - 1].time + 1);
        kept += samples.size();
        oldest = std::min(oldest, samples.front().time);
        CHECK(feed.store.extent(id)->from == samples.front().time);
    }
    CHECK(kept == usage.samples);
    CHECK(oldest == usage.oldestSample);
}

TEST_CASE("a series without news is evicted with its time, and its metric when it was the last") {
    StoreFeed feed(limit);
    BatchMaker idle(OriginId{0}, nsPerSecond);
    idle.metric("idle").number(1, 1);
    feed.write(idle);
    const MetricId idleMetric = feed.listener.metricNamed("idle");
    const SeriesId idleSeries = feed.onlySeries();

    TimeNs time = 1;
    for (; time <= 3000; ++time)
        writeRound(feed, 20, time, time * nsPerSecond);
    CHECK_FALSE(feed.store.series(idleSeries));
    CHECK(feed.store.metric(idleMetric) == nullptr);
    CHECK(feed.store.seriesOf(idleMetric).empty());
    CHECK(feed.numbers(idleSeries).empty());
    CHECK(feed.listener.metrics.size() == 1);
    CHECK(feed.listener.series.size() == 20);
    CHECK(feed.listener.strayRemovals == 0);
    CHECK(feed.store.usage().evictedSeries == 1);

    BatchMaker again(OriginId{0}, time * nsPerSecond);
    again.metric("idle").number(time, 1);
    feed.write(again);
    CHECK(feed.listener.metricNamed("idle") != idleMetric);
    CHECK_FALSE(feed.store.series(idleSeries)); // ids do not come back
}

TEST_CASE("series that were marked as ended make room for new ones at once") {
    StoreFeed feed(limit);
    for (int deploy = 0; deploy < 100; ++deploy) {
        const std::string prefix = "deploy" + std::to_string(deploy) + "-";
        const TimeNs time = 1000 + deploy * 10;
        // Within the time after which a series counts as idle.
        const TimeNs arrival = nsPerSecond + deploy * 15 * nsPerSecond;
        REQUIRE(writeRound(feed, 50, time, arrival, prefix).rejected() == 0);
        BatchMaker end(OriginId{0}, arrival);
        end.metric("g");
        for (int i = 0; i < 50; ++i)
            end.stale(time + 1, {{"id", prefix + std::to_string(i)}});
        REQUIRE(feed.write(end).rejected() == 0);
    }
    CHECK(feed.store.usage().evictedSeries > 0);
    CHECK(feed.store.usage().bytes <= limit);
    CHECK(feed.listener.series.size() == feed.store.usage().series);
}

TEST_CASE("when all that is left is being written, new series are refused and the others go on") {
    StoreFeed feed(limit);
    const WriteReport flood = writeRound(feed, 5000, 1, nsPerSecond);
    REQUIRE(flood.rejections.size() == 1);
    CHECK(flood.rejections[0].reason == "series-limit");
    CHECK(flood.accepted > 100);
    CHECK(flood.accepted + flood.rejected() == 5000);
    CHECK(feed.counted("sightglass_store_refused_samples_total", "series-limit") ==
          flood.rejected());

    const int kept = static_cast<int>(flood.accepted);
    CHECK(writeRound(feed, kept, 2, nsPerSecond).accepted == flood.accepted);
    CHECK(feed.store.usage().bytes <= limit);
    // Later they are idle.
    const TimeNs later = Store::idleAfter + 100 * nsPerSecond;
    CHECK(writeRound(feed, 100, 3, later, "new").rejected() == 0);
}

TEST_CASE("series that fill the limit and all go on growing stay within it") {
    StoreFeed feed(limit);
    for (TimeNs time = 1; time <= 200; ++time) {
        writeRound(feed, 5000, time, nsPerSecond + time);
        REQUIRE(feed.store.usage().bytes <= limit);
    }
    CHECK(feed.store.usage().series > 100);
    CHECK(feed.listener.series.size() == feed.store.usage().series);
}

TEST_CASE("when open chunks alone pass the limit, they are sealed early, and none is cut off") {
    StoreFeed feed(limit);
    constexpr int series = 40;
    std::vector<std::uint64_t> counts(128);
    std::vector<double> bounds(127);
    std::iota(bounds.begin(), bounds.end(), 0.0);
    const auto put = [&](int i, TimeNs time) {
        for (std::size_t c = 0; c < counts.size(); ++c)
            counts[c] = static_cast<std::uint64_t>(noise(c * 1000 + i * 20 + time));
        BatchMaker maker(OriginId{0}, ((time > 1 ? 100 : 1) + i) * nsPerSecond);
        maker.metric("h", MetricType::Histogram)
            .histogram(time, bounds, counts, 1, {{"id", std::to_string(i)}});
        const WriteReport report = feed.write(maker);
        REQUIRE(feed.store.usage().bytes <= limit);
        return report.accepted;
    };
    for (int i = 0; i < series; ++i)
        REQUIRE(put(i, 1) == 1);
    for (int i = series / 2; i < series; ++i) {
        for (TimeNs time = 2; time <= 30; ++time)
            REQUIRE(put(i, time) == 1);
    }
    CHECK(feed.store.usage().evictedSamples > 0);
    std::vector<HistogramSample> last;
    feed.store.histograms(SeriesId{series - 1}, {}, last);
    CHECK(last.size() == 30);
    CHECK(feed.listener.strayRemovals == 0);
}

TEST_CASE("a metric's endless name is cut short in what its sender is told") {
    StoreFeed feed;
    BatchMaker maker;
    maker.metric(std::string(10'000, 'n')).number(0, 1);
    const WriteReport report = feed.write(maker);
    REQUIRE(report.rejections.size() == 1);
    CHECK(report.rejections[0].message.size() <= 512);
    CHECK(report.rejections[0].message.ends_with("a point has no time"));
}

TEST_CASE("a series too large for the limit moves nothing out") {
    StoreFeed feed(limit);
    for (TimeNs time = 1; time <= 100; ++time)
        writeRound(feed, 10, time, time);
    BatchMaker maker(OriginId{0}, nsPerSecond);
    maker.metric("g").number(1, 1, {{"id", std::string(limit, 'x')}});
    CHECK(feed.write(maker).rejections.at(0).reason == "series-limit");
    CHECK(feed.store.usage().evictedSamples == 0);
    CHECK(feed.store.usage().samples == 1000);
}

TEST_CASE("histograms count with their buckets, and come under the limit too") {
    StoreFeed feed(limit);
    const std::vector<double> bounds = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    std::vector<std::uint64_t> counts(bounds.size() + 1);
    for (TimeNs time = 1; time <= 5000; ++time) {
        for (std::size_t i = 0; i < counts.size(); ++i)
            counts[i] = static_cast<std::uint64_t>(noise(i * 10'000 + time));
        BatchMaker maker(OriginId{0}, time * nsPerSecond);
        maker.metric("h", MetricType::Histogram).histogram(time, bounds, counts, noise(time));
        feed.write(maker);
        REQUIRE(feed.store.usage().bytes <= limit);
    }
    const StoreUsage usage = feed.store.usage();
    CHECK(usage.evictedSamples > 0);
    CHECK(usage.samples > 200);
    CHECK(usage.samples + usage.evictedSamples == 5000);
}

TEST_CASE("columns after an eviction start anew") {
    StoreFeed feed(limit);
    for (TimeNs time = 1; time <= 60000; ++time) {
        BatchMaker maker(OriginId{0}, time);
        maker.metric({"c", "", "", MetricType::Sum, true, Temporality::Cumulative})
            .number(time, static_cast<double>(time) * 1e10 + noise(time));
        feed.write(maker);
    }
    const TimeRange extent = *feed.store.extent(feed.onlySeries());
    CHECK(extent.from > 1);
    std::vector<Column> columns(1);
    feed.store.columns(feed.onlySeries(), Field::Value, {}, columns);
    CHECK(columns[0].count == feed.store.usage().samples);
    CHECK(columns[0].firstTime == extent.from);
    CHECK(columns[0].increase == doctest::Approx(columns[0].last - columns[0].first));
}

TEST_CASE("a noisy source gives all the room; a quiet one keeps its samples") {
    StoreFeed feed(limit);
    constexpr OriginId quiet{1};
    TimeNs time = 1;
    for (; time <= 200; ++time) {
        BatchMaker maker(quiet, time * nsPerSecond);
        maker.metric("quiet").number(time, noise(static_cast<std::uint64_t>(time)));
        feed.write(maker);
    }
    for (; time <= 6000; ++time) {
        BatchMaker maker(OriginId{0}, time * nsPerSecond);
        maker.resource({{"service.name", "noisy"}}).metric("noisy");
        for (int i = 0; i < 20; ++i)
            maker.number(time, noise(static_cast<std::uint64_t>(time * 50 + i)),
                         {{"id", std::to_string(i)}});
        // Another resource of the same origin is a source of its own.
        if (time % 100 == 0)
            maker.resource({{"service.name", "calm"}})
                .metric("calm")
                .number(time, noise(static_cast<std::uint64_t>(time)));
        feed.write(maker);
    }
    const StoreUsage usage = feed.store.usage();
    REQUIRE(usage.origins.size() == 2);
    CHECK(usage.evictedSamples > 0);
    CHECK(usage.origins[0].evictedSamples == usage.evictedSamples);
    CHECK(usage.origins[0].oldestSample == 300); // the calm one, complete
    CHECK(usage.origins[1].evictedSamples == 0);
    CHECK(usage.origins[1].samples == 200);
    CHECK(usage.origins[1].series == 1);
    CHECK(usage.origins[1].oldestSample == 1);
    CHECK(usage.origins[0].bytes > usage.origins[1].bytes);
    CHECK(usage.origins[0].samples + usage.origins[1].samples == usage.samples);
    CHECK(usage.evictionBegan > 200 * nsPerSecond);
    CHECK(usage.evictedBytes > usage.evictedSamples);
}

TEST_CASE("what the allocator keeps counts too, and does not shrink the ring again and again") {
    constexpr std::size_t kept = limit / 4;
    std::size_t resident = 0; // like a heap full of holes it never shrinks
    StoreFeed* self = nullptr;
    StoreOptions options;
    options.memoryLimit = limit;
    options.lookInterval = {};
    options.processMemory = [&]() -> std::optional<ProcessMemory> {
        const std::size_t inUse = self->store.usage().bytes;
        resident = std::max(resident, inUse + kept);
        return ProcessMemory{inUse, resident};
    };
    StoreFeed feed(options);
    self = &feed;
    TimeNs time = 1;
    const auto fill = [&] {
        for (const TimeNs end = time + 3000; time < end; ++time)
            writeRound(feed, 20, time, time * nsPerSecond);
        return feed.store.usage().bytes;
    };
    const std::size_t full = fill();
    CHECK(full <= limit - kept);
    CHECK(full > (limit - kept) * 8 / 10);
    // A batch is the least that is looked at.
    CHECK(resident <= limit + limit / 32);
    CHECK(fill() > full * 9 / 10);
    CHECK(fill() > full * 9 / 10);
    CHECK(resident <= limit + limit / 32);
}

TEST_CASE("what the process takes elsewhere is not the ring's, down to a quarter of the limit") {
    std::size_t elsewhere = 0;
    StoreFeed* self = nullptr;
    StoreOptions options;
    options.memoryLimit = limit;
    options.lookInterval = {};
    options.processMemory = [&]() -> std::optional<ProcessMemory> {
        return ProcessMemory{elsewhere + self->store.usage().bytes, 0};
    };
    StoreFeed feed(options);
    self = &feed;
    TimeNs time = 1;
    const auto fill = [&] {
        for (const TimeNs end = time + 3000; time < end; ++time)
            writeRound(feed, 20, time, time * nsPerSecond);
        return feed.store.usage().bytes;
    };
    CHECK(fill() > limit * 9 / 10);
    elsewhere = limit / 2;
    CHECK(fill() <= limit / 2);
    CHECK(feed.store.usage().elsewhere == doctest::Approx(limit / 2).epsilon(0.02));
    elsewhere = limit * 2;
    CHECK(fill() <= limit / 4);
    CHECK(feed.store.usage().bytes > limit / 5);
    elsewhere = 0;
    CHECK(fill() > limit * 9 / 10);
}
