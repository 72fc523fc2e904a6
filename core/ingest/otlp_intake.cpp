// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/otlp_intake.h"

#include <utility>

#include "core/codec/otlp/decode.h"
#include "core/model/utf8.h"

namespace sightglass {

namespace {

std::string_view reasonOf(ErrorCode code) {
    switch (code) {
    case ErrorCode::TooLarge:
        return "too-large";
    case ErrorCode::TooDeep:
        return "too-deep";
    case ErrorCode::ResourceExhausted:
        return "no-memory";
    default:
        return "malformed";
    }
}

} // namespace

OtlpVerdict verdictOf(ErrorCode code) {
    switch (code) {
    case ErrorCode::TooLarge:
        return OtlpVerdict::TooLarge;
    case ErrorCode::ResourceExhausted:
        return OtlpVerdict::NoMemory;
    default:
        return OtlpVerdict::Malformed;
    }
}

OtlpIntake::OtlpIntake(const IngestContext& context, OriginKind kind, std::string receiver)
    : m_context(context),
      m_receiver(std::move(receiver)),
      m_kind(kind),
      m_requests(context.counters.counter("sightglass_otlp_requests_total",
                                          "OTLP export requests written, whole or in part.",
                                          CounterKind::Traffic, {{"receiver", m_receiver}})),
      m_points(context.counters.counter("sightglass_otlp_points_total",
                                        "Data points of OTLP requests taken into the ring.",
                                        CounterKind::Traffic, {{"receiver", m_receiver}})),
      m_bytes(context.counters.counter("sightglass_otlp_received_bytes_total",
                                       "Bytes of OTLP export requests, as sent.",
                                       CounterKind::Traffic, {{"receiver", m_receiver}})) {}

void OtlpIntake::take(RawRecord record, Encoding encoding, OtlpFormat format,
                      WhenDecided whenDecided) {
    // Paths are numbered as they appear: a receiver that nobody sends to has none.
    record.origin = m_context.origins.intern(m_kind);
    record.receivedAt = m_context.clock.now();
    m_bytes.add(record.body->size());

    const auto fail = [&](const Error& error) {
        const std::string message = shortened(error.text());
        refuse(reasonOf(error.code), message);
        whenDecided({verdictOf(error.code), {}, message});
    };

    if (encoding != Encoding::Identity) {
        Result<std::string> inflated =
            inflate(*record.body, encoding, m_context.limits.inflatedBytes);
        if (!inflated)
            return fail(inflated.error());
        record.body = std::make_shared<const std::string>(std::move(*inflated));
    } else if (record.body->size() > m_context.limits.inflatedBytes) {
        return fail({ErrorCode::TooLarge,
                     "the request is larger than the limit of " +
                         std::to_string(m_context.limits.inflatedBytes) + " bytes",
                     {}});
    }

    OtlpLimits limits;
    limits.depth = m_context.limits.depth;
    limits.leaveAttributesEncoded = true;
    Result<Batch> batch = format == OtlpFormat::Json ? decodeMetricsRequestJson(record, limits)
                                                     : decodeMetricsRequest(record, limits);
    if (!batch)
        return fail(batch.error());

    {
        MutexLock lock(m_mutex);
        m_activity.lastArrival = record.receivedAt;
    }
    const PushStatus pushed = m_context.sink.push(
        std::move(*batch), [self = shared_from_this(), whenDecided](const WriteReport& report) {
            self->written(report, whenDecided);
        });
    switch (pushed) {
    case PushStatus::Queued:
        break;
    case PushStatus::Full:
        refuse("queue-full", "the queue to the ring is full");
        whenDecided({OtlpVerdict::Full, {}, "the queue to the ring is full: try again later"});
        break;
    case PushStatus::Stopped:
        refuse("stopping", "shutting down");
        whenDecided({OtlpVerdict::Stopping, {}, "shutting down"});
        break;
    }
}

void OtlpIntake::written(const WriteReport& report, const WhenDecided& whenDecided) {
    OtlpOutcome outcome;
    outcome.partial = partialSuccess(report.rejections);
    m_requests.add();
    m_points.add(report.accepted);
    for (const Rejection& rejection : report.rejections) {
        m_context.counters
            .counter("sightglass_otlp_points_refused_total",
                     "Data points refused by partial success; their clients were told why.",
                     CounterKind::Refusal, {{"receiver", m_receiver}, {"reason", rejection.reason}})
            .add(rejection.points);
    }
    {
        MutexLock lock(m_mutex);
        ++m_activity.requests;
        m_activity.points += report.accepted;
        m_activity.refused += report.rejected();
        if (!report.rejections.empty())
            m_activity.lastError = shortened(outcome.partial.message);
    }
    whenDecided(std::move(outcome));
}

void OtlpIntake::refuse(std::string_view reason, const std::string& message) {
    m_context.counters
        .counter("sightglass_otlp_requests_refused_total",
                 "OTLP requests refused whole, by reason; their clients were told why.",
                 CounterKind::Refusal, {{"receiver", m_receiver}, {"reason", std::string(reason)}})
        .add();
    noteRefusal(message);
}

void OtlpIntake::noteRefusal(const std::string& message) {
    MutexLock lock(m_mutex);
    ++m_activity.refused;
    m_activity.lastError = shortened(message);
}

ReceiverActivity OtlpIntake::activity() const {
    MutexLock lock(m_mutex);
    return m_activity;
}

} // namespace sightglass
