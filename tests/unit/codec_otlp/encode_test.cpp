// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/codec/otlp/encode.h"

#include <limits>

#include <doctest/doctest.h>

#include "core/codec/otlp/decode.h"
#include "core/codec/otlp/nested_value.h"
#include "core/codec/otlp/response.h"
#include "describe.h"

using namespace sightglass;
using namespace sightglass::test;

namespace {

/// A batch with two resources, two scopes, all types, and every kind of value.
Batch sample() {
    Batch b;
    const auto attributes = [&b](std::initializer_list<Attribute> list) {
        const Slice slice{static_cast<std::uint32_t>(b.attributes.size()),
                          static_cast<std::uint32_t>(list.size())};
        b.attributes.insert(b.attributes.end(), list);
        return slice;
    };
    b.resources.push_back({attributes({{"service.name", Value::string("shop")}}), "schema", false});
    b.resources.push_back({attributes({{"n", Value::integer(-5)}}), "", false});
    b.scopes.push_back({"scope", "1.2", "s-schema", attributes({{"on", Value::boolean(true)}})});
    b.scopes.push_back({});

    NumberPoint number;
    number.time = 10;
    number.startTime = 5;
    number.value = Number::of(std::numeric_limits<std::int64_t>::min());
    number.attributes = attributes(
        {{"s", Value::string("line\n\"quoted\" é")},
         {"d", Value::real(1)},
         {"nan", Value::real(std::numeric_limits<double>::quiet_NaN())},
         {"raw", Value::bytes(std::string_view("\0\xff\x01", 3))},
         {"empty", Value()},
         {"array",
          Value::array(R"([1,1.0,-2.5e-07,true,null,"a,]\"\\\u0001\n",[],{},)"
                       R"({"k":[{"doubleValue":"-Infinity"}],"b":{"bytesValue":"AP8="}}])")},
         {"map", Value::map(R"({"a":{"b":"c"},"d":9223372036854775807})")}});
    Exemplar exemplar;
    exemplar.time = 7;
    exemplar.value = Number::of(2.5);
    exemplar.attributes = attributes({{"f", Value::string("x")}});
    exemplar.hasTraceId = true;
    exemplar.traceId[3] = 0xab;
    b.exemplars.push_back(exemplar);
    number.exemplars = {0, 1};
    b.numberPoints.push_back(number);
    NumberPoint stale;
    stale.time = 11;
    stale.flags = noRecordedValueFlag;
    stale.value = Number::of(std::numeric_limits<double>::quiet_NaN());
    b.numberPoints.push_back(stale);

    HistogramPoint histogram;
    histogram.time = 12;
    histogram.count = std::numeric_limits<std::uint64_t>::max();
    histogram.hasSum = histogram.hasMax = true;
    histogram.sum = -0.5;
    histogram.max = std::numeric_limits<double>::infinity();
    b.counts = {1, 0, 3, 4, 5, 600};
    b.doubles = {0.5, 1};
    histogram.bucketCounts = {0, 3};
    histogram.bounds = {0, 2};
    b.histogramPoints.push_back(histogram);

    ExponentialHistogramPoint exponential;
    exponential.time = 13;
    exponential.count = 9;
    exponential.scale = -2;
    exponential.zeroCount = 1;
    exponential.zeroThreshold = 0.25;
    exponential.positiveOffset = -7;
    exponential.positiveCounts = {3, 2};
    exponential.negativeOffset = 3;
    exponential.negativeCounts = {5, 1};
    b.exponentialPoints.push_back(exponential);

    SummaryPoint summary;
    summary.time = 14;
    summary.count = 3;
    summary.sum = 4.5;
    b.quantiles = {{0.5, 1}, {0.99, 2}};
    summary.quantiles = {0, 2};
    b.summaryPoints.push_back(summary);

    using T = MetricType;
    b.metrics.push_back({0, 0, {"g", "By", "a gauge", T::Gauge, false, {}}, {0, 1}});
    b.metrics.push_back({0, 0, {"c", "", "", T::Sum, true, Temporality::Delta}, {1, 1}});
    b.metrics.push_back(
        {0, 1, {"h", "s", "", T::Histogram, false, Temporality::Cumulative}, {0, 1}});
    b.metrics.push_back(
        {1, 1, {"e", "", "", T::ExponentialHistogram, false, Temporality::Delta}, {0, 1}});
    b.metrics.push_back({1, 1, {"s", "", "", T::Summary, false, {}}, {0, 1}});
    return b;
}

} // namespace

TEST_CASE("what is encoded is decoded as it was") {
    const Batch batch = sample();
    const auto expected = describe(batch);
    REQUIRE(expected.size() == 5);
    const auto fromProtobuf = decodeMetricsRequest(recordOf(encodeMetricsRequest(batch)));
    REQUIRE_MESSAGE(fromProtobuf.ok(), fromProtobuf.error().text());
    CHECK(fromProtobuf->rejections.empty());
    CHECK(describe(*fromProtobuf) == expected);
    CHECK(fromProtobuf->resources.size() == 2);
    CHECK(fromProtobuf->scopes.size() == 3); // one scope stands under both resources

    const std::string json = encodeMetricsRequestJson(batch);
    CHECK(json.find('\n') == std::string::npos);
    const auto fromJson = decodeMetricsRequestJson(recordOf(json));
    REQUIRE_MESSAGE(fromJson.ok(), fromJson.error().text());
    CHECK(fromJson->rejections.empty());
    CHECK(describe(*fromJson) == expected);
}

TEST_CASE("an empty batch is an empty request") {
    CHECK(encodeMetricsRequest({}).empty());
    CHECK(encodeMetricsRequestJson({}) == R"({"resourceMetrics":[]})");
}

TEST_CASE("a metric of unknown type is written as a gauge") {
    Batch batch = sample();
    batch.metrics.resize(1);
    batch.metrics[0].descriptor.type = MetricType::Unknown;
    const auto back = decodeMetricsRequest(recordOf(encodeMetricsRequest(batch)));
    REQUIRE(back.ok());
    CHECK(back->metrics.at(0).descriptor.type == MetricType::Gauge);
}

TEST_CASE("the canonical text of a nested value is read token by token") {
    using Token = NestedValueReader::Token;
    NestedValueReader reader(R"({"k\"":[1,2.0,{"bytesValue":"AQ=="}],"n":null})");
    CHECK(reader.next() == Token::BeginMap);
    CHECK(reader.next() == Token::Key);
    CHECK(reader.key() == "k\"");
    CHECK(reader.next() == Token::BeginArray);
    CHECK(reader.next() == Token::Scalar);
    CHECK(reader.scalar() == Value::integer(1));
    CHECK(reader.next() == Token::Scalar);
    CHECK(reader.scalar() == Value::real(2));
    CHECK(reader.next() == Token::Scalar);
    CHECK(reader.scalar() == Value::bytes("\x01"));
    CHECK(reader.next() == Token::EndArray);
    CHECK(reader.next() == Token::Key);
    CHECK(reader.next() == Token::Scalar);
    CHECK(reader.scalar() == Value());
    CHECK(reader.next() == Token::EndMap);
    CHECK(reader.next() == Token::End);
}

TEST_CASE("a partial success sums what was refused and says every reason") {
    CHECK(encodeExportResponseJson(partialSuccess({})) == "{}");
    CHECK(encodeExportResponse(partialSuccess({})).empty());
    const PartialSuccess outcome =
        partialSuccess({{"no-time", 2, "first"}, {"invalid-utf8", 1, "second"}});
    CHECK(outcome.rejectedPoints == 3);
    CHECK(outcome.message ==
          "2 points refused (no-time): first; 1 point refused (invalid-utf8): second");
    CHECK(encodeExportResponseJson({3, "a \"b\""}) ==
          R"({"partialSuccess":{"rejectedDataPoints":"3","errorMessage":"a \"b\""}})");
    CHECK(encodeExportResponse({3, "ab"}) == "\x0a\x06\x08\x03\x12\x02"
                                             "ab");
}

TEST_CASE("a status says its code, its message and when to try again") {
    CHECK(encodeRpcStatusJson({3, "no\n", {}}) == R"({"code":3,"message":"no\n"})");
    CHECK(encodeRpcStatusJson({8, "full", 2}) ==
          R"({"code":8,"message":"full","details":[{"@type":)"
          R"("type.googleapis.com/google.rpc.RetryInfo","retryDelay":"2s"}]})");
    CHECK(encodeRpcStatus({3, "ab", {}}) == "\x08\x03\x12\x02"
                                            "ab");
}
