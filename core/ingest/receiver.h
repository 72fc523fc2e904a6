// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/counters.h"
#include "core/base/result.h"
#include "core/model/origin.h"
#include "core/model/sample_sink.h"

namespace sightglass {

/// Bounds on what a client may send (defaults: the issue of every OTLP receiver).
struct IngestLimits {
    std::size_t compressedBytes = std::size_t{16} << 20;
    std::size_t inflatedBytes = std::size_t{64} << 20;
    int depth = 100; ///< nesting of messages, arrays and maps
    /// A connection without a request. Longer than the 60 s between two exports of an SDK's
    /// periodic reader, or the connection would end just as the next one comes.
    int idleTimeoutSeconds = 120;
    int requestTimeoutSeconds = 30; ///< from a request's first byte to its last
};

/// What receivers share; all of it outlives them.
struct IngestContext {
    SampleSink& sink;
    OriginTable& origins;
    CounterRegistry& counters;
    const Clock& clock;
    IngestLimits limits;
};

/// Live figures of a receiver, read by the engine for the Sources page.
struct ReceiverActivity {
    TimeNs lastArrival = 0;
    std::uint64_t requests = 0, points = 0, refused = 0;
    std::string lastError;
};

/// A listening socket pair and its threads. Made and destroyed on the engine's thread; the
/// destructor closes the sockets and joins.
class Receiver {
  public:
    virtual ~Receiver() = default;
    /// Binds every address ("127.0.0.1:4317", "[::1]:4317"; port 0 picks one) and starts. The
    /// first must bind; a further one that cannot (no IPv6 on this machine) is left out. With
    /// port 0 the later ones take the first one's port. Gives the addresses bound.
    virtual Result<std::vector<std::string>> start(const std::vector<std::string>& addresses) = 0;
    [[nodiscard]] virtual ReceiverActivity activity() const = 0;
};

} // namespace sightglass
