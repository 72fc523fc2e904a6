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
    class Counting final : public FakeSeries {
      public:
        std::vector<SeriesInfo> seriesOf(MetricId metric) const override {
            ++listed;
            return FakeSeries::seriesOf(metric);
        }
        mutable int listed = 0;
    };
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
        PlotMemory memory;
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
    }
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
