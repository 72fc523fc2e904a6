// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/heat_buckets.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>

namespace sightglass::ui {

namespace {

/// Rounds down, also below zero.
std::int64_t shifted(std::int64_t index, int steps) {
    return index >> std::min(steps, 62);
}

bool areBounds(const std::vector<double>& bounds) {
    for (std::size_t i = 0; i < bounds.size(); ++i) {
        if (!std::isfinite(bounds[i]) || (i > 0 && !(bounds[i - 1] < bounds[i])))
            return false;
    }
    return true;
}

/// The counts of buckets by fewer bounds, all of which are among the old ones.
std::vector<double> joined(const std::vector<double>& counts, const std::vector<double>& bounds,
                           const std::vector<double>& fewer) {
    std::vector<double> out(fewer.size() + 1, 0);
    std::size_t to = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        out[to] += counts[i];
        if (i < bounds.size() && to < fewer.size() && bounds[i] == fewer[to])
            ++to;
    }
    return out;
}

Rise takeAway(std::vector<double>& counts, const std::vector<double>& earlier) {
    for (std::size_t i = 0; i < counts.size(); ++i) {
        counts[i] -= earlier[i];
        if (counts[i] < 0)
            return Rise::Anew;
    }
    return Rise::Known;
}

/// Spreads what lies in (low, high] over rows.
void spread(double low, double high, double count, bool byLogarithm,
            const std::vector<double>& edges, float* rows) {
    const auto rowAt = [&](double value) {
        return static_cast<std::size_t>(std::lower_bound(edges.begin(), edges.end(), value) -
                                        edges.begin());
    };
    const std::size_t last = rowAt(high);
    if (!std::isfinite(low) || last == edges.size() || !(low < high)) {
        rows[last] += static_cast<float>(count);
        return;
    }
    const auto place = [&](double value) { return byLogarithm ? std::log(value) : value; };
    const double whole = place(high) - place(low);
    double from = low;
    for (std::size_t row = rowAt(std::nextafter(low, HUGE_VAL)); row <= last; ++row) {
        const double to = row == last ? high : edges[row];
        if (to > from)
            rows[row] += static_cast<float>(count * (place(to) - place(from)) / whole);
        from = to;
    }
}

} // namespace

std::optional<ExplicitBuckets> ExplicitBuckets::of(const HistogramSample& sample) {
    if (!sample.bounds || sample.bucketCounts.size() != sample.bounds->bounds.size() + 1 ||
        !areBounds(sample.bounds->bounds))
        return std::nullopt;
    ExplicitBuckets out;
    out.bounds = sample.bounds;
    out.counts.assign(sample.bucketCounts.begin(), sample.bucketCounts.end());
    return out;
}

Rise ExplicitBuckets::subtract(const ExplicitBuckets& earlier) {
    if (bounds == earlier.bounds || bounds->bounds == earlier.bounds->bounds)
        return takeAway(counts, earlier.counts);
    auto both = std::make_shared<HistogramBounds>();
    std::set_intersection(bounds->bounds.begin(), bounds->bounds.end(),
                          earlier.bounds->bounds.begin(), earlier.bounds->bounds.end(),
                          std::back_inserter(both->bounds));
    counts = joined(counts, bounds->bounds, both->bounds);
    bounds = both;
    const Rise rise =
        takeAway(counts, joined(earlier.counts, earlier.bounds->bounds, both->bounds));
    return rise == Rise::Known && both->bounds.empty() ? Rise::Unknown : rise;
}

void ExponentialBuckets::Side::trim() {
    const auto holds = [](double count) { return count != 0; };
    const auto first = std::find_if(counts.begin(), counts.end(), holds);
    low += first - counts.begin();
    counts.erase(counts.begin(), first);
    counts.erase(std::find_if(counts.rbegin(), counts.rend(), holds).base(), counts.end());
    if (counts.empty())
        low = 0;
}

void ExponentialBuckets::Side::coarsen(int steps) {
    if (counts.empty() || steps <= 0)
        return;
    const std::int64_t newLow = shifted(low, steps);
    std::vector<double> joint(static_cast<std::size_t>(shifted(end() - 1, steps) - newLow + 1), 0);
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const std::int64_t at = shifted(low + static_cast<std::int64_t>(i), steps) - newLow;
        joint[static_cast<std::size_t>(at)] += counts[i];
    }
    low = newLow;
    counts = std::move(joint);
}

void ExponentialBuckets::Side::reach(std::int64_t from, std::int64_t to) {
    if (from >= to)
        return;
    if (counts.empty())
        low = from;
    if (from < low) {
        counts.insert(counts.begin(), static_cast<std::size_t>(low - from), 0);
        low = from;
    }
    if (to > end())
        counts.resize(static_cast<std::size_t>(to - low), 0);
}

bool ExponentialBuckets::Side::spans(const Side& other) const {
    return other.counts.empty() || (!counts.empty() && low <= other.low && other.end() <= end());
}

void ExponentialBuckets::Side::add(const Side& other, double part) {
    reach(other.low, other.end());
    for (std::size_t i = 0; i < other.counts.size(); ++i)
        counts[static_cast<std::size_t>(other.low - low) + i] += part * other.counts[i];
}

double exponentialBound(int scale, std::int64_t index) {
    const double power = std::ldexp(static_cast<double>(index), -scale);
    return std::exp2(std::clamp(power, -1022.0, 1023.0));
}

std::optional<ExponentialBuckets> ExponentialBuckets::of(const ExponentialHistogramSample& sample) {
    // Beyond these a bucket is all there is, or thinner than a double can say.
    if (sample.scale < -11 || sample.scale > 52)
        return std::nullopt;
    ExponentialBuckets out;
    out.scale = sample.scale;
    out.zero = static_cast<double>(sample.zeroCount);
    out.zeroThreshold =
        std::isfinite(sample.zeroThreshold) ? std::max(sample.zeroThreshold, 0.0) : 0;
    out.positive = {sample.positiveOffset,
                    {sample.positiveCounts.begin(), sample.positiveCounts.end()}};
    out.negative = {sample.negativeOffset,
                    {sample.negativeCounts.begin(), sample.negativeCounts.end()}};
    out.positive.trim();
    out.negative.trim();
    return out;
}

void ExponentialBuckets::coarsenTo(int coarser) {
    positive.coarsen(scale - coarser);
    negative.coarsen(scale - coarser);
    scale = std::min(scale, coarser);
}

void ExponentialBuckets::widenZero(double threshold) {
    if (threshold <= zeroThreshold)
        return;
    zeroThreshold = threshold;
    for (Side* side : {&positive, &negative}) {
        for (std::size_t i = 0; i < side->counts.size(); ++i) {
            if (exponentialBound(scale, side->low + static_cast<std::int64_t>(i)) >= threshold)
                break;
            zero += std::exchange(side->counts[i], 0);
        }
        side->trim();
    }
}

Rise ExponentialBuckets::subtract(const ExponentialBuckets& earlier) {
    ExponentialBuckets before = earlier;
    before.coarsenTo(scale);
    coarsenTo(before.scale);
    before.widenZero(zeroThreshold);
    widenZero(before.zeroThreshold);
    zero -= before.zero;
    // Both are trimmed: where only the earlier one reaches to, a bucket fell. Offsets come from
    // outside, so no room is made for what lies between them.
    if (!positive.spans(before.positive) || !negative.spans(before.negative))
        return Rise::Anew;
    positive.add(before.positive, -1);
    negative.add(before.negative, -1);
    const auto fell = [](double count) { return count < 0; };
    if (zero < 0 || std::any_of(positive.counts.begin(), positive.counts.end(), fell) ||
        std::any_of(negative.counts.begin(), negative.counts.end(), fell))
        return Rise::Anew;
    positive.trim();
    negative.trim();
    return Rise::Known;
}

int ExponentialBuckets::scaleFor(const ExponentialBuckets& other, std::int64_t most) const {
    for (int at = std::min(scale, other.scale);; --at) {
        std::int64_t needed = 0;
        for (const auto side : {&ExponentialBuckets::positive, &ExponentialBuckets::negative}) {
            std::int64_t low = std::numeric_limits<std::int64_t>::max();
            std::int64_t end = std::numeric_limits<std::int64_t>::min();
            for (const ExponentialBuckets* one : {this, &other}) {
                const Side& s = one->*side;
                if (s.counts.empty())
                    continue;
                low = std::min(low, shifted(s.low, one->scale - at));
                end = std::max(end, shifted(s.end() - 1, one->scale - at) + 1);
            }
            needed += end > low ? end - low : 0;
        }
        if (needed <= most)
            return at;
    }
}

HeatTally::HeatTally(TimeNs from, TimeNs cellNs, int cells)
    : m_from(from),
      m_cellNs(std::max<TimeNs>(cellNs, 1)),
      m_cells(static_cast<std::size_t>(std::max(cells, 1))),
      m_seconds(m_cells, 0),
      m_seriesSeconds(m_cells, 0) {}

void HeatTally::beginSeries() {
    std::fill(m_seriesSeconds.begin(), m_seriesSeconds.end(), 0);
}

void HeatTally::endSeries() {
    for (std::size_t i = 0; i < m_cells; ++i)
        m_seconds[i] = std::max(m_seconds[i], m_seriesSeconds[i]);
}

void HeatTally::cover(TimeNs after, TimeNs until) {
    m_parts.clear();
    const auto width = static_cast<TimeNs>(m_cells) * m_cellNs;
    const double cellSeconds = static_cast<double>(m_cellNs) / static_cast<double>(nsPerSecond);
    if (after >= until) { // over what time is not known: the cell's own will do
        if (until >= m_from && until <= m_from + width) {
            const auto cell = static_cast<std::size_t>((until - m_from) / m_cellNs);
            m_parts.push_back({std::min(cell, m_cells - 1), 1});
            m_seriesSeconds[m_parts.back().cell] = cellSeconds;
        }
        return;
    }
    const TimeNs begin = std::max(after, m_from);
    const TimeNs end = std::min(until, m_from + width);
    for (TimeNs at = begin; at < end;) {
        const TimeNs cell = (at - m_from) / m_cellNs;
        const TimeNs next = std::min(end, m_from + (cell + 1) * m_cellNs);
        const auto part = static_cast<double>(next - at);
        m_parts.push_back(
            {static_cast<std::size_t>(cell), part / static_cast<double>(until - after)});
        double& seen = m_seriesSeconds[static_cast<std::size_t>(cell)];
        seen = std::min(cellSeconds, seen + part / static_cast<double>(nsPerSecond));
        at = next;
    }
}

std::size_t HeatTally::layoutFor(const std::shared_ptr<const HistogramBounds>& bounds) {
    for (std::size_t i = 0; i < m_layouts.size(); ++i) {
        if (m_layouts[i].bounds == bounds)
            return i;
    }
    for (std::size_t i = 0; i < m_layouts.size(); ++i) {
        if (m_layouts[i].bounds->bounds == bounds->bounds)
            return i;
    }
    if (m_layouts.size() < boundsMost)
        m_layouts.push_back(
            {bounds, std::vector<double>(m_cells * (bounds->bounds.size() + 1), 0)});
    return m_layouts.size() - 1;
}

void HeatTally::add(const ExplicitBuckets& came, TimeNs after, TimeNs until) {
    cover(after, until);
    if (m_parts.empty())
        return;
    Layout& layout = m_layouts[layoutFor(came.bounds)];
    const std::size_t rows = layout.bounds->bounds.size() + 1;
    std::vector<double> counts = came.counts;
    if (layout.bounds->bounds != came.bounds->bounds) {
        std::vector<float> spreadOut(rows, 0);
        const std::vector<double>& own = came.bounds->bounds;
        for (std::size_t i = 0; i < counts.size(); ++i) {
            const double high = i < own.size() ? own[i] : HUGE_VAL;
            const double low = i > 0 ? own[i - 1] : high > 0 ? 0 : -HUGE_VAL;
            spread(low, high, counts[i], false, layout.bounds->bounds, spreadOut.data());
        }
        counts.assign(spreadOut.begin(), spreadOut.end());
    }
    for (const Part& part : m_parts) {
        double* cell = layout.counts.data() + part.cell * rows;
        for (std::size_t i = 0; i < rows; ++i)
            cell[i] += part.share * counts[i];
    }
}

void HeatTally::add(const ExponentialBuckets& came, TimeNs after, TimeNs until) {
    cover(after, until);
    if (m_parts.empty())
        return;
    if (m_exponential.empty()) {
        m_all.scale = came.scale;
        m_exponential.resize(m_cells);
        for (ExponentialBuckets& cell : m_exponential)
            cell.scale = came.scale;
    }
    const int scale = m_all.scaleFor(came, rowsMost);
    const double zeroThreshold = std::max(m_all.zeroThreshold, came.zeroThreshold);
    ExponentialBuckets fitting = came;
    fitting.coarsenTo(scale);
    if (scale < m_all.scale) {
        m_all.coarsenTo(scale);
        for (ExponentialBuckets& cell : m_exponential)
            cell.coarsenTo(scale);
    }
    const auto sum = [&](ExponentialBuckets& to, double part) {
        to.zero += part * fitting.zero;
        to.positive.add(fitting.positive, part);
        to.negative.add(fitting.negative, part);
    };
    m_all.zeroThreshold = zeroThreshold;
    sum(m_all, 1);
    for (const Part& part : m_parts)
        sum(m_exponential[part.cell], part.share);
}

HeatGrid HeatTally::grid() const {
    HeatGrid grid;
    grid.exponential = m_layouts.empty();
    grid.seconds.assign(m_seconds.begin(), m_seconds.end());

    std::vector<double>& edges = grid.edges;
    for (const Layout& layout : m_layouts)
        edges.insert(edges.end(), layout.bounds->bounds.begin(), layout.bounds->bounds.end());
    std::sort(edges.begin(), edges.end());
    edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
    while (edges.size() > static_cast<std::size_t>(rowsMost)) {
        std::vector<double> fewer;
        for (std::size_t i = 1; i < edges.size(); i += 2)
            fewer.push_back(edges[i]);
        edges = std::move(fewer);
    }
    if (!m_exponential.empty()) {
        const auto add = [&](const ExponentialBuckets::Side& side, double sign) {
            if (side.counts.empty())
                return;
            for (std::int64_t i = side.low; i <= side.end(); ++i)
                edges.push_back(sign * exponentialBound(m_all.scale, i));
        };
        add(m_all.positive, 1);
        add(m_all.negative, -1);
        // Nothing but zeros: one edge, so that the row below it can be drawn.
        if (edges.empty())
            edges.push_back(std::max(m_all.zeroThreshold, 1e-9));
        std::sort(edges.begin(), edges.end());
        edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
        grid.zeroThreshold = m_all.zeroThreshold;
        grid.zeroRow =
            static_cast<int>(std::lower_bound(edges.begin(), edges.end(), 0.0) - edges.begin());
    }

    const std::size_t rows = grid.rows();
    grid.counts.assign(m_cells * rows, 0);
    for (const Layout& layout : m_layouts) {
        const std::vector<double>& bounds = layout.bounds->bounds;
        const bool same = bounds == edges;
        for (std::size_t cell = 0; cell < m_cells; ++cell) {
            float* to = grid.counts.data() + cell * rows;
            const double* counts = layout.counts.data() + cell * (bounds.size() + 1);
            for (std::size_t i = 0; i <= bounds.size(); ++i) {
                if (counts[i] == 0)
                    continue;
                if (same) {
                    to[i] += static_cast<float>(counts[i]);
                    continue;
                }
                const double high = i < bounds.size() ? bounds[i] : HUGE_VAL;
                const double low = i > 0 ? bounds[i - 1] : high > 0 ? 0 : -HUGE_VAL;
                spread(low, high, counts[i], false, edges, to);
            }
        }
    }
    for (std::size_t cell = 0; cell < m_exponential.size(); ++cell) {
        float* to = grid.counts.data() + cell * rows;
        const ExponentialBuckets& from = m_exponential[cell];
        to[*grid.zeroRow] += static_cast<float>(from.zero);
        const auto bound = [&](std::int64_t i) { return exponentialBound(m_all.scale, i); };
        for (std::size_t i = 0; i < from.positive.counts.size(); ++i) {
            const std::int64_t index = from.positive.low + static_cast<std::int64_t>(i);
            if (from.positive.counts[i] > 0)
                spread(bound(index), bound(index + 1), from.positive.counts[i], true, edges, to);
        }
        for (std::size_t i = 0; i < from.negative.counts.size(); ++i) {
            // Negative buckets lie the other way round; they are never split.
            const std::int64_t index = from.negative.low + static_cast<std::int64_t>(i);
            if (from.negative.counts[i] > 0) {
                const auto row =
                    std::lower_bound(edges.begin(), edges.end(), -bound(index)) - edges.begin();
                to[row] += static_cast<float>(from.negative.counts[i]);
            }
        }
    }
    return grid;
}

std::vector<double> HeatGrid::distribution(std::optional<std::size_t> cell) const {
    std::vector<double> sum(rows(), 0);
    const std::size_t begin = cell.value_or(0);
    const std::size_t end = cell ? *cell + 1 : seconds.size();
    for (std::size_t c = begin; c < end; ++c) {
        for (std::size_t row = 0; row < rows(); ++row)
            sum[row] += static_cast<double>(at(c, row));
    }
    return sum;
}

HeatGrid::Window HeatGrid::around(std::size_t cell) const {
    constexpr double enough = 100;
    Window window{cell, cell, distribution(cell)};
    double total = std::accumulate(window.counts.begin(), window.counts.end(), 0.0);
    const auto isSeen = [&](std::size_t at) { return seconds[at] > 0; };
    const std::size_t most = std::max<std::size_t>(seconds.size() / 40, 1);
    const auto add = [&](std::size_t beside) {
        for (std::size_t row = 0; row < rows(); ++row) {
            window.counts[row] += static_cast<double>(at(beside, row));
            total += static_cast<double>(at(beside, row));
        }
    };
    for (std::size_t aside = 1; isSeen(cell) && aside <= most && total < enough; ++aside) {
        // A side that met its end stays behind.
        if (window.first + aside == cell + 1 && window.first > 0 && isSeen(window.first - 1))
            add(--window.first);
        if (window.last + 1 == cell + aside && window.last + 1 < seconds.size() &&
            isSeen(window.last + 1))
            add(++window.last);
    }
    return window;
}

std::optional<double> quantileOf(const HeatGrid& grid, const std::vector<double>& distribution,
                                 double q) {
    double total = 0;
    for (const double count : distribution)
        total += count;
    if (!(total > 0) || grid.edges.empty())
        return std::nullopt;
    const double rank = q * total;
    double below = 0;
    std::size_t row = 0;
    // Sums of parts miss the whole by a rounding; the last row that holds something takes that.
    std::size_t last = distribution.size() - 1;
    while (last > 0 && distribution[last] <= 0)
        --last;
    for (; row < last && below + distribution[row] < rank; ++row)
        below += distribution[row];
    const std::vector<double>& edges = grid.edges;
    if (row == edges.size())
        return edges.back();
    const double part =
        distribution[row] > 0 ? std::clamp((rank - below) / distribution[row], 0.0, 1.0) : 0;
    const bool isZero = grid.zeroRow && static_cast<std::size_t>(*grid.zeroRow) == row;
    if (isZero) {
        const auto holds = [](double count) { return count > 0; };
        const auto zeroAt = distribution.begin() + *grid.zeroRow;
        const double low =
            std::any_of(distribution.begin(), zeroAt, holds) ? -grid.zeroThreshold : 0;
        const double high =
            std::any_of(zeroAt + 1, distribution.end(), holds) || low == 0 ? grid.zeroThreshold : 0;
        return low + part * (high - low);
    }
    const double high = edges[row];
    if (row == 0 && high <= 0)
        return high;
    const double low = row > 0 ? edges[row - 1] : 0;
    if (grid.exponential && low > 0)
        return low * std::pow(high / low, part);
    if (grid.exponential && high < 0)
        return low * std::pow(high / low, part);
    return low + part * (high - low);
}

} // namespace sightglass::ui
