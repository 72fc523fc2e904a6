// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <unordered_map>

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>

#include "core/base/mutex.h"
#include "core/ingest/otlp_intake.h"

namespace sightglass {

class OtlpGrpcCall;

/// What the calls of one gRPC receiver share: the queue they wait on and the list of those under
/// way. Owned by the receiver; used by its polling threads and, through the calls, by the writer.
class OtlpGrpcCalls {
  public:
    OtlpGrpcCalls(std::shared_ptr<OtlpIntake> intake, grpc::AsyncGenericService& service,
                  std::unique_ptr<grpc::ServerCompletionQueue> queue);
    ~OtlpGrpcCalls();

    /// Waits for one more call.
    void acceptNext() SG_EXCLUDES(m_mutex);
    /// Works until the queue is shut down and empty; several threads may.
    void poll();
    /// From now on calls are answered UNAVAILABLE. Waits for verdicts under way up to `patience`,
    /// then gives up on them.
    void beginStop(std::chrono::milliseconds patience) SG_EXCLUDES(m_mutex);
    void shutDownQueue() { m_queue->Shutdown(); }

    // For OtlpGrpcCall.
    [[nodiscard]] OtlpIntake& intake() { return *m_intake; }
    [[nodiscard]] bool stopping() const { return m_stopping.load(); }
    void request(grpc::GenericServerContext& context, grpc::GenericServerAsyncReaderWriter& stream,
                 OtlpGrpcCall* call);
    void beginReading() { m_reading.fetch_add(1); }
    void endReading() { m_reading.fetch_sub(1); }
    void beginDeciding() SG_EXCLUDES(m_mutex);
    void endDeciding() SG_EXCLUDES(m_mutex);
    void forget(const OtlpGrpcCall* call) SG_EXCLUDES(m_mutex);

  private:
    using SteadyTime = std::chrono::steady_clock::time_point;

    [[nodiscard]] std::vector<std::shared_ptr<OtlpGrpcCall>> all() SG_EXCLUDES(m_mutex);
    void cancelStalled();

    const std::shared_ptr<OtlpIntake> m_intake;
    grpc::AsyncGenericService& m_service;
    const std::unique_ptr<grpc::ServerCompletionQueue> m_queue;
    std::atomic<bool> m_stopping{false};
    std::atomic<int> m_reading{0}; ///< calls whose message has not come yet
    std::atomic<SteadyTime> m_nextCheck;

    Mutex m_mutex;
    CondVar m_decided;
    std::unordered_map<const OtlpGrpcCall*, std::shared_ptr<OtlpGrpcCall>>
        m_calls SG_GUARDED_BY(m_mutex);
    int m_deciding SG_GUARDED_BY(m_mutex) = 0; ///< calls that wait for the writer
};

/// One call from the wait for it to its end. In the list of OtlpGrpcCalls, which every gRPC
/// operation under way needs (the call is its tag), and held by the writer's callback, for which it
/// may outlive all gRPC.
///
///     Accepting -> Reading -> Deciding -> Finishing -> Gone
///              \________________________/
class OtlpGrpcCall : public std::enable_shared_from_this<OtlpGrpcCall> {
  public:
    explicit OtlpGrpcCall(OtlpGrpcCalls& calls);

    void accept() SG_EXCLUDES(m_mutex);
    /// The operation under way has ended; on a polling thread.
    void onEvent(bool ok) SG_EXCLUDES(m_mutex);
    /// Answers if the verdict is still awaited, else does nothing; from any thread.
    void decide(const OtlpOutcome& outcome) SG_EXCLUDES(m_mutex);
    /// Ends a call whose message has been awaited for longer than `patience`.
    void cancelIfStalled(std::chrono::milliseconds patience) SG_EXCLUDES(m_mutex);

  private:
    enum class Phase : std::uint8_t { Accepting, Reading, Deciding, Finishing, Gone };
    struct Wire {
        grpc::GenericServerContext context;
        grpc::GenericServerAsyncReaderWriter stream{&context};
        grpc::ByteBuffer request;
    };

    void onAccepted() SG_REQUIRES(m_mutex);
    /// The message to take; null if the call was answered instead.
    [[nodiscard]] std::shared_ptr<const std::string> onRead(bool ok) SG_REQUIRES(m_mutex);
    void refuse(grpc::StatusCode code, std::string_view reason, const std::string& message)
        SG_REQUIRES(m_mutex);
    void finish(const grpc::Status& status) SG_REQUIRES(m_mutex);

    OtlpGrpcCalls& m_calls; ///< gone once the phase is Gone

    Mutex m_mutex;
    Phase m_phase SG_GUARDED_BY(m_mutex) = Phase::Accepting;
    std::unique_ptr<Wire> m_wire SG_GUARDED_BY(m_mutex);
    std::chrono::steady_clock::time_point m_readingSince SG_GUARDED_BY(m_mutex);
};

} // namespace sightglass
