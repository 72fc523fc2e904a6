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

/// Publishes an EngineStatus four times a second. `gather` gives the totals; the board makes rates
/// of them, over the last two seconds. Owned by the engine; any thread may read.
class StatusBoard {
  public:
    using Gather = std::function<EngineStatus()>;

    StatusBoard(const Clock& clock, Gather gather);
    void start();
    void stop();

    [[nodiscard]] std::shared_ptr<const EngineStatus> status() const SG_EXCLUDES(m_mutex);
    /// Gathers and publishes now, as after a target was added.
    void refresh() SG_EXCLUDES(m_mutex, m_gathering);

  private:
    /// A total at a few past moments.
    struct History {
        std::deque<std::pair<TimeNs, std::uint64_t>> marks;
        double rate(TimeNs now, std::uint64_t total);
    };

    const Clock& m_clock;
    const Gather m_gather;

    Mutex m_gathering; ///< one refresh at a time
    std::map<std::string, History> m_histories SG_GUARDED_BY(m_gathering);

    mutable Mutex m_mutex;
    std::shared_ptr<const EngineStatus> m_published SG_GUARDED_BY(m_mutex);

    std::jthread m_thread;
};

} // namespace sightglass
