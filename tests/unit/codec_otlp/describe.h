// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/codec/otlp/decode.h"
#include "core/model/batch.h"

namespace sightglass::test {

/// Everything that a batch says, a line for each point with all that it belongs to, so that two
/// decodings can be compared and a difference read.
std::vector<std::string> describe(const Batch& batch);

// What the lines are made of, for those who describe something else than a Batch.
std::string describeReal(double value);
std::string describeNumber(const Number& value);
std::string describeText(std::string_view text);

RawRecord recordOf(std::string body);

/// A protobuf request decoded, after a check that it comes to the same with the attributes left
/// encoded and read afterwards.
Result<Batch> decodedBothWays(const RawRecord& record, OtlpLimits limits = {});

} // namespace sightglass::test
