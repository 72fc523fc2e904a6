// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/bit_packing.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace sightglass {

namespace {

static_assert(std::endian::native == std::endian::little, "words are loaded as they lie");

unsigned bitsOf(std::uint64_t v) {
    return static_cast<unsigned>(std::bit_width(v));
}

std::int64_t asSigned(std::uint64_t v) {
    return static_cast<std::int64_t>(v);
}

/// Arithmetic, and 64 is allowed.
std::uint64_t shiftedDown(std::uint64_t v, unsigned by) {
    return static_cast<std::uint64_t>(asSigned(v) >> std::min(by, 63u));
}

std::uint64_t lowMask(unsigned width) {
    return width >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << width) - 1;
}

std::uint64_t load(const std::uint8_t* at) {
    std::uint64_t v = 0;
    std::memcpy(&v, at, sizeof v);
    return v;
}

/// The widest that one load of 64 bits holds wherever it begins in a byte.
constexpr unsigned narrowMost = 57;

/// Loads the eight bytes that end with the number's last one, so never reads behind the run.
std::uint64_t narrowAt(const std::uint8_t* data, unsigned width, std::uint32_t i) {
    const std::uint32_t last = (i + 1) * width - 1;
    return load(data + (last >> 3) - 7) << (7 - (last & 7)) >> (64 - width);
}

std::uint64_t wideAt(const std::uint8_t* data, unsigned width, std::uint32_t i) {
    const std::uint32_t first = i * width, skip = first & 7;
    const std::uint8_t* from = data + (first >> 3);
    // The last byte is the eighth or the ninth; if the eighth, the mask takes it out again.
    const std::uint64_t high = from[(skip + width - 1) >> 3];
    return (load(from) >> skip | high << 1 << (63 - skip)) & lowMask(width);
}

/// Eight numbers of `width` bits take `width` bytes, with the same shifts each time.
template <unsigned width>
void unpackNarrow(const std::uint8_t* data, std::uint32_t count, std::uint64_t* out) {
    std::uint32_t i = 0;
    for (; i + 8 <= count; i += 8, data += width, out += 8) {
        [&]<std::size_t... j>(std::index_sequence<j...>) {
            ((out[j] = load(data + ((j + 1) * width - 1) / 8 - 7)
                           << (7 - ((j + 1) * width - 1) % 8) >>
                       (64 - width)),
             ...);
        }
        (std::make_index_sequence<8>());
    }
    for (std::uint32_t j = 0; i < count; ++i, ++j)
        out[j] = narrowAt(data, width, j);
}

using Unpack = void (*)(const std::uint8_t*, std::uint32_t, std::uint64_t*);

template <std::size_t... width>
constexpr std::array<Unpack, narrowMost + 1> unpackTable(std::index_sequence<width...>) {
    return {nullptr, &unpackNarrow<width + 1>...};
}
constexpr auto unpackers = unpackTable(std::make_index_sequence<narrowMost>());

/// Looks for a few numbers far from the others, without which the rest is narrower.
void planExceptions(const std::uint64_t* numbers, std::uint32_t count, unsigned shift,
                    RunPlan& plan) {
    // Near the middle, whatever the odd ones are: the median of three.
    const auto probe = [&](std::uint32_t i) { return asSigned(numbers[i]); };
    const std::int64_t a = probe(count / 4), b = probe(count / 2), c = probe(count - 1 - count / 4);
    const auto middle =
        static_cast<std::uint64_t>(std::max(std::min(a, b), std::min(std::max(a, b), c)));
    // A quarter of the range around it must hold nearly all, or little is to be gained.
    const std::uint64_t range =
        static_cast<std::uint64_t>(plan.high) - static_cast<std::uint64_t>(plan.low);
    const std::uint64_t from = middle - range / 8;
    std::uint32_t near = 0;
    for (std::uint32_t i = 0; i < count; ++i)
        near += numbers[i] - from <= range / 4 ? 1 : 0;
    if (near * 4 < count * 3)
        return;
    std::array<std::uint8_t, 65> ofWidth{};
    std::array<std::uint8_t, runMost> widths;
    unsigned widest = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
        const unsigned width = bitsOf(zigzag(shiftedDown(numbers[i] - middle, shift)));
        widths[i] = static_cast<std::uint8_t>(width);
        ++ofWidth[width];
        widest = std::max(widest, width);
    }
    std::size_t best = plan.bytes;
    unsigned bestWidth = 65;
    std::size_t outside = 0, outsideBits = 0;
    for (unsigned width = widest; width > 0; --width) {
        outside += ofWidth[width];
        if (outside * 2 > count)
            break;
        outsideBits += std::size_t{ofWidth[width]} * width;
        // An index, and the bits above the others' seven by seven; the centre may cost a bit.
        const std::size_t above = outsideBits - outside * (width - 1);
        const std::size_t bytes =
            (std::size_t{count} * (width - 1) + 7) / 8 + outside * 2 + above / 7 + 2;
        if (bytes < best) {
            best = bytes;
            bestWidth = width - 1;
        }
    }
    if (bestWidth > 64)
        return;
    std::int64_t low = INT64_MAX, high = INT64_MIN;
    plan.exceptionCount = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
        if (widths[i] > bestWidth) {
            plan.exceptions[plan.exceptionCount++] = static_cast<std::uint8_t>(i);
            continue;
        }
        const std::int64_t v = asSigned(numbers[i] - middle);
        low = std::min(low, v);
        high = std::max(high, v);
    }
    plan.base = middle + static_cast<std::uint64_t>(low);
    plan.shift = static_cast<std::uint8_t>(shift);
    plan.width = static_cast<std::uint8_t>(
        bitsOf((static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low)) >> shift));
    plan.bytes = best;
}

} // namespace

void planRun(const std::uint64_t* numbers, std::uint32_t count, RunPlan& plan) {
    plan.base = count > 0 ? numbers[0] : 0;
    plan.width = plan.shift = plan.exceptionCount = 0;
    plan.bytes = 0;
    std::uint64_t differing = 0;
    for (std::uint32_t i = 0; i < count; ++i)
        differing |= numbers[i] ^ plan.base;
    // Two at a time: each waits for the one before.
    std::int64_t low = asSigned(plan.base), high = low, otherLow = low, otherHigh = low;
    for (std::uint32_t i = 1; i < count; i += 2) {
        low = std::min(low, asSigned(numbers[i - 1]));
        high = std::max(high, asSigned(numbers[i - 1]));
        otherLow = std::min(otherLow, asSigned(numbers[i]));
        otherHigh = std::max(otherHigh, asSigned(numbers[i]));
    }
    const std::int64_t last = count > 0 ? asSigned(numbers[count - 1]) : 0;
    low = std::min({low, otherLow, last});
    high = std::max({high, otherHigh, last});
    plan.low = low;
    plan.high = high;
    if (differing == 0)
        return;
    const auto shift = static_cast<unsigned>(std::countr_zero(differing));
    const std::uint64_t range = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
    // A byte for the shift and one for the count of exceptions.
    plan.shift = static_cast<std::uint8_t>(count * shift > 16 ? shift : 0);
    plan.base = static_cast<std::uint64_t>(low);
    plan.width = static_cast<std::uint8_t>(bitsOf(range >> plan.shift));
    plan.bytes = (std::size_t{count} * plan.width + 7) / 8 + (plan.shift > 0 ? 2 : 0);
    if (plan.bytes > 8)
        planExceptions(numbers, count, shift, plan);
}

std::uint8_t* putRun(std::uint8_t* at, const RunPlan& plan, const std::uint64_t* numbers,
                     std::uint32_t count) {
    const bool extra = plan.shift > 0 || plan.exceptionCount > 0;
    at = putSigned(at, plan.base);
    *at++ = static_cast<std::uint8_t>(plan.width | (extra ? PackedRun::extraBit : 0));
    if (extra) {
        *at++ = plan.shift;
        *at++ = plan.exceptionCount;
        for (std::uint32_t e = 0; e < plan.exceptionCount; ++e) {
            const std::uint8_t i = plan.exceptions[e];
            *at++ = i;
            at = putSigned(at, shiftedDown(numbers[i] - plan.base, plan.shift + plan.width));
        }
    }
    if (plan.width == 0)
        return at;
    const std::uint64_t mask = lowMask(plan.width);
    std::uint64_t word = 0;
    unsigned filled = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::uint64_t u = ((numbers[i] - plan.base) >> plan.shift) & mask;
        word |= u << filled;
        filled += plan.width;
        if (filled >= 64) {
            std::memcpy(at, &word, sizeof word);
            at += sizeof word;
            filled -= 64;
            word = filled > 0 ? u >> (plan.width - filled) : 0;
        }
    }
    std::memcpy(at, &word, sizeof word);
    return at + (filled + 7) / 8;
}

void PackedRun::takeExtra(const std::uint8_t*& at) {
    m_shift = *at++;
    m_exceptionCount = *at++;
    m_exceptions = at;
    for (std::uint32_t e = 0; e < m_exceptionCount; ++e) {
        ++at;
        while (*at++ >= 0x80) {
        }
    }
}

std::uint64_t PackedRun::at(std::uint32_t i) const {
    std::uint64_t u = m_width == 0            ? 0
                      : m_width <= narrowMost ? narrowAt(m_data, m_width, i)
                                              : wideAt(m_data, m_width, i);
    const std::uint8_t* from = m_exceptions;
    for (std::uint32_t e = 0; e < m_exceptionCount; ++e) {
        const bool found = *from++ == i;
        const std::uint64_t above = takeSigned(from);
        if (found)
            u += above << m_width;
    }
    return m_base + (u << m_shift);
}

void PackedRun::unpack(std::uint64_t* out) const {
    if (m_width == 0) {
        std::fill_n(out, m_count, m_exceptionCount > 0 ? 0 : m_base);
        if (m_exceptionCount == 0)
            return;
    } else if (m_width <= narrowMost) {
        unpackers[m_width](m_data, m_count, out);
    } else {
        for (std::uint32_t i = 0; i < m_count; ++i)
            out[i] = wideAt(m_data, m_width, i);
    }
    const std::uint8_t* from = m_exceptions;
    for (std::uint32_t e = 0; e < m_exceptionCount; ++e) {
        const std::uint8_t i = *from++;
        out[i] += takeSigned(from) << m_width;
    }
    const std::uint64_t base = m_base;
    if (m_shift == 0) {
        for (std::uint32_t i = 0; i < m_count; ++i)
            out[i] += base;
    } else {
        const unsigned shift = m_shift;
        for (std::uint32_t i = 0; i < m_count; ++i)
            out[i] = base + (out[i] << shift);
    }
}

} // namespace sightglass
