// SPDX-License-Identifier: GPL-3.0-or-later
#include <functional>

#include <doctest/doctest.h>

#include "core/codec/otlp/wire_writer.h"
#include "describe.h"

using namespace sightglass;
using namespace sightglass::test;

namespace {

using Fields = std::function<void(WireWriter&)>;

std::string bytesOf(const Fields& fields) {
    WireWriter writer;
    fields(writer);
    return writer.take();
}

std::string attributeOf(std::string_view key, std::string_view anyValue) {
    return bytesOf([&](WireWriter& w) {
        w.bytes(1, key);
        w.bytes(2, anyValue);
    });
}

std::string stringValue(std::string_view text) {
    return bytesOf([&](WireWriter& w) { w.bytes(1, text); });
}

/// A number point with time and value, and then `more`.
std::string pointOf(const Fields& more = [](WireWriter&) {}) {
    return bytesOf([&](WireWriter& w) {
        w.fixed64(3, std::int64_t{9});
        w.fixed64(6, std::int64_t{1});
        more(w);
    });
}

std::string gaugeOf(std::initializer_list<std::string> points, std::string_view name = "g") {
    return bytesOf([&](WireWriter& w) {
        w.bytes(1, name);
        const std::size_t gauge = w.begin(5);
        for (const std::string& point : points)
            w.bytes(1, point);
        w.end(gauge);
    });
}

std::string requestOf(
    const std::string& metric, const Fields& moreOfResourceMetrics = [](WireWriter&) {}) {
    return bytesOf([&](WireWriter& w) {
        const std::size_t resourceMetrics = w.begin(1);
        const std::size_t scopeMetrics = w.begin(2);
        w.bytes(2, metric);
        w.end(scopeMetrics);
        moreOfResourceMetrics(w);
        w.end(resourceMetrics);
    });
}

Batch decoded(const std::string& body) {
    auto batch = decodedBothWays(recordOf(body));
    REQUIRE_MESSAGE(batch.ok(), batch.error().text());
    return std::move(*batch);
}

} // namespace

TEST_CASE("an empty request is an empty batch of its origin and time") {
    const Batch batch = decoded("");
    CHECK(batch.origin == OriginId{3});
    CHECK(batch.receivedAt == 77);
    CHECK(batch.pointCount() == 0);
    CHECK(batch.rejections.empty());
}

TEST_CASE("strings are views of the body") {
    const auto record = recordOf(requestOf(gaugeOf({pointOf()}, "the.name")));
    const auto batch = decodedBothWays(record);
    REQUIRE(batch.ok());
    const std::string_view name = batch->metrics.at(0).descriptor.name;
    CHECK(name == "the.name");
    CHECK(name.data() >= record.body->data());
    CHECK(name.data() < record.body->data() + record.body->size());
}

TEST_CASE("of a scalar that comes twice the last holds, of a oneof the last member") {
    const Batch batch = decoded(requestOf(gaugeOf({pointOf([](WireWriter& w) {
        w.fixed64(3, std::int64_t{10});
        w.fixed64(4, 2.5);
    })})));
    REQUIRE(batch.numberPoints.size() == 1);
    CHECK(batch.numberPoints[0].time == 10);
    CHECK_FALSE(batch.numberPoints[0].value.isInteger);
    CHECK(batch.numberPoints[0].value.real == 2.5);
}

TEST_CASE("the data of a metric is merged with data of the same type and replaced by another") {
    const std::string gaugeTwice = gaugeOf({pointOf()}) + gaugeOf({pointOf(), pointOf()});
    CHECK(decoded(requestOf(gaugeTwice)).numberPoints.size() == 3);
    const std::string thenSum = gaugeOf({pointOf()}) + bytesOf([](WireWriter& w) {
                                    const std::size_t sum = w.begin(7);
                                    w.bytes(1, pointOf());
                                    w.varint(2, 1);
                                    w.end(sum);
                                });
    const Batch batch = decoded(requestOf(thenSum));
    REQUIRE(batch.metrics.size() == 1);
    CHECK(batch.metrics[0].descriptor.type == MetricType::Sum);
    CHECK(batch.metrics[0].descriptor.temporality == Temporality::Delta);
    CHECK(batch.numberPoints.size() == 1);
}

TEST_CASE("a resource that comes after its scopes, and twice, is one") {
    const auto resource = [](WireWriter& w, std::string_view key) {
        const std::size_t message = w.begin(1);
        w.bytes(1, attributeOf(key, stringValue("v")));
        w.end(message);
    };
    const Batch batch = decoded(requestOf(gaugeOf({pointOf()}), [&](WireWriter& w) {
        resource(w, "one");
        resource(w, "two");
    }));
    REQUIRE(batch.resources.size() == 1);
    const auto attributes = batch.attributesOf(batch.resources[0].attributes);
    REQUIRE(attributes.size() == 2);
    CHECK(attributes[0].key == "one");
    CHECK(attributes[1].key == "two");
}

TEST_CASE("numbers of a histogram may be packed, unpacked and mixed") {
    const Batch batch = decoded(requestOf(bytesOf([](WireWriter& w) {
        w.bytes(1, "h");
        const std::size_t data = w.begin(9);
        const std::size_t point = w.begin(1);
        w.fixed64(3, std::int64_t{9});
        w.fixed64(6, std::uint64_t{1});
        std::size_t run = w.begin(6);
        w.raw64(std::uint64_t{2});
        w.raw64(std::uint64_t{3});
        w.end(run);
        w.fixed64(7, 0.5);
        run = w.begin(7);
        w.raw64(1.5);
        w.end(run);
        w.end(point);
        w.end(data);
    })));
    REQUIRE(batch.histogramPoints.size() == 1);
    CHECK(batch.counts == std::vector<std::uint64_t>{1, 2, 3});
    CHECK(batch.doubles == std::vector<double>{0.5, 1.5});
}

TEST_CASE("buckets of an exponential histogram may be packed, unpacked and interleaved") {
    const Batch batch = decoded(requestOf(bytesOf([](WireWriter& w) {
        w.bytes(1, "e");
        const std::size_t data = w.begin(10);
        const std::size_t point = w.begin(1);
        w.fixed64(3, std::int64_t{9});
        for (const std::uint32_t field : {8u, 9u, 8u}) {
            const std::size_t buckets = w.begin(field);
            w.zigzag(1, field == 8 ? -3 : 4);
            w.varint(2, 300);
            const std::size_t run = w.begin(2);
            w.raw(1);
            w.raw(70000);
            w.end(run);
            w.end(buckets);
        }
        w.end(point);
        w.end(data);
    })));
    REQUIRE(batch.exponentialPoints.size() == 1);
    const ExponentialHistogramPoint& point = batch.exponentialPoints[0];
    CHECK(point.positiveOffset == -3);
    CHECK(point.negativeOffset == 4);
    CHECK(point.positiveCounts.count == 6);
    CHECK(point.negativeCounts.count == 3);
    CHECK(batch.counts == std::vector<std::uint64_t>{300, 1, 70000, 300, 1, 70000, 300, 1, 70000});
}

TEST_CASE("attributes of a point stay together when exemplars stand between them") {
    const Batch batch = decoded(requestOf(gaugeOf({pointOf([](WireWriter& w) {
        const auto exemplar = [&w](std::string_view key) {
            const std::size_t message = w.begin(5);
            w.bytes(7, attributeOf(key, stringValue("x")));
            w.fixed64(3, 1.0);
            w.end(message);
        };
        w.bytes(7, attributeOf("a", stringValue("1")));
        exemplar("e1");
        w.bytes(7, attributeOf("b", stringValue("2")));
        exemplar("e2");
    })})));
    REQUIRE(batch.numberPoints.size() == 1);
    const auto attributes = batch.attributesOf(batch.numberPoints[0].attributes);
    REQUIRE(attributes.size() == 2);
    CHECK(attributes[0].key == "a");
    CHECK(attributes[1].key == "b");
    REQUIRE(batch.numberPoints[0].exemplars.count == 2);
    CHECK(batch.attributesOf(batch.exemplars[1].attributes)[0].key == "e2");
}

TEST_CASE("unknown fields, and known ones of another layout, are stepped over") {
    const Batch batch = decoded(requestOf(gaugeOf({pointOf([](WireWriter& w) {
        w.varint(3, 5); // a time, but as a varint
        w.bytes(99, "something");
        w.fixed64(98, 1.5);
    })})));
    REQUIRE(batch.numberPoints.size() == 1);
    CHECK(batch.numberPoints[0].time == 9);
}

TEST_CASE("no recorded value needs no value") {
    const Batch batch = decoded(requestOf(gaugeOf({bytesOf([](WireWriter& w) {
        w.fixed64(3, std::int64_t{9});
        w.varint(8, 1);
    })})));
    REQUIRE(batch.numberPoints.size() == 1);
    CHECK(batch.numberPoints[0].flags == noRecordedValueFlag);
    CHECK(batch.numberPoints[0].value.real != batch.numberPoints[0].value.real);
}

TEST_CASE("invalid UTF-8 refuses the points it belongs to, with the place") {
    const std::string bad = "a\xff";
    const std::string good = pointOf();
    struct Row {
        std::string body;
        std::uint64_t refused, left;
        std::string path;
    };
    const auto pointWith = [](const std::string& attribute) {
        return pointOf([&](WireWriter& w) { w.bytes(7, attribute); });
    };
    const std::string nested = bytesOf([&](WireWriter& w) {
        const std::size_t array = w.begin(5);
        w.bytes(1, stringValue(bad));
        w.end(array);
    });
    const Row rows[] = {
        {requestOf(gaugeOf({good, pointWith(attributeOf("k", stringValue(bad))), good})), 1, 2,
         "dataPoints[1]"},
        {requestOf(gaugeOf({good, pointWith(attributeOf(bad, stringValue("v")))})), 1, 1,
         "dataPoints[1]"},
        {requestOf(gaugeOf({pointWith(attributeOf("k", nested)), good})), 1, 1, "dataPoints[0]"},
        {requestOf(gaugeOf({good, good}, bad)), 2, 0, "metrics[0]"},
        {requestOf(gaugeOf({good, good}),
                   [&](WireWriter& w) {
                       const std::size_t resource = w.begin(1);
                       w.bytes(1, attributeOf("k", stringValue(bad)));
                       w.end(resource);
                   }) +
             requestOf(gaugeOf({good})),
         2, 1, "resourceMetrics[0]"},
        {requestOf(gaugeOf({good})) +
             requestOf(gaugeOf({good}), [&](WireWriter& w) { w.bytes(3, bad); }),
         1, 1, "resourceMetrics[1]"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.path);
        const Batch batch = decoded(row.body);
        REQUIRE(batch.rejections.size() == 1);
        CHECK(batch.rejections[0].reason == "invalid-utf8");
        CHECK(batch.rejections[0].points == row.refused);
        CHECK(batch.pointCount() == row.left);
        CHECK(batch.metrics.size() == (row.left > 0 ? 1 : 0));
        const std::string& message = batch.rejections[0].message;
        CHECK(message.find(row.path + ")") != std::string::npos);
        const std::string byte = "byte " + std::to_string(row.body.find('\xff'));
        CHECK(message.find(byte) != std::string::npos);
    }
}

TEST_CASE("a broken request names the byte and the path") {
    const std::string whole = requestOf(gaugeOf({pointOf(), pointOf()}));
    std::string broken = whole;
    broken[broken.size() - 1 - 8] = '\x0f'; // the tag of the second point's value
    const auto batch = decodedBothWays(recordOf(broken));
    REQUIRE_FALSE(batch.ok());
    CHECK(batch.error().code == ErrorCode::InvalidArgument);
    CHECK(batch.error().place.byte == whole.size() - 9);
    CHECK(batch.error().place.path ==
          "resourceMetrics[0].scopeMetrics[0].metrics[0].dataPoints[1]");
    CHECK(batch.error().message == "broken protobuf: wire type that does not exist");
}

TEST_CASE("packed numbers with a part of a number break the request") {
    const auto batch = decodedBothWays(recordOf(requestOf(bytesOf([](WireWriter& w) {
        w.bytes(1, "h");
        const std::size_t data = w.begin(9);
        const std::size_t point = w.begin(1);
        w.bytes(6, "1234567");
        w.end(point);
        w.end(data);
    }))));
    REQUIRE_FALSE(batch.ok());
    CHECK(batch.error().code == ErrorCode::InvalidArgument);
}

TEST_CASE("metadata is read past, but what is broken in it breaks the request") {
    const auto withMetadata = [](const std::string& metadata) {
        return requestOf(gaugeOf({pointOf()}) +
                         bytesOf([&](WireWriter& w) { w.bytes(12, metadata); }));
    };
    const Batch batch = decoded(withMetadata(attributeOf("k", stringValue("v"))));
    CHECK(batch.pointCount() == 1);
    CHECK(batch.attributes.empty());
    CHECK_FALSE(decodedBothWays(recordOf(withMetadata("\x0f"))).ok());
}

TEST_CASE("values nested too deep are refused") {
    std::string value = stringValue("x");
    const auto nest = [](const std::string& inner) {
        return bytesOf([&](WireWriter& w) {
            const std::size_t array = w.begin(5);
            w.bytes(1, inner);
            w.end(array);
        });
    };
    for (int i = 0; i < 5000; ++i)
        value = nest(value);
    const auto batch = decodedBothWays(recordOf(requestOf(
        gaugeOf({pointOf([&](WireWriter& w) { w.bytes(7, attributeOf("k", value)); })}))));
    REQUIRE_FALSE(batch.ok());
    CHECK(batch.error().code == ErrorCode::TooDeep);
    CHECK(batch.error().place.path.ends_with("dataPoints[0]"));
}

TEST_CASE("what would take too much memory once decoded is refused") {
    // Two bytes each on the wire: an attribute without a key, an exemplar, a point.
    struct Row {
        std::uint32_t field;
        bool inPoint;
    };
    for (const Row row : {Row{7, true}, Row{5, true}, Row{1, false}}) {
        std::string many;
        for (int i = 0; i < 10000; ++i)
            many += bytesOf([&](WireWriter& w) { w.bytes(row.field, ""); });
        const std::string metric = bytesOf([&](WireWriter& w) {
            w.bytes(1, "g");
            const std::size_t gauge = w.begin(5);
            if (row.inPoint)
                w.bytes(1, pointOf() + many);
            w.end(gauge);
            if (!row.inPoint)
                w.bytes(5, many);
        });
        OtlpLimits limits;
        limits.poolBytes = 100'000;
        const auto refused = decodedBothWays(recordOf(requestOf(metric)), limits);
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.error().code == ErrorCode::TooLarge);
        CHECK(decodedBothWays(recordOf(requestOf(metric))).ok());
    }
}

TEST_CASE("attributes are left encoded if they lie in one run and nothing can be wrong with them") {
    const std::string text = attributeOf("k", stringValue("v"));
    const std::string integer =
        attributeOf("n", bytesOf([](WireWriter& w) { w.varint(3, std::uint64_t{300}); }));
    const std::string nested = attributeOf("a", bytesOf([](WireWriter& w) { w.bytes(5, ""); }));
    const std::string longText = attributeOf("k", stringValue(std::string(300, 'x')));
    const std::string tooLongText = attributeOf("k", stringValue(std::string(20'000, 'x')));
    struct Row {
        std::vector<std::string> attributes;
        bool isSplit;
        bool left;
    };
    for (const Row& row :
         {Row{{text}, false, true}, Row{{text, integer, longText}, false, true},
          Row{{text, attributeOf("k", stringValue("gr\u00fcn"))}, false, true},
          Row{{text, text}, true, false}, Row{{text, nested}, false, false},
          Row{{tooLongText}, false, false}, Row{{text, attributeOf("k", "")}, false, false},
          Row{{text, attributeOf("k", stringValue("\xff"))}, false, false},
          Row{{}, false, false}}) {
        const std::string point = pointOf([&](WireWriter& w) {
            for (const std::string& attribute : row.attributes) {
                w.bytes(7, attribute);
                if (row.isSplit)
                    w.fixed64(2, std::int64_t{1});
            }
        });
        const RawRecord record = recordOf(requestOf(gaugeOf({point, point})));
        static_cast<void>(decodedBothWays(record));
        OtlpLimits limits;
        limits.leaveAttributesEncoded = true;
        const auto batch = decodeMetricsRequest(record, limits);
        REQUIRE(batch.ok());
        for (const NumberPoint& p : batch->numberPoints) {
            CHECK((p.encoded.count > 0) == row.left);
            CHECK(static_cast<bool>(p.encodedPrint) == row.left);
            CHECK(p.encodedPrint == batch->numberPoints[0].encodedPrint);
        }
    }
}

TEST_CASE("broken attributes of the last point refuse the whole request") {
    const std::string good =
        pointOf([](WireWriter& w) { w.bytes(7, attributeOf("k", stringValue("v"))); });
    const std::string broken = pointOf([](WireWriter& w) {
        w.bytes(7, attributeOf("k", stringValue("v")));
        w.bytes(7, "\x0a\x7fk"); // a key longer than what holds it
    });
    const auto batch = decodedBothWays(recordOf(requestOf(gaugeOf({good, good, broken}))));
    REQUIRE_FALSE(batch.ok());
    CHECK(batch.error().code == ErrorCode::InvalidArgument);
    CHECK(batch.error().text().find("dataPoints[2]") != std::string::npos);
}
