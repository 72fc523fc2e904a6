// SPDX-License-Identifier: GPL-3.0-or-later
#include <QClipboard>
#include <QGuiApplication>
#include <QMenu>
#include <QTest>

#include <algorithm>
#include <cmath>

#include "tests/support/fake_series.h"
#include "ui/charts/chart_controls.h"
#include "ui/charts/chart_view.h"
#include "ui/charts/heat_scale.h"
#include "ui/look/format.h"

using namespace sightglass;
using namespace sightglass::ui;
using sightglass::test::FakeSeries;

namespace {

constexpr TimeNs start = 1'700'000'000 * nsPerSecond;
constexpr int seconds = 60;

/// A histogram of one path that holds 10 observations a second up to 100 ms, from 30 s on up to
/// 1 s; one exemplar at 20 s.
struct Fixture {
    Fixture() {
        metric = fake.addMetric(OriginId{0}, "took_seconds", MetricType::Histogram, false, "s",
                                Temporality::Cumulative);
        const SeriesId series = fake.addSeries(metric);
        auto bounds = std::make_shared<HistogramBounds>();
        bounds->bounds = {0.01, 0.1, 1, 10};
        HistogramSample sample;
        sample.bounds = bounds;
        sample.bucketCounts = {0, 0, 0, 0, 0};
        for (int i = 0; i <= seconds; ++i) {
            sample.time = start + i * nsPerSecond;
            if (i > 0)
                sample.bucketCounts[i <= 30 ? 1 : 2] += 10;
            sample.count = static_cast<std::uint64_t>(i) * 10;
            fake.add(series, sample);
        }
        SeriesReader::ExemplarSample exemplar;
        exemplar.exemplar.time = start + 20 * nsPerSecond;
        exemplar.exemplar.value = Number::of(0.05);
        exemplar.exemplar.hasTraceId = true;
        exemplar.exemplar.traceId.fill(0xa5);
        fake.add(series, exemplar);

        clock.set(start + seconds * nsPerSecond);
        chart.resize(900, 400);
        chart.show();
        ChartSubject subject;
        PlotPath path;
        path.origin = OriginId{0};
        path.number = 1;
        path.name = QStringLiteral("otlp-grpc");
        path.metrics = {metric};
        subject.families = {{QStringLiteral("took_seconds"), {path}}};
        selection.setRange(start, start + seconds * nsPerSecond);
        chart.setSubject(subject);
        settle();
    }

    void settle() {
        // What was changed is asked for first.
        QCoreApplication::processEvents();
        QTRY_VERIFY(chart.upToDate());
    }

    /// Where a time and a value stand, found from the heatmap's own scale.
    [[nodiscard]] QPoint at(double second, double value) const {
        const HeatScale scale(*chart.frame()->heat, chart.isLogAxis());
        const double part = (scale.high() - scale.at(value)) / (scale.high() - scale.low());
        return {left() + static_cast<int>(second / seconds * width()),
                top() + static_cast<int>(part * height())};
    }
    // As the chart lays itself out: labels, and a sixth for the distribution.
    [[nodiscard]] int left() const { return plot().left(); }
    [[nodiscard]] int top() const { return plot().top(); }
    [[nodiscard]] int width() const { return plot().width(); }
    [[nodiscard]] int height() const { return plot().height(); }
    [[nodiscard]] QRect plot() const {
        ChartCanvas canvas(theme);
        const auto frame = chart.frame();
        canvas.layout(frame, frame->from, frame->to, chart.size(), 1, {});
        return canvas.plot();
    }

    Theme theme;
    FakeSeries fake;
    ManualClock clock{start};
    Selection selection;
    MetricId metric;
    ChartView chart{fake, clock, selection, theme};
};

bool isSurface(QRgb pixel, const Theme& theme) {
    return pixel == theme.tokens().surface.rgb();
}

} // namespace

class HeatViewTest : public QObject {
    Q_OBJECT
  private slots:
    void aHistogramIsAHeatmapUnlessAskedOtherwise();
    void cellsArePaintedWhereTheObservationsAre();
    void theDistributionSaysOfWhatTimeItIs();
    void aMutedQuantileHasNoNameEither();
    void exemplarsAreReachedByKeyAndPointer();
    void theLogAxisIsTheHeatmapsOwn();
    void theControlsOfferTheKinds();
    void saysWhatItShows();
};

void HeatViewTest::aHistogramIsAHeatmapUnlessAskedOtherwise() {
    Fixture f;
    QVERIFY(f.chart.frame()->heat != nullptr);
    const auto& lines = f.chart.frame()->series;
    QCOMPARE(lines.size(), std::size_t{3});
    QCOMPARE(lines[0].labels, QStringLiteral("p99"));
    QCOMPARE(lines[2].labels, QStringLiteral("p50"));
    // Half of (0.1, 1], evenly.
    QVERIFY(std::abs(lines[2].last - 0.55) < 1e-6);

    QTest::keyClick(&f.chart, Qt::Key_H);
    f.settle();
    QVERIFY(f.chart.frame()->heat == nullptr);
    QCOMPARE(f.chart.frame()->series.size(), std::size_t{1});
    QVERIFY(f.chart.frame()->observations);
    QTest::keyClick(&f.chart, Qt::Key_S);
    f.settle();
    QCOMPARE(f.chart.frame()->settings.kind, ChartKind::Stacked);
    QTest::keyClick(&f.chart, Qt::Key_H);
    f.settle();
    QVERIFY(f.chart.frame()->heat != nullptr);
}

void HeatViewTest::cellsArePaintedWhereTheObservationsAre() {
    for (const Theme::Mode mode : {Theme::Mode::Light, Theme::Mode::Dark}) {
        Fixture f;
        f.theme.setMode(mode);
        const QImage image = f.chart.grab().toImage();
        const QRgb early = image.pixel(f.at(12.5, 0.02));
        const QRgb late = image.pixel(f.at(47.5, 0.2));
        // Alike many observations a second: one shade, and never red.
        QCOMPARE(early, late);
        QVERIFY(!isSurface(early, f.theme));
        QVERIFY(qBlue(early) > qRed(early));
        QVERIFY(isSurface(image.pixel(f.at(12.5, 0.2)), f.theme));
        QVERIFY(isSurface(image.pixel(f.at(47.5, 0.02)), f.theme));

        // The distribution: of the whole range in both rows, under the crosshair in one.
        const int side = f.plot().right() + 20;
        const QRgb bar = f.theme.tokens().series[0].rgb();
        const auto inSide = [&](double value) { return QPoint(side, f.at(0, value).y()); };
        QCOMPARE(image.pixel(inSide(0.02)), bar);
        QCOMPARE(image.pixel(inSide(0.2)), bar);
        f.selection.setHovered(start + 45 * nsPerSecond);
        const QImage pointed = f.chart.grab().toImage();
        QVERIFY(pointed.pixel(inSide(0.02)) != bar);
        QCOMPARE(pointed.pixel(inSide(0.2)), bar);
    }
}

void HeatViewTest::theDistributionSaysOfWhatTimeItIs() {
    Fixture f;
    const auto titleAt = [&](int width, std::optional<TimeNs> time) {
        ChartCanvas canvas(f.theme);
        const auto frame = f.chart.frame();
        canvas.layout(frame, frame->from, frame->to, {width, 400}, 1, {});
        return canvas.heat().distributionAt(time).title;
    };
    QCOMPARE(titleAt(1400, std::nullopt), QStringLiteral("whole range  n = 600"));
    // Ten a second: a hundred would be ten seconds, a fortieth of a minute each way is three in
    // all.
    const TimeNs time = start + 45 * nsPerSecond;
    const QString around = titleAt(1400, time);
    QVERIFY2(around.startsWith(formatClock(time).chopped(1)), qPrintable(around));
    QVERIFY2(around.contains(QStringLiteral(" \u00b1 1.")), qPrintable(around));
    QVERIFY2(around.contains(QStringLiteral("  n = 2")), qPrintable(around));
    // In a narrow place the count stays.
    QCOMPARE(titleAt(430, std::nullopt), QStringLiteral("n = 600"));
}

void HeatViewTest::aMutedQuantileHasNoNameEither() {
    Fixture f;
    const QRgb color =
        f.theme.tokens().series[static_cast<std::size_t>(heatQuantiles[0].color)].rgb();
    const auto painted = [&] {
        const QImage image = f.chart.grab().toImage();
        int count = 0;
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x)
                count += image.pixel(x, y) == color ? 1 : 0;
        }
        return count;
    };
    QVERIFY(painted() > 0);
    f.chart.setMuted(f.chart.frame()->series[0].id, true);
    QCOMPARE(painted(), 0);
}

void HeatViewTest::exemplarsAreReachedByKeyAndPointer() {
    Fixture f;
    const QRgb text = f.theme.tokens().text.rgb();
    QCOMPARE(f.chart.grab().toImage().pixel(f.at(20, 0.05)), text);
    const QString trace = QStringLiteral("a5").repeated(16);
    QTest::keyClick(&f.chart, Qt::Key_E);
    QCOMPARE(f.selection.hovered(), std::optional<TimeNs>(start + 20 * nsPerSecond));
    QVERIFY(f.chart.spokenReading().contains(trace));
    QTest::keyClick(&f.chart, Qt::Key_C, Qt::ControlModifier);
    QCOMPARE(QGuiApplication::clipboard()->text(), trace);

    // A step of the crosshair leaves it; the pointer on its dot finds it again.
    QTest::keyClick(&f.chart, Qt::Key_Right);
    QVERIFY(!f.chart.spokenReading().contains(trace));
    QTest::mouseMove(&f.chart, f.at(40, 0.5));
    QTest::mouseMove(&f.chart, f.at(20, 0.05) + QPoint(2, 1));
    QVERIFY(f.chart.spokenReading().contains(trace));
    QTest::keyClick(&f.chart, Qt::Key_Escape);
    QTest::keyClick(&f.chart, Qt::Key_E, Qt::ShiftModifier);
    QVERIFY(f.chart.spokenReading().contains(trace));
}

void HeatViewTest::theLogAxisIsTheHeatmapsOwn() {
    Fixture f;
    QVERIFY(f.chart.isLogAxis());
    QVERIFY(!f.chart.settings().logAxis);
    QTest::keyClick(&f.chart, Qt::Key_L);
    f.settle();
    QVERIFY(!f.chart.isLogAxis());
    QTest::keyClick(&f.chart, Qt::Key_H);
    f.settle();
    QVERIFY(!f.chart.isLogAxis());
    QVERIFY(!f.chart.settings().logAxis);
}

void HeatViewTest::theControlsOfferTheKinds() {
    Fixture f;
    ChartControls controls(f.chart, f.theme);
    QMenu menu;
    controls.fillMenu(menu);
    const auto named = [&](const QString& text) {
        const auto all = menu.actions();
        const auto found = std::find_if(all.begin(), all.end(),
                                        [&](QAction* action) { return action->text() == text; });
        return found != all.end() ? *found : nullptr;
    };
    QVERIFY(named(QStringLiteral("Heatmap")) && named(QStringLiteral("Heatmap"))->isChecked());
    named(QStringLiteral("Lines"))->trigger();
    f.settle();
    QVERIFY(f.chart.frame()->heat == nullptr);
}

void HeatViewTest::saysWhatItShows() {
    Fixture f;
    const QString said = f.chart.spokenSummary();
    for (const char* part : {"heatmap", "p99", "p90", "p50: last 550 ms"})
        QVERIFY2(said.contains(QLatin1String(part)), qPrintable(said));
}

QTEST_MAIN(HeatViewTest)
#include "heat_view_test.moc"
