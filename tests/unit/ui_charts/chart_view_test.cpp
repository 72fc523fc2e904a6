// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_view.h"

#include <QAccessible>
#include <QDir>
#include <QHeaderView>
#include <QSignalSpy>
#include <QTest>
#include <QVBoxLayout>
#include <QWheelEvent>

#include <cmath>

#include "tests/support/fake_series.h"
#include "ui/charts/legend_table.h"
#include "ui/charts/marked_text.h"

using namespace sightglass;
using namespace sightglass::ui;
using sightglass::test::FakeSeries;

namespace {

constexpr TimeNs start = 1'700'000'000 * nsPerSecond;

/// Where labels end and lines begin: room for "2 MiB/s".
constexpr int plotLeft = 48;

/// A heap as a collector sees it: it grows, and falls at each collection.
double heap(int i) {
    const int part = i % 55;
    return (1.0 + 2.4 * part / 55 + 0.09 * std::sin(part * 0.45) + 0.1 * (i / 55 % 3)) * 1024 *
           1024;
}

PlotPath pathOf(int number, const char* name, MetricId metric, TimeNs arrived) {
    PlotPath path;
    path.origin = OriginId{static_cast<std::uint32_t>(number - 1)};
    path.number = number;
    path.name = QString::fromLatin1(name);
    path.metrics = {metric};
    path.arrived = arrived;
    return path;
}

/// A chart with its legend over points of the founding story: one heap on three paths, of which
/// the third says counter.
struct Fixture {
    explicit Fixture(QSize size = {550, 460}) {
        gauge = fake.addMetric(OriginId{1}, "heap_bytes", MetricType::Gauge);
        pushed = fake.addMetric(OriginId{0}, "heap_bytes", MetricType::Gauge);
        counter = fake.addMetric(OriginId{2}, "heap_bytes", MetricType::Sum, true);
        const SeriesId a = fake.addSeries(gauge);
        const SeriesId b = fake.addSeries(pushed);
        const SeriesId c = fake.addSeries(counter);
        for (int i = 0; i < 290; ++i) {
            const TimeNs time = start + i * nsPerSecond;
            fake.add(a, time, heap(i));
            fake.add(b, time, heap(i));
            if (i >= 80)
                fake.add(c, time, heap(i));
        }
        clock.set(start + 290 * nsPerSecond);
        window.resize(size);
        auto* layout = new QVBoxLayout(&window);
        layout->setContentsMargins(16, 16, 16, 0);
        layout->addWidget(&chart, 1);
        layout->addWidget(&legend);
        window.show();
    }

    ChartSubject story() const {
        ChartSubject subject;
        subject.families = {{QStringLiteral("heap_bytes"), {}}};
        subject.families[0].paths = {pathOf(2, "scrape :17000", gauge, start),
                                     pathOf(1, "otlp-grpc", pushed, start),
                                     pathOf(3, "scrape :8889", counter, start + 80 * nsPerSecond)};
        subject.finding = QStringLiteral("error: gauge on path 1, counter on path 3");
        return subject;
    }

    void show() {
        chart.setSubject(story());
        QTRY_VERIFY(chart.frame() != nullptr);
        settle();
    }

    /// Until no answer is under way any more.
    void settle() {
        // What was only posted so far may ask.
        QCoreApplication::processEvents();
        QCoreApplication::processEvents();
        QTRY_VERIFY(chart.upToDate());
    }

    void wheel(double x, int notches) {
        const QPointF at(x, chart.height() / 2.0);
        QWheelEvent event(at, chart.mapToGlobal(at), {}, {0, 120 * notches}, Qt::NoButton,
                          Qt::NoModifier, Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(&chart, &event);
    }

    Theme theme;
    FakeSeries fake;
    ManualClock clock{start};
    Selection selection;
    MetricId gauge, pushed, counter;
    QWidget window;
    ChartView chart{fake, clock, selection, theme};
    LegendTable legend{chart, theme};
};

TimeNs spanOf(const ChartView& chart) {
    return chart.frame()->to - chart.frame()->from;
}

} // namespace

class ChartViewTest : public QObject {
    Q_OBJECT
  private slots:
    void drawsTheStory();
    void dropsTheLaneOnALowStage();
    void asksOnlyWhenItsOwnMetricsMoved();
    void zoomsByWheelAboutThePointer();
    void zoomsByDragAndGoesBack();
    void dragsTimesNotPixels();
    void keepsAZoomThatIsNotAnsweredYet();
    void scalesByWhatCanBeSeen();
    void keepsItsMarksWhenAFamilyJoins();
    void pausesAndGoesLive();
    void cyclesRateIncreaseAndRaw();
    void mutesAndHighlightsByKeyboard();
    void crosshairSnapsToPoints();
    void keepsItsKeysFromTheWindow();
    void saysWhenThereIsNothing();
    void speaksToScreenReaders();
    void legendSortsAndMutes();
    void legendKeepsRowsUnderTheKeyboard();
    void legendShowsFourRows();
    void legendDropsNumbersBeforeNames();
    void paintsTextWithMarks();
    void picturesDifferByThemeAndScale();
};

void ChartViewTest::drawsTheStory() {
    Fixture f;
    f.show();
    const auto frame = f.chart.frame();
    QVERIFY(frame->disagree);
    QCOMPARE(frame->series.size(), std::size_t{3});
    QCOMPARE(frame->lane.falseResets, 4u);
    QVERIFY(spanOf(f.chart) >= 290 * nsPerSecond);
    // One column a device pixel: the line's dashes and gaps are counted in them.
    QCOMPARE(frame->columns, static_cast<int>(std::lround((f.chart.width() - plotLeft) *
                                                          f.chart.devicePixelRatioF())));

    // The line is there in its colour, and the dotted line of the arrival in that of errors.
    const QImage image = f.chart.grab().toImage();
    int line = 0;
    int error = 0;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            const QColor pixel = image.pixelColor(x, y);
            line += pixel == f.theme.tokens().series[0] ? 1 : 0;
            error += pixel == f.theme.tokens().error ? 1 : 0;
        }
    }
    QVERIFY(line > 500);
    QVERIFY(error > 100);
}

void ChartViewTest::dropsTheLaneOnALowStage() {
    Fixture f;
    f.show();
    struct Row {
        int height;
        bool lane;
    };
    for (const Row& row : {Row{f.chart.minimumSizeHint().height(), false}, Row{149, false},
                           Row{150, true}, Row{400, true}}) {
        ChartCanvas canvas(f.theme);
        canvas.layout(f.chart.frame(), f.chart.frame()->from, f.chart.frame()->to,
                      {500, row.height}, 1, {});
        QCOMPARE(!canvas.lane().isEmpty(), row.lane);
        QVERIFY(canvas.plot().height() >= f.theme.px(30));
        // Room for the labels of the time axis.
        const int bottom = (row.lane ? canvas.lane() : canvas.plot()).bottom();
        QVERIFY(bottom + f.theme.px(20) <= row.height);
    }
}

void ChartViewTest::asksOnlyWhenItsOwnMetricsMoved() {
    Fixture f;
    f.show();
    const auto before = f.chart.frame();
    const MetricId other = f.fake.addMetric(OriginId{0}, "other", MetricType::Gauge);
    f.fake.add(f.fake.addSeries(other), start, 1);
    f.chart.lookForSamples();
    f.settle();
    QVERIFY(f.chart.frame() == before);

    f.fake.add(SeriesId{0}, f.clock.now(), heap(290));
    f.chart.lookForSamples();
    QTRY_VERIFY(f.chart.frame() != before);
}

void ChartViewTest::zoomsByWheelAboutThePointer() {
    Fixture f;
    f.show();
    const double x = f.chart.width() / 2.0;
    const TimeNs span = spanOf(f.chart);
    const double part = (x - 48) / (f.chart.width() - plotLeft);
    const TimeNs under =
        f.chart.frame()->from + static_cast<TimeNs>(part * static_cast<double>(span));
    f.wheel(x, 1);
    f.wheel(x, 1);
    f.settle();
    QVERIFY(!f.selection.live());
    QVERIFY(spanOf(f.chart) < span * 6 / 10);
    const TimeNs now =
        f.chart.frame()->from + static_cast<TimeNs>(part * static_cast<double>(spanOf(f.chart)));
    QVERIFY(std::abs(now - under) < 3 * nsPerSecond);

    // Two notches of one turn are one step.
    QTest::keyClick(&f.chart, Qt::Key_Backspace);
    f.settle();
    QVERIFY(f.selection.live());
    QCOMPARE(spanOf(f.chart), span);
}

void ChartViewTest::zoomsByDragAndGoesBack() {
    Fixture f;
    f.show();
    const int y = f.chart.height() / 2;
    QTest::mousePress(&f.chart, Qt::LeftButton, {}, {100, y});
    QTest::mouseMove(&f.chart, {150, y});
    QTest::mouseMove(&f.chart, {200, y});
    QVERIFY(f.chart.marks().dragged.has_value());
    QTest::mouseRelease(&f.chart, Qt::LeftButton, {}, {200, y});
    QVERIFY(!f.chart.marks().dragged.has_value());
    f.settle();
    QVERIFY(!f.selection.live());
    const double width = f.chart.width() - plotLeft;
    const double wanted = 300.0 * 100 / width;
    QVERIFY(std::abs(static_cast<double>(spanOf(f.chart)) / nsPerSecond - wanted) < wanted * 0.1);
    QTest::keyClick(&f.chart, Qt::Key_Backspace);
    QVERIFY(f.selection.live());
    QTest::keyClick(&f.chart, Qt::Key_Minus);
    QVERIFY(f.selection.span() > 0);
    QTest::keyClick(&f.chart, Qt::Key_0);
    QCOMPARE(f.selection.span(), TimeNs{0});
}

void ChartViewTest::dragsTimesNotPixels() {
    Fixture f;
    f.selection.setSpan(100 * nsPerSecond);
    f.show();
    const int y = f.chart.height() / 2;
    QTest::mousePress(&f.chart, Qt::LeftButton, {}, {200, y});
    QTest::mouseMove(&f.chart, {300, y});
    QVERIFY(f.chart.marks().dragged.has_value());
    const auto [from, to] = *f.chart.marks().dragged;
    // The chart is live: the time moves on below the pointer that holds still.
    f.clock.advance(20 * nsPerSecond);
    f.fake.add(SeriesId{0}, f.clock.now(), 1);
    const TimeNs edge = f.chart.frame()->to;
    f.chart.lookForSamples();
    f.settle();
    QVERIFY(f.chart.frame()->to > edge + 15 * nsPerSecond);
    QTest::mouseRelease(&f.chart, Qt::LeftButton, {}, {300, y});
    QCOMPARE(f.selection.end(), to);
    QCOMPARE(f.selection.span(), to - from);
}

void ChartViewTest::keepsAZoomThatIsNotAnsweredYet() {
    Fixture f;
    f.show();
    const auto range = [&f] { return f.chart.spokenSummary().section(';', 0, 0); };
    // The first is with the worker when the second comes.
    f.selection.setRange(start + 100 * nsPerSecond, start + 110 * nsPerSecond);
    f.selection.setRange(start + 200 * nsPerSecond, start + 220 * nsPerSecond);
    const QString zoomed = range();
    int late = 0;
    bool kept = true;
    connect(&f.chart, &ChartView::frameChanged, &f.window, [&] {
        if (f.chart.frame()->span != 10 * nsPerSecond)
            return;
        ++late;
        kept = kept && range() == zoomed;
    });
    f.settle();
    QVERIFY(late > 0);
    QVERIFY(kept);
    QCOMPARE(f.chart.frame()->span, 20 * nsPerSecond);
}

void ChartViewTest::scalesByWhatCanBeSeen() {
    Fixture f;
    const MetricId m = f.fake.addMetric(OriginId{0}, "m", MetricType::Gauge);
    const SeriesId s = f.fake.addSeries(m);
    // A million, nothing for a while, then a little.
    for (int i = 95; i < 105; ++i)
        f.fake.add(s, start + i * nsPerSecond, 1e6);
    for (int i = 160; i < 290; ++i)
        f.fake.add(s, start + i * nsPerSecond, i % 2 * 10);
    ChartSubject subject;
    subject.families = {{QStringLiteral("m"), {pathOf(1, "otlp-grpc", m, start)}}};
    f.selection.setRange(start + 150 * nsPerSecond, start + 280 * nsPerSecond);
    f.chart.setSubject(subject);
    f.settle();
    QVERIFY(f.chart.frame()->series[0].columns.front().column < 0);
    QCOMPARE(f.chart.frame()->series[0].columns.front().max, 1e6);
    const QImage image = f.chart.grab().toImage();
    int top = image.height();
    int bottom = 0;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            if (image.pixelColor(x, y) == f.theme.tokens().series[0]) {
                top = std::min(top, y);
                bottom = std::max(bottom, y);
            }
        }
    }
    QVERIFY2(bottom - top > image.height() / 2, qPrintable(QString::number(bottom - top)));
}

void ChartViewTest::keepsItsMarksWhenAFamilyJoins() {
    Fixture f;
    f.show();
    const MetricId m = f.fake.addMetric(OriginId{0}, "m", MetricType::Gauge);
    f.fake.add(f.fake.addSeries(m), start + nsPerSecond, 1);
    const SeriesId muted = f.chart.frame()->series[0].id;
    const SeriesId lit = f.chart.frame()->series[1].id;
    f.chart.setMuted(muted, true);
    f.chart.setHighlighted(lit);
    ChartSubject both = f.story();
    both.families.push_back({QStringLiteral("m"), {pathOf(1, "otlp-grpc", m, start)}});
    f.chart.setSubject(both);
    f.settle();
    QVERIFY(f.chart.isMuted(muted));
    QCOMPARE(f.chart.marks().highlighted, std::optional(lit));
    both.families.erase(both.families.begin());
    f.chart.setSubject(both);
    QVERIFY(!f.chart.isMuted(muted));
    QVERIFY(!f.chart.marks().highlighted);
}

void ChartViewTest::pausesAndGoesLive() {
    Fixture f;
    f.show();
    const TimeNs edge = f.chart.frame()->to;
    QTest::keyClick(&f.chart, Qt::Key_Space);
    QVERIFY(!f.selection.live());
    f.clock.advance(30 * nsPerSecond);
    f.fake.add(SeriesId{0}, f.clock.now(), 1);
    f.chart.lookForSamples();
    f.settle();
    QCOMPARE(f.chart.frame()->to, edge);
    QTest::keyClick(&f.chart, Qt::Key_End);
    QVERIFY(f.selection.live());
    f.settle();
    QVERIFY(f.chart.frame()->to > edge + 29 * nsPerSecond);
}

void ChartViewTest::cyclesRateIncreaseAndRaw() {
    Fixture f;
    ChartSubject subject = f.story();
    subject.families[0].paths = {subject.families[0].paths[2]};
    f.chart.setSubject(subject);
    QTRY_VERIFY(f.chart.frame() != nullptr);
    QVERIFY(f.chart.frame()->hasRate);
    QVERIFY(f.chart.frame()->series[0].shown == Shown::Rate);
    QTest::keyClick(&f.chart, Qt::Key_R);
    QTRY_VERIFY(f.chart.frame()->series[0].shown == Shown::Increase);
    QVERIFY(!f.chart.frame()->unit.perSecond);
    QTest::keyClick(&f.chart, Qt::Key_R);
    QTRY_VERIFY(f.chart.frame()->series[0].shown == Shown::Raw);
    QVERIFY(f.chart.settings().shown == Shown::Raw);
    QTest::keyClick(&f.chart, Qt::Key_R);
    QTRY_VERIFY(f.chart.frame()->series[0].shown == Shown::Rate);
}

void ChartViewTest::mutesAndHighlightsByKeyboard() {
    Fixture f;
    f.show();
    QTest::keyClick(&f.chart, Qt::Key_Down);
    QTest::keyClick(&f.chart, Qt::Key_Down);
    const SeriesId second = f.chart.frame()->series[1].id;
    QCOMPARE(f.chart.marks().highlighted->value, second.value);
    QTest::keyClick(&f.chart, Qt::Key_M);
    QVERIFY(f.chart.isMuted(second));
    QTest::keyClick(&f.chart, Qt::Key_M);
    QVERIFY(!f.chart.isMuted(second));
    QTest::keyClick(&f.chart, Qt::Key_Escape);
    QVERIFY(!f.chart.marks().highlighted.has_value());
}

void ChartViewTest::crosshairSnapsToPoints() {
    Fixture f;
    f.show();
    QTest::mouseMove(&f.chart, {200, 100});
    QVERIFY(f.chart.marks().cursor.has_value());
    const TimeNs at = *f.chart.marks().cursor;
    QCOMPARE((at - start) % nsPerSecond, TimeNs{0}); // where a point is
    QTest::keyClick(&f.chart, Qt::Key_Right);
    QCOMPARE(*f.chart.marks().cursor - at, nsPerSecond);
    QTest::keyClick(&f.chart, Qt::Key_Left);
    QTest::keyClick(&f.chart, Qt::Key_Left);
    QCOMPARE(*f.chart.marks().cursor - at, -nsPerSecond);

    ChartCanvas canvas(f.theme);
    canvas.layout(f.chart.frame(), f.chart.frame()->from, f.chart.frame()->to, f.chart.size(), 1,
                  {});
    const CrosshairReading reading = canvas.readAt(start + 100 * nsPerSecond, {});
    QCOMPARE(reading.rows.size(), std::size_t{4});
    for (int i = 0; i < 3; ++i)
        QCOMPARE(*reading.rows[static_cast<std::size_t>(i)].value, heap(100));
    QVERIFY(reading.rows[3].inLane);
    QVERIFY(std::abs(*reading.rows[3].value - (heap(100) - heap(99))) < 1);
    // Before the third path arrived it has no value.
    QVERIFY(!canvas.readAt(start + 20 * nsPerSecond, {}).rows[2].value.has_value());
}

void ChartViewTest::keepsItsKeysFromTheWindow() {
    Fixture f;
    f.show();
    struct Row {
        int key;
        Qt::KeyboardModifiers modifiers;
        bool own;
    };
    for (const Row& row :
         {Row{Qt::Key_Backspace, {}, true}, Row{Qt::Key_Space, {}, true}, Row{Qt::Key_R, {}, true},
          Row{Qt::Key_R, Qt::ControlModifier, false}, Row{Qt::Key_0, Qt::AltModifier, false},
          Row{Qt::Key_F8, {}, false}, Row{Qt::Key_Escape, {}, false}}) {
        QKeyEvent event(QEvent::ShortcutOverride, row.key, row.modifiers);
        event.ignore();
        QCoreApplication::sendEvent(&f.chart, &event);
        QCOMPARE(event.isAccepted(), row.own);
    }
}

void ChartViewTest::saysWhenThereIsNothing() {
    Fixture f;
    QCOMPARE(f.chart.spokenSummary(), QStringLiteral("No metric selected"));
    f.show();
    f.selection.setRange(start - 500 * nsPerSecond, start - 400 * nsPerSecond);
    f.settle();
    QVERIFY(!hasSamples(*f.chart.frame()));
    QVERIFY(f.chart.spokenSummary().contains(QStringLiteral("no samples in this range")));
    QVERIFY(!f.chart.grab().isNull());
}

void ChartViewTest::speaksToScreenReaders() {
    Fixture f;
    f.show();
    QAccessibleInterface* interface = QAccessible::queryAccessibleInterface(&f.chart);
    QVERIFY(interface != nullptr);
    QCOMPARE(interface->role(), QAccessible::Chart);
    QCOMPARE(interface->text(QAccessible::Name), QStringLiteral("Chart of heap_bytes"));
    const QString said = interface->text(QAccessible::Description);
    for (const char* part : {"path 3 scrape :8889: last", "4 false resets", "counter on path 3"})
        QVERIFY2(said.contains(QLatin1String(part)), qPrintable(said));
    const QModelIndex row = f.legend.model()->index(2, 0);
    QCOMPARE(row.data(Qt::AccessibleTextRole).toString(),
             QStringLiteral("counter on path 3, scrape :8889"));
}

void ChartViewTest::legendSortsAndMutes() {
    Fixture f;
    f.show();
    QCOMPARE(f.legend.model()->rowCount(), 3);
    QCOMPARE(f.legend.model()->index(0, 0).data().toString(), QStringLiteral("scrape :17000"));
    const auto number = [&](int row, int column) {
        return f.legend.model()->index(row, column).data(LegendModel::SortRole).toDouble();
    };
    const auto& series = f.chart.frame()->series[2];
    QCOMPARE(number(2, LegendModel::Mean), series.mean);
    f.legend.sortByColumn(LegendModel::Mean, Qt::DescendingOrder);
    QVERIFY(number(0, LegendModel::Mean) >= number(1, LegendModel::Mean));
    QVERIFY(number(1, LegendModel::Mean) >= number(2, LegendModel::Mean));

    const QModelIndex first = f.legend.model()->index(0, 0);
    QTest::mouseClick(f.legend.viewport(), Qt::LeftButton, {}, f.legend.visualRect(first).center());
    QCOMPARE(f.chart.marks().muted.size(), 1);
    QVERIFY(first.data(LegendModel::MutedRole).toBool());
    QTest::keyClick(&f.legend, Qt::Key_M);
    QVERIFY(f.chart.marks().muted.isEmpty());
}

void ChartViewTest::legendKeepsRowsUnderTheKeyboard() {
    Fixture f;
    const MetricId many = f.fake.addMetric(OriginId{0}, "many", MetricType::Gauge);
    std::vector<SeriesId> series;
    for (int i = 0; i < 3; ++i) {
        series.push_back(f.fake.addSeries(many, {{"i", std::to_string(i)}}));
        f.fake.add(series.back(), f.clock.now(), i + 1);
    }
    ChartSubject subject;
    subject.families = {{QStringLiteral("many"), {pathOf(1, "otlp-grpc", many, start)}}};
    f.chart.setSubject(subject);
    f.show();
    f.chart.setSubject(subject);
    QTRY_COMPARE(f.legend.model()->rowCount(), 3);
    const auto name = [&](int row) { return f.legend.model()->index(row, 0).data().toString(); };
    f.legend.sortByColumn(LegendModel::Last, Qt::AscendingOrder);
    const QString least = name(0);
    const QString most = name(2);
    QVERIFY(least != most);

    // What is current keeps its row while it has the keyboard, though it is the largest now.
    QApplication::setActiveWindow(&f.window);
    f.legend.setFocus();
    QTRY_VERIFY(f.legend.hasFocus());
    f.legend.setCurrentIndex(f.legend.model()->index(0, 0));
    f.clock.advance(nsPerSecond);
    for (const SeriesId& id : series)
        f.fake.add(id, f.clock.now(), 10 - static_cast<double>(&id - series.data()));
    f.chart.setSubject(subject);
    QTRY_COMPARE(f.legend.model()->index(0, LegendModel::Last).data(LegendModel::SortRole).toInt(),
                 10);
    QTest::qWait(1200);
    QCOMPARE(name(0), least);
    QCOMPARE(f.legend.currentIndex().row(), 0);

    f.chart.setFocus();
    QCursor::setPos(f.window.mapToGlobal(QPoint(1, 1)));
    QTRY_COMPARE(name(2), least);
    QCOMPARE(f.legend.currentIndex().data().toString(), least);

    // Another series comes in: the current row stays with its series.
    f.clock.advance(nsPerSecond);
    f.fake.add(f.fake.addSeries(many, {{"i", "new"}}), f.clock.now(), 0);
    f.chart.setSubject(subject);
    QTRY_COMPARE(f.legend.model()->rowCount(), 4);
    QCOMPARE(f.legend.currentIndex().data().toString(), least);
}

void ChartViewTest::legendDropsNumbersBeforeNames() {
    Fixture f;
    f.show();
    const auto hidden = [&] {
        QVector<int> columns;
        for (int column = 0; column < LegendModel::ColumnCount; ++column) {
            if (f.legend.isColumnHidden(column))
                columns << column;
        }
        return columns;
    };
    f.window.resize(900, f.window.height());
    QTRY_COMPARE(hidden(), QVector<int>());
    for (int width = 880; width > 300 && hidden().isEmpty(); width -= 10) {
        f.window.resize(width, f.window.height());
        QCoreApplication::processEvents();
    }
    QCOMPARE(hidden(), QVector<int>{LegendModel::Mean});
    f.window.resize(300, f.window.height());
    QTRY_COMPARE(hidden(), (QVector<int>{LegendModel::Min, LegendModel::Max, LegendModel::Mean}));
}

void ChartViewTest::legendShowsFourRows() {
    Fixture f;
    const MetricId many = f.fake.addMetric(OriginId{0}, "many", MetricType::Gauge);
    for (int i = 0; i < 312; ++i)
        f.fake.add(f.fake.addSeries(many, {{"i", std::to_string(i)}}), f.clock.now(), i);
    ChartSubject subject;
    subject.families = {{QStringLiteral("many"), {pathOf(1, "otlp-grpc", many, start)}}};
    f.chart.setSubject(subject);
    QTRY_COMPARE(f.legend.model()->rowCount(), 50);
    QCOMPARE(f.legend.sizeHint().height(), 5 * f.theme.px(28));
    QCOMPARE(f.legend.model()->headerData(0, Qt::Horizontal).toString(), QStringLiteral("Series"));
    QCOMPARE(f.legend.model()->index(49, 0).data().toString(), QStringLiteral("i=311"));
}

void ChartViewTest::paintsTextWithMarks() {
    const Theme theme;
    const QFont font = theme.font(Theme::Size::Body);
    const QString text =
        QStringLiteral("Gauge on ") + marksOf({1, 2}) + QStringLiteral(", counter on ") + markOf(3);
    QCOMPARE(spokenText(text), QStringLiteral("Gauge on path 1 and path 2, counter on path 3"));
    QImage image(600, 40, QImage::Format_ARGB32_Premultiplied);
    QPainter painter(&image);
    const int width = markedWidth(text, font, theme);
    QVERIFY(width > 100);
    QCOMPARE(paintMarkedText(painter, {0, 0, 600, 40}, text, font, Qt::black, theme), width);
    QCOMPARE(paintMarkedText(painter, {0, 0, 50, 40}, text, font, Qt::black, theme), 50);
}

void ChartViewTest::picturesDifferByThemeAndScale() {
    // SIGHTGLASS_PICTURES=DIR keeps them to be looked at.
    const QString folder = qEnvironmentVariable("SIGHTGLASS_PICTURES");
    QImage last;
    for (const auto mode : {Theme::Mode::Light, Theme::Mode::Dark}) {
        for (const int percent : {100, 200}) {
            Fixture f({percent == 100 ? 582 : 998, percent == 100 ? 480 : 820});
            f.theme.setMode(mode);
            f.theme.setTextPercent(percent);
            f.show();
            const QImage image = f.window.grab().toImage();
            QVERIFY(image != last);
            last = image;
            QTest::mouseMove(&f.chart, {f.chart.width() * 3 / 5, 100});
            const QImage crosshair = f.window.grab().toImage();
            QVERIFY(image != crosshair);
            if (!folder.isEmpty()) {
                const QString name = QStringLiteral("%1/chart-%2-%3")
                                         .arg(folder, mode == Theme::Mode::Dark ? "dark" : "light")
                                         .arg(percent);
                image.save(name + QStringLiteral(".png"));
                crosshair.save(name + QStringLiteral("-crosshair.png"));
            }
        }
    }
}

QTEST_MAIN(ChartViewTest)
#include "chart_view_test.moc"
