// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/engine.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include "core/demo/demo.h"
#include "tests/support/soon.h"
#include "tests/unit/ingest/raw_client.h"

using namespace sightglass;

namespace {

/// What OTLP/gRPC builds do not have is off, so that the test runs in every preset.
EngineOptions quiet() {
    EngineOptions options;
    options.otlpGrpc = "off";
    options.otlpHttp = options.api = "127.0.0.1:0";
    return options;
}

/// An OTLP/HTTP request of one point with these JSON members.
std::string post(const std::string& point) {
    const std::string body = R"({"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"heat",)"
                             R"("gauge":{"dataPoints":[{)" +
                             point + "}]}}]}]}]}";
    return "POST /v1/metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
           "Content-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// Its point has no time, so that it is not taken.
const std::string noTimePost = post(R"("asDouble":1)");

Batch gauge(OriginId origin, const char* name, TimeNs time) {
    Batch batch;
    batch.origin = origin;
    batch.receivedAt = time;
    batch.resources.push_back({});
    batch.scopes.push_back({});
    NumberPoint point;
    point.time = time;
    point.value = Number::of(1.5);
    batch.numberPoints.push_back(point);
    batch.metrics.push_back({0, 0, {name, "By", "Some bytes.", MetricType::Gauge}, {0, 1}});
    return batch;
}

const ReceiverStatus& receiver(const EngineStatus& status, ReceiverKind kind) {
    return status.receivers.at(static_cast<std::size_t>(kind));
}

Result<OpenedDump> opened(Engine& engine, const std::string& path) {
    std::promise<Result<OpenedDump>> told;
    engine.openDump(path, [&](Result<OpenedDump> dump) { told.set_value(std::move(dump)); });
    return told.get_future().get();
}

/// A folder that is there while a test runs.
struct TemporaryFolder {
    TemporaryFolder() {
        std::string pattern = std::filesystem::temp_directory_path() / "sightglass-XXXXXX";
        REQUIRE(mkdtemp(pattern.data()) != nullptr);
        path = pattern;
    }
    ~TemporaryFolder() { std::filesystem::remove_all(path); }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    std::filesystem::path path;
};

} // namespace

TEST_CASE("what was pushed can be read, is in the analysis and is counted after a flush") {
    Engine engine(quiet());
    engine.start();
    const OriginId origin = engine.origins().intern(OriginKind::OtlpHttp);
    const TimeNs now = engine.clock().now();
    REQUIRE(engine.sink().push(gauge(origin, "heap", now), {}) == PushStatus::Queued);
    engine.flush();

    const auto analysis = engine.analysis();
    REQUIRE(analysis->families.size() == 1);
    CHECK(analysis->families[0]->name == "heap_bytes");
    const MetricId metric = analysis->catalog->metrics.at(0)->info->id;
    const auto series = engine.reader().seriesOf(metric);
    REQUIRE(series.size() == 1);
    const auto sample = engine.reader().latest(series[0].id, Field::Value, now, nsPerSecond);
    REQUIRE(sample.has_value());
    CHECK(sample->value.asDouble() == 1.5);
    CHECK(engine.status()->points == 1);
    CHECK(engine.status()->series == 1);
}

TEST_CASE("a taken port is told with the flag that chooses another, and rebinding mends it") {
    Engine first(quiet());
    first.start();
    const std::string taken = receiver(*first.status(), ReceiverKind::OtlpHttp).address;
    REQUIRE_FALSE(taken.empty());

    EngineOptions options = quiet();
    options.otlpHttp = taken;
    Engine second(options);
    second.start();
    const auto status = second.status();
    const ReceiverStatus& refused = receiver(*status, ReceiverKind::OtlpHttp);
    CHECK(refused.address.empty());
    CHECK(refused.error.find(taken) != std::string::npos);
    CHECK(refused.error.find("--otlp-http") != std::string::npos);
    CHECK_FALSE(receiver(*status, ReceiverKind::Api).address.empty());

    CHECK(second.rebind(ReceiverKind::OtlpHttp, "127.0.0.1:0").ok());
    second.flush();
    CHECK_FALSE(receiver(*second.status(), ReceiverKind::OtlpHttp).address.empty());
    CHECK(receiver(*second.status(), ReceiverKind::OtlpHttp).error.empty());
}

TEST_CASE("a receiver that works goes on where it is when another address fails") {
    Engine other(quiet());
    other.start();
    const std::string taken = receiver(*other.status(), ReceiverKind::OtlpHttp).address;
    Engine engine(quiet());
    engine.start();
    const std::string kept = receiver(*engine.status(), ReceiverKind::OtlpHttp).address;
    REQUIRE(RawClient(kept).request(noTimePost).status == 200);

    const std::string ownPort = kept.substr(kept.rfind(':'));
    for (const std::string& address : {taken, std::string("nonsense"), "192.0.2.1" + ownPort}) {
        CAPTURE(address);
        CHECK_FALSE(engine.rebind(ReceiverKind::OtlpHttp, address).ok());
        engine.flush();
        const ReceiverStatus now = receiver(*engine.status(), ReceiverKind::OtlpHttp);
        CHECK(now.address == kept);
        CHECK(now.wanted == "127.0.0.1:0");
        CHECK(now.error.empty());
        CHECK(RawClient(kept).request(noTimePost).status == 200);
    }

    // Its own address, and another: the figures go on.
    CHECK(engine.rebind(ReceiverKind::OtlpHttp, kept).ok());
    CHECK(engine.rebind(ReceiverKind::OtlpHttp, "127.0.0.1:0").ok());
    engine.flush();
    const ReceiverStatus moved = receiver(*engine.status(), ReceiverKind::OtlpHttp);
    CHECK(moved.address != kept);
    CHECK(moved.requests == 4);
    CHECK(moved.refused == 4);
    CHECK(moved.lastError.find("(no-time)") != std::string::npos);
    CHECK(engine.rebind(ReceiverKind::OtlpHttp, "off").ok());
    engine.flush();
    CHECK(receiver(*engine.status(), ReceiverKind::OtlpHttp).address.empty());
}

TEST_CASE("a point that is not taken counts once: refused if a client was told, else dropped") {
    Engine engine(quiet());
    engine.start();
    const std::string address = receiver(*engine.status(), ReceiverKind::OtlpHttp).address;
    REQUIRE(RawClient(address).request(noTimePost).status == 200);
    engine.flush();
    CHECK(engine.status()->refused == 1);
    CHECK(engine.status()->dropped == 0);

    // The codec passes these on; the ring refuses the second.
    const auto at = [](const char* time) {
        return post(R"("asDouble":1,"timeUnixNano":")" + std::string(time) + "\"");
    };
    REQUIRE(RawClient(address).request(at("2000000000000")).status == 200);
    REQUIRE(RawClient(address).request(at("1000000000")).status == 200);
    engine.flush();
    CHECK(engine.status()->refused == 2);
    CHECK(engine.status()->dropped == 0);

    const OriginId file = engine.origins().intern(OriginKind::File, "dump");
    REQUIRE(engine.sink().push(gauge(file, "heap", 0), {}) == PushStatus::Queued);
    engine.flush();
    CHECK(engine.status()->refused == 2);
    CHECK(engine.status()->dropped == 1);
}

TEST_CASE("nothing is taken in after stop, and what was read stays readable") {
    Engine engine(quiet());
    engine.start();
    const OriginId origin = engine.origins().intern(OriginKind::OtlpHttp);
    const TimeNs now = engine.clock().now();
    REQUIRE(engine.sink().push(gauge(origin, "heap", now), {}) == PushStatus::Queued);
    engine.flush();
    engine.stop();
    engine.stop();
    CHECK(engine.sink().push(gauge(origin, "late", now), {}) == PushStatus::Stopped);
    CHECK(engine.reader().generation() > 0);
    CHECK(engine.analysis()->families.size() == 1);
}

TEST_CASE("two dumps opened together are compared like two live paths") {
    Engine engine(quiet());
    engine.start();
    const std::string folder = SIGHTGLASS_TEST_DATA "/founding_story/";
    std::atomic<int> opened{0};
    for (const char* page : {"app.prom", "collector.prom"}) {
        engine.openDump(folder + page, [&](const Result<OpenedDump>& dump) {
            CHECK(dump.ok());
            CHECK(dump->points == 27);
            CHECK(dump->skipped == 0);
            ++opened;
        });
    }
    REQUIRE(soon([&] { return opened == 2; }));
    engine.flush();
    const auto findings = engine.analysis()->findings;
    CHECK(findings->errors == 27);
    CHECK(findings->warnings == 1);
}

TEST_CASE("a dump that cannot be read says why") {
    Engine engine(quiet());
    engine.start();
    const Result<OpenedDump> dump = opened(engine, "/no/such/file");
    REQUIRE_FALSE(dump.ok());
    CHECK(dump.error().code == ErrorCode::NotFound);
}

TEST_CASE("what of a dump could not be read is told and counted") {
    Engine engine(quiet());
    engine.start();
    const TemporaryFolder folder;
    const std::string good = R"({"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"a",)"
                             R"("gauge":{"dataPoints":[{"timeUnixNano":"1700000000000000000",)"
                             R"("asInt":"1"}]}}]}]}]})";
    std::ofstream(folder.path / "parts.json") << good << "\n{\"resourceMetrics\":7}\n"
                                              << good << '\n';
    const Result<OpenedDump> parts = opened(engine, folder.path / "parts.json");
    REQUIRE(parts.ok());
    CHECK(parts->points == 2);
    CHECK(parts->skipped == 1);
    CHECK(parts->firstSkipped.find("line 2") != std::string::npos);
    CHECK(engine.counters().sum(CounterKind::Drop) == 1);

    std::ofstream(folder.path / "lines.prom") << "a 1\nb{ 2\nc 3\n";
    const Result<OpenedDump> lines = opened(engine, folder.path / "lines.prom");
    REQUIRE(lines.ok());
    CHECK(lines->points == 2);
    CHECK(lines->skipped == 1);
    CHECK(lines->firstSkipped.find("line 2") != std::string::npos);
    CHECK(engine.counters().sum(CounterKind::Drop) == 2);
}

TEST_CASE("stopping does not wait for a dump on a pipe to which nobody writes") {
    Engine engine(quiet());
    engine.start();
    const TemporaryFolder folder;
    const std::string pipe = folder.path / "pipe";
    REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
    std::promise<Result<OpenedDump>> told;
    engine.openDump(pipe, [&](Result<OpenedDump> dump) { told.set_value(std::move(dump)); });
    std::this_thread::sleep_for(
        std::chrono::milliseconds(50)); // so that most runs stop within the read
    const auto begin = std::chrono::steady_clock::now();
    engine.stop();
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(3));
    CHECK(told.get_future().get().error().code == ErrorCode::Cancelled);
}

TEST_CASE("the demo shows 27 mismatches and six lost labels within a second of the third path") {
    EngineOptions options = Demo::engineOptions();
    options.otlpGrpc = "off";
    Engine engine(options);
    engine.start();
    Demo demo(engine);
    REQUIRE(demo.start().ok());
    REQUIRE(soon([&] { return engine.analysis()->findings->errors == 27; }));

    const auto analysis = engine.analysis();
    std::set<std::string> lost;
    for (const auto& finding : analysis->findings->findings) {
        CAPTURE(finding->message);
        const bool expected =
            finding->rule == "type-mismatch" || finding->rule == "missing-resource-labels";
        CHECK(expected);
        if (finding->rule == "missing-resource-labels")
            lost.insert(finding->labels.begin(), finding->labels.end());
    }
    CHECK(lost == std::set<std::string>{"host_name", "name", "service_name",
                                        "telemetry_sdk_language", "telemetry_sdk_name",
                                        "telemetry_sdk_version"});
}
