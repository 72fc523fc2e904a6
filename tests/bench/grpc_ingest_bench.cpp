// SPDX-License-Identifier: GPL-3.0-or-later
// OTLP/gRPC into the server: its processor seconds per million points, and points a second with the
// client on the same machine, for requests of 10,000 points with five attributes, four in flight.
// Beside it the peer: a gRPC server that parses the same requests into the generated classes and
// does nothing with them. Medians of several runs.
//
// Server and client are processes of their own, so that getrusage tells them apart; both are forked
// before any gRPC is started, which does not survive a fork.
//
//     grpc_ingest_bench [MILLIONS OF POINTS [RUNS [ONLY THE ROWS WITH THIS IN THEIR TEXT]]]
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
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
#include <sys/prctl.h>
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
constexpr TimeNs firstTime = 1'700'000'000 * nsPerSecond;
// Places in the requests that are written anew each time.
constexpr std::string_view firstRoute = "/api/v1/item/00000000";
constexpr std::size_t routeDigits = 8;

/// What the requests of a client are made of; the same in each but for the times, and the routes if
/// the series are to be new.
struct Load {
    const char* name;
    std::uint32_t resources;
    std::uint32_t metrics; ///< of a resource
    std::uint32_t series;  ///< of a metric
    std::uint32_t points;  ///< of a series, a second apart
    bool inRows = false;   ///< all series at one time, then at the next; else series by series
    bool areNew = false;
};

constexpr Load knownSeries{"known series", 1, 100, 100, 1};
constexpr Load fewPerMetric{"known series, ten a metric, 100 resources", 100, 10, 10, 1};
constexpr Load runs{"known series, five points of one in a row", 1, 20, 100, 5};
constexpr Load rows{"known series, five times one after another", 1, 20, 100, 5, true};
constexpr Load newSeries{"new series", 1, 100, 100, 1, false, true};
constexpr Load newOfMany{"new series of 100 resources", 100, 10, 10, 1, false, true};

double processorSeconds() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// `number` in exactly so many digits.
std::string digitsOf(std::uint32_t number) {
    std::string out = std::to_string(number);
    return out.insert(0, routeDigits - std::min(routeDigits, out.size()), '0');
}

/// One request, with its times and routes as they lie in the bytes.
class Request {
  public:
    Request(const Load& load, int client) : m_load(load), m_client(client) {
        Batch batch;
        for (std::uint32_t r = 0; r < load.resources; ++r) {
            const std::string instance = std::to_string(client) + "-" + std::to_string(r);
            const Slice attributes =
                add(batch, {{"service.name", Value::string("checkout")},
                            {"service.instance.id", Value::string(batch.arena.copy(instance))}});
            batch.resources.push_back({attributes, {}, false});
            batch.scopes.push_back({"bench", "1", {}, {}});
            for (std::uint32_t m = 0; m < load.metrics; ++m)
                addMetric(batch, m);
        }
        m_bytes = encodeMetricsRequest(batch);
        m_routes = placesOf("/api/v1/item/");
        for (std::uint32_t p = 0; p < load.points; ++p) {
            const TimeNs time = firstTime + p * nsPerSecond;
            m_times.push_back(placesOf({reinterpret_cast<const char*>(&time), sizeof time}));
        }
        if (m_routes.size() != pointsPerRequest ||
            m_times.front().size() * load.points != pointsPerRequest)
            std::abort();
    }

    /// The `n`th request: later than those before, or of other series.
    const std::string& at(int n) {
        for (std::size_t p = 0; p < m_times.size(); ++p) {
            const TimeNs time =
                firstTime +
                (n * static_cast<TimeNs>(m_load.points) + static_cast<TimeNs>(p)) * nsPerSecond;
            for (const std::size_t place : m_times[p])
                std::memcpy(m_bytes.data() + place, &time, sizeof time);
        }
        if (m_load.areNew) {
            std::uint32_t number =
                static_cast<std::uint32_t>(n * inFlight + m_client) * pointsPerRequest;
            for (const std::size_t place : m_routes)
                std::memcpy(m_bytes.data() + place + firstRoute.size() - routeDigits,
                            digitsOf(number++).data(), routeDigits);
        }
        return m_bytes;
    }

  private:
    static Slice add(Batch& batch, std::initializer_list<Attribute> attributes) {
        const auto begin = static_cast<std::uint32_t>(batch.attributes.size());
        batch.attributes.insert(batch.attributes.end(), attributes);
        return {begin, static_cast<std::uint32_t>(attributes.size())};
    }

    void addMetric(Batch& batch, std::uint32_t index) const {
        const std::uint32_t count = m_load.series * m_load.points;
        MetricBlock block;
        block.resource = static_cast<std::uint32_t>(batch.resources.size() - 1);
        block.scope = static_cast<std::uint32_t>(batch.scopes.size() - 1);
        block.descriptor.name = batch.arena.copy("bench.gauge." + std::to_string(index));
        block.descriptor.type = MetricType::Gauge;
        block.points = {static_cast<std::uint32_t>(batch.numberPoints.size()), count};
        batch.metrics.push_back(block);
        for (std::uint32_t i = 0; i < count; ++i) {
            const std::uint32_t series = m_load.inRows ? i % m_load.series : i / m_load.points;
            const std::uint32_t step = m_load.inRows ? i / m_load.series : i % m_load.points;
            const std::string route = "/api/v1/item/" + digitsOf(series);
            NumberPoint point;
            point.time = firstTime + step * nsPerSecond;
            point.attributes = add(batch, {{"http.route", Value::string(batch.arena.copy(route))},
                                           {"http.request.method", Value::string("GET")},
                                           {"http.response.status_code", Value::integer(200)},
                                           {"cloud.availability_zone", Value::string("eu-west-1b")},
                                           {"server.address", Value::string("shop.internal")}});
            point.value = Number::of(0.25 * i);
            batch.numberPoints.push_back(point);
        }
    }

    [[nodiscard]] std::vector<std::size_t> placesOf(std::string_view text) const {
        std::vector<std::size_t> out;
        for (auto at = m_bytes.find(text); at != std::string::npos; at = m_bytes.find(text, at + 8))
            out.push_back(at);
        return out;
    }

    const Load m_load;
    const int m_client;
    std::string m_bytes;
    std::vector<std::size_t> m_routes;
    std::vector<std::vector<std::size_t>> m_times; ///< of each of a series' points
};

int runClient(const std::string& address, const Load& load, int requests) {
    const auto channel = grpc::CreateChannel(address, grpc::InsecureChannelCredentials());
    std::atomic<int> failed{0};
    std::vector<std::jthread> threads;
    for (int client = 0; client < inFlight; ++client) {
        threads.emplace_back([&, client] {
            Request request(load, client);
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
    options.memoryLimit = std::size_t{4} << 30; // nothing is to go
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

struct Cost {
    double processor = -1; ///< seconds of the server per million points; negative: it failed
    double rate = 0;       ///< million points a second
};

Cost measureOnce(const StartServer& start, const Load& load, int requests) {
    int toParent[2], toServer[2];
    if (::pipe(toParent) != 0 || ::pipe(toServer) != 0)
        return {};
    const pid_t server = ::fork();
    if (server == 0) {
        ::prctl(PR_SET_NAME, "bench-server"); // for a profiler to tell them apart
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
        return {};
    const auto began = std::chrono::steady_clock::now();
    const pid_t client = ::fork();
    if (client == 0)
        ::_exit(runClient(address, load, requests) == 0 ? 0 : 1);
    int clientStatus = -1;
    ::waitpid(client, &clientStatus, 0);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    double used = -1;
    const bool hasUsed =
        ::write(toServer[1], "x", 1) == 1 && ::read(toParent[0], &used, sizeof used) == sizeof used;
    ::waitpid(server, nullptr, 0);
    for (const int fd : {toParent[0], toParent[1], toServer[0], toServer[1]})
        ::close(fd);
    if (!hasUsed || clientStatus != 0)
        return {};
    const double millions = 1e-6 * static_cast<double>(requests) * pointsPerRequest;
    return {used / millions, millions / took.count()};
}

std::string_view wanted; ///< in a row's text

/// The run with the median of the processor's seconds; prints it. 1 if the row is not wanted.
double measure(const char* server, const StartServer& start, const Load& load, int requests,
               int times, double peer = 0) {
    const std::string text = std::string(load.name) + ", " + server;
    if (text.find(wanted) == std::string::npos)
        return 1;
    std::vector<Cost> costs;
    for (int i = 0; i < times; ++i)
        costs.push_back(measureOnce(start, load, requests));
    std::ranges::sort(costs, {}, &Cost::processor);
    const Cost& median = costs[costs.size() / 2];
    std::printf("  %-80s %6.3f  %5.2f", text.c_str(), median.processor, median.rate);
    if (peer > 0 && wanted.empty())
        std::printf("   %.2f of the peer's", median.processor / peer);
    std::printf("\n");
    std::fflush(stdout);
    return costs.front().processor < 0 ? -1 : median.processor;
}

} // namespace

int main(int argc, char** argv) {
    const int millions = argc > 1 ? std::max(1, std::atoi(argv[1])) : 4;
    const int times = argc > 2 ? std::max(1, std::atoi(argv[2])) : 5;
    wanted = argc > 3 ? argv[3] : "";
    const int requests = millions * 1'000'000 / static_cast<int>(pointsPerRequest);
    const int requestsOfNew = 1'000'000 / static_cast<int>(pointsPerRequest);
    std::printf("OTLP/gRPC, %d million points (of new series: one), %u a request, %d in flight, "
                "median of %d\n  %-80s CPU s/M  M/s\n",
                millions, pointsPerRequest, inFlight, times, "");
    const double peer =
        measure("generated classes, thrown away (peer)", startPeer, knownSeries, requests, times);
    bool isGood = peer > 0;
    isGood &=
        measure("decoded into batches", startReceiver, knownSeries, requests, times, peer) > 0;
    for (const Load& load : {knownSeries, fewPerMetric, runs, rows, newSeries, newOfMany})
        isGood &= measure("into the ring, with catalog and rules", startEngine, load,
                          load.areNew ? requestsOfNew : requests, times, peer) > 0;
    return isGood ? 0 : 1;
}
