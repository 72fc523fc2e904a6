// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "core/ingest/receiver.h"

namespace sightglass {

/// The OTLP/HTTP receiver (OTLP 1.x, "OTLP/HTTP"): POST /v1/metrics in protobuf or JSON, plain or
/// compressed. A 200 is sent after the points are in the ring; what is refused is answered with a
/// google.rpc.Status in the request's own encoding.
[[nodiscard]] std::unique_ptr<Receiver> makeOtlpHttpServer(const IngestContext& context);

} // namespace sightglass
