// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/posting_list.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <limits>
#include <new>

namespace sightglass {

struct PostingBlock {
    PostingBlock* next = nullptr;
    PostingBlock* tail = nullptr;
    mutable std::atomic<std::uint32_t> references{1};
    std::uint32_t firstId = 0;
    std::uint16_t count = 1;
    std::uint16_t used = 0; ///< bytes of deltas
    std::uint16_t capacity = 0;

    [[nodiscard]] std::uint8_t* bytes() { return reinterpret_cast<std::uint8_t*>(this + 1); }
    [[nodiscard]] const std::uint8_t* bytes() const {
        return reinterpret_cast<const std::uint8_t*>(this + 1);
    }
    [[nodiscard]] std::size_t size() const { return sizeof(PostingBlock) + capacity; }
};

namespace {

// As large as the allocator's own sizes allow, and it needs eight bytes for itself.
constexpr std::size_t smallestBlock = 40, largestBlock = 1032;
constexpr std::size_t allocatorBytes = 8;

PostingBlock* makeBlock(std::size_t size, std::uint32_t firstId) {
    auto* const block = new (::operator new(size)) PostingBlock;
    block->firstId = firstId;
    block->capacity = static_cast<std::uint16_t>(size - sizeof(PostingBlock));
    block->tail = block;
    return block;
}

void hold(const PostingBlock* chain) {
    if (chain)
        chain->references.fetch_add(1, std::memory_order_relaxed);
}

void drop(const PostingBlock* chain) {
    if (!chain || chain->references.fetch_sub(1, std::memory_order_acq_rel) != 1)
        return;
    while (chain) {
        const PostingBlock* const next = chain->next;
        ::operator delete(const_cast<PostingBlock*>(chain));
        chain = next;
    }
}

std::size_t deltaBytes(std::uint32_t delta) {
    std::size_t out = 1;
    while (delta >>= 7)
        ++out;
    return out;
}

std::uint32_t readDelta(const std::uint8_t*& byte) {
    std::uint32_t delta = *byte & 0x7F;
    for (unsigned shift = 7; *byte++ & 0x80; shift += 7)
        delta |= static_cast<std::uint32_t>(*byte & 0x7F) << shift;
    return delta;
}

} // namespace

PostingView::PostingView(const PostingView& other) noexcept
    : m_first(other.m_first),
      m_last(other.m_last),
      m_count(other.m_count),
      m_single(other.m_single),
      m_lastCount(other.m_lastCount) {
    hold(m_first);
}

PostingView::~PostingView() {
    drop(m_first);
}

void PostingView::read(std::vector<std::uint32_t>& out) const {
    if (!m_first) {
        if (m_count > 0)
            out.push_back(m_single);
        return;
    }
    std::size_t at = out.size();
    out.resize(at + m_count);
    for (const PostingBlock* block = m_first;; block = block->next) {
        std::uint32_t id = block->firstId;
        const std::uint8_t* byte = block->bytes();
        const std::uint32_t count = block == m_last ? m_lastCount : block->count;
        out[at++] = id;
        for (std::uint32_t i = 1; i < count; ++i)
            out[at++] = id += readDelta(byte);
        if (block == m_last)
            return;
    }
}

PostingCursor::PostingCursor(const PostingView& view) : m_view(view) {
    if (view.m_first) {
        enter(view.m_first);
    } else {
        m_id = view.m_single;
        m_left = view.m_count;
    }
}

void PostingCursor::enter(const PostingBlock* block) {
    m_block = block;
    m_byte = block->bytes();
    m_id = block->firstId;
    m_left = block == m_view.m_last ? m_view.m_lastCount : block->count;
}

void PostingCursor::next() {
    if (--m_left > 0)
        m_id += readDelta(m_byte);
    else if (m_block && m_block != m_view.m_last)
        enter(m_block->next);
}

void PostingCursor::seek(std::uint32_t id) {
    if (atEnd() || m_id >= id)
        return;
    const PostingBlock* block = m_block;
    while (block && block != m_view.m_last && block->next->firstId <= id)
        block = block->next;
    if (block != m_block)
        enter(block);
    while (!atEnd() && m_id < id)
        next();
}

PostingList::~PostingList() {
    drop(m_first);
}

std::ptrdiff_t PostingList::append(std::uint32_t id) {
    const std::uint32_t before = std::exchange(m_newest, id);
    if (m_count++ == 0)
        return 0;
    std::ptrdiff_t grown = 0;
    if (!m_first) {
        m_first = makeBlock(smallestBlock, before);
        grown += static_cast<std::ptrdiff_t>(smallestBlock + allocatorBytes);
    }
    PostingBlock* block = m_first->tail;
    std::uint32_t delta = id - before;
    if (block->used + deltaBytes(delta) > block->capacity) {
        const std::size_t size = block->size();
        if (size < largestBlock) {
            const std::size_t twice = std::min(largestBlock, (size - 8) * 2 + 8);
            PostingBlock* const larger = makeBlock(twice, block->firstId);
            std::memcpy(larger->bytes(), block->bytes(), block->used);
            larger->used = block->used;
            larger->count = block->count;
            drop(std::exchange(m_first, larger));
            block = larger;
            grown += static_cast<std::ptrdiff_t>(twice - size);
        } else {
            block->next = makeBlock(largestBlock, id);
            m_first->tail = block->next;
            return static_cast<std::ptrdiff_t>(largestBlock + allocatorBytes);
        }
    }
    std::uint8_t* byte = block->bytes() + block->used;
    for (; delta >= 0x80; delta >>= 7)
        *byte++ = static_cast<std::uint8_t>(delta | 0x80);
    *byte++ = static_cast<std::uint8_t>(delta);
    block->used = static_cast<std::uint16_t>(byte - block->bytes());
    ++block->count;
    return grown;
}

PostingView PostingList::view() const {
    PostingView out;
    out.m_count = m_count;
    if (m_first) {
        hold(m_first);
        out.m_first = m_first;
        out.m_last = m_first->tail;
        out.m_lastCount = out.m_last->count;
    } else {
        out.m_single = m_newest;
    }
    return out;
}

std::size_t PostingList::heapBytes() const {
    std::size_t out = 0;
    for (const PostingBlock* block = m_first; block; block = block->next)
        out += block->size() + allocatorBytes;
    return out;
}

} // namespace sightglass
