// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/plot_query.h"

#include <doctest/doctest.h>

#include <cmath>

#include "tests/support/fake_series.h"

using namespace sightglass;
using namespace sightglass::ui;
using sightglass::test::FakeSeries;

namespace {

constexpr TimeNs start = 1'700'000'000 * nsPerSecond;

PlotPath path(int number, MetricId metric, TimeNs arrived = start) {
    PlotPath p;
    p.origin = OriginId{static_cast<std::uint32_t>(number - 1)};
    p.number = number;
    p.name = QStringLiteral("path %1").arg(number);
    p.metrics = {metric};
    p.arrived = arrived;
    return p;
}

PlotRequest request(std::vector<PlotPath> paths, TimeNs span, TimeNs end, int columns = 100) {
    PlotRequest r;
    r.families = {{QStringLiteral("m"), std::move(paths)}};
    r.span = span;
    r.end = end;
    r.live = false;
    r.columns = columns;
    return r;
}

const PlotColumn* at(const PlotSeries& series, int column) {
    for (const PlotColumn& c : series.columns) {
        if (c.column == column)
            return &c;
    }
    return nullptr;
}

/// Counts how often somebody lists the series of a metric.
class Counting final : public FakeSeries {
  public:
    std::vector<SeriesInfo> seriesOf(MetricId metric) const override {
        ++listed;
        return FakeSeries::seriesOf(metric);
    }
    mutable int listed = 0;
};

/// A memory whose time stands still until the test moves it on.
struct StillMemory {
    std::chrono::steady_clock::time_point time;
    PlotMemory memory{nullptr, [this] { return time; }};
};

} // namespace

TEST_CASE("a gauge is drawn as it is, with first, min, max and last a column") {
    FakeSeries fake;
    const MetricId m = fake.addMetric(OriginId{0}, "m", MetricType::Gauge);
    const SeriesId s = fake.addSeries(m);
    for (int i = 0; i < 1000; ++i)
        fake.add(s, start + i * 100 * nsPerMs, std::sin(i * 0.1) * 10);
    const auto frame =
        plotQuery(fake, request({path(1, m)}, 100 * nsPerSecond, start + 100 * nsPerSecond));
    REQUIRE(frame->series.size() == 1);
    const PlotSeries& line = frame->series[0];
    CHECK(line.shown == Shown::Raw);
    CHECK_FALSE(frame->disagree);
    CHECK(frame->lane.empty());
    CHECK(line.count == 1000);
    CHECK(line.columns.size() == 100);
    CHECK(line.columns[3].first == doctest::Approx(std::sin(3.0) * 10));
    CHECK(line.columns[3].last == doctest::Approx(std::sin(3.9) * 10));
    CHECK(line.columns[0].gapBefore);
    CHECK_FALSE(line.columns[50].gapBefore);
    CHECK(line.last == doctest::Approx(std::sin(99.9) * 10));
    double sum = 0;
    for (int i = 0; i < 1000; ++i)
        sum += std::sin(i * 0.1) * 10;
    CHECK(line.mean == doctest::Approx(sum / 1000));
}

TEST_CASE("a counter is drawn as a rate per second, over its resets") {
    FakeSeries fake;
    const MetricId m = fake.addMetric(OriginId{0}, "m_total", MetricType::Sum, true);
    const SeriesId s = fake.addSeries(m);
    double value = 0;
    for (int i = 0; i < 60; ++i) {
        value = i == 30 ? 5 : value + 5; // restarts at 30 s
        fake.add(s, start + i * nsPerSecond, value);
    }
    auto r = request({path(1, m)}, 60 * nsPerSecond, start + 60 * nsPerSecond, 60);
    const auto rate = plotQuery(fake, r);
    REQUIRE(rate->series.size() == 1);
    CHECK(rate->hasRate);
    CHECK(rate->unit.perSecond);
    for (const PlotColumn& c : rate->series[0].columns)
        CHECK(c.last == doctest::Approx(5));
    CHECK(rate->series[0].columns.size() == 59);
    CHECK(rate->series[0].resets == 1);
    CHECK(rate->series[0].mean == doctest::Approx(5));

    r.settings.shown = Shown::Raw;
    const auto raw = plotQuery(fake, r);
    CHECK(raw->hasRate);
    CHECK_FALSE(raw->unit.perSecond);
    CHECK(raw->series[0].max == 150);
}

TEST_CASE("a delta counter's rate is its points over the time between them") {
    FakeSeries fake;
    const MetricId m =
        fake.addMetric(OriginId{0}, "m", MetricType::Sum, true, "", Temporality::Delta);
    const SeriesId s = fake.addSeries(m);
    for (int i = 0; i < 20; ++i)
        fake.add(s, start + i * 2 * nsPerSecond, i % 2 == 0 ? 4 : 6);
    const auto frame =
        plotQuery(fake, request({path(1, m)}, 40 * nsPerSecond, start + 40 * nsPerSecond, 20));
    CHECK(frame->series[0].delta);
    CHECK(frame->series[0].min == doctest::Approx(2));
    CHECK(frame->series[0].max == doctest::Approx(3));
}

TEST_CASE("where paths disagree on the type all is as received and the lane holds the rate") {
    FakeSeries fake;
    const MetricId gauge = fake.addMetric(OriginId{0}, "heap", MetricType::Gauge);
    const MetricId upDown = fake.addMetric(OriginId{1}, "heap", MetricType::Sum, false);
    const MetricId counter = fake.addMetric(OriginId{2}, "heap", MetricType::Sum, true);
    const SeriesId a = fake.addSeries(gauge, {{"app", "x"}, {"host", "h"}});
    const SeriesId b = fake.addSeries(upDown, {{"app", "x"}});
    const SeriesId c = fake.addSeries(counter, {{"app", "x"}});
    for (int i = 0; i < 100; ++i) {
        const double value = 1000 + (i % 25) * 40;
        fake.add(a, start + i * nsPerSecond, value);
        fake.add(b, start + i * nsPerSecond, value);
        if (i >= 20)
            fake.add(c, start + i * nsPerSecond, value);
    }
    const auto frame = plotQuery(
        fake, request({path(1, gauge), path(2, upDown), path(3, counter, start + 20 * nsPerSecond)},
                      100 * nsPerSecond, start + 100 * nsPerSecond));
    CHECK(frame->disagree);
    CHECK_FALSE(frame->hasRate);
    REQUIRE(frame->series.size() == 3);
    CHECK(frame->series[0].reference);
    CHECK_FALSE(frame->series[0].odd);
    CHECK_FALSE(frame->series[1].odd); // a non-monotonic sum is a gauge
    CHECK(frame->series[2].odd);
    CHECK(frame->series[2].max == 1960);

    // One label set, though a path lost a label: one colour and no labels to tell apart.
    CHECK(frame->series[0].labels.isEmpty());
    CHECK(frame->series[0].color == frame->series[2].color);

    REQUIRE(frame->lane.series.size() == 1);
    CHECK(frame->lane.paths == std::vector<int>{3});
    CHECK(frame->lane.falseResets == 3);
    CHECK(frame->lane.resetTimes.size() == 3);
    CHECK(frame->lane.series[0].max == doctest::Approx(1000));
    CHECK(frame->lane.unit.perSecond);
    REQUIRE(frame->arrivals.size() == 1);
    CHECK(frame->arrivals[0].path == 3);
    CHECK(frame->arrivals[0].time == start + 20 * nsPerSecond);
}

TEST_CASE("unknown disagrees with nothing") {
    FakeSeries fake;
    const MetricId unknown = fake.addMetric(OriginId{0}, "m", MetricType::Unknown);
    const MetricId gauge = fake.addMetric(OriginId{1}, "m", MetricType::Gauge);
    fake.add(fake.addSeries(unknown), start, 1);
    fake.add(fake.addSeries(gauge), start, 1);
    const auto frame = plotQuery(fake, request({path(1, unknown), path(2, gauge)}, 10 * nsPerSecond,
                                               start + 5 * nsPerSecond));
    CHECK_FALSE(frame->disagree);
    CHECK_FALSE(frame->series[0].odd);
    CHECK_FALSE(frame->series[1].odd);
}

TEST_CASE("each label set has a colour of its own, the same on every path") {
    FakeSeries fake;
    const MetricId one = fake.addMetric(OriginId{0}, "m", MetricType::Gauge);
    const MetricId two = fake.addMetric(OriginId{1}, "m", MetricType::Gauge);
    for (const char* method : {"GET", "POST"})
        fake.add(fake.addSeries(one, {{"method", method}, {"zone", "a"}}), start, 1);
    fake.add(fake.addSeries(two, {{"method", "POST"}}), start, 1);
    const auto frame = plotQuery(
        fake, request({path(1, one), path(2, two)}, 10 * nsPerSecond, start + 5 * nsPerSecond));
    REQUIRE(frame->series.size() == 3);
    CHECK(frame->series[0].labels == "method=GET");
    CHECK(frame->series[1].labels == "method=POST");
    CHECK(frame->series[2].labels == "method=POST");
    CHECK(frame->series[0].color == 0);
    CHECK(frame->series[1].color == 1);
    CHECK(frame->series[2].color == 1);
}

TEST_CASE("missing data is a gap: missed intervals and a stale series, not jitter") {
    FakeSeries fake;
    const MetricId m = fake.addMetric(OriginId{0}, "m", MetricType::Gauge);
    const SeriesId s = fake.addSeries(m);
    struct Row {
        double at;
        bool gapBefore;
    };
    const std::vector<Row> rows{{0, true},   {1, false},  {2.2, false}, {3, false},
                                {4, false},  {5, false},  {10, true},   {11, false},
                                {12, false}, {15, false}, {16, false}};
    for (const Row& row : rows)
        fake.add(s, start + static_cast<TimeNs>(row.at * 1e9), row.at);
    fake.addStale(s, start + 17 * nsPerSecond);
    fake.add(s, start + 18 * nsPerSecond, 18);
    fake.add(s, start + 19 * nsPerSecond, 19);
    const auto frame =
        plotQuery(fake, request({path(1, m)}, 20 * nsPerSecond, start + 20 * nsPerSecond, 200));
    const auto& columns = frame->series[0].columns;
    REQUIRE(columns.size() == rows.size() + 2);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        CAPTURE(rows[i].at);
        CHECK(columns[i].gapBefore == rows[i].gapBefore);
    }
    CHECK(columns[rows.size()].gapBefore);
    CHECK_FALSE(columns[rows.size() + 1].gapBefore);
}

TEST_CASE("a sender that first reported seldom, then often, has no gaps in its slow time") {
    FakeSeries fake;
    const MetricId m = fake.addMetric(OriginId{0}, "m", MetricType::Gauge);
    const SeriesId s = fake.addSeries(m);
    for (int i = 0; i < 10; ++i)
        fake.add(s, start + i * 5 * nsPerSecond, i);
    for (int i = 0; i < 100; ++i)
        fake.add(s, start + 50 * nsPerSecond + i * 250 * nsPerMs, i);
    const auto frame =
        plotQuery(fake, request({path(1, m)}, 80 * nsPerSecond, start + 80 * nsPerSecond, 400));
    int gaps = 0;
    for (const PlotColumn& c : frame->series[0].columns)
        gaps += c.gapBefore ? 1 : 0;
    CHECK(gaps <= 2); // the beginning, and at most where the interval changes
}

TEST_CASE("a line comes from and goes to its neighbours outside a narrow range") {
    FakeSeries fake;
    const MetricId m = fake.addMetric(OriginId{0}, "m", MetricType::Sum, true);
    const SeriesId s = fake.addSeries(m);
    for (int i = 0; i <= 10; ++i)
        fake.add(s, start + i * 5 * nsPerSecond, i * 10);
    const auto frame = plotQuery(
        fake, request({path(1, m)}, nsPerSecond, start + 21 * nsPerSecond + nsPerSecond, 100));
    const auto& columns = frame->series[0].columns;
    REQUIRE(columns.size() == 2);
    CHECK(columns[0].column == -1);
    CHECK(columns[0].lastTime == start + 20 * nsPerSecond);
    CHECK(columns[0].last == doctest::Approx(2));
    CHECK(columns[1].column == 100);
    CHECK(columns[1].firstTime == start + 25 * nsPerSecond);
    CHECK_FALSE(columns[1].gapBefore);
    CHECK_FALSE(hasSamples(*frame));
}

TEST_CASE("above 50 series the top 50 by last are drawn") {
    FakeSeries fake;
    const MetricId m = fake.addMetric(OriginId{0}, "m", MetricType::Gauge);
    for (int i = 0; i < 312; ++i) {
        const SeriesId s = fake.addSeries(m, {{"i", std::to_string(i)}});
        // Early values would choose others.
        fake.add(s, start, 1000 - i);
        fake.add(s, start + nsPerSecond, i);
    }
    const auto frame =
        plotQuery(fake, request({path(1, m)}, 10 * nsPerSecond, start + 5 * nsPerSecond));
    CHECK(frame->total == 312);
    REQUIRE(frame->series.size() == 50);
    for (const PlotSeries& series : frame->series)
        CHECK(series.last >= 262);
}

TEST_CASE("the range begins fitted to what there is, up to five minutes") {
    FakeSeries fake;
    const MetricId m = fake.addMetric(OriginId{0}, "m", MetricType::Gauge);
    const SeriesId s = fake.addSeries(m);
    for (int i = 0; i < 1000; ++i)
        fake.add(s, start + i * nsPerSecond, i);
    struct Row {
        TimeNs now;
        TimeNs least, most; ///< of the span
    };
    for (const Row& row :
         {Row{start + 2 * nsPerSecond, 5, 6}, Row{start + 42 * nsPerSecond, 42, 44},
          Row{start + 999 * nsPerSecond, 300, 302},
          // Long after the last point, the points are shown where they are.
          Row{start + 90'000 * nsPerSecond, 300, 302}}) {
        auto r = request({path(1, m)}, 0, row.now, 100);
        r.live = true;
        const auto frame = plotQuery(fake, r);
        CAPTURE(row.now);
        CHECK(frame->fitted);
        CHECK((frame->to - frame->from) / nsPerSecond >= row.least);
        CHECK((frame->to - frame->from) / nsPerSecond <= row.most);
        CHECK(hasSamples(*frame));
    }
}

TEST_CASE("of many series the largest are looked for once a second, those shown read each time") {
    struct Row {
        int series;
        int listed; ///< by three questions
    };
    for (const Row& row : {Row{60, 1}, Row{50, 3}}) {
        CAPTURE(row.series);
        Counting fake;
        const MetricId m = fake.addMetric(OriginId{0}, "m", MetricType::Gauge);
        std::vector<SeriesId> all;
        for (int i = 0; i < row.series; ++i) {
            all.push_back(fake.addSeries(m, {{"i", std::to_string(i)}}));
            fake.add(all.back(), start, i);
        }
        StillMemory still;
        PlotMemory& memory = still.memory;
        auto r = request({path(1, m)}, 60 * nsPerSecond, start + nsPerSecond, 100);
        r.live = true;
        const auto first = plotQuery(fake, r, &memory);
        for (int i = 1; i < 3; ++i) {
            fake.add(all.back(), start + i * nsPerSecond, 1000 + i);
            r.end = start + (i + 1) * nsPerSecond;
            const auto frame = plotQuery(fake, r, &memory);
            REQUIRE(frame->series.size() == 50);
            CHECK(frame->total == static_cast<std::uint32_t>(row.series));
            CHECK(frame->series.back().last == 1000 + i);
            CHECK(frame->series.back().labels == first->series.back().labels);
        }
        CHECK(fake.listed == row.listed);
        // Another question is no matter of the memory.
        r.settings.shown = Shown::Raw;
        CHECK(plotQuery(fake, r, &memory)->total == static_cast<std::uint32_t>(row.series));
        CHECK(fake.listed == row.listed + 1);
        still.time += std::chrono::seconds(1);
        CHECK(plotQuery(fake, r, &memory)->total == static_cast<std::uint32_t>(row.series));
        CHECK(fake.listed == row.listed + 2);
    }
}

TEST_CASE("the many series of a heatmap are listed once a second, and all are summed") {
    Counting fake;
    const MetricId m = fake.addMetric(OriginId{0}, "m", MetricType::Histogram);
    constexpr int many = 60;
    for (int i = 0; i < many; ++i) {
        const SeriesId s = fake.addSeries(m, {{"i", std::to_string(i)}});
        for (int t = 0; t < 60; ++t) {
            HistogramSample sample;
            sample.time = start + t * nsPerSecond;
            sample.count = static_cast<std::uint64_t>(t);
            sample.bounds = std::make_shared<const HistogramBounds>(HistogramBounds{{1}, {}});
            sample.bucketCounts = {sample.count, 0};
            fake.add(s, sample);
        }
    }
    StillMemory still;
    auto r = request({path(1, m)}, 60 * nsPerSecond, start + 50 * nsPerSecond, 100);
    r.live = true;
    for (int i = 0; i < 3; ++i) {
        r.end += nsPerSecond;
        const auto frame = plotQuery(fake, r, &still.memory);
        REQUIRE(frame->heat);
        REQUIRE(frame->heat->grids.size() == 1);
        CHECK(frame->heat->grids[0].series == many);
        CHECK(frame->heat->grids[0].seriesRead == many);
    }
    CHECK(fake.listed == 1);
    still.time += std::chrono::seconds(1);
    CHECK(plotQuery(fake, r, &still.memory)->heat);
    CHECK(fake.listed == 2);
}

TEST_CASE("points stay in their columns while a live chart moves on") {
    FakeSeries fake;
    const MetricId m = fake.addMetric(OriginId{0}, "m", MetricType::Gauge);
    const SeriesId s = fake.addSeries(m);
    for (int i = 0; i < 2000; ++i)
        fake.add(s, start + i * 37 * nsPerMs, std::sin(i * 0.7));
    auto r = request({path(1, m)}, 30 * nsPerSecond, 0, 100);
    r.live = true;
    r.end = start + 60 * nsPerSecond + 1;
    const auto before = plotQuery(fake, r);
    r.end += 1234 * nsPerMs;
    const auto after = plotQuery(fake, r);
    REQUIRE(before->columnNs == after->columnNs);
    const auto moved = static_cast<int>((after->from - before->from) / before->columnNs);
    CHECK(moved > 0);
    CHECK((after->from - before->from) % before->columnNs == 0);
    for (int column = moved; column < 90; ++column) {
        const PlotColumn* a = at(before->series[0], column);
        const PlotColumn* b = at(after->series[0], column - moved);
        REQUIRE(a != nullptr);
        REQUIRE(b != nullptr);
        CHECK(a->min == b->min);
        CHECK(a->max == b->max);
        CHECK(a->firstTime == b->firstTime);
    }
}

TEST_CASE("a frame says what it was read from") {
    FakeSeries fake;
    const MetricId m = fake.addMetric(OriginId{0}, "m", MetricType::Gauge);
    const SeriesId s = fake.addSeries(m);
    fake.add(s, start, 1);
    const auto frame = plotQuery(fake, request({path(1, m)}, nsPerSecond, start + nsPerSecond));
    REQUIRE(frame->generations.size() == 1);
    CHECK(frame->generations[0] == std::pair<MetricId, std::uint64_t>{m, 1});
    fake.add(s, start + 1, 2);
    CHECK(fake.generation(m) != frame->generations[0].second);
}

TEST_CASE("increase is what a column rose, and the frame says over what time") {
    FakeSeries fake;
    const MetricId m = fake.addMetric(OriginId{0}, "m", MetricType::Sum, true);
    const SeriesId s = fake.addSeries(m);
    for (int i = 0; i < 100; ++i)
        fake.add(s, start + i * nsPerSecond, i * 5);
    // A column of 10 s.
    auto r = request({path(1, m)}, 100 * nsPerSecond, start + 100 * nsPerSecond, 10);
    r.settings.shown = Shown::Increase;
    const auto frame = plotQuery(fake, r);
    REQUIRE(frame->series.size() == 1);
    CHECK(frame->series[0].shown == Shown::Increase);
    CHECK_FALSE(frame->unit.perSecond);
    REQUIRE(at(frame->series[0], 5) != nullptr);
    CHECK(at(frame->series[0], 5)->last == 50);
    CHECK(frame->step == 10 * nsPerSecond);
    // A gauge has no increase.
    const MetricId gauge = fake.addMetric(OriginId{0}, "g", MetricType::Gauge);
    fake.add(fake.addSeries(gauge), start, 3);
    r.families = {{QStringLiteral("g"), {path(1, gauge)}}};
    const auto plain = plotQuery(fake, r);
    CHECK(plain->series[0].shown == Shown::Raw);
    CHECK(plain->step == 0);
}

TEST_CASE("the increase of a steady counter is steady, however columns and points fall together") {
    FakeSeries fake;
    const MetricId m = fake.addMetric(OriginId{0}, "m", MetricType::Sum, true);
    const SeriesId s = fake.addSeries(m);
    // One a second, scraped every 10 s, and not at all for two minutes.
    for (int i = 0; i < 90; ++i) {
        if (i < 40 || i > 52)
            fake.add(s, start + i * 10 * nsPerSecond, i * 10);
    }
    struct Row {
        int columns;
        TimeNs step;
    };
    for (const Row& row :
         {Row{60, 15 * nsPerSecond}, Row{900, 10 * nsPerSecond}, Row{30, 30 * nsPerSecond}}) {
        CAPTURE(row.columns);
        auto r = request({path(1, m)}, 900 * nsPerSecond, start + 900 * nsPerSecond, row.columns);
        r.settings.shown = Shown::Increase;
        const auto frame = plotQuery(fake, r);
        CHECK(frame->step == row.step);
        REQUIRE(frame->series.size() == 1);
        const PlotSeries& line = frame->series[0];
        CHECK(line.columns.size() >= 25);
        const auto step = static_cast<double>(row.step / nsPerSecond);
        for (const PlotColumn& c : line.columns)
            CHECK(c.last == doctest::Approx(step));
        CHECK(line.mean == doctest::Approx(step));
        CHECK(line.max == doctest::Approx(step));
    }
}

TEST_CASE("a counter that begins again is marked, one that only disagrees is not") {
    FakeSeries fake;
    const MetricId counter = fake.addMetric(OriginId{0}, "m", MetricType::Sum, true);
    const MetricId gauge = fake.addMetric(OriginId{1}, "m", MetricType::Gauge);
    const SeriesId s = fake.addSeries(counter);
    const SeriesId g = fake.addSeries(gauge);
    for (int i = 0; i < 100; ++i) {
        fake.add(s, start + i * nsPerSecond, i % 40);
        fake.add(g, start + i * nsPerSecond, i % 40);
    }
    const auto frame =
        plotQuery(fake, request({path(1, counter)}, 100 * nsPerSecond, start + 100 * nsPerSecond));
    REQUIRE(frame->resets.size() == 2);
    CHECK(frame->resets[0].series == 0);
    CHECK(std::abs(frame->resets[0].time - (start + 40 * nsPerSecond)) <= nsPerSecond);
    const auto gauges =
        plotQuery(fake, request({path(2, gauge)}, 100 * nsPerSecond, start + 100 * nsPerSecond));
    CHECK(gauges->resets.empty());
    const auto both = plotQuery(fake, request({path(2, gauge), path(1, counter)}, 100 * nsPerSecond,
                                              start + 100 * nsPerSecond));
    CHECK(both->resets.empty());
    CHECK(both->lane.falseResets == 2);
}

TEST_CASE("several families: another unit gets the right axis, a third is left out by name") {
    FakeSeries fake;
    const MetricId heap = fake.addMetric(OriginId{0}, "heap", MetricType::Gauge, false, "By");
    const MetricId stack = fake.addMetric(OriginId{0}, "stack", MetricType::Gauge, false, "By");
    const MetricId wait = fake.addMetric(OriginId{0}, "wait", MetricType::Gauge, false, "s");
    const MetricId share = fake.addMetric(OriginId{0}, "share", MetricType::Gauge, false, "%");
    for (const MetricId m : {heap, stack, wait, share})
        fake.add(fake.addSeries(m), start + nsPerSecond, 5);
    auto r = request({path(1, heap)}, 10 * nsPerSecond, start + 5 * nsPerSecond);
    r.families = {{QStringLiteral("heap"), {path(1, heap)}},
                  {QStringLiteral("wait"), {path(1, wait)}},
                  {QStringLiteral("gone"), {}},
                  {QStringLiteral("share"), {path(1, share)}},
                  {QStringLiteral("stack"), {path(1, stack)}}};
    const auto frame = plotQuery(fake, r);
    REQUIRE(frame->series.size() == 3);
    CHECK(frame->families == QStringList{"heap", "wait", "gone", "share", "stack"});
    CHECK(frame->unit.kind == UnitStyle::Kind::Bytes);
    REQUIRE(frame->rightUnit);
    CHECK(frame->rightUnit->kind == UnitStyle::Kind::Seconds);
    CHECK(frame->leftOut == QStringList{"share"});
    struct Row {
        int family, axis;
    };
    const Row rows[] = {{0, 0}, {1, 1}, {4, 0}};
    for (std::size_t i = 0; i < 3; ++i) {
        CAPTURE(i);
        CHECK(frame->series[i].family == rows[i].family);
        CHECK(frame->series[i].axis == rows[i].axis);
        // No label tells them apart, and yet no two look alike.
        CHECK(frame->series[i].color == static_cast<int>(i));
    }
    // Upon each other only what has one unit.
    r.settings.kind = ChartKind::Stacked;
    const auto stacked = plotQuery(fake, r);
    CHECK_FALSE(stacked->rightUnit);
    CHECK(stacked->series.size() == 2);
    CHECK(stacked->leftOut == QStringList{"wait", "share"});
}

TEST_CASE("of many series in several families each gets its share") {
    FakeSeries fake;
    const MetricId many = fake.addMetric(OriginId{0}, "many", MetricType::Gauge);
    const MetricId few = fake.addMetric(OriginId{0}, "few", MetricType::Gauge);
    for (int i = 0; i < 200; ++i)
        fake.add(fake.addSeries(many, {{"i", std::to_string(i)}}), start, 1000 + i);
    for (int i = 0; i < 3; ++i)
        fake.add(fake.addSeries(few, {{"i", std::to_string(i)}}), start, i);
    auto r = request({path(1, many)}, 10 * nsPerSecond, start + 5 * nsPerSecond);
    r.families.push_back({QStringLiteral("few"), {path(1, few)}});
    const auto frame = plotQuery(fake, r);
    CHECK(frame->total == 203);
    REQUIRE(frame->series.size() == 50);
    CHECK(frame->series.back().family == 1);
    CHECK(frame->series[46].family == 0);
    CHECK(frame->series[47].family == 1);
}

TEST_CASE("the largest are chosen by last, max or mean, of counters by their rate") {
    FakeSeries fake;
    const MetricId gauge = fake.addMetric(OriginId{0}, "g", MetricType::Gauge);
    const MetricId counter = fake.addMetric(OriginId{0}, "c", MetricType::Sum, true);
    // Three that stand out among others: now, once, and on the whole.
    for (int i = 0; i < 60; ++i) {
        const SeriesId g = fake.addSeries(gauge, {{"i", std::to_string(i)}});
        const SeriesId c = fake.addSeries(counter, {{"i", std::to_string(i)}});
        double total = 1e9 - i; // the size of a counter says nothing of its rate
        for (int t = 0; t < 80; ++t) {
            double value = 10;
            if (i == 7)
                value = t >= 78 ? 100 : 0;
            else if (i == 8)
                value = t == 20 ? 5000 : 0;
            else if (i == 9)
                value = t < 70 ? 90 : 0;
            total += value;
            fake.add(g, start + t * nsPerSecond, value);
            fake.add(c, start + t * nsPerSecond, total);
        }
    }
    struct Row {
        TopBy by;
        const char* label;
        MetricId metric;
    };
    for (const Row& row : {Row{TopBy::Last, "i=7", gauge}, Row{TopBy::Max, "i=8", gauge},
                           Row{TopBy::Mean, "i=9", gauge}, Row{TopBy::Last, "i=7", counter},
                           Row{TopBy::Max, "i=8", counter}, Row{TopBy::Mean, "i=9", counter}}) {
        CAPTURE(std::string(row.label));
        auto r = request({path(1, row.metric)}, 80 * nsPerSecond, start + 80 * nsPerSecond);
        r.settings.topBy = row.by;
        r.most = 1;
        const auto frame = plotQuery(fake, r);
        CHECK(frame->total == 60);
        REQUIRE(frame->series.size() == 1);
        CHECK(fake.series(frame->series[0].id)->attributes->find("i")->display() ==
              std::string(row.label).substr(2));
    }
}

TEST_CASE("of counters the largest by last are the same between two scrapes and at one") {
    FakeSeries fake;
    const MetricId m = fake.addMetric(OriginId{0}, "m", MetricType::Sum, true);
    // Two targets scraped every 30 s, at times of their own; the slower one is seen last.
    const SeriesId fast = fake.addSeries(m, {{"i", "fast"}});
    const SeriesId slow = fake.addSeries(m, {{"i", "slow"}});
    for (int i = 0; i < 4; ++i) {
        fake.add(fast, start + i * 30 * nsPerSecond, i * 3000);
        fake.add(slow, start + (i * 30 + 15) * nsPerSecond, i * 30);
    }
    for (const int second : {92, 100, 106, 118}) {
        CAPTURE(second);
        auto r = request({path(1, m)}, 60 * nsPerSecond, start + second * nsPerSecond);
        r.most = 1;
        const auto frame = plotQuery(fake, r);
        REQUIRE(frame->series.size() == 1);
        CHECK(frame->series[0].id == fast);
    }
}

TEST_CASE("what is stacked holds its last value while its line goes on, and no longer") {
    FakeSeries fake;
    const MetricId m = fake.addMetric(OriginId{0}, "m", MetricType::Gauge);
    const SeriesId dense = fake.addSeries(m, {{"i", "dense"}});
    const SeriesId sparse = fake.addSeries(m, {{"i", "sparse"}});
    const SeriesId ended = fake.addSeries(m, {{"i", "ended"}});
    for (int t = 0; t < 100; ++t)
        fake.add(dense, start + t * nsPerSecond, 1);
    // Every five seconds, then nothing from 50 s on.
    for (int t = 0; t <= 50; t += 5)
        fake.add(sparse, start + t * nsPerSecond, 10);
    for (int t = 0; t <= 30; ++t)
        fake.add(ended, start + t * nsPerSecond, 100);
    fake.addStale(ended, start + 30 * nsPerSecond + nsPerMs);
    auto r = request({path(1, m)}, 100 * nsPerSecond, start + 100 * nsPerSecond, 100);
    r.settings.kind = ChartKind::Stacked;
    const auto frame = plotQuery(fake, r);
    REQUIRE(frame->series.size() == 3);
    const auto heldAt = [&](std::size_t series, int second) {
        const double held = frame->series[series].held[static_cast<std::size_t>(
            (start + second * nsPerSecond - frame->from) / frame->columnNs)];
        return std::isnan(held) ? 0 : held;
    };
    CHECK(heldAt(0, 99) == 1);
    CHECK(heldAt(1, 3) == 10);
    CHECK(heldAt(1, 50) == 10);
    CHECK(heldAt(1, 60) == 10); // may be late
    CHECK(heldAt(1, 75) == 0);
    CHECK(heldAt(2, 30) == 100);
    CHECK(heldAt(2, 32) == 0);
}

TEST_CASE("two paths of one metric are not stacked upon each other") {
    FakeSeries fake;
    const MetricId one = fake.addMetric(OriginId{0}, "m", MetricType::Gauge);
    const MetricId two = fake.addMetric(OriginId{1}, "m", MetricType::Gauge);
    fake.add(fake.addSeries(one), start, 1);
    fake.add(fake.addSeries(two), start, 1);
    auto r = request({path(1, one), path(2, two)}, 10 * nsPerSecond, start + 5 * nsPerSecond);
    CHECK(plotQuery(fake, r)->series.size() == 2);
    r.settings.kind = ChartKind::Stacked;
    const auto frame = plotQuery(fake, r);
    CHECK(frame->series.size() == 1);
    CHECK(frame->onePathOnly);
}

TEST_CASE("a log axis leaves zero and below out, as a gap, and says so") {
    FakeSeries fake;
    const MetricId m = fake.addMetric(OriginId{0}, "m", MetricType::Gauge);
    const SeriesId s = fake.addSeries(m);
    const double values[] = {10, 100, 0, 1000, -5, 10};
    for (int i = 0; i < 6; ++i)
        fake.add(s, start + i * nsPerSecond, values[i]);
    auto r = request({path(1, m)}, 10 * nsPerSecond, start + 8 * nsPerSecond, 100);
    CHECK(plotQuery(fake, r)->series[0].logColumns.empty());
    r.settings.logAxis = true;
    const auto frame = plotQuery(fake, r);
    CHECK(frame->belowLog);
    const auto& log = frame->series[0].logColumns;
    REQUIRE(log.size() == 4);
    CHECK(log[1].last == doctest::Approx(2));
    CHECK_FALSE(log[1].gapBefore);
    CHECK(log[2].last == doctest::Approx(3));
    CHECK(log[2].gapBefore);
    CHECK(log[3].gapBefore);
}

TEST_CASE("the fitted range covers what the other charts of the page show") {
    FakeSeries fake;
    const MetricId m = fake.addMetric(OriginId{0}, "m", MetricType::Gauge);
    const SeriesId s = fake.addSeries(m);
    fake.add(s, start + 90 * nsPerSecond, 1);
    auto r = request({path(1, m)}, 0, start + 100 * nsPerSecond, 100);
    r.live = true;
    const auto alone = plotQuery(fake, r);
    REQUIRE(alone->extent);
    CHECK(alone->extent->from == start + 90 * nsPerSecond);
    CHECK((alone->to - alone->from) / nsPerSecond <= 11);
    r.beside = TimeRange{start, start + 99 * nsPerSecond};
    CHECK((plotQuery(fake, r)->to - plotQuery(fake, r)->from) / nsPerSecond >= 100);
}

TEST_CASE("all lines of a frame are read from one generation") {
    /// Points come in between any two reads, but not into what was pinned.
    class Moving final : public FakeSeries {
      public:
        std::shared_ptr<const SeriesReader> pin(std::span<const SeriesId> ids) const override {
            pinned.assign(ids.begin(), ids.end());
            auto copy = std::make_shared<Moving>(*this);
            copy->frozen = true;
            return copy;
        }
        void columns(SeriesId series, Field field, TimeRange range,
                     std::span<Column> out) const override {
            if (!frozen)
                ++readUnpinned;
            FakeSeries::columns(series, field, range, out);
        }
        mutable std::vector<SeriesId> pinned;
        mutable int readUnpinned = 0;
        bool frozen = false;
    };
    Moving fake;
    const MetricId m = fake.addMetric(OriginId{0}, "m", MetricType::Gauge);
    const SeriesId a = fake.addSeries(m, {{"i", "a"}});
    const SeriesId b = fake.addSeries(m, {{"i", "b"}});
    fake.add(a, start, 1);
    fake.add(b, start, 2);
    const auto frame =
        plotQuery(fake, request({path(1, m)}, 10 * nsPerSecond, start + 5 * nsPerSecond));
    CHECK(frame->series.size() == 2);
    CHECK(fake.pinned == std::vector<SeriesId>{a, b});
    CHECK(fake.readUnpinned == 0);
}
