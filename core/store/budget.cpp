// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/budget.h"

#include <algorithm>

namespace sightglass {

namespace {

/// A look at a large heap takes milliseconds: no more of the writer's time goes into it than one in
/// so many.
constexpr int costOfLooking = 100;

} // namespace

void Budget::look(std::size_t accounted) {
    if (!m_look)
        return;
    const auto before = std::chrono::steady_clock::now();
    if (before < m_next)
        return;
    const std::optional<ProcessMemory> memory = m_look();
    const auto after = std::chrono::steady_clock::now();
    if (m_interval.count() > 0)
        m_next = after +
                 std::max<std::chrono::nanoseconds>(m_interval, costOfLooking * (after - before));
    if (!memory)
        return;
    m_elsewhere = memory->inUse - std::min(memory->inUse, accounted);
    if (memory->resident == 0)
        return;
    // Between two looks it may grow a little.
    const std::size_t most = m_limit - m_limit / 16;
    if (memory->resident <= most) {
        m_ceiling = accounted + (most - memory->resident);
    } else {
        // Only what it grew by counts: it stays where it is when the ring shrinks.
        const std::size_t known = std::max(most, m_lastResident);
        const std::size_t growth = memory->resident - std::min(memory->resident, known);
        if (m_lastResident <= most)
            m_ceiling = accounted;
        m_ceiling -= std::min(m_ceiling, growth);
    }
    m_lastResident = memory->resident;
}

} // namespace sightglass
