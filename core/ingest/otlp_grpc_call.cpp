// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/otlp_grpc_call.h"

#include <string>
#include <utility>
#include <vector>

#include "core/ingest/http_message.h"
#include "core/model/utf8.h"

namespace sightglass {

namespace {

constexpr std::string_view exportMethod =
    "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export";
constexpr std::chrono::seconds stallCheckInterval{1};
// The message travels in a header, and clients limit those to 8 KiB in all.
constexpr std::size_t messageLimit = 1'000;

std::string joined(const grpc::ByteBuffer& buffer) {
    std::string out;
    std::vector<grpc::Slice> slices;
    if (!buffer.Dump(&slices).ok())
        return out;
    out.reserve(buffer.Length());
    for (const grpc::Slice& slice : slices)
        out.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
    return out;
}

bool isLoopbackPeer(const std::string& peer) {
    return peer.starts_with("ipv4:127.") || peer.starts_with("ipv6:[::1]") ||
           peer.starts_with("ipv6:%5B::1%5D");
}

grpc::Status statusOf(const OtlpOutcome& outcome) {
    const std::string message = shortened(outcome.message, messageLimit);
    switch (outcome.verdict) {
    case OtlpVerdict::Taken:
        return grpc::Status::OK;
    case OtlpVerdict::Malformed:
        return {grpc::StatusCode::INVALID_ARGUMENT, message};
    case OtlpVerdict::TooLarge:
        return {grpc::StatusCode::RESOURCE_EXHAUSTED, message};
    case OtlpVerdict::Stopping:
        return {grpc::StatusCode::UNAVAILABLE, message};
    case OtlpVerdict::Full:
    case OtlpVerdict::NoMemory:
        break;
    }
    // Without RetryInfo clients drop the data instead of trying again.
    constexpr auto code = grpc::StatusCode::RESOURCE_EXHAUSTED;
    return {code, message, encodeRpcStatus({code, message, otlpRetrySeconds})};
}

} // namespace

OtlpGrpcCalls::OtlpGrpcCalls(std::shared_ptr<OtlpIntake> intake, grpc::AsyncGenericService& service,
                             std::unique_ptr<grpc::ServerCompletionQueue> queue)
    : m_intake(std::move(intake)),
      m_service(service),
      m_queue(std::move(queue)),
      m_nextCheck(std::chrono::steady_clock::now()) {}

OtlpGrpcCalls::~OtlpGrpcCalls() = default;

void OtlpGrpcCalls::acceptNext() {
    auto call = std::make_shared<OtlpGrpcCall>(*this);
    {
        MutexLock lock(m_mutex);
        m_calls.emplace(call.get(), call);
    }
    call->accept();
}

void OtlpGrpcCalls::poll() {
    for (;;) {
        void* tag = nullptr;
        bool ok = false;
        const bool mayStall = m_reading.load() > 0;
        const auto deadline = mayStall ? std::chrono::system_clock::now() + stallCheckInterval
                                       : std::chrono::system_clock::time_point::max();
        switch (m_queue->AsyncNext(&tag, &ok, deadline)) {
        case grpc::CompletionQueue::SHUTDOWN:
            return;
        case grpc::CompletionQueue::GOT_EVENT:
            static_cast<OtlpGrpcCall*>(tag)->onEvent(ok);
            break;
        case grpc::CompletionQueue::TIMEOUT:
            break;
        }
        if (mayStall)
            cancelStalled();
    }
}

void OtlpGrpcCalls::cancelStalled() {
    const auto now = std::chrono::steady_clock::now();
    auto due = m_nextCheck.load();
    if (now < due || !m_nextCheck.compare_exchange_strong(due, now + stallCheckInterval))
        return;
    const std::chrono::seconds patience(m_intake->limits().requestTimeoutSeconds);
    for (const auto& call : all())
        call->cancelIfStalled(patience);
}

std::vector<std::shared_ptr<OtlpGrpcCall>> OtlpGrpcCalls::all() {
    std::vector<std::shared_ptr<OtlpGrpcCall>> out;
    MutexLock lock(m_mutex);
    out.reserve(m_calls.size());
    for (const auto& [key, call] : m_calls)
        out.push_back(call);
    return out;
}

void OtlpGrpcCalls::beginStop(std::chrono::milliseconds patience) {
    m_stopping.store(true);
    {
        MutexLock lock(m_mutex);
        m_decided.wait_for(m_mutex, patience,
                           [this]() SG_REQUIRES(m_mutex) { return m_deciding == 0; });
    }
    for (const auto& call : all())
        call->decide({OtlpVerdict::Stopping, {}, "shutting down"});
}

void OtlpGrpcCalls::request(grpc::GenericServerContext& context,
                            grpc::GenericServerAsyncReaderWriter& stream, OtlpGrpcCall* call) {
    m_service.RequestCall(&context, &stream, m_queue.get(), m_queue.get(), call);
}

void OtlpGrpcCalls::beginDeciding() {
    MutexLock lock(m_mutex);
    ++m_deciding;
}

void OtlpGrpcCalls::endDeciding() {
    {
        MutexLock lock(m_mutex);
        --m_deciding;
    }
    m_decided.notify_all();
}

void OtlpGrpcCalls::forget(const OtlpGrpcCall* call) {
    MutexLock lock(m_mutex);
    m_calls.erase(call);
}

OtlpGrpcCall::OtlpGrpcCall(OtlpGrpcCalls& calls)
    : m_calls(calls), m_wire(std::make_unique<Wire>()) {}

void OtlpGrpcCall::accept() {
    MutexLock lock(m_mutex);
    m_calls.request(m_wire->context, m_wire->stream, this);
}

void OtlpGrpcCall::onEvent(bool ok) {
    const auto self = shared_from_this(); // forget() may drop the last other owner
    std::shared_ptr<const std::string> body;
    {
        MutexLock lock(m_mutex);
        switch (m_phase) {
        case Phase::Accepting:
            if (ok)
                return onAccepted();
            m_phase = Phase::Gone; // the server is shut down
            break;
        case Phase::Reading:
            body = onRead(ok);
            break;
        case Phase::Finishing:
            m_phase = Phase::Gone;
            break;
        case Phase::Deciding:
        case Phase::Gone:
            break;
        }
        if (m_phase == Phase::Gone) {
            m_wire.reset();
            m_calls.forget(this);
        }
    }
    if (!body)
        return;
    RawRecord record;
    record.body = std::move(body);
    const Encoding encoding = encodingOf(*record.body);
    m_calls.intake().take(std::move(record), encoding, OtlpFormat::Protobuf,
                          [self](const OtlpOutcome& outcome) { self->decide(outcome); });
}

void OtlpGrpcCall::onAccepted() {
    m_calls.acceptNext();
    const std::string& authority = m_wire->context.host();
    if (isLoopbackPeer(m_wire->context.peer()) && !isLoopbackHost(authority)) {
        return refuse(grpc::StatusCode::PERMISSION_DENIED, "foreign-host",
                      "the authority '" + authority +
                          "' is not a name of this machine: use localhost or 127.0.0.1");
    }
    const std::string& method = m_wire->context.method();
    if (method.find(".TraceService/") != std::string::npos ||
        method.find(".LogsService/") != std::string::npos) {
        return refuse(grpc::StatusCode::UNIMPLEMENTED, "not-metrics",
                      method + " is not taken here: Sightglass takes metrics only");
    }
    if (method != exportMethod) {
        return refuse(grpc::StatusCode::UNIMPLEMENTED, "unknown-method",
                      "there is no " + method + " here: OTLP metrics go to " +
                          std::string(exportMethod));
    }
    m_phase = Phase::Reading;
    m_readingSince = std::chrono::steady_clock::now();
    m_calls.beginReading();
    m_wire->stream.Read(&m_wire->request, this);
}

std::shared_ptr<const std::string> OtlpGrpcCall::onRead(bool ok) {
    m_calls.endReading();
    if (!ok) {
        // gRPC does not say which; a client that is still there is over the limit.
        refuse(grpc::StatusCode::RESOURCE_EXHAUSTED, "too-large-or-cut-off",
               "the message was cut off, or is larger than the limit of " +
                   std::to_string(m_calls.intake().limits().compressedBytes) + " bytes");
        return nullptr;
    }
    m_phase = Phase::Deciding;
    // After the phase is set: either this sees the stop, or the stop sees a call to give up on.
    if (m_calls.stopping()) {
        refuse(grpc::StatusCode::UNAVAILABLE, "stopping", "shutting down");
        return nullptr;
    }
    m_calls.beginDeciding();
    auto body = std::make_shared<const std::string>(joined(m_wire->request));
    m_wire->request.Clear();
    return body;
}

void OtlpGrpcCall::decide(const OtlpOutcome& outcome) {
    MutexLock lock(m_mutex);
    if (m_phase != Phase::Deciding)
        return;
    m_calls.endDeciding();
    if (outcome.verdict != OtlpVerdict::Taken)
        return finish(statusOf(outcome));
    m_phase = Phase::Finishing;
    const grpc::Slice slice(encodeExportResponse(outcome.partial));
    const grpc::ByteBuffer response(&slice, 1);
    m_wire->stream.WriteAndFinish(response, grpc::WriteOptions(), grpc::Status::OK, this);
}

void OtlpGrpcCall::refuse(grpc::StatusCode code, std::string_view reason,
                          const std::string& message) {
    m_calls.intake().refuse(reason, message);
    finish({code, shortened(message, messageLimit)});
}

void OtlpGrpcCall::finish(const grpc::Status& status) {
    m_phase = Phase::Finishing;
    m_wire->stream.Finish(status, this);
}

void OtlpGrpcCall::cancelIfStalled(std::chrono::milliseconds patience) {
    MutexLock lock(m_mutex);
    if (m_phase == Phase::Reading && std::chrono::steady_clock::now() - m_readingSince > patience)
        m_wire->context.TryCancel();
}

} // namespace sightglass
