// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include "core/base/clock.h"
#include "core/base/mutex.h"
#include "core/engine/engine.h"

namespace sightglass {

/// Publishes an EngineStatus four times a second, gathered on a thread of its own, since gathering
/// may wait. `gather` gives the totals; the board makes rates of them, over the last two seconds.
/// Owned by the engine; any thread may read and ask.
class StatusBoard {
  public:
    using Gather = std::function<EngineStatus()>;

    StatusBoard(const Clock& clock, Gather gather);
    /// A status is published when it returns.
    void start();
    void stop();

    [[nodiscard]] std::shared_ptr<const EngineStatus> status() const SG_EXCLUDES(m_mutex);
    /// Asks for a status before the next one is due, as after a target was added. Does not wait.
    void refresh() SG_EXCLUDES(m_mutex);
    /// Waits for a status gathered after this call; not at all once stopped.
    void flush() SG_EXCLUDES(m_mutex);

  private:
    /// A total at a few past moments.
    struct History {
        std::deque<std::pair<TimeNs, std::uint64_t>> marks;
        double rate(TimeNs now, std::uint64_t total);
    };

    void run(const std::stop_token& stop);
    void publish() SG_EXCLUDES(m_mutex);

    const Clock& m_clock;
    const Gather m_gather;

    std::map<std::string, History> m_histories; ///< start()'s, then only the thread's

    mutable Mutex m_mutex;
    CondVar m_wake;
    std::shared_ptr<const EngineStatus> m_published SG_GUARDED_BY(m_mutex);
    std::uint64_t m_asked SG_GUARDED_BY(m_mutex) = 0;
    std::uint64_t m_answered SG_GUARDED_BY(m_mutex) = 0;
    bool m_stopped SG_GUARDED_BY(m_mutex) = false;

    std::jthread m_thread;
};

} // namespace sightglass
