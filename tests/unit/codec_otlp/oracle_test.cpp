// SPDX-License-Identifier: GPL-3.0-or-later
// Our codecs against protobuf's generated classes, which read the same schema independently.
#include <doctest/doctest.h>
#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/util/json_util.h>

#include "core/codec/otlp/encode.h"
#include "core/codec/otlp/response.h"
#include "describe.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "impossible_points.h"
#include "oracle.h"

using namespace sightglass;
using namespace sightglass::test;

namespace {

constexpr int requests = 300;

void checkSame(const Result<Batch>& batch, const Request& request) {
    REQUIRE_MESSAGE(batch.ok(), batch.error().text());
    for (const Rejection& r : batch->rejections)
        FAIL_CHECK(r.reason << ": " << r.message);
    const auto ours = test::describe(*batch);
    const auto theirs = test::describe(request);
    REQUIRE(ours.size() == theirs.size());
    for (std::size_t i = 0; i < ours.size(); ++i)
        CHECK(ours[i] == theirs[i]);
}

} // namespace

TEST_CASE("the wire walker reads what the generated classes wrote") {
    std::mt19937_64 random(1);
    std::size_t points = 0;
    for (int i = 0; i < requests; ++i) {
        const Request request = randomRequest(random);
        const auto batch = decodedBothWays(recordOf(request.SerializeAsString()));
        checkSame(batch, request);
        points += batch->pointCount();
    }
    CHECK(points > 1000);
}

TEST_CASE("two requests one after another are their merging, as protobuf has it") {
    std::mt19937_64 random(2);
    for (int i = 0; i < 20; ++i) {
        const std::string both =
            randomRequest(random).SerializeAsString() + randomRequest(random).SerializeAsString();
        Request request;
        REQUIRE(request.ParseFromString(both));
        checkSame(decodedBothWays(recordOf(both)), request);
    }
}

TEST_CASE("the JSON decoder reads protobuf's own JSON") {
    std::mt19937_64 random(3);
    for (int i = 0; i < requests; ++i) {
        const Request request = randomRequest(random);
        const std::string json = otlpJson(request, i % 2 == 0, i % 4 < 2);
        REQUIRE_FALSE(json.empty());
        checkSame(decodeMetricsRequestJson(recordOf(json)), request);
    }
}

TEST_CASE("the generated classes read what our protobuf encoder wrote") {
    std::mt19937_64 random(4);
    for (int i = 0; i < requests; ++i) {
        const Request request = randomRequest(random);
        const auto batch = decodedBothWays(recordOf(request.SerializeAsString()));
        REQUIRE(batch.ok());
        Request back;
        REQUIRE(back.ParseFromString(encodeMetricsRequest(*batch)));
        checkSame(batch, back);
    }
}

TEST_CASE("our JSON encoder writes one line that protobuf's and our own decoder read") {
    std::mt19937_64 random(5);
    for (int i = 0; i < requests; ++i) {
        const Request request = randomRequest(random);
        const auto batch = decodedBothWays(recordOf(request.SerializeAsString()));
        REQUIRE(batch.ok());
        const std::string json = encodeMetricsRequestJson(*batch);
        CHECK(json.find('\n') == std::string::npos);
        checkSame(decodeMetricsRequestJson(recordOf(json)), request);
        if (batch->exemplars.empty()) { // protobuf's own JSON has no hex ids
            Request back;
            const auto status = google::protobuf::util::JsonStringToMessage(json, &back);
            REQUIRE_MESSAGE(status.ok(), status.ToString());
            checkSame(batch, back);
        }
    }
}

TEST_CASE("a request cut anywhere is taken exactly if the generated classes take it") {
    const google::protobuf::LogSilencer silence;
    std::mt19937_64 random(6);
    std::string bytes;
    while (bytes.size() < 3000)
        bytes += randomRequest(random).SerializeAsString();
    int taken = 0;
    for (std::size_t length = 0; length <= bytes.size(); ++length) {
        CAPTURE(length);
        const std::string cut = bytes.substr(0, length);
        Request request;
        const bool theirs = request.ParseFromString(cut);
        const auto ours = decodedBothWays(recordOf(cut));
        CHECK(ours.ok() == theirs);
        if (theirs) {
            ++taken;
            checkSame(ours, request);
        } else if (!ours.ok()) {
            CHECK(ours.error().code == ErrorCode::InvalidArgument);
            CHECK(ours.error().place.byte.value_or(length + 1) <= length);
        }
    }
    CHECK(taken >= 2);
}

TEST_CASE("what the generated classes take of changed bytes, the wire walker takes too") {
    const google::protobuf::LogSilencer silence;
    std::mt19937_64 random(7);
    int taken = 0;
    for (int i = 0; i < 4000; ++i) {
        std::string bytes = randomRequest(random).SerializeAsString();
        if (bytes.empty())
            continue;
        for (int changes = 0; changes < 2; ++changes)
            bytes[random() % bytes.size()] = static_cast<char>(random());
        Request request;
        const bool theirs = request.ParseFromString(bytes);
        const auto ours = decodedBothWays(recordOf(bytes));
        if (!theirs)
            continue;
        ++taken;
        // C++ protobuf drops the bits of a tag past 32; other implementations refuse, as we do.
        if (!ours.ok())
            CHECK(ours.error().message == "broken protobuf: field number too large");
    }
    CHECK(taken > 100);
}

TEST_CASE("values nest as deep in the wire walker as in the generated classes") {
    for (int levels = 40; levels < 60; ++levels) {
        CAPTURE(levels);
        Request request;
        auto* metric = request.add_resource_metrics()->add_scope_metrics()->add_metrics();
        metric->set_name("m");
        auto* point = metric->mutable_gauge()->add_data_points();
        point->set_time_unix_nano(1);
        point->set_as_int(1);
        auto* value = point->add_attributes()->mutable_value();
        for (int i = 0; i < levels; ++i)
            value = value->mutable_array_value()->add_values();
        value->set_bool_value(true);
        const std::string bytes = request.SerializeAsString();
        Request back;
        const bool theirs = back.ParseFromString(bytes);
        const auto ours = decodedBothWays(recordOf(bytes));
        CHECK(ours.ok() == theirs);
        if (!ours.ok())
            CHECK(ours.error().code == ErrorCode::TooDeep);
    }
}

TEST_CASE("impossible points are refused in protobuf for the reasons they are in JSON") {
    for (const ImpossiblePoint& row : impossiblePoints()) {
        if (!row.alsoProtobuf)
            continue;
        CAPTURE(row.metrics);
        Request request;
        const auto status =
            google::protobuf::util::JsonStringToMessage(requestOf(row.metrics), &request);
        REQUIRE_MESSAGE(status.ok(), status.ToString());
        const auto batch = decodedBothWays(recordOf(request.SerializeAsString()));
        REQUIRE(batch.ok());
        REQUIRE(batch->rejections.size() == 1);
        CHECK(batch->rejections[0].reason == row.reason);
        CHECK(batch->rejections[0].points == row.points);
        CHECK(batch->pointCount() == row.left);
    }
}

TEST_CASE("the generated classes read our answers") {
    opentelemetry::proto::collector::metrics::v1::ExportMetricsServiceResponse response;
    CHECK(encodeExportResponse({}).empty());
    REQUIRE(response.ParseFromString(encodeExportResponse({300, "why"})));
    CHECK(response.partial_success().rejected_data_points() == 300);
    CHECK(response.partial_success().error_message() == "why");
    opentelemetry::proto::collector::metrics::v1::ExportMetricsServiceResponse fromJson;
    REQUIRE(google::protobuf::util::JsonStringToMessage(encodeExportResponseJson({300, "why\n\""}),
                                                        &fromJson)
                .ok());
    CHECK(fromJson.partial_success().rejected_data_points() == 300);
    CHECK(fromJson.partial_success().error_message() == "why\n\"");

    google::rpc::Status status;
    REQUIRE(status.ParseFromString(encodeRpcStatus({3, "broken", {}})));
    CHECK(status.code() == 3);
    CHECK(status.message() == "broken");
    CHECK(status.details_size() == 0);

    REQUIRE(status.ParseFromString(encodeRpcStatus({8, "full", 5})));
    REQUIRE(status.details_size() == 1);
    google::rpc::RetryInfo retry;
    REQUIRE(status.details(0).UnpackTo(&retry));
    CHECK(retry.retry_delay().seconds() == 5);

    google::rpc::Status statusFromJson;
    REQUIRE(google::protobuf::util::JsonStringToMessage(encodeRpcStatusJson({8, "full", 5}),
                                                        &statusFromJson)
                .ok());
    REQUIRE(statusFromJson.details_size() == 1);
    REQUIRE(statusFromJson.details(0).UnpackTo(&retry));
    CHECK(retry.retry_delay().seconds() == 5);
}
