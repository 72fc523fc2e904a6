// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/model/batch.h"
#include "core/model/series_reader.h"

namespace sightglass {

/// The most points that a sealed chunk holds.
inline constexpr std::uint32_t sealedPointsMost = 128;
/// Points that an open chunk should gather before it is sealed; late points may split a chunk or
/// add to it, as long as it stays below sealedPointsMost.
inline constexpr std::uint32_t sealedPointsUsual = 120;

/// The points of a sealed chunk of numbers, decoded: an array for each of their parts. A reader
/// keeps one as scratch and decodes chunk after chunk into it. About 4 KiB; one thread.
class NumberBlock {
  public:
    enum Mark : std::uint8_t { Real, Integer, Stale };
    /// Value bits of a stale point, a NaN.
    static constexpr std::uint64_t staleBits = 0x7ff8000000000000u;

    [[nodiscard]] std::uint32_t size() const { return m_size; }

    [[nodiscard]] TimeNs time(std::uint32_t i) const { return m_times[i]; }
    [[nodiscard]] TimeNs startTime(std::uint32_t i) const {
        return m_startTimesVary ? m_startTimes[i] : m_startTimes[0];
    }
    [[nodiscard]] std::uint32_t flags(std::uint32_t i) const {
        return m_flagsVary ? m_flags[i] : m_flags[0];
    }
    [[nodiscard]] bool stale(std::uint32_t i) const { return m_marks[i] == Stale; }
    /// The bits of an int64 or a double, as the mark says.
    [[nodiscard]] std::uint64_t bits(std::uint32_t i) const { return m_values[i]; }
    /// False if the point has no such number.
    [[nodiscard]] bool real(std::uint32_t i, Field, double& out) const {
        if (m_marks[i] == Real) {
            out = std::bit_cast<double>(m_values[i]);
            return true;
        }
        out = static_cast<double>(static_cast<std::int64_t>(m_values[i]));
        return m_marks[i] == Integer;
    }
    [[nodiscard]] Sample sample(std::uint32_t i) const {
        Sample out;
        out.time = time(i);
        out.startTime = startTime(i);
        out.flags = flags(i);
        out.value = m_marks[i] == Integer ? Number::of(static_cast<std::int64_t>(m_values[i]))
                                          : Number::of(std::bit_cast<double>(m_values[i]));
        return out;
    }
    /// The point as the number of a field; nullopt if it has none.
    [[nodiscard]] std::optional<Sample> number(std::uint32_t i, Field field) const {
        return field == Field::Value ? std::optional(sample(i)) : std::nullopt;
    }

  private:
    friend class SealedChunk;
    friend class NumberPacking;

    std::uint32_t m_size = 0;
    bool m_startTimesVary = false; ///< otherwise the first one is that of all
    bool m_flagsVary = false;      ///< likewise; noRecordedValueFlag is among the flags
    std::array<TimeNs, sealedPointsMost> m_times;
    std::array<std::uint64_t, sealedPointsMost> m_values;
    std::array<TimeNs, sealedPointsMost> m_startTimes;
    std::array<std::uint32_t, sealedPointsMost> m_flags;
    std::array<std::uint8_t, sealedPointsMost> m_marks;
};

// A field of a whole record. False if it has no such number.
[[nodiscard]] bool realOf(const HistogramSample& record, Field field, double& out);
[[nodiscard]] bool realOf(const ExponentialHistogramSample& record, Field field, double& out);
[[nodiscard]] bool realOf(const SummarySample& record, Field field, double& out);
// The record as the number of a field; NaN with the flag if it is stale, nullopt if it has none.
[[nodiscard]] std::optional<Sample> numberOf(const HistogramSample& record, Field field);
[[nodiscard]] std::optional<Sample> numberOf(const ExponentialHistogramSample& record, Field field);
[[nodiscard]] std::optional<Sample> numberOf(const SummarySample& record, Field field);

/// The points of a sealed chunk of histograms or summaries, decoded. Kept as scratch like
/// NumberBlock: what its records have allocated serves the next chunk. One thread.
template <class Record>
class RecordBlock {
  public:
    [[nodiscard]] std::uint32_t size() const { return m_size; }

    [[nodiscard]] TimeNs time(std::uint32_t i) const { return m_records[i].time; }
    [[nodiscard]] TimeNs startTime(std::uint32_t i) const { return m_records[i].startTime; }
    [[nodiscard]] std::uint32_t flags(std::uint32_t i) const { return m_records[i].flags; }
    [[nodiscard]] bool stale(std::uint32_t i) const { return m_records[i].stale(); }
    [[nodiscard]] bool real(std::uint32_t i, Field field, double& out) const {
        return realOf(m_records[i], field, out);
    }
    [[nodiscard]] const Record& sample(std::uint32_t i) const { return m_records[i]; }
    [[nodiscard]] std::optional<Sample> number(std::uint32_t i, Field field) const {
        return numberOf(m_records[i], field);
    }

  private:
    friend class SealedChunk;
    friend class RecordPacking;

    std::uint32_t m_size = 0;
    std::vector<Record> m_records; ///< at least m_size
};

} // namespace sightglass
