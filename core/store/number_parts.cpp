// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/number_parts.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "core/store/columns.h"
#include "core/store/decimals.h"

namespace sightglass {

/// Writes doubles as integers of 10^-e each, if they are that to the bit; what is not is marked.
class NumberParts::DecimalSearch {
  public:
    /// False if many are no decimals of few digits.
    bool find(const Reals& values, std::uint32_t count) {
        const std::uint32_t most = count / 8;
        std::uint32_t failed = 0;
        for (std::uint32_t probe = 0; probe < 4; ++probe)
            failed += fit(values[probe * count / 4]) == Fit::Never ? 1 : 0;
        if (failed > 2)
            return false;
        for (;;) {
            m_allFit = scale(values, count);
            if (m_allFit)
                return true;
            failed = 0;
            bool raised = false;
            for (std::uint32_t i = 0; i < count && !raised; ++i) {
                if (m_bad[i] == 0)
                    continue;
                const Fit fits = fit(values[i]);
                raised = fits == Fit::WithMore;
                if (fits == Fit::Never && ++failed > most)
                    return false;
            }
            if (!raised)
                return true;
        }
    }

    [[nodiscard]] unsigned exponent() const { return m_exponent; }
    [[nodiscard]] const Numbers& numbers() const { return m_numbers; }
    [[nodiscard]] bool allFit() const { return m_allFit; }
    [[nodiscard]] bool bad(std::uint32_t i) const { return m_bad[i] != 0; }

  private:
    enum class Fit { Now, WithMore, Never };

    /// Takes more digits if that makes this value fit.
    Fit fit(double value) {
        std::uint64_t number = 0;
        for (unsigned e = m_exponent; e <= largestExponent; ++e) {
            if (decimalMisfit(value, powersOfTen[e], number) == 0) {
                const bool more = e > m_exponent;
                m_exponent = e;
                return more ? Fit::WithMore : Fit::Now;
            }
            // Written so that NaN is never either.
            if (!(std::abs(value) * powersOfTen[e] < static_cast<double>(decimalRange)))
                break;
        }
        return Fit::Never;
    }

    /// True if all values fit.
    bool scale(const Reals& values, std::uint32_t count) {
        const double power = powersOfTen[m_exponent];
        std::uint64_t any = 0;
        for (std::uint32_t i = 0; i < count; ++i) {
            m_bad[i] = decimalMisfit(values[i], power, m_numbers[i]);
            any |= m_bad[i];
        }
        return any == 0;
    }

    unsigned m_exponent = 0;
    bool m_allFit = false;
    Numbers m_numbers;
    Numbers m_bad;
};

NumberParts::NumberParts(std::span<const Sample> points) {
    const auto count = static_cast<std::uint32_t>(points.size());
    std::uint32_t integerCount = 0, staleCount = 0;
    times.count = count;
    for (std::uint32_t i = 0; i < count; ++i) {
        const Sample& point = points[i];
        times.times[i] = static_cast<std::uint64_t>(point.time);
        times.startTimes[i] = static_cast<std::uint64_t>(point.startTime);
        times.flags[i] = point.flags & ~noRecordedValueFlag;
        const std::uint32_t stale = point.flags & noRecordedValueFlag;
        staleCount += stale;
        integerCount += point.value.isInteger ? 1 - stale : 0;
        std::memcpy(&numbers[i], &point.value.real, sizeof numbers[i]);
    }
    const std::uint32_t valued = count - staleCount;
    const bool mostAreIntegers = integerCount * 2 > valued;
    kind = mostAreIntegers ? integers : reals;
    if (valued == count && integerCount == (mostAreIntegers ? count : 0)) {
        mainCount = valuedCount = count;
        lastValued = count - 1;
        for (std::uint32_t i = 0; i < count && mostAreIntegers; ++i)
            values[i] = static_cast<double>(static_cast<std::int64_t>(numbers[i]));
        if (!mostAreIntegers)
            std::memcpy(values.data(), numbers.data(), count * sizeof(double));
    } else {
        gather(points, mostAreIntegers);
    }
    if (kind != reals || mainCount == 0)
        return;
    DecimalSearch search;
    if (search.find(mainCount == count ? values : m_mainReals, mainCount))
        toDecimals(search, mainCount == count);
}

void NumberParts::gather(std::span<const Sample> points, bool mostAreIntegers) {
    for (std::uint32_t i = 0; i < points.size(); ++i) {
        const Sample& point = points[i];
        const auto index = static_cast<std::uint8_t>(i);
        if (point.stale()) {
            odd[oddCount++] = {index, NumberBlock::Stale, NumberBlock::staleBits};
            continue;
        }
        if (valuedCount == 0)
            firstValued = i;
        lastValued = i;
        const bool isInteger = point.value.isInteger;
        const std::uint64_t bits = isInteger ? static_cast<std::uint64_t>(point.value.integer)
                                             : std::bit_cast<std::uint64_t>(point.value.real);
        const double value = point.value.asDouble();
        values[valuedCount++] = value;
        if (isInteger != mostAreIntegers) {
            odd[oddCount++] = {index, isInteger ? NumberBlock::Integer : NumberBlock::Real, bits};
            oddHasValue = true;
            continue;
        }
        m_mainReals[mainCount] = value;
        m_places[mainCount] = index;
        numbers[mainCount++] = bits;
    }
}

void NumberParts::toDecimals(const DecimalSearch& search, bool all) {
    kind = search.exponent();
    if (search.allFit()) {
        numbers = search.numbers();
        return;
    }
    std::uint32_t kept = 0;
    for (std::uint32_t i = 0; i < mainCount; ++i) {
        if (search.bad(i)) {
            const std::uint8_t index = all ? static_cast<std::uint8_t>(i) : m_places[i];
            odd[oddCount++] = {index, NumberBlock::Real, numbers[i]};
            oddHasValue = true;
        } else {
            numbers[kept++] = search.numbers()[i];
        }
    }
    mainCount = kept;
    std::sort(odd.begin(), odd.begin() + oddCount,
              [](const Odd& a, const Odd& b) { return a.index < b.index; });
}

namespace {

/// As ColumnFold does it, step by step.
FoldedValues foldWithCare(const NumberParts::Reals& values, std::uint32_t count, bool delta) {
    Column column;
    ColumnFold fold(delta);
    for (std::uint32_t i = 0; i < count; ++i)
        fold.point(column, 0, 0, values[i]);
    return {column.first, column.last,     column.min,   column.max,
            column.sum,   column.increase, column.resets};
}

} // namespace

FoldedValues foldValues(const NumberParts::Reals& values, std::uint32_t count, bool delta) {
    NumberParts::Reals rises;
    std::uint64_t resets = 0;
    // Without branches on the values, which nothing could foresee.
    for (std::uint32_t i = 1; i < count; ++i) {
        // All bits of the value before, or none.
        const std::uint64_t kept = std::uint64_t{values[i] < values[i - 1]} - 1;
        rises[i] =
            values[i] - std::bit_cast<double>(std::bit_cast<std::uint64_t>(values[i - 1]) & kept);
        resets += kept + 1;
    }
    double min = values[0], max = values[0], sum = 0.0 + values[0], increase = 0;
    for (std::uint32_t i = 1; i < count; ++i) {
        min = values[i] < min ? values[i] : min;
        max = values[i] > max ? values[i] : max;
        sum += values[i];
        increase += rises[i];
    }
    // A sum is NaN if a value is, and a rise is also between infinities.
    if (sum != sum || increase != increase)
        return foldWithCare(values, count, delta);
    if (delta) {
        increase = sum;
        resets = 0;
    }
    return {
        values[0], values[count - 1], min, max, sum, increase, static_cast<std::uint32_t>(resets)};
}

} // namespace sightglass
