// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractButton>
#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPlainTextEdit>
#include <QPointer>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>
#include <QToolButton>
#include <QTreeView>

#include "tests/support/analysis_builder.h"
#include "tests/support/fake_series.h"
#include "ui/pages/findings/advice_view.h"
#include "ui/pages/findings/findings_view.h"
#include "ui/pages/metrics/compare_pane.h"
#include "ui/pages/metrics/explorer_pane.h"

using namespace sightglass;
using namespace sightglass::ui;
using sightglass::test::AnalysisBuilder;
using sightglass::test::FoundingStory;

namespace {

/// An engine that was never started, and what it would publish.
struct Bench {
    Engine engine{EngineOptions{}};
    EngineBridge bridge{engine};
    Selection selection;
    AnalysisBuilder builder{engine.origins()};
    FoundingStory story{builder};

    std::shared_ptr<const Analysis> founding() {
        story.pushOtlp();
        story.exposeApp();
        story.exposeCollector();
        return builder.build();
    }
};

void showWindow(QWidget& widget, int width, int height) {
    widget.resize(width, height);
    widget.QWidget::show();
    QVERIFY(QTest::qWaitForWindowExposed(&widget));
}

bool someLabelSays(const QWidget& widget, const QString& text) {
    for (const QLabel* label : widget.findChildren<QLabel*>()) {
        if (label->isVisible() && label->text().contains(text))
            return true;
    }
    return false;
}

/// Everything that Tab reaches has a name that a screen reader can say.
void verifyNames(const QWidget& widget) {
    for (const QWidget* child : widget.findChildren<QWidget*>()) {
        const auto* button = qobject_cast<const QAbstractButton*>(child);
        if ((child->focusPolicy() & Qt::TabFocus) == 0 || child->focusProxy() != nullptr ||
            !child->isVisible() || child->inherits("QScrollArea"))
            continue;
        QVERIFY2(!child->accessibleName().isEmpty() || (button && !button->text().isEmpty()),
                 child->metaObject()->className());
    }
}

} // namespace

class PanesTest : public QObject {
    Q_OBJECT

    std::unique_ptr<Theme> m_theme;

  private slots:
    void initTestCase() { m_theme = std::make_unique<Theme>(); }
    void cleanupTestCase() { m_theme.reset(); }

    void explorerSelectsByClickAndEnterButNotByArrows() {
        Bench bench;
        ExplorerPane pane(bench.bridge, bench.selection, *m_theme);
        pane.show(bench.founding());
        showWindow(pane, 288, 700);
        auto& tree = *pane.findChild<QTreeView*>();
        const QModelIndex alloc = pane.model().indexOfFamily("demo_app_go_alloc");
        QVERIFY(tree.visualRect(alloc).isValid());
        QTest::mouseClick(tree.viewport(), Qt::LeftButton, {}, tree.visualRect(alloc).center());
        QCOMPARE(bench.selection.family(), "demo_app_go_alloc");
        QVERIFY(tree.selectionModel()->isSelected(alloc));
        tree.setFocus();
        QTest::keyClick(&tree, Qt::Key_Down);
        QCOMPARE(bench.selection.family(), "demo_app_go_alloc");
        QTest::keyClick(&tree, Qt::Key_Return);
        QCOMPARE(bench.selection.family(), "demo_app_go_buck_hash_sys");
        bench.selection.back();
        QVERIFY(tree.selectionModel()->isSelected(alloc));
    }

    void explorerFoldsGroupsByKeyAndRemembersIt() {
        Bench bench;
        ExplorerPane pane(bench.bridge, bench.selection, *m_theme);
        pane.show(bench.founding());
        showWindow(pane, 288, 700);
        auto& tree = *pane.findChild<QTreeView*>();
        const auto group = [&] { return pane.model().index(0, 0, pane.model().index(0, 0)); };
        QVERIFY(tree.isExpanded(group()));
        tree.setCurrentIndex(group());
        QTest::keyClick(&tree, Qt::Key_Left);
        QVERIFY(!tree.isExpanded(group()));
        auto& filter = *pane.findChild<QLineEdit*>();
        filter.setText("heap");
        QTRY_COMPARE(pane.model().shownCount(), 6);
        QVERIFY(tree.isExpanded(group()));
        filter.clear();
        QTRY_COMPARE(pane.model().shownCount(), 27);
        QVERIFY(!tree.isExpanded(group()));
    }

    void explorerFilterLeadsToTheListAndEscClearsIt() {
        Bench bench;
        ExplorerPane pane(bench.bridge, bench.selection, *m_theme);
        pane.show(bench.founding());
        showWindow(pane, 288, 700);
        pane.activateWindow();
        pane.focusFilter();
        auto& filter = *pane.findChild<QLineEdit*>();
        QCOMPARE(filter.placeholderText(), "Filter 27 metrics");
        QTRY_VERIFY(filter.hasFocus());
        QTest::keyClicks(&filter, "heap_idle");
        QTRY_COMPARE(pane.model().shownCount(), 1);
        QTest::keyClick(&filter, Qt::Key_Down);
        auto& tree = *pane.findChild<QTreeView*>();
        QTRY_VERIFY(tree.hasFocus());
        QTest::keyClick(&tree, Qt::Key_Return);
        QCOMPARE(bench.selection.family(), "demo_app_go_heap_idle");
        QTest::keyClick(&filter, Qt::Key_Escape);
        QVERIFY(filter.text().isEmpty());
    }

    void explorerStaysWhereItIsWhenMoreArrives() {
        Bench bench;
        ExplorerPane pane(bench.bridge, bench.selection, *m_theme);
        bench.story.exposeApp();
        pane.show(bench.builder.build());
        showWindow(pane, 288, 300);
        auto& tree = *pane.findChild<QTreeView*>();
        const QModelIndex sys = pane.model().indexOfFamily("demo_app_go_sys");
        tree.scrollTo(sys);
        bench.selection.select("demo_app_go_sys");
        const int y = tree.visualRect(sys).y();
        bench.story.exposeCollector();
        pane.show(bench.builder.build());
        const QModelIndex after = pane.model().indexOfFamily("demo_app_go_sys");
        QVERIFY(tree.selectionModel()->isSelected(after));
        QCOMPARE(tree.visualRect(after).y(), y);
    }

    void explorerCopiesNamesAndJson() {
        Bench bench;
        ExplorerPane pane(bench.bridge, bench.selection, *m_theme);
        pane.show(bench.founding());
        showWindow(pane, 288, 700);
        auto& tree = *pane.findChild<QTreeView*>();
        tree.setCurrentIndex(pane.model().indexOfFamily("demo_app_go_sys"));
        QTest::keyClick(&tree, Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QGuiApplication::clipboard()->text(), "demo_app_go_sys");
        QTest::keyClick(&tree, Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
        const auto json = QJsonDocument::fromJson(QGuiApplication::clipboard()->text().toUtf8());
        QCOMPARE(json.array().size(), 1);
        QCOMPARE(json.array()[0].toObject()["paths"].toArray().size(), 3);
    }

    void compareAsksForASecondPath() {
        Bench bench;
        bench.story.exposeApp();
        ComparePane pane(bench.bridge, bench.selection, *m_theme);
        pane.show(bench.builder.build());
        bench.selection.select("demo_app_go_sys");
        showWindow(pane, 416, 560);
        QVERIFY(someLabelSays(pane, "Compare needs a second path"));
        QSignalSpy asked(&pane, &ComparePane::addTargetRequested);
        for (auto* button : pane.findChildren<QAbstractButton*>()) {
            if (button->isVisible() && button->text().startsWith("Add target"))
                button->click();
        }
        QCOMPARE(asked.count(), 1);
        QVERIFY(pane.focusProxy()->isVisible());
        bench.story.exposeCollector();
        pane.show(bench.builder.build());
        QVERIFY(pane.focusProxy()->inherits("QTableView"));
        QVERIFY(pane.focusProxy()->isVisible());
        QVERIFY(!someLabelSays(pane, "Compare needs a second path"));
        QVERIFY(someLabelSays(pane, "7 differ"));
        verifyNames(pane);
    }

    void compareTellsCauseAndWayOutWithCopy() {
        Bench bench;
        ComparePane pane(bench.bridge, bench.selection, *m_theme);
        pane.show(bench.founding());
        bench.selection.select("demo_app_go_heap_alloc");
        showWindow(pane, 416, 560);
        QVERIFY(someLabelSays(pane, "non-monotonic sum"));
        QString snippets;
        for (const auto* snippet : pane.findChildren<QPlainTextEdit*>())
            snippets += snippet->toPlainText();
        QVERIFY(snippets.contains("resource_to_telemetry_conversion"));
        for (auto* button : pane.findChildren<QAbstractButton*>()) {
            if (button->text() == "Copy") {
                button->click();
                QVERIFY(!QGuiApplication::clipboard()->text().isEmpty());
                QCOMPARE(button->text(), "Copied");
                break;
            }
        }
    }

    void adviceStaysWhileOnlyCountsChange() {
        AdviceView view(*m_theme, nullptr);
        auto finding = std::make_shared<Finding>();
        finding->rule = "type-mismatch";
        finding->message = "heap is wrong, 1 time";
        finding->cause = "A cause.";
        finding->advice = "A way out.";
        finding->snippet = "processors:\n";
        view.show({finding});
        showWindow(view, 400, 300);
        const QPointer<QPlainTextEdit> snippet = view.findChild<QPlainTextEdit*>();
        for (const QLabel* label : view.findChildren<QLabel*>()) {
            if (label->text() == "A way out.")
                QVERIFY(label->y() > snippet->y());
            if (label->text() == "A cause.")
                QVERIFY(label->y() < snippet->y());
        }
        auto again = std::make_shared<Finding>(*finding);
        again->message = "heap is wrong, 2 times";
        view.show({again});
        QVERIFY(!snippet.isNull());
        again = std::make_shared<Finding>(*again);
        again->advice = "Another way out.";
        view.show({again});
        QVERIFY(snippet.isNull());
    }

    void compareFoldsByKeyAndCopiesRows() {
        Bench bench;
        ComparePane pane(bench.bridge, bench.selection, *m_theme);
        pane.show(bench.founding());
        bench.selection.select("demo_app_go_heap_alloc");
        showWindow(pane, 416, 560);
        auto& table = *pane.findChild<QTableView*>();
        const int fold = pane.model().rowCount() - 1;
        table.setCurrentIndex(pane.model().index(fold, 0));
        QTest::keyClick(&table, Qt::Key_Return);
        QVERIFY(!pane.model().folded());
        QCOMPARE(table.currentIndex().row(), fold);
        QTest::keyClick(&table, Qt::Key_Left);
        QVERIFY(pane.model().folded());
        table.selectRow(0);
        QTest::keyClick(&table, Qt::Key_C, Qt::ControlModifier);
        QVERIFY(QGuiApplication::clipboard()->text().contains("Type\tgauge\tcounter"));
        QTest::keyClick(&table, Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(
            QJsonDocument::fromJson(QGuiApplication::clipboard()->text().toUtf8()).array().size(),
            1);
    }

    void compareWidensTheClickedPath() {
        Bench bench;
        ComparePane pane(bench.bridge, bench.selection, *m_theme);
        pane.show(bench.founding());
        bench.selection.select("demo_app_go_heap_alloc");
        showWindow(pane, 416, 560);
        auto& table = *pane.findChild<QTableView*>();
        const int further = CompareModel::FirstFurtherColumn;
        QCOMPARE(table.columnWidth(further), m_theme->px(32));
        const QModelIndex cell = pane.model().index(0, further);
        QCOMPARE(cell.data().toString(), "=");
        QTest::mouseClick(table.viewport(), Qt::LeftButton, {}, table.visualRect(cell).center());
        QVERIFY(table.columnWidth(further) >= m_theme->px(88));
        QCOMPARE(cell.data().toString(), "up-down sum");
        QCOMPARE(pane.model().paths()[2].shortName(), "otlp-grpc");
        // All still fit in the pane, the keys gave way.
        QCOMPARE(table.horizontalScrollBar()->maximum(), 0);
        QVERIFY(table.columnWidth(CompareModel::KeyColumn) >= m_theme->px(120));
        // It is the user's choice for every metric, until they take it back.
        bench.selection.select("demo_app_go_sys");
        QVERIFY(pane.model().isWide(further));
        QTest::mouseClick(table.horizontalHeader()->viewport(), Qt::LeftButton, {},
                          {table.columnViewportPosition(further) + 10, 10});
        QVERIFY(!pane.model().isWide(further));
        QCOMPARE(table.columnWidth(further), m_theme->px(32));
    }

    void compareWidensSeveralPathsByKeyAndScrolls() {
        Bench bench;
        bench.story.pushOtlp();
        bench.story.exposeApp();
        bench.story.exposeCollector();
        for (const char* url : {"http://127.0.0.1:1/metrics", "http://127.0.0.1:2/metrics"}) {
            bench.builder.addToPage(bench.builder.page(url), "demo_app_go_sys", MetricType::Gauge,
                                    false, "Runtime figure sys.", {{"app_name", "demo-app"}});
        }
        ComparePane pane(bench.bridge, bench.selection, *m_theme);
        pane.show(bench.builder.build());
        bench.selection.select("demo_app_go_sys");
        showWindow(pane, 416, 560);
        pane.activateWindow();
        auto& table = *pane.findChild<QTableView*>();
        table.setFocus();
        QCOMPARE(pane.model().columnCount(), 6);
        table.setCurrentIndex(pane.model().index(0, CompareModel::OtherColumn));
        for (int column = CompareModel::FirstFurtherColumn; column < 6; ++column) {
            QTest::keyClick(&table, Qt::Key_Right);
            QCOMPARE(table.currentIndex().column(), column);
            QTest::keyClick(&table, column % 2 == 0 ? Qt::Key_Return : Qt::Key_Space);
            QVERIFY(pane.model().isWide(column));
        }
        QVERIFY(table.horizontalScrollBar()->maximum() > 0);
        QVERIFY(table.columnViewportPosition(5) + table.columnWidth(5) <=
                table.viewport()->width());
        QCOMPARE(table.columnWidth(5), m_theme->px(104));
        QCOMPARE(pane.model()
                     .headerData(5, Qt::Horizontal, Qt::AccessibleTextRole)
                     .toString()
                     .contains("narrow"),
                 false);
        table.selectRow(0);
        QTest::keyClick(&table, Qt::Key_C, Qt::ControlModifier);
        const QStringList lines = QGuiApplication::clipboard()->text().split('\n');
        QCOMPARE(lines[0].count('\t'), 5);
        QCOMPARE(lines[1].count('\t'), 5);
        pane.resize(900, 560);
        QTRY_COMPARE(table.horizontalScrollBar()->maximum(), 0);
        table.setCurrentIndex(pane.model().index(0, 5));
        QTest::keyClick(&table, Qt::Key_Return);
        QVERIFY(!pane.model().isWide(5));
        QVERIFY(pane.model().isWide(4));
        QVERIFY(pane.model()
                    .headerData(5, Qt::Horizontal, Qt::AccessibleTextRole)
                    .toString()
                    .endsWith(", narrow"));
    }

    void explorerKeepsSelectionAndFilterInEachGrouping() {
        Bench bench;
        ExplorerPane pane(bench.bridge, bench.selection, *m_theme);
        pane.show(bench.founding());
        showWindow(pane, 288, 500);
        auto& tree = *pane.findChild<QTreeView*>();
        bench.selection.select("demo_app_go_heap_sys");
        QSignalSpy changed(&pane, &ExplorerPane::groupingChanged);
        auto& button = *pane.findChild<QToolButton*>();
        QCOMPARE(button.text(), "by service");
        for (QAction* action : button.menu()->actions()) {
            if (action->text() == "By &path")
                action->trigger();
        }
        QCOMPARE(changed.count(), 1);
        QCOMPARE(button.text(), "by path");
        QCOMPARE(button.accessibleName(), "Metrics grouped by path");
        QCOMPARE(pane.model().rowCount(), 3);
        // The row that the user chooses stays the one, although others say the same metric.
        const OriginId relay = bench.builder.page("http://127.0.0.1:8889/metrics");
        const QModelIndex there = pane.model().indexOfFamily("demo_app_go_mallocs", relay);
        tree.scrollTo(there);
        QTest::mouseClick(tree.viewport(), Qt::LeftButton, {}, tree.visualRect(there).center());
        QCOMPARE(bench.selection.family(), "demo_app_go_mallocs");
        QCOMPARE(tree.selectionModel()->selectedIndexes(), QModelIndexList{there});
        pane.findChild<QLineEdit*>()->setText("mallocs");
        QTRY_COMPARE(pane.model().shownCount(), 1);
        QCOMPARE(tree.selectionModel()->selectedIndexes().front().parent().parent().row(), 2);
        pane.setGrouping(Grouping::Name);
        QCOMPARE(pane.model().shownCount(), 1);
        QVERIFY(
            tree.selectionModel()->isSelected(pane.model().indexOfFamily("demo_app_go_mallocs")));
        pane.findChild<QLineEdit*>()->clear();
        QTRY_COMPARE(pane.model().shownCount(), 27);
        const QModelIndex selected = pane.model().indexOfFamily("demo_app_go_mallocs");
        QVERIFY(tree.selectionModel()->isSelected(selected));
        QVERIFY(tree.viewport()->rect().contains(tree.visualRect(selected).center()));
        verifyNames(pane);
    }

    void explorerOpensNothingLongByItself() {
        Bench bench;
        const OriginId page = bench.builder.page("http://127.0.0.1:1/metrics");
        const auto add = [&](int from, int to) {
            for (int i = from; i < to; ++i) {
                bench.builder.addToPage(
                    page, "part" + std::to_string(i % 20) + "_of_metric_" + std::to_string(i),
                    MetricType::Gauge, false, "", {{"service_name", "svc"}});
            }
        };
        ExplorerPane pane(bench.bridge, bench.selection, *m_theme);
        add(0, 2100);
        pane.show(bench.builder.build());
        showWindow(pane, 288, 500);
        auto& tree = *pane.findChild<QTreeView*>();
        QTRY_COMPARE(pane.model().familyCount(), 2100);
        const QModelIndex service = pane.model().index(0, 0);
        QVERIFY(tree.isExpanded(service));
        const QPersistentModelIndex group = pane.model().index(3, 0, service);
        QVERIFY(!tree.isExpanded(group));
        // What the user opens stays open, whatever comes, goes or is filtered.
        tree.expand(group);
        const int y = tree.visualRect(group).y();
        add(2100, 2300);
        pane.show(bench.builder.build());
        QTRY_COMPARE(pane.model().familyCount(), 2300);
        QVERIFY(tree.isExpanded(group));
        QCOMPARE(tree.visualRect(group).y(), y);
        auto& filter = *pane.findChild<QLineEdit*>();
        filter.setText("metric_23");
        QTRY_COMPARE(pane.model().shownCount(), 11);
        QVERIFY(tree.isExpanded(pane.model().index(0, 0, pane.model().index(0, 0))));
        filter.clear();
        QTRY_COMPARE(pane.model().shownCount(), 2300);
        const QModelIndex svc = pane.model().index(0, 0);
        int open = 0;
        for (int row = 0; row < pane.model().rowCount(svc); ++row)
            open += tree.isExpanded(pane.model().index(row, 0, svc)) ? 1 : 0;
        QCOMPARE(open, 1);
    }

    void findingsOpenByEnterAndStepByStep() {
        Bench bench;
        FindingsView view(bench.bridge, bench.selection, *m_theme, FindingsView::Place::Drawer);
        view.show(bench.founding());
        showWindow(view, 984, 220);
        QVERIFY(someLabelSays(view, "findings"));
        auto& tree = *view.findChild<QTreeView*>();
        QSignalSpy opened(&view, &FindingsView::opened);
        tree.setCurrentIndex(view.model().index(0, 0));
        QTest::keyClick(&tree, Qt::Key_Return);
        QVERIFY(tree.isExpanded(view.model().index(0, 0)));
        QTest::keyClick(&tree, Qt::Key_Return);
        QCOMPARE(opened.count(), 1);
        QCOMPARE(bench.selection.family(), "demo_app_go_alloc");
        view.nextFinding();
        QCOMPARE(bench.selection.family(), "demo_app_go_buck_hash_sys");
        view.previousFinding();
        view.previousFinding();
        QVERIFY(!tree.currentIndex().parent().data().toString().isEmpty());
        verifyNames(view);
    }

    void aLostLabelOpensAMetricThatLostIt() {
        Bench bench;
        FindingsView view(bench.bridge, bench.selection, *m_theme, FindingsView::Place::Drawer);
        view.show(bench.founding());
        showWindow(view, 984, 220);
        auto& tree = *view.findChild<QTreeView*>();
        const QModelIndex last = view.model().index(view.model().rowCount() - 1, 0);
        QCOMPARE(last.data().toString(), "missing-resource-labels");
        tree.setCurrentIndex(view.model().index(0, 0, last));
        QTest::keyClick(&tree, Qt::Key_Return);
        QCOMPARE(bench.selection.family(), "demo_app_go_alloc");
    }

    void aTargetThatIsDownAsksForItsSource() {
        Bench bench;
        const OriginId page = bench.builder.page("http://127.0.0.1:9464/metrics");
        bench.builder.setTarget(page, "http://127.0.0.1:9464/metrics", "connection refused");
        FindingsView view(bench.bridge, bench.selection, *m_theme, FindingsView::Place::Drawer);
        view.show(bench.builder.build());
        QSignalSpy asked(&view, &FindingsView::sourceRequested);
        view.nextFinding();
        QCOMPARE(asked.count(), 1);
        QCOMPARE(asked[0][0].toString(), "http://127.0.0.1:9464/metrics");
        QVERIFY(bench.selection.family().isEmpty());
    }

    void findingsSayWhatToDoWhenThereAreNone() {
        Bench bench;
        FindingsView view(bench.bridge, bench.selection, *m_theme, FindingsView::Place::Drawer);
        bench.story.exposeApp();
        view.show(bench.builder.build());
        showWindow(view, 984, 220);
        QVERIFY(someLabelSays(view, "add a second path"));
        QVERIFY(!view.focusProxy());
    }

    void findingsGiveTheFocusToWhatIsSeen() {
        Bench bench;
        FindingsView view(bench.bridge, bench.selection, *m_theme, FindingsView::Place::Drawer);
        view.show(bench.founding());
        showWindow(view, 984, 220);
        QVERIFY(view.focusProxy()->inherits("QTreeView"));
        view.setHeaderOnly(true);
        QVERIFY(view.focusProxy()->inherits("QLineEdit"));
        QVERIFY(view.focusProxy()->isVisible());
        view.setHeaderOnly(false);
        QVERIFY(view.focusProxy()->inherits("QTreeView"));
        view.findChild<QLineEdit*>()->setText("no such finding");
        QVERIFY(view.focusProxy()->inherits("QLineEdit"));
    }

    void findingsSayTheirCountsInFullOrNotAtAll() {
        Bench bench;
        FindingsView view(bench.bridge, bench.selection, *m_theme, FindingsView::Place::Drawer);
        view.show(bench.founding());
        showWindow(view, 984, 220);
        QVERIFY(someLabelSays(view, "findings"));
        view.resize(view.minimumSizeHint().width(), 220);
        QVERIFY(!someLabelSays(view, "findings"));
        view.resize(984, 220);
        QVERIFY(someLabelSays(view, "findings"));
    }

    void findingsCopyTextAndJson() {
        Bench bench;
        FindingsView view(bench.bridge, bench.selection, *m_theme, FindingsView::Place::Drawer);
        view.show(bench.founding());
        showWindow(view, 984, 220);
        view.copyJson();
        const auto all = QJsonDocument::fromJson(QGuiApplication::clipboard()->text().toUtf8());
        QCOMPARE(all.object()["findings"].toArray().size(), view.model().openCount());
        auto& tree = *view.findChild<QTreeView*>();
        tree.expand(view.model().index(0, 0));
        tree.setCurrentIndex(view.model().index(2, 0, view.model().index(0, 0)));
        view.copyText();
        const QString line = QGuiApplication::clipboard()->text();
        QVERIFY(line.startsWith("error\ttype-mismatch\tdemo_app_go_frees\t"));
        QCOMPARE(line.count('\n'), 1);
    }

    void aPageShowsTheFindingInFull() {
        Bench bench;
        FindingsView view(bench.bridge, bench.selection, *m_theme, FindingsView::Place::Page);
        view.show(bench.founding());
        showWindow(view, 1280, 700);
        auto& tree = *view.findChild<QTreeView*>();
        tree.setCurrentIndex(view.model().index(2, 0, view.model().index(0, 0)));
        QVERIFY(someLabelSays(view, "What it means"));
        QVERIFY(someLabelSays(view, "scrape :8889"));
        QVERIFY(someLabelSays(view, "Likely cause"));
        verifyNames(view);
    }

    void severityTogglesFilter() {
        Bench bench;
        FindingsView view(bench.bridge, bench.selection, *m_theme, FindingsView::Place::Drawer);
        view.show(bench.founding());
        showWindow(view, 984, 220);
        const int before = view.model().rowCount();
        for (auto* button : view.findChildren<QAbstractButton*>()) {
            if (button->accessibleName() == "Show 27 errors")
                button->click();
        }
        QCOMPARE(view.model().rowCount(), before - 1);
        QCOMPARE(view.model().openCount(Severity::Error), 27);
    }

    void sparklinesFillTheirHeight() {
        test::FakeSeries reader;
        const MetricId metric = reader.addMetric(OriginId{0}, "wave", MetricType::Gauge);
        const SeriesId series = reader.addSeries(metric);
        for (int i = 0; i <= 240; ++i)
            reader.add(series, (i + 1) * nsPerSecond, i < 120 ? 5 : 9);
        const auto lines = readSparklines(
            reader, {{{"wave", metric, Field::Value, false}}, {0, 300 * nsPerSecond}});
        QCOMPARE(lines.size(), 1);
        QCOMPARE(lines[0].second.size(), 24);
        QCOMPARE(lines[0].second.first(), 0.0F);
        QCOMPARE(lines[0].second.last(), 1.0F);
    }
};

QTEST_MAIN(PanesTest)
#include "panes_test.moc"
