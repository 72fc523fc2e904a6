// SPDX-License-Identifier: GPL-3.0-or-later
// OTLP/gRPC into the server: processor seconds of the server per million points, for requests of
// 10,000 points with five attributes, four in flight. Beside it the peer: a gRPC server that parses
// the same requests into the generated classes and does nothing with them.
//
// Server and client are processes of their own, so that getrusage tells them apart; both are forked
// before any gRPC is started, which does not survive a fork.
//
//     grpc_ingest_bench [MILLIONS OF POINTS]
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <opentelemetry/proto/collector/metrics/v1/metrics_service.grpc.pb.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/heap.h"
#include "core/codec/otlp/encode.h"
#include "core/engine/engine.h"
#include "core/ingest/otlp_grpc_server.h"

namespace {

using namespace sightglass;
namespace collector = opentelemetry::proto::collector::metrics::v1;

constexpr int inFlight = 4;
constexpr std::uint32_t pointsPerRequest = 10'000;
constexpr std::uint32_t pointsPerMetric = 100;
constexpr TimeNs firstTime = 1'700'000'000 * nsPerSecond;

double processorSeconds() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// One request of a hundred gauges of a hundred series, with its times as they lie in the bytes.
class Request {
  public:
    explicit Request(int client) {
        Batch batch;
        const std::string instance = "instance-" + std::to_string(client);
        batch.attributes.push_back({"service.name", Value::string("checkout")});
        batch.attributes.push_back({"service.instance.id", Value::string(instance)});
        batch.resources.push_back({{0, 2}, {}, false});
        batch.scopes.push_back({"bench", "1", {}, {}});
        std::vector<std::string> texts;
        texts.reserve(2 * pointsPerRequest);
        for (std::uint32_t i = 0; i < pointsPerRequest; ++i) {
            const auto begin = static_cast<std::uint32_t>(batch.attributes.size());
            texts.push_back("/api/v1/item/" + std::to_string(i % pointsPerMetric));
            batch.attributes.push_back({"http.route", Value::string(texts.back())});
            batch.attributes.push_back({"http.request.method", Value::string("GET")});
            batch.attributes.push_back({"http.response.status_code", Value::integer(200)});
            batch.attributes.push_back({"cloud.availability_zone", Value::string("eu-west-1b")});
            batch.attributes.push_back({"server.address", Value::string("shop.internal")});
            NumberPoint point;
            point.time = firstTime;
            point.attributes = {begin, 5};
            point.value = Number::of(0.25 * i);
            batch.numberPoints.push_back(point);
            if (i % pointsPerMetric == 0) {
                texts.push_back("bench.gauge." + std::to_string(i / pointsPerMetric));
                MetricBlock block;
                block.descriptor.name = texts.back();
                block.descriptor.type = MetricType::Gauge;
                block.points = {i, pointsPerMetric};
                batch.metrics.push_back(block);
            }
        }
        m_bytes = encodeMetricsRequest(batch);
        const std::string_view time(reinterpret_cast<const char*>(&firstTime), sizeof firstTime);
        for (auto at = m_bytes.find(time); at != std::string::npos; at = m_bytes.find(time, at + 8))
            m_times.push_back(at);
        if (m_times.size() != pointsPerRequest)
            std::abort();
    }

    /// The request of `n` seconds later.
    const std::string& at(int n) {
        const TimeNs time = firstTime + n * nsPerSecond;
        for (const std::size_t place : m_times)
            std::memcpy(m_bytes.data() + place, &time, sizeof time);
        return m_bytes;
    }

  private:
    std::string m_bytes;
    std::vector<std::size_t> m_times;
};

int runClient(const std::string& address, int requests) {
    const auto channel = grpc::CreateChannel(address, grpc::InsecureChannelCredentials());
    std::atomic<int> failed{0};
    std::vector<std::jthread> threads;
    for (int client = 0; client < inFlight; ++client) {
        threads.emplace_back([&, client] {
            Request request(client);
            grpc::GenericStub stub(channel);
            for (int n = 0; n < requests / inFlight; ++n) {
                grpc::ClientContext context;
                const grpc::Slice slice(request.at(n));
                const grpc::ByteBuffer message(&slice, 1);
                grpc::ByteBuffer response;
                std::promise<bool> done;
                stub.UnaryCall(&context,
                               "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
                               {}, &message, &response,
                               [&](const grpc::Status& status) { done.set_value(status.ok()); });
                if (!done.get_future().get())
                    ++failed;
            }
        });
    }
    threads.clear();
    return failed;
}

/// Starts a server, gives its address and something that keeps it.
using StartServer = std::function<std::shared_ptr<void>(std::string& address)>;

class CountingSink final : public SampleSink {
  public:
    PushStatus push(Batch&& batch, WhenWritten whenWritten) override {
        WriteReport report;
        report.accepted = batch.pointCount();
        whenWritten(report);
        return PushStatus::Queued;
    }
};

std::shared_ptr<void> startReceiver(std::string& address) {
    keepFreedMemory(); // as the engine does
    struct Parts {
        CountingSink sink;
        OriginTable origins;
        CounterRegistry counters;
        SystemClock clock;
        std::unique_ptr<Receiver> receiver =
            makeOtlpGrpcServer({sink, origins, counters, clock, {}});
    };
    auto parts = std::make_shared<Parts>();
    const auto bound = parts->receiver->start({"127.0.0.1:0"});
    if (bound)
        address = bound->front();
    return parts;
}

std::shared_ptr<void> startEngine(std::string& address) {
    EngineOptions options;
    options.otlpGrpc = "127.0.0.1:0";
    options.otlpHttp = options.api = "off";
    auto engine = std::make_shared<Engine>(options);
    engine->start();
    for (const ReceiverStatus& receiver : engine->status()->receivers) {
        if (receiver.kind == ReceiverKind::OtlpGrpc)
            address = receiver.address;
    }
    return engine;
}

std::shared_ptr<void> startPeer(std::string& address) {
    struct Peer : collector::MetricsService::Service {
        grpc::Status Export(grpc::ServerContext*, const collector::ExportMetricsServiceRequest* in,
                            collector::ExportMetricsServiceResponse*) override {
            return in->resource_metrics_size() == 1
                       ? grpc::Status::OK
                       : grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "");
        }
        std::unique_ptr<grpc::Server> server;
    };
    auto peer = std::make_shared<Peer>();
    grpc::ServerBuilder builder;
    int port = 0;
    builder.SetMaxReceiveMessageSize(16 << 20);
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(peer.get());
    peer->server = builder.BuildAndStart();
    address = "127.0.0.1:" + std::to_string(port);
    return peer;
}

/// Processor seconds of the server per million points; negative if something failed.
double measure(const StartServer& start, int requests) {
    int toParent[2], toServer[2];
    if (::pipe(toParent) != 0 || ::pipe(toServer) != 0)
        return -1;
    const pid_t server = ::fork();
    if (server == 0) {
        std::string address;
        const auto keeper = start(address);
        const double before = processorSeconds();
        address.resize(64, '\0');
        char go = 0;
        if (::write(toParent[1], address.data(), 64) != 64 || ::read(toServer[0], &go, 1) != 1)
            ::_exit(1);
        const double used = processorSeconds() - before;
        ::_exit(::write(toParent[1], &used, sizeof used) == sizeof used ? 0 : 1);
    }
    char address[64] = {};
    if (::read(toParent[0], address, sizeof address) != sizeof address || address[0] == '\0')
        return -1;
    const pid_t client = ::fork();
    if (client == 0)
        ::_exit(runClient(address, requests) == 0 ? 0 : 1);
    int clientStatus = -1;
    ::waitpid(client, &clientStatus, 0);
    double used = -1;
    if (::write(toServer[1], "x", 1) != 1 || ::read(toParent[0], &used, sizeof used) != sizeof used)
        return -1;
    ::waitpid(server, nullptr, 0);
    for (const int fd : {toParent[0], toParent[1], toServer[0], toServer[1]})
        ::close(fd);
    if (clientStatus != 0)
        return -1;
    return used * 1e6 / (static_cast<double>(requests) * pointsPerRequest);
}

} // namespace

int main(int argc, char** argv) {
    const int millions = argc > 1 ? std::max(1, std::atoi(argv[1])) : 4;
    const int requests = millions * 1'000'000 / static_cast<int>(pointsPerRequest);
    std::printf("OTLP/gRPC, %d requests of %u points, %d in flight, %u series; "
                "server CPU s per million points\n",
                requests, pointsPerRequest, inFlight, inFlight * pointsPerRequest);
    const double peer = measure(startPeer, requests);
    std::printf("  generated classes, thrown away (peer)        %.3f\n", peer);
    const double decoded = measure(startReceiver, requests);
    std::printf("  decoded into batches                         %.3f   %.2f of the peer's\n",
                decoded, decoded / peer);
    const double written = measure(startEngine, requests);
    std::printf("  taken into the ring, with catalog and rules  %.3f   %.2f of the peer's\n",
                written, written / peer);
    return peer > 0 && decoded > 0 && written > 0 ? 0 : 1;
}
