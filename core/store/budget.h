// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <limits>
#include <optional>

#include "core/base/heap.h"

namespace sightglass {

/// How much of the memory limit the ring may fill: what the rest of the process takes, and what the
/// accounts do not know of, is not the ring's. Nor is what the allocator keeps of what was freed:
/// close to the limit the ring grows only as far as the resident memory does not. That hardly ever
/// shrinks, since what is evicted lies scattered, but what comes next fills its holes. The writer's
/// own.
class Budget {
  public:
    using Look = std::function<std::optional<ProcessMemory>()>;

    /// `interval`: from one look to the next at least; 0: no matter what a look costs.
    Budget(std::size_t limit, Look look, std::chrono::nanoseconds interval)
        : m_limit(limit), m_look(std::move(look)), m_interval(interval) {}

    /// Compares what the process has in use with what is accounted for, if it is time to.
    void look(std::size_t accounted);

    [[nodiscard]] std::size_t limit() const { return m_limit; }
    /// What was last seen in use beside what is accounted for.
    [[nodiscard]] std::size_t elsewhere() const { return m_elsewhere; }
    /// What is left for the ring: never less than a quarter of the limit.
    [[nodiscard]] std::size_t room() const {
        const std::size_t left = m_elsewhere < m_limit ? m_limit - m_elsewhere : 0;
        return std::max(m_limit / 4, std::min(left, m_ceiling));
    }

  private:
    const std::size_t m_limit;
    const Look m_look; ///< may be empty
    const std::chrono::nanoseconds m_interval;
    std::size_t m_elsewhere = 0;
    std::size_t m_ceiling = std::numeric_limits<std::size_t>::max(); ///< by resident memory
    std::size_t m_lastResident = 0;
    std::chrono::steady_clock::time_point m_next{};
};

} // namespace sightglass
