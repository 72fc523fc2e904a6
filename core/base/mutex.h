// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <mutex>

// std::mutex as clang's -Wthread-safety can follow it: libstdc++ does not annotate its own.
#if defined(__clang__)
#define SG_TSA(x) __attribute__((x))
#else
#define SG_TSA(x)
#endif

#define SG_GUARDED_BY(mutex) SG_TSA(guarded_by(mutex))
#define SG_REQUIRES(...) SG_TSA(requires_capability(__VA_ARGS__))
#define SG_EXCLUDES(...) SG_TSA(locks_excluded(__VA_ARGS__))

namespace sightglass {

class SG_TSA(capability("mutex")) Mutex {
  public:
    void lock() SG_TSA(acquire_capability()) { m_mutex.lock(); }
    void unlock() SG_TSA(release_capability()) { m_mutex.unlock(); }

  private:
    std::mutex m_mutex;
};

class SG_TSA(scoped_lockable) MutexLock {
  public:
    explicit MutexLock(Mutex& mutex) SG_TSA(acquire_capability(mutex)) : m_mutex(mutex) {
        m_mutex.lock();
    }
    ~MutexLock() SG_TSA(release_capability()) { m_mutex.unlock(); }
    MutexLock(const MutexLock&) = delete;
    MutexLock& operator=(const MutexLock&) = delete;

  private:
    Mutex& m_mutex;
};

/// Waits on a Mutex that the caller holds.
using CondVar = std::condition_variable_any;

} // namespace sightglass
