// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/heat_query.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <set>
#include <utility>

#include "ui/charts/heat_buckets.h"
#include "ui/charts/point_spacing.h"

namespace sightglass::ui {

namespace {

/// Lines that are no series: ids that no ring gives, eight for each path.
constexpr std::uint32_t firstQuantileId = 0xfff00000;
constexpr std::uint32_t pointsAtOnce = 4096;
/// From so many points a cell on, the last of each is read alone.
constexpr std::uint64_t denseFrom = 16;

struct ExplicitKind {
    using Point = HistogramSample;
    using Buckets = ExplicitBuckets;
    static void read(const SeriesReader& reader, SeriesId id, TimeRange range,
                     std::vector<Point>& out) {
        reader.histograms(id, range, out);
    }
};

struct ExponentialKind {
    using Point = ExponentialHistogramSample;
    using Buckets = ExponentialBuckets;
    static void read(const SeriesReader& reader, SeriesId id, TimeRange range,
                     std::vector<Point>& out) {
        reader.exponentialHistograms(id, range, out);
    }
};

bool isHistogram(MetricType type) {
    return type == MetricType::Histogram || type == MetricType::ExponentialHistogram;
}

/// Reads one series into the tally of its path.
template <class Kind>
class SeriesReading {
  public:
    SeriesReading(const SeriesReader& reader, SeriesId id, bool delta, const HeatRequest& request,
                  HeatTally& tally)
        : m_reader(reader), m_id(id), m_delta(delta), m_request(request), m_tally(tally) {}

    /// Times that counting began anew.
    std::uint32_t run() {
        const TimeNs from = m_request.from;
        const TimeNs to = from + m_request.cellNs * m_request.cells;
        std::vector<Column> cells(static_cast<std::size_t>(m_request.cells));
        m_reader.columns(m_id, Field::Count, {from, to}, cells);
        const TimeNs reach = std::max<TimeNs>(to - from, 60 * nsPerSecond);
        const auto before = m_reader.latest(m_id, Field::Count, from - 1, reach);
        const auto next = firstAfter(to, reach);
        m_gap = gapWith(cells, before, next);

        m_tally.beginSeries();
        if (before)
            read({before->time, before->time});
        m_resets = 0; // what happened before the range is not of it
        readCells(cells, from, to);
        if (next && !m_ended)
            read({*next, *next});
        m_tally.endSeries();
        return m_resets;
    }

  private:
    using Point = typename Kind::Point;
    using Buckets = typename Kind::Buckets;

    std::optional<TimeNs> firstAfter(TimeNs to, TimeNs reach) const {
        std::array<Column, 64> coarse;
        m_reader.columns(m_id, Field::Count, {to + 1, to + reach}, coarse);
        for (const Column& c : coarse) {
            if (c.count > 0)
                return c.firstTime;
            if (c.stale)
                break;
        }
        return std::nullopt;
    }

    /// The neighbours outside belong to the rhythm: a range may lie between two points.
    static TimeNs gapWith(const std::vector<Column>& cells, const std::optional<Sample>& before,
                          std::optional<TimeNs> next) {
        std::vector<Column> all;
        const auto alone = [](TimeNs time) {
            Column c;
            c.count = 1;
            c.firstTime = c.lastTime = time;
            return c;
        };
        if (before)
            all.push_back(alone(before->time));
        all.insert(all.end(), cells.begin(), cells.end());
        if (next)
            all.push_back(alone(*next));
        return gapOf(all);
    }

    void readCells(const std::vector<Column>& cells, TimeNs from, TimeNs to) {
        std::uint64_t points = 0;
        std::uint64_t filled = 0;
        for (const Column& c : cells) {
            points += c.count;
            filled += c.count > 0 ? 1 : 0;
        }
        const bool dense = !m_delta && points > filled * denseFrom;
        // The points that are read are a cell apart then, whatever lies between.
        if (dense)
            m_gap = std::max(m_gap, m_request.cellNs * 3 / 2);
        for (std::size_t i = 0; i < cells.size();) {
            const auto begin = static_cast<TimeNs>(i);
            const Column& c = cells[i];
            if (dense && c.count > 0 && c.resets == 0 && !c.stale) {
                read({c.lastTime, c.lastTime});
                ++i;
                continue;
            }
            // As many whole cells as may be in memory at once; dense ones one by one.
            std::uint64_t together = c.count;
            ++i;
            while (!dense && i < cells.size() && together + cells[i].count <= pointsAtOnce)
                together += cells[i++].count;
            const bool last = i == cells.size();
            readSlice({from + begin * m_request.cellNs,
                       last ? to : from + static_cast<TimeNs>(i) * m_request.cellNs - 1},
                      together);
        }
    }

    void readSlice(TimeRange range, std::uint64_t points) {
        // A stale mark is no point, yet has to be seen.
        const auto parts = static_cast<TimeNs>(points / pointsAtOnce + 1);
        const TimeNs step = std::max<TimeNs>((range.to - range.from) / parts, 1);
        for (TimeNs at = range.from; at <= range.to; at += step + 1)
            read({at, std::min(at + step, range.to)});
    }

    void read(TimeRange range) {
        m_points.clear();
        Kind::read(m_reader, m_id, range, m_points);
        for (const Point& point : m_points)
            take(point);
    }

    void take(const Point& point) {
        if (point.stale()) {
            m_before.reset();
            m_ended = true;
            return;
        }
        m_ended = false;
        auto buckets = Buckets::of(point);
        if (!buckets || (m_before && point.time <= m_before->time))
            return;
        const bool startKnown = point.startTime > 0 && point.startTime < point.time;
        if (m_delta) {
            TimeNs after = point.time;
            if (startKnown)
                after = point.startTime;
            else if (m_before && point.time - m_before->time <= m_gap)
                after = m_before->time;
            m_tally.add(*buckets, after, point.time);
            m_before = Before{point.time, {}};
            return;
        }
        std::optional<TimeNs> after;
        Buckets came = *buckets;
        Rise rise = Rise::Known;
        if (m_before) {
            after = m_before->time;
            const bool startedAnew = startKnown && point.startTime > m_before->time;
            rise = startedAnew ? Rise::Anew : came.subtract(m_before->buckets);
            if (rise == Rise::Anew) {
                came = *buckets;
                ++m_resets;
            }
            if (startedAnew)
                after = point.startTime;
        } else if (startKnown) {
            after = point.startTime;
        }
        if (rise != Rise::Unknown && after && point.time - *after <= m_gap)
            m_tally.add(came, *after, point.time);
        m_before = Before{point.time, std::move(*buckets)};
    }

    const SeriesReader& m_reader;
    const SeriesId m_id;
    const bool m_delta;
    const HeatRequest& m_request;
    HeatTally& m_tally;
    TimeNs m_gap = 0;
    struct Before {
        TimeNs time;
        Buckets buckets;
    };
    std::optional<Before> m_before;
    bool m_ended = false;
    std::uint32_t m_resets = 0;
    std::vector<Point> m_points;
};

QString hexadecimal(std::span<const std::uint8_t> bytes) {
    return QString::fromLatin1(
        QByteArray(reinterpret_cast<const char*>(bytes.data()), static_cast<int>(bytes.size()))
            .toHex());
}

/// A page has no field for a trace: senders name the label as they like.
QString labelled(const AttributeSet& attributes, std::initializer_list<QLatin1String> names) {
    for (const Attribute& attribute : attributes) {
        const QString key =
            QString::fromUtf8(attribute.key.data(), static_cast<qsizetype>(attribute.key.size()));
        for (const QLatin1String name : names) {
            if (key.compare(name, Qt::CaseInsensitive) == 0)
                return QString::fromStdString(attribute.value.display());
        }
    }
    return {};
}

HeatExemplar exemplarOf(const SeriesReader::ExemplarSample& sample, int path) {
    HeatExemplar out;
    out.path = path;
    out.time = sample.exemplar.time;
    out.value = sample.exemplar.value.asDouble();
    out.traceId =
        sample.exemplar.hasTraceId
            ? hexadecimal(sample.exemplar.traceId)
            : labelled(sample.attributes, {QLatin1String("trace_id"), QLatin1String("traceid")});
    out.spanId =
        sample.exemplar.hasSpanId
            ? hexadecimal(sample.exemplar.spanId)
            : labelled(sample.attributes, {QLatin1String("span_id"), QLatin1String("spanid")});
    return out;
}

/// Of very many the newest in each piece of time: dots that lie on each other say nothing.
void thinOut(std::vector<HeatExemplar>& all, std::size_t most) {
    std::stable_sort(all.begin(), all.end(),
                     [](const auto& a, const auto& b) { return a.time < b.time; });
    if (all.size() <= most)
        return;
    std::vector<HeatExemplar> kept;
    kept.reserve(most);
    for (std::size_t i = 0; i < most; ++i)
        kept.push_back(std::move(all[(i + 1) * all.size() / most - 1]));
    all = std::move(kept);
}

} // namespace

std::shared_ptr<const HeatFrame> heatmapQuery(const SeriesReader& reader,
                                              const HeatRequest& request,
                                              std::span<const PlotCandidate> known) {
    auto frame = std::make_shared<HeatFrame>();
    frame->from = request.from;
    frame->cellNs = request.cellNs;
    frame->cells = request.cells;

    struct Member {
        SeriesId id;
        bool exponential, delta;
    };
    struct Path {
        const PlotPath* path;
        std::vector<Member> members;
        std::uint32_t series = 0;
    };
    std::vector<Path> paths;
    for (const PlotPath& path : request.paths) {
        Path found{&path, {}, 0};
        const auto add = [&found](SeriesId series, const Descriptor& descriptor) {
            ++found.series;
            found.members.push_back({series, descriptor.type == MetricType::ExponentialHistogram,
                                     descriptor.temporality == Temporality::Delta});
        };
        for (const PlotCandidate& c : known) {
            const Descriptor& descriptor = c.info.metric->descriptor;
            if (c.path->origin == path.origin && isHistogram(descriptor.type))
                add(c.info.id, descriptor);
        }
        for (const MetricId metric : path.metrics) {
            const auto info = known.empty() ? reader.metric(metric) : nullptr;
            if (!info || !isHistogram(info->descriptor.type))
                continue;
            for (const SeriesInfo& series : reader.seriesOf(metric))
                add(series.id, info->descriptor);
        }
        if (found.series > 0)
            paths.push_back(std::move(found));
    }
    const std::size_t share =
        paths.empty() ? 0 : std::max<std::size_t>(HeatRequest::seriesMost / paths.size(), 1);
    std::vector<SeriesId> ids;
    for (Path& path : paths) {
        path.members.resize(std::min(path.members.size(), share));
        for (const Member& member : path.members)
            ids.push_back(member.id);
    }
    const auto pinned = reader.pin(ids);

    const TimeRange range{request.from, request.from + request.cellNs * request.cells};
    std::vector<SeriesReader::ExemplarSample> exemplars;
    for (const Path& path : paths) {
        HeatTally tally(request.from, request.cellNs, request.cells);
        std::uint32_t resets = 0;
        for (const Member& member : path.members) {
            resets +=
                member.exponential
                    ? SeriesReading<ExponentialKind>(*pinned, member.id, member.delta, request,
                                                     tally)
                          .run()
                    : SeriesReading<ExplicitKind>(*pinned, member.id, member.delta, request, tally)
                          .run();
            exemplars.clear();
            pinned->exemplars(member.id, range, exemplars);
            for (const auto& exemplar : exemplars) {
                if (std::isfinite(exemplar.exemplar.value.asDouble()))
                    frame->exemplars.push_back(exemplarOf(exemplar, path.path->number));
            }
        }
        HeatGrid grid = tally.grid();
        grid.path = path.path->number;
        grid.pathName = path.path->name;
        grid.resets = resets;
        grid.series = path.series;
        grid.seriesRead = static_cast<std::uint32_t>(path.members.size());
        frame->grids.push_back(std::move(grid));
    }
    thinOut(frame->exemplars, HeatRequest::exemplarsMost);
    return frame;
}

std::vector<PlotSeries> quantileLines(const HeatFrame& frame) {
    std::vector<PlotSeries> lines;
    for (std::size_t g = 0; g < frame.grids.size(); ++g) {
        const HeatGrid& grid = frame.grids[g];
        for (std::size_t q = 0; q < std::size(heatQuantiles); ++q) {
            PlotSeries line;
            line.id = SeriesId{firstQuantileId + static_cast<std::uint32_t>(grid.path) * 8 +
                               static_cast<std::uint32_t>(q)};
            line.path = grid.path;
            line.pathName = grid.pathName;
            line.labels = QLatin1String(heatQuantiles[q].name);
            line.type = grid.exponential ? MetricType::ExponentialHistogram : MetricType::Histogram;
            line.reference = g == 0;
            line.color = heatQuantiles[q].color;
            line.gap = frame.cellNs * 3 / 2;
            lines.push_back(std::move(line));
        }
        PlotSeries* const own = lines.data() + lines.size() - std::size(heatQuantiles);
        for (std::size_t cell = 0; cell < grid.seconds.size(); ++cell) {
            if (!(grid.seconds[cell] > 0))
                continue;
            const std::vector<double> counts = grid.around(cell).counts;
            for (std::size_t q = 0; q < std::size(heatQuantiles); ++q) {
                const auto value = quantileOf(grid, counts, heatQuantiles[q].share);
                if (!value)
                    continue;
                PlotSeries& line = own[q];
                PlotColumn column;
                column.column = static_cast<std::int32_t>(cell);
                column.count = 1;
                column.gapBefore =
                    line.columns.empty() || line.columns.back().column + 1 != column.column;
                column.firstTime = column.lastTime = frame.centreOf(cell);
                column.first = column.min = column.max = column.last = *value;
                if (line.count == 0)
                    line.min = line.max = *value;
                line.min = std::min(line.min, *value);
                line.max = std::max(line.max, *value);
                line.mean += (*value - line.mean) / static_cast<double>(++line.count);
                line.last = *value;
                line.columns.push_back(column);
            }
        }
    }
    return lines;
}

} // namespace sightglass::ui
