// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <vector>

#include "core/base/clock.h"
#include "core/base/ids.h"

namespace sightglass {

/// Knows the oldest sample of all series, while their fronts are evicted: a heap of when each
/// series begins, whose outdated entries are dropped when they come up. The writer's own.
class SampleAge {
  public:
    struct Entry {
        TimeNs time;
        SeriesId series;
    };

    /// A series begins at `time` now: it is new, or its front was evicted.
    void begins(SeriesId series, TimeNs time);

    /// The oldest time for which `isCurrent(entry)` holds; 0 if none.
    template <class IsCurrent>
    [[nodiscard]] TimeNs oldest(std::size_t seriesCount, IsCurrent&& isCurrent) {
        while (!m_heap.empty() && !isCurrent(m_heap.front()))
            pop();
        // One old series at the top would let the outdated entries below it gather.
        if (m_heap.size() > 2 * seriesCount + slack) {
            std::erase_if(m_heap, [&](const Entry& entry) { return !isCurrent(entry); });
            restore();
        }
        return m_heap.empty() ? 0 : m_heap.front().time;
    }

    [[nodiscard]] std::size_t bytes() const { return m_heap.capacity() * sizeof(Entry); }

  private:
    static constexpr std::size_t slack = 1024;

    void pop();
    void restore();

    std::vector<Entry> m_heap;
};

} // namespace sightglass
