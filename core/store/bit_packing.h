// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace sightglass {

// The bytes that a sealed chunk is made of. All readers here trust what they read: it was written
// by the functions beside them and never left the process. Numbers are 64 bits wide and all sums
// and differences are taken modulo 2^64, so every run of numbers can be packed.

[[nodiscard]] inline std::uint64_t zigzag(std::uint64_t v) {
    return (v << 1) ^ (std::uint64_t{0} - (v >> 63));
}
[[nodiscard]] inline std::uint64_t unzigzag(std::uint64_t v) {
    return (v >> 1) ^ (std::uint64_t{0} - (v & 1));
}

/// As in Protobuf: seven bits a byte, the lowest first; 1 to 10 bytes.
inline std::uint8_t* putVarint(std::uint8_t* at, std::uint64_t v) {
    while (v >= 0x80) {
        *at++ = static_cast<std::uint8_t>(v | 0x80);
        v >>= 7;
    }
    *at++ = static_cast<std::uint8_t>(v);
    return at;
}
[[nodiscard]] inline std::uint64_t takeVarint(const std::uint8_t*& at) {
    std::uint64_t v = *at++;
    if (v < 0x80)
        return v;
    v &= 0x7f;
    for (unsigned shift = 7;; shift += 7) {
        const std::uint64_t byte = *at++;
        v |= (byte & 0x7f) << shift;
        if (byte < 0x80)
            return v;
    }
}
inline std::uint8_t* putSigned(std::uint8_t* at, std::uint64_t v) {
    return putVarint(at, zigzag(v));
}
[[nodiscard]] inline std::uint64_t takeSigned(const std::uint8_t*& at) {
    return unzigzag(takeVarint(at));
}
inline std::uint8_t* putWord(std::uint8_t* at, std::uint64_t v) {
    std::memcpy(at, &v, sizeof v);
    return at + sizeof v;
}
[[nodiscard]] inline std::uint64_t takeWord(const std::uint8_t*& at) {
    std::uint64_t v = 0;
    std::memcpy(&v, at, sizeof v);
    at += sizeof v;
    return v;
}

/// The most numbers in a run.
inline constexpr std::uint32_t runMost = 128;
/// Bytes that a packed run never exceeds.
inline constexpr std::size_t packedRunMost = runMost * sizeof(std::uint64_t) + 128;

/// How a run of numbers is best packed: frame of reference, with the few that would make it wide
/// kept apart.
///
///     number i = base + (u(i) << shift)
///
///     +---------------+--------------+-------------------------------------+------------------+
///     | base          | width  7 bit | if extra: shift, count (bytes), and | low `width` bits |
///     | signed varint | extra  1 bit | for each: index (byte), signed      | of all u(i), the |
///     |               |              | varint of u(i) >> width             | lowest bit first |
///     +---------------+--------------+-------------------------------------+------------------+
struct RunPlan {
    std::uint64_t base = 0;
    std::uint8_t width = 0; ///< 0 to 64
    std::uint8_t shift = 0;
    std::uint8_t exceptionCount = 0;
    std::size_t bytes = 0;          ///< about what it will take
    std::int64_t low = 0, high = 0; ///< the least and the most of the numbers, taken as signed
    std::array<std::uint8_t, runMost> exceptions; ///< indices, ascending
};

/// `count` may be 0 and is at most runMost.
void planRun(const std::uint64_t* numbers, std::uint32_t count, RunPlan& out);
/// Writes at most packedRunMost bytes and may touch 8 more.
std::uint8_t* putRun(std::uint8_t* at, const RunPlan& plan, const std::uint64_t* numbers,
                     std::uint32_t count);

/// A packed run where it lies. Eight readable bytes must come before it.
class PackedRun {
  public:
    PackedRun() = default;
    /// Moves `at` behind the run.
    PackedRun(const std::uint8_t*& at, std::uint32_t count)
        : m_base(takeSigned(at)), m_width(*at & 0x7f), m_count(count) {
        if ((*at++ & extraBit) != 0)
            takeExtra(at);
        m_data = at;
        at += (std::size_t{count} * m_width + 7) / 8;
    }

    /// One number, by counting where it lies.
    [[nodiscard]] std::uint64_t at(std::uint32_t i) const;
    /// All of them.
    void unpack(std::uint64_t* out) const;

  private:
    friend std::uint8_t* putRun(std::uint8_t*, const RunPlan&, const std::uint64_t*, std::uint32_t);
    static constexpr std::uint8_t extraBit = 0x80;

    void takeExtra(const std::uint8_t*& at);

    std::uint64_t m_base = 0;
    const std::uint8_t* m_exceptions = nullptr;
    const std::uint8_t* m_data = nullptr;
    std::uint8_t m_width = 0, m_shift = 0, m_exceptionCount = 0;
    std::uint32_t m_count = 0;
};

} // namespace sightglass
