// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <new>
#include <optional>

namespace sightglass {

/// Has the allocator keep what large requests free instead of giving it back to the system at once:
/// a stream of requests of megabytes spends half of its time on page faults otherwise. What is kept
/// is bounded (32 MiB a heap arena). For the whole process; called once by a program that takes in
/// data. Does nothing where the allocator has no such setting.
void keepFreedMemory();

/// Has the calling thread's heap ready to give so many bytes, in small pieces or large ones. What
/// comes of it by itself, glibc's heaps grow page by page, each by a call into the system. Costs no
/// memory until it is used; with `largePages`, where the system has them, some megabytes, but far
/// fewer page faults.
void growHeap(std::size_t bytes, bool largePages);

/// Memory for a table that is touched all over: in large pages where the system has them, which
/// spares most of the page faults while it is filled and of the misses while it is searched.
/// nullptr if there is none. For a table of some megabytes.
[[nodiscard]] void* allocateTable(std::size_t bytes);
void freeTable(void* table);

/// An allocator that has large arrays in such memory.
template <class T>
class TableAllocator {
  public:
    using value_type = T;

    TableAllocator() = default;
    template <class U>
    TableAllocator(const TableAllocator<U>&) {} // NOLINT(google-explicit-constructor)

    [[nodiscard]] T* allocate(std::size_t count) {
        const std::size_t bytes = count * sizeof(T);
        void* const out = bytes < tableBytes ? ::operator new(bytes) : allocateTable(bytes);
        if (!out)
            throw std::bad_alloc();
        return static_cast<T*>(out);
    }
    void deallocate(T* array, std::size_t count) {
        if (count * sizeof(T) < tableBytes)
            ::operator delete(array);
        else
            freeTable(array);
    }
    friend bool operator==(const TableAllocator&, const TableAllocator&) { return true; }

  private:
    static constexpr std::size_t tableBytes = std::size_t{4} << 20;
};

/// What a block from std::malloc really takes, the allocator's own part included.
[[nodiscard]] std::size_t bytesTaken(const void* block);

/// What an allocation of so many bytes really takes of the heap; 0 for none.
[[nodiscard]] constexpr std::size_t allocatedBytes(std::size_t bytes) {
    // glibc: eight bytes before it, in steps of sixteen, at least two of them. Others are close.
    constexpr std::size_t header = 8, step = 16, least = 2 * step;
    if (bytes == 0)
        return 0;
    const std::size_t stepped = (bytes + header + step - 1) / step * step;
    return stepped < least ? least : stepped;
}

/// What this process takes of the machine's memory.
struct ProcessMemory {
    /// Allocated and not freed, with the program itself as far as it is resident.
    std::size_t inUse = 0;
    /// All that is resident: also what the allocator keeps although it was freed. 0: not known.
    std::size_t resident = 0;
};

/// nullopt where the system does not say (as under sanitizers). May take milliseconds with a large
/// heap; any thread.
[[nodiscard]] std::optional<ProcessMemory> processMemory();

} // namespace sightglass
