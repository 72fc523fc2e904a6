// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/columns.h"

#include <algorithm>

namespace sightglass {

namespace {

__extension__ using Wide = unsigned __int128;

} // namespace

ColumnGrid::ColumnGrid(TimeRange range, std::size_t count)
    : m_range(range),
      m_span(static_cast<std::uint64_t>(range.to) - static_cast<std::uint64_t>(range.from)),
      m_count(count) {}

std::size_t ColumnGrid::indexOf(TimeNs time) const {
    if (m_span == 0)
        return m_count - 1;
    const std::uint64_t offset =
        static_cast<std::uint64_t>(time) - static_cast<std::uint64_t>(m_range.from);
    const auto index = static_cast<std::uint64_t>(Wide{offset} * m_count / m_span);
    return std::min(index, m_count - 1);
}

TimeNs ColumnGrid::lastOf(std::size_t index) const {
    if (index + 1 >= m_count)
        return m_range.to;
    // Times below (index + 1) * span / count, which need not be a whole number.
    const Wide border = Wide{index + 1} * m_span;
    const auto end = static_cast<std::uint64_t>((border + m_count - 1) / m_count);
    return static_cast<TimeNs>(static_cast<std::uint64_t>(m_range.from) + end - 1);
}

} // namespace sightglass
