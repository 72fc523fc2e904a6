// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/sealed_chunk.h"

#include <cstdlib>
#include <malloc.h>
#include <new>

namespace sightglass {

namespace {

template <class Record>
const std::vector<Record>& recordsOf(const SealedChunk* chunk) {
    return *reinterpret_cast<const std::vector<Record>*>(chunk + 1);
}
const Sample* samplesOf(const SealedChunk* chunk) {
    return reinterpret_cast<const Sample*>(chunk + 1);
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
    void* memory = std::malloc(sizeof(SealedChunk) + points.size_bytes());
    auto* chunk = new (memory) SealedChunk(Kind::Numbers, points.size(), points.front().time);
    chunk->m_delta = delta;
    auto* out = reinterpret_cast<Sample*>(chunk + 1);
    for (const Sample& point : points) {
        *out = point;
        if (point.stale())
            out->value = Number::of(std::bit_cast<double>(NumberBlock::staleBits));
        ++out;
    }
    return SealedChunkPtr(chunk);
}

template <class Record>
SealedChunkPtr SealedChunk::sealRecords(Kind kind, std::span<const Record> points, bool delta) {
    void* memory = std::malloc(sizeof(SealedChunk) + sizeof(std::vector<Record>));
    auto* chunk = new (memory) SealedChunk(kind, points.size(), points.front().time);
    chunk->m_delta = delta;
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
    return samplesOf(this)[m_size - 1].time;
}

std::size_t SealedChunk::bytes() const {
    return malloc_usable_size(const_cast<SealedChunk*>(this)) + sizeof(void*);
}

template <class Record>
ChunkSummary SealedChunk::summarizeRecords(Field field) const {
    RecordBlock<Record> block;
    decodeRecords(block);
    return fold(block, field, m_delta);
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
    NumberBlock block;
    decode(block);
    return fold(block, field, m_delta);
}

void SealedChunk::decode(NumberBlock& out) const {
    const Sample* points = samplesOf(this);
    out.m_size = m_size;
    out.m_startTimesVary = true;
    out.m_flagsVary = true;
    for (std::uint32_t i = 0; i < m_size; ++i) {
        const Sample& point = points[i];
        out.m_times[i] = point.time;
        out.m_startTimes[i] = point.startTime;
        out.m_flags[i] = point.flags;
        out.m_marks[i] = point.stale()           ? NumberBlock::Stale
                         : point.value.isInteger ? NumberBlock::Integer
                                                 : NumberBlock::Real;
        out.m_values[i] = point.value.isInteger ? static_cast<std::uint64_t>(point.value.integer)
                                                : std::bit_cast<std::uint64_t>(point.value.real);
    }
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
