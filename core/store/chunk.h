// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "core/model/batch.h"
#include "core/model/series_reader.h"
#include "core/store/columns.h"

namespace sightglass {

/// A run of points of one series, oldest first. While it is the head of its series the writer
/// appends to it and publishes each point by the release store of its size: a reader that loaded a
/// size may read that many points without any lock. Once sealed nothing changes any more, and the
/// summaries and its last time are set. Chunks are shared between the series and its readers, so an
/// evicted one lives until the last reader is done.
class Chunk {
  public:
    Chunk(std::uint32_t capacity, TimeNs firstTime)
        : m_firstTime(firstTime), m_capacity(capacity) {}
    Chunk(const Chunk&) = delete;
    Chunk& operator=(const Chunk&) = delete;

    [[nodiscard]] std::uint32_t size() const { return m_size.load(std::memory_order_acquire); }
    [[nodiscard]] std::uint32_t capacity() const { return m_capacity; }

    /// Of its first point.
    [[nodiscard]] TimeNs firstTime() const { return m_firstTime; }

    // Of a sealed chunk.
    [[nodiscard]] TimeNs lastTime() const { return m_lastTime; }
    [[nodiscard]] const ChunkSummary& summary(Field field) const {
        return m_summaries[field == Field::Sum ? 1 : 0];
    }

    /// What it takes of the memory budget. The writer's to ask.
    [[nodiscard]] std::size_t bytes() const { return m_bytes; }

  protected:
    ~Chunk() = default;

    // The writer's own until sealed.
    std::size_t m_bytes = 0;
    TimeNs m_lastTime = 0;
    std::unique_ptr<ChunkSummary[]> m_summaries;

    const TimeNs m_firstTime;
    const std::uint32_t m_capacity;
    std::atomic<std::uint32_t> m_size{0};
};

/// Points of a gauge, sum or unknown.
///
/// One array of 64-bit words, n = capacity:
///
///     word   0        1         2        3               2n              3n
///          +--------+---------+--------+---------+-----+---------------+------------------+
///          | time 0 | value 0 | time 1 | value 1 | ... | start times   | marks, one byte  |
///          |        |         |        |         |     | (if they vary)| a point          |
///          +--------+---------+--------+---------+-----+---------------+------------------+
///
/// A value is the bits of an int64 or a double, as its mark says. A start time that all points
/// share, and the flags beyond the one that a mark knows, are kept once.
class NumberChunk final : public Chunk {
  public:
    using Point = NumberPoint;
    static constexpr std::size_t fieldCount = 1;

    /// Room for `first` and points like it. `startTimesVary`: each point has its own.
    NumberChunk(std::uint32_t capacity, const NumberPoint& first, bool startTimesVary);

    /// False if full or if the point shares less with the others than the layout wants.
    [[nodiscard]] bool takes(const NumberPoint& point) const {
        return m_size.load(std::memory_order_relaxed) < m_capacity &&
               m_flags == (point.flags & ~noRecordedValueFlag) &&
               (m_startTimesVary || m_startTime == point.startTime);
    }
    /// takes(point) must hold.
    void append(const NumberPoint& point) {
        const std::uint32_t i = m_size.load(std::memory_order_relaxed);
        const bool stale = (point.flags & noRecordedValueFlag) != 0;
        m_words[2 * i] = static_cast<std::uint64_t>(point.time);
        m_words[2 * i + 1] = stale ? staleBits : bitsOf(point.value);
        if (m_startTimesVary)
            m_words[2 * m_capacity + i] = static_cast<std::uint64_t>(point.startTime);
        m_marks[i] = stale ? staleMark : point.value.isInteger ? integerMark : std::uint8_t{0};
        m_size.store(i + 1, std::memory_order_release);
    }

    /// Begins to load what append() will write.
    void prefetch() const {
        const std::uint32_t i = m_size.load(std::memory_order_relaxed);
        __builtin_prefetch(&m_words[2 * i], 1);
        __builtin_prefetch(&m_marks[i], 1);
    }

    [[nodiscard]] TimeNs time(std::uint32_t i) const { return static_cast<TimeNs>(m_words[2 * i]); }
    [[nodiscard]] TimeNs startTime(std::uint32_t i) const {
        return m_startTimesVary ? static_cast<TimeNs>(m_words[2 * m_capacity + i]) : m_startTime;
    }
    [[nodiscard]] bool stale(std::uint32_t i) const { return m_marks[i] == staleMark; }
    [[nodiscard]] Sample sample(std::uint32_t i) const;
    /// False if the point has no such number.
    [[nodiscard]] bool real(std::uint32_t i, Field, double& out) const {
        if (m_marks[i] == 0) {
            out = realOf(m_words[2 * i + 1]);
            return true;
        }
        out = static_cast<double>(static_cast<std::int64_t>(m_words[2 * i + 1]));
        return m_marks[i] == integerMark;
    }
    /// The point as the number of a field; nullopt if it has none.
    [[nodiscard]] std::optional<Sample> number(std::uint32_t i, Field field) const;

    /// True if it is the very point that was appended last.
    [[nodiscard]] bool repeatsLast(const NumberPoint& point) const;
    /// True if the start time of `point` is what keeps it out.
    [[nodiscard]] bool startTimeDiffers(const NumberPoint& point) const {
        return !m_startTimesVary && m_startTime != point.startTime;
    }

    /// Sets the last time and the summaries. `delta`: the values are rises.
    void seal(bool delta);
    /// A copy without the unused room.
    [[nodiscard]] std::shared_ptr<NumberChunk> trimmed() const;

  private:
    static constexpr std::uint8_t integerMark = 1, staleMark = 2;
    static constexpr std::uint64_t staleBits = 0x7ff8000000000000u; // a NaN

    static std::uint64_t bitsOf(const Number& number);
    static double realOf(std::uint64_t bits);

    std::unique_ptr<std::uint64_t[]> m_words;
    std::uint8_t* m_marks; ///< the end of m_words
    TimeNs m_startTime;
    std::uint32_t m_flags; ///< without noRecordedValueFlag
    bool m_startTimesVary;
};

/// Points that are kept whole: Record is HistogramSample, ExponentialHistogramSample or
/// SummarySample.
template <class Record>
class RecordChunk final : public Chunk {
  public:
    using Point = Record;
    static constexpr std::size_t fieldCount = 2;

    /// Room for `first` and more.
    RecordChunk(std::uint32_t capacity, const Record& first, bool startTimesVary = true);

    [[nodiscard]] bool takes(const Record&) const {
        return m_size.load(std::memory_order_relaxed) < m_capacity;
    }
    void append(Record&& record);
    void prefetch() const {}

    [[nodiscard]] TimeNs time(std::uint32_t i) const { return m_records[i].time; }
    [[nodiscard]] TimeNs startTime(std::uint32_t i) const { return m_records[i].startTime; }
    [[nodiscard]] bool stale(std::uint32_t i) const { return m_records[i].stale(); }
    [[nodiscard]] const Record& sample(std::uint32_t i) const { return m_records[i]; }
    [[nodiscard]] bool real(std::uint32_t i, Field field, double& out) const;
    [[nodiscard]] std::optional<Sample> number(std::uint32_t i, Field field) const;

    [[nodiscard]] bool repeatsLast(const Record& record) const;
    [[nodiscard]] bool startTimeDiffers(const Record&) const { return false; }

    void seal(bool delta);
    [[nodiscard]] std::shared_ptr<RecordChunk> trimmed() const;

  private:
    std::unique_ptr<Record[]> m_records;
};

using HistogramChunk = RecordChunk<HistogramSample>;
using ExponentialHistogramChunk = RecordChunk<ExponentialHistogramSample>;
using SummaryChunk = RecordChunk<SummarySample>;

extern template class RecordChunk<HistogramSample>;
extern template class RecordChunk<ExponentialHistogramSample>;
extern template class RecordChunk<SummarySample>;

/// Calls `action` with the type of chunk that a metric's points are kept in.
template <class Action>
decltype(auto) withChunkType(MetricType type, Action&& action) {
    switch (type) {
    case MetricType::Histogram:
        return action.template operator()<HistogramChunk>();
    case MetricType::ExponentialHistogram:
        return action.template operator()<ExponentialHistogramChunk>();
    case MetricType::Summary:
        return action.template operator()<SummaryChunk>();
    case MetricType::Unknown:
    case MetricType::Gauge:
    case MetricType::Sum:
        break;
    }
    return action.template operator()<NumberChunk>();
}

/// Whether points of a type have a field at all.
[[nodiscard]] inline bool hasField(MetricType type, Field field) {
    const bool isNumber = type <= MetricType::Sum;
    return isNumber == (field == Field::Value);
}

} // namespace sightglass
