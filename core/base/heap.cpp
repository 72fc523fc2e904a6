// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/heap.h"

#include <cstdlib>

#if defined(__APPLE__)
#include <malloc/malloc.h>
#else
#include <malloc.h>
#endif

namespace sightglass {

void keepFreedMemory() {
#if defined(__GLIBC__)
    constexpr int keptBytes = 32 << 20;
    constexpr int largestKept = 32 << 20; // the most that glibc takes
    ::mallopt(M_TRIM_THRESHOLD, keptBytes);
    ::mallopt(M_MMAP_THRESHOLD, largestKept);
#endif
}

std::size_t bytesTaken(const void* block) {
    // glibc puts one word before each block; the others are about the same.
    constexpr std::size_t overhead = sizeof(std::size_t);
#if defined(__APPLE__)
    return ::malloc_size(block) + overhead;
#elif defined(_WIN32)
    return ::_msize(const_cast<void*>(block)) + overhead;
#else
    return ::malloc_usable_size(const_cast<void*>(block)) + overhead;
#endif
}

} // namespace sightglass
