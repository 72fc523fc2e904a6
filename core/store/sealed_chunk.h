// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "core/model/series_reader.h"
#include "core/store/columns.h"
#include "core/store/point_blocks.h"

namespace sightglass {

class SealedChunkPtr;

/// A run of points of one series, complete and packed, oldest first: one to sealedPointsMost of
/// them. One allocation, shared by the series and its readers through SealedChunkPtr and freed by
/// the last of them, on any thread; nothing but its count of holders ever changes.
///
///     byte 0         4        5        6        8               16
///          +---------+--------+--------+--------+---------------+----------------------------
///          | holders | points | kind   | layout | first time    | pointers to what records
///          |         |        |        | word   |               | share, then packed bytes
///          +---------+--------+--------+--------+---------------+----------------------------
///
/// The bytes are those of NumberPacking or RecordPacking, as the kind says; both begin with those
/// of PackedTimes. The layout word says which parts they have.
class SealedChunk {
  public:
    SealedChunk(const SealedChunk&) = delete;
    SealedChunk& operator=(const SealedChunk&) = delete;

    // Packs 1 to sealedPointsMost points, in the order of their times (equal times are allowed).
    // `delta`: the values are rises. Every bit comes back, except that a stale point has no value.
    [[nodiscard]] static SealedChunkPtr seal(std::span<const Sample> points, bool delta);
    [[nodiscard]] static SealedChunkPtr seal(std::span<const HistogramSample> points, bool delta);
    [[nodiscard]] static SealedChunkPtr seal(std::span<const ExponentialHistogramSample> points,
                                             bool delta);
    [[nodiscard]] static SealedChunkPtr seal(std::span<const SummarySample> points, bool delta);

    [[nodiscard]] std::uint32_t size() const { return m_size; }
    [[nodiscard]] TimeNs firstTime() const { return m_firstTime; }
    [[nodiscard]] TimeNs lastTime() const;

    /// What it takes of the memory, the allocator's own part included.
    [[nodiscard]] std::size_t bytes() const;

    /// Its points folded into one column. `field` must be one that the points have: see hasField.
    [[nodiscard]] ChunkSummary summary(Field field) const;

    // All points. The block must be of the type that was sealed.
    void decode(NumberBlock& out) const;
    void decode(RecordBlock<HistogramSample>& out) const;
    void decode(RecordBlock<ExponentialHistogramSample>& out) const;
    void decode(RecordBlock<SummarySample>& out) const;

  private:
    friend class SealedChunkPtr;

    enum class Kind : std::uint8_t { Numbers, Histograms, ExponentialHistograms, Summaries };

    SealedChunk(Kind kind, std::size_t size, std::uint16_t layout, TimeNs firstTime)
        : m_size(static_cast<std::uint8_t>(size)),
          m_kind(kind),
          m_layout(layout),
          m_firstTime(firstTime) {}
    ~SealedChunk() = default;

    [[nodiscard]] std::uint32_t sharedCount() const;
    /// The bytes behind header and pointers.
    [[nodiscard]] const std::uint8_t* packed() const;

    static void destroy(const SealedChunk* chunk);

    template <class Record>
    static SealedChunkPtr sealRecords(Kind kind, std::span<const Record> points, bool delta);

    mutable std::atomic<std::uint32_t> m_holders{1};
    std::uint8_t m_size;
    Kind m_kind;
    std::uint16_t m_layout;
    TimeNs m_firstTime;
};

/// Holds a sealed chunk, or nothing. As large as a pointer; copies of it may live on any thread.
class SealedChunkPtr {
  public:
    SealedChunkPtr() = default;
    SealedChunkPtr(const SealedChunkPtr& other) : m_chunk(other.m_chunk) {
        if (m_chunk)
            m_chunk->m_holders.fetch_add(1, std::memory_order_relaxed);
    }
    SealedChunkPtr(SealedChunkPtr&& other) noexcept
        : m_chunk(std::exchange(other.m_chunk, nullptr)) {}
    SealedChunkPtr& operator=(SealedChunkPtr other) noexcept {
        std::swap(m_chunk, other.m_chunk);
        return *this;
    }
    ~SealedChunkPtr() {
        if (m_chunk && m_chunk->m_holders.fetch_sub(1, std::memory_order_acq_rel) == 1)
            SealedChunk::destroy(m_chunk);
    }

    [[nodiscard]] const SealedChunk* get() const { return m_chunk; }
    const SealedChunk& operator*() const { return *m_chunk; }
    const SealedChunk* operator->() const { return m_chunk; }
    explicit operator bool() const { return m_chunk != nullptr; }

  private:
    friend class SealedChunk;
    explicit SealedChunkPtr(const SealedChunk* chunk) : m_chunk(chunk) {}

    const SealedChunk* m_chunk = nullptr;
};

} // namespace sightglass
