// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/series_reading.h"

#include <algorithm>
#include <limits>

namespace sightglass {

namespace {

/// Index of the first of `size` points at `time` or later.
template <class Points>
std::uint32_t firstFrom(const Points& points, std::uint32_t size, TimeNs time) {
    std::uint32_t low = 0, high = size;
    while (low < high) {
        const std::uint32_t middle = low + (high - low) / 2;
        if (points.time(middle) < time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

template <class Points>
std::uint32_t firstAfter(const Points& points, std::uint32_t size, TimeNs time) {
    return time == std::numeric_limits<TimeNs>::max() ? size : firstFrom(points, size, time + 1);
}

template <class S>
const typename KeptAs<S>::Head& headOf(const SeriesView& view) {
    return static_cast<const typename KeptAs<S>::Head&>(*view.head.get());
}

/// The first chunk with a point at `time` or later.
std::uint32_t firstReaching(const SeriesView& view, TimeNs time) {
    std::uint32_t low = view.begin, high = view.end;
    while (low < high) {
        const std::uint32_t middle = low + (high - low) / 2;
        if ((*view.chunks)[middle]->lastTime() < time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/// Folds points into columns from left to right.
class ColumnFiller {
  public:
    ColumnFiller(TimeRange range, bool delta, Field field, std::span<Column> columns)
        : m_columns(columns),
          m_grid(range, columns.size()),
          m_range(range),
          m_field(field),
          m_fold(delta),
          m_index(columns.size()) {}

    /// What was before the range.
    void seed(const ChunkSummary& summary) {
        if (summary.column.count > 0)
            m_fold.seed(summary.column.lastTime, summary.column.last);
    }
    template <class Points>
    void seed(const Points& points, std::uint32_t end) {
        for (std::uint32_t i = end; i-- > 0;) {
            double value = 0;
            if (points.real(i, m_field, value)) {
                m_fold.seed(points.time(i), value);
                return;
            }
        }
    }

    /// A whole chunk, if all of it falls into one column.
    [[nodiscard]] bool take(const SealedChunk& chunk) {
        if (chunk.firstTime() < m_range.from || chunk.lastTime() > m_range.to)
            return false;
        enter(chunk.firstTime());
        if (chunk.lastTime() > m_columnLast)
            return false;
        m_fold.merge(m_column, chunk.summary(m_field));
        return true;
    }

    template <class Points>
    void take(const Points& points, std::uint32_t size) {
        const std::uint32_t begin =
            size > 0 && points.time(0) < m_range.from ? firstFrom(points, size, m_range.from) : 0;
        if (begin > 0)
            seed(points, begin);
        const std::uint32_t end = firstAfter(points, size, m_range.to);
        for (std::uint32_t i = begin; i < end; ++i) {
            const TimeNs time = points.time(i);
            enter(time);
            double value = 0;
            if (points.real(i, m_field, value))
                m_fold.point(m_column, time, points.startTime(i), value);
            else if (points.stale(i))
                m_fold.stale(m_column);
        }
    }

    void finish() {
        if (m_index < m_columns.size())
            m_columns[m_index] = m_column;
    }

  private:
    void enter(TimeNs time) {
        if (m_index < m_columns.size() && time <= m_columnLast)
            return;
        finish();
        m_column = {};
        m_index = m_grid.indexOf(time);
        m_columnLast = m_grid.lastOf(m_index);
    }

    std::span<Column> m_columns;
    ColumnGrid m_grid;
    TimeRange m_range;
    Field m_field;
    ColumnFold m_fold;
    // The column being filled is not yet among the others: so it stays in registers.
    Column m_column;
    std::size_t m_index;
    TimeNs m_columnLast = 0;
};

template <class S>
void fill(const SeriesView& view, TimeRange range, Field field, ColumnFiller& filler) {
    std::uint32_t i = firstReaching(view, range.from);
    for (std::uint32_t before = i; before > view.begin;) {
        --before;
        const ChunkSummary summary = (*view.chunks)[before]->summary(field);
        if (summary.column.count > 0) {
            filler.seed(summary);
            break;
        }
    }
    typename KeptAs<S>::Block block;
    for (; i < view.end; ++i) {
        const SealedChunk& chunk = *(*view.chunks)[i];
        if (chunk.firstTime() > range.to)
            return;
        if (view.isWhole(i) && filler.take(chunk))
            continue;
        chunk.decode(block);
        filler.take(block, view.sizeOf(i));
    }
    if (view.pointsOfHead > 0)
        filler.take(headOf<S>(view), view.pointsOfHead);
}

/// The newest number in `range`: `found` as soon as it is known, be it that there is none.
template <class Points>
std::optional<Sample> newestIn(const Points& points, std::uint32_t size, Field field,
                               TimeRange range, bool& found) {
    const std::uint32_t begin = firstFrom(points, size, range.from);
    for (std::uint32_t i = firstAfter(points, size, range.to); i-- > begin;) {
        found = points.stale(i);
        if (found)
            return std::nullopt;
        if (std::optional<Sample> number = points.number(i, field)) {
            found = true;
            return number;
        }
    }
    // Nothing further back is in the range.
    found = begin > 0;
    return std::nullopt;
}

} // namespace

std::optional<TimeRange> extentOf(const SeriesView& view, MetricType type) {
    if (view.empty())
        return std::nullopt;
    return withSampleType(type, [&view]<class S>() -> TimeRange {
        TimeRange out;
        const bool hasHead = view.pointsOfHead > 0;
        out.from = view.begin < view.end ? (*view.chunks)[view.begin]->firstTime()
                                         : headOf<S>(view).time(0);
        if (hasHead) {
            out.to = headOf<S>(view).time(view.pointsOfHead - 1);
        } else if (view.isWhole(view.end - 1)) {
            out.to = (*view.chunks)[view.end - 1]->lastTime();
        } else {
            typename KeptAs<S>::Block block;
            (*view.chunks)[view.end - 1]->decode(block);
            out.to = block.time(view.sizeOf(view.end - 1) - 1);
        }
        return out;
    });
}

template <class S>
void readSamples(const SeriesView& view, TimeRange range, std::vector<S>& out) {
    const auto take = [&](const auto& points, std::uint32_t size) {
        const std::uint32_t end = firstAfter(points, size, range.to);
        for (std::uint32_t i = firstFrom(points, size, range.from); i < end; ++i)
            out.push_back(points.sample(i));
    };
    typename KeptAs<S>::Block block;
    for (std::uint32_t i = firstReaching(view, range.from); i < view.end; ++i) {
        const SealedChunk& chunk = *(*view.chunks)[i];
        if (chunk.firstTime() > range.to)
            return;
        chunk.decode(block);
        take(block, view.sizeOf(i));
    }
    if (view.pointsOfHead > 0)
        take(headOf<S>(view), view.pointsOfHead);
}

template void readSamples(const SeriesView&, TimeRange, std::vector<Sample>&);
template void readSamples(const SeriesView&, TimeRange, std::vector<HistogramSample>&);
template void readSamples(const SeriesView&, TimeRange, std::vector<ExponentialHistogramSample>&);
template void readSamples(const SeriesView&, TimeRange, std::vector<SummarySample>&);

void foldColumns(const SeriesView& view, const Descriptor& descriptor, Field field, TimeRange range,
                 std::span<Column> columns) {
    if (columns.empty() || range.from > range.to)
        return;
    ColumnFiller filler(range, descriptor.temporality == Temporality::Delta, field, columns);
    withSampleType(descriptor.type, [&]<class S>() { fill<S>(view, range, field, filler); });
    filler.finish();
}

std::optional<Sample> latestNumber(const SeriesView& view, MetricType type, Field field,
                                   TimeNs time, TimeNs lookback) {
    if (lookback <= 0)
        return std::nullopt;
    // After time - lookback, but not before the first time there is.
    constexpr TimeNs first = std::numeric_limits<TimeNs>::min();
    const TimeRange range{time < first + lookback ? first : time - lookback + 1, time};
    return withSampleType(type, [&]<class S>() -> std::optional<Sample> {
        bool found = false;
        if (view.pointsOfHead > 0) {
            const auto number = newestIn(headOf<S>(view), view.pointsOfHead, field, range, found);
            if (found)
                return number;
        }
        typename KeptAs<S>::Block block;
        for (std::uint32_t i = view.end; i-- > view.begin;) {
            const SealedChunk& chunk = *(*view.chunks)[i];
            if (chunk.firstTime() > range.to)
                continue;
            if (chunk.lastTime() < range.from)
                break;
            chunk.decode(block);
            const auto number = newestIn(block, view.sizeOf(i), field, range, found);
            if (found)
                return number;
        }
        return std::nullopt;
    });
}

} // namespace sightglass
