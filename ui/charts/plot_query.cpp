// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/plot_query.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "core/model/prometheus_names.h"

namespace sightglass::ui {

namespace {

QString text(std::string_view utf8) {
    return QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size()));
}

double seconds(TimeNs ns) {
    return static_cast<double>(ns) / static_cast<double>(nsPerSecond);
}

/// What a type is compared as (design, "Same type").
enum class Kind { Any, Gauge, Counter, Histogram, Summary };

Kind kindOf(const Descriptor& d) {
    switch (d.type) {
    case MetricType::Gauge:
        return Kind::Gauge;
    case MetricType::Sum:
        return d.monotonic ? Kind::Counter : Kind::Gauge;
    case MetricType::Histogram:
    case MetricType::ExponentialHistogram:
        return Kind::Histogram;
    case MetricType::Summary:
        return Kind::Summary;
    case MetricType::Unknown:
        break;
    }
    return Kind::Any;
}

bool hasCount(Kind kind) {
    return kind == Kind::Histogram || kind == Kind::Summary;
}
bool isCumulative(Kind kind) {
    return kind == Kind::Counter || hasCount(kind);
}
Field fieldOf(Kind kind) {
    return hasCount(kind) ? Field::Count : Field::Value;
}

/// A series that could be drawn.
struct Candidate {
    SeriesInfo info;
    const PlotPath* path = nullptr;
    Kind kind = Kind::Any;
    std::size_t ordinal = 0; ///< place among the series of its path
    double rank = 0;         ///< newest value
};

struct Grid {
    TimeNs from = 0, to = 0, columnNs = 1;
    int columns = 1;
};

Grid gridFor(TimeNs span, TimeNs end, int columns, bool live) {
    Grid grid;
    grid.columns = std::max(columns, 1);
    grid.columnNs = std::max<TimeNs>(1, (span + grid.columns - 1) / grid.columns);
    // A live edge lies behind now, so that the newest point has its column.
    const TimeNs edge = live ? end / grid.columnNs + 1 : (end + grid.columnNs - 1) / grid.columnNs;
    grid.to = edge * grid.columnNs;
    grid.from = grid.to - grid.columnNs * grid.columns;
    return grid;
}

/// From the first point of any of these series to the last.
std::optional<TimeRange> extentOf(const SeriesReader& reader,
                                  const std::vector<Candidate>& candidates) {
    std::optional<TimeRange> all;
    for (const Candidate& c : candidates) {
        if (const auto extent = reader.extent(c.info.id)) {
            all = all ? TimeRange{std::min(all->from, extent->from), std::max(all->to, extent->to)}
                      : *extent;
        }
    }
    return all;
}

/// The range of a request that leaves it to the data. While it grows it does so by whole seconds:
/// a scale that changed with every frame would make all columns shimmer.
std::pair<TimeNs, TimeNs> fittedRange(const std::optional<TimeRange>& all,
                                      const PlotRequest& request) {
    TimeNs end = request.end;
    TimeNs begin = end;
    if (all) {
        // An old dump is shown where it lies.
        if (all->to < end - PlotRequest::fittedMost)
            end = all->to + nsPerSecond;
        begin = std::min(all->from, end);
    }
    const TimeNs wanted = (end - begin + nsPerSecond - 1) / nsPerSecond * nsPerSecond;
    return {std::clamp(wanted, PlotRequest::fittedLeast, PlotRequest::fittedMost), end};
}

double newestValue(const SeriesReader& reader, const Candidate& c, bool asRate, const Grid& grid) {
    if (!asRate) {
        const auto sample = reader.latest(c.info.id, fieldOf(c.kind), grid.to, grid.to - grid.from);
        const double value = sample ? sample->value.asDouble() : NAN;
        return std::isfinite(value) ? value : -HUGE_VAL;
    }
    Column column;
    const TimeNs tail = std::max<TimeNs>((grid.to - grid.from) / 8, grid.columnNs);
    reader.columns(c.info.id, fieldOf(c.kind), {grid.to - tail, grid.to}, {&column, 1});
    return column.increaseOver > 0 ? column.increase / seconds(column.increaseOver) : -HUGE_VAL;
}

/// The labels by which series of one path differ, sender included.
Labels identity(const SeriesInfo& info) {
    Labels labels = prometheusLabels(*info.attributes);
    for (const Labels& more :
         {jobAndInstance(*info.metric->resource), targetInfoLabels(*info.metric->resource)})
        labels.insert(labels.end(), more.begin(), more.end());
    return labels;
}

/// Keys that have several values within some path: they name a label set on every path, whatever
/// constant labels a path added or lost.
std::set<std::string> tellingKeys(const std::vector<Candidate>& chosen,
                                  const std::vector<Labels>& labels) {
    std::set<std::string> keys;
    std::map<std::pair<const PlotPath*, std::string>, std::pair<std::string, std::size_t>> seen;
    std::map<const PlotPath*, std::size_t> seriesOf;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
        ++seriesOf[chosen[i].path];
        for (const auto& [key, value] : labels[i]) {
            auto [at, isNew] = seen.try_emplace({chosen[i].path, key}, value, 0);
            ++at->second.second;
            if (!isNew && at->second.first != value)
                keys.insert(key);
        }
    }
    // A key that only some series of a path carry tells them apart as well.
    for (const auto& [where, what] : seen) {
        if (what.second < seriesOf[where.first])
            keys.insert(where.second);
    }
    return keys;
}

QString labelSet(const Labels& labels, const std::set<std::string>& keys) {
    QString out;
    for (const auto& [key, value] : labels) {
        if (!keys.contains(key))
            continue;
        if (!out.isEmpty())
            out += QLatin1String(", ");
        out += text(key) + '=' + text(value);
    }
    return out;
}

/// Longest distance between points that still connects them: three intervals and a bit.
TimeNs gapOf(const std::vector<Column>& columns) {
    std::vector<TimeNs> steps;
    const Column* before = nullptr;
    for (const Column& c : columns) {
        if (c.count == 0)
            continue;
        if (before != nullptr)
            steps.push_back(c.firstTime - before->lastTime);
        if (c.count > 1)
            steps.push_back((c.lastTime - c.firstTime) / (c.count - 1));
        before = &c;
    }
    if (steps.empty())
        return 0;
    const auto middle = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2);
    std::nth_element(steps.begin(), middle, steps.end());
    return *middle * 7 / 2;
}

struct Reading {
    std::vector<Column> columns; ///< as read, one a pixel column
    std::optional<Column> before, after;
};

/// The nearest point outside the range on either side, so that lines reach the edges. Looked for
/// as far as the range is long, and at least a minute.
void readNeighbours(const SeriesReader& reader, SeriesId id, Field field, const Grid& grid,
                    Reading& reading) {
    const TimeNs reach = std::max<TimeNs>(grid.to - grid.from, 60 * nsPerSecond);
    std::vector<Column> coarse(64);
    // A second read of the point alone: its own rise, not that of the coarse column.
    const auto alone = [&](TimeNs time) {
        Column point;
        reader.columns(id, field, {time, time}, {&point, 1});
        return point;
    };
    reader.columns(id, field, {grid.from - reach, grid.from - 1}, coarse);
    for (auto c = coarse.rbegin(); c != coarse.rend(); ++c) {
        if (c->stale)
            break;
        if (c->count > 0) {
            reading.before = alone(c->lastTime);
            break;
        }
    }
    std::fill(coarse.begin(), coarse.end(), Column{});
    reader.columns(id, field, {grid.to + 1, grid.to + reach}, coarse);
    for (const Column& c : coarse) {
        if (c.count > 0) {
            reading.after = alone(c.firstTime);
            break;
        }
        if (c.stale)
            break;
    }
}

Reading read(const SeriesReader& reader, SeriesId id, Field field, const Grid& grid) {
    Reading reading;
    reading.columns.resize(static_cast<std::size_t>(grid.columns));
    reader.columns(id, field, {grid.from, grid.to}, reading.columns);
    readNeighbours(reader, id, field, grid, reading);
    return reading;
}

std::optional<PlotColumn> asDrawn(const Column& c, Shown shown) {
    if (c.count == 0)
        return std::nullopt;
    PlotColumn out;
    out.count = c.count;
    if (shown != Shown::Raw) {
        if (c.increaseOver <= 0)
            return std::nullopt;
        out.firstTime = out.lastTime = c.lastTime;
        out.first = out.min = out.max = out.last =
            shown == Shown::Rate ? c.increase / seconds(c.increaseOver) : c.increase;
        return out;
    }
    out.firstTime = c.firstTime;
    out.lastTime = c.lastTime;
    out.first = c.first;
    out.min = c.min;
    out.max = c.max;
    out.last = c.last;
    return out;
}

/// Fills in columns and statistics of `series` from what was read.
void draw(const Reading& reading, const Grid& grid, Shown shown, PlotSeries& series) {
    series.shown = shown;
    series.gap = gapOf(reading.columns);

    double sum = 0;
    double over = 0;
    bool ended = false;
    TimeNs lastTime = 0; // of the point before, drawn or not
    bool any = false;
    std::vector<std::size_t> distant; // columns with a gap before them for no reason but distance
    const auto add = [&](const Column& c, int index) {
        if (const auto drawn = asDrawn(c, shown);
            drawn && std::isfinite(drawn->min) && std::isfinite(drawn->max)) {
            PlotColumn column = *drawn;
            column.column = index;
            const bool far = series.gap > 0 && any && c.firstTime - lastTime > series.gap;
            column.gapBefore = series.columns.empty() || ended || far;
            if (far && !ended && !series.columns.empty())
                distant.push_back(series.columns.size());
            ended = false;
            if (index >= 0 && index < grid.columns) {
                if (series.count == 0) {
                    series.min = column.min;
                    series.max = column.max;
                }
                series.min = std::min(series.min, column.min);
                series.max = std::max(series.max, column.max);
                series.last = column.last;
                series.count += c.count;
                sum += shown != Shown::Raw ? c.increase : c.sum;
                switch (shown) {
                case Shown::Rate:
                    over += seconds(c.increaseOver);
                    break;
                case Shown::Increase:
                    over += 1;
                    break;
                case Shown::Raw:
                    over += static_cast<double>(c.count);
                    break;
                }
                series.resets += c.resets;
            }
            series.columns.push_back(column);
        }
        if (c.count > 0) {
            lastTime = c.lastTime;
            any = true;
        }
        ended = ended || c.stale;
    };
    if (reading.before)
        add(*reading.before, -1);
    for (int i = 0; i < grid.columns; ++i)
        add(reading.columns[static_cast<std::size_t>(i)], i);
    if (reading.after)
        add(*reading.after, grid.columns);
    series.mean = over > 0 ? sum / over : 0;

    // A sender that reports seldom, then often: what was even in its own time is no gap. A step is
    // one only if it is long against the steps beside it as well.
    auto& columns = series.columns;
    for (const std::size_t i : distant) {
        const auto stepTo = [&](std::size_t j) {
            return j >= 1 && j < columns.size() ? columns[j].firstTime - columns[j - 1].lastTime
                                                : std::numeric_limits<TimeNs>::max() / 16;
        };
        if (stepTo(i) * 2 < std::min(stepTo(i - 1), stepTo(i + 1)) * 7)
            columns[i].gapBefore = false;
    }
}

std::vector<Candidate> candidatesOf(const SeriesReader& reader,
                                    const std::vector<PlotPath>& paths) {
    std::vector<Candidate> all;
    for (const PlotPath& path : paths) {
        std::size_t ordinal = 0;
        for (const MetricId metric : path.metrics) {
            const auto info = reader.metric(metric);
            if (!info)
                continue;
            const Kind kind = kindOf(info->descriptor);
            for (SeriesInfo& series : reader.seriesOf(metric))
                all.push_back({std::move(series), &path, kind, ordinal++, 0});
        }
    }
    return all;
}

/// Keeps the series that are largest now, in the order they had.
void keepTop(const SeriesReader& reader, std::vector<Candidate>& candidates, bool raw,
             const Grid& grid) {
    if (candidates.size() <= PlotRequest::seriesMost)
        return;
    for (Candidate& c : candidates)
        c.rank = newestValue(reader, c, !raw && isCumulative(c.kind), grid);
    std::vector<std::size_t> order(candidates.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return candidates[a].rank > candidates[b].rank;
    });
    order.resize(PlotRequest::seriesMost);
    std::sort(order.begin(), order.end());
    std::vector<Candidate> kept;
    kept.reserve(order.size());
    for (const std::size_t i : order)
        kept.push_back(std::move(candidates[i]));
    candidates = std::move(kept);
}

struct Agreement {
    bool disagree = false;
    Kind reference = Kind::Any;
};

Agreement agreementOf(const std::vector<Candidate>& candidates) {
    Agreement result;
    for (const Candidate& c : candidates) {
        if (c.kind == Kind::Any)
            continue;
        if (result.reference == Kind::Any)
            result.reference = c.kind;
        else if (c.kind != result.reference)
            result.disagree = true;
    }
    return result;
}

/// What is known of a series before its points are read.
PlotSeries describe(const Candidate& c, const std::vector<PlotPath>& paths, Kind reference) {
    PlotSeries series;
    const Descriptor& descriptor = c.info.metric->descriptor;
    series.id = c.info.id;
    series.origin = c.path->origin;
    series.path = c.path->number;
    series.pathName = c.path->name;
    series.type = descriptor.type;
    series.monotonic = descriptor.monotonic;
    series.delta = descriptor.temporality == Temporality::Delta;
    series.odd = c.kind != Kind::Any && c.kind != reference;
    series.reference = c.path == &paths.front();
    return series;
}

void fillLane(const std::vector<Candidate>& chosen, const std::vector<Reading>& readings,
              const Grid& grid, PlotFrame& frame) {
    std::set<int> paths;
    std::set<TimeNs> resets;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
        if (chosen[i].kind != Kind::Counter)
            continue;
        PlotSeries series = frame.series[i];
        series.columns.clear();
        series.count = 0;
        series.resets = 0;
        draw(readings[i], grid, Shown::Rate, series);
        paths.insert(series.path);
        for (int c = 0; c < grid.columns; ++c) {
            const Column& column = readings[i].columns[static_cast<std::size_t>(c)];
            if (column.count == 0 || column.resets == 0)
                continue;
            resets.insert(grid.from + grid.columnNs * c + grid.columnNs / 2);
            frame.lane.falseResets += column.resets;
        }
        frame.lane.series.push_back(std::move(series));
    }
    frame.lane.paths.assign(paths.begin(), paths.end());
    frame.lane.resetTimes.assign(resets.begin(), resets.end());
}

} // namespace

/// The series that a request chose of many, and what it learned of all of them.
struct PlotMemory::Top {
    std::vector<PlotPath> paths; ///< the candidates point to these
    std::vector<Candidate> chosen;
    std::uint32_t total = 0;
    Agreement agreement;
    std::optional<TimeRange> extent;
    ChartSettings settings;
    bool live = false;
    TimeNs span = 0, end = 0;
    std::chrono::steady_clock::time_point made;
};

namespace {

bool stillHolds(const PlotMemory::Top& top, const PlotRequest& request) {
    const auto samePath = [](const PlotPath& a, const PlotPath& b) {
        return a.origin == b.origin && a.metrics == b.metrics;
    };
    return std::chrono::steady_clock::now() - top.made < std::chrono::seconds(1) &&
           top.settings == request.settings && top.live == request.live &&
           top.span == request.span && (request.live || top.end == request.end) &&
           std::equal(top.paths.begin(), top.paths.end(), request.families.front().paths.begin(),
                      request.families.front().paths.end(), samePath);
}

std::shared_ptr<PlotMemory::Top> findTop(const SeriesReader& reader, const PlotRequest& request) {
    auto top = std::make_shared<PlotMemory::Top>();
    top->paths = request.families.front().paths;
    top->chosen = candidatesOf(reader, top->paths);
    top->total = static_cast<std::uint32_t>(top->chosen.size());
    top->agreement = agreementOf(top->chosen);
    top->settings = request.settings;
    top->live = request.live;
    top->span = request.span;
    top->end = request.end;
    if (request.span <= 0)
        top->extent = extentOf(reader, top->chosen);
    return top;
}

} // namespace

bool hasSamples(const PlotFrame& frame) {
    return std::any_of(frame.series.begin(), frame.series.end(),
                       [](const PlotSeries& s) { return s.count > 0; });
}

std::shared_ptr<const PlotFrame> plotQuery(const SeriesReader& reader, const PlotRequest& request,
                                           PlotMemory* memory) {
    auto frame = std::make_shared<PlotFrame>();
    for (const PlotFamily& family : request.families)
        frame->families.push_back(family.name);
    frame->settings = request.settings;
    frame->end = request.end;
    // Before the points are read: what comes in meanwhile must make the frame look old.
    for (const PlotPath& path : request.families.front().paths) {
        for (const MetricId metric : path.metrics)
            frame->generations.emplace_back(metric, reader.generation(metric));
    }

    std::shared_ptr<const PlotMemory::Top> top;
    std::shared_ptr<PlotMemory::Top> fresh;
    if (memory && memory->top && stillHolds(*memory->top, request))
        top = memory->top;
    else
        top = fresh = findTop(reader, request);
    frame->total = top->total;
    const Agreement agreement = top->agreement;
    frame->disagree = agreement.disagree;

    TimeNs span = request.span;
    TimeNs end = request.end;
    if (span <= 0) {
        std::tie(span, end) = fittedRange(top->extent, request);
        frame->fitted = true;
    }
    const Grid grid = gridFor(span, end, request.columns, request.live);
    frame->from = grid.from;
    frame->to = grid.to;
    frame->columnNs = grid.columnNs;
    frame->columns = grid.columns;

    const Shown shown = frame->disagree ? Shown::Raw : request.settings.shown;
    if (fresh) {
        keepTop(reader, fresh->chosen, shown == Shown::Raw, grid);
        fresh->made = std::chrono::steady_clock::now();
        // Few series are found quickly, and a new one must be seen at once.
        if (memory)
            memory->top = fresh->total > PlotRequest::seriesMost ? fresh : nullptr;
    }
    const std::vector<Candidate>& chosen = top->chosen;

    std::vector<Labels> labels;
    labels.reserve(chosen.size());
    for (const Candidate& c : chosen)
        labels.push_back(identity(c.info));
    const std::set<std::string> keys = tellingKeys(chosen, labels);

    std::map<QString, int> colors;
    std::vector<Reading> readings;
    readings.reserve(chosen.size());
    bool allRates = !chosen.empty();
    bool allCounts = !chosen.empty();
    for (std::size_t i = 0; i < chosen.size(); ++i) {
        const Candidate& c = chosen[i];
        const Shown asShown = isCumulative(c.kind) ? shown : Shown::Raw;
        frame->hasRate = frame->hasRate || (!frame->disagree && isCumulative(c.kind));
        allRates = allRates && asShown == Shown::Rate;
        allCounts = allCounts && hasCount(c.kind);

        PlotSeries series = describe(c, top->paths, agreement.reference);
        series.labels = labelSet(labels[i], keys);
        // Of many series the top ones change: a colour then follows the series, not its rank.
        const int next = frame->total > PlotRequest::seriesMost
                             ? static_cast<int>(c.ordinal % 8)
                             : static_cast<int>(colors.size() % 8);
        series.color = colors.try_emplace(series.labels, next).first->second;
        readings.push_back(read(reader, c.info.id, fieldOf(c.kind), grid));
        draw(readings.back(), grid, asShown, series);
        frame->series.push_back(std::move(series));
    }
    if (chosen.empty())
        return frame;

    // A page says no unit where OTLP does: whoever knows it speaks for all.
    QString unit;
    for (const Candidate& c : chosen) {
        if (unit.isEmpty())
            unit = text(c.info.metric->descriptor.unit);
    }
    if (allCounts)
        unit = QStringLiteral("{observations}");
    frame->observations = allCounts;
    // A count of observations has no unit, whatever was observed.
    const QString name = allCounts ? QString() : request.families.front().name;
    frame->unit = unitStyle(unit, name, allRates);
    if (frame->disagree) {
        fillLane(chosen, readings, grid, *frame);
        frame->lane.unit = unitStyle(unit, name, true);
        std::set<int> seen;
        for (const PlotSeries& series : frame->series) {
            if (!series.odd || !seen.insert(series.path).second)
                continue;
            const auto path = std::find_if(
                request.families.front().paths.begin(), request.families.front().paths.end(),
                [&](const PlotPath& p) { return p.number == series.path; });
            if (path->arrived >= frame->from && path->arrived <= frame->to)
                frame->arrivals.push_back({series.path, path->arrived});
        }
    }
    return frame;
}

} // namespace sightglass::ui
