// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/number_packing.h"

#include <bit>
#include <utility>

#include "core/store/bit_packing.h"
#include "core/store/decimals.h"
#include "core/store/number_parts.h"

namespace sightglass {

namespace {

using Odd = NumberParts::Odd;
constexpr unsigned integers = NumberParts::integers, reals = NumberParts::reals;

enum class Mode : std::uint8_t { Offsets, Steps, Xors };

// The layout word, behind what PackedTimes takes of it.
constexpr unsigned deltaBit = 7, oddBit = 8, modeBit = 9, kindBit = 11;
static_assert(PackedTimes::layoutBits == deltaBit);

struct Layout {
    bool delta, odd;
    Mode mode;
    unsigned kind;

    explicit Layout(std::uint16_t word)
        : delta((word >> deltaBit & 1) != 0),
          odd((word >> oddBit & 1) != 0),
          mode(static_cast<Mode>(word >> modeBit & 3)),
          kind(word >> kindBit & 15) {}
};

std::uint64_t bitsOf(double v) {
    return std::bit_cast<std::uint64_t>(v);
}
double realOfBits(std::uint64_t bits) {
    return std::bit_cast<double>(bits);
}

/// The double that a number of a kind stands for.
double realOfNumber(std::uint64_t number, unsigned kind) {
    if (kind == integers)
        return static_cast<double>(static_cast<std::int64_t>(number));
    return decimalOf(number, powersOfTen[kind]);
}

// The bits of doubles in the order of their magnitudes, as signed integers.
std::uint64_t orderedOf(std::uint64_t bits) {
    return std::rotl(bits, 1) ^ std::uint64_t{1} << 63;
}
std::uint64_t bitsOfOrdered(std::uint64_t ordered) {
    return std::rotr(ordered ^ std::uint64_t{1} << 63, 1);
}

/// How far a double lies from where it was guessed to be, in doubles.
std::uint64_t distance(double from, double to) {
    return bitsOf(to) - (from != from ? 0 : bitsOf(from));
}
double moved(double from, std::uint64_t by) {
    return realOfBits((from != from ? 0 : bitsOf(from)) + by);
}

/// Sum of numbers as a double; a guess if it overflows.
double guessOf(std::uint64_t total, unsigned kind) {
    const auto sum = static_cast<double>(static_cast<std::int64_t>(total));
    return kind == integers ? sum : sum / powersOfTen[kind];
}

constexpr std::uint8_t hasValueBit = 0x80;

std::uint8_t* putOdd(std::uint8_t* at, const NumberParts& parts) {
    *at++ = static_cast<std::uint8_t>(parts.oddCount);
    for (std::uint32_t o = 0; o < parts.oddCount; ++o) {
        const Odd& odd = parts.odd[o];
        const bool stale = odd.mark == NumberBlock::Stale;
        *at++ = static_cast<std::uint8_t>(odd.index | (stale ? 0 : hasValueBit));
        if (stale)
            continue;
        *at++ = odd.mark;
        at = putWord(at, odd.bits);
    }
    if (!parts.hasValues())
        return at;
    const PointTimes& times = parts.times;
    at = putSigned(at, times.times[parts.firstValued] - times.times[0]);
    at = putSigned(at, times.times[times.count - 1] - times.times[parts.lastValued]);
    return putSigned(at, times.times[0] - times.startTimes[parts.firstValued]);
}

/// The odd section, read.
struct OddPoints {
    std::uint32_t count = 0, withValue = 0;
    bool staleAtEnd = false;
    const std::uint8_t* entries = nullptr;
    std::uint64_t firstAfter = 0, lastBefore = 0, startBefore = 0; ///< ns

    /// `points`: of the chunk.
    OddPoints(const std::uint8_t*& at, std::uint32_t points) {
        count = *at++;
        entries = at;
        for (std::uint32_t o = 0; o < count; ++o) {
            const std::uint8_t index = *at++;
            if ((index & hasValueBit) != 0) {
                ++withValue;
                at += 1 + sizeof(std::uint64_t);
            } else {
                staleAtEnd = index == points - 1;
            }
        }
        if (points == count - withValue)
            return;
        firstAfter = takeSigned(at);
        lastBefore = takeSigned(at);
        startBefore = takeSigned(at);
    }
    OddPoints() = default;
};

// Bits of a summary by number: what is not zero.
enum : std::uint8_t {
    belowFirst = 1,
    aboveLast = 2,
    sumBeyond = 4,
    sumMoved = 8,
    riseBeyond = 16,
    riseMoved = 32,
    hasResets = 64,
    endsElsewhere = 128
};

std::uint8_t* putIf(std::uint8_t* at, std::uint8_t& which, std::uint8_t bit, std::uint64_t v) {
    if (v == 0)
        return at;
    which |= bit;
    return putVarint(at, v);
}

std::uint8_t* putByNumber(std::uint8_t* at, const NumberParts& parts, const RunPlan& offsets,
                          bool delta) {
    const NumberParts::Numbers& numbers = parts.numbers;
    const std::uint32_t count = parts.mainCount;
    const std::uint64_t first = numbers[0], last = numbers[count - 1];
    std::uint64_t sum = 0, rise = 0, resets = 0;
    for (std::uint32_t i = 1; i < count; ++i)
        sum += numbers[i] - first;
    for (std::uint32_t i = 1; i < count && !delta; ++i) {
        const std::uint64_t before = numbers[i - 1];
        const bool falls =
            static_cast<std::int64_t>(numbers[i]) < static_cast<std::int64_t>(before);
        resets += falls ? 1 : 0;
        rise += numbers[i] - (falls ? 0 : before);
    }
    rise -= delta ? 0 : last - first;

    // A fold of integers is exact as long as none of its sums leaves 53 bits.
    constexpr std::int64_t exactMost = (std::int64_t{1} << 53) / sealedPointsMost;
    const bool exact = (parts.kind == integers || parts.kind == 0) && offsets.low > -exactMost &&
                       offsets.high < exactMost;
    std::uint64_t sumMoves = 0, riseMoves = 0;
    if (!exact) {
        const FoldedValues folded = foldValues(parts.values, count, delta);
        const double guess = guessOf(first * count + sum, parts.kind);
        sumMoves = distance(guess, folded.sum);
        riseMoves = distance(delta ? folded.sum : guessOf(last - first + rise, parts.kind),
                             folded.increase);
        resets = folded.resets;
    }
    std::uint8_t* which = at++;
    *which = 0;
    at = putIf(at, *which, belowFirst, first - static_cast<std::uint64_t>(offsets.low));
    at = putIf(at, *which, aboveLast, static_cast<std::uint64_t>(offsets.high) - last);
    at = putIf(at, *which, sumBeyond, zigzag(sum));
    at = putIf(at, *which, sumMoved, zigzag(sumMoves));
    at = putIf(at, *which, riseBeyond, zigzag(rise));
    at = putIf(at, *which, riseMoved, zigzag(riseMoves));
    at = putIf(at, *which, hasResets, resets);
    return putIf(at, *which, endsElsewhere, zigzag(last - first));
}

/// A summary by number, read; the first number is still to come.
struct ByNumber {
    std::uint64_t below, above, sum, sumMoves, rise, riseMoves, resets, span;

    explicit ByNumber(const std::uint8_t*& at) {
        const std::uint8_t which = *at++;
        const auto takeIf = [&](std::uint8_t bit) {
            return (which & bit) != 0 ? takeVarint(at) : std::uint64_t{0};
        };
        below = takeIf(belowFirst);
        above = takeIf(aboveLast);
        sum = unzigzag(takeIf(sumBeyond));
        sumMoves = unzigzag(takeIf(sumMoved));
        rise = unzigzag(takeIf(riseBeyond));
        riseMoves = unzigzag(takeIf(riseMoved));
        resets = takeIf(hasResets);
        span = unzigzag(takeIf(endsElsewhere));
    }

    [[nodiscard]] FoldedValues from(std::uint64_t first, std::uint32_t count,
                                    const Layout& layout) const {
        const unsigned kind = layout.kind;
        const std::uint64_t last = first + span;
        FoldedValues out;
        out.first = realOfNumber(first, kind);
        out.last = realOfNumber(last, kind);
        out.min = realOfNumber(first - below, kind);
        out.max = realOfNumber(last + above, kind);
        out.sum = moved(guessOf(first * count + sum, kind), sumMoves);
        out.increase = moved(layout.delta ? out.sum : guessOf(span + rise, kind), riseMoves);
        out.resets = static_cast<std::uint32_t>(resets);
        return out;
    }
};

/// A summary by value, read.
FoldedValues takeByValue(const std::uint8_t*& at) {
    FoldedValues out;
    for (double* value : {&out.first, &out.last, &out.min, &out.max, &out.sum, &out.increase})
        *value = realOfBits(takeWord(at));
    out.resets = static_cast<std::uint32_t>(takeVarint(at));
    return out;
}

/// Moves `at` behind a summary by number.
void skipByNumber(const std::uint8_t*& at) {
    const int fields = std::popcount(*at++);
    for (int i = 0; i < fields; ++i)
        static_cast<void>(takeVarint(at));
}

bool isByNumber(unsigned kind, bool oddHasValue) {
    return kind != reals && !oddHasValue;
}
/// `offsets`: the plan for the numbers.
std::uint8_t* putSummary(std::uint8_t* at, const NumberParts& parts, const RunPlan& offsets,
                         bool delta) {
    if (isByNumber(parts.kind, parts.oddHasValue))
        return putByNumber(at, parts, offsets, delta);
    const FoldedValues folded = foldValues(parts.values, parts.valuedCount, delta);
    for (const double value :
         {folded.first, folded.last, folded.min, folded.max, folded.sum, folded.increase})
        at = putWord(at, bitsOf(value));
    return putVarint(at, folded.resets);
}

std::uint8_t* putValues(std::uint8_t* at, const NumberParts& parts, bool delta,
                        std::uint16_t& layout) {
    const std::uint32_t count = parts.mainCount;
    const NumberParts::Numbers& numbers = parts.numbers;
    NumberParts::Numbers ordered, steps;
    const bool isReal = parts.kind == reals;
    for (std::uint32_t i = 0; i < count && isReal; ++i)
        ordered[i] = orderedOf(numbers[i]);
    for (std::uint32_t i = 1; i < count; ++i)
        steps[i - 1] = isReal ? numbers[i] ^ numbers[i - 1] : numbers[i] - numbers[i - 1];
    const NumberParts::Numbers& offsets = isReal ? ordered : numbers;
    RunPlan offsetPlan, stepPlan;
    planRun(offsets.data(), count, offsetPlan);
    planRun(steps.data(), count - 1, stepPlan);
    // What the modes need besides their runs.
    const std::size_t stepsExtra = isReal ? 0 : 3;
    const Mode mode = offsetPlan.bytes <= stepPlan.bytes + stepsExtra ? Mode::Offsets
                      : isReal                                        ? Mode::Xors
                                                                      : Mode::Steps;
    layout |= static_cast<std::uint16_t>(static_cast<unsigned>(mode) << modeBit);
    at = putSummary(at, parts, offsetPlan, delta);
    if (mode == Mode::Offsets)
        return putRun(at, offsetPlan, offsets.data(), count);
    at = isReal ? putWord(at, numbers[0]) : putSigned(at, numbers[0]);
    return putRun(at, stepPlan, steps.data(), count - 1);
}

void toNumbers(const std::uint8_t*& at, const Layout& layout, std::uint32_t count,
               std::uint64_t* out) {
    switch (layout.mode) {
    case Mode::Offsets:
        PackedRun(at, count).unpack(out);
        return;
    case Mode::Steps: {
        std::uint64_t number = takeSigned(at);
        const PackedRun run(at, count - 1);
        run.unpack(out + 1);
        out[0] = number;
        for (std::uint32_t i = 1; i < count; ++i)
            out[i] = number += out[i];
        return;
    }
    case Mode::Xors: {
        std::uint64_t number = takeWord(at);
        const PackedRun run(at, count - 1);
        run.unpack(out + 1);
        out[0] = number;
        for (std::uint32_t i = 1; i < count; ++i)
            out[i] = number ^= out[i];
        return;
    }
    }
}

/// Numbers to value bits, in place.
void toValues(const Layout& layout, std::uint32_t count, std::uint64_t* numbers) {
    if (layout.kind == integers || (layout.kind == reals && layout.mode == Mode::Xors))
        return;
    if (layout.kind == reals) {
        for (std::uint32_t i = 0; i < count; ++i)
            numbers[i] = bitsOfOrdered(numbers[i]);
        return;
    }
    const double power = powersOfTen[layout.kind];
    for (std::uint32_t i = 0; i < count; ++i)
        numbers[i] = bitsOf(decimalOf(numbers[i], power));
}

/// Puts the odd points between the others, which stand at the front.
void spread(const OddPoints& odd, std::uint32_t count, std::uint64_t* values, std::uint8_t* marks) {
    std::array<Odd, sealedPointsMost> entries;
    const std::uint8_t* at = odd.entries;
    for (std::uint32_t o = 0; o < odd.count; ++o) {
        const std::uint8_t index = *at++;
        if ((index & hasValueBit) == 0) {
            entries[o] = {index, NumberBlock::Stale, NumberBlock::staleBits};
            continue;
        }
        const std::uint8_t mark = *at++;
        entries[o] = {static_cast<std::uint8_t>(index & ~hasValueBit), mark, takeWord(at)};
    }
    std::uint32_t main = count - odd.count, next = odd.count;
    for (std::uint32_t i = count; i-- > 0 && next > 0;) {
        if (entries[next - 1].index == i) {
            --next;
            values[i] = entries[next].bits;
            marks[i] = entries[next].mark;
        } else {
            values[i] = values[--main];
        }
    }
}

} // namespace

std::uint8_t* NumberPacking::put(std::uint8_t* at, std::span<const Sample> points, bool delta,
                                 std::uint16_t& layout) {
    const NumberParts parts(points);
    at = PackedTimes::put(at, parts.times, layout);
    layout |= static_cast<std::uint16_t>((delta ? 1u << deltaBit : 0) | parts.kind << kindBit |
                                         (parts.oddCount > 0 ? 1u << oddBit : 0));
    if (parts.oddCount > 0)
        at = putOdd(at, parts);
    return parts.hasValues() ? putValues(at, parts, delta, layout) : at;
}

ChunkSummary NumberPacking::summary(const std::uint8_t* at, std::uint16_t word, std::uint32_t count,
                                    TimeNs firstTime) {
    const Layout layout(word);
    const PackedTimes times(at, word, count, firstTime);
    at = times.end();
    ChunkSummary out;
    Column& column = out.column;
    OddPoints odd;
    if (layout.odd)
        odd = OddPoints(at, count);
    column.stale = odd.staleAtEnd;
    column.count = count - (odd.count - odd.withValue);
    if (column.count == 0)
        return out;
    const auto first = static_cast<std::uint64_t>(firstTime);
    column.firstTime = static_cast<TimeNs>(first + odd.firstAfter);
    column.lastTime =
        static_cast<TimeNs>(static_cast<std::uint64_t>(times.lastTime()) - odd.lastBefore);
    out.firstStart = layout.odd ? static_cast<TimeNs>(first - odd.startBefore) : times.firstStart();

    FoldedValues folded;
    if (isByNumber(layout.kind, odd.withValue > 0)) {
        const ByNumber summary(at);
        const std::uint32_t main = count - odd.count;
        const std::uint64_t firstNumber =
            layout.mode == Mode::Steps ? takeSigned(at) : PackedRun(at, main).at(0);
        folded = summary.from(firstNumber, main, layout);
    } else {
        folded = takeByValue(at);
    }
    column.first = folded.first;
    column.last = folded.last;
    column.min = folded.min;
    column.max = folded.max;
    column.sum = folded.sum;
    column.increase = folded.increase;
    column.resets = folded.resets;
    const bool saysStart = layout.delta && out.firstStart != 0 && out.firstStart < column.firstTime;
    column.increaseOver = static_cast<TimeNs>(
        static_cast<std::uint64_t>(column.lastTime) -
        static_cast<std::uint64_t>(saysStart ? out.firstStart : column.firstTime));
    return out;
}

void NumberPacking::decode(const std::uint8_t* at, std::uint16_t word, std::uint32_t count,
                           TimeNs firstTime, NumberBlock& out) {
    const Layout layout(word);
    const PackedTimes times(at, word, count, firstTime);
    at = times.end();
    out.m_size = count;
    times.times(out.m_times.data());
    out.m_startTimesVary = times.startsVary();
    if (times.startsVary())
        times.starts(out.m_times.data(), out.m_startTimes.data());
    else
        out.m_startTimes[0] = times.firstStart();
    out.m_flagsVary = times.hasFlags();
    out.m_flags[0] = 0;
    if (times.hasFlags())
        times.flags(out.m_flags.data());

    OddPoints odd;
    if (layout.odd)
        odd = OddPoints(at, count);
    const std::uint32_t main = count - odd.count;
    if (main > 0) {
        if (isByNumber(layout.kind, odd.withValue > 0))
            skipByNumber(at);
        else
            static_cast<void>(takeByValue(at));
        toNumbers(at, layout, main, out.m_values.data());
        toValues(layout, main, out.m_values.data());
    }
    out.m_marks.fill(layout.kind == integers ? NumberBlock::Integer : NumberBlock::Real);
    if (odd.count == 0)
        return;
    spread(odd, count, out.m_values.data(), out.m_marks.data());
    if (odd.count == odd.withValue)
        return;
    if (!out.m_flagsVary)
        out.m_flags.fill(0);
    for (std::uint32_t i = 0; i < count; ++i)
        out.m_flags[i] |= out.m_marks[i] == NumberBlock::Stale ? noRecordedValueFlag : 0;
    out.m_flagsVary = true;
}

} // namespace sightglass
