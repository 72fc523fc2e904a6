// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <cstdint>
#include <span>

#include "core/model/series_reader.h"

namespace sightglass {

/// What a sealed chunk knows of one of its fields: its points folded into one column, without a
/// point before.
struct ChunkSummary {
    Column column;
    TimeNs firstStart = 0; ///< start time of the first point with a value
};

/// Folds points into columns from left to right and remembers the last one for the rise across the
/// border. One thread; one series and field each. For the values of a delta metric each is a rise
/// of its own. A rise that is no number (from or to NaN, between infinities) counts as none.
class ColumnFold {
  public:
    explicit ColumnFold(bool delta) : m_delta(delta) {}

    /// The point before the first column.
    void seed(TimeNs time, double value) {
        m_hasPrevious = true;
        m_previousTime = time;
        m_previous = value;
    }

    void point(Column& column, TimeNs time, TimeNs startTime, double value) {
        begin(column, time, startTime, value, value, value);
        if (m_delta)
            rise(column, value);
        else if (m_hasPrevious)
            step(column, value);
        ++column.count;
        column.sum += value;
        end(column, time, value);
        column.stale = false;
    }

    void stale(Column& column) { column.stale = true; }

    /// All points of a chunk at once.
    void merge(Column& column, const ChunkSummary& summary) {
        const Column& other = summary.column;
        if (other.count > 0) {
            begin(column, other.firstTime, summary.firstStart, other.first, other.min, other.max);
            if (!m_delta && m_hasPrevious)
                step(column, other.first);
            rise(column, other.increase);
            column.resets += other.resets;
            column.count += other.count;
            column.sum += other.sum;
            end(column, other.lastTime, other.last);
            column.stale = false;
        }
        column.stale = column.stale || other.stale;
    }

  private:
    static bool isNan(double value) { return value != value; }

    void begin(Column& column, TimeNs time, TimeNs startTime, double first, double min,
               double max) {
        if (column.count == 0) {
            column.firstTime = time;
            column.first = first;
            column.min = min;
            column.max = max;
            const bool saysStart = m_delta && startTime != 0 && startTime < time;
            m_riseFrom = saysStart ? startTime : m_hasPrevious ? m_previousTime : time;
            return;
        }
        if (min < column.min || isNan(column.min))
            column.min = min;
        if (max > column.max || isNan(column.max))
            column.max = max;
    }

    void step(Column& column, double value) {
        if (value < m_previous) {
            ++column.resets;
            rise(column, value);
        } else {
            rise(column, value - m_previous);
        }
    }

    static void rise(Column& column, double by) {
        if (!isNan(by))
            column.increase += by;
    }

    void end(Column& column, TimeNs time, double value) {
        column.last = value;
        column.lastTime = time;
        // Times may lie further apart than the type reaches.
        column.increaseOver = static_cast<TimeNs>(static_cast<std::uint64_t>(time) -
                                                  static_cast<std::uint64_t>(m_riseFrom));
        seed(time, value);
    }

    bool m_delta;
    bool m_hasPrevious = false;
    double m_previous = 0;
    TimeNs m_previousTime = 0;
    TimeNs m_riseFrom = 0; ///< of the column that was written last
};

/// Which column a time falls into: see SeriesReader::columns. Exact for every range.
class ColumnGrid {
  public:
    /// `range.from <= range.to` and `count > 0`.
    ColumnGrid(TimeRange range, std::size_t count);

    [[nodiscard]] std::size_t indexOf(TimeNs time) const;
    /// The last time that belongs to a column.
    [[nodiscard]] TimeNs lastOf(std::size_t index) const;

  private:
    TimeRange m_range;
    std::uint64_t m_span;
    std::uint64_t m_count;
};

} // namespace sightglass
