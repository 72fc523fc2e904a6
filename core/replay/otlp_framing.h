// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace sightglass {

/// The ExportMetricsServiceRequests that a file of protobuf holds, in order; empty if it is none.
///
/// Protobuf does not say where a message ends, so three layouts are in use:
///
///     request                                    one request, as it goes over HTTP
///     (size: 4 bytes, big endian | request)*     the collector's file exporter
///     (size: varint | request)*                  protobuf's own writeDelimitedTo
///
/// A layout is taken if it explains every byte, to the depth of a request's own fields.
[[nodiscard]] std::vector<std::string_view> splitOtlpProto(std::string_view bytes);

/// The requests of a file of OTLP/JSON, each with the line it begins on: one a line, or a single
/// one over as many lines as it likes. Blank lines are left out.
struct JsonRequest {
    std::string_view text;
    std::uint32_t line = 1;
};
[[nodiscard]] std::vector<JsonRequest> splitOtlpJson(std::string_view bytes);

} // namespace sightglass
