// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "core/store/sealed_chunk.h"

namespace sightglass {

/// An array of sealed chunks, oldest first, that a series and its readers share through
/// ChunkListPtr, so that a reader takes a hundred chunks by taking one pointer. Which slots are to
/// be read is the series' to say: the writer fills slots behind those that a reader has been told
/// of, and empties or replaces none while anybody else holds the list.
class ChunkList {
  public:
    ChunkList(const ChunkList&) = delete;
    ChunkList& operator=(const ChunkList&) = delete;

    [[nodiscard]] std::uint32_t capacity() const { return m_capacity; }
    [[nodiscard]] const SealedChunkPtr& operator[](std::uint32_t i) const { return slots()[i]; }
    [[nodiscard]] SealedChunkPtr& slot(std::uint32_t i) { return slots()[i]; }
    /// True if nobody else holds it, and nobody can come to: under the series' lock.
    [[nodiscard]] bool isUnshared() const { return m_holders.load(std::memory_order_acquire) == 1; }
    [[nodiscard]] std::size_t bytes() const;

  private:
    friend class ChunkListPtr;

    explicit ChunkList(std::uint32_t capacity);
    ~ChunkList();
    static void* operator new(std::size_t size, std::size_t slotBytes) {
        return ::operator new(size + slotBytes);
    }
    static void operator delete(void* memory) { ::operator delete(memory); }
    static void operator delete(void* memory, std::size_t /*slotBytes*/) {
        ::operator delete(memory);
    }

    [[nodiscard]] SealedChunkPtr* slots() { return reinterpret_cast<SealedChunkPtr*>(this + 1); }
    [[nodiscard]] const SealedChunkPtr* slots() const {
        return reinterpret_cast<const SealedChunkPtr*>(this + 1);
    }

    alignas(8) mutable std::atomic<std::uint32_t> m_holders{1};
    const std::uint32_t m_capacity;
};

/// Holds a list of chunks, or nothing. Copies of it may live on any thread.
class ChunkListPtr {
  public:
    ChunkListPtr() = default;
    [[nodiscard]] static ChunkListPtr make(std::uint32_t capacity);
    ChunkListPtr(const ChunkListPtr& other) : m_list(other.m_list) {
        if (m_list)
            m_list->m_holders.fetch_add(1, std::memory_order_relaxed);
    }
    ChunkListPtr(ChunkListPtr&& other) noexcept : m_list(std::exchange(other.m_list, nullptr)) {}
    ChunkListPtr& operator=(ChunkListPtr other) noexcept {
        std::swap(m_list, other.m_list);
        return *this;
    }
    ~ChunkListPtr() {
        if (m_list && m_list->m_holders.fetch_sub(1, std::memory_order_acq_rel) == 1)
            delete m_list;
    }

    ChunkList& operator*() const { return *m_list; }
    ChunkList* operator->() const { return m_list; }
    explicit operator bool() const { return m_list != nullptr; }

  private:
    ChunkList* m_list = nullptr;
};

} // namespace sightglass
