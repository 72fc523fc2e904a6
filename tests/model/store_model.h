// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/store_feed.h"

// A store that is plainly right: lists of points.
namespace sightglass::test {

enum class Kind { Gauge, Counter, Delta, Histogram, Summary };
inline constexpr int kindCount = 5;

constexpr DescriptorView descriptorOf(Kind kind) {
    switch (kind) {
    case Kind::Gauge:
        break;
    case Kind::Counter:
        return {"counter", "", "", MetricType::Sum, true, Temporality::Cumulative};
    case Kind::Delta:
        return {"delta", "", "", MetricType::Sum, true, Temporality::Delta};
    case Kind::Histogram:
        return {"histogram", "", "", MetricType::Histogram, false, Temporality::Cumulative};
    case Kind::Summary:
        return {"summary", "", "", MetricType::Summary};
    }
    return {"gauge", "", "", MetricType::Gauge, false, Temporality::Unspecified};
}

/// Every value follows from its time, so that a reader can judge a sample without the model. Whole
/// numbers that no packing makes much smaller, and whose sums are exact in any order.
inline double valueAt(TimeNs time) {
    const std::uint64_t mixed = static_cast<std::uint64_t>(time) * 0x9e3779b97f4a7c15u;
    return static_cast<double>((mixed ^ (mixed >> 31)) & 0xffffffffu);
}
inline bool isIntegerAt(TimeNs time) {
    return time % 3 == 0;
}

struct ModelPoint {
    TimeNs time = 0;
    TimeNs startTime = 0;
    bool stale = false;

    friend bool operator==(const ModelPoint&, const ModelPoint&) = default;
};

/// Points of one series in the order of their times.
struct ModelSeries {
    Kind kind = Kind::Gauge;
    std::vector<ModelPoint> points;
    std::optional<SeriesId> id;

    [[nodiscard]] TimeNs newest() const { return points.empty() ? 0 : points.back().time; }
    [[nodiscard]] auto at(TimeNs time) {
        return std::ranges::lower_bound(points, time, {}, &ModelPoint::time);
    }
    /// What a store with this late window makes of it: taken, or refused.
    bool write(const ModelPoint& point, TimeNs lateWindow) {
        if (point.time == 0)
            return false;
        const auto place = at(point.time);
        if (place != points.end() && place->time == point.time)
            return *place == point;
        if (!points.empty() && point.time < newest() - lateWindow)
            return false;
        points.insert(place, point);
        return true;
    }
};

inline void putPoint(BatchMaker& maker, Kind kind, const ModelPoint& point, const Labels& labels) {
    const double value = valueAt(point.time);
    PointHeader* header = nullptr;
    if (kind == Kind::Histogram) {
        // Bounds differ now and then.
        const bool wide = point.time % 7 == 0;
        const std::vector<double> bounds =
            wide ? std::vector<double>{1, 2} : std::vector<double>{5};
        std::vector<std::uint64_t> counts(bounds.size() + 1, 0);
        counts[0] = static_cast<std::uint64_t>(value);
        header = &maker.histogram(point.time, bounds, counts, value, labels);
    } else if (kind == Kind::Summary) {
        SummaryPoint& summary = maker.summary(point.time, labels);
        summary.count = static_cast<std::uint64_t>(value);
        summary.sum = value;
        summary.quantiles =
            BatchMaker::append<Quantile>(maker.batch().quantiles, {{0.5, value / 2}});
        header = &summary;
    } else {
        const Number number = isIntegerAt(point.time) ? Number::of(static_cast<std::int64_t>(value))
                                                      : Number::of(value);
        header = &maker.number(point.time, number, labels);
    }
    header->startTime = point.startTime;
    header->flags = point.stale ? noRecordedValueFlag : 0;
}

/// Column `index` of `count`, point by point. See SeriesReader::columns and Column.
inline Column naiveColumn(const std::vector<ModelPoint>& points, bool delta, TimeRange range,
                          std::size_t index, std::size_t count) {
    Column out;
    const auto columnOf = [&](TimeNs time) {
        const auto offset = static_cast<std::size_t>(time - range.from);
        const auto span = static_cast<std::size_t>(range.to - range.from);
        return span == 0 ? count - 1 : std::min(offset * count / span, count - 1);
    };
    const ModelPoint* before = nullptr;
    TimeNs riseFrom = 0;
    for (const ModelPoint& point : points) {
        if (point.time > range.to)
            break;
        if (point.time >= range.from && columnOf(point.time) == index) {
            if (point.stale) {
                out.stale = true;
                continue;
            }
            const double value = valueAt(point.time);
            if (out.count++ == 0) {
                out.first = out.min = out.max = value;
                out.firstTime = point.time;
                const bool saysStart =
                    delta && point.startTime != 0 && point.startTime < point.time;
                riseFrom = saysStart ? point.startTime : before ? before->time : point.time;
            }
            out.min = std::min(out.min, value);
            out.max = std::max(out.max, value);
            out.last = value;
            out.lastTime = point.time;
            out.sum += value;
            out.stale = false;
            if (delta) {
                out.increase += value;
            } else if (before) {
                const double previous = valueAt(before->time);
                out.resets += value < previous ? 1 : 0;
                out.increase += value < previous ? value : value - previous;
            }
            out.increaseOver = point.time - riseFrom;
        }
        if (!point.stale)
            before = &point;
    }
    return out;
}

inline bool same(const Column& a, const Column& b) {
    return a.count == b.count && a.stale == b.stale && a.firstTime == b.firstTime &&
           a.lastTime == b.lastTime && a.first == b.first && a.min == b.min && a.max == b.max &&
           a.last == b.last && a.sum == b.sum && a.increase == b.increase &&
           a.increaseOver == b.increaseOver && a.resets == b.resets;
}

/// What a reader has of a series; every value that is not the one of its time is counted as wrong.
inline std::vector<ModelPoint> heldBy(const SeriesReader& reader, Kind kind, SeriesId id,
                                      std::uint64_t& wrong, TimeRange range = {}) {
    std::vector<ModelPoint> out;
    const auto take = [&](const auto& samples, const auto& isRight) {
        for (const auto& sample : samples) {
            out.push_back({sample.time, sample.startTime, sample.stale()});
            wrong += sample.stale() || isRight(sample, valueAt(sample.time)) ? 0 : 1;
        }
    };
    if (kind == Kind::Histogram) {
        std::vector<HistogramSample> samples;
        reader.histograms(id, range, samples);
        take(samples, [](const HistogramSample& s, double value) {
            return s.bucketCounts.at(0) == static_cast<std::uint64_t>(value) && s.sum == value &&
                   s.bounds->bounds.size() == (s.time % 7 == 0 ? 2 : 1);
        });
    } else if (kind == Kind::Summary) {
        std::vector<SummarySample> samples;
        reader.summaries(id, range, samples);
        take(samples, [](const SummarySample& s, double value) {
            return s.count == static_cast<std::uint64_t>(value) && s.sum == value &&
                   s.quantiles.at(0).value == value / 2;
        });
    } else {
        std::vector<Sample> samples;
        reader.numbers(id, range, samples);
        take(samples, [](const Sample& s, double value) {
            return s.value.isInteger == isIntegerAt(s.time) && s.value.asDouble() == value;
        });
    }
    return out;
}

} // namespace sightglass::test
