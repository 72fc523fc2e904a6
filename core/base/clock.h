// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>

namespace sightglass {

/// Nanoseconds since 1970-01-01 UTC. Milliseconds exist only in the API.
using TimeNs = std::int64_t;

inline constexpr TimeNs nsPerMs = 1'000'000;
inline constexpr TimeNs nsPerSecond = 1'000'000'000;

/// The current time, replaceable so that a replayed file and a test run on a time of their own.
/// now() may be called from any thread.
class Clock {
  public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual TimeNs now() const = 0;
};

class SystemClock final : public Clock {
  public:
    [[nodiscard]] TimeNs now() const override;
};

/// A clock that stands still until told otherwise.
class ManualClock final : public Clock {
  public:
    explicit ManualClock(TimeNs start) : m_now(start) {}
    [[nodiscard]] TimeNs now() const override { return m_now.load(std::memory_order_relaxed); }
    void set(TimeNs now) { m_now.store(now, std::memory_order_relaxed); }
    void advance(TimeNs by) { m_now.fetch_add(by, std::memory_order_relaxed); }

  private:
    std::atomic<TimeNs> m_now;
};

} // namespace sightglass
