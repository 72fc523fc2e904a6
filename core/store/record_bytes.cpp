// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/record_bytes.h"

#include <bit>

#include "core/store/decimals.h"

namespace sightglass {

namespace {

/// A count, and its share of the byte that says which differ.
constexpr std::size_t bucketMost = 10 + 1;

} // namespace

void RecordBytes::real(double before, double v, double power) {
    const std::uint64_t other =
        std::bit_cast<std::uint64_t>(v) ^ std::bit_cast<std::uint64_t>(before);
    if (other == 0)
        return byte(0);
    std::uint64_t number = 0, numberBefore = 0;
    if (decimalMisfit(v, power, number) == 0) {
        if (decimalMisfit(before, power, numberBefore) != 0)
            numberBefore = 0;
        byte(1);
        return signedNumber(number - numberBefore);
    }
    const auto skip = static_cast<unsigned>(std::countr_zero(other)) / 8;
    const unsigned bytes = 8 - skip - static_cast<unsigned>(std::countl_zero(other)) / 8;
    byte(2 + 8 * skip + bytes - 1);
    for (unsigned i = 0; i < bytes; ++i)
        byte(other >> 8 * (skip + i) & 0xff);
}

double takeReal(const std::uint8_t*& at, double before, double power) {
    const unsigned tag = *at++;
    if (tag == 0)
        return before;
    if (tag == 1) {
        std::uint64_t numberBefore = 0;
        if (decimalMisfit(before, power, numberBefore) != 0)
            numberBefore = 0;
        return decimalOf(numberBefore + takeSigned(at), power);
    }
    const unsigned skip = (tag - 2) / 8, bytes = (tag - 2) % 8 + 1;
    std::uint64_t other = 0;
    for (unsigned i = 0; i < bytes; ++i)
        other |= std::uint64_t{*at++} << 8 * (skip + i);
    return std::bit_cast<double>(std::bit_cast<std::uint64_t>(before) ^ other);
}

bool sameCounts(std::span<const std::uint64_t> counts, const CountsBefore& before) {
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (counts[i] != before.at(i))
            return false;
    }
    return true;
}

void putCounts(RecordBytes& out, std::span<const std::uint64_t> counts,
               const CountsBefore& before) {
    out.room(counts.size() * bucketMost + bucketMost);
    for (std::size_t begin = 0; begin < counts.size(); begin += 8) {
        const std::size_t end = std::min(begin + 8, counts.size());
        unsigned differing = 0;
        for (std::size_t i = begin; i < end; ++i)
            differing |= (counts[i] != before.at(i) ? 1u : 0u) << (i - begin);
        out.byte(differing);
        for (std::size_t i = begin; i < end; ++i) {
            if ((differing >> (i - begin) & 1) != 0)
                out.signedNumber(counts[i] - before.at(i));
        }
    }
}

void takeCounts(const std::uint8_t*& at, bool same, const CountsBefore& before,
                std::vector<std::uint64_t>& counts) {
    for (std::size_t begin = 0; begin < counts.size(); begin += 8) {
        const std::size_t end = std::min(begin + 8, counts.size());
        const unsigned differing = same ? 0 : *at++;
        for (std::size_t i = begin; i < end; ++i) {
            counts[i] = before.at(i);
            if ((differing >> (i - begin) & 1) != 0)
                counts[i] += takeSigned(at);
        }
    }
}

} // namespace sightglass
