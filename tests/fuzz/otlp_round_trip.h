// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

#include "core/codec/otlp/decode.h"
#include "core/codec/otlp/encode.h"

namespace sightglass::fuzz {

inline RawRecord recordOf(std::string body) {
    RawRecord record;
    record.body = std::make_shared<const std::string>(std::move(body));
    return record;
}

/// What was taken must be encodable, and must be taken whole when it comes back.
inline void roundTrip(const Batch& batch) {
    const auto check = [&batch](const Result<Batch>& back) {
        if (!back.ok() || back->pointCount() != batch.pointCount() || !back->rejections.empty())
            std::abort();
    };
    OtlpLimits limits;
    limits.depth = 1000; // JSON needs more brackets for a value than protobuf needs messages
    check(decodeMetricsRequest(recordOf(encodeMetricsRequest(batch)), limits));
    check(decodeMetricsRequestJson(recordOf(encodeMetricsRequestJson(batch)), limits));
}

} // namespace sightglass::fuzz
