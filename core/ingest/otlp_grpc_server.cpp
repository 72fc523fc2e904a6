// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/otlp_grpc_server.h"

#include <cstdlib>
#include <thread>
#include <utility>
#include <vector>

#include <grpc/support/log.h>
#include <grpcpp/resource_quota.h>

#include "core/ingest/listen_address.h"
#include "core/ingest/otlp_grpc_call.h"

namespace sightglass {

namespace {

using namespace std::chrono_literals;

// Two, so that one large request being decoded does not hold up the others.
constexpr int pollingThreads = 2;
// All calls' messages together, while gRPC still gathers them.
constexpr std::size_t gatheringBytes = std::size_t{256} << 20;
constexpr int callsPerConnection = 64;
constexpr int windowBytes = 4 << 20;
constexpr auto verdictPatience = 600ms;
constexpr auto callPatience = 300ms;

/// Fills in the ports and drops what cannot be bound, by binding each address for a moment: gRPC
/// itself says only that it failed, picks a free port for one address only, and logs to stderr.
Result<std::vector<ListenAddress>> bindable(const std::vector<std::string>& addresses) {
    std::vector<ListenAddress> out;
    for (const std::string& text : addresses) {
        Result<ListenAddress> address = parseListenAddress(text);
        if (!address)
            return address.error();
        if (address->port == 0 && !out.empty())
            address->port = out.front().port;
        const Result<ListenAddress> bound = tryListen(*address);
        if (bound)
            out.push_back(*bound);
        else if (out.empty())
            return bound.error();
    }
    if (out.empty())
        return Error{ErrorCode::InvalidArgument, "no address to listen on was given", {}};
    return out;
}

/// Few threads of its own: two that poll one completion queue. Members stand in the order in which
/// gRPC needs them to be made.
class OtlpGrpcServer final : public Receiver {
  public:
    explicit OtlpGrpcServer(const IngestContext& context)
        : m_intake(std::make_shared<OtlpIntake>(context, OriginKind::OtlpGrpc, "otlp-grpc")) {}

    ~OtlpGrpcServer() override {
        if (!m_server)
            return;
        m_calls->beginStop(verdictPatience);
        m_server->Shutdown(std::chrono::system_clock::now() + callPatience);
        m_calls->shutDownQueue();
        m_threads.clear();
    }

    Result<std::vector<std::string>> start(const std::vector<std::string>& addresses) override {
        if (std::getenv("GRPC_VERBOSITY") == nullptr)
            gpr_set_log_function([](gpr_log_func_args*) {});

        const Result<std::vector<ListenAddress>> bound = bindable(addresses);
        if (!bound)
            return bound.error();

        grpc::ServerBuilder builder;
        configure(builder);
        std::vector<std::string> names;
        for (const ListenAddress& address : *bound) {
            names.push_back(address.text());
            builder.AddListeningPort(names.back(), grpc::InsecureServerCredentials());
        }
        builder.RegisterAsyncGenericService(&m_service);
        m_calls =
            std::make_unique<OtlpGrpcCalls>(m_intake, m_service, builder.AddCompletionQueue());
        m_server = builder.BuildAndStart();
        if (!m_server) {
            m_calls->shutDownQueue();
            m_calls->poll();
            m_calls.reset();
            return Error{ErrorCode::Unavailable, names.front() + " was taken just now", {}};
        }
        for (int i = 0; i < pollingThreads; ++i)
            m_calls->acceptNext();
        for (int i = 0; i < pollingThreads; ++i)
            m_threads.emplace_back([this] { m_calls->poll(); });
        return names;
    }

    [[nodiscard]] ReceiverActivity activity() const override { return m_intake->activity(); }

  private:
    void configure(grpc::ServerBuilder& builder) const {
        const IngestLimits& limits = m_intake->limits();
        builder.SetMaxReceiveMessageSize(static_cast<int>(limits.compressedBytes));
        // gRPC would inflate a bomb whole before it looks at the limit; the intake does it instead.
        builder.AddChannelArgument(GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0);
        // Or a second Sightglass would silently share the port and get half of the data.
        builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
        builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, callsPerConnection);
        // A window that holds a large request from the start. One that gRPC has to find by its
        // own probing lets some connections stand still for the ten seconds between two probes.
        builder.AddChannelArgument(GRPC_ARG_HTTP2_BDP_PROBE, 0);
        builder.AddChannelArgument(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, windowBytes);
        builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS,
                                   limits.idleTimeoutSeconds * 1000);
        builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS,
                                   limits.requestTimeoutSeconds * 1000);
        builder.SetResourceQuota(grpc::ResourceQuota("otlp-grpc").Resize(gatheringBytes));
    }

    const std::shared_ptr<OtlpIntake> m_intake;
    grpc::AsyncGenericService m_service;
    std::unique_ptr<OtlpGrpcCalls> m_calls;
    std::unique_ptr<grpc::Server> m_server;
    std::vector<std::jthread> m_threads;
};

} // namespace

std::unique_ptr<Receiver> makeOtlpGrpcServer(const IngestContext& context) {
    return std::make_unique<OtlpGrpcServer>(context);
}

} // namespace sightglass
