// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/otlp_http_server.h"

#include "core/ingest/otlp_intake.h"

#include <chrono>
#include <future>
#include <thread>

#include <doctest/doctest.h>

#include "tests/unit/ingest/fake_sink.h"
#include "tests/unit/ingest/otlp_messages.h"
#include "tests/unit/ingest/raw_client.h"

using namespace sightglass;
using namespace std::chrono_literals;

namespace {

constexpr const char* protobuf = "application/x-protobuf";
constexpr const char* json = "application/json";

struct Listening {
    FakeSink sink;
    OriginTable origins;
    CounterRegistry counters;
    ManualClock clock{12'345 * nsPerSecond};
    std::unique_ptr<Receiver> receiver;
    std::string address;

    explicit Listening(IngestLimits limits = {}) {
        receiver = makeOtlpHttpServer({sink, origins, counters, clock, limits});
        const auto bound = receiver->start({"127.0.0.1:0"});
        REQUIRE(bound.ok());
        address = bound->front();
    }

    [[nodiscard]] std::uint64_t counted(const std::string& name,
                                        const std::string& reason = "") const {
        std::uint64_t total = 0;
        for (const auto& row : counters.rows()) {
            if (row.name == name && (reason.empty() || row.labels.back().second == reason))
                total += row.value;
        }
        return total;
    }
};

std::string post(const std::string& contentType, const std::string& body,
                 const std::string& moreHeaders = "", const std::string& path = "/v1/metrics") {
    return "POST " + path + " HTTP/1.1\r\nHost: localhost:4318\r\nContent-Type: " + contentType +
           "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + moreHeaders + "\r\n" +
           body;
}

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("a request in protobuf or JSON, plain or compressed, is written and answered in kind") {
    struct Row {
        std::string contentType, body, headers, answer;
    };
    const std::string binary = gaugeRequest("heat", 3);
    const std::string text = gaugeRequestJson("heat", 3);
    for (const Row& row : {
             Row{protobuf, binary, "", ""},
             Row{"Application/X-Protobuf", binary, "Content-Encoding: identity\r\n", ""},
             Row{protobuf, gzipped(binary), "Content-Encoding: gzip\r\n", ""},
             Row{protobuf, deflated(binary, 15), "Content-Encoding: deflate\r\n", ""},
             Row{json, text, "", "{}"},
             Row{"application/json; charset=utf-8", text, "", "{}"},
             Row{json, gzipped(text), "Content-Encoding: GZIP\r\n", "{}"},
         }) {
        CAPTURE(row.contentType);
        CAPTURE(row.headers);
        Listening listening;
        RawClient client(listening.address);
        const auto answer = client.request(post(row.contentType, row.body, row.headers));
        CHECK(answer.status == 200);
        CHECK(answer.body == row.answer);
        CHECK(answer.has(std::string("Content-Type: ") + (row.answer.empty() ? protobuf : json) +
                         "\r\n"));
        const auto seen = listening.sink.seen();
        REQUIRE(seen.size() == 1);
        CHECK(seen[0].points == 3);
        CHECK(seen[0].firstMetric == "heat");
        CHECK(listening.origins.origin(seen[0].origin).name() == "otlp-http");
        CHECK(seen[0].receivedAt == listening.clock.now());
        CHECK(listening.counted("sightglass_otlp_points_total") == 3);
        CHECK(listening.counted("sightglass_otlp_received_bytes_total") == row.body.size());
        const ReceiverActivity activity = listening.receiver->activity();
        CHECK(activity.requests == 1);
        CHECK(activity.points == 3);
        CHECK(activity.refused == 0);
        CHECK(activity.lastArrival == listening.clock.now());
    }
}

TEST_CASE("points that were refused are told by partial success, the codec's and the writer's") {
    Listening listening;
    RawClient client(listening.address);
    listening.sink.reject({"duplicate-labels", 2, "two series are one"});
    const auto answer = client.request(post(json, gaugeRequestJson("heat", 5)));
    CHECK(answer.status == 200);
    CHECK(contains(answer.body, R"("partialSuccess")"));
    CHECK(contains(answer.body, R"("rejectedDataPoints":"2")"));
    CHECK(contains(answer.body, "two series are one"));

    const auto both = client.request(post(protobuf, gaugeRequest(std::string("heat\xff"), 5)));
    CHECK(both.status == 200);
    CHECK(contains(both.body, "invalid-utf8"));
    CHECK(contains(both.body, "two series are one"));
    CHECK(listening.counted("sightglass_otlp_points_refused_total", "duplicate-labels") == 4);
    CHECK(listening.counted("sightglass_otlp_points_refused_total", "invalid-utf8") == 5);
    CHECK(contains(listening.receiver->activity().lastError, "invalid-utf8"));
}

TEST_CASE("the answer waits for the writer's verdict") {
    Listening listening;
    listening.sink.hold(true);
    RawClient client(listening.address);
    client.send(post(protobuf, gaugeRequest("heat", 1)));
    auto answer = std::async(std::launch::async, [&] { return client.receive().status; });
    CHECK(answer.wait_for(200ms) == std::future_status::timeout);
    listening.sink.hold(false);
    CHECK(answer.get() == 200);
}

TEST_CASE("what cannot be taken is refused with a Status in the request's encoding, and counted") {
    struct Row {
        std::string what, request;
        int status;
        const char* reason;
        std::string says;
    };
    std::string deep = R"({"resourceMetrics":[{"resource":{"attributes":[{"key":"a","value":)";
    for (int i = 0; i < 200; ++i)
        deep += R"({"arrayValue":{"values":[)";
    const std::string good = gaugeRequest("heat", 2);
    const std::string requests = "sightglass_otlp_requests_refused_total";
    for (const Row& row : {
             Row{"broken protobuf", post(protobuf, "\x0a\x7f"), 400, "malformed", "byte"},
             Row{"broken JSON", post(json, R"({"resourceMetrics":[)"), 400, "malformed",
                 R"({"code":3,"message":")"},
             Row{"JSON too deep", post(json, deep), 400, "too-deep", R"("code":3)"},
             Row{"no gzip", post(protobuf, good, "Content-Encoding: gzip\r\n"), 400, "malformed",
                 "gzip"},
             Row{"gzip cut off",
                 post(protobuf, gzipped(good).substr(0, 20), "Content-Encoding: gzip\r\n"), 400,
                 "malformed", "gzip"},
             Row{"gzip bomb",
                 post(json, gzipped(std::string(50'000, ' ')), "Content-Encoding: gzip\r\n"), 413,
                 "too-large", "40000 bytes"},
             Row{"unknown encoding", post(json, "{}", "Content-Encoding: br\r\n"), 415,
                 "wrong-encoding", "br"},
             Row{"two encodings", post(json, "{}", "Content-Encoding: gzip, gzip\r\n"), 415,
                 "wrong-encoding", "gzip"},
             Row{"wrong type", post("text/plain", "{}"), 415, "wrong-content-type", "text/plain"},
             Row{"no type", "POST /v1/metrics HTTP/1.1\r\nHost: localhost\r\n\r\n", 415,
                 "wrong-content-type", "application/x-protobuf"},
             Row{"wrong method", "GET /v1/metrics HTTP/1.1\r\nHost: localhost\r\n\r\n", 405,
                 "wrong-method", "use POST"},
             Row{"wrong path", post(json, "{}", "", "/v1/metric"), 404, "unknown-path",
                 "OTLP metrics go to /v1/metrics"},
             Row{"traces", post(protobuf, "", "", "/v1/traces"), 404, "not-metrics",
                 "metrics only"},
             Row{"logs", post(json, "{}", "", "/v1/logs"), 404, "not-metrics", "metrics only"},
         }) {
        CAPTURE(row.what);
        IngestLimits limits;
        limits.inflatedBytes = 40'000;
        Listening listening(limits);
        RawClient client(listening.address);
        const auto answer = client.request(row.request);
        CHECK(answer.status == row.status);
        CAPTURE(answer.body);
        CHECK(contains(answer.body, row.says));
        CHECK(answer.has(contains(row.request, protobuf)
                             ? "Content-Type: application/x-protobuf\r\n"
                             : "Content-Type: application/json\r\n"));
        CHECK(answer.has("Allow: POST\r\n") == (row.status == 405));
        CHECK_FALSE(answer.has("Retry-After"));
        CHECK(listening.counted(requests, row.reason) == 1);
        CHECK(listening.counted(requests) == 1);
        CHECK(listening.receiver->activity().refused == 1);
        CHECK_FALSE(listening.receiver->activity().lastError.empty());
        CHECK(listening.sink.seen().empty());
        CHECK_MESSAGE(client.request(post(json, "{}")).status == 200, "the connection goes on");
    }
}

TEST_CASE("what the HTTP server refuses is answered with a Status too") {
    IngestLimits limits;
    limits.compressedBytes = 1000;
    Listening listening(limits);
    const auto large = RawClient(listening.address).request(post(json, std::string(1001, ' ')));
    CHECK(large.status == 413);
    CHECK(contains(large.body, R"({"code":8,"message":"the body is larger than)"));
    const auto foreign = RawClient(listening.address)
                             .request("POST /v1/metrics HTTP/1.1\r\nHost: evil.example\r\n"
                                      "Content-Type: application/x-protobuf\r\n\r\n");
    CHECK(foreign.status == 403);
    CHECK(foreign.has("Content-Type: application/x-protobuf"));
    CHECK(contains(foreign.body, "evil.example"));
    CHECK(listening.counted("sightglass_http_refused_total") == 2);
    CHECK(listening.receiver->activity().refused == 2);
}

TEST_CASE("a full queue is 429 with Retry-After, a stopped one 503") {
    Listening listening;
    RawClient client(listening.address);
    listening.sink.say(PushStatus::Full);
    const auto full = client.request(post(json, gaugeRequestJson("heat", 1)));
    CHECK(full.status == 429);
    CHECK(full.has("Retry-After: 1\r\n"));
    CHECK(contains(full.body, R"("code":8)"));
    listening.sink.say(PushStatus::Stopped);
    const auto stopped = client.request(post(json, gaugeRequestJson("heat", 1)));
    CHECK(stopped.status == 503);
    CHECK(contains(stopped.body, R"("code":14)"));
    CHECK(listening.counted("sightglass_otlp_requests_refused_total", "queue-full") == 1);
    listening.sink.say(PushStatus::Queued);
    CHECK(client.request(post(json, gaugeRequestJson("heat", 1))).status == 200);
}

TEST_CASE("a request that no memory was left for may come again, unlike a broken one") {
    CHECK(verdictOf(ErrorCode::ResourceExhausted) == OtlpVerdict::NoMemory);
    CHECK(verdictOf(ErrorCode::TooLarge) == OtlpVerdict::TooLarge);
    CHECK(verdictOf(ErrorCode::InvalidArgument) == OtlpVerdict::Malformed);
}

TEST_CASE("of a long error only its beginning is kept as the last one") {
    Listening listening;
    listening.sink.reject({"duplicate-labels", 1, std::string(100'000, 'x')});
    RawClient client(listening.address);
    CHECK(client.request(post(json, gaugeRequestJson("heat", 2))).status == 200);
    const std::string error = listening.receiver->activity().lastError;
    CHECK(error.size() <= 512);
    CHECK(contains(error, "duplicate-labels"));
}

TEST_CASE("a verdict may come after the receiver is gone") {
    Listening listening;
    listening.sink.hold(true);
    RawClient client(listening.address);
    client.send(post(protobuf, gaugeRequest("heat", 1)));
    while (listening.sink.waiting() == 0)
        std::this_thread::sleep_for(5ms);
    const auto begin = std::chrono::steady_clock::now();
    listening.receiver.reset();
    CHECK(std::chrono::steady_clock::now() - begin < 3s);
    CHECK(client.closedByServer());
    listening.sink.hold(false);
    while (listening.sink.waiting() > 0)
        std::this_thread::sleep_for(5ms);
    CHECK(listening.counted("sightglass_otlp_requests_total") == 1);
}

TEST_CASE("many clients at once all hear the truth") {
    Listening listening;
    std::vector<std::jthread> clients;
    std::atomic<int> good{0};
    for (int i = 0; i < 8; ++i) {
        clients.emplace_back([&] {
            RawClient client(listening.address);
            for (int n = 0; n < 20; ++n)
                good += client.request(post(protobuf, gaugeRequest("heat", 50))).status == 200;
        });
    }
    clients.clear();
    CHECK(good == 160);
    CHECK(listening.receiver->activity().points == 8'000);
}
