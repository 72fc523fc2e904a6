// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "core/base/ids.h"
#include "core/base/mutex.h"

namespace sightglass {

/// What lives under which id. Ids count up and are never given again, so one that a reader kept is
/// either the same thing or nothing. The writer adds and removes; any thread may look up, and holds
/// the lock only to copy a pointer. A page whose entries are all gone is given back. Once `most`
/// ids were given there are no more.
template <class Key, class T, std::uint32_t most = std::numeric_limits<std::uint32_t>::max()>
class IdTable {
  public:
    /// The id that the next add() will give; of nothing if isFull(). The writer's question.
    [[nodiscard]] Key next() const { return Key{m_next}; }
    /// Whether there is no id left, so that nothing may be added. The writer's question.
    [[nodiscard]] bool isFull() const { return m_next == most; }

    /// Not when it isFull().
    void add(std::shared_ptr<T> entry) SG_EXCLUDES(m_mutex) {
        MutexLock lock(m_mutex);
        if (m_next % pageSize == 0)
            m_pages.push_back(std::make_unique<Page>());
        Page& page = *m_pages[m_next / pageSize];
        page.entries[m_next % pageSize] = std::move(entry);
        ++page.live;
        ++m_next;
    }

    void remove(Key id) SG_EXCLUDES(m_mutex) {
        std::shared_ptr<T> gone;
        MutexLock lock(m_mutex);
        std::unique_ptr<Page>& page = m_pages[id.value / pageSize];
        gone.swap(page->entries[id.value % pageSize]);
        const bool isFull = id.value / pageSize < m_next / pageSize;
        if (--page->live == 0 && isFull)
            page.reset();
    }

    [[nodiscard]] std::shared_ptr<T> find(Key id) const SG_EXCLUDES(m_mutex) {
        MutexLock lock(m_mutex);
        return at(id);
    }

  private:
    static constexpr std::uint32_t pageSize = 1024;
    struct Page {
        std::array<std::shared_ptr<T>, pageSize> entries;
        std::uint32_t live = 0;
    };

    [[nodiscard]] std::shared_ptr<T> at(Key id) const SG_REQUIRES(m_mutex) {
        const std::size_t page = id.value / pageSize;
        if (page >= m_pages.size() || !m_pages[page])
            return nullptr;
        return m_pages[page]->entries[id.value % pageSize];
    }

    std::uint32_t m_next = 0; ///< the writer's own

    mutable Mutex m_mutex;
    std::vector<std::unique_ptr<Page>> m_pages SG_GUARDED_BY(m_mutex);
};

} // namespace sightglass
