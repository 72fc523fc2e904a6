// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/batch.h"

namespace sightglass {

/// What an exporter hears of a request that was taken, whole or in part (OTLP: partial success).
struct PartialSuccess {
    std::uint64_t rejectedPoints = 0;
    std::string message; ///< empty if nothing was refused
};

/// All reasons in one answer: "2 points refused (invalid-utf8): ...; ...".
[[nodiscard]] PartialSuccess partialSuccess(const std::vector<Rejection>& rejections);

/// ExportMetricsServiceResponse in protobuf (empty if all was taken) and in JSON ("{}").
[[nodiscard]] std::string encodeExportResponse(const PartialSuccess& outcome);
[[nodiscard]] std::string encodeExportResponseJson(const PartialSuccess& outcome);

/// google.rpc.Status as OTLP/HTTP answers with it, and as gRPC carries it in
/// grpc-status-details-bin. With `retryAfterSeconds` it has a RetryInfo detail, without which
/// clients do not retry RESOURCE_EXHAUSTED.
struct RpcStatus {
    int code = 0; ///< google.rpc.Code: 3 InvalidArgument, 8 ResourceExhausted, ...
    std::string message;
    std::optional<std::uint32_t> retryAfterSeconds;
};
[[nodiscard]] std::string encodeRpcStatus(const RpcStatus& status);
[[nodiscard]] std::string encodeRpcStatusJson(const RpcStatus& status);

} // namespace sightglass
