// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/heat_scale.h"

#include <doctest/doctest.h>

#include <QColor>

#include <algorithm>
#include <cmath>

using namespace sightglass;
using namespace sightglass::ui;

namespace {

HeatFrame frameOf(std::vector<double> edges, std::vector<float> counts, bool exponential = false) {
    HeatFrame frame;
    frame.cells = 1;
    HeatGrid grid;
    grid.edges = std::move(edges);
    grid.counts = std::move(counts);
    grid.seconds = {1};
    grid.exponential = exponential;
    if (exponential)
        grid.zeroRow = 0;
    frame.grids.push_back(std::move(grid));
    return frame;
}

QStringList texts(const std::vector<HeatScale::Tick>& ticks) {
    QStringList out;
    for (const HeatScale::Tick& tick : ticks)
        out << tick.text;
    return out;
}

double lightness(QRgb color) {
    const auto linear = [](int channel) {
        const double c = channel / 255.0;
        return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(qRed(color)) + 0.7152 * linear(qGreen(color)) +
           0.0722 * linear(qBlue(color));
}

} // namespace

TEST_CASE("the axis is logarithmic for exponential buckets and for bounds over a wide span") {
    CHECK(isLogByNature(frameOf({1, 2, 4}, {0, 1, 1, 0}, true)));
    CHECK(isLogByNature(frameOf({0.005, 0.05, 0.5}, {1, 1, 1, 1})));
    CHECK(isLogByNature(frameOf({0, 5, 10, 100}, {1, 1, 1, 1, 1})));
    CHECK_FALSE(isLogByNature(frameOf({10, 20, 30, 40}, {1, 1, 1, 1, 1})));
    CHECK_FALSE(isLogByNature(frameOf({-5, 1, 1000, 2000}, {1, 1, 1, 1, 1})));
    CHECK_FALSE(isLogByNature(frameOf({1, 1000}, {1, 1, 1})));
}

TEST_CASE("positions grow with values, decades are of one height, and rows meet") {
    const HeatFrame frame = frameOf({1, 10, 100, 1000}, {1, 1, 1, 1, 1});
    const HeatScale log(frame, true);
    CHECK(log.at(100) - log.at(10) == doctest::Approx(1));
    CHECK(log.at(1000) - log.at(100) == doctest::Approx(1));
    CHECK(log.at(0) == 0);
    CHECK(log.at(-100) == doctest::Approx(-log.at(100)));
    double before = log.at(-1e6);
    for (const double value : {-10.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 1e6}) {
        CHECK(log.at(value) > before);
        before = log.at(value);
    }
    const HeatGrid& grid = frame.grids[0];
    for (std::size_t row = 1; row < grid.rows(); ++row)
        CHECK(log.row(grid, row - 1).second == doctest::Approx(log.row(grid, row).first));
    // The first bucket begins at zero, the open one is as high as a typical one.
    CHECK(log.row(grid, 0).first == log.at(0));
    const auto [from, to] = log.row(grid, 4);
    CHECK(to - from == doctest::Approx(1));
    CHECK(log.low() == log.at(0));
    CHECK(log.high() == doctest::Approx(to));

    const HeatScale linear(frame, false);
    CHECK(linear.at(123) == 123);
    CHECK(linear.row(grid, 2).first == 10);
    CHECK(linear.row(grid, 2).second == 100);
}

TEST_CASE("only rows that hold something are shown") {
    const HeatScale scale(frameOf({1, 10, 100, 1000, 10000}, {0, 0, 5, 0, 0, 0}), true);
    CHECK(scale.low() == doctest::Approx(scale.at(10)));
    CHECK(scale.high() == doctest::Approx(scale.at(100)));
}

TEST_CASE("ticks are bounds of few buckets, round values of many, and name the open rows") {
    const UnitStyle seconds = unitStyle(QStringLiteral("s"), {}, false);
    const HeatFrame explicitFrame = frameOf({0.01, 0.1, 1}, {1, 1, 1, 1});
    const QStringList bounds =
        texts(HeatScale(explicitFrame, true).ticks(explicitFrame, seconds, 6));
    CHECK(bounds.contains(QStringLiteral("> 1 s")));
    CHECK(bounds.contains(QStringLiteral("10 ms")));
    CHECK(bounds.contains(QStringLiteral("100 ms")));
    CHECK(bounds.contains(QStringLiteral("0")));

    const HeatFrame below = frameOf({-5, 5}, {1, 1, 0});
    CHECK(texts(HeatScale(below, false).ticks(below, {}, 6)).contains(QStringLiteral("\u2264 -5")));

    HeatFrame fine = frameOf({}, {}, true);
    HeatGrid& grid = fine.grids[0];
    for (int i = -80; i <= 0; ++i)
        grid.edges.push_back(std::exp2(i / 8.0));
    grid.counts.assign(grid.rows(), 1);
    const QStringList round = texts(HeatScale(fine, true).ticks(fine, seconds, 6));
    for (const char* text : {"1 ms", "10 ms", "100 ms", "1 s", "5 ms", "20 ms", "0"})
        CHECK_MESSAGE(round.contains(QLatin1String(text)), text);
}

TEST_CASE("shades go from the surface by lightness alone, and are never red") {
    for (const Tokens* tokens : {&Tokens::light(), &Tokens::dark()}) {
        const HeatRamp ramp(*tokens);
        const double surface = lightness(tokens->surface.rgb());
        double before = surface;
        for (int i = 0; i <= 20; ++i) {
            const double share = i / 20.0;
            const QRgb shade = ramp.shade(share * share);
            const double now = lightness(shade);
            CHECK((now > before) == (surface < 0.5));
            CHECK(std::abs(now - before) > 0.001);
            before = now;
            CHECK(qBlue(shade) >= qRed(shade));
        }
        const double most = std::max(before, surface) + 0.05;
        const double least = std::min(before, surface) + 0.05;
        CHECK(most / least > 7);
    }
}

TEST_CASE("a key ends at a round number") {
    CHECK(roundAbove(0.3) == doctest::Approx(0.5));
    CHECK(roundAbove(1) == 1);
    CHECK(roundAbove(1.01) == 2);
    CHECK(roundAbove(51) == 100);
    CHECK(roundAbove(0) == 1);
    CHECK(roundAbove(INFINITY) == 1);
}
