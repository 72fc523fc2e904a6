// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/plot_choice.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

namespace sightglass::ui {

namespace {

QString text(std::string_view utf8) {
    return QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size()));
}

double seconds(TimeNs ns) {
    return static_cast<double>(ns) / static_cast<double>(nsPerSecond);
}

std::vector<PlotCandidate> candidatesOf(const SeriesReader& reader, const PlotFamily& family,
                                        int index, bool onePathOnly) {
    std::vector<PlotCandidate> all;
    for (const PlotPath& path : family.paths) {
        std::size_t ordinal = 0;
        for (const MetricId metric : path.metrics) {
            const auto info = reader.metric(metric);
            if (!info)
                continue;
            const SeriesKind kind = kindOf(info->descriptor);
            for (SeriesInfo& series : reader.seriesOf(metric))
                all.push_back({std::move(series), index, &path, kind, ordinal++, 0});
        }
        if (onePathOnly && !all.empty())
            break;
    }
    return all;
}

FamilyPlot factsOf(const std::vector<PlotCandidate>& candidates, const PlotFamily& family,
                   Shown wanted) {
    FamilyPlot facts;
    facts.series = static_cast<std::uint32_t>(candidates.size());
    facts.observations = true;
    bool allCumulative = true;
    for (const PlotCandidate& c : candidates) {
        facts.observations = facts.observations && hasCount(c.kind);
        facts.hasRate = facts.hasRate || isCumulative(c.kind);
        allCumulative = allCumulative && isCumulative(c.kind);
        // A page says no unit where OTLP does: whoever knows it speaks for all.
        if (facts.unitText.isEmpty())
            facts.unitText = text(c.info.metric->descriptor.unit);
        if (c.kind == SeriesKind::Any)
            continue;
        if (facts.reference == SeriesKind::Any)
            facts.reference = c.kind;
        else if (c.kind != facts.reference)
            facts.disagree = true;
    }
    facts.hasRate = facts.hasRate && !facts.disagree;
    facts.shown = facts.hasRate ? wanted : Shown::Raw;
    if (facts.observations)
        facts.unitText = QStringLiteral("{observations}");
    // A count of observations has no unit, whatever was observed.
    facts.unit = unitStyle(facts.unitText, facts.observations ? QString() : family.name,
                           allCumulative && facts.shown == Shown::Rate);
    return facts;
}

bool sameAxis(const UnitStyle& a, const UnitStyle& b) {
    return a.kind == b.kind && a.factor == b.factor && a.suffix == b.suffix &&
           a.perSecond == b.perSecond;
}

std::optional<TimeRange> extentOf(const SeriesReader& reader,
                                  const std::vector<PlotCandidate>& candidates) {
    std::optional<TimeRange> all;
    for (const PlotCandidate& c : candidates) {
        if (const auto extent = reader.extent(c.info.id)) {
            all = all ? TimeRange{std::min(all->from, extent->from), std::max(all->to, extent->to)}
                      : *extent;
        }
    }
    return all;
}

double rateOf(const Column& column) {
    return column.increaseOver > 0 ? column.increase / seconds(column.increaseOver) : -HUGE_VAL;
}

double newestValue(const SeriesReader& reader, const PlotCandidate& c, bool asRate,
                   const PlotGrid& grid) {
    const auto sample = reader.latest(c.info.id, fieldOf(c.kind), grid.to, grid.to - grid.from);
    if (!sample)
        return -HUGE_VAL;
    double value = sample->value.asDouble();
    if (asRate) {
        // Of the newest point alone: a part of the range may hold no point of a slow series.
        Column column;
        reader.columns(c.info.id, fieldOf(c.kind), {sample->time, sample->time}, {&column, 1});
        value = rateOf(column);
    }
    return std::isfinite(value) ? value : -HUGE_VAL;
}

/// From what chunks know of themselves: of thousands of series no point is looked at.
double rankOf(const SeriesReader& reader, const PlotCandidate& c, TopBy by, bool asRate,
              const PlotGrid& grid) {
    if (by == TopBy::Last)
        return newestValue(reader, c, asRate, grid);
    // A rate over all of the range has no largest value: its parts have.
    std::array<Column, 8> parts{};
    const std::size_t count = asRate && by == TopBy::Max ? parts.size() : 1;
    const std::span<Column> columns(parts.data(), count);
    reader.columns(c.info.id, fieldOf(c.kind), {grid.from, grid.to}, columns);
    double rank = -HUGE_VAL;
    for (const Column& column : columns) {
        if (column.count == 0)
            continue;
        const double value = asRate             ? rateOf(column)
                             : by == TopBy::Max ? column.max
                                                : column.sum / static_cast<double>(column.count);
        if (std::isfinite(value))
            rank = std::max(rank, value);
    }
    return rank;
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
std::set<std::string> tellingKeys(const std::vector<PlotCandidate>& chosen,
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

} // namespace

SeriesKind kindOf(const Descriptor& d) {
    switch (d.type) {
    case MetricType::Gauge:
        return SeriesKind::Gauge;
    case MetricType::Sum:
        return d.monotonic ? SeriesKind::Counter : SeriesKind::Gauge;
    case MetricType::Histogram:
    case MetricType::ExponentialHistogram:
        return SeriesKind::Histogram;
    case MetricType::Summary:
        return SeriesKind::Summary;
    case MetricType::Unknown:
        break;
    }
    return SeriesKind::Any;
}

bool hasCount(SeriesKind kind) {
    return kind == SeriesKind::Histogram || kind == SeriesKind::Summary;
}

bool isCumulative(SeriesKind kind) {
    return kind == SeriesKind::Counter || hasCount(kind);
}

Field fieldOf(SeriesKind kind) {
    return hasCount(kind) ? Field::Count : Field::Value;
}

PlotGrid plotGrid(TimeNs span, TimeNs end, int columns, bool live) {
    PlotGrid grid;
    grid.columns = std::max(columns, 1);
    grid.columnNs = std::max<TimeNs>(1, (span + grid.columns - 1) / grid.columns);
    // A live edge lies behind now, so that the newest point has its column.
    const TimeNs edge = live ? end / grid.columnNs + 1 : (end + grid.columnNs - 1) / grid.columnNs;
    grid.to = edge * grid.columnNs;
    grid.from = grid.to - grid.columnNs * grid.columns;
    return grid;
}

std::shared_ptr<PlotChoice> chooseSeries(const SeriesReader& reader, const PlotRequest& request) {
    auto choice = std::make_shared<PlotChoice>();
    choice->asked = request.families;
    choice->settings = request.settings;
    choice->live = request.live;
    choice->span = request.span;
    choice->end = request.end;

    const bool stacked = request.settings.kind == ChartKind::Stacked;
    std::optional<UnitStyle> left, right;
    for (std::size_t i = 0; i < choice->asked.size(); ++i) {
        const PlotFamily& family = choice->asked[i];
        // Two paths of one metric upon each other would be a sum of the same things.
        std::vector<PlotCandidate> candidates =
            candidatesOf(reader, family, static_cast<int>(i), stacked);
        FamilyPlot facts = factsOf(candidates, family, request.settings.shown);
        if (candidates.empty()) {
            choice->families.push_back(std::move(facts));
            continue;
        }
        choice->onePathOnly = choice->onePathOnly || (stacked && family.paths.size() > 1);
        if (!left)
            left = facts.unit;
        if (sameAxis(*left, facts.unit)) {
            facts.axis = 0;
        } else if (!stacked && (!right || sameAxis(*right, facts.unit))) {
            right = facts.unit;
            facts.axis = 1;
        }
        if (facts.axis >= 0) {
            choice->total += static_cast<std::uint32_t>(candidates.size());
            std::move(candidates.begin(), candidates.end(), std::back_inserter(choice->chosen));
        }
        choice->families.push_back(std::move(facts));
    }
    if (request.span <= 0)
        choice->extent = extentOf(reader, choice->chosen);
    return choice;
}

void keepLargest(const SeriesReader& reader, std::size_t most, const PlotGrid& grid,
                 PlotChoice& choice) {
    std::vector<PlotCandidate>& all = choice.chosen;
    if (all.size() <= most)
        return;
    std::vector<std::vector<std::size_t>> ofFamily(choice.families.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        PlotCandidate& c = all[i];
        const bool asRate =
            choice.families[static_cast<std::size_t>(c.family)].shown != Shown::Raw &&
            isCumulative(c.kind);
        c.rank = rankOf(reader, c, choice.settings.topBy, asRate, grid);
        ofFamily[static_cast<std::size_t>(c.family)].push_back(i);
    }
    // The small families first: what they leave of their share is for the others.
    std::stable_sort(ofFamily.begin(), ofFamily.end(),
                     [](const auto& a, const auto& b) { return a.size() < b.size(); });
    std::vector<std::size_t> kept;
    std::size_t room = most;
    for (std::size_t f = 0; f < ofFamily.size(); ++f) {
        std::vector<std::size_t>& order = ofFamily[f];
        std::stable_sort(order.begin(), order.end(),
                         [&](std::size_t a, std::size_t b) { return all[a].rank > all[b].rank; });
        order.resize(std::min(order.size(), room / (ofFamily.size() - f)));
        room -= order.size();
        kept.insert(kept.end(), order.begin(), order.end());
    }
    std::sort(kept.begin(), kept.end());
    std::vector<PlotCandidate> chosen;
    chosen.reserve(kept.size());
    for (const std::size_t i : kept)
        chosen.push_back(std::move(all[i]));
    all = std::move(chosen);
}

bool stillHolds(const PlotChoice& choice, const PlotRequest& request,
                std::chrono::steady_clock::time_point now) {
    const auto samePath = [](const PlotPath& a, const PlotPath& b) {
        return a.origin == b.origin && a.metrics == b.metrics;
    };
    const auto sameFamily = [&](const PlotFamily& a, const PlotFamily& b) {
        return a.name == b.name &&
               std::equal(a.paths.begin(), a.paths.end(), b.paths.begin(), b.paths.end(), samePath);
    };
    return now - choice.made < std::chrono::seconds(1) && choice.settings == request.settings &&
           choice.live == request.live && choice.span == request.span &&
           (request.live || choice.end == request.end) &&
           std::equal(choice.asked.begin(), choice.asked.end(), request.families.begin(),
                      request.families.end(), sameFamily);
}

std::vector<QString> tellingLabels(const std::vector<PlotCandidate>& chosen) {
    std::vector<Labels> labels;
    labels.reserve(chosen.size());
    for (const PlotCandidate& c : chosen)
        labels.push_back(identity(c.info));
    const std::set<std::string> keys = tellingKeys(chosen, labels);
    std::vector<QString> out;
    out.reserve(chosen.size());
    for (const Labels& of : labels) {
        QString told;
        for (const auto& [key, value] : of) {
            if (!keys.contains(key))
                continue;
            if (!told.isEmpty())
                told += QLatin1String(", ");
            told += text(key) + '=' + text(value);
        }
        out.push_back(std::move(told));
    }
    return out;
}

} // namespace sightglass::ui
