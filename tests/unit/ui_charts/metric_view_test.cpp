// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/metrics/metric_view.h"

#include <QFile>
#include <QLabel>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

#include <cmath>

#include "core/codec/exposition/exposition.h"
#include "core/engine/engine.h"
#include "ui/charts/legend_table.h"
#include "ui/charts/marked_text.h"
#include "ui/pages/metrics/finding_strip.h"

using namespace sightglass;
using namespace sightglass::ui;

namespace {

constexpr auto heapName = "demo_app_go_heap_alloc";

QString page(const char* name) {
    QFile file(QStringLiteral(SIGHTGLASS_TEST_DATA "/founding_story/") + QLatin1String(name));
    [[maybe_unused]] const bool opened = file.open(QIODevice::ReadOnly);
    return QString::fromUtf8(file.readAll());
}

/// The founding story through the engine itself: the application's page and the collector's, the
/// latter from 80 s on, with a heap that falls at each collection.
struct Fixture {
    Fixture() : engine(options()), bridge(engine) {
        engine.start();
        app = engine.origins().intern(OriginKind::Scrape, "http://127.0.0.1:17000/metrics");
        collector = engine.origins().intern(OriginKind::Scrape, "http://127.0.0.1:8889/metrics");
        window.resize(582, 560);
    }
    ~Fixture() { engine.stop(); }

    static EngineOptions options() {
        EngineOptions o;
        o.otlpGrpc = o.otlpHttp = o.api = "off";
        return o;
    }

    static double heap(int i) {
        const int part = i % 55;
        return (1.0 + 2.4 * part / 55 + 0.09 * std::sin(part * 0.45)) * 1024 * 1024;
    }

    void scrape(OriginId origin, QString text, int i, TimeNs time) {
        static const QRegularExpression value(
            QStringLiteral("(%1\\{[^}]*\\}) [^\n]*").arg(heapName));
        text.replace(value, QStringLiteral("\\1 %1").arg(heap(i), 0, 'f', 0));
        RawRecord record;
        record.origin = origin;
        record.receivedAt = time;
        record.body = std::make_shared<const std::string>(text.toStdString());
        auto batch = decodeExposition(record);
        QVERIFY(batch.ok());
        QVERIFY(engine.sink().push(std::move(*batch), [](const WriteReport&) {}) ==
                PushStatus::Queued);
    }

    void tell(bool both) {
        const QString appPage = page("app.prom");
        const QString collectorPage = page("collector.prom");
        const TimeNs start = engine.clock().now() - 290 * nsPerSecond;
        for (int i = 0; i < 290; ++i) {
            scrape(app, appPage, i, start + i * nsPerSecond);
            if (both && i >= 80)
                scrape(collector, collectorPage, i, start + i * nsPerSecond);
        }
        engine.flush();
        bridge.poll();
    }

    Theme theme;
    Engine engine;
    EngineBridge bridge;
    Selection selection;
    OriginId app, collector;
    MetricView window{bridge, selection, theme};
};

} // namespace

class MetricViewTest : public QObject {
    Q_OBJECT
  private slots:
    void showsNothingUntilSelected();
    void showsOnePathWithoutStrip();
    void tellsTheFoundingStory();
    void takesATabBesideTheLegend();
};

void MetricViewTest::showsNothingUntilSelected() {
    Fixture f;
    f.window.show();
    QVERIFY(f.window.chart().subject().families.empty());
    QVERIFY(!f.window.strip().isVisible());
    QVERIFY(!f.window.grab().isNull());
}

void MetricViewTest::showsOnePathWithoutStrip() {
    Fixture f;
    f.tell(false);
    f.window.show();
    f.selection.select(QString::fromLatin1(heapName));
    QTRY_VERIFY(f.window.chart().frame() != nullptr);
    QVERIFY(!f.window.strip().isVisible());
    QVERIFY(!f.window.chart().frame()->disagree);
    QCOMPARE(f.window.chart().frame()->series.size(), std::size_t{1});
    QCOMPARE(f.window.chart().frame()->series[0].pathName, QStringLiteral("scrape :17000"));
}

void MetricViewTest::tellsTheFoundingStory() {
    Fixture f;
    f.tell(true);
    f.window.show();
    f.selection.select(QString::fromLatin1(heapName));
    QTRY_VERIFY(f.window.chart().frame() != nullptr);
    const auto frame = f.window.chart().frame();
    QVERIFY(frame->disagree);
    QCOMPARE(frame->lane.falseResets, 4u);
    QCOMPARE(frame->series.size(), std::size_t{2});
    QCOMPARE(frame->series[0].path, 1);
    QVERIFY(frame->series[0].reference);
    QVERIFY(frame->series[1].odd);
    QCOMPARE(frame->series[0].color, frame->series[1].color);
    QCOMPARE(frame->series[0].count, std::uint64_t{290});

    QVERIFY(f.window.strip().isVisible());
    QCOMPARE(spokenText(f.window.strip().verdict().sentence),
             QStringLiteral("Gauge on path 1, counter on path 2. 6 labels lost on path 2."));
    QCOMPARE(f.window.strip().height(), f.theme.px(32));
    QSignalSpy mend(&f.window, &MetricView::howToMendRequested);
    auto* link = f.window.strip().findChild<QToolButton*>();
    QTest::mouseClick(link, Qt::LeftButton);
    QCOMPARE(mend.size(), 1);
    QVERIFY(f.window.chart().spokenSummary().contains(QStringLiteral("counter on path 2")));

    // What another window part chooses as reference is the thin line here as well.
    f.selection.setReference(f.collector);
    QTRY_VERIFY(f.window.chart().frame()->series[0].path == 2);
    f.selection.setReference({});

    const QString folder = qEnvironmentVariable("SIGHTGLASS_PICTURES");
    for (const auto mode : {Theme::Mode::Light, Theme::Mode::Dark}) {
        for (const int percent : {100, 200}) {
            f.theme.setMode(mode);
            f.theme.setTextPercent(percent);
            f.window.resize(582 * percent / 100, 560 * percent / 100);
            QSignalSpy answered(&f.window.chart(), &ChartView::frameChanged);
            while (answered.wait(100)) {
            }
            const QImage image = f.window.grab().toImage();
            QVERIFY(image.size().width() >= 582 * percent / 100);
            if (!folder.isEmpty())
                image.save(QStringLiteral("%1/metric-%2-%3.png")
                               .arg(folder, mode == Theme::Mode::Dark ? "dark" : "light")
                               .arg(percent));
        }
    }
}

void MetricViewTest::takesATabBesideTheLegend() {
    Fixture f;
    f.tell(true);
    f.window.show();
    f.selection.select(QString::fromLatin1(heapName));
    QTRY_VERIFY(f.window.chart().frame() != nullptr);
    auto* legend = f.window.findChild<LegendTable*>();
    QLabel compare(QStringLiteral("compare"));
    f.window.setTab(&compare, QStringLiteral("Compare"));
    QVERIFY(f.window.hasTab());
    QVERIFY(legend->isVisible());
    f.window.showTab();
    QVERIFY(compare.isVisible());
    QVERIFY(!legend->isVisible());
    f.window.setTab(nullptr, {});
    QVERIFY(!f.window.hasTab());
    QVERIFY(legend->isVisible());
    compare.setParent(nullptr);
}

QTEST_MAIN(MetricViewTest)
#include "metric_view_test.moc"
