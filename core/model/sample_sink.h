// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/model/batch.h"

namespace sightglass {

/// The writer's verdict on one batch: what a client may be told.
struct WriteReport {
    std::uint64_t accepted = 0;        ///< points now in the ring (exact duplicates count as taken)
    std::vector<Rejection> rejections; ///< the codec's and the writer's, one entry a reason
    std::uint64_t generation = 0;      ///< readers at this generation or later see the points

    [[nodiscard]] std::uint64_t rejected() const {
        std::uint64_t total = 0;
        for (const Rejection& r : rejections)
            total += r.points;
        return total;
    }
};

enum class PushStatus : std::uint8_t {
    Queued,  ///< the callback will be called exactly once
    Full,    ///< the queue holds as much as it may; try again later. The callback is not called.
    Stopped, ///< shutting down. The callback is not called.
};

/// Called on the writer's thread: it must not block, and must not call back into the sink. Who
/// passes one tells a client and counts the points refused; of a batch without, the sink counts
/// them as dropped. So each is counted once.
using WhenWritten = std::function<void(const WriteReport&)>;

/// Where ingest puts what it decoded. push() may be called from any thread and never waits; the
/// batch is moved from only if it was queued.
class SampleSink {
  public:
    virtual ~SampleSink() = default;
    [[nodiscard]] virtual PushStatus push(Batch&& batch, WhenWritten whenWritten) = 0;
};

} // namespace sightglass
