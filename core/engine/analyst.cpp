// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/analyst.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace sightglass {

namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds tick{50};
/// A snapshot also carries when each metric was last seen, which moves without the catalog.
constexpr TimeNs refreshEvery = nsPerSecond;

} // namespace

Analyst::Analyst(const Catalog& catalog, const Clock& clock, TargetHealthSource targets)
    : m_catalog(catalog), m_clock(clock), m_targets(std::move(targets)) {
    auto empty = std::make_shared<Analysis>();
    empty->catalog = std::make_shared<CatalogSnapshot>();
    empty->findings = std::make_shared<FindingsSnapshot>();
    empty->comparer = std::make_shared<PathComparer>(*empty->catalog);
    m_published = std::move(empty);
}

void Analyst::start() {
    m_thread = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void Analyst::stop() {
    m_thread.request_stop();
    if (m_thread.joinable())
        m_thread.join();
    MutexLock lock(m_mutex);
    m_stopped = true;
    m_wake.notify_all();
}

std::shared_ptr<const Analysis> Analyst::analysis() const {
    MutexLock lock(m_mutex);
    return m_published;
}

void Analyst::flush() {
    MutexLock lock(m_mutex);
    const std::uint64_t ticket = ++m_asked;
    m_wake.notify_all();
    m_wake.wait(m_mutex, [&]() SG_REQUIRES(m_mutex) { return m_stopped || m_answered >= ticket; });
}

void Analyst::run(const std::stop_token& stop) {
    steady_clock::duration pause = tick;
    while (!stop.stop_requested()) {
        std::uint64_t asked = 0;
        {
            MutexLock lock(m_mutex);
            m_wake.wait_for(m_mutex, stop, pause,
                            [&]() SG_REQUIRES(m_mutex) { return m_asked != m_answered; });
            if (stop.stop_requested())
                return;
            asked = m_asked;
        }
        const auto begin = steady_clock::now();
        analyse();
        // With 100,000 metrics a run takes a while: leave the processor to others in between.
        pause = std::max<steady_clock::duration>(tick, 3 * (steady_clock::now() - begin));
        MutexLock lock(m_mutex);
        if (m_answered != asked) {
            m_answered = asked;
            m_wake.notify_all();
        }
    }
}

void Analyst::analyse() {
    const TimeNs now = m_clock.now();
    const std::shared_ptr<const Analysis> before = analysis();
    const bool moved = m_catalog.generation() != m_generation;
    const bool due = moved || now - m_lastRun >= refreshEvery;
    const std::vector<TargetHealth> targets = m_targets();
    const bool anyDown =
        std::any_of(targets.begin(), targets.end(), [](const TargetHealth& t) { return !t.up; });
    if (!due && !anyDown)
        return;

    auto next = std::make_shared<Analysis>();
    if (due) {
        next->catalog = m_catalog.snapshot();
        m_generation = next->catalog->generation;
        m_lastRun = now;
    } else {
        next->catalog = before->catalog;
    }
    // Families point into catalog rows; they change only with them.
    const bool same = next->catalog == before->catalog;
    next->families = same ? before->families : m_grouper.update(next->catalog);
    next->comparer = same ? before->comparer : std::make_shared<PathComparer>(*next->catalog);
    next->findings = m_diagnosis.run({*next->catalog, next->families, targets, {}, false, now});
    if (same && next->findings == before->findings)
        return;

    next->generation = before->generation + 1;
    std::erase_if(m_retired, [](const auto& retired) { return retired.use_count() == 1; });
    m_retired.push_back(before);
    MutexLock lock(m_mutex);
    m_published = std::move(next);
}

} // namespace sightglass
