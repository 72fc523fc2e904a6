// SPDX-License-Identifier: GPL-3.0-or-later
// Random operations on a Store and on the model; what both hold is the same.
#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <random>
#include <utility>

#include "tests/model/store_model.h"

using namespace sightglass;
using namespace sightglass::test;

namespace {

constexpr TimeNs lateWindow = 300;

StoreOptions optionsOf(std::size_t limit) {
    StoreOptions out;
    out.memoryLimit = limit;
    out.lateWindow = lateWindow;
    return out;
}

/// Drives a Store and the model with the same operations and compares them.
class Driver {
  public:
    Driver(std::uint32_t seed, std::size_t limit)
        : m_random(seed), m_feed(optionsOf(limit)), m_limit(limit) {}

    /// One batch of points in the right order, late, too late, repeated, contradicting, or without
    /// time.
    void writeBatch() {
        m_arrival += static_cast<TimeNs>(pick(30)) * nsPerSecond;
        BatchMaker maker(OriginId{static_cast<std::uint32_t>(pick(2))}, m_arrival);
        std::uint64_t takes = 0, refuses = 0;
        const Kind kind = static_cast<Kind>(pick(kindCount));
        maker.metric(descriptorOf(kind));
        const std::size_t points = 1 + pick(pick(8) == 0 ? 600 : 60);
        // Series come and go, so that silent ones are evicted whole.
        const std::size_t firstId = m_batches++ / 40;
        for (std::size_t i = 0; i < points; ++i) {
            Labels labels = {
                {"id", std::to_string(firstId + pick(3))}, {"kind", "k"}, {"zone", "z"}};
            ModelSeries& series = m_model[{maker.batch().origin, kind, labels[0].second}];
            series.kind = kind;
            std::shuffle(labels.begin(), labels.end(), m_random);
            const ModelPoint point = nextPoint(series);
            putPoint(maker, kind, point, labels);
            ++(series.write(point, lateWindow) ? takes : refuses);
        }
        const WriteReport report = m_feed.write(maker);
        for (const Rejection& rejection : report.rejections)
            REQUIRE(rejection.reason != "series-limit");
        REQUIRE(report.rejected() == refuses);
        REQUIRE(report.accepted == takes);
        REQUIRE(report.generation == m_feed.store.generation());
        meetRemovals();
        meetEvictions();
    }

    /// Reads of all kinds give what the model says.
    void compare() {
        std::uint64_t kept = 0;
        TimeNs oldest = 0;
        for (auto& [key, series] : m_model) {
            if (series.points.empty())
                continue;
            kept += series.points.size();
            if (oldest == 0 || series.points.front().time < oldest)
                oldest = series.points.front().time;
            compareReads(m_feed.store, series);
        }
        const StoreUsage usage = m_feed.store.usage();
        REQUIRE(usage.samples == kept);
        REQUIRE(usage.series == m_feed.listener.series.size());
        REQUIRE(usage.bytes <= m_limit);
        REQUIRE(usage.oldestSample == oldest);
        REQUIRE(m_feed.listener.strayRemovals == 0);
    }

    /// Some series pinned now are read again when much else has happened.
    void keepPin() {
        std::vector<SeriesId> ids;
        Pin pin;
        for (const auto& [key, series] : m_model) {
            if (series.id && pick(3) == 0) {
                ids.push_back(*series.id);
                pin.series.push_back(series);
            }
        }
        pin.reader = m_feed.store.pin(ids);
        pin.generation = m_feed.store.generation();
        m_pins.push_back(std::move(pin));
        if (m_pins.size() < 4)
            return;
        const Pin& old = m_pins.front();
        REQUIRE(old.reader->generation() == old.generation);
        for (const ModelSeries& series : old.series) {
            std::uint64_t wrong = 0;
            REQUIRE(heldBy(*old.reader, series.kind, *series.id, wrong) == series.points);
            REQUIRE(wrong == 0);
            if (!series.points.empty())
                compareReads(*old.reader, series);
        }
        m_pins.pop_front();
    }

    [[nodiscard]] StoreUsage usage() const { return m_feed.store.usage(); }

  private:
    struct Pin {
        std::shared_ptr<const SeriesReader> reader;
        std::uint64_t generation = 0;
        std::vector<ModelSeries> series;
    };

    std::size_t pick(std::size_t count) { return m_random() % count; }

    ModelPoint nextPoint(const ModelSeries& series) {
        const TimeNs newest = series.newest();
        const auto another = [&] { return series.points[pick(series.points.size())]; };
        const std::size_t what = pick(24);
        if (what == 0)
            return {};
        if (what == 1 && newest > 1)
            return {1 + static_cast<TimeNs>(pick(static_cast<std::size_t>(newest - 1))), 0, false};
        if (what <= 4 && newest > lateWindow)
            return {newest - static_cast<TimeNs>(pick(lateWindow + 2)), 0, what == 4};
        if (what == 5 && newest > 0)
            return another();
        if (what == 6 && newest > 0) {
            ModelPoint other = another();
            other.stale = !other.stale;
            return other;
        }
        // Short and long steps; the start changes now and then, of deltas always.
        ModelPoint point;
        point.time = newest + 1 + static_cast<TimeNs>(pick(pick(10) == 0 ? 500 : 10));
        point.stale = pick(40) == 0;
        const TimeNs last = series.points.empty() ? 0 : series.points.back().startTime;
        point.startTime = series.kind == Kind::Delta ? newest : pick(80) == 0 ? point.time : last;
        return point;
    }

    /// Learns from the listener which series came and which went.
    void meetRemovals() {
        for (auto& [key, series] : m_model) {
            if (series.id && !m_feed.listener.series.contains(*series.id)) {
                REQUIRE(!m_feed.store.series(*series.id));
                series.id.reset();
            }
        }
        for (const auto& [id, info] : m_feed.listener.series) {
            for (int k = 0; k < kindCount; ++k) {
                const Kind kind = static_cast<Kind>(k);
                if (descriptorOf(kind).name == info.metric->descriptor.name)
                    m_model
                        .at({info.metric->origin, kind,
                             std::string(info.attributes->find("id")->text())})
                        .id = id;
            }
        }
        for (auto& [key, series] : m_model) {
            if (!series.id)
                series.points.clear();
        }
    }

    /// What is left of a series is an unbroken end of what was taken.
    void meetEvictions() {
        for (auto& [key, series] : m_model) {
            if (!series.id)
                continue;
            std::uint64_t wrong = 0;
            std::vector<ModelPoint> held = heldBy(m_feed.store, series.kind, *series.id, wrong);
            REQUIRE(wrong == 0);
            REQUIRE(held.size() <= series.points.size());
            REQUIRE(std::equal(held.rbegin(), held.rend(), series.points.rbegin()));
            series.points = std::move(held);
        }
    }

    void compareReads(const SeriesReader& reader, const ModelSeries& series) {
        const std::vector<ModelPoint>& points = series.points;
        const Field field = series.kind < Kind::Histogram ? Field::Value
                            : pick(2) == 0                ? Field::Count
                                                          : Field::Sum;
        REQUIRE(reader.extent(*series.id) == TimeRange{points.front().time, points.back().time});
        const auto length = static_cast<std::size_t>(points.back().time - points.front().time + 20);
        const TimeNs from = points.front().time - 10 + static_cast<TimeNs>(pick(length));
        const TimeRange range{from, from + static_cast<TimeNs>(pick(length))};

        std::vector<ModelPoint> within;
        std::ranges::copy_if(points, std::back_inserter(within),
                             [&](const ModelPoint& point) { return range.contains(point.time); });
        std::uint64_t wrong = 0;
        REQUIRE(heldBy(reader, series.kind, *series.id, wrong, range) == within);

        std::vector<Column> columns(1 + pick(30));
        reader.columns(*series.id, field, range, columns);
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const Column expected =
                naiveColumn(points, series.kind == Kind::Delta, range, i, columns.size());
            REQUIRE(same(columns[i], expected));
        }

        const TimeNs lookback = 1 + static_cast<TimeNs>(pick(50));
        const auto latest = reader.latest(*series.id, field, range.to, lookback);
        const ModelPoint* newest = nullptr;
        for (const ModelPoint& point : points) {
            if (point.time <= range.to && point.time > range.to - lookback)
                newest = &point;
        }
        REQUIRE(latest.has_value() == (newest && !newest->stale));
        if (latest) {
            REQUIRE(latest->time == newest->time);
            REQUIRE(latest->value.asDouble() == valueAt(newest->time));
        }
    }

    std::mt19937 m_random;
    StoreFeed m_feed;
    std::size_t m_limit;
    TimeNs m_arrival = nsPerSecond;
    std::size_t m_batches = 0;
    std::map<std::tuple<OriginId, Kind, std::string>, ModelSeries> m_model;
    std::deque<Pin> m_pins;
};

} // namespace

TEST_CASE("a store with room keeps exactly what the model keeps") {
    for (std::uint32_t seed = 1; seed <= 8; ++seed) {
        CAPTURE(seed);
        Driver driver(seed, std::size_t{64} << 20);
        for (int round = 0; round < 60; ++round) {
            driver.writeBatch();
            driver.compare();
            driver.keepPin();
        }
        CHECK(driver.usage().evictedSamples == 0);
    }
}

TEST_CASE("a store under pressure keeps an unbroken end of it") {
    std::uint64_t evicted = 0, evictedSeries = 0;
    for (std::uint32_t seed = 1; seed <= 3; ++seed) {
        CAPTURE(seed);
        Driver driver(seed, std::size_t{320} << 10);
        for (int round = 0; round < 800; ++round) {
            driver.writeBatch();
            if (round % 10 == 0) {
                driver.compare();
                driver.keepPin();
            }
        }
        evicted += driver.usage().evictedSamples;
        evictedSeries += driver.usage().evictedSeries;
    }
    CHECK(evicted > 0);
    CHECK(evictedSeries > 0);
}
