// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <random>
#include <string>
#include <vector>

#include "opentelemetry/proto/collector/metrics/v1/metrics_service.pb.h"

namespace sightglass::test {

using Request = opentelemetry::proto::collector::metrics::v1::ExportMetricsServiceRequest;

/// A request in which every field of the schema may be set, and no point is impossible.
Request randomRequest(std::mt19937_64& random);

/// As describe() of a Batch, of what the generated classes read.
std::vector<std::string> describe(const Request& request);

/// As OTLP/JSON has it: protobuf's own JSON, but with ids in hex.
std::string otlpJson(const Request& request, bool enumsAsNumbers, bool snakeCase);

} // namespace sightglass::test
