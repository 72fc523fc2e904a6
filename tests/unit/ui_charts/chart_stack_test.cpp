// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/metrics/chart_stack.h"

#include <QAccessible>
#include <QClipboard>
#include <QDropEvent>
#include <QElapsedTimer>
#include <QGuiApplication>
#include <QLineEdit>
#include <QMenu>
#include <QMimeData>
#include <QSignalSpy>
#include <QSplitter>
#include <QTest>
#include <QToolButton>
#include <QToolTip>

#include <algorithm>
#include <cmath>

#include "core/codec/exposition/exposition.h"
#include "core/engine/engine.h"
#include "ui/charts/chart_controls.h"
#include "ui/charts/legend_table.h"
#include "ui/charts/top_bar.h"
#include "ui/charts/values_table.h"
#include "ui/pages/metrics/metric_view.h"
#include "ui/pages/metrics/plot_family.h"

using namespace sightglass;
using namespace sightglass::ui;

namespace {

/// A page of a few metrics, scraped for a minute and a half until now.
struct Fixture {
    Fixture() : engine(options()), bridge(engine) {
        engine.start();
        app = engine.origins().intern(OriginKind::Scrape, "http://127.0.0.1:17000/metrics");
        const TimeNs now = engine.clock().now();
        for (int i = 0; i < 90; ++i)
            scrape(i, now - (90 - i) * nsPerSecond);
        engine.flush();
        bridge.poll();
        window.resize(600, 700);
    }
    ~Fixture() { engine.stop(); }

    static EngineOptions options() {
        EngineOptions o;
        o.otlpGrpc = o.otlpHttp = o.api = "off";
        return o;
    }

    void scrape(int i, TimeNs time, const QString& more = {}) {
        QString text =
            QStringLiteral("# TYPE heap_bytes gauge\nheap_bytes %1\n"
                           "# TYPE wait_seconds gauge\nwait_seconds %2\n"
                           "# TYPE requests_total counter\nrequests_total{code=\"200\"} %3\n"
                           "requests_total{code=\"500\"} %4\n# TYPE many gauge\n")
                .arg(1e6 + 1e5 * std::sin(i * 0.2), 0, 'f', 0)
                .arg(0.1 + 0.05 * std::cos(i * 0.3), 0, 'f', 4)
                .arg(i * 40)
                .arg(i * 2);
        for (int k = 0; k < 60; ++k)
            text += QStringLiteral("many{k=\"%1\"} %2\n").arg(k).arg(k + i % 7);
        text += more;
        RawRecord record;
        record.origin = app;
        record.receivedAt = time;
        record.body = std::make_shared<const std::string>(text.toStdString());
        auto batch = decodeExposition(record);
        QVERIFY(batch.ok());
        QVERIFY(engine.sink().push(std::move(*batch), [](const WriteReport&) {}) ==
                PushStatus::Queued);
    }

    void show(const char* family = "heap_bytes") {
        window.show();
        selection.select(QString::fromLatin1(family));
        settle();
    }

    ChartStack& charts() { return window.charts(); }
    ChartView& chart(int at) { return charts().panes().at(at)->chart(); }

    /// Until no chart waits for an answer any more.
    void settle() {
        // New charts are laid out first.
        QCoreApplication::processEvents();
        QCoreApplication::processEvents();
        const auto answered = [this] {
            const auto& panes = charts().panes();
            return std::all_of(panes.begin(), panes.end(), [](const ChartPane* pane) {
                return !pane->chart().isVisible() || pane->chart().upToDate();
            });
        };
        QTRY_VERIFY(answered());
    }

    bool drop(QPoint at, const QStringList& families) {
        const auto data = familiesAsMime(families);
        QDragEnterEvent enter(at, Qt::CopyAction, data.get(), Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&charts(), &enter);
        if (!enter.isAccepted())
            return false;
        QDragMoveEvent move(at, Qt::CopyAction, data.get(), Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&charts(), &move);
        QDropEvent drop(at, Qt::CopyAction, data.get(), Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&charts(), &drop);
        return drop.isAccepted();
    }

    Theme theme;
    Engine engine;
    EngineBridge bridge;
    Selection selection;
    OriginId app;
    MetricView window{bridge, selection, theme};
};

QStringList titles(const ChartStack& charts) {
    QStringList all;
    for (const ChartPane* pane : charts.panes())
        all << pane->title();
    return all;
}

} // namespace

class ChartStackTest : public QObject {
    Q_OBJECT
  private slots:
    void beginsWithTheSelectedOne();
    void takesMetricsByDrop();
    void removesByKeyAndButton();
    void leavesTheFocusWhereItIs();
    void takesEightMetricsAtMost();
    void movesUpAndDown();
    void sharesRangeAndCrosshair();
    void sharesOneTimeAxis();
    void joinsTwoUnits();
    void firstFollowsTheSelectionAlone();
    void survivesARestart();
    void waitsForWhatIsNotThere();
    void firstWaitsForWhatIsSelected();
    void legendIsTheCurrentChartsOwn();
    void asksWhatToShowOfMany();
    void sumsWhatIsStacked();
    void listsValues();
    void listsValuesAFewTimesASecond();
    void speaksAsTheCrosshairMoves();
    void keepsAHeightThatCanBeRead_data();
    void keepsAHeightThatCanBeRead();
    void paintsInEveryTheme();
};

void ChartStackTest::beginsWithTheSelectedOne() {
    Fixture f;
    f.show();
    QCOMPARE(titles(f.charts()), QStringList{"heap_bytes"});
    f.selection.select("wait_seconds");
    QCOMPARE(titles(f.charts()), QStringList{"wait_seconds"});
}

void ChartStackTest::takesMetricsByDrop() {
    Fixture f;
    f.show();
    QMimeData other;
    other.setText("heap_bytes");
    QDragEnterEvent enter({100, 100}, Qt::CopyAction, &other, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&f.charts(), &enter);
    QVERIFY(!enter.isAccepted());

    // At the foot of a chart: one of its own. In its middle: into it.
    QVERIFY(f.drop({200, f.charts().height() - 5}, {"wait_seconds"}));
    QCOMPARE(titles(f.charts()), (QStringList{"heap_bytes", "wait_seconds"}));
    f.settle();
    const ChartPane* second = f.charts().panes().at(1);
    const QPoint middle = second->mapTo(&f.charts(), second->rect().center());
    QVERIFY(f.drop(middle, {"requests_total"}));
    QCOMPARE(titles(f.charts()), (QStringList{"heap_bytes", "wait_seconds + requests_total"}));
    // Once is enough.
    QVERIFY(f.drop(middle, {"requests_total"}));
    QCOMPARE(second->families().size(), 2);
    // Between the two.
    const QPoint top = second->mapTo(&f.charts(), QPoint(100, 2));
    QVERIFY(f.drop(top, {"many"}));
    QCOMPARE(titles(f.charts()),
             (QStringList{"heap_bytes", "many", "wait_seconds + requests_total"}));
    f.settle();
    QCOMPARE(f.chart(2).frame()->families, (QStringList{"wait_seconds", "requests_total"}));
}

void ChartStackTest::removesByKeyAndButton() {
    Fixture f;
    f.show();
    f.charts().addChart({"wait_seconds"});
    f.charts().addChart({"requests_total"});
    f.settle();
    QCOMPARE(&f.charts().current(), f.charts().panes().at(2));
    QTest::keyClick(&f.chart(2), Qt::Key_Delete);
    QCOMPARE(titles(f.charts()), (QStringList{"heap_bytes", "wait_seconds"}));
    QCOMPARE(&f.charts().current(), f.charts().panes().at(1));
    // The first stays.
    QTest::keyClick(&f.chart(0), Qt::Key_Delete);
    QCOMPARE(f.charts().panes().size(), 2);
    QToolButton* close = nullptr;
    for (auto* button : f.charts().panes().at(1)->findChildren<QToolButton*>()) {
        if (button->accessibleName() == QStringLiteral("Remove the chart of wait_seconds"))
            close = button;
    }
    QVERIFY(close != nullptr);
    QTest::mouseClick(close, Qt::LeftButton);
    QCOMPARE(titles(f.charts()), QStringList{"heap_bytes"});
    QTest::qWait(20);
    for (int i = 0; i < 20; ++i)
        f.charts().addChart({"wait_seconds"});
    QCOMPARE(f.charts().panes().size(), ChartStack::chartsMost);
}

void ChartStackTest::leavesTheFocusWhereItIs() {
    Fixture f;
    f.show();
    QVERIFY(QTest::qWaitForWindowActive(&f.window));
    QLineEdit elsewhere(&f.window);
    elsewhere.show();
    for (const bool inside : {true, false}) {
        ChartPane* pane = f.charts().addChart({"wait_seconds"});
        f.settle();
        pane->chart().setFocus();
        QVERIFY(pane->chart().hasFocus());
        if (!inside)
            elsewhere.setFocus();
        f.charts().remove(*pane);
        QCOMPARE(elsewhere.hasFocus(), !inside);
        QCOMPARE(f.chart(0).hasFocus(), inside);
    }
}

void ChartStackTest::takesEightMetricsAtMost() {
    Fixture f;
    f.show();
    ChartPane* pane = f.charts().addChart({"many"});
    for (int i = 1; i < 8; ++i)
        f.charts().addTo(*pane, QStringLiteral("m%1").arg(i));
    QCOMPARE(pane->families().size(), 8);
    QVERIFY(QToolTip::text().isEmpty());
    f.charts().addTo(*pane, "m8");
    QCOMPARE(pane->families().size(), 8);
    QVERIFY(!pane->families().contains("m8"));
    QCOMPARE(QToolTip::text(), QStringLiteral("No more than 8 metrics in one chart"));
    QToolTip::hideText();
}

void ChartStackTest::movesUpAndDown() {
    Fixture f;
    f.show();
    ChartPane* a = f.charts().addChart({"wait_seconds"});
    ChartPane* b = f.charts().addChart({"requests_total"});
    f.charts().move(*b, -1);
    QCOMPARE(titles(f.charts()), (QStringList{"heap_bytes", "requests_total", "wait_seconds"}));
    QVERIFY(b->y() <= a->y());
    // Not over the first, nor beyond the end.
    f.charts().move(*b, -1);
    f.charts().move(*a, 1);
    QCOMPARE(titles(f.charts()), (QStringList{"heap_bytes", "requests_total", "wait_seconds"}));
    f.charts().addChart({"many"}, 1);
    QCOMPARE(f.charts().panes().at(1)->title(), QStringLiteral("many"));
}

void ChartStackTest::sharesRangeAndCrosshair() {
    Fixture f;
    f.show();
    f.charts().addChart({"wait_seconds"});
    f.settle();
    const TimeNs middle = f.chart(0).frame()->from / 2 + f.chart(0).frame()->to / 2;
    QSignalSpy hovered(&f.selection, &Selection::hoveredChanged);
    QTest::mouseMove(&f.chart(0), QPoint(300, 60));
    QTRY_COMPARE(hovered.size(), 1);
    QCOMPARE(f.chart(1).marks().cursor, f.chart(0).marks().cursor);
    QVERIFY(f.chart(1).marks().cursor.has_value());
    QVERIFY(f.chart(1).spokenReading().contains("path 1"));
    f.selection.setHovered(std::nullopt);
    QVERIFY(!f.chart(1).marks().cursor);

    f.selection.setRange(middle - 10 * nsPerSecond, middle + 10 * nsPerSecond);
    f.settle();
    for (const int at : {0, 1}) {
        QVERIFY(std::abs(f.chart(at).frame()->to - middle - 10 * nsPerSecond) < nsPerSecond);
        QVERIFY(!f.chart(at).frame()->fitted);
    }
    // One edge: both go on when one of them does.
    f.selection.setLive(true);
    f.settle();
    QSignalSpy first(&f.chart(0), &ChartView::frameChanged);
    QSignalSpy second(&f.chart(1), &ChartView::frameChanged);
    f.selection.moveEdge(f.engine.clock().now());
    QTRY_VERIFY(!first.isEmpty() && !second.isEmpty());
    QCOMPARE(f.chart(0).frame()->end, f.chart(1).frame()->end);
}

void ChartStackTest::sharesOneTimeAxis() {
    Fixture f;
    f.show();
    f.charts().addChart({"late"});
    // Only just there: alone it would be fitted to a few seconds.
    f.scrape(90, f.engine.clock().now(), "# TYPE late gauge\nlate 123456789\n");
    f.engine.flush();
    f.bridge.poll();
    QTRY_VERIFY(f.chart(1).frame() != nullptr && hasSamples(*f.chart(1).frame()));
    QTRY_VERIFY(f.chart(1).frame()->to - f.chart(1).frame()->from > 80 * nsPerSecond);
    // Different labels, and yet the plots lie upon each other.
    QTRY_COMPARE(f.chart(0).frame()->columns, f.chart(1).frame()->columns);
    f.charts().addTo(*f.charts().panes().at(1), "wait_seconds");
    QTRY_COMPARE(f.chart(1).subject().families.size(), std::size_t{2});
    f.settle();
    QTRY_COMPARE(f.chart(0).frame()->columns, f.chart(1).frame()->columns);
}

void ChartStackTest::joinsTwoUnits() {
    Fixture f;
    f.show();
    f.charts().addTo(f.charts().first(), "wait_seconds");
    f.settle();
    QTRY_VERIFY(f.chart(0).frame()->rightUnit.has_value());
    QCOMPARE(f.charts().first().unitWords(), QStringLiteral("bytes, seconds"));
    QVERIFY(f.chart(0).neededSides().right > 0);
    f.charts().addTo(f.charts().first(), "requests_total");
    f.settle();
    QTRY_COMPARE(f.chart(0).frame()->leftOut, QStringList{"requests_total"});
    QMenu menu;
    f.charts().first().controls().fillMenu(menu);
    QStringList entries;
    for (const QAction* action : menu.actions())
        entries << action->text();
    QVERIFY(entries.contains("Take out wait_seconds"));
    QVERIFY(!entries.contains("Take out heap_bytes"));
    f.charts().takeFrom(f.charts().first(), "heap_bytes");
    f.charts().takeFrom(f.charts().first(), "wait_seconds");
    QCOMPARE(f.charts().first().families(), (QStringList{"heap_bytes", "requests_total"}));
}

void ChartStackTest::firstFollowsTheSelectionAlone() {
    Fixture f;
    f.show();
    f.charts().addTo(f.charts().first(), "wait_seconds");
    f.bridge.poll();
    QCOMPARE(f.charts().first().families().size(), 2);
    // Kept, it stays when the selection goes on.
    QMenu menu;
    f.charts().first().controls().fillMenu(menu);
    for (QAction* action : menu.actions()) {
        if (action->text() == QStringLiteral("Keep as a chart of its own"))
            action->trigger();
    }
    f.selection.select("many");
    QCOMPARE(titles(f.charts()), (QStringList{"many", "heap_bytes + wait_seconds"}));
}

void ChartStackTest::survivesARestart() {
    QByteArray saved;
    {
        Fixture f;
        f.show();
        f.charts().addTo(f.charts().first(), "many");
        f.charts().addChart({"wait_seconds", "requests_total"});
        f.charts().addChart({"many"});
        ChartSettings settings;
        settings.kind = ChartKind::Stacked;
        settings.shown = Shown::Raw;
        settings.topBy = TopBy::Mean;
        settings.topChosen = true;
        f.chart(1).setSettings(settings);
        settings = {};
        settings.logAxis = true;
        settings.values = true;
        f.chart(0).setSettings(settings);
        saved = f.charts().save();
    }
    Fixture f;
    f.charts().restore(saved);
    f.show("requests_total");
    QCOMPARE(titles(f.charts()),
             (QStringList{"requests_total", "wait_seconds + requests_total", "many"}));
    QVERIFY(f.chart(0).settings().logAxis);
    QVERIFY(f.chart(0).settings().values);
    QCOMPARE(f.chart(1).settings().kind, ChartKind::Stacked);
    QCOMPARE(f.chart(1).settings().shown, Shown::Raw);
    QCOMPARE(f.chart(1).settings().topBy, TopBy::Mean);
    QVERIFY(f.chart(1).settings().topChosen);
    QCOMPARE(f.chart(2).settings(), ChartSettings{});

    // What was put beside a metric is there again with it, once.
    f.selection.select("heap_bytes");
    QCOMPARE(f.charts().first().title(), QStringLiteral("heap_bytes + many"));
    f.selection.select("wait_seconds");
    f.selection.select("heap_bytes");
    QCOMPARE(f.charts().first().title(), QStringLiteral("heap_bytes"));

    // What is no such thing changes nothing.
    for (const char* broken : {"", "[]", "{\"version\":2}", "{\"version\":1,\"charts\":7}"})
        f.charts().restore(broken);
    QCOMPARE(f.charts().panes().size(), 3);
}

void ChartStackTest::waitsForWhatIsNotThere() {
    Fixture f;
    f.show();
    f.charts().addChart({"later"});
    f.settle();
    QCOMPARE(f.chart(1).subject().waiting, QStringList{"later"});
    QCOMPARE(f.chart(1).spokenSummary(), QStringLiteral("Waiting for later"));
    f.scrape(90, f.engine.clock().now(), "# TYPE later gauge\nlater 1\n");
    f.engine.flush();
    f.bridge.poll();
    QTRY_VERIFY(f.chart(1).frame() != nullptr && hasSamples(*f.chart(1).frame()));
}

void ChartStackTest::firstWaitsForWhatIsSelected() {
    Fixture f;
    f.show("later");
    QCOMPARE(f.chart(0).spokenSummary(), QStringLiteral("Waiting for later"));
    f.charts().addTo(f.charts().first(), "heap_bytes");
    f.settle();
    QCOMPARE(f.chart(0).frame()->families, QStringList{"heap_bytes"});
    // What else comes to be known changes nothing of that.
    f.scrape(90, f.engine.clock().now() - nsPerSecond, "# TYPE other gauge\nother 1\n");
    f.engine.flush();
    f.bridge.poll();
    QCOMPARE(f.charts().first().title(), QStringLiteral("later + heap_bytes"));
    f.scrape(91, f.engine.clock().now(), "# TYPE later gauge\nlater 1\n");
    f.engine.flush();
    f.bridge.poll();
    QTRY_COMPARE(f.chart(0).subject().names(), (QStringList{"later", "heap_bytes"}));
}

void ChartStackTest::legendIsTheCurrentChartsOwn() {
    Fixture f;
    f.show();
    f.charts().addChart({"requests_total"});
    f.settle();
    const auto shown = [&]() -> LegendTable* {
        for (auto* legend : f.window.findChildren<LegendTable*>()) {
            if (legend->isVisible())
                return legend;
        }
        return nullptr;
    };
    QTRY_COMPARE(shown()->model()->rowCount(), 2);
    QCOMPARE(shown()->model()->headerData(0, Qt::Horizontal).toString(),
             QStringLiteral("requests_total"));
    QTest::mouseClick(&f.chart(0), Qt::LeftButton, {}, QPoint(100, 40));
    QCOMPARE(shown()->model()->rowCount(), 1);
    QCOMPARE(shown()->accessibleName(), QStringLiteral("Legend of heap_bytes"));
    // Going away it takes its legend along.
    f.charts().remove(*f.charts().panes().at(1));
    QCOMPARE(f.window.findChildren<LegendTable*>().size(), 1);
    QCOMPARE(shown()->accessibleName(), QStringLiteral("Legend"));
}

void ChartStackTest::asksWhatToShowOfMany() {
    Fixture f;
    f.show("many");
    auto* bar = f.charts().first().findChild<TopBar*>();
    QTRY_VERIFY(bar->isVisible());
    QCOMPARE(f.chart(0).frame()->series.size(), std::size_t{50});
    QToolButton* max = nullptr;
    for (auto* button : bar->findChildren<QToolButton*>()) {
        if (button->text() == QStringLiteral("max"))
            max = button;
    }
    QTest::mouseClick(max, Qt::LeftButton);
    QTRY_VERIFY(f.chart(0).frame()->settings.topBy == TopBy::Max);
    QVERIFY(!bar->isVisible());
    QCOMPARE(f.chart(0).frame()->total, 60u);
}

void ChartStackTest::sumsWhatIsStacked() {
    Fixture f;
    f.show("requests_total");
    QTest::keyClick(&f.chart(0), Qt::Key_R);
    QTest::keyClick(&f.chart(0), Qt::Key_R);
    QTest::keyClick(&f.chart(0), Qt::Key_S);
    QTRY_COMPARE(f.chart(0).frame()->settings.kind, ChartKind::Stacked);
    const auto& series = f.chart(0).frame()->series;
    QCOMPARE(series.size(), std::size_t{2});
    f.chart(0).pointAt(series[0].columns.back().lastTime);
    QCOMPARE(f.chart(0).readingValue(), 89.0 * 42);
    QVERIFY(f.chart(0).spokenReading().contains("sum"));
    // What is muted is no part of it.
    f.chart(0).setMuted(series[1].id, true);
    QCOMPARE(f.chart(0).readingValue(), 89.0 * 40);
}

void ChartStackTest::listsValues() {
    Fixture f;
    f.show("requests_total");
    ValuesTable& values = f.charts().first().values();
    QVERIFY(!values.isVisible());
    QTest::keyClick(&f.chart(0), Qt::Key_R);
    QTest::keyClick(&f.chart(0), Qt::Key_R);
    QTRY_COMPARE(f.chart(0).frame()->settings.shown, Shown::Raw);
    QTest::keyClick(&f.chart(0), Qt::Key_V);
    QVERIFY(values.isVisible());
    QTRY_COMPARE(values.model()->rowCount(), 90);
    QCOMPARE(values.model()->columnCount(), 3);
    QCOMPARE(values.model()->index(0, 1).data().toString(), QStringLiteral("3.56 k"));
    // The row is where the crosshair is, and the other way round.
    const auto& columns = f.chart(0).frame()->series[0].columns;
    const PlotColumn& eleventh = columns[columns.size() - 11];
    f.selection.setHovered(eleventh.lastTime);
    QCOMPARE(values.currentIndex().row(), 10);
    values.setFocus();
    QTest::keyClick(&values, Qt::Key_Up);
    QCOMPARE(f.selection.hovered(), columns[columns.size() - 10].lastTime);
    QTest::keyClick(&values, Qt::Key_C, Qt::ControlModifier);
    const QStringList lines = QGuiApplication::clipboard()->text().split('\n', Qt::SkipEmptyParts);
    QCOMPARE(lines.size(), 2);
    QCOMPARE(lines[0].split('\t').at(1), QStringLiteral("path 1 scrape :17000, code=200"));
    QCOMPARE(lines[1].split('\t').mid(1), (QStringList{"3200", "160"}));
    QTest::keyClick(&values, Qt::Key_V);
    QVERIFY(!values.isVisible());
}

void ChartStackTest::listsValuesAFewTimesASecond() {
    Fixture f;
    f.show("requests_total");
    QTest::keyClick(&f.chart(0), Qt::Key_V);
    f.settle();
    ValuesTable& values = f.charts().first().values();
    QVERIFY(values.isVisible());
    QSignalSpy listed(values.model(), &QAbstractItemModel::modelReset);
    // Muting is seen at once, and is no licence to list each frame from then on.
    f.chart(0).setMuted(f.chart(0).frame()->series[0].id, true);
    QTRY_VERIFY(!listed.isEmpty());
    QElapsedTimer since;
    since.start();
    qsizetype frames = 0;
    listed.clear();
    for (; frames < 20; ++frames) {
        emit f.chart(0).frameChanged();
        QTest::qWait(1);
    }
    QVERIFY(listed.size() <= since.elapsed() / 250 + 1);
}

void ChartStackTest::speaksAsTheCrosshairMoves() {
    Fixture f;
    f.show();
    f.window.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&f.window));
    f.chart(0).setFocus();
    QVERIFY(f.chart(0).hasFocus());
    QAccessibleInterface* spoken = QAccessible::queryAccessibleInterface(&f.chart(0));
    QVERIFY(spoken != nullptr);
    QVERIFY(spoken->valueInterface() != nullptr);
    // What a change is told with; that it is told cannot be heard without a screen reader's bridge.
    const QString summary = spoken->text(QAccessible::Value);
    QVERIFY(summary.contains("last"));
    QTest::keyClick(&f.chart(0), Qt::Key_Left);
    const QString newest = spoken->text(QAccessible::Value);
    QVERIFY(newest != summary);
    QVERIFY(newest.contains("path 1 scrape :17000"));
    QTest::keyClick(&f.chart(0), Qt::Key_Left);
    QVERIFY(spoken->text(QAccessible::Value) != newest);
    QCOMPARE(spoken->valueInterface()->currentValue().toDouble(), f.chart(0).readingValue());
    for (auto* control : f.charts().first().controls().findChildren<QToolButton*>())
        QVERIFY(!control->accessibleName().isEmpty());
}

void ChartStackTest::keepsAHeightThatCanBeRead_data() {
    QTest::addColumn<int>("percent");
    QTest::addColumn<QSize>("size");
    // The page's middle in a window of 1280x800, with the drawer's header below.
    QTest::newRow("100 %") << 100 << QSize(574, 560);
    QTest::newRow("200 %") << 200 << QSize(574, 500);
}

void ChartStackTest::keepsAHeightThatCanBeRead() {
    QFETCH(int, percent);
    QFETCH(QSize, size);
    Fixture f;
    f.theme.setTextPercent(percent);
    f.window.resize(size);
    f.show("requests_total");
    QTRY_VERIFY(f.chart(0).height() >= f.theme.px(140));
    f.theme.setTextPercent(100);
}

/// With SIGHTGLASS_PICTURES set to a folder the pictures are kept, to be looked at.
void ChartStackTest::paintsInEveryTheme() {
    Fixture f;
    f.window.resize(760, 760);
    f.show();
    f.charts().addTo(f.charts().first(), "wait_seconds");
    ChartSettings settings;
    settings.kind = ChartKind::Stacked;
    f.charts().addChart({"requests_total"})->chart().setSettings(settings);
    settings = {};
    settings.logAxis = true;
    settings.values = true;
    f.charts().addChart({"many"})->chart().setSettings(settings);
    f.selection.setHovered(f.engine.clock().now() - 40 * nsPerSecond);
    const QString folder = qEnvironmentVariable("SIGHTGLASS_PICTURES");
    QVector<QImage> pictures;
    for (const auto mode : {Theme::Mode::Light, Theme::Mode::Dark}) {
        for (const int percent : {100, 200}) {
            f.theme.setMode(mode);
            f.theme.setTextPercent(percent);
            f.window.resize(760 * percent / 100, 760 * percent / 100);
            f.settle();
            pictures << f.window.grab().toImage();
            if (!folder.isEmpty())
                pictures.last().save(QStringLiteral("%1/charts-%2-%3.png")
                                         .arg(folder, mode == Theme::Mode::Dark ? "dark" : "light")
                                         .arg(percent));
            // Each chart has drawn something: its plot is not of one colour.
            for (const ChartPane* pane : f.charts().panes()) {
                const QImage image = pane->chart().grab().toImage();
                QSet<QRgb> colors;
                for (int x = image.width() / 4; x < image.width() * 3 / 4; x += 3) {
                    for (int y = 20; y < image.height() - 30; ++y)
                        colors.insert(image.pixel(x, y));
                }
                QVERIFY(colors.size() > 3);
            }
        }
    }
    QVERIFY(pictures[0] != pictures[2]);
    f.theme.setMode(Theme::Mode::System);
    f.theme.setTextPercent(100);
}

QTEST_MAIN(ChartStackTest)
#include "chart_stack_test.moc"
