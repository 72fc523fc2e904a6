// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/otlp_grpc_server.h"

#include <chrono>
#include <fstream>
#include <functional>
#include <future>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <opentelemetry/proto/collector/metrics/v1/metrics_service.grpc.pb.h>
#include <unistd.h>

#include "tests/support/soon.h"
#include "tests/unit/ingest/fake_sink.h"
#include "tests/unit/ingest/otlp_messages.h"
#include "tests/unit/ingest/raw_client.h"

using namespace sightglass;
using namespace std::chrono_literals;
namespace collector = opentelemetry::proto::collector::metrics::v1;

namespace {

const std::string exportMethod = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export";

struct Listening {
    FakeSink sink;
    OriginTable origins;
    CounterRegistry counters;
    ManualClock clock{12'345 * nsPerSecond};
    std::unique_ptr<Receiver> receiver;
    std::string address;

    explicit Listening(IngestLimits limits = {}) {
        receiver = makeOtlpGrpcServer({sink, origins, counters, clock, limits});
        const auto bound = receiver->start({"127.0.0.1:0"});
        REQUIRE_MESSAGE(bound.ok(), (bound.ok() ? "" : bound.error().text()));
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

/// A client that sends bytes as they are, and hears the status.
class BytesClient {
  public:
    explicit BytesClient(const std::string& address, const std::string& authority = "") {
        grpc::ChannelArguments arguments;
        arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
        if (!authority.empty())
            arguments.SetString(GRPC_ARG_DEFAULT_AUTHORITY, authority);
        m_channel =
            grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
    }

    struct Heard {
        grpc::Status status;
        std::string response;
    };

    Heard call(const std::string& body, grpc_compression_algorithm compression = GRPC_COMPRESS_NONE,
               const std::string& method = exportMethod) {
        grpc::ClientContext context;
        context.set_deadline(std::chrono::system_clock::now() + 10s);
        context.set_compression_algorithm(compression);
        grpc::GenericStub stub(m_channel);
        const grpc::Slice slice(body);
        const grpc::ByteBuffer request(&slice, 1);
        grpc::ByteBuffer response;
        Heard heard;
        std::promise<void> done;
        stub.UnaryCall(&context, method, {}, &request, &response, [&](grpc::Status status) {
            heard.status = std::move(status);
            done.set_value();
        });
        done.get_future().wait();
        std::vector<grpc::Slice> slices;
        if (response.Valid() && response.Dump(&slices).ok()) {
            for (const grpc::Slice& part : slices)
                heard.response.append(reinterpret_cast<const char*>(part.begin()), part.size());
        }
        return heard;
    }

    [[nodiscard]] std::shared_ptr<grpc::Channel> channel() const { return m_channel; }

  private:
    std::shared_ptr<grpc::Channel> m_channel;
};

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("a client that we did not write exports and hears OK") {
    Listening listening;
    collector::ExportMetricsServiceRequest request;
    auto* metric = request.add_resource_metrics()->add_scope_metrics()->add_metrics();
    metric->set_name("heat");
    auto* point = metric->mutable_gauge()->add_data_points();
    point->set_time_unix_nano(1'700'000'000'000'000'000u);
    point->set_as_int(7);

    const auto stub = collector::MetricsService::NewStub(
        grpc::CreateChannel(listening.address, grpc::InsecureChannelCredentials()));
    grpc::ClientContext context;
    collector::ExportMetricsServiceResponse response;
    const grpc::Status status = stub->Export(&context, request, &response);
    CHECK_MESSAGE(status.ok(), status.error_message());
    CHECK_FALSE(response.has_partial_success());

    const auto seen = listening.sink.seen();
    REQUIRE(seen.size() == 1);
    CHECK(seen[0].points == 1);
    CHECK(seen[0].firstMetric == "heat");
    CHECK(listening.origins.origin(seen[0].origin).name() == "otlp-grpc");
    CHECK(listening.receiver->activity().points == 1);
    CHECK(listening.receiver->activity().requests == 1);
    CHECK(listening.receiver->activity().lastArrival == listening.clock.now());
}

TEST_CASE("refused points are told by partial success") {
    Listening listening;
    listening.sink.reject({"duplicate-labels", 2, "two series are one"});
    const auto stub = collector::MetricsService::NewStub(BytesClient(listening.address).channel());
    collector::ExportMetricsServiceRequest request;
    REQUIRE(request.ParseFromString(gaugeRequest("heat", 5)));
    grpc::ClientContext context;
    collector::ExportMetricsServiceResponse response;
    CHECK(stub->Export(&context, request, &response).ok());
    CHECK(response.partial_success().rejected_data_points() == 2);
    CHECK(contains(response.partial_success().error_message(), "two series are one"));
    CHECK(listening.counted("sightglass_otlp_points_total") == 3);
    CHECK(listening.counted("sightglass_otlp_points_refused_total", "duplicate-labels") == 2);
}

TEST_CASE("compressed messages are taken, large ones too") {
    Listening listening;
    BytesClient client(listening.address);
    const std::string large = gaugeRequest("heat", 100'000);
    REQUIRE(large.size() > (3u << 20));
    for (const auto compression : {GRPC_COMPRESS_NONE, GRPC_COMPRESS_GZIP, GRPC_COMPRESS_DEFLATE}) {
        CAPTURE(compression);
        const auto heard = client.call(large, compression);
        CHECK_MESSAGE(heard.status.ok(), heard.status.error_message());
    }
    CHECK(client.call("").status.ok());
    CHECK(listening.receiver->activity().points == 300'000);
    const std::uint64_t bytes = listening.counted("sightglass_otlp_received_bytes_total");
    CHECK(bytes < 2 * large.size());
}

TEST_CASE("what cannot be taken is refused with its status, counted, and nothing else disturbed") {
    struct Row {
        std::string what;
        std::function<BytesClient::Heard(BytesClient&)> call;
        grpc::StatusCode code;
        const char* reason;
        const char* says;
    };
    const std::string malformed("\x0a\x7f");
    for (const Row& row : {
             Row{"malformed", [&](BytesClient& client) { return client.call(malformed); },
                 grpc::StatusCode::INVALID_ARGUMENT, "malformed", "byte"},
             Row{"malformed and compressed",
                 [&](BytesClient& client) { return client.call(malformed, GRPC_COMPRESS_GZIP); },
                 grpc::StatusCode::INVALID_ARGUMENT, "malformed", "byte"},
             Row{"corrupt gzip",
                 [&](BytesClient& client) {
                     return client.call(gzipped(gaugeRequest("heat", 9)).substr(0, 30));
                 },
                 grpc::StatusCode::INVALID_ARGUMENT, "malformed", "gzip"},
             Row{"over the limit as sent",
                 [&](BytesClient& client) { return client.call(std::string(200'000, 'x')); },
                 grpc::StatusCode::RESOURCE_EXHAUSTED, "too-large-or-cut-off", ""},
             Row{"gzip bomb",
                 [&](BytesClient& client) {
                     return client.call(std::string(500'000, 'x'), GRPC_COMPRESS_GZIP);
                 },
                 grpc::StatusCode::RESOURCE_EXHAUSTED, "too-large", "400000 bytes"},
             Row{"unknown method",
                 [&](BytesClient& client) {
                     return client.call("", GRPC_COMPRESS_NONE, "/some.Service/Do");
                 },
                 grpc::StatusCode::UNIMPLEMENTED, "unknown-method", "MetricsService/Export"},
             Row{"traces",
                 [&](BytesClient& client) {
                     return client.call("", GRPC_COMPRESS_NONE,
                                        "/opentelemetry.proto.collector.trace.v1.TraceService/"
                                        "Export");
                 },
                 grpc::StatusCode::UNIMPLEMENTED, "not-metrics", "metrics only"},
         }) {
        CAPTURE(row.what);
        IngestLimits limits;
        limits.compressedBytes = 100'000;
        limits.inflatedBytes = 400'000;
        Listening listening(limits);
        BytesClient client(listening.address);
        const auto heard = row.call(client);
        CHECK(heard.status.error_code() == row.code);
        CAPTURE(heard.status.error_message());
        CHECK(contains(heard.status.error_message(), row.says));
        CHECK_MESSAGE(heard.status.error_details().empty(), "a RetryInfo would make it come back");
        CHECK(soon([&] {
            return listening.counted("sightglass_otlp_requests_refused_total", row.reason) == 1;
        }));
        CHECK(listening.counted("sightglass_otlp_requests_refused_total") == 1);
        CHECK(soon([&] { return listening.receiver->activity().refused == 1; }));
        CHECK(listening.sink.seen().empty());
        CHECK(client.call(gaugeRequest("heat", 1)).status.ok());
    }
}

TEST_CASE("a foreign authority is refused on loopback") {
    Listening listening;
    for (const char* authority : {"evil.example", "evil.example:4317"}) {
        BytesClient client(listening.address, authority);
        const auto heard = client.call(gaugeRequest("heat", 1));
        CHECK(heard.status.error_code() == grpc::StatusCode::PERMISSION_DENIED);
        CHECK(contains(heard.status.error_message(), "evil.example"));
    }
    BytesClient local(listening.address, "localhost:4317");
    CHECK(local.call(gaugeRequest("heat", 1)).status.ok());
    CHECK(listening.counted("sightglass_otlp_requests_refused_total", "foreign-host") == 2);
}

TEST_CASE("a full queue is RESOURCE_EXHAUSTED with RetryInfo, a stopped one UNAVAILABLE") {
    Listening listening;
    BytesClient client(listening.address);
    listening.sink.say(PushStatus::Full);
    const auto full = client.call(gaugeRequest("heat", 1));
    CHECK(full.status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED);
    google::rpc::Status details;
    REQUIRE(details.ParseFromString(full.status.error_details()));
    CHECK(details.code() == 8);
    REQUIRE(details.details_size() == 1);
    google::rpc::RetryInfo retry;
    REQUIRE(details.details(0).UnpackTo(&retry));
    CHECK(retry.retry_delay().seconds() == 1);

    listening.sink.say(PushStatus::Stopped);
    CHECK(client.call(gaugeRequest("heat", 1)).status.error_code() ==
          grpc::StatusCode::UNAVAILABLE);
    listening.sink.say(PushStatus::Queued);
    CHECK(client.call(gaugeRequest("heat", 1)).status.ok());
}

TEST_CASE("the answer waits for the writer's verdict") {
    Listening listening;
    listening.sink.hold(true);
    BytesClient client(listening.address);
    auto heard = std::async(std::launch::async,
                            [&] { return client.call(gaugeRequest("heat", 1)).status.ok(); });
    CHECK(heard.wait_for(200ms) == std::future_status::timeout);
    listening.sink.hold(false);
    CHECK(heard.get());
}

TEST_CASE("a message longer than gRPC passes in a header is cut, not lost") {
    Listening listening;
    BytesClient client(listening.address);
    const auto heard =
        client.call("", GRPC_COMPRESS_NONE, "/some.Service/" + std::string(3'000, 'x'));
    CHECK(heard.status.error_code() == grpc::StatusCode::UNIMPLEMENTED);
    CHECK(heard.status.error_message().size() == 1'000);
    CHECK(heard.status.error_message().ends_with("\u2026"));
}

TEST_CASE("a taken port is an error that names it, and the first keeps all its data") {
    Listening first;
    FakeSink sink;
    OriginTable origins;
    CounterRegistry counters;
    ManualClock clock{0};
    const auto second = makeOtlpGrpcServer({sink, origins, counters, clock, {}});
    const auto bound = second->start({first.address});
    REQUIRE_FALSE(bound.ok());
    CHECK(bound.error().text() == first.address + " is taken (address in use)");
    BytesClient client(first.address);
    CHECK(client.call(gaugeRequest("heat", 1)).status.ok());

    const auto both = second->start({"127.0.0.1:0", first.address, "127.0.0.2:0"});
    REQUIRE(both.ok());
    REQUIRE(both->size() == 2);
    CHECK(both->at(1) == "127.0.0.2" + both->at(0).substr(both->at(0).rfind(':')));
    CHECK(BytesClient(both->at(1)).call(gaugeRequest("heat", 1)).status.ok());
}

TEST_CASE("a call whose message does not come is ended in time") {
    IngestLimits limits;
    limits.requestTimeoutSeconds = 1;
    Listening listening(limits);
    grpc::ClientContext context;
    grpc::CompletionQueue queue;
    grpc::GenericStub stub(BytesClient(listening.address).channel());
    const auto call = stub.PrepareCall(&context, exportMethod, &queue);
    call->StartCall(&context);
    void* tag = nullptr;
    bool ok = false;
    REQUIRE(queue.Next(&tag, &ok));
    grpc::Status status;
    call->Finish(&status, &status);
    const auto begin = std::chrono::steady_clock::now();
    REQUIRE(queue.Next(&tag, &ok));
    CHECK_FALSE(status.ok());
    CHECK(std::chrono::steady_clock::now() - begin < 5s);
    CHECK(BytesClient(listening.address).call(gaugeRequest("heat", 1)).status.ok());
}

TEST_CASE("destroying the receiver is prompt, and a verdict may come after it is gone") {
    Listening listening;
    listening.sink.hold(true);
    BytesClient client(listening.address);
    auto heard =
        std::async(std::launch::async, [&] { return client.call(gaugeRequest("heat", 1)).status; });
    while (listening.sink.waiting() == 0)
        std::this_thread::sleep_for(5ms);
    RawClient silent(listening.address); // a connection on which nothing was ever said
    const auto begin = std::chrono::steady_clock::now();
    listening.receiver.reset();
    CHECK(std::chrono::steady_clock::now() - begin < 2s);
    CHECK(heard.get().error_code() == grpc::StatusCode::UNAVAILABLE);
    listening.sink.hold(false);
    while (listening.sink.waiting() > 0)
        std::this_thread::sleep_for(5ms);
}

TEST_CASE("destroying the receiver while clients are busy neither hangs nor crashes") {
    for (int round = 0; round < 5; ++round) {
        Listening listening;
        std::vector<std::jthread> clients;
        std::atomic<int> answered{0};
        for (int i = 0; i < 4; ++i) {
            clients.emplace_back([&] {
                BytesClient client(listening.address);
                while (client.call(gaugeRequest("heat", 100)).status.ok())
                    ++answered;
            });
        }
        while (answered < 20)
            std::this_thread::sleep_for(5ms);
        const auto begin = std::chrono::steady_clock::now();
        listening.receiver.reset();
        CHECK(std::chrono::steady_clock::now() - begin < 2s);
    }
}

TEST_CASE("a receiver without clients uses no processor time") {
    Listening listening;
    CHECK(BytesClient(listening.address).call(gaugeRequest("heat", 1)).status.ok());
    std::this_thread::sleep_for(1500ms); // past the last check for stalled calls
    const auto before = std::clock();
    std::this_thread::sleep_for(1s);
    CHECK(static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC < 0.02);
}
