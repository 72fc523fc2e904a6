// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/sealed_chunk.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <new>

#include "core/base/heap.h"
#include "core/store/number_packing.h"

namespace sightglass {

namespace {

template <class Record>
const std::vector<Record>& recordsOf(const SealedChunk* chunk) {
    return *reinterpret_cast<const std::vector<Record>*>(chunk + 1);
}

template <class Block>
ChunkSummary fold(const Block& block, Field field, bool delta) {
    ChunkSummary out;
    ColumnFold fold(delta);
    for (std::uint32_t i = 0; i < block.size(); ++i) {
        double value = 0;
        if (block.stale(i)) {
            fold.stale(out.column);
        } else if (block.real(i, field, value)) {
            if (out.column.count == 0)
                out.firstStart = block.startTime(i);
            fold.point(out.column, block.time(i), block.startTime(i), value);
        }
    }
    return out;
}

} // namespace

SealedChunkPtr SealedChunk::seal(std::span<const Sample> points, bool delta) {
    std::array<std::uint8_t, NumberPacking::bytesMost + sizeof(std::uint64_t)> packed;
    std::uint16_t layout = 0;
    const std::uint8_t* end = NumberPacking::put(packed.data(), points, delta, layout);
    const auto bytes = static_cast<std::size_t>(end - packed.data());
    void* memory = std::malloc(sizeof(SealedChunk) + bytes);
    if (!memory)
        throw std::bad_alloc();
    auto* chunk =
        new (memory) SealedChunk(Kind::Numbers, points.size(), layout, points.front().time);
    std::copy_n(packed.data(), bytes, reinterpret_cast<std::uint8_t*>(chunk + 1));
    return SealedChunkPtr(chunk);
}

template <class Record>
SealedChunkPtr SealedChunk::sealRecords(Kind kind, std::span<const Record> points, bool delta) {
    void* memory = std::malloc(sizeof(SealedChunk) + sizeof(std::vector<Record>));
    auto* chunk = new (memory) SealedChunk(kind, points.size(), delta, points.front().time);
    new (chunk + 1) std::vector<Record>(points.begin(), points.end());
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

TimeNs SealedChunk::lastTime() const {
    switch (m_kind) {
    case Kind::Numbers:
        break;
    case Kind::Histograms:
        return recordsOf<HistogramSample>(this).back().time;
    case Kind::ExponentialHistograms:
        return recordsOf<ExponentialHistogramSample>(this).back().time;
    case Kind::Summaries:
        return recordsOf<SummarySample>(this).back().time;
    }
    return PackedTimes(behind(), m_layout, m_size, m_firstTime).lastTime();
}

std::size_t SealedChunk::bytes() const {
    return bytesTaken(this);
}

template <class Record>
ChunkSummary SealedChunk::summarizeRecords(Field field) const {
    RecordBlock<Record> block;
    decodeRecords(block);
    return fold(block, field, m_layout);
}

ChunkSummary SealedChunk::summary(Field field) const {
    switch (m_kind) {
    case Kind::Numbers:
        break;
    case Kind::Histograms:
        return summarizeRecords<HistogramSample>(field);
    case Kind::ExponentialHistograms:
        return summarizeRecords<ExponentialHistogramSample>(field);
    case Kind::Summaries:
        return summarizeRecords<SummarySample>(field);
    }
    return NumberPacking::summary(behind(), m_layout, m_size, m_firstTime);
}

void SealedChunk::decode(NumberBlock& out) const {
    NumberPacking::decode(behind(), m_layout, m_size, m_firstTime, out);
}

template <class Record>
void SealedChunk::decodeRecords(RecordBlock<Record>& out) const {
    out.m_size = m_size;
    out.m_records = recordsOf<Record>(this);
}

void SealedChunk::decode(RecordBlock<HistogramSample>& out) const {
    decodeRecords(out);
}
void SealedChunk::decode(RecordBlock<ExponentialHistogramSample>& out) const {
    decodeRecords(out);
}
void SealedChunk::decode(RecordBlock<SummarySample>& out) const {
    decodeRecords(out);
}

void SealedChunk::destroy(const SealedChunk* chunk) {
    switch (chunk->m_kind) {
    case Kind::Numbers:
        break;
    case Kind::Histograms:
        std::destroy_at(&recordsOf<HistogramSample>(chunk));
        break;
    case Kind::ExponentialHistograms:
        std::destroy_at(&recordsOf<ExponentialHistogramSample>(chunk));
        break;
    case Kind::Summaries:
        std::destroy_at(&recordsOf<SummarySample>(chunk));
        break;
    }
    chunk->~SealedChunk();
    std::free(const_cast<SealedChunk*>(chunk));
}

} // namespace sightglass
