// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/heap.h"

#include <cstdint>
#include <cstdlib>

#if defined(__APPLE__)
#include <malloc/malloc.h>
#else
#include <malloc.h>
#endif
#if defined(__linux__)
#include <sys/mman.h>
#endif
#if defined(__GLIBC__)
#include <unistd.h>

#include <array>
#include <cstdio>
#include <memory>
#endif

namespace sightglass {

namespace {

constexpr std::size_t largePage = std::size_t{2} << 20;

/// As far as whole pages lie in there.
void preferLargePages([[maybe_unused]] void* memory, [[maybe_unused]] std::size_t bytes) {
#if defined(__linux__)
    const auto begin = reinterpret_cast<std::uintptr_t>(memory);
    const std::uintptr_t first = (begin + largePage - 1) / largePage * largePage;
    const std::uintptr_t end = (begin + bytes) / largePage * largePage;
    if (first < end)
        ::madvise(reinterpret_cast<void*>(first), end - first, MADV_HUGEPAGE);
#endif
}

} // namespace

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

void growHeap(std::size_t bytes, bool largePages) {
    void* const room = std::malloc(bytes);
    if (room && largePages)
        preferLargePages(room, bytes);
    // Free again, it stays at the end of the heap. Volatile, or the compiler sees through it.
    void* volatile unused = room;
    std::free(unused);
}

void* allocateTable(std::size_t bytes) {
    void* const out =
        std::aligned_alloc(largePage, (bytes + largePage - 1) / largePage * largePage);
    if (out)
        preferLargePages(out, bytes);
    return out;
}

void freeTable(void* table) {
    std::free(table);
}

#if defined(__GLIBC__)

namespace {

struct ResidentBytes {
    std::size_t all = 0;
    std::size_t ofFiles = 0; ///< programs, libraries and what else is mapped
};

/// proc(5), statm.
ResidentBytes residentBytes() {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen("/proc/self/statm", "r"),
                                                               &std::fclose);
    std::array<char, 128> line{};
    if (!file || !std::fgets(line.data(), static_cast<int>(line.size()), file.get()))
        return {};
    char* at = line.data();
    std::strtoull(at, &at, 10); // size
    const auto resident = static_cast<std::size_t>(std::strtoull(at, &at, 10));
    const auto shared = static_cast<std::size_t>(std::strtoull(at, &at, 10));
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    return {resident * page, shared * page};
}

} // namespace

std::optional<ProcessMemory> processMemory() {
    const struct ::mallinfo2 heap = ::mallinfo2();
    const std::size_t allocated = heap.uordblks + heap.hblkhd;
    if (allocated == 0)
        return std::nullopt;
    const ResidentBytes resident = residentBytes();
    return ProcessMemory{allocated + resident.ofFiles, resident.all};
}

#else

std::optional<ProcessMemory> processMemory() {
    return std::nullopt;
}

#endif

} // namespace sightglass
