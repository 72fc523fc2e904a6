// SPDX-License-Identifier: GPL-3.0-or-later
// Points whose attributes the OTLP decoder left encoded come to the same as all others.
#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "core/codec/otlp/decode.h"
#include "core/codec/otlp/encode.h"
#include "tests/support/store_feed.h"

using namespace sightglass;
using test::BatchMaker;
using test::StoreFeed;

namespace {

WriteReport writeOtlp(StoreFeed& feed, BatchMaker& maker, bool leaveEncoded) {
    RawRecord record;
    record.origin = maker.batch().origin;
    record.receivedAt = maker.batch().receivedAt;
    record.body = std::make_shared<const std::string>(encodeMetricsRequest(maker.batch()));
    OtlpLimits limits;
    limits.leaveAttributesEncoded = leaveEncoded;
    auto batch = decodeMetricsRequest(record, limits);
    REQUIRE(batch.ok());
    return feed.store.write(*batch);
}

/// Each series in words, with its samples.
std::map<std::string, std::vector<Sample>> contentOf(const StoreFeed& feed) {
    std::map<std::string, std::vector<Sample>> out;
    for (const auto& [id, info] : feed.listener.series) {
        std::string name = info.metric->descriptor.name;
        for (const Attribute& attribute : *info.attributes)
            name += " " + std::string(attribute.key) + "=" + attribute.value.display();
        CHECK(out.emplace(name, feed.numbers(id)).second);
    }
    return out;
}

/// A batch of a few metrics whose series come in any number, order and repetition, with keys in
/// any order, some of them twice.
BatchMaker randomBatch(std::mt19937_64& random, TimeNs time) {
    BatchMaker maker;
    for (int m = 0; m < 3; ++m) {
        maker.metric("m" + std::to_string(random() % 4));
        const std::size_t points = random() % 40;
        for (std::size_t i = 0; i < points; ++i) {
            Labels labels;
            for (const char* key : {"a", "b", "c"})
                if (random() % 4 != 0)
                    labels.emplace_back(key, std::to_string(random() % 3));
            if (random() % 5 == 0)
                labels.emplace_back("a", "again");
            std::shuffle(labels.begin(), labels.end(), random);
            const std::size_t repeated = random() % 6 == 0 ? 3 : 1;
            for (std::size_t r = 0; r < repeated; ++r)
                maker.number(time + static_cast<TimeNs>(i * 3 + r),
                             static_cast<double>(random() % 9), labels);
        }
    }
    return maker;
}

} // namespace

TEST_CASE("attributes left encoded and attributes read at once fill the store alike") {
    std::mt19937_64 random(1);
    StoreFeed atOnce, left;
    for (TimeNs round = 1; round <= 60; ++round) {
        BatchMaker maker = randomBatch(random, round * 1000);
        const WriteReport first = writeOtlp(atOnce, maker, false);
        const WriteReport second = writeOtlp(left, maker, true);
        CHECK(first.accepted == second.accepted);
        CHECK(first.rejected() == second.rejected());
    }
    const auto expected = contentOf(atOnce);
    const auto found = contentOf(left);
    CHECK(expected.size() > 100);
    REQUIRE(found.size() == expected.size());
    for (const auto& [name, samples] : expected) {
        CAPTURE(name);
        const auto it = found.find(name);
        REQUIRE(it != found.end());
        REQUIRE(it->second.size() == samples.size());
        for (std::size_t i = 0; i < samples.size(); ++i) {
            CHECK(it->second[i].time == samples[i].time);
            CHECK(it->second[i].value.asDouble() == samples[i].value.asDouble());
        }
    }
}

TEST_CASE("a series stays one in whatever order its attributes come, and by whatever codec") {
    StoreFeed feed;
    Labels labels = {{"a", "1"}, {"b", "2"}, {"c", "3"}};
    TimeNs time = 0;
    // More forms than are known at a time, each often.
    for (int round = 0; round < 5; ++round) {
        std::sort(labels.begin(), labels.end());
        do {
            BatchMaker maker;
            maker.metric("g").number(++time, 1, labels);
            Labels twice = labels;
            twice.emplace_back("a", "later");
            maker.number(++time, 1, twice);
            CHECK(writeOtlp(feed, maker, round % 2 == 0).accepted == 2);
        } while (std::next_permutation(labels.begin(), labels.end()));
    }
    REQUIRE(feed.listener.series.size() == 1);
    CHECK(feed.numbers(feed.onlySeries()).size() == static_cast<std::size_t>(time));
}

TEST_CASE("series found in parts, in turns or in a new order keep their own samples") {
    StoreFeed feed;
    constexpr int count = 50;
    std::vector<int> order(count);
    for (int i = 0; i < count; ++i)
        order[static_cast<std::size_t>(i)] = i;
    std::mt19937_64 random(3);
    TimeNs time = 0;
    std::size_t written = 0;
    for (int round = 0; round < 40; ++round) {
        if (round % 4 == 0)
            std::shuffle(order.begin(), order.end(), random);
        std::size_t from = 0, to = order.size(); // all, or one half
        if (round % 3 != 0)
            (round % 3 == 1 ? to : from) = order.size() / 2;
        BatchMaker maker;
        maker.metric("g");
        const int points = round % 2 == 0 ? 1 : 3;
        for (std::size_t i = from; i < to; ++i) {
            if (random() % 10 == 0)
                continue;
            for (int p = 1; p <= points; ++p)
                maker.number(time + p, order[i], {{"id", std::to_string(order[i])}});
            written += static_cast<std::size_t>(points);
        }
        time += points;
        CHECK(writeOtlp(feed, maker, true).rejected() == 0);
    }
    CHECK(feed.listener.series.size() == count);
    std::size_t found = 0;
    for (const auto& [id, info] : feed.listener.series) {
        const std::string text(info.attributes->find("id")->text());
        for (const Sample& sample : feed.numbers(id))
            CHECK(std::to_string(static_cast<int>(sample.value.asDouble())) == text);
        found += feed.numbers(id).size();
    }
    CHECK(found == written);
}

TEST_CASE("a series that was removed and comes back is a new one, in every form it had") {
    StoreFeed feed(512 << 10);
    const Labels labels = {{"id", "returns"}, {"b", "2"}}, turned = {{"b", "2"}, {"id", "returns"}};
    std::set<SeriesId> ids;
    TimeNs time = 0;
    int others = 0;
    for (int round = 0; round < 3; ++round) {
        for (const Labels& form : {labels, turned}) {
            BatchMaker maker(OriginId{0}, ++time * nsPerSecond);
            maker.metric("g").number(time, round, form);
            REQUIRE(writeOtlp(feed, maker, true).accepted == 1);
        }
        SeriesId here;
        for (const auto& [id, info] : feed.listener.series)
            if (info.attributes->find("id")->text() == "returns")
                here = id;
        CHECK(ids.insert(here).second);
        CHECK(feed.numbers(here).size() == 2);
        // Until others have pushed it out.
        for (int i = 0; i < 400 && feed.listener.series.contains(here); ++i) {
            time += Store::idleAfter / nsPerSecond;
            BatchMaker maker(OriginId{0}, time * nsPerSecond);
            maker.metric("g");
            for (int s = 0; s < 50; ++s)
                maker.number(time, 1, {{"id", "other" + std::to_string(others++)}});
            static_cast<void>(writeOtlp(feed, maker, true));
        }
        REQUIRE_FALSE(feed.listener.series.contains(here));
    }
    CHECK(feed.listener.strayRemovals == 0);
    CHECK(feed.store.usage().series == feed.listener.series.size());
}
