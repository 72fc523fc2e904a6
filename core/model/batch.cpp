// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/batch.h"

#include <algorithm>

#include "core/model/utf8.h"

namespace sightglass {

std::uint64_t Batch::rejectedPoints() const {
    std::uint64_t total = 0;
    for (const Rejection& r : rejections)
        total += r.points;
    return total;
}

void Batch::reject(std::string_view reason, std::uint64_t points, std::string_view message) {
    const auto it = std::find_if(rejections.begin(), rejections.end(),
                                 [&](const Rejection& r) { return r.reason == reason; });
    if (it == rejections.end())
        rejections.push_back({std::string(reason), points, shortened(message)});
    else
        it->points += points;
}

std::size_t Batch::heapBytes() const {
    const auto bytes = [](const auto& pool) { return pool.capacity() * sizeof(pool[0]); };
    return bytes(resources) + bytes(scopes) + bytes(metrics) + bytes(numberPoints) +
           bytes(histogramPoints) + bytes(exponentialPoints) + bytes(summaryPoints) +
           bytes(attributes) + bytes(exemplars) + bytes(counts) + bytes(doubles) +
           bytes(quantiles) + bytes(texts) + arena.bytes() + (body ? body->capacity() : 0);
}

} // namespace sightglass
