// SPDX-License-Identifier: GPL-3.0-or-later
// Readers on other threads while a Store is written to and evicts: what they see is always that of
// one published generation.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <random>
#include <thread>

#include "tests/model/store_model.h"

using namespace sightglass;
using namespace sightglass::test;

namespace {

constexpr std::array kinds = {Kind::Gauge, Kind::Delta, Kind::Histogram};

/// Writes series that come in pairs: every batch gives both of a pair the same points.
class PairWriter {
  public:
    static constexpr std::uint32_t pairs = 6;

    PairWriter(std::uint32_t seed, std::size_t limit) : m_random(seed), m_feed(limit) {
        // So that ids are known: pair i is series 2i and 2i + 1.
        for (std::uint32_t i = 0; i < pairs; ++i)
            writePair(i, {{1, 0, false}});
    }

    static Kind kindOf(std::uint32_t pair) { return kinds[pair % kinds.size()]; }

    void write() {
        const auto pair = static_cast<std::uint32_t>(m_random() % pairs);
        std::vector<ModelPoint> points;
        const std::size_t count = 1 + m_random() % (m_random() % 10 == 0 ? 300 : 5);
        for (std::size_t i = 0; i < count; ++i) {
            TimeNs& newest = m_newest[pair];
            const auto step = static_cast<TimeNs>(m_random() % 20) + 1;
            const bool late = m_random() % 10 == 0 && newest > step;
            if (!late)
                newest += step;
            points.push_back({late ? newest - step : newest, 0, m_random() % 50 == 0});
        }
        writePair(pair, points);
    }

    [[nodiscard]] const Store& store() const { return m_feed.store; }

  private:
    void writePair(std::uint32_t pair, const std::vector<ModelPoint>& points) {
        m_arrival += nsPerSecond / 10;
        BatchMaker maker(OriginId{0}, m_arrival);
        for (const char* half : {"a", "b"}) {
            DescriptorView descriptor = descriptorOf(kindOf(pair));
            const std::string name = "pair" + std::to_string(pair);
            descriptor.name = name;
            maker.metric(descriptor);
            for (const ModelPoint& point : points)
                putPoint(maker, kindOf(pair), point, {{"half", half}});
        }
        m_feed.write(maker);
    }

    std::mt19937 m_random;
    StoreFeed m_feed;
    TimeNs m_arrival = nsPerSecond;
    std::array<TimeNs, pairs> m_newest{};
};

/// Reads at random and counts what cannot be.
class Reader {
  public:
    explicit Reader(const Store& store) : m_store(store) {}

    void run(const std::stop_token& stop, std::uint32_t seed) {
        std::mt19937 random(seed);
        std::uint64_t generation = 0;
        while (!stop.stop_requested()) {
            const auto pair = static_cast<std::uint32_t>(random() % PairWriter::pairs);
            readPinned(pair);
            readPlain(pair);
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

    void readPinned(std::uint32_t pair) {
        // All of them, so that there is time to write meanwhile.
        std::vector<SeriesId> ids;
        for (std::uint32_t i = 0; i < 2 * PairWriter::pairs; ++i)
            ids.push_back(SeriesId{i});
        const std::shared_ptr<const SeriesReader> pin = m_store.pin(ids);
        expect(pin->generation() <= m_store.generation());
        const SeriesId a{2 * pair}, b{2 * pair + 1};
        std::uint64_t wrong = 0;
        std::vector<ModelPoint> ofA = heldBy(*pin, PairWriter::kindOf(pair), a, wrong);
        std::vector<ModelPoint> ofB = heldBy(*pin, PairWriter::kindOf(pair), b, wrong);
        expect(wrong == 0);
        expect(ofA == heldBy(*pin, PairWriter::kindOf(pair), a, wrong)); // it stays as it is
        if (ofA.empty() || ofB.empty())
            return;
        // One may have given away more of its oldest than the other.
        const TimeNs from = std::max(ofA.front().time, ofB.front().time);
        const auto older = [from](const ModelPoint& point) { return point.time < from; };
        std::erase_if(ofA, older);
        std::erase_if(ofB, older);
        expect(ofA == ofB);
        expect(!ofA.empty() && pin->extent(a)->to == ofA.back().time);
    }

    void readPlain(std::uint32_t pair) {
        // The second is read later, and so holds what the first one did.
        const Kind kind = PairWriter::kindOf(pair);
        const SeriesId a{2 * pair}, b{2 * pair + 1};
        std::uint64_t wrong = 0;
        const std::vector<ModelPoint> ofB = heldBy(m_store, kind, b, wrong);
        const std::vector<ModelPoint> ofA = heldBy(m_store, kind, a, wrong);
        expect(wrong == 0);
        expect(std::ranges::is_sorted(ofA, std::ranges::less_equal{}, &ModelPoint::time));
        if (!ofA.empty() && !ofB.empty())
            expect(ofA.back().time >= ofB.back().time);
        std::vector<Column> columns(20);
        const TimeRange all{0, 100'000};
        const Field field = kind == Kind::Histogram ? Field::Sum : Field::Value;
        m_store.columns(a, field, all, columns);
        TimeNs before = -1;
        for (const Column& column : columns) {
            if (column.count == 0)
                continue;
            expect(column.firstTime > before);
            expect(column.first == valueAt(column.firstTime));
            expect(column.last == valueAt(column.lastTime));
            before = column.lastTime;
        }
        if (const auto sample = m_store.latest(a, field, all.to, all.to))
            expect(sample->value.asDouble() == valueAt(sample->time));
    }

    const Store& m_store;
    std::atomic<std::uint64_t> m_wrong{0}, m_rounds{0};
};

void readWhileWriting(std::size_t limit, bool evicts) {
    PairWriter writer(7, limit);
    Reader first(writer.store()), second(writer.store());
    {
        const std::jthread one([&](const std::stop_token& stop) { first.run(stop, 1); });
        const std::jthread two([&](const std::stop_token& stop) { second.run(stop, 2); });
        for (int round = 0; round < 3000; ++round)
            writer.write();
        // Slowly, or what a starved reader has to read grows faster than it reads.
        while (first.rounds() < 50 || second.rounds() < 50) {
            writer.write();
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    }
    CHECK((writer.store().usage().evictedSamples > 0) == evicts);
    CHECK(first.wrong() == 0);
    CHECK(second.wrong() == 0);
}

} // namespace

TEST_CASE("readers see of each batch all points or none, late ones too") {
    readWhileWriting(std::size_t{64} << 20, false);
}

TEST_CASE("readers see whole generations while the oldest samples are evicted") {
    readWhileWriting(std::size_t{128} << 10, true);
}
