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
    if (!m_bytesInUse)
        return;
    const auto before = std::chrono::steady_clock::now();
    if (before < m_next)
        return;
    const std::optional<std::size_t> inUse = m_bytesInUse();
    const auto after = std::chrono::steady_clock::now();
    if (m_interval.count() > 0)
        m_next = after +
                 std::max<std::chrono::nanoseconds>(m_interval, costOfLooking * (after - before));
    if (inUse)
        m_elsewhere = *inUse > accounted ? *inUse - accounted : 0;
}

} // namespace sightglass
