// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstddef>
#include <cstdint>

#include "otlp_round_trip.h"
#include "tests/support/read_attributes.h"

namespace {

/// Leaving attributes encoded and reading them afterwards must come to the same.
void checkLeft(const sightglass::RawRecord& record,
               const sightglass::Result<sightglass::Batch>& batch) {
    using namespace sightglass;
    OtlpLimits limits;
    limits.leaveAttributesEncoded = true;
    auto left = decodeMetricsRequest(record, limits);
    if (left.ok() != batch.ok())
        std::abort();
    if (!batch.ok()) {
        if (left.error().text() != batch.error().text())
            std::abort();
        return;
    }
    test::readAttributes(*left);
    if (left->pointCount() != batch->pointCount() ||
        encodeMetricsRequest(*left) != encodeMetricsRequest(*batch) ||
        left->rejections.size() != batch->rejections.size())
        std::abort();
    for (std::size_t i = 0; i < left->rejections.size(); ++i)
        if (left->rejections[i].points != batch->rejections[i].points ||
            left->rejections[i].message != batch->rejections[i].message)
            std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sightglass;
    const RawRecord record = fuzz::recordOf({reinterpret_cast<const char*>(data), size});
    const auto batch = decodeMetricsRequest(record);
    checkLeft(record, batch);
    if (batch.ok())
        fuzz::roundTrip(*batch);
    else if (batch.error().message.empty() || batch.error().place.byte.value_or(0) > size)
        std::abort();
    return 0;
}
