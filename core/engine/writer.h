// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <thread>
#include <vector>

#include "core/base/bounded_queue.h"
#include "core/base/clock.h"
#include "core/base/counters.h"
#include "core/base/mutex.h"
#include "core/model/sample_sink.h"
#include "core/store/store.h"

namespace sightglass {

/// The one thread that writes to the store, and the queue before it, bounded in bytes. Owned by the
/// engine. push() from any thread, start() and stop() from the engine's.
class Writer final : public SampleSink {
  public:
    /// What waits between the receivers and the ring: about a second at full speed.
    static constexpr std::size_t queueBytes = std::size_t{64} << 20;

    Writer(Store& store, CounterRegistry& counters, const Clock& clock);

    void start();
    /// Writes what is queued, then joins. Later pushes give Stopped.
    void stop();

    [[nodiscard]] PushStatus push(Batch&& batch, WhenWritten whenWritten) override;

    /// Waits until everything pushed before is written. Not on the writer's own thread.
    void flush();

    /// What came by each origin, indexed by OriginId.
    struct Traffic {
        std::uint64_t points = 0;
        TimeNs lastArrival = 0;
    };
    [[nodiscard]] std::vector<Traffic> traffic() const SG_EXCLUDES(m_mutex);

  private:
    struct Entry {
        Batch batch;
        WhenWritten whenWritten;
    };
    void run(const std::stop_token& stop);
    void write(Entry& entry);
    /// `isTold`: whoever pushed counts what was refused, since it has a client to tell.
    void count(const WriteReport& report, bool isTold);

    Store& m_store;
    CounterRegistry& m_counters;
    const Clock& m_clock;
    Counter& m_accepted;
    Counter& m_queueFull;
    BoundedQueue<Entry> m_queue{queueBytes};

    mutable Mutex m_mutex;
    std::vector<Traffic> m_traffic SG_GUARDED_BY(m_mutex);

    std::jthread m_thread;
};

} // namespace sightglass
