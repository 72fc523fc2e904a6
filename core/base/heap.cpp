// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/heap.h"

#include <cstdlib>

#if defined(__APPLE__)
#include <malloc/malloc.h>
#else
#include <malloc.h>
#endif
#if defined(__linux__)
#include <sys/mman.h>
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

void growHeap(std::size_t bytes) {
    // Free again, it stays at the end of the heap. Volatile, or the compiler sees through it.
    void* volatile room = std::malloc(bytes);
    std::free(room);
}

void* allocateTable(std::size_t bytes) {
#if defined(__linux__)
    constexpr std::size_t page = std::size_t{2} << 20;
    void* const out = std::aligned_alloc(page, (bytes + page - 1) / page * page);
    if (out)
        ::madvise(out, bytes, MADV_HUGEPAGE);
    return out;
#else
    return std::malloc(bytes);
#endif
}

void freeTable(void* table) {
    std::free(table);
}

} // namespace sightglass
