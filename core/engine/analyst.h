// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "core/base/clock.h"
#include "core/base/mutex.h"
#include "core/diagnose/diagnosis.h"
#include "core/engine/engine.h"

namespace sightglass {

/// The worker that turns the catalog into what the window shows: families and findings. Looks
/// twenty times a second whether the catalog or a target's health moved, never more than a quarter
/// of its time, and publishes an immutable Analysis. Owned by the engine; any thread may read.
class Analyst {
  public:
    using TargetHealthSource = std::function<std::vector<TargetHealth>()>;

    Analyst(const Catalog& catalog, const Clock& clock, TargetHealthSource targets);

    void start();
    void stop();

    [[nodiscard]] std::shared_ptr<const Analysis> analysis() const SG_EXCLUDES(m_mutex);
    /// Waits for an analysis begun after this call.
    void flush() SG_EXCLUDES(m_mutex);

  private:
    void run(const std::stop_token& stop);
    void analyse();

    const Catalog& m_catalog;
    const Clock& m_clock;
    const TargetHealthSource m_targets;

    // Only the worker's.
    Diagnosis m_diagnosis;
    FamilyGrouper m_grouper;
    std::uint64_t m_generation = 0;
    TimeNs m_lastRun = 0;
    /// Published before, and held until nobody else does: a hundred thousand families take a while
    /// to go, which the window's thread has not.
    std::vector<std::shared_ptr<const Analysis>> m_retired;

    mutable Mutex m_mutex;
    CondVar m_wake;
    std::shared_ptr<const Analysis> m_published SG_GUARDED_BY(m_mutex);
    std::uint64_t m_asked SG_GUARDED_BY(m_mutex) = 0;
    std::uint64_t m_answered SG_GUARDED_BY(m_mutex) = 0;
    bool m_stopped SG_GUARDED_BY(m_mutex) = false;

    std::jthread m_thread;
};

} // namespace sightglass
