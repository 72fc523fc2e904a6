// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>

#include "core/base/result.h"
#include "core/model/batch.h"

namespace sightglass {

/// Bounds on what one request may make of the memory. Its size in bytes is bounded before.
struct OtlpLimits {
    int depth = 100; ///< messages within messages, or brackets within brackets of JSON
    /// What the pools of the batch may hold together: a point of two bytes becomes one of fifty.
    std::size_t poolBytes = std::size_t{256} << 20;
    /// Protobuf only: leave a point's attributes in the body, checked and fingerprinted, for
    /// Batch::attributesOf to read. Who looks at the points themselves says no.
    bool leaveAttributesEncoded = false;
};

/// An ExportMetricsServiceRequest (OTLP 1.x) in protobuf as a Batch whose views point into
/// `record.body` and the batch's arena. Pure, so any thread may call it. `record.body` must not be
/// null and not compressed.
///
/// Unknown fields are skipped. Broken wire format, and nesting or pools past the limits, refuse
/// the request: InvalidArgument, TooDeep, TooLarge, with the byte and, as far as known, a path as
/// "resourceMetrics[0].scopeMetrics[2].metrics[7].dataPoints[1]".
///
/// What is well-formed but cannot be (invalid UTF-8, bucket counts that do not fit their bounds, a
/// point without time or value, a metric without a name or data, ...) refuses only the points it
/// belongs to: they are left out and stand in Batch::rejections. Invalid UTF-8 in a resource, a
/// scope or a metric belongs to all its points.
[[nodiscard]] Result<Batch> decodeMetricsRequest(const RawRecord& record,
                                                 const OtlpLimits& limits = {});

/// The same of OTLP/JSON: one request, with hex ids, 64-bit integers as strings or numbers, enums
/// as numbers or names, lowerCamelCase or snake_case members, doubles also as "NaN", "Infinity"
/// and "-Infinity". Unknown members are ignored.
[[nodiscard]] Result<Batch> decodeMetricsRequestJson(const RawRecord& record,
                                                     const OtlpLimits& limits = {});

} // namespace sightglass
