// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <thread>

#include "core/base/mutex.h"

namespace sightglass {

/// A lock of one byte, for what exists a million times and is held to copy a few pointers.
class SG_TSA(capability("mutex")) SpinLock {
  public:
    void lock() SG_TSA(acquire_capability()) {
        for (int spins = 0; m_held.test_and_set(std::memory_order_acquire); ++spins) {
            // Who holds it may have been put off its core.
            if (spins >= spinsMost)
                std::this_thread::yield();
        }
    }
    void unlock() SG_TSA(release_capability()) { m_held.clear(std::memory_order_release); }

  private:
    static constexpr int spinsMost = 64;
    std::atomic_flag m_held;
};

class SG_TSA(scoped_lockable) SpinHold {
  public:
    explicit SpinHold(SpinLock& lock) SG_TSA(acquire_capability(lock)) : m_lock(lock) {
        m_lock.lock();
    }
    ~SpinHold() SG_TSA(release_capability()) { m_lock.unlock(); }
    SpinHold(const SpinHold&) = delete;
    SpinHold& operator=(const SpinHold&) = delete;

  private:
    SpinLock& m_lock;
};

} // namespace sightglass
