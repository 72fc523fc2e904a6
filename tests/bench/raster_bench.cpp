// SPDX-License-Identifier: GPL-3.0-or-later
// Drawing at 1200x700: milliseconds a frame of our rasteriser, alone and with the columns read from
// the ring, and of the ways of Qt's beside it.
// Arguments are series and points a series. Run with QT_QPA_PLATFORM=offscreen (the default here).
#include <benchmark/benchmark.h>

#include <QApplication>
#include <QPainter>
#include <QtCharts/QChart>
#include <QtCharts/QChartView>
#include <QtCharts/QLineSeries>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "tests/support/store_feed.h"
#include "ui/charts/plot_query.h"
#include "ui/charts/rasteriser.h"

namespace {

using namespace sightglass;
using namespace sightglass::ui;

constexpr int width = 1200;
constexpr int height = 700;
constexpr TimeNs start = 1'700'000'000 * nsPerSecond;
constexpr TimeNs span = width * nsPerSecond;

using Walk = std::vector<double>; ///< in 0..1, evenly spaced in time

std::vector<Walk> walks(const benchmark::State& state) {
    std::mt19937 random(1);
    std::normal_distribution<double> step(0, 1);
    std::vector<Walk> all(static_cast<std::size_t>(state.range(0)));
    const auto points = static_cast<std::size_t>(state.range(1));
    // The same unrest however many points draw it.
    const double scale = 0.5 / std::sqrt(static_cast<double>(points));
    for (Walk& walk : all) {
        double value = 0.5;
        walk.reserve(points);
        for (std::size_t i = 0; i < points; ++i) {
            value = std::clamp(value + step(random) * scale, 0.0, 1.0);
            walk.push_back(value);
        }
    }
    return all;
}

/// As the ring answers: one column a pixel.
std::vector<PlotColumn> columnsOf(const Walk& walk) {
    std::vector<PlotColumn> columns;
    for (std::size_t i = 0; i < walk.size(); ++i) {
        const auto offset = static_cast<TimeNs>(static_cast<double>(span) * static_cast<double>(i) /
                                                static_cast<double>(walk.size()));
        const auto at = static_cast<int>(offset / nsPerSecond);
        if (columns.empty() || columns.back().column != at) {
            PlotColumn column;
            column.column = at;
            column.gapBefore = columns.empty();
            column.firstTime = start + offset;
            column.first = column.min = column.max = walk[i];
            columns.push_back(column);
            columns.back().count = 0;
        }
        PlotColumn& column = columns.back();
        ++column.count;
        column.lastTime = start + offset;
        column.last = walk[i];
        column.min = std::min(column.min, walk[i]);
        column.max = std::max(column.max, walk[i]);
    }
    return columns;
}

void rasterise(benchmark::State& state, double lineWidth, int dash) {
    std::vector<std::vector<PlotColumn>> lines;
    for (const Walk& walk : walks(state))
        lines.push_back(columnsOf(walk));
    Rasteriser rasteriser;
    for (auto _ : state) {
        rasteriser.begin({width, height});
        for (const auto& line : lines)
            rasteriser.draw(line, {start, start + span, 0, 1},
                            {.color = Qt::blue, .width = lineWidth, .dash = dash});
        benchmark::DoNotOptimize(rasteriser.finish());
    }
}

TimeNs timeOf(std::size_t point, std::size_t points) {
    return start + static_cast<TimeNs>(static_cast<double>(span) * static_cast<double>(point) /
                                       static_cast<double>(points));
}

/// What a chart asks of a ring that holds one metric.
PlotRequest requestFor(const test::StoreFeed& feed, std::string_view metric) {
    PlotPath path;
    path.number = 1;
    path.metrics = {feed.listener.metricNamed(metric)};
    PlotRequest request;
    request.families = {{QStringLiteral("m"), {path}}};
    request.span = span;
    request.end = start + span;
    request.live = false;
    request.columns = width;
    return request;
}

/// A frame as the window makes it: columns from the ring, then the picture of them.
void frame(benchmark::State& state) {
    test::StoreFeed feed(std::size_t{1} << 30);
    const std::vector<Walk> all = walks(state);
    const std::size_t points = all.front().size();
    const std::size_t atOnce = std::max<std::size_t>(20'000 / all.size(), 1);
    for (std::size_t begin = 0; begin < points; begin += atOnce) {
        test::BatchMaker batch;
        batch.metric("m");
        for (std::size_t i = begin; i < std::min(points, begin + atOnce); ++i) {
            for (std::size_t s = 0; s < all.size(); ++s)
                batch.number(timeOf(i, points), all[s][i], {{"series", std::to_string(s)}});
        }
        feed.write(batch);
    }
    const PlotRequest request = requestFor(feed, "m");
    Rasteriser rasteriser;
    for (auto _ : state) {
        const auto answer = plotQuery(feed.store, request);
        rasteriser.begin({width, height});
        for (const PlotSeries& series : answer->series)
            rasteriser.draw(series.columns, {answer->from, answer->to, 0, 1}, {.color = Qt::blue});
        benchmark::DoNotOptimize(rasteriser.finish());
    }
}

/// The cells and quantiles of histograms with twelve buckets.
void heatmap(benchmark::State& state) {
    test::StoreFeed feed(std::size_t{1} << 30);
    const auto series = static_cast<std::size_t>(state.range(0));
    const auto points = static_cast<std::size_t>(state.range(1));
    const std::vector<double> bounds{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000};
    std::vector<std::vector<std::uint64_t>> counts(series, std::vector<std::uint64_t>(12, 0));
    std::mt19937 random(1);
    std::normal_distribution<double> bell(6, 2);
    for (std::size_t i = 0; i < points; ++i) {
        test::BatchMaker batch;
        batch.metric({"h", "ms", "", MetricType::Histogram, false, Temporality::Cumulative});
        for (std::size_t s = 0; s < series; ++s) {
            for (int more = 0; more < 5; ++more)
                ++counts[s][static_cast<std::size_t>(std::clamp(bell(random), 0.0, 11.0))];
            batch.histogram(timeOf(i, points), bounds, counts[s], 0,
                            {{"series", std::to_string(s)}});
        }
        feed.write(batch);
    }
    const PlotRequest request = requestFor(feed, "h");
    for (auto _ : state)
        benchmark::DoNotOptimize(plotQuery(feed.store, request));
}

void columnRasteriser(benchmark::State& state) {
    rasterise(state, 1.5, 0);
}
void columnRasteriserDashed(benchmark::State& state) {
    rasterise(state, 3.5, 7);
}

void painterLines(benchmark::State& state) {
    std::vector<QPolygonF> lines;
    for (const Walk& walk : walks(state)) {
        QPolygonF line;
        for (std::size_t i = 0; i < walk.size(); ++i)
            line << QPointF(static_cast<double>(i) * width / static_cast<double>(walk.size()),
                            walk[i] * height);
        lines.push_back(std::move(line));
    }
    QImage image(width, height, QImage::Format_ARGB32_Premultiplied);
    for (auto _ : state) {
        image.fill(0);
        QPainter painter(&image);
        painter.setPen(QPen(Qt::blue, 1));
        for (const QPolygonF& line : lines)
            painter.drawPolyline(line);
    }
}

void qtCharts(benchmark::State& state) {
    auto* chart = new QChart;
    chart->legend()->hide();
    std::vector<QList<QPointF>> points;
    for (const Walk& walk : walks(state)) {
        QList<QPointF> line;
        for (std::size_t i = 0; i < walk.size(); ++i)
            line << QPointF(static_cast<double>(i), walk[i]);
        auto* series = new QLineSeries;
        series->replace(line);
        chart->addSeries(series);
        points.push_back(std::move(line));
    }
    chart->createDefaultAxes();
    QChartView view(chart);
    view.resize(width, height);
    QImage image(width, height, QImage::Format_ARGB32_Premultiplied);
    for (auto _ : state) {
        // New points, as every frame of a live chart has them.
        const auto all = chart->series();
        for (qsizetype i = 0; i < all.size(); ++i)
            static_cast<QLineSeries*>(all[i])->replace(points[static_cast<std::size_t>(i)]);
        QPainter painter(&image);
        static_cast<QWidget&>(view).render(&painter);
    }
}

void sizes(benchmark::internal::Benchmark* bench) {
    bench->Unit(benchmark::kMillisecond)
        ->Args({1, 1000})
        ->Args({1, 10'000})
        ->Args({1, 100'000})
        ->Args({50, 2000});
}

BENCHMARK(columnRasteriser)->Apply(sizes)->Args({1, 1'000'000});
BENCHMARK(columnRasteriserDashed)->Apply(sizes);
BENCHMARK(frame)->Apply(sizes)->Args({1, 1'000'000});
BENCHMARK(heatmap)->Unit(benchmark::kMillisecond)->Args({1, 2000})->Args({50, 2000});
BENCHMARK(painterLines)->Apply(sizes);
BENCHMARK(qtCharts)->Apply(sizes);

} // namespace

int main(int argc, char** argv) {
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication app(argc, argv);
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
