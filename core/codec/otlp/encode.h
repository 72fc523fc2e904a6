// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "core/model/batch.h"

namespace sightglass {

/// The batch as an ExportMetricsServiceRequest (OTLP 1.x) in protobuf. Metrics stand in the order
/// of the batch; those of type Unknown are written as gauges, for OTLP has no other place for them.
[[nodiscard]] std::string encodeMetricsRequest(const Batch& batch);

/// The same in OTLP/JSON, as one line without its end.
[[nodiscard]] std::string encodeMetricsRequestJson(const Batch& batch);

} // namespace sightglass
