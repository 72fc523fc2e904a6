// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstddef>
#include <cstdint>

#include "otlp_round_trip.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sightglass;
    const auto batch =
        decodeMetricsRequestJson(fuzz::recordOf({reinterpret_cast<const char*>(data), size}));
    if (batch.ok())
        fuzz::roundTrip(*batch);
    else if (batch.error().message.empty() || batch.error().place.byte.value_or(0) > size)
        std::abort();
    return 0;
}
