// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>

#include "core/store/bit_packing.h"
#include "core/store/point_blocks.h"

namespace sightglass {

/// When the points of a chunk were taken, an array for each part, as a writer gathers them.
struct PointTimes {
    std::uint32_t count = 0;
    std::array<std::uint64_t, sealedPointsMost> times;
    std::array<std::uint64_t, sealedPointsMost> startTimes;
    std::array<std::uint64_t, sealedPointsMost> flags;
};

/// Times, start times and flags of a chunk's points, packed. The first time stands in the chunk's
/// header; times count from it in the largest of 1 s, 1 ms, 1 us and 1 ns that divides them all.
///
///     times    grid    step (signed varint), run of the n jitters:
///                      time i = first time + (i * step + jitter i) * unit
///              steps   last - first time (signed varint, in units), run of the n-1 steps
///     starts   none    nothing: all are 0
///              shared  first time - start (signed varint, in units or nanoseconds)
///              varying first time - first start (signed varint, ns), run of n-1 differences to
///                      the start before, or to the time before
///     flags    none    nothing: all are 0
///              some    run of n
///
/// Which of these there are is said by the low bits of the chunk's layout word.
class PackedTimes {
  public:
    static constexpr std::size_t bytesMost = 3 * packedRunMost + 32;
    /// Bits of the layout word that are taken here.
    static constexpr unsigned layoutBits = 7;

    static std::uint8_t* put(std::uint8_t* at, const PointTimes& points, std::uint16_t& layout);

    /// Of `count` points.
    PackedTimes(const std::uint8_t* at, std::uint16_t layout, std::uint32_t count,
                TimeNs firstTime);

    [[nodiscard]] TimeNs lastTime() const;
    /// The same of packed times, without a look at the rest.
    [[nodiscard]] static TimeNs lastTime(const std::uint8_t* at, std::uint16_t layout,
                                         std::uint32_t count, TimeNs firstTime) {
        PackedTimes packed(count, firstTime);
        packed.takeTimes(at, layout);
        return packed.lastTime();
    }
    [[nodiscard]] TimeNs firstStart() const { return static_cast<TimeNs>(m_firstStart); }
    [[nodiscard]] bool startsVary() const { return m_starts >= Starts::AfterStart; }
    [[nodiscard]] bool hasFlags() const { return m_hasFlags; }
    /// What comes behind.
    [[nodiscard]] const std::uint8_t* end() const { return m_end; }

    void times(TimeNs* out) const;
    /// `times` are those of the points. Only if startsVary().
    void starts(const TimeNs* times, TimeNs* out) const;
    /// Only if hasFlags().
    void flags(std::uint32_t* out) const;

  private:
    enum class Starts : std::uint8_t { None, InUnits, InNs, AfterStart, AfterTime };

    // The layout word.
    static constexpr unsigned unitBits = 2, gridBit = 2, startsBit = 3, flagsBit = 6;

    PackedTimes(std::uint32_t count, TimeNs firstTime)
        : m_count(count), m_first(static_cast<std::uint64_t>(firstTime)) {}
    void takeTimes(const std::uint8_t*& at, std::uint16_t layout);

    std::uint32_t m_count;
    std::uint64_t m_first;
    std::uint64_t m_unit = 1;
    bool m_onGrid = false;
    std::uint64_t m_step = 0; ///< on a grid; otherwise last - first time; in units
    PackedRun m_times;
    Starts m_starts = Starts::None;
    std::uint64_t m_firstStart = 0;
    PackedRun m_startRun;
    bool m_hasFlags = false;
    PackedRun m_flags;
    const std::uint8_t* m_end = nullptr;
};

} // namespace sightglass
