// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <thread>

#include "core/base/bounded_queue.h"
#include "core/base/clock.h"
#include "core/base/counters.h"
#include "core/engine/engine.h"
#include "core/model/origin.h"
#include "core/model/sample_sink.h"

namespace sightglass {

/// Reads dumps one after another on a thread of its own and pushes them into the sink, each as an
/// origin of its own. Waits while the sink is full: a file has no client to be told. Owned by the
/// engine; open() from any thread.
class DumpLoader {
  public:
    DumpLoader(SampleSink& sink, OriginTable& origins, CounterRegistry& counters,
               const Clock& clock);

    void start();
    /// The dump under way is cut short, within about a second even if it waits for a pipe or the
    /// network; `done` of it and of those still queued hears Cancelled.
    void stop();

    void open(const std::string& path, Engine::WhenOpened done);

  private:
    struct Request {
        std::string path;
        Engine::WhenOpened done;
    };
    static constexpr std::size_t mostQueued = 256;

    void run(const std::stop_token& stop);
    Result<OpenedDump> load(const std::string& path, const std::stop_token& stop);

    SampleSink& m_sink;
    OriginTable& m_origins;
    const Clock& m_clock;
    Counter& m_skipped;
    BoundedQueue<Request> m_queue{mostQueued};
    std::jthread m_thread;
};

} // namespace sightglass
