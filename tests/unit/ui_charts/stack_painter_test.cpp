// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/stack_painter.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace sightglass;
using namespace sightglass::ui;

namespace {

/// Ten columns of a second: a holds 1 in all of them, b 2 but for the fifth.
PlotFrame frameOfTwo() {
    PlotFrame frame;
    frame.from = 0;
    frame.to = 10 * nsPerSecond;
    frame.columnNs = nsPerSecond;
    frame.columns = 10;
    frame.series.resize(2);
    for (std::size_t s = 0; s < 2; ++s) {
        frame.series[s].id = SeriesId{static_cast<std::uint32_t>(s)};
        frame.series[s].held.assign(10, s == 0 ? 1.0 : 2.0);
    }
    frame.series[1].held[5] = NAN;
    return frame;
}

QImage paint(const PlotFrame& frame, const PlotStack& stack, int highlighted = -1) {
    return stack.paint(frame, {frame.from, frame.to, 0, 4}, {10, 40}, {Qt::red, Qt::blue}, 1,
                       highlighted);
}

bool isRed(QRgb pixel) {
    return qRed(pixel) > 0 && qBlue(pixel) == 0;
}
bool isBlue(QRgb pixel) {
    return qBlue(pixel) > 0 && qRed(pixel) == 0;
}

} // namespace

TEST_CASE("areas lie upon each other, each as high as what it adds") {
    const PlotFrame frame = frameOfTwo();
    const PlotStack stack(frame, {});
    CHECK(stack.range() == std::pair(0.0, 3.0));
    CHECK(stack.top(0, 3) == 1);
    CHECK(stack.top(1, 3) == 3);
    CHECK(stack.sum(3) == 3);
    CHECK(stack.sum(5) == 1);
    CHECK(std::isnan(stack.top(1, 5)));
    CHECK(std::isnan(stack.sum(10)));

    const QImage image = paint(frame, stack);
    for (int y = 0; y < 40; ++y) {
        CAPTURE(y);
        CHECK(isRed(image.pixel(3, y)) == (y >= 30));
        CHECK(isBlue(image.pixel(3, y)) == (y >= 10 && y < 30));
        CHECK(isRed(image.pixel(5, y)) == (y >= 30));
        CHECK_FALSE(isBlue(image.pixel(5, y)));
    }
    // An edge of full colour over a lighter body.
    CHECK(qAlpha(image.pixel(3, 10)) == 255);
    CHECK(qAlpha(image.pixel(3, 20)) < 200);
    CHECK(qAlpha(paint(frame, stack, 0).pixel(3, 20)) < qAlpha(image.pixel(3, 20)));
}

TEST_CASE("what is muted is no part of a stack, and what falls below zero goes down") {
    PlotFrame frame = frameOfTwo();
    const PlotStack without(frame, {0});
    CHECK(without.sum(3) == 2);
    CHECK(without.range() == std::pair(0.0, 2.0));
    frame.series[1].held.assign(10, -3);
    const PlotStack below(frame, {});
    CHECK(below.range() == std::pair(-2.0, 1.0));
    PlotFrame empty;
    const PlotStack nothing(empty, {});
    CHECK(nothing.range().first > nothing.range().second);
}
