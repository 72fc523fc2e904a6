// SPDX-License-Identifier: GPL-3.0-or-later
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <map>
#include <optional>
#include <random>
#include <thread>

#include "tests/support/store_feed.h"

using namespace sightglass;
using test::BatchMaker;
using test::StoreFeed;

namespace {

constexpr TimeNs lastTime = 1'000'000;

enum class Kind { Gauge, Counter, Delta, Histogram };
constexpr int kindCount = 4;

constexpr DescriptorView descriptorOf(Kind kind) {
    switch (kind) {
    case Kind::Gauge:
        break;
    case Kind::Counter:
        return {"counter", "", "", MetricType::Sum, true, Temporality::Cumulative};
    case Kind::Delta:
        return {"delta", "", "", MetricType::Sum, true, Temporality::Delta};
    case Kind::Histogram:
        return {"histogram", "", "", MetricType::Histogram, false, Temporality::Cumulative};
    }
    return {"gauge", "", "", MetricType::Gauge, false, Temporality::Unspecified};
}

/// Every value follows from its time, so that a reader can judge a sample without the model. Whole
/// numbers: sums are exact in any order.
double valueAt(TimeNs time) {
    return static_cast<double>(time * 37 % 101);
}
bool isIntegerAt(TimeNs time) {
    return time % 3 == 0;
}

struct Point {
    TimeNs time = 0;
    TimeNs startTime = 0;
    bool stale = false;
};

/// The naive store: lists of points.
struct ModelSeries {
    Kind kind = Kind::Gauge;
    std::vector<Point> points;
    std::optional<SeriesId> id;
};

Column naiveColumn(const std::vector<Point>& points, bool delta, TimeRange range, std::size_t index,
                   std::size_t count) {
    Column out;
    const auto columnOf = [&](TimeNs time) {
        const auto offset = static_cast<std::size_t>(time - range.from);
        const auto span = static_cast<std::size_t>(range.to - range.from);
        return span == 0 ? count - 1 : std::min(offset * count / span, count - 1);
    };
    const Point* before = nullptr;
    TimeNs riseFrom = 0;
    for (const Point& point : points) {
        if (point.time > range.to)
            break;
        if (point.time >= range.from && columnOf(point.time) == index) {
            if (point.stale) {
                out.stale = true;
                continue;
            }
            const double value = valueAt(point.time);
            if (out.count++ == 0) {
                out.first = out.min = out.max = value;
                out.firstTime = point.time;
                const bool saysStart =
                    delta && point.startTime != 0 && point.startTime < point.time;
                riseFrom = saysStart ? point.startTime : before ? before->time : point.time;
            }
            out.min = std::min(out.min, value);
            out.max = std::max(out.max, value);
            out.last = value;
            out.lastTime = point.time;
            out.sum += value;
            out.stale = false;
            if (delta) {
                out.increase += value;
            } else if (before) {
                const double previous = valueAt(before->time);
                out.resets += value < previous ? 1 : 0;
                out.increase += value < previous ? value : value - previous;
            }
            out.increaseOver = point.time - riseFrom;
        }
        if (!point.stale)
            before = &point;
    }
    return out;
}

bool same(const Column& a, const Column& b) {
    return a.count == b.count && a.stale == b.stale && a.firstTime == b.firstTime &&
           a.lastTime == b.lastTime && a.first == b.first && a.min == b.min && a.max == b.max &&
           a.last == b.last && a.sum == b.sum && a.increase == b.increase &&
           a.increaseOver == b.increaseOver && a.resets == b.resets;
}

/// Reads at random while the writer writes, and counts what cannot be.
class Reader {
  public:
    explicit Reader(const Store& store) : m_store(store) {}

    void run(const std::stop_token& stop, std::uint32_t seed) {
        std::mt19937 random(seed);
        std::uint64_t generation = 0;
        while (!stop.stop_requested()) {
            const SeriesId id{static_cast<std::uint32_t>(random() % 256)};
            const TimeNs from = static_cast<TimeNs>(random() % lastTime);
            readNumbers(id, {from, lastTime});
            readColumns(id, {from, lastTime}, 1 + random() % 50);
            const auto info = m_store.series(id);
            if (info) {
                for (const SeriesInfo& other : m_store.seriesOf(info->metric->id))
                    expect(other.metric->id == info->metric->id);
            }
            if (const auto sample = m_store.latest(id, Field::Value, lastTime, lastTime))
                expect(sample->value.asDouble() == valueAt(sample->time));
            const std::uint64_t now = m_store.generation();
            expect(now >= generation);
            generation = now;
            ++m_rounds;
        }
    }

    [[nodiscard]] std::uint64_t wrong() const { return m_wrong; }
    [[nodiscard]] std::uint64_t rounds() const { return m_rounds; }

  private:
    void expect(bool fine) { m_wrong += fine ? 0 : 1; }

    void readNumbers(SeriesId id, TimeRange range) {
        std::vector<Sample> samples;
        m_store.numbers(id, range, samples);
        for (std::size_t i = 0; i < samples.size(); ++i) {
            const Sample& sample = samples[i];
            expect(range.contains(sample.time));
            expect(i == 0 || samples[i - 1].time < sample.time);
            expect(sample.stale() || sample.value.asDouble() == valueAt(sample.time));
        }
        std::vector<HistogramSample> histograms;
        m_store.histograms(id, range, histograms);
        for (const HistogramSample& sample : histograms)
            expect(sample.stale() ||
                   sample.bucketCounts.size() == sample.bounds->bounds.size() + 1);
    }

    void readColumns(SeriesId id, TimeRange range, std::size_t count) {
        std::vector<Column> columns(count);
        m_store.columns(id, Field::Value, range, columns);
        TimeNs before = range.from - 1;
        for (const Column& column : columns) {
            if (column.count == 0)
                continue;
            expect(column.firstTime > before);
            expect(column.first == valueAt(column.firstTime));
            expect(column.last == valueAt(column.lastTime));
            expect(column.min <= column.first && column.max >= column.last);
            before = column.lastTime;
        }
    }

    const Store& m_store;
    std::atomic<std::uint64_t> m_wrong{0}, m_rounds{0};
};

/// Drives a Store and the model with the same operations and compares them.
class Driver {
  public:
    Driver(std::uint32_t seed, std::size_t limit) : m_random(seed), m_feed(limit), m_limit(limit) {}

    [[nodiscard]] const Store& store() const { return m_feed.store; }

    /// One batch of points in the right order, too late, repeated, contradicting, or without time.
    void writeBatch() {
        m_arrival += static_cast<TimeNs>(pick(30)) * nsPerSecond;
        BatchMaker maker(OriginId{0}, m_arrival);
        std::uint64_t takes = 0, refuses = 0;
        const Kind kind = static_cast<Kind>(pick(kindCount));
        maker.metric(descriptorOf(kind));
        const std::size_t points = 1 + pick(40);
        // Series come and go, so that idle ones are evicted whole.
        const std::size_t firstId = m_batches++ / 25;
        for (std::size_t i = 0; i < points; ++i) {
            Labels labels = {
                {"id", std::to_string(firstId + pick(8))}, {"kind", "k"}, {"zone", "z"}};
            ModelSeries& series = m_model[{kind, labels[0].second}];
            series.kind = kind;
            std::shuffle(labels.begin(), labels.end(), m_random);
            addPoint(maker, series, labels, takes, refuses);
        }
        const WriteReport report = m_feed.write(maker);
        REQUIRE(report.rejected() == refuses);
        REQUIRE(report.accepted == takes);
        REQUIRE(report.generation == m_feed.store.generation());
        meetRemovals();
    }

    void compare() {
        std::uint64_t kept = 0;
        for (auto& [key, series] : m_model) {
            if (series.points.empty())
                continue;
            REQUIRE(series.id);
            std::vector<Point> held = heldBy(series);
            // What is left is an unbroken end of what was taken.
            REQUIRE(held.size() <= series.points.size());
            const std::size_t gone = series.points.size() - held.size();
            for (std::size_t i = 0; i < held.size(); ++i) {
                const Point& expected = series.points[gone + i];
                REQUIRE(held[i].time == expected.time);
                REQUIRE(held[i].startTime == expected.startTime);
                REQUIRE(held[i].stale == expected.stale);
            }
            series.points = std::move(held);
            kept += series.points.size();
            compareReads(series);
        }
        const StoreUsage usage = m_feed.store.usage();
        REQUIRE(usage.samples == kept);
        REQUIRE(usage.series == m_feed.listener.series.size());
        REQUIRE(usage.bytes <= m_limit + m_limit / 4);
        TimeNs oldest = 0;
        for (const auto& [key, series] : m_model) {
            if (!series.points.empty() && (oldest == 0 || series.points.front().time < oldest))
                oldest = series.points.front().time;
        }
        REQUIRE(usage.oldestSample == oldest);
        REQUIRE(m_feed.listener.strayRemovals == 0);
    }

    [[nodiscard]] std::uint64_t evicted() const { return m_feed.store.usage().evictedSamples; }
    [[nodiscard]] std::uint64_t evictedSeries() const { return m_feed.store.usage().evictedSeries; }

  private:
    std::size_t pick(std::size_t count) { return m_random() % count; }

    void addPoint(BatchMaker& maker, ModelSeries& series, const Labels& labels,
                  std::uint64_t& takes, std::uint64_t& refuses) {
        const TimeNs newest = series.points.empty() ? 0 : series.points.back().time;
        const std::size_t what = pick(20);
        if (what == 0) {
            put(maker, series.kind, {0, 0, false}, labels);
            ++refuses;
        } else if (what == 1 && newest > 1) {
            put(maker, series.kind, {1 + static_cast<TimeNs>(pick(newest - 1)), 0, false}, labels);
            ++refuses;
        } else if (what == 2 && newest > 0) {
            put(maker, series.kind, series.points.back(), labels);
            ++takes;
        } else if (what == 3 && newest > 0) {
            Point other = series.points.back();
            other.stale = !other.stale;
            put(maker, series.kind, other, labels);
            ++refuses;
        } else {
            // Short and long steps; the start changes now and then, of deltas always.
            Point point;
            point.time = newest + 1 + static_cast<TimeNs>(pick(pick(10) == 0 ? 500 : 10));
            point.stale = what == 4;
            const TimeNs last = series.points.empty() ? 0 : series.points.back().startTime;
            point.startTime = series.kind == Kind::Delta ? newest
                              : pick(50) == 0            ? point.time
                                                         : last;
            put(maker, series.kind, point, labels);
            series.points.push_back(point);
            ++takes;
        }
    }

    static void put(BatchMaker& maker, Kind kind, const Point& point, const Labels& labels) {
        PointHeader* header = nullptr;
        if (kind == Kind::Histogram) {
            const auto value = static_cast<std::uint64_t>(valueAt(point.time));
            // Bounds differ now and then.
            const bool wide = point.time % 7 == 0;
            const std::vector<double> bounds =
                wide ? std::vector<double>{1, 2} : std::vector<double>{5};
            std::vector<std::uint64_t> counts(bounds.size() + 1, 0);
            counts[0] = value;
            header = &maker.histogram(point.time, bounds, counts, valueAt(point.time), labels);
        } else {
            const double value = valueAt(point.time);
            const Number number = isIntegerAt(point.time)
                                      ? Number::of(static_cast<std::int64_t>(value))
                                      : Number::of(value);
            header = &maker.number(point.time, number, labels);
        }
        header->startTime = point.startTime;
        header->flags = point.stale ? noRecordedValueFlag : 0;
    }

    /// Learns from the listener which series came and which went.
    void meetRemovals() {
        for (auto& [key, series] : m_model) {
            if (series.id && !m_feed.listener.series.contains(*series.id)) {
                REQUIRE(!m_feed.store.series(*series.id));
                series.id.reset();
                // What came after the removal, if anything, is found below.
            }
        }
        for (const auto& [id, info] : m_feed.listener.series) {
            const std::string name = info.metric->descriptor.name;
            for (int k = 0; k < kindCount; ++k) {
                const Kind kind = static_cast<Kind>(k);
                if (descriptorOf(kind).name == name)
                    m_model.at({kind, std::string(info.attributes->find("id")->text())}).id = id;
            }
        }
        for (auto& [key, series] : m_model) {
            if (!series.id)
                series.points.clear();
        }
    }

    std::vector<Point> heldBy(const ModelSeries& series) const {
        std::vector<Point> out;
        if (series.kind == Kind::Histogram) {
            std::vector<HistogramSample> samples;
            m_feed.store.histograms(*series.id, {}, samples);
            for (const HistogramSample& s : samples) {
                out.push_back({s.time, s.startTime, s.stale()});
                REQUIRE(s.bucketCounts.at(0) == static_cast<std::uint64_t>(valueAt(s.time)));
                REQUIRE(s.bounds->bounds.size() == (s.time % 7 == 0 ? 2 : 1));
            }
            return out;
        }
        for (const Sample& s : m_feed.numbers(*series.id)) {
            out.push_back({s.time, s.startTime, s.stale()});
            if (!s.stale()) {
                REQUIRE(s.value.isInteger == isIntegerAt(s.time));
                REQUIRE(s.value.asDouble() == valueAt(s.time));
            }
        }
        return out;
    }

    void compareReads(const ModelSeries& series) {
        const std::vector<Point>& points = series.points;
        const Field field = series.kind != Kind::Histogram ? Field::Value
                            : pick(2) == 0                 ? Field::Count
                                                           : Field::Sum;
        REQUIRE(m_feed.store.extent(*series.id) ==
                TimeRange{points.front().time, points.back().time});
        const TimeNs length = points.back().time - points.front().time + 20;
        const TimeNs from = points.front().time - 10 + static_cast<TimeNs>(pick(length));
        const TimeRange range{from, from + static_cast<TimeNs>(pick(length))};
        std::vector<Column> columns(1 + pick(30));
        m_feed.store.columns(*series.id, field, range, columns);
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const Column expected =
                naiveColumn(points, series.kind == Kind::Delta, range, i, columns.size());
            REQUIRE(same(columns[i], expected));
        }
        const TimeNs lookback = 1 + static_cast<TimeNs>(pick(50));
        const auto latest = m_feed.store.latest(*series.id, field, range.to, lookback);
        const Point* newest = nullptr;
        for (const Point& point : points) {
            if (point.time <= range.to && point.time > range.to - lookback)
                newest = &point;
        }
        REQUIRE(latest.has_value() == (newest && !newest->stale));
        if (latest)
            REQUIRE(latest->time == newest->time);
    }

    std::mt19937 m_random;
    StoreFeed m_feed;
    std::size_t m_limit;
    TimeNs m_arrival = nsPerSecond;
    std::size_t m_batches = 0;
    std::map<std::pair<Kind, std::string>, ModelSeries> m_model;
};

} // namespace

TEST_CASE("a store with room keeps exactly what the model keeps") {
    for (std::uint32_t seed = 1; seed <= 20; ++seed) {
        CAPTURE(seed);
        Driver driver(seed, std::size_t{64} << 20);
        for (int round = 0; round < 60; ++round) {
            driver.writeBatch();
            driver.compare();
        }
        CHECK(driver.evicted() == 0);
    }
}

TEST_CASE("a store under pressure keeps an unbroken end of it") {
    std::uint64_t evicted = 0, evictedSeries = 0;
    for (std::uint32_t seed = 1; seed <= 20; ++seed) {
        CAPTURE(seed);
        Driver driver(seed, std::size_t{96} << 10);
        for (int round = 0; round < 300; ++round) {
            driver.writeBatch();
            if (round % 10 == 0)
                driver.compare();
        }
        evicted += driver.evicted();
        evictedSeries += driver.evictedSeries();
    }
    CHECK(evicted > 0);
    CHECK(evictedSeries > 0);
}

TEST_CASE("readers on other threads see only what was written, while it is written and evicted") {
    Driver driver(7, std::size_t{96} << 10);
    Reader first(driver.store()), second(driver.store());
    {
        const std::jthread one([&](const std::stop_token& stop) { first.run(stop, 1); });
        const std::jthread two([&](const std::stop_token& stop) { second.run(stop, 2); });
        for (int round = 0; round < 600; ++round)
            driver.writeBatch();
        while (first.rounds() < 50 || second.rounds() < 50)
            driver.writeBatch();
        driver.compare();
    }
    CHECK(driver.evicted() > 0);
    CHECK(first.wrong() == 0);
    CHECK(second.wrong() == 0);
}
