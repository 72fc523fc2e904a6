// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/sealed_chunk.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <new>
#include <vector>

#include "core/base/heap.h"
#include "core/store/number_packing.h"
#include "core/store/record_packing.h"

namespace sightglass {

namespace {

using Shared = RecordPacking::Shared;

void* allocate(std::size_t bytes) {
    void* memory = std::malloc(bytes);
    if (!memory)
        throw std::bad_alloc();
    return memory;
}

const Shared* sharedOf(const SealedChunk* chunk) {
    return reinterpret_cast<const Shared*>(chunk + 1);
}

} // namespace

SealedChunkPtr SealedChunk::seal(std::span<const Sample> points, bool delta) {
    std::array<std::uint8_t, NumberPacking::bytesMost + sizeof(std::uint64_t)> packed;
    std::uint16_t layout = 0;
    const std::uint8_t* end = NumberPacking::put(packed.data(), points, delta, layout);
    const auto bytes = static_cast<std::size_t>(end - packed.data());
    auto* chunk = new (allocate(sizeof(SealedChunk) + bytes))
        SealedChunk(Kind::Numbers, points.size(), layout, points.front().time);
    std::copy_n(packed.data(), bytes, reinterpret_cast<std::uint8_t*>(chunk + 1));
    return SealedChunkPtr(chunk);
}

template <class Record>
SealedChunkPtr SealedChunk::sealRecords(Kind kind, std::span<const Record> points, bool delta) {
    static_assert(sizeof(SealedChunk) % alignof(Shared) == 0);
    std::vector<std::uint8_t> packed;
    std::vector<Shared> shared;
    std::uint16_t layout = 0;
    RecordPacking::put(points, delta, packed, shared, layout);
    auto* chunk =
        new (allocate(sizeof(SealedChunk) + shared.size() * sizeof(Shared) + packed.size()))
            SealedChunk(kind, points.size(), layout, points.front().time);
    auto* pointers = reinterpret_cast<Shared*>(chunk + 1);
    Shared* end = std::uninitialized_move(shared.begin(), shared.end(), pointers);
    std::ranges::copy(packed, reinterpret_cast<std::uint8_t*>(end));
    return SealedChunkPtr(chunk);
}

SealedChunkPtr SealedChunk::seal(std::span<const HistogramSample> points, bool delta) {
    return sealRecords(Kind::Histograms, points, delta);
}
SealedChunkPtr SealedChunk::seal(std::span<const ExponentialHistogramSample> points, bool delta) {
    return sealRecords(Kind::ExponentialHistograms, points, delta);
}
SealedChunkPtr SealedChunk::seal(std::span<const SummarySample> points, bool delta) {
    return sealRecords(Kind::Summaries, points, delta);
}

std::uint32_t SealedChunk::sharedCount() const {
    return m_kind == Kind::Numbers ? 0 : RecordPacking::sharedCount(m_layout);
}

const std::uint8_t* SealedChunk::packed() const {
    return reinterpret_cast<const std::uint8_t*>(sharedOf(this) + sharedCount());
}

TimeNs SealedChunk::lastTime() const {
    return PackedTimes::lastTime(packed(), m_layout, m_size, m_firstTime);
}

std::size_t SealedChunk::bytes() const {
    return bytesTaken(this);
}

ChunkSummary SealedChunk::summary(Field field) const {
    return m_kind == Kind::Numbers
               ? NumberPacking::summary(packed(), m_layout, m_size, m_firstTime)
               : RecordPacking::summary(packed(), m_layout, m_size, m_firstTime, field);
}

void SealedChunk::decode(NumberBlock& out) const {
    NumberPacking::decode(packed(), m_layout, m_size, m_firstTime, out);
}
void SealedChunk::decode(RecordBlock<HistogramSample>& out) const {
    RecordPacking::decode(packed(), sharedOf(this), m_layout, m_size, m_firstTime, out);
}
void SealedChunk::decode(RecordBlock<ExponentialHistogramSample>& out) const {
    RecordPacking::decode(packed(), sharedOf(this), m_layout, m_size, m_firstTime, out);
}
void SealedChunk::decode(RecordBlock<SummarySample>& out) const {
    RecordPacking::decode(packed(), sharedOf(this), m_layout, m_size, m_firstTime, out);
}

void SealedChunk::destroy(const SealedChunk* chunk) {
    std::destroy_n(sharedOf(chunk), chunk->sharedCount());
    chunk->~SealedChunk();
    std::free(const_cast<SealedChunk*>(chunk));
}

} // namespace sightglass
