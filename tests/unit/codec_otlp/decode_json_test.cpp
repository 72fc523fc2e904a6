// SPDX-License-Identifier: GPL-3.0-or-later
#include <doctest/doctest.h>

#include "core/codec/otlp/decode.h"
#include "describe.h"
#include "impossible_points.h"

using namespace sightglass;
using namespace sightglass::test;

namespace {

Batch decoded(const std::string& body) {
    auto batch = decodeMetricsRequestJson(recordOf(body));
    REQUIRE_MESSAGE(batch.ok(), batch.error().text() << " in " << body);
    return std::move(*batch);
}

/// A gauge with one point of these members beside its time.
std::string gaugeWith(const std::string& members) {
    return requestOf(R"({"name":"g","gauge":{"dataPoints":[{"timeUnixNano":"9",)" + members +
                     "}]}}");
}

/// The value of a point's only attribute.
std::string attributeJson(const std::string& anyValue) {
    const Batch batch =
        decoded(gaugeWith(R"("asInt":1,"attributes":[{"key":"k","value":)" + anyValue + "}]"));
    REQUIRE(batch.attributes.size() == 1);
    std::string out = std::to_string(static_cast<int>(batch.attributes[0].value.kind())) + ":";
    batch.attributes[0].value.appendJson(out);
    return out;
}

} // namespace

TEST_CASE("a request as the specification's example has it") {
    const Batch batch = decoded(R"({
      "resourceMetrics": [{
        "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "my.service"}}]},
        "scopeMetrics": [{
          "scope": {"name": "my.library", "version": "1.0.0",
                    "attributes": [{"key": "s", "value": {"boolValue": true}}]},
          "metrics": [
            {"name": "my.counter", "unit": "1", "description": "I am a Counter",
             "sum": {"aggregationTemporality": 1, "isMonotonic": true, "dataPoints": [
               {"asDouble": 5, "startTimeUnixNano": "1544712660300000000",
                "timeUnixNano": 1544712660300000000,
                "attributes": [{"key": "k", "value": {"stringValue": "some value"}}]}]}},
            {"name": "my.histogram", "unit": "1",
             "histogram": {"aggregationTemporality": 2, "dataPoints": [
               {"timeUnixNano": "1544712660300000000", "count": 2, "sum": 2,
                "bucketCounts": [1, "1"], "explicitBounds": [1], "min": 0, "max": 2}]}}]}]}]})");
    const std::vector<std::string> expected = {
        "resource {\"service.name\"=1:\"my.service\" }\"\" scope "
        "\"my.library\"\"1.0.0\"{\"s\"=2:true }\"\" "
        "sum monotonic delta \"my.counter\"\"1\"\"I am a Counter\": "
        "real 5 @1544712660300000000..1544712660300000000 flags 0 {\"k\"=1:\"some value\" } []",
        "resource {\"service.name\"=1:\"my.service\" }\"\" scope "
        "\"my.library\"\"1.0.0\"{\"s\"=2:true }\"\" "
        "histogram cumulative \"my.histogram\"\"1\"\"\": "
        "count 2 sum 2 min 0 max 2 buckets [1 1 ] bounds [1 ] @0..1544712660300000000 flags 0 {} "
        "[]",
    };
    CHECK(describe(batch) == expected);
}

TEST_CASE("numbers are read in every spelling that protobuf's JSON allows") {
    struct Row {
        std::string members, expected;
    };
    const Row rows[] = {
        {R"("asInt":"-9223372036854775808")", "int -9223372036854775808"},
        {R"("asInt":9223372036854775807)", "int 9223372036854775807"},
        {R"("asInt":1e3)", "int 1000"},
        {R"("asInt":"5.0")", "int 5"},
        {R"("as_int":"7")", "int 7"},
        {R"("asDouble":1)", "real 1"},
        {R"("asDouble":"1.25e2")", "real 125"},
        {R"("asDouble":"NaN")", "real NaN"},
        {R"("asDouble":"Infinity")", "real +Inf"},
        {R"("asDouble":"-Infinity")", "real -Inf"},
        {R"("asDouble":-0.5,"unknown":{"a":[1,{}, "é\n", null, false]})", "real -0.5"},
        {R"("asInt":null,"asDouble":2)", "real 2"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.members);
        const Batch batch = decoded(gaugeWith(row.members));
        REQUIRE(batch.numberPoints.size() == 1);
        CHECK(describeNumber(batch.numberPoints[0].value) == row.expected);
    }
}

TEST_CASE("attribute values keep their kind") {
    struct Row {
        std::string json, expected;
    };
    const Row rows[] = {
        {"{}", "0:null"},
        {"null", "0:null"},
        {R"({"stringValue":"a\"\\\/\b\u00e9\ud83d\ude00"})", "1:\"a\\\"\\\\/\\u0008é😀\""},
        {R"({"stringValue":""})", "1:\"\""},
        {R"({"string_value":"snake"})", "1:\"snake\""},
        {R"({"boolValue":false})", "2:false"},
        {R"({"intValue":"3"})", "3:3"},
        {R"({"intValue":3})", "3:3"},
        {R"({"doubleValue":3})", "4:3.0"},
        {R"({"doubleValue":"NaN"})", R"(4:{"doubleValue":"NaN"})"},
        {R"({"bytesValue":"AQID"})", R"(5:{"bytesValue":"AQID"})"},
        {R"({"bytesValue":"-_8="})", R"(5:{"bytesValue":"+/8="})"},
        {R"({"bytesValue":"+/8"})", R"(5:{"bytesValue":"+/8="})"},
        {R"({"arrayValue":{}})", "6:[]"},
        {R"({"arrayValue":{"values":[{"intValue":"1"},{"doubleValue":1},{"stringValue":"x"},{}]}})",
         R"(6:[1,1.0,"x",null])"},
        {R"({"kvlistValue":{}})", "7:{}"},
        {R"({"kvlistValue":{"values":[{"key":"b_c","value":{"intValue":1}},)"
         R"({"value":{"arrayValue":{"values":[{"bytesValue":"AQ=="}]}},"key":"a"},{"key":"z"}]}})",
         R"(7:{"b_c":1,"a":[{"bytesValue":"AQ=="}],"z":null})"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.json);
        CHECK(attributeJson(row.json) == row.expected);
    }
}

TEST_CASE("strings without escapes are views of the body") {
    const auto record = recordOf(gaugeWith(R"("asInt":1)"));
    const auto batch = decodeMetricsRequestJson(record);
    REQUIRE(batch.ok());
    const std::string_view name = batch->metrics.at(0).descriptor.name;
    CHECK(name == "g");
    CHECK(name.data() >= record.body->data());
    CHECK(name.data() < record.body->data() + record.body->size());
}

TEST_CASE("temporality is a number or a name") {
    struct Row {
        std::string json;
        Temporality expected;
    };
    const Row rows[] = {
        {"1", Temporality::Delta},
        {"2", Temporality::Cumulative},
        {"0", Temporality::Unspecified},
        {"7", Temporality::Unspecified},
        {"null", Temporality::Unspecified},
        {R"("AGGREGATION_TEMPORALITY_DELTA")", Temporality::Delta},
        {R"("AGGREGATION_TEMPORALITY_CUMULATIVE")", Temporality::Cumulative},
        {R"("AGGREGATION_TEMPORALITY_UNSPECIFIED")", Temporality::Unspecified},
    };
    for (const Row& row : rows) {
        CAPTURE(row.json);
        const Batch batch = decoded(requestOf(
            R"({"sum":{"aggregationTemporality":)" + row.json +
            R"(,"dataPoints":[{"timeUnixNano":"9","asInt":"1"}]},"name":"after its data"})"));
        REQUIRE(batch.metrics.size() == 1);
        CHECK(batch.metrics[0].descriptor.temporality == row.expected);
        CHECK(batch.metrics[0].descriptor.name == "after its data");
    }
}

TEST_CASE("exemplars have hexadecimal ids") {
    const Batch batch = decoded(
        gaugeWith(R"("asInt":1,"exemplars":[{"timeUnixNano":"5","asInt":"2",)"
                  R"("traceId":"0102030405060708090A0b0c0d0e0f10","spanId":"a1b2c3d4e5f60708",)"
                  R"("filteredAttributes":[{"key":"k","value":{"intValue":1}}]},)"
                  R"({"traceId":"","spanId":"0000000000000000","asDouble":1}])"));
    REQUIRE(batch.exemplars.size() == 2);
    const Exemplar& exemplar = batch.exemplars[0];
    CHECK(exemplar.time == 5);
    REQUIRE(exemplar.hasTraceId);
    CHECK(exemplar.traceId[0] == 1);
    CHECK(exemplar.traceId[15] == 16);
    REQUIRE(exemplar.hasSpanId);
    CHECK(exemplar.spanId[0] == 0xa1);
    CHECK(batch.attributesOf(exemplar.attributes)[0].key == "k");
    CHECK_FALSE(batch.exemplars[1].hasTraceId);
    CHECK_FALSE(batch.exemplars[1].hasSpanId);
}

TEST_CASE("impossible points are refused alone, with reason and place") {
    for (const ImpossiblePoint& row : impossiblePoints()) {
        CAPTURE(row.metrics);
        const Batch batch = decoded(requestOf(row.metrics));
        REQUIRE(batch.rejections.size() == 1);
        CHECK(batch.rejections[0].reason == row.reason);
        CHECK(batch.rejections[0].points == row.points);
        CHECK(batch.pointCount() == row.left);
        CHECK(batch.rejections[0].message.find("resourceMetrics[0].scopeMetrics[0].metrics[") !=
              std::string::npos);
        // Nothing of what was refused stays in the pools.
        CHECK(batch.counts.empty());
        CHECK(batch.doubles.empty());
        CHECK(batch.quantiles.empty());
        CHECK(batch.exemplars.empty());
    }
}

TEST_CASE("invalid UTF-8 refuses the points it belongs to, and no more") {
    const std::string bad = "\"a\xff\"";
    const std::string good = R"({"timeUnixNano":"9","asInt":"1"})";
    const auto gauge = [&](const std::string& name, const std::string& point) {
        return R"({"name":)" + name + R"(,"gauge":{"dataPoints":[)" + good + "," + point + "]}}";
    };
    const std::string pointWithBad =
        R"({"timeUnixNano":"9","asInt":"1","attributes":[{"key":"k","value":{"stringValue":)" +
        bad + "}}]}";
    struct Row {
        std::string body;
        std::uint64_t refused, left;
    };
    const Row rows[] = {
        {requestOf(gauge("\"g\"", pointWithBad)), 1, 1},
        {requestOf(gauge(bad, good) + "," + gauge("\"g\"", good)), 2, 2},
        {R"({"resourceMetrics":[{"scopeMetrics":[{"metrics":[)" + gauge("\"g\"", good) +
             R"(]}],"resource":{"attributes":[{"key":)" + bad + R"(,"value":{"intValue":1}}]}}]})",
         2, 0},
    };
    for (const Row& row : rows) {
        const Batch batch = decoded(row.body);
        REQUIRE(batch.rejections.size() == 1);
        CHECK(batch.rejections[0].reason == "invalid-utf8");
        CHECK(batch.rejections[0].points == row.refused);
        CHECK(batch.pointCount() == row.left);
        CHECK(batch.rejections[0].message.find("byte " + std::to_string(row.body.find('\xff'))) !=
              std::string::npos);
    }
    // In what is ignored it harms nothing.
    CHECK(decoded(gaugeWith("\"asInt\":1,\"unknown\":" + bad)).pointCount() == 1);
}

TEST_CASE("a broken request is refused with its byte") {
    struct Row {
        std::string body;
        std::uint64_t byte;
        std::string message;
    };
    // A point whose last member is wrong from `culprit` on.
    const auto point = [](const std::string& before, const std::string& culprit,
                          const std::string& message) {
        const std::string body = gaugeWith(before + culprit);
        return Row{body, body.find(before + culprit) + before.size(), message};
    };
    const std::string metric = R"({"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":)";
    const Row rows[] = {
        {"", 0, "broken JSON: it is empty"},
        {"   ", 0, "broken JSON: it is empty"},
        {"[1]", 0, "request is not an object"},
        {"{", 1, "broken JSON: comma, colon, bracket or key missing or out of place"},
        {R"({"a":1)", 5, "not a number"},
        {R"({"a":1])", 6, "broken JSON: comma, colon, bracket or key missing or out of place"},
        {R"({"a":1,})", 7, "broken JSON: comma, colon, bracket or key missing or out of place"},
        {R"({"a" 1})", 5, "broken JSON: comma, colon, bracket or key missing or out of place"},
        {R"({"a":tru})", 5, "not true or false"},
        {R"({"a":01})", 5, "not a number"},
        {R"({"a":"b)", 5, "broken JSON: string without an end"},
        {"{\"a\":\"b\x01\"}", 7, "broken JSON: control character in a string"},
        {R"({"a":"\x"})", 5, "broken JSON: escape that does not exist"},
        {"{} {}", 3, "broken JSON: something follows the request"},
        {R"({"resourceMetrics":3})", 19, "not an array"},
        {metric + "3}]}]}]}", 57, "not a string"},
        point(R"("asInt":)", R"("x")", "not a 64-bit integer"),
        point(R"("asInt":)", "1.5", "not a 64-bit integer"),
        point(R"("asInt":)", "9223372036854775808", "not a 64-bit integer"),
        point(R"("asDouble":)", R"("x")", "not a number"),
        point(R"("asDouble":)", "true", "not a number, or past what a double holds"),
        point(R"("flags":)", "4294967296", "not a 32-bit integer"),
        point(R"("flags":)", "-1", "not a 64-bit integer"),
        point(R"("exemplars":[{"traceId":)", R"("0g"}])", "not a hexadecimal id"),
        point(R"("attributes":[{"value":{"bytesValue":)", R"("A"}}])", "not base64"),
        {requestOf(R"({"sum":{"aggregationTemporality":"SOMETIMES"}})"), 82,
         "unknown aggregation temporality"},
        {requestOf(R"({"gauge":{},"sum":{}})"), 67, "metric with data of two types"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.body);
        const auto batch = decodeMetricsRequestJson(recordOf(row.body));
        REQUIRE_FALSE(batch.ok());
        CHECK(batch.error().code == ErrorCode::InvalidArgument);
        CHECK(batch.error().message == row.message);
        CHECK(batch.error().place.byte.value_or(row.body.size() + 1) == row.byte);
    }
}

TEST_CASE("an error names the path") {
    const auto batch = decodeMetricsRequestJson(recordOf(
        requestOf(R"({"name":"a"},{"name":"g","gauge":{"dataPoints":[{},{"asInt":[]}]}})")));
    REQUIRE_FALSE(batch.ok());
    CHECK(batch.error().place.path ==
          "resourceMetrics[0].scopeMetrics[0].metrics[1].dataPoints[1]");
}

TEST_CASE("brackets nest a hundred deep and no deeper") {
    const auto nested = [](std::size_t brackets) {
        return R"({"unknown":)" + std::string(brackets, '[') + std::string(brackets, ']') + "}";
    };
    CHECK(decodeMetricsRequestJson(recordOf(nested(99))).ok());
    const std::string bodies[] = {nested(100), nested(100'000),
                                  R"({"a":)" + std::string(100'000, '['), [] {
                                      std::string value;
                                      for (int i = 0; i < 100'000; ++i)
                                          value += R"({"arrayValue":{"values":[)";
                                      return gaugeWith(R"("attributes":[{"value":)" + value);
                                  }()};
    for (const std::string& body : bodies) {
        const auto refused = decodeMetricsRequestJson(recordOf(body));
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.error().code == ErrorCode::TooDeep);
    }
}

TEST_CASE("a request cut anywhere is refused") {
    const std::string body = gaugeWith(
        R"("asDouble":1.5,"flags":0,"attributes":[{"key":"a\n","value":{"arrayValue":{"values":)"
        R"([{"intValue":"1"},{"boolValue":true},{"bytesValue":"AQI="}]}}}],"x":null)");
    REQUIRE(decodeMetricsRequestJson(recordOf(body)).ok());
    for (std::size_t length = 0; length < body.size(); ++length) {
        CAPTURE(length);
        const auto cut = decodeMetricsRequestJson(recordOf(body.substr(0, length)));
        REQUIRE_FALSE(cut.ok());
        CHECK(cut.error().code == ErrorCode::InvalidArgument);
        CHECK(cut.error().place.byte.value_or(length + 1) <= length);
    }
}

TEST_CASE("what would take too much memory once decoded is refused, of JSON too") {
    std::string points = "{}";
    for (int i = 0; i < 5000; ++i)
        points += ",{}";
    OtlpLimits limits;
    limits.poolBytes = 100'000;
    const auto refused = decodeMetricsRequestJson(
        recordOf(requestOf(R"({"name":"g","gauge":{"dataPoints":[)" + points + "]}}")), limits);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == ErrorCode::TooLarge);
}
