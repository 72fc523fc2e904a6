// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/mutex.h"
#include "core/codec/inflate/inflate.h"
#include "core/codec/otlp/response.h"
#include "core/ingest/receiver.h"

namespace sightglass {

enum class OtlpFormat : std::uint8_t { Protobuf, Json };

/// What became of one export request; each protocol has its own words for it.
enum class OtlpVerdict : std::uint8_t {
    Taken,     ///< written; some points may have been refused
    Malformed, ///< broken wire format, compression or nesting
    TooLarge,  ///< a size limit was passed: trying again is useless
    Full,      ///< the queue is full: try again after otlpRetrySeconds
    NoMemory,  ///< none left to read it with: try again after otlpRetrySeconds
    Stopping,  ///< shutting down
};

struct OtlpOutcome {
    OtlpVerdict verdict = OtlpVerdict::Taken;
    PartialSuccess partial; ///< of Taken
    std::string message;    ///< of the others, with the place in the input
};

/// What a client whose request found no room is asked to wait.
inline constexpr std::uint32_t otlpRetrySeconds = 1;

/// What a request comes to that could not be inflated or decoded.
[[nodiscard]] OtlpVerdict verdictOf(ErrorCode code);

/// The part of an OTLP receiver that does not depend on its protocol: bytes to batch to sink to
/// verdict, and the receiver's figures.
///
/// Shared by the receiver and by the requests whose verdict is still to come, so that the writer
/// may give it after the receiver is gone. Any thread may call.
class OtlpIntake : public std::enable_shared_from_this<OtlpIntake> {
  public:
    /// `receiver` is the label of the counters: "otlp-grpc" or "otlp-http".
    OtlpIntake(const IngestContext& context, OriginKind kind, std::string receiver);

    /// Called exactly once: at once on the caller's thread, or later on the writer's, where it must
    /// not block.
    using WhenDecided = std::function<void(OtlpOutcome)>;

    /// Decompresses, decodes and pushes one ExportMetricsServiceRequest. Origin and time of
    /// arrival are filled in here.
    void take(RawRecord record, Encoding encoding, OtlpFormat format, WhenDecided whenDecided);

    /// For what the receiver itself refuses, before take(). `reason` is kebab-case.
    void refuse(std::string_view reason, const std::string& message) SG_EXCLUDES(m_mutex);
    /// The same where another has counted it: shows in activity() only.
    void noteRefusal(const std::string& message) SG_EXCLUDES(m_mutex);

    [[nodiscard]] ReceiverActivity activity() const SG_EXCLUDES(m_mutex);
    [[nodiscard]] const IngestLimits& limits() const { return m_context.limits; }

  private:
    void written(const WriteReport& report, const WhenDecided& whenDecided);

    const IngestContext m_context;
    const std::string m_receiver;
    const OriginKind m_kind;
    Counter& m_requests;
    Counter& m_points;
    Counter& m_bytes;

    mutable Mutex m_mutex;
    ReceiverActivity m_activity SG_GUARDED_BY(m_mutex);
};

} // namespace sightglass
