// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/time_packing.h"

#include <algorithm>

#include "core/store/decimals.h"

namespace sightglass {

namespace {

using Run = std::array<std::uint64_t, sealedPointsMost>;

constexpr std::array<std::uint64_t, 4> units{1, 1'000, 1'000'000, 1'000'000'000};

/// Offsets in multiples of `unit`; false if one is none.
template <std::uint64_t unit>
bool inUnits(const Run& offsets, std::uint32_t count, Run& out) {
    // Most are found out by the second or third.
    for (std::uint32_t i = 1; i < std::min(count, 4u); ++i) {
        if (offsets[i] % unit != 0)
            return false;
    }
    std::uint64_t rest = 0;
    if (offsets[count - 1] < decimalRange) {
        // As doubles, which are exact below 2^53 and vectorize on every machine.
        constexpr auto whole = static_cast<double>(unit);
        constexpr auto biasBits = std::bit_cast<std::uint64_t>(roundingBias);
        for (std::uint32_t i = 0; i < count; ++i) {
            const double offset = decimalOf(offsets[i], 1);
            const double biased = offset * (1 / whole) + roundingBias;
            const double again = (biased - roundingBias) * whole;
            out[i] = std::bit_cast<std::uint64_t>(biased) - biasBits;
            rest |= std::bit_cast<std::uint64_t>(again) ^ std::bit_cast<std::uint64_t>(offset);
        }
        return rest == 0;
    }
    for (std::uint32_t i = 0; i < count; ++i) {
        out[i] = offsets[i] / unit;
        rest |= offsets[i] - out[i] * unit;
    }
    return rest == 0;
}

unsigned largestUnit(const PointTimes& points, Run& out) {
    Run offsets;
    for (std::uint32_t i = 0; i < points.count; ++i)
        offsets[i] = points.times[i] - points.times[0];
    if (inUnits<units[3]>(offsets, points.count, out))
        return 3;
    if (inUnits<units[2]>(offsets, points.count, out))
        return 2;
    if (inUnits<units[1]>(offsets, points.count, out))
        return 1;
    out = offsets;
    return 0;
}

void differences(const Run& numbers, std::uint32_t count, Run& out) {
    for (std::uint32_t i = 1; i < count; ++i)
        out[i - 1] = numbers[i] - numbers[i - 1];
}

} // namespace

std::uint8_t* PackedTimes::put(std::uint8_t* at, const PointTimes& points, std::uint16_t& layout) {
    const std::uint32_t n = points.count;
    Run offsets, jitters, steps;
    const unsigned unit = largestUnit(points, offsets);
    layout = static_cast<std::uint16_t>(unit);

    const std::uint64_t span = offsets[n - 1];
    const std::uint64_t step = n > 1 ? span / (n - 1) + (span % (n - 1) * 2 >= n - 1 ? 1 : 0) : 0;
    for (std::uint32_t i = 0; i < n; ++i)
        jitters[i] = offsets[i] - i * step;
    RunPlan grid, walk;
    planRun(jitters.data(), n, grid);
    bool onGrid = true;
    // Few bits of jitter cannot be beaten; many may come from a gap.
    if (grid.bytes > n) {
        differences(offsets, n, steps);
        planRun(steps.data(), n - 1, walk);
        onGrid = grid.bytes <= walk.bytes;
    }
    if (onGrid) {
        layout |= 1u << gridBit;
        at = putSigned(at, step);
        at = putRun(at, grid, jitters.data(), n);
    } else {
        at = putSigned(at, span);
        at = putRun(at, walk, steps.data(), n - 1);
    }

    std::uint64_t differing = 0, anyFlag = 0;
    for (std::uint32_t i = 0; i < n; ++i) {
        differing |= points.startTimes[i] ^ points.startTimes[0];
        anyFlag |= points.flags[i];
    }
    const std::uint64_t back = points.times[0] - points.startTimes[0];
    Starts starts = Starts::None;
    if (differing != 0) {
        differences(points.startTimes, n, steps);
        planRun(steps.data(), n - 1, grid);
        for (std::uint32_t i = 1; i < n; ++i)
            jitters[i - 1] = points.startTimes[i] - points.times[i - 1];
        planRun(jitters.data(), n - 1, walk);
        const bool afterTime = walk.bytes < grid.bytes;
        starts = afterTime ? Starts::AfterTime : Starts::AfterStart;
        at = putSigned(at, back);
        at = afterTime ? putRun(at, walk, jitters.data(), n - 1)
                       : putRun(at, grid, steps.data(), n - 1);
    } else if (points.startTimes[0] != 0) {
        const auto perUnit = static_cast<std::int64_t>(units[unit]);
        const auto ns = static_cast<std::int64_t>(back);
        starts = ns % perUnit == 0 ? Starts::InUnits : Starts::InNs;
        at = putSigned(at,
                       starts == Starts::InUnits ? static_cast<std::uint64_t>(ns / perUnit) : back);
    }
    layout |= static_cast<std::uint16_t>(static_cast<unsigned>(starts) << startsBit);

    if (anyFlag != 0) {
        layout |= 1u << flagsBit;
        planRun(points.flags.data(), n, grid);
        at = putRun(at, grid, points.flags.data(), n);
    }
    return at;
}

void PackedTimes::takeTimes(const std::uint8_t*& at, std::uint16_t layout) {
    m_unit = units[layout & ((1u << unitBits) - 1)];
    m_onGrid = (layout >> gridBit & 1) != 0;
    m_step = takeSigned(at);
    m_times = PackedRun(at, m_onGrid ? m_count : m_count - 1);
}

PackedTimes::PackedTimes(const std::uint8_t* at, std::uint16_t layout, std::uint32_t count,
                         TimeNs firstTime)
    : PackedTimes(count, firstTime) {
    takeTimes(at, layout);
    m_starts = static_cast<Starts>(layout >> startsBit & 7);
    switch (m_starts) {
    case Starts::None:
        break;
    case Starts::InUnits:
        m_firstStart = m_first - takeSigned(at) * m_unit;
        break;
    case Starts::InNs:
        m_firstStart = m_first - takeSigned(at);
        break;
    case Starts::AfterStart:
    case Starts::AfterTime:
        m_firstStart = m_first - takeSigned(at);
        m_startRun = PackedRun(at, count - 1);
        break;
    }
    m_hasFlags = (layout >> flagsBit & 1) != 0;
    if (m_hasFlags)
        m_flags = PackedRun(at, count);
    m_end = at;
}

TimeNs PackedTimes::lastTime() const {
    const std::uint64_t offset =
        m_onGrid ? (m_count - 1) * m_step + m_times.at(m_count - 1) : m_step;
    return static_cast<TimeNs>(m_first + offset * m_unit);
}

void PackedTimes::times(TimeNs* out) const {
    Run numbers;
    m_times.unpack(numbers.data());
    if (m_onGrid) {
        std::uint64_t line = m_first;
        const std::uint64_t step = m_step * m_unit, unit = m_unit;
        for (std::uint32_t i = 0; i < m_count; ++i, line += step)
            out[i] = static_cast<TimeNs>(line + numbers[i] * unit);
        return;
    }
    std::uint64_t time = m_first;
    out[0] = static_cast<TimeNs>(time);
    for (std::uint32_t i = 1; i < m_count; ++i) {
        time += numbers[i - 1] * m_unit;
        out[i] = static_cast<TimeNs>(time);
    }
}

void PackedTimes::starts(const TimeNs* times, TimeNs* out) const {
    Run numbers;
    m_startRun.unpack(numbers.data());
    out[0] = static_cast<TimeNs>(m_firstStart);
    const bool afterTime = m_starts == Starts::AfterTime;
    for (std::uint32_t i = 1; i < m_count; ++i) {
        const TimeNs before = afterTime ? times[i - 1] : out[i - 1];
        out[i] = static_cast<TimeNs>(static_cast<std::uint64_t>(before) + numbers[i - 1]);
    }
}

void PackedTimes::flags(std::uint32_t* out) const {
    Run numbers;
    m_flags.unpack(numbers.data());
    for (std::uint32_t i = 0; i < m_count; ++i)
        out[i] = static_cast<std::uint32_t>(numbers[i]);
}

} // namespace sightglass
