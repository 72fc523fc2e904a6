// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/store/bit_packing.h"

namespace sightglass {

// The parts that packed histograms and summaries are made of; their bytes are drawn at
// RecordPacking. What is read here was written by the functions beside.

/// The most bytes that a real takes.
inline constexpr std::size_t realMost = 11;

/// Appends to bytes, as far as room was made. Cuts them to what was written when it goes.
class RecordBytes {
  public:
    explicit RecordBytes(std::vector<std::uint8_t>& out) : m_out(out), m_size(out.size()) {}
    ~RecordBytes() { m_out.resize(m_size); }
    RecordBytes(const RecordBytes&) = delete;
    RecordBytes& operator=(const RecordBytes&) = delete;

    void room(std::size_t bytes) {
        if (m_out.size() < m_size + bytes)
            m_out.resize(std::max(m_size + bytes, 2 * m_out.size()));
    }
    [[nodiscard]] std::uint8_t* end() { return m_out.data() + m_size; }
    void setEnd(const std::uint8_t* end) { m_size = static_cast<std::size_t>(end - m_out.data()); }

    void byte(unsigned v) { *end() = static_cast<std::uint8_t>(v), ++m_size; }
    void number(std::uint64_t v) { setEnd(putVarint(end(), v)); }
    void signedNumber(std::uint64_t v) { setEnd(putSigned(end(), v)); }

    /// Told as what changed since `before`; at most realMost bytes.
    void real(double before, double v, double power);

  private:
    std::vector<std::uint8_t>& m_out; ///< larger than it will be in the end
    std::size_t m_size;
};

/// What RecordBytes::real wrote.
[[nodiscard]] double takeReal(const std::uint8_t*& at, double before, double power);

/// Bucket counts of the point before, as those of the next one see them.
struct CountsBefore {
    std::span<const std::uint64_t> counts;
    std::int64_t offset = 0; ///< of the next one's first bucket from the first of these

    [[nodiscard]] std::uint64_t at(std::size_t i) const {
        const std::int64_t index = static_cast<std::int64_t>(i) + offset;
        return index >= 0 && index < static_cast<std::int64_t>(counts.size())
                   ? counts[static_cast<std::size_t>(index)]
                   : 0;
    }
};

[[nodiscard]] bool sameCounts(std::span<const std::uint64_t> counts, const CountsBefore& before);
/// Makes room itself.
void putCounts(RecordBytes& out, std::span<const std::uint64_t> counts, const CountsBefore& before);
/// As many as `counts` has; all of them as before if `same`.
void takeCounts(const std::uint8_t*& at, bool same, const CountsBefore& before,
                std::vector<std::uint64_t>& counts);

} // namespace sightglass
