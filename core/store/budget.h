// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>

namespace sightglass {

/// How much of the memory limit the ring may fill: what the rest of the process takes, and what the
/// accounts do not know of, is not the ring's. The writer's own.
class Budget {
  public:
    using BytesInUse = std::function<std::optional<std::size_t>()>;

    /// `interval`: from one look to the next at least; 0: no matter what a look costs.
    Budget(std::size_t limit, BytesInUse bytesInUse, std::chrono::nanoseconds interval)
        : m_limit(limit), m_bytesInUse(std::move(bytesInUse)), m_interval(interval) {}

    /// Compares what the process has in use with what is accounted for, if it is time to.
    void look(std::size_t accounted);

    [[nodiscard]] std::size_t limit() const { return m_limit; }
    /// What was last seen in use beside what is accounted for.
    [[nodiscard]] std::size_t elsewhere() const { return m_elsewhere; }
    /// What is left for the ring: never less than a quarter of the limit.
    [[nodiscard]] std::size_t room() const {
        const std::size_t least = m_limit / 4;
        return m_elsewhere > m_limit - least ? least : m_limit - m_elsewhere;
    }

  private:
    const std::size_t m_limit;
    const BytesInUse m_bytesInUse; ///< may be empty
    const std::chrono::nanoseconds m_interval;
    std::size_t m_elsewhere = 0;
    std::chrono::steady_clock::time_point m_next{};
};

} // namespace sightglass
