// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/heat_query.h"

#include <doctest/doctest.h>

#include <cmath>
#include <numeric>

#include "tests/support/fake_series.h"
#include "ui/charts/heat_buckets.h"

using namespace sightglass;
using namespace sightglass::ui;
using sightglass::test::FakeSeries;

namespace {

constexpr TimeNs start = 1'700'000'000 * nsPerSecond;
using Counts = std::vector<std::uint64_t>;
using Row = std::vector<double>;

std::shared_ptr<const HistogramBounds> bounds(std::vector<double> values) {
    auto out = std::make_shared<HistogramBounds>();
    out->bounds = std::move(values);
    return out;
}

HistogramSample explicitAt(double second, std::shared_ptr<const HistogramBounds> with,
                           const Counts& counts, double startSecond = -1) {
    HistogramSample out;
    out.time = start + static_cast<TimeNs>(second * 1e9);
    out.startTime = startSecond < 0 ? 0 : start + static_cast<TimeNs>(startSecond * 1e9);
    out.bounds = std::move(with);
    out.bucketCounts = counts;
    out.count = std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
    return out;
}

ExponentialHistogramSample exponentialAt(double second, int scale, int offset, const Counts& counts,
                                         std::uint64_t zero = 0) {
    ExponentialHistogramSample out;
    out.time = start + static_cast<TimeNs>(second * 1e9);
    out.scale = scale;
    out.positiveOffset = offset;
    out.positiveCounts = counts;
    out.zeroCount = zero;
    out.count = std::accumulate(counts.begin(), counts.end(), zero);
    return out;
}

struct Histograms {
    explicit Histograms(MetricType type = MetricType::Histogram,
                        Temporality temporality = Temporality::Cumulative)
        : metric(fake.addMetric(OriginId{0}, "m", type, false, "s", temporality)) {}

    std::shared_ptr<const HeatFrame> query(int cells, double from = 0, double cellSeconds = 1) {
        HeatRequest request;
        PlotPath path;
        path.number = 1;
        path.name = QStringLiteral("path 1");
        path.metrics = {metric};
        request.paths = {path};
        request.from = start + static_cast<TimeNs>(from * 1e9);
        request.cellNs = static_cast<TimeNs>(cellSeconds * 1e9);
        request.cells = cells;
        return heatmapQuery(fake, request);
    }

    FakeSeries fake;
    MetricId metric;
};

Row cell(const HeatGrid& grid, std::size_t at) {
    return grid.distribution(at);
}

HeatGrid gridOf(std::vector<double> edges, bool exponential = false) {
    HeatGrid grid;
    grid.edges = std::move(edges);
    grid.exponential = exponential;
    return grid;
}

} // namespace

TEST_CASE("cumulative buckets count by their rise, in the cell in which they rose") {
    Histograms h;
    const SeriesId s = h.fake.addSeries(h.metric);
    const auto le = bounds({1, 2});
    h.fake.add(s, explicitAt(0, le, {100, 50, 5}));
    h.fake.add(s, explicitAt(1, le, {103, 51, 5}));
    h.fake.add(s, explicitAt(2, le, {103, 55, 6}));
    h.fake.add(s, explicitAt(3, le, {103, 55, 6}));
    const auto frame = h.query(3);
    REQUIRE(frame->grids.size() == 1);
    const HeatGrid& grid = frame->grids[0];
    CHECK(grid.edges == Row{1, 2});
    CHECK_FALSE(grid.exponential);
    CHECK(cell(grid, 0) == Row{3, 1, 0});
    CHECK(cell(grid, 1) == Row{0, 4, 1});
    CHECK(cell(grid, 2) == Row{0, 0, 0});
    CHECK(grid.distribution(std::nullopt) == Row{3, 5, 1});
    for (const float seconds : grid.seconds)
        CHECK(seconds == doctest::Approx(1));
    CHECK(grid.resets == 0);
}

TEST_CASE("what came between two points is spread over the cells between them") {
    Histograms h;
    const SeriesId s = h.fake.addSeries(h.metric);
    const auto le = bounds({1});
    // The points outside the range belong to it by half.
    h.fake.add(s, explicitAt(-2, le, {0, 0}));
    h.fake.add(s, explicitAt(2, le, {8, 0}));
    h.fake.add(s, explicitAt(6, le, {8, 40}));
    const auto frame = h.query(4);
    const HeatGrid& grid = frame->grids.at(0);
    CHECK(cell(grid, 0) == Row{2, 0});
    CHECK(cell(grid, 1) == Row{2, 0});
    CHECK(cell(grid, 2) == Row{0, 10});
    CHECK(cell(grid, 3) == Row{0, 10});
    for (const float seconds : grid.seconds)
        CHECK(seconds == doctest::Approx(1));
}

TEST_CASE("after a restart buckets count from zero, whether they fell or a start time says so") {
    const auto le = bounds({1, 2});
    SUBCASE("a bucket fell") {
        Histograms h;
        const SeriesId s = h.fake.addSeries(h.metric);
        h.fake.add(s, explicitAt(0, le, {10, 0, 0}));
        h.fake.add(s, explicitAt(1, le, {12, 0, 0}));
        // More observations than before in all, yet the first bucket fell.
        h.fake.add(s, explicitAt(2, le, {5, 9, 1}));
        h.fake.add(s, explicitAt(3, le, {6, 9, 1}));
        const HeatGrid grid = h.query(3)->grids.at(0);
        CHECK(cell(grid, 0) == Row{2, 0, 0});
        CHECK(cell(grid, 1) == Row{5, 9, 1});
        CHECK(cell(grid, 2) == Row{1, 0, 0});
        CHECK(grid.resets == 1);
    }
    SUBCASE("nothing fell, but the start time moved") {
        Histograms h;
        const SeriesId s = h.fake.addSeries(h.metric);
        h.fake.add(s, explicitAt(0, le, {1, 0, 0}, -9));
        h.fake.add(s, explicitAt(1, le, {2, 0, 0}, -9));
        h.fake.add(s, explicitAt(2, le, {3, 0, 0}, 1.5));
        const HeatGrid grid = h.query(3)->grids.at(0);
        CHECK(cell(grid, 0) == Row{1, 0, 0});
        CHECK(cell(grid, 1) == Row{3, 0, 0});
        CHECK(grid.seconds[1] == doctest::Approx(0.5));
        CHECK(grid.resets == 1);
    }
}

TEST_CASE("delta buckets count as they are, over the time they say") {
    Histograms h(MetricType::Histogram, Temporality::Delta);
    const SeriesId s = h.fake.addSeries(h.metric);
    const auto le = bounds({1, 2});
    h.fake.add(s, explicitAt(1, le, {4, 2, 0}, 0));
    h.fake.add(s, explicitAt(2, le, {1, 0, 0}, 1));
    h.fake.add(s, explicitAt(4, le, {8, 0, 2}, 2));
    const HeatGrid grid = h.query(4)->grids.at(0);
    CHECK(cell(grid, 0) == Row{4, 2, 0});
    CHECK(cell(grid, 1) == Row{1, 0, 0});
    CHECK(cell(grid, 2) == Row{4, 0, 1});
    CHECK(cell(grid, 3) == Row{4, 0, 1});
}

TEST_CASE("a gap of more than three intervals stays empty, a stale series ends") {
    Histograms h;
    const SeriesId s = h.fake.addSeries(h.metric);
    const auto le = bounds({1});
    for (const double second : {0.0, 1.0, 2.0, 3.0, 8.0, 9.0})
        h.fake.add(s, explicitAt(second, le, {static_cast<std::uint64_t>(second) * 10, 0}));
    HistogramSample stale = explicitAt(9.5, le, {0, 0});
    stale.flags = noRecordedValueFlag;
    h.fake.add(s, stale);
    h.fake.add(s, explicitAt(10, le, {500, 0}));
    h.fake.add(s, explicitAt(11, le, {501, 0}));
    const HeatGrid grid = h.query(12)->grids.at(0);
    const std::vector<float> seconds{1, 1, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0};
    CHECK(grid.seconds == seconds);
    CHECK(cell(grid, 8) == Row{10, 0});
    CHECK(cell(grid, 10) == Row{1, 0});
}

TEST_CASE("series are summed; the rows are the union of their bounds, wide buckets spread") {
    Histograms h;
    const SeriesId a = h.fake.addSeries(h.metric, {{"route", "a"}});
    const SeriesId b = h.fake.addSeries(h.metric, {{"route", "b"}});
    const auto fine = bounds({1, 2, 4});
    const auto coarse = bounds({4, 8});
    h.fake.add(a, explicitAt(0, fine, {0, 0, 0, 0}));
    h.fake.add(a, explicitAt(1, fine, {1, 1, 1, 3}));
    h.fake.add(b, explicitAt(0, coarse, {0, 0, 0}));
    h.fake.add(b, explicitAt(1, coarse, {8, 5, 2}));
    const auto frame = h.query(1);
    const HeatGrid& grid = frame->grids.at(0);
    CHECK(grid.edges == Row{1, 2, 4, 8});
    // The coarse bucket from 0 to 4 is 2 + 2 + 4; what lies above 4 of `fine` may lie above 8.
    CHECK(cell(grid, 0) == Row{3, 3, 5, 5, 5});
    CHECK(grid.series == 2);
    CHECK(grid.seriesRead == 2);
    // Of two series that were both observed a second, a second was observed.
    CHECK(grid.seconds[0] == doctest::Approx(1));
}

TEST_CASE("bounds that change in time are compared by those that both points have") {
    Histograms h;
    const SeriesId s = h.fake.addSeries(h.metric);
    h.fake.add(s, explicitAt(0, bounds({1, 2, 4}), {10, 10, 10, 10}));
    h.fake.add(s, explicitAt(1, bounds({2, 4, 8}), {24, 11, 10, 2}));
    h.fake.add(s, explicitAt(2, bounds({2, 4, 8}), {25, 11, 10, 2}));
    const HeatGrid grid = h.query(2)->grids.at(0);
    CHECK(grid.edges == Row{2, 4, 8});
    CHECK(cell(grid, 0) == Row{4, 1, 0, 2});
    CHECK(cell(grid, 1) == Row{1, 0, 0, 0});
    CHECK(grid.resets == 0);
}

TEST_CASE("what came while all bounds changed is not known, unless counting began anew") {
    Histograms h;
    const SeriesId s = h.fake.addSeries(h.metric);
    h.fake.add(s, explicitAt(0, bounds({1, 2, 4}), {10, 10, 10, 10}));
    const auto other = bounds({3, 5});
    SUBCASE("more than before") {
        h.fake.add(s, explicitAt(1, other, {30, 30, 0}));
        h.fake.add(s, explicitAt(2, other, {30, 33, 0}));
        const HeatGrid grid = h.query(2)->grids.at(0);
        CHECK(grid.seconds[0] == 0);
        CHECK(grid.distribution(std::nullopt) == Row{0, 3, 0});
        CHECK(grid.resets == 0);
    }
    SUBCASE("less than before") {
        h.fake.add(s, explicitAt(1, other, {4, 5, 0}));
        h.fake.add(s, explicitAt(2, other, {4, 8, 0}));
        const HeatGrid grid = h.query(2)->grids.at(0);
        CHECK(grid.seconds[0] == 1);
        CHECK(cell(grid, 0) == Row{4, 5, 0});
        CHECK(cell(grid, 1) == Row{0, 3, 0});
        CHECK(grid.resets == 1);
    }
}

TEST_CASE("exponential buckets lie at base to the offset, of several scales at the coarsest") {
    Histograms h(MetricType::ExponentialHistogram);
    const SeriesId s = h.fake.addSeries(h.metric);
    h.fake.add(s, exponentialAt(0, 0, -1, {0, 0, 0}, 0));
    // Scale 0: (0.5, 1], (1, 2], (2, 4].
    h.fake.add(s, exponentialAt(1, 0, -1, {1, 2, 3}, 4));
    const HeatGrid one = h.query(1)->grids.at(0);
    CHECK(one.exponential);
    CHECK(one.edges == Row{0.5, 1, 2, 4});
    CHECK(one.zeroRow == 0);
    CHECK(cell(one, 0) == Row{4, 1, 2, 3, 0});

    // Another series at scale 1 (base sqrt 2): offset 2 is (2, 2.83], 3 is (2.83, 4], 4 (4, 5.66].
    const SeriesId fine = h.fake.addSeries(h.metric, {{"route", "a"}});
    h.fake.add(fine, exponentialAt(0, 1, 2, {0, 0, 0}));
    h.fake.add(fine, exponentialAt(1, 1, 2, {10, 20, 40}));
    const HeatGrid two = h.query(1)->grids.at(0);
    CHECK(two.edges == Row{0.5, 1, 2, 4, 8});
    CHECK(cell(two, 0) == Row{4, 1, 2, 33, 40, 0});

    // Odd and negative offsets round down, not towards zero.
    ExponentialBuckets::Side side{-3, {1, 10, 100, 1000}};
    side.coarsen(1);
    CHECK(side.low == -2);
    CHECK(side.counts == Row{1, 110, 1000});
    side.coarsen(70);
    CHECK(side.low == -1);
    CHECK(side.counts == Row{111, 1000});
}

TEST_CASE("a cumulative exponential series may coarsen as it goes on, which is no restart") {
    Histograms h(MetricType::ExponentialHistogram);
    const SeriesId s = h.fake.addSeries(h.metric);
    h.fake.add(s, exponentialAt(0, 1, 2, {5, 5}));
    h.fake.add(s, exponentialAt(1, 0, 1, {11, 1}));
    const HeatGrid grid = h.query(1)->grids.at(0);
    CHECK(grid.resets == 0);
    CHECK(grid.edges == Row{2, 4, 8});
    CHECK(cell(grid, 0) == Row{0, 1, 1, 0});

    SUBCASE("but a bucket that fell is one") {
        h.fake.add(s, exponentialAt(2, 0, 1, {3, 4}));
        const HeatGrid after = h.query(2)->grids.at(0);
        CHECK(after.resets == 1);
        CHECK(cell(after, 1) == Row{0, 3, 4, 0});
    }
    SUBCASE("and a zero bucket that widens takes buckets in") {
        ExponentialHistogramSample wider = exponentialAt(2, 0, 2, {1}, 12);
        wider.zeroThreshold = 4;
        h.fake.add(s, wider);
        const HeatGrid after = h.query(2)->grids.at(0);
        CHECK(after.resets == 0);
        CHECK(after.zeroThreshold == 4);
        CHECK(cell(after, 1)[0] == 1);
    }
}

TEST_CASE("negative exponential buckets lie below zero, the largest magnitude lowest") {
    Histograms h(MetricType::ExponentialHistogram, Temporality::Delta);
    const SeriesId s = h.fake.addSeries(h.metric);
    ExponentialHistogramSample sample = exponentialAt(1, 0, 0, {7}, 3);
    sample.startTime = start;
    sample.negativeOffset = 0;
    sample.negativeCounts = {1, 2}; // [-2, -1), [-4, -2)
    h.fake.add(s, sample);
    const HeatGrid grid = h.query(1)->grids.at(0);
    CHECK(grid.edges == Row{-4, -2, -1, 1, 2});
    CHECK(grid.zeroRow == 3);
    CHECK(cell(grid, 0) == Row{0, 2, 1, 3, 7, 0});
}

TEST_CASE("hostile offsets and scales are brought into bounded rows") {
    Histograms h(MetricType::ExponentialHistogram, Temporality::Delta);
    const SeriesId s = h.fake.addSeries(h.metric);
    for (const int offset : {-2'000'000'000, 0, 2'000'000'000}) {
        ExponentialHistogramSample sample = exponentialAt(1, 20, offset, {1, 1});
        sample.startTime = start;
        sample.time += h.fake.extent(s) ? 1 + h.fake.extent(s)->to - sample.time : 0;
        h.fake.add(s, sample);
    }
    h.fake.add(s, exponentialAt(2, 4000, 0, {1}));
    const HeatGrid grid = h.query(3)->grids.at(0);
    CHECK(grid.edges.size() <= HeatTally::rowsMost + 2);
    CHECK(std::is_sorted(grid.edges.begin(), grid.edges.end()));
    for (const double edge : grid.edges)
        CHECK(std::isfinite(edge));

    Histograms wide;
    std::vector<double> many(5000);
    std::iota(many.begin(), many.end(), 1.0);
    const SeriesId w = wide.fake.addSeries(wide.metric);
    wide.fake.add(w, explicitAt(0, bounds(many), Counts(5001, 0)));
    wide.fake.add(w, explicitAt(1, bounds(many), Counts(5001, 1)));
    const HeatGrid thinned = wide.query(1)->grids.at(0);
    CHECK(thinned.edges.size() <= HeatTally::rowsMost);
    double total = 0;
    for (const double count : thinned.distribution(0))
        total += count;
    CHECK(total == doctest::Approx(5001));
}

TEST_CASE("buckets that jump to where none were began anew, however far that is") {
    struct Case {
        int before, after;
    };
    constexpr int far = 2'000'000'000;
    for (const Case& c : {Case{-far, far}, Case{far, -far}, Case{0, far}, Case{5, 4}, Case{4, 5}}) {
        CAPTURE(c.before);
        CAPTURE(c.after);
        Histograms h(MetricType::ExponentialHistogram);
        const SeriesId s = h.fake.addSeries(h.metric);
        const auto mirrored = [](ExponentialHistogramSample sample) {
            std::swap(sample.positiveOffset, sample.negativeOffset);
            std::swap(sample.positiveCounts, sample.negativeCounts);
            return sample;
        };
        const SeriesId below = h.fake.addSeries(h.metric, {{"side", "negative"}});
        h.fake.add(s, exponentialAt(0, 20, c.before, {1}));
        h.fake.add(s, exponentialAt(1, 20, c.after, {4}));
        h.fake.add(s, exponentialAt(2, 20, c.after, {6}));
        h.fake.add(below, mirrored(exponentialAt(0, 20, c.before, {1})));
        h.fake.add(below, mirrored(exponentialAt(1, 20, c.after, {4})));
        h.fake.add(below, mirrored(exponentialAt(2, 20, c.after, {6})));
        const HeatGrid grid = h.query(2)->grids.at(0);
        CHECK(grid.resets == 2);
        CHECK(grid.edges.size() <= HeatTally::rowsMost + 2);
        const Row first = cell(grid, 0);
        const Row second = cell(grid, 1);
        CHECK(std::accumulate(first.begin(), first.end(), 0.0) == doctest::Approx(8));
        CHECK(std::accumulate(second.begin(), second.end(), 0.0) == doctest::Approx(4));
    }
}

TEST_CASE("a series with many points a cell gives the grid that reading each would give") {
    Histograms dense;
    Histograms sparse; // the same, every 50th point
    const auto le = bounds({1, 2});
    const SeriesId d = dense.fake.addSeries(dense.metric);
    const SeriesId s = sparse.fake.addSeries(sparse.metric);
    Counts counts{0, 0, 0};
    for (int i = 0; i <= 500; ++i) {
        counts[static_cast<std::size_t>(i) % 3] += static_cast<std::uint64_t>(i) % 7;
        if (i == 275)
            counts = {0, 1, 0};
        const double at = i * 0.02 - 0.01;
        dense.fake.add(d, explicitAt(at, le, counts));
        sparse.fake.add(s, explicitAt(at, le, counts));
    }
    const auto frame = dense.query(10);
    CHECK(frame->grids.at(0).resets == 1);
    const HeatGrid each = [&] {
        HeatTally tally(start, nsPerSecond, 10);
        std::vector<HistogramSample> points;
        sparse.fake.histograms(s, {}, points);
        tally.beginSeries();
        for (std::size_t i = 1; i < points.size(); ++i) {
            auto rise = ExplicitBuckets::of(points[i]);
            if (rise->subtract(*ExplicitBuckets::of(points[i - 1])) == Rise::Anew)
                rise = ExplicitBuckets::of(points[i]);
            tally.add(*rise, points[i - 1].time, points[i].time);
        }
        tally.endSeries();
        return tally.grid();
    }();
    // At the borders a rise of 20 ms may lie in the one cell or the other.
    for (std::size_t c = 0; c < 10; ++c) {
        for (std::size_t row = 0; row < 3; ++row)
            CHECK(std::abs(frame->grids[0].at(c, row) - each.at(c, row)) <= 6);
    }
    const Row all = frame->grids[0].distribution(std::nullopt);
    const Row wanted = each.distribution(std::nullopt);
    for (std::size_t row = 0; row < 3; ++row)
        CHECK(all[row] == doctest::Approx(wanted[row]).epsilon(0.01));
}

TEST_CASE(
    "quantiles of explicit buckets lie evenly in the bucket, as histogram_quantile has them") {
    const HeatGrid grid = gridOf({0.1, 0.5, 1});
    const Row counts{10, 20, 10, 0};
    struct Case {
        double q, value;
    };
    for (const Case& c : {Case{0.125, 0.05}, Case{0.25, 0.1}, Case{0.5, 0.3}, Case{0.75, 0.5},
                          Case{0.9, 0.8}, Case{1, 1}}) {
        CAPTURE(c.q);
        CHECK(*quantileOf(grid, counts, c.q) == doctest::Approx(c.value));
    }
    // In the bucket up to +Inf: its lower bound. In the lowest one that ends below zero: its end.
    CHECK(*quantileOf(grid, {0, 0, 1, 9}, 0.5) == 1);
    CHECK(*quantileOf(gridOf({-5, 5}), {9, 1, 0}, 0.5) == -5);
    CHECK(*quantileOf(gridOf({-5, 5}), {0, 10, 0}, 0.5) == doctest::Approx(0));
    CHECK_FALSE(quantileOf(grid, {0, 0, 0, 0}, 0.5));
    CHECK_FALSE(quantileOf(gridOf({}), {5}, 0.5));
}

TEST_CASE("quantiles of exponential buckets lie evenly in the logarithm") {
    HeatGrid grid = gridOf({1, 2, 4, 8}, true);
    grid.zeroRow = 0;
    // The middle of (2, 4] is 2 * sqrt 2; three quarters of (4, 8] 4 * 2^0.75.
    CHECK(*quantileOf(grid, {0, 0, 10, 0, 0}, 0.5) == doctest::Approx(2 * std::sqrt(2)));
    CHECK(*quantileOf(grid, {0, 0, 0, 8, 0}, 0.75) == doctest::Approx(4 * std::pow(2, 0.75)));
    // Zeros are zero, or evenly within the threshold.
    CHECK(*quantileOf(grid, {10, 0, 10, 0, 0}, 0.25) == 0);
    grid.zeroThreshold = 0.5;
    CHECK(*quantileOf(grid, {10, 0, 10, 0, 0}, 0.25) == doctest::Approx(0.25));
    HeatGrid negative = gridOf({-4, -2, -1, 1}, true);
    negative.zeroRow = 3;
    CHECK(*quantileOf(negative, {0, 10, 0, 0, 0}, 0.5) == doctest::Approx(-2 * std::sqrt(2)));
}

TEST_CASE("quantiles are of a hundred observations, or of a fortieth of the range each way") {
    HeatGrid grid = gridOf({1, 2});
    grid.seconds.assign(120, 1);
    grid.counts.assign(std::size_t{120} * 3, 0);
    const auto put = [&](std::size_t at, std::size_t row, float count) {
        grid.counts[at * 3 + row] = count;
    };
    put(50, 0, 60);
    put(51, 1, 30);
    put(49, 2, 20);
    put(52, 1, 1000);
    CHECK(grid.around(50).counts == Row{60, 30, 20}); // 110 with one cell each way
    CHECK(grid.around(52).counts == Row{0, 1000, 0});
    CHECK(grid.around(56).counts == Row{0, 0, 0}); // three cells reach to 53
    CHECK(grid.around(55).counts == Row{0, 1000, 0});
    put(0, 0, 5);
    put(119, 2, 7);
    CHECK(grid.around(1).counts == Row{5, 0, 0});
    CHECK(grid.around(118).counts == Row{0, 0, 7});
    CHECK(grid.around(50).first == 49);
    CHECK(grid.around(50).last == 51);
    CHECK(grid.around(118).first == 115);
    CHECK(grid.around(118).last == 119);

    // What was not observed ends the window on its side, and has none of its own.
    grid.seconds[51] = 0;
    CHECK(grid.around(50).counts == Row{60, 0, 20});
    CHECK(grid.around(50).first == 47);
    CHECK(grid.around(50).last == 50);
    CHECK(grid.around(51).first == 51);
    CHECK(grid.around(51).last == 51);
    CHECK(grid.around(53).first == 52);
}

TEST_CASE("exemplars come with their trace, by time, and of very many no more than can be drawn") {
    Histograms h;
    const SeriesId s = h.fake.addSeries(h.metric);
    h.fake.add(s, explicitAt(0, bounds({1}), {0, 0}));
    const auto exemplar = [](double second, double value) {
        SeriesReader::ExemplarSample out;
        out.exemplar.time = start + static_cast<TimeNs>(second * 1e9);
        out.exemplar.value = Number::of(value);
        return out;
    };
    auto otlp = exemplar(2, 0.25);
    otlp.exemplar.hasTraceId = true;
    otlp.exemplar.traceId = {0xab, 0xcd};
    h.fake.add(s, otlp);
    auto page = exemplar(1, 0.5);
    page.attributes = AttributeSet({{"traceID", Value::string("4bf92f")}});
    h.fake.add(s, page);
    h.fake.add(s, exemplar(3, NAN));
    const auto frame = h.query(4);
    REQUIRE(frame->exemplars.size() == 2);
    CHECK(frame->exemplars[0].traceId == "4bf92f");
    CHECK(frame->exemplars[0].value == 0.5);
    CHECK(frame->exemplars[1].traceId == "abcd0000000000000000000000000000");
    CHECK(frame->exemplars[1].spanId.isEmpty());

    for (int i = 0; i < 3000; ++i)
        h.fake.add(s, exemplar(i / 1000.0, 1));
    CHECK(h.query(4)->exemplars.size() == HeatRequest::exemplarsMost);
}

TEST_CASE("a path without histograms has no grid, one without points an empty one") {
    Histograms numbers(MetricType::Gauge);
    CHECK(numbers.query(3)->grids.empty());
    Histograms nothing;
    nothing.fake.addSeries(nothing.metric);
    const auto frame = nothing.query(3);
    REQUIRE(frame->grids.size() == 1);
    CHECK(frame->grids[0].edges.empty());
    CHECK(frame->grids[0].distribution(std::nullopt) == Row{0});
}
