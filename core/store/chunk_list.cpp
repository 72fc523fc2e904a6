// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/chunk_list.h"

#include <memory>

#include "core/base/heap.h"

namespace sightglass {

ChunkList::ChunkList(std::uint32_t capacity) : m_capacity(capacity) {
    std::uninitialized_value_construct_n(slots(), capacity);
}

ChunkList::~ChunkList() {
    std::destroy_n(slots(), m_capacity);
}

std::size_t ChunkList::bytes() const {
    return allocatedBytes(sizeof(ChunkList) + m_capacity * sizeof(SealedChunkPtr));
}

ChunkListPtr ChunkListPtr::make(std::uint32_t capacity) {
    ChunkListPtr out;
    out.m_list = new (capacity * sizeof(SealedChunkPtr)) ChunkList(capacity);
    return out;
}

} // namespace sightglass
