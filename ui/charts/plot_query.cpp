// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/plot_query.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <set>

#include "ui/charts/heat_query.h"
#include "ui/charts/plot_choice.h"
#include "ui/charts/point_spacing.h"

namespace sightglass::ui {

namespace {

double seconds(TimeNs ns) {
    return static_cast<double>(ns) / static_cast<double>(nsPerSecond);
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

struct Reading {
    std::vector<Column> columns; ///< as read, one a pixel column
    std::optional<Column> before, after;
};

/// The nearest point outside the range on either side, so that lines reach the edges. Looked for
/// as far as the range is long, and at least a minute.
void readNeighbours(const SeriesReader& reader, SeriesId id, Field field, const PlotGrid& grid,
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

Reading read(const SeriesReader& reader, SeriesId id, Field field, const PlotGrid& grid) {
    Reading reading;
    reading.columns.resize(static_cast<std::size_t>(grid.columns));
    reader.columns(id, field, {grid.from, grid.to}, reading.columns);
    readNeighbours(reader, id, field, grid, reading);
    return reading;
}

/// `step` is the time that an increase is told for: columns do not all get as many points, so what
/// rose within one says little.
std::optional<PlotColumn> asDrawn(const Column& c, Shown shown, TimeNs step) {
    if (c.count == 0)
        return std::nullopt;
    PlotColumn out;
    out.count = c.count;
    if (shown != Shown::Raw) {
        if (c.increaseOver <= 0)
            return std::nullopt;
        out.firstTime = out.lastTime = c.lastTime;
        const double rate = c.increase / seconds(c.increaseOver);
        out.first = out.min = out.max = out.last =
            shown == Shown::Rate ? rate : rate * seconds(step);
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

/// Fills in columns and statistics of `series` from what was read. `step` is that of increases.
void draw(const Reading& reading, const PlotGrid& grid, Shown shown, TimeNs step,
          PlotSeries& series) {
    series.shown = shown;
    series.gap = gapOf(reading.columns);

    double sum = 0;
    double over = 0;
    bool ended = false;
    TimeNs lastTime = 0; // of the point before, drawn or not
    bool any = false;
    std::vector<std::size_t> distant; // columns with a gap before them for no reason but distance
    const auto add = [&](const Column& c, int index) {
        if (const auto drawn = asDrawn(c, shown, step);
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
                over +=
                    shown != Shown::Raw ? seconds(c.increaseOver) : static_cast<double>(c.count);
                series.resets += c.resets;
            }
            series.columns.push_back(column);
        }
        if (c.count > 0) {
            lastTime = c.lastTime;
            any = true;
        }
        ended = ended || c.stale;
        if (c.stale && !series.columns.empty())
            series.columns.back().endsHere = true;
    };
    if (reading.before)
        add(*reading.before, -1);
    for (int i = 0; i < grid.columns; ++i)
        add(reading.columns[static_cast<std::size_t>(i)], i);
    if (reading.after)
        add(*reading.after, grid.columns);
    series.mean = over > 0 ? sum / over : 0;
    if (shown == Shown::Increase)
        series.mean *= seconds(step);

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

/// What a series adds to a stack, a pixel column: its last value while nothing newer is there and
/// its line goes on, or as long as a point may be late; else nothing (NaN).
std::vector<double> contributions(const PlotSeries& series, const PlotGrid& grid) {
    std::vector<double> held(static_cast<std::size_t>(grid.columns),
                             std::numeric_limits<double>::quiet_NaN());
    for (std::size_t i = 0; i < series.columns.size(); ++i) {
        const PlotColumn& at = series.columns[i];
        const PlotColumn* next = i + 1 < series.columns.size() ? &series.columns[i + 1] : nullptr;
        const bool goesOn = next != nullptr && !next->gapBefore;
        const int end = std::min(next != nullptr ? next->column : grid.columns, grid.columns);
        for (int c = std::max(at.column, 0); c < end; ++c) {
            const TimeNs age = grid.from + grid.columnNs * c - at.lastTime;
            if (c != at.column && !goesOn && (at.endsHere || age > series.gap))
                break;
            held[static_cast<std::size_t>(c)] = at.last;
        }
    }
    return held;
}

/// Lines of a log axis are drawn as lines of logarithms. What zero and below left out is a gap.
void addLogarithms(PlotSeries& series, bool& belowLog) {
    bool gap = true;
    for (const PlotColumn& c : series.columns) {
        gap = gap || c.gapBefore;
        belowLog = belowLog || c.min <= 0;
        if (c.max <= 0) {
            gap = true;
            continue;
        }
        // Of a column that is partly below only what is above is known to be there.
        double least = c.min > 0 ? c.min : c.max;
        for (const double value : {c.first, c.last}) {
            if (value > 0)
                least = std::min(least, value);
        }
        PlotColumn& log = series.logColumns.emplace_back(c);
        log.min = std::log10(least);
        log.max = std::log10(c.max);
        log.first = std::log10(std::max(c.first, least));
        log.last = std::log10(std::max(c.last, least));
        log.gapBefore = gap;
        gap = c.last <= 0;
    }
}

/// The time that all increases of a chart are told for: a column, or the interval that most series
/// have if that is longer. Rounded, as no sender keeps its interval to the nanosecond.
TimeNs stepOf(const std::vector<PlotCandidate>& chosen, const std::vector<Reading>& readings,
              const PlotGrid& grid) {
    std::vector<TimeNs> intervals;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
        const TimeNs interval = isCumulative(chosen[i].kind) ? intervalOf(readings[i].columns) : 0;
        if (interval > 0)
            intervals.push_back(interval);
    }
    if (intervals.empty())
        return grid.columnNs;
    const auto middle = intervals.begin() + static_cast<std::ptrdiff_t>(intervals.size() / 2);
    std::nth_element(intervals.begin(), middle, intervals.end());
    const TimeNs round = *middle >= nsPerSecond ? nsPerSecond / 10 : nsPerMs;
    return std::max(grid.columnNs, (*middle + round / 2) / round * round);
}

/// What is known of a series before its points are read.
PlotSeries describe(const PlotCandidate& c, const PlotFamily& asked, const FamilyPlot& family) {
    PlotSeries series;
    const Descriptor& descriptor = c.info.metric->descriptor;
    series.id = c.info.id;
    series.origin = c.path->origin;
    series.family = c.family;
    series.axis = family.axis;
    series.path = c.path->number;
    series.pathName = c.path->name;
    series.type = descriptor.type;
    series.monotonic = descriptor.monotonic;
    series.delta = descriptor.temporality == Temporality::Delta;
    series.odd = c.kind != SeriesKind::Any && c.kind != family.reference;
    series.reference = c.path == &asked.paths.front();
    return series;
}

/// One a column that holds falls of what may only rise.
void addResets(const Reading& reading, const PlotGrid& grid, int series, PlotFrame& frame) {
    for (int c = 0; c < grid.columns; ++c) {
        const Column& column = reading.columns[static_cast<std::size_t>(c)];
        if (column.count > 0 && column.resets > 0)
            frame.resets.push_back(
                {grid.from + grid.columnNs * c + grid.columnNs / 2, series, column.resets});
    }
}

void fillLane(const std::vector<PlotCandidate>& chosen, const std::vector<Reading>& readings,
              const PlotGrid& grid, PlotFrame& frame) {
    std::set<int> paths;
    std::set<TimeNs> resets;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
        if (chosen[i].kind != SeriesKind::Counter)
            continue;
        PlotSeries series = frame.series[i];
        series.columns.clear();
        series.count = 0;
        series.resets = 0;
        draw(readings[i], grid, Shown::Rate, 0, series);
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

void fillArrivals(const PlotFamily& asked, PlotFrame& frame) {
    std::set<int> seen;
    for (const PlotSeries& series : frame.series) {
        if (!series.odd || !seen.insert(series.path).second)
            continue;
        const auto path = std::find_if(asked.paths.begin(), asked.paths.end(),
                                       [&](const PlotPath& p) { return p.number == series.path; });
        if (path->arrived >= frame.from && path->arrived <= frame.to)
            frame.arrivals.push_back({series.path, path->arrived});
    }
}

/// Axes and what the families are, as far as it is known before any point is read.
void describeFamilies(const PlotChoice& choice, PlotFrame& frame) {
    frame.onePathOnly = choice.onePathOnly;
    frame.observations = true;
    bool any = false;
    for (std::size_t i = 0; i < choice.families.size(); ++i) {
        const FamilyPlot& family = choice.families[i];
        if (family.axis < 0) {
            if (family.series > 0)
                frame.leftOut << choice.asked[i].name;
            continue;
        }
        if (family.axis == 0 && !any)
            frame.unit = family.unit;
        if (family.axis == 1 && !frame.rightUnit)
            frame.rightUnit = family.unit;
        any = true;
        frame.hasRate = frame.hasRate || family.hasRate;
        frame.observations = frame.observations && family.observations;
    }
    frame.observations = frame.observations && any;
    // The lane explains one family; beside others there is no room for it.
    frame.disagree = choice.families.size() == 1 && choice.families.front().disagree;
}

/// A heatmap says what a lane or a second axis could not stand beside: one family, which all paths
/// take for a histogram.
bool isHeatmap(const PlotChoice& choice, const ChartSettings& settings) {
    if (choice.families.size() != 1 || !wantsHeatmap(settings))
        return false;
    const FamilyPlot& family = choice.families.front();
    return family.reference == SeriesKind::Histogram && !family.disagree;
}

/// The unit of what was observed. A page says none where OTLP does.
QString unitOf(const SeriesReader& reader, const PlotFamily& family) {
    for (const PlotPath& path : family.paths) {
        for (const MetricId metric : path.metrics) {
            const auto info = reader.metric(metric);
            if (info && !info->descriptor.unit.empty())
                return QString::fromStdString(info->descriptor.unit);
        }
    }
    return {};
}

void fillHeat(const SeriesReader& reader, const PlotFamily& asked, const PlotChoice& choice,
              const PlotGrid& grid, PlotFrame& frame) {
    // Cells of three pixels: narrower ones could not be told apart.
    constexpr int cellColumns = 3;
    HeatRequest request;
    request.paths = asked.paths;
    request.cellNs = grid.columnNs * cellColumns;
    request.from = grid.from / request.cellNs * request.cellNs;
    request.cells =
        static_cast<int>((grid.to - request.from + request.cellNs - 1) / request.cellNs);
    frame.heat = heatmapQuery(reader, request, choice.chosen);
    frame.series = quantileLines(*frame.heat);
    for (PlotSeries& series : frame.series) {
        const auto path = std::find_if(asked.paths.begin(), asked.paths.end(),
                                       [&](const PlotPath& p) { return p.number == series.path; });
        series.origin = path->origin;
    }
    frame.total = static_cast<std::uint32_t>(frame.series.size());
    frame.hasBuckets = true;
    frame.hasRate = frame.observations = false;
    frame.unit = unitStyle(unitOf(reader, asked), asked.name, false);
}

} // namespace

bool hasSamples(const PlotFrame& frame) {
    return std::any_of(frame.series.begin(), frame.series.end(),
                       [](const PlotSeries& s) { return s.count > 0; });
}

std::shared_ptr<const PlotFrame> plotQuery(const SeriesReader& reader, const PlotRequest& request,
                                           PlotMemory* memory) {
    auto frame = std::make_shared<PlotFrame>();
    frame->settings = request.settings;
    frame->span = request.span;
    frame->end = request.end;
    frame->live = request.live;
    // Before the points are read: what comes in meanwhile must make the frame look old.
    for (const PlotFamily& family : request.families) {
        frame->families << family.name;
        for (const PlotPath& path : family.paths) {
            for (const MetricId metric : path.metrics)
                frame->generations.emplace_back(metric, reader.generation(metric));
        }
    }

    std::shared_ptr<const PlotChoice> choice;
    std::shared_ptr<PlotChoice> fresh;
    if (memory && memory->choice && stillHolds(*memory->choice, request, memory->now()))
        choice = memory->choice;
    else
        choice = fresh = chooseSeries(reader, request);
    frame->total = choice->total;
    describeFamilies(*choice, *frame);

    TimeNs span = request.span;
    TimeNs end = request.end;
    if (span <= 0) {
        frame->extent = choice->extent;
        std::optional<TimeRange> all = choice->extent;
        if (all && request.beside)
            all = TimeRange{std::min(all->from, request.beside->from),
                            std::max(all->to, request.beside->to)};
        else if (request.beside)
            all = request.beside;
        std::tie(span, end) = fittedRange(all, request);
        frame->fitted = true;
    }
    const PlotGrid grid = plotGrid(span, end, request.columns, request.live);
    frame->from = grid.from;
    frame->to = grid.to;
    frame->columnNs = grid.columnNs;
    frame->columns = grid.columns;

    const bool heatmap = isHeatmap(*choice, request.settings);
    if (fresh) {
        // A heatmap sums all that there are.
        if (!heatmap)
            keepLargest(reader, request.most, grid, *fresh);
        // Few series are found quickly, and a new one must be seen at once.
        if (memory) {
            fresh->made = memory->now();
            memory->choice = fresh->total > request.most ? fresh : nullptr;
        }
    }
    if (heatmap) {
        fillHeat(reader, request.families.front(), *choice, grid, *frame);
        return frame;
    }
    const std::vector<PlotCandidate>& chosen = choice->chosen;

    // All lines of one frame are of one generation, whatever is written meanwhile.
    std::vector<SeriesId> ids;
    ids.reserve(chosen.size());
    for (const PlotCandidate& c : chosen)
        ids.push_back(c.info.id);
    const std::shared_ptr<const SeriesReader> pinned = reader.pin(ids);

    const std::vector<QString> labels = tellingLabels(chosen);
    std::map<std::pair<int, QString>, int> colors;
    std::vector<Reading> readings;
    readings.reserve(chosen.size());
    for (const PlotCandidate& c : chosen)
        readings.push_back(read(*pinned, c.info.id, fieldOf(c.kind), grid));
    if (request.settings.shown == Shown::Increase && frame->hasRate)
        frame->step = stepOf(chosen, readings, grid);
    for (std::size_t i = 0; i < chosen.size(); ++i) {
        const PlotCandidate& c = chosen[i];
        const FamilyPlot& family = choice->families[static_cast<std::size_t>(c.family)];
        PlotSeries series = describe(c, choice->asked[static_cast<std::size_t>(c.family)], family);
        series.labels = labels[i];
        // Of many series the top ones change: a colour then follows the series, not its rank.
        const int next = frame->total > request.most ? static_cast<int>(c.ordinal % 8)
                                                     : static_cast<int>(colors.size() % 8);
        series.color = colors.try_emplace({c.family, series.labels}, next).first->second;
        draw(readings[i], grid, isCumulative(c.kind) ? family.shown : Shown::Raw, frame->step,
             series);
        frame->hasBuckets = frame->hasBuckets || c.kind == SeriesKind::Histogram;
        if (request.settings.logAxis && request.settings.kind == ChartKind::Lines)
            addLogarithms(series, frame->belowLog);
        if (request.settings.kind == ChartKind::Stacked)
            series.held = contributions(series, grid);
        if (isCumulative(c.kind) && !family.disagree)
            addResets(readings[i], grid, static_cast<int>(i), *frame);
        frame->series.push_back(std::move(series));
    }
    if (frame->disagree && !chosen.empty()) {
        const FamilyPlot& family = choice->families.front();
        fillLane(chosen, readings, grid, *frame);
        frame->lane.unit = unitStyle(
            family.unitText, family.observations ? QString() : request.families.front().name, true);
        fillArrivals(request.families.front(), *frame);
    }
    return frame;
}

} // namespace sightglass::ui
