// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/rasteriser.h"

#include <QPainter>

#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <random>

#include "tests/support/fake_series.h"
#include "ui/charts/plot_query.h"

using namespace sightglass;
using namespace sightglass::ui;
using sightglass::test::FakeSeries;

namespace {

constexpr TimeNs start = 1'700'000'000 * nsPerSecond;
constexpr int width = 400;
constexpr int height = 200;
constexpr TimeNs span = width * nsPerSecond;

const Rasteriser::View view{start, start + span, -1, 1};

struct Drawn {
    QImage columns; ///< by the rasteriser, from first, min, max and last
    QImage points;  ///< by QPainter, from every point
};

int ink(const QImage& image, int x, int y) {
    return image.rect().contains(x, y) ? qAlpha(image.pixel(x, y)) : 0;
}

int inkAround(const QImage& image, int x, int y) {
    int most = 0;
    for (int dx = -1; dx <= 1; ++dx) {
        for (int dy = -1; dy <= 1; ++dy)
            most = std::max(most, ink(image, x + dx, y + dy));
    }
    return most;
}

/// Pixels that `a` clearly paints and that have nothing beside them in `b`.
int strangers(const QImage& a, const QImage& b) {
    int count = 0;
    for (int y = 0; y < a.height(); ++y) {
        for (int x = 0; x < a.width(); ++x) {
            if (ink(a, x, y) > 150 && inkAround(b, x, y) < 60)
                ++count;
        }
    }
    return count;
}

double totalInk(const QImage& image) {
    double sum = 0;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x)
            sum += ink(image, x, y) / 255.0;
    }
    return sum;
}

std::shared_ptr<const PlotFrame> frameOf(int points, const std::function<double(double)>& f,
                                         std::vector<QPointF>* all = nullptr) {
    FakeSeries fake;
    const MetricId m = fake.addMetric(OriginId{0}, "m", MetricType::Gauge);
    const SeriesId s = fake.addSeries(m);
    for (int i = 0; i < points; ++i) {
        const double at = static_cast<double>(i) / points;
        const auto offset = static_cast<TimeNs>(at * static_cast<double>(span));
        const double value = f(at);
        fake.add(s, start + offset, value);
        if (all != nullptr)
            all->push_back({static_cast<double>(offset) / nsPerSecond, (1 - value) * height / 2});
    }
    PlotRequest request;
    PlotPath path;
    path.number = 1;
    path.metrics = {m};
    request.families = {{QStringLiteral("m"), {path}}};
    request.span = span;
    request.end = start + span;
    request.live = false;
    request.columns = width;
    return plotQuery(fake, request);
}

Drawn draw(int points, double lineWidth, const std::function<double(double)>& f) {
    std::vector<QPointF> all;
    const auto frame = frameOf(points, f, &all);
    Rasteriser rasteriser;
    rasteriser.begin({width, height});
    rasteriser.draw(frame->series[0].columns, {frame->from, frame->to, -1, 1},
                    {.color = Qt::black, .width = lineWidth});
    Drawn drawn;
    drawn.columns = rasteriser.finish();
    drawn.points = QImage(width, height, QImage::Format_ARGB32_Premultiplied);
    drawn.points.fill(0);
    QPainter painter(&drawn.points);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(Qt::black, lineWidth, Qt::SolidLine, Qt::FlatCap, Qt::RoundJoin));
    painter.drawPolyline(all.data(), static_cast<int>(all.size()));
    return drawn;
}

QImage drawColumns(const std::vector<PlotColumn>& columns, const Rasteriser::Stroke& stroke,
                   Rasteriser::View at = view) {
    Rasteriser rasteriser;
    rasteriser.begin({width, height});
    rasteriser.draw(columns, at, stroke);
    return rasteriser.finish();
}

PlotColumn point(double seconds, double value, bool gapBefore = false) {
    PlotColumn c;
    c.column = static_cast<int>(seconds);
    c.count = 1;
    c.gapBefore = gapBefore;
    c.firstTime = c.lastTime = start + static_cast<TimeNs>(seconds * 1e9);
    c.first = c.min = c.max = c.last = value;
    return c;
}

} // namespace

TEST_CASE("columns draw the line that all points draw, wherever it is sparse, dense or steep") {
    std::mt19937 random(7);
    std::normal_distribution<double> noise(0, 0.3);
    double walk = 0;
    const auto randomWalk = [&](double) {
        walk = std::clamp(walk + noise(random) * 0.05, -0.95, 0.95);
        return walk;
    };
    const auto sine = [](double at) { return 0.9 * std::sin(at * 20); };
    const auto saw = [](double at) { return std::fmod(at * 5, 1.0) * 1.6 - 0.8; };
    const auto flat = [](double) { return 0.25; };
    const auto wild = [&](double) { return std::clamp(noise(random), -0.95, 0.95); };
    struct Row {
        std::string name;
        int points;
        std::function<double(double)> f;
    };
    for (const Row& row :
         {Row{"sine, sparse", 60, sine}, Row{"sine, one a column", 400, sine},
          Row{"sine, dense", 8'000, sine}, Row{"saw, sparse", 50, saw}, Row{"saw", 1000, saw},
          Row{"saw, dense", 8'000, saw}, Row{"flat", 300, flat}, Row{"walk", 2000, randomWalk},
          Row{"noise", 4000, wild}, Row{"noise, sparse", 100, wild}}) {
        for (const double lineWidth : {1.5, 3.5}) {
            CAPTURE(row.name);
            CAPTURE(lineWidth);
            const Drawn drawn = draw(row.points, lineWidth, row.f);
            REQUIRE(totalInk(drawn.points) > 100);
            CHECK(strangers(drawn.columns, drawn.points) <= 4);
            CHECK(strangers(drawn.points, drawn.columns) <= 4);
            // As strong as the real line, not only in its place. Thick noise overlaps itself.
            const double ratio = totalInk(drawn.columns) / totalInk(drawn.points);
            CHECK(ratio > 0.85);
            CHECK(ratio < 1.15);
        }
    }
}

TEST_CASE("gaps stay empty") {
    const QImage image =
        drawColumns({point(50, 0, true), point(100, 0), point(300, 0, true), point(350, 0)},
                    {.color = Qt::red});
    CHECK(ink(image, 75, height / 2) > 150);
    CHECK(ink(image, 325, height / 2) > 150);
    for (int x = 103; x < 298; ++x)
        CHECK(inkAround(image, x, height / 2) == 0);
}

TEST_CASE("a single point is a dot") {
    const QImage image =
        drawColumns({point(200.5, 0, true)}, {.color = Qt::red, .dash = 7, .dotRadius = 3});
    CHECK(ink(image, 200, height / 2) == 255);
    CHECK(totalInk(image) == doctest::Approx(3.14159 * 9).epsilon(0.08));
}

TEST_CASE("a single column of several points is a dot, or a stroke where it is higher than one") {
    const auto column = [](double low, double high, double second) {
        PlotColumn c = point(second, high, true);
        c.count = 5;
        c.firstTime -= nsPerSecond / 4;
        c.first = c.min = low;
        return c;
    };
    struct Case {
        std::string name;
        PlotColumn column;
        double wanted; ///< ink
    };
    // A rate's column has several points, one time and one value.
    PlotColumn rate = column(0, 0, 200.5);
    rate.firstTime = rate.lastTime;
    const double dot = 3.14159 * 9;
    for (const Case& c : {Case{"equal values", column(0, 0, 200.5), dot}, Case{"a rate", rate, dot},
                          Case{"within a dot's height", column(-0.02, 0.02, 200.5), dot},
                          Case{"higher", column(-0.5, 0.5, 200.5), 1.5 * 101}}) {
        for (const int dash : {0, 7}) {
            CAPTURE(c.name);
            CAPTURE(dash);
            // In any phase of the dashes.
            for (int phase = 0; phase < 14; ++phase) {
                PlotColumn moved = c.column;
                moved.firstTime += phase * nsPerSecond;
                moved.lastTime += phase * nsPerSecond;
                const QImage image =
                    drawColumns({moved}, {.color = Qt::red, .dash = dash, .dotRadius = 3});
                CHECK(inkAround(image, 200 + phase, height / 2) >= 240);
                CHECK(totalInk(image) == doctest::Approx(c.wanted).epsilon(0.1));
            }
        }
    }
}

TEST_CASE("dashes are seven on, seven off, and anchored to time") {
    const std::vector<PlotColumn> line{point(0, 0, true), point(400, 0)};
    const Rasteriser::Stroke dashes{.color = Qt::red, .width = 3.5, .dash = 7};
    const QImage image = drawColumns(line, dashes);
    int on = 0;
    for (int x = 0; x < width; ++x)
        on += ink(image, x, height / 2) > 0 ? 1 : 0;
    CHECK(std::abs(on - width / 2) <= 7);
    int changes = 0;
    for (int x = 1; x < width; ++x)
        changes += (ink(image, x, height / 2) > 0) != (ink(image, x - 1, height / 2) > 0) ? 1 : 0;
    CHECK(std::abs(changes - width / 7) <= 1);

    // Ten seconds later the same dashes lie ten pixels to the left.
    const QImage later = drawColumns(
        line, dashes, {start + 10 * nsPerSecond, start + 10 * nsPerSecond + span, -1, 1});
    for (int x = 20; x < 380; ++x)
        CHECK(ink(image, x, height / 2) == ink(later, x - 10, height / 2));
}

TEST_CASE("equal lines of two paths read as beads: thick where the dash is, thin between") {
    const std::vector<PlotColumn> line{point(0, 0.005, true), point(400, 0.005)};
    Rasteriser rasteriser;
    rasteriser.begin({width, height});
    rasteriser.draw(line, view, {.color = Qt::red, .width = 1.5});
    rasteriser.draw(line, view, {.color = Qt::red, .width = 3.5, .dash = 7});
    const QImage image = rasteriser.finish();
    int thick = 0;
    for (int x = 0; x < width; ++x) {
        double column = 0;
        for (int y = 0; y < height; ++y)
            column += ink(image, x, y) / 255.0;
        CHECK((column == doctest::Approx(1.5).epsilon(0.05) ||
               column == doctest::Approx(3.5).epsilon(0.05)));
        thick += column > 2.5 ? 1 : 0;
    }
    CHECK(std::abs(thick - width / 2) <= 7);
}

TEST_CASE("what lies far outside the view does no harm") {
    const QImage image = drawColumns({point(-1e6, -1e300, true), point(100, 0.5), point(101, 1e300),
                                      point(200, -0.5, true), point(1e7, 0.5, false)},
                                     {.color = Qt::red});
    CHECK(image.size() == QSize(width, height));
    Rasteriser rasteriser;
    rasteriser.begin({0, 0});
    rasteriser.draw({}, view, {});
    CHECK(rasteriser.finish().isNull());
}

namespace {

/// Restless enough for runs, slopes, steep parts and dots, the same for the same seed.
std::vector<PlotColumn> restless(unsigned seed) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<double> value(-0.9, 0.9);
    std::vector<PlotColumn> line;
    for (double x = 0.5; x < width; x += 1 + static_cast<double>(random() % 40) / 8) {
        PlotColumn c = point(x, value(random), line.empty() || random() % 16 == 0);
        if (random() % 3 == 0) {
            c.count = 3;
            c.max = std::max(c.first, value(random));
            c.min = std::min(c.first, value(random));
            c.lastTime += nsPerSecond / 4;
        }
        line.push_back(c);
    }
    return line;
}

int farthestChannel(const QImage& a, const QImage& b) {
    int most = 0;
    for (int y = 0; y < a.height(); ++y) {
        for (int x = 0; x < a.width(); ++x) {
            const QRgb p = a.pixel(x, y);
            const QRgb q = b.pixel(x, y);
            most = std::max({most, std::abs(qAlpha(p) - qAlpha(q)), std::abs(qRed(p) - qRed(q)),
                             std::abs(qGreen(p) - qGreen(q)), std::abs(qBlue(p) - qBlue(q))});
        }
    }
    return most;
}

} // namespace

TEST_CASE("lines of one picture lie over each other as pictures of each would") {
    const std::vector<Rasteriser::Stroke> strokes{
        {.color = Qt::red, .width = 1.5},
        {.color = Qt::green, .width = 3.5, .dash = 7},
        {.color = Qt::blue, .width = 2, .opacity = 0.4},
        {.color = Qt::black, .width = 1.5},
    };
    // One more column than strips hold, one less, and a single one.
    for (const QSize size :
         {QSize(width, height), QSize(401, 199), QSize(399, 37), QSize(1, 200)}) {
        CAPTURE(size.width());
        Rasteriser together;
        together.begin(size);
        QImage laid(size, QImage::Format_ARGB32_Premultiplied);
        laid.fill(0);
        QPainter painter(&laid);
        for (std::size_t i = 0; i < strokes.size(); ++i) {
            const auto line = restless(static_cast<unsigned>(i) + 1);
            together.draw(line, view, strokes[i]);
            Rasteriser alone;
            alone.begin(size);
            alone.draw(line, view, strokes[i]);
            painter.drawImage(0, 0, alone.finish());
        }
        painter.end();
        const QImage picture = together.finish();
        REQUIRE(picture.size() == size);
        const auto premultiplied = [](QImage image) {
            image.reinterpretAsFormat(QImage::Format_ARGB32);
            return image;
        };
        CHECK(farthestChannel(premultiplied(picture), premultiplied(laid)) <= 3);
    }
}

TEST_CASE("a picture is as of a fresh rasteriser, and stays so when others follow") {
    Rasteriser reused;
    std::vector<QImage> kept;
    for (unsigned seed = 1; seed <= 8; ++seed) {
        const QSize size = seed == 5 ? QSize(150, 90) : QSize(width, height);
        reused.begin(size);
        reused.draw(restless(seed), view, {.color = Qt::red, .opacity = 0.7});
        QImage picture = reused.finish();
        // Half of them are let go of at once, so that their memory is used again.
        if (seed % 2 == 0)
            kept.push_back(std::move(picture));
    }
    for (std::size_t i = 0; i < kept.size(); ++i) {
        const QImage fresh = drawColumns(restless(static_cast<unsigned>(2 * i + 2)),
                                         {.color = Qt::red, .opacity = 0.7});
        CHECK(kept[i] == fresh);
    }
}
