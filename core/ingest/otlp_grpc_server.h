// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "core/ingest/receiver.h"

namespace sightglass {

/// The OTLP/gRPC receiver (OTLP 1.x): MetricsService/Export, plain or compressed. OK is sent after
/// the points are in the ring. A full queue is RESOURCE_EXHAUSTED with RetryInfo, a message over a
/// limit the same without, a broken one INVALID_ARGUMENT with its place.
///
/// Built only with SIGHTGLASS_GRPC (target sg_otlp_grpc). gRPC's own log is silenced for the whole
/// process unless GRPC_VERBOSITY is set: what goes wrong is a Result, a status or a counter here.
[[nodiscard]] std::unique_ptr<Receiver> makeOtlpGrpcServer(const IngestContext& context);

} // namespace sightglass
