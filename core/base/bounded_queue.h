// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <stop_token>
#include <utility>

#include "core/base/mutex.h"

namespace sightglass {

/// A first-in-first-out queue bounded by the sum of its entries' weights (bytes, usually).
///
/// Any thread may push and pop. A push never waits: it fails when the queue is full, so that the
/// caller can tell its client to slow down. An entry heavier than the whole limit is taken only by
/// an empty queue: it could never pass otherwise, and its size was bounded before it got here.
template <class T>
class BoundedQueue {
  public:
    explicit BoundedQueue(std::size_t limit) : m_limit(limit) {}

    /// False if full or closed; `value` is moved from only on success.
    [[nodiscard]] bool push(T&& value, std::size_t weight) SG_EXCLUDES(m_mutex) {
        {
            MutexLock lock(m_mutex);
            const bool fits = m_weight + weight <= m_limit || m_entries.empty();
            if (m_closed || !fits)
                return false;
            m_entries.emplace_back(std::move(value), weight);
            m_weight += weight;
        }
        m_notEmpty.notify_one();
        return true;
    }

    /// Waits for an entry; nullopt when `stop` is requested, or when closed and drained.
    [[nodiscard]] std::optional<T> pop(const std::stop_token& stop) SG_EXCLUDES(m_mutex) {
        MutexLock lock(m_mutex);
        const bool ready = m_notEmpty.wait(m_mutex, stop, [this]() SG_REQUIRES(m_mutex) {
            return m_closed || !m_entries.empty();
        });
        if (!ready || m_entries.empty())
            return std::nullopt;
        std::pair<T, std::size_t> front = std::move(m_entries.front());
        m_entries.pop_front();
        m_weight -= front.second;
        return std::move(front.first);
    }

    /// No push succeeds any more; what is inside can still be popped.
    void close() SG_EXCLUDES(m_mutex) {
        {
            MutexLock lock(m_mutex);
            m_closed = true;
        }
        m_notEmpty.notify_all();
    }

    [[nodiscard]] bool closed() const SG_EXCLUDES(m_mutex) {
        MutexLock lock(m_mutex);
        return m_closed;
    }

    [[nodiscard]] std::size_t weight() const SG_EXCLUDES(m_mutex) {
        MutexLock lock(m_mutex);
        return m_weight;
    }

    [[nodiscard]] std::size_t size() const SG_EXCLUDES(m_mutex) {
        MutexLock lock(m_mutex);
        return m_entries.size();
    }

  private:
    const std::size_t m_limit;
    CondVar m_notEmpty;

    mutable Mutex m_mutex;
    std::deque<std::pair<T, std::size_t>> m_entries SG_GUARDED_BY(m_mutex);
    std::size_t m_weight SG_GUARDED_BY(m_mutex) = 0;
    bool m_closed SG_GUARDED_BY(m_mutex) = false;
};

} // namespace sightglass
