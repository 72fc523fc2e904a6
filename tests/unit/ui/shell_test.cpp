// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAccessible>
#include <QApplication>
#include <QDir>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QMenuBar>
#include <QMessageBox>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QTreeView>

#include <memory>

#include "ui/charts/chart_view.h"
#include "ui/look/label.h"
#include "ui/pages/findings/findings_view.h"
#include "ui/pages/metrics/compare_pane.h"
#include "ui/pages/metrics/explorer_pane.h"
#include "ui/pages/metrics/metric_view.h"
#include "ui/pages/metrics/metrics_page.h"
#include "ui/pages/sources/sources_model.h"
#include "ui/pages/sources/sources_page.h"
#include "ui/pages/start/start_card.h"
#include "ui/shell/bar_button.h"
#include "ui/shell/dialogs.h"
#include "ui/shell/find_index.h"
#include "ui/shell/find_palette.h"
#include "ui/shell/main_window.h"
#include "ui/shell/page_bar.h"
#include "ui/shell/status_bar.h"

using namespace sightglass;
using namespace sightglass::ui;

namespace {

EngineOptions quiet() {
    EngineOptions options;
    options.otlpGrpc = options.otlpHttp = options.api = "off";
    return options;
}

QString data(const char* file) {
    return QStringLiteral(SIGHTGLASS_TEST_DATA "/") + QString::fromLatin1(file);
}

/// A window on an engine of its own that remembers nothing.
struct Bench {
    explicit Bench(EngineOptions options = quiet(),
                   MainWindow::Session session = MainWindow::Session::Ordinary)
        : engine(std::move(options)) {
        theme.setMode(Theme::Mode::Light);
        engine.start();
        bridge = std::make_unique<EngineBridge>(engine);
        window = std::make_unique<MainWindow>(*bridge, selection, theme, preferences, session);
        window->resize(1280, 800);
        window->show();
        window->activateWindow();
    }
    ~Bench() {
        window.reset();
        engine.stop();
    }
    /// The founding story as two dumps: what the application says, what the collector made of it.
    void openStory() {
        openDump(data("founding_story/app.prom"));
        openDump(data("founding_story/collector.prom"));
        settle();
    }
    void openDump(const QString& path) {
        QSignalSpy opened(bridge.get(), &EngineBridge::dumpOpened);
        window->openDump(path);
        QVERIFY(opened.wait(5000));
        QCOMPARE(opened.first().at(2).toString(), QString());
        QCOMPARE(opened.first().at(3).toULongLong(), 0U);
    }
    void settle() {
        engine.flush();
        bridge->poll();
        QTest::qWait(50);
    }
    void press(Command command) { window->commands().action(command).trigger(); }

    Theme theme;
    Preferences preferences{Preferences::Memory::Nothing};
    Engine engine;
    std::unique_ptr<EngineBridge> bridge;
    Selection selection;
    std::unique_ptr<MainWindow> window;
};

QString described(const QWidget* widget) {
    QString text;
    for (const QWidget* w = widget; w; w = w->parentWidget())
        text += QStringLiteral("%1(%2) < ")
                    .arg(QString::fromLatin1(w->metaObject()->className()), w->accessibleName());
    return text;
}

/// What cannot be read in full: labels and buttons smaller than their text, or outside of what
/// their parents show.
QStringList clipped(QWidget& root) {
    QStringList found;
    for (const QWidget* widget : root.findChildren<QWidget*>()) {
        if (!widget->isVisible() || widget->visibleRegion().isEmpty())
            continue;
        const auto* label = qobject_cast<const QLabel*>(widget);
        const auto* button = qobject_cast<const QAbstractButton*>(widget);
        if ((!label || label->text().isEmpty()) && !button)
            continue;
        QSize needed = widget->sizeHint();
        if (label && label->wordWrap())
            needed = QSize(0, label->heightForWidth(label->width()));
        else if (label && label->minimumSizeHint().width() < label->sizeHint().width())
            needed.setWidth(0); // elides by design and tells the rest
        const bool inside =
            !widget->parentWidget() || widget->parentWidget()->rect().contains(widget->geometry());
        const int seen = widget->visibleRegion().boundingRect().width();
        if (seen < needed.width() || widget->width() < needed.width() ||
            widget->height() < needed.height() || !inside)
            found << QStringLiteral("%1 has %2x%3, needs %4x%5: %6")
                         .arg(label ? label->text() : button->text())
                         .arg(widget->width())
                         .arg(widget->height())
                         .arg(needed.width())
                         .arg(needed.height())
                         .arg(described(widget));
    }
    return found;
}

QStringList nameless(QWidget& root) {
    QStringList found;
    for (QWidget* widget : root.findChildren<QWidget*>()) {
        if (!widget->isVisible() || !(widget->focusPolicy() & Qt::TabFocus) || !widget->isEnabled())
            continue;
        const QAccessibleInterface* interface = QAccessible::queryAccessibleInterface(widget);
        if (!interface || interface->text(QAccessible::Name).isEmpty())
            found << described(widget);
    }
    return found;
}

} // namespace

class ShellTest : public QObject {
    Q_OBJECT

  private slots:
    void keysMeanOneThing();
    void everyKeyIsThere_data();
    void everyKeyIsThere();
    void everyActionStandsInAMenuWithItsKey();
    void startCardMakesWayForData();
    void halfReadDumpSaysWhatIsMissing();
    void firstDataSelectsTheWorstMetricUntilTheUserChose();
    void nothingTakesTheFocus();
    void anActOnTheMetricsPageIsAChoice();
    void findLeadsToMetricsLabelsAndFindings();
    void keysGoAroundPanesAndPages();
    void tabGoesFromTheStatusBarToThePageBar();
    void limitsAreSaidPlainly();
    void metricsAreGroupedFromTheMenu();
    void findingsOpenFromTheirPage();
    void theDemoAsksBeforeItEndsASession();
    void escapeClearsThenGoesToTheChart();
    void panesKeepToTheLayout_data();
    void panesKeepToTheLayout();
    void narrowWindowsPutCompareBesideTheLegend();
    void lowWindowsFoldTheDrawer();
    void aTakenPortIsSaidAndAFreeOneOffered();
    void lossesAreCountedOnSources();
    void targetsCanBeShortAndWrong();
    void targetsAreRemembered();
    void aDemoHasABadgeAndLeave();
    void everyFocusableWidgetHasAName();
    void dialogsHaveNamesAndRoom_data();
    void dialogsHaveNamesAndRoom();
    void nothingIsClipped_data();
    void nothingIsClipped();
};

void ShellTest::keysMeanOneThing() {
    using Scope = CommandInfo::Scope;
    QHash<QString, const char*> window, chart;
    for (const CommandInfo& info : commandTable()) {
        for (const QKeySequence& key : shortcutsOf(info)) {
            QVERIFY2(!key.isEmpty(), info.text);
            const QString text = key.toString(QKeySequence::PortableText);
            QHash<QString, const char*>& keys = info.scope == Scope::Chart ? chart : window;
            QVERIFY2(
                !keys.contains(text),
                qPrintable(QStringLiteral("%1: %2 and %3").arg(text, keys.value(text), info.text)));
            keys.insert(text, info.text);
        }
    }
}

void ShellTest::everyKeyIsThere_data() {
    QTest::addColumn<QString>("key");
    for (const char* key : {"Ctrl+1",
                            "Ctrl+2",
                            "Ctrl+3",
                            "Ctrl+K",
                            "Ctrl+F",
                            "Esc",
                            "Alt+Left",
                            "Alt+Right",
                            "F6",
                            "Shift+F6",
                            "F8",
                            "Shift+F8",
                            "Return",
                            "Ctrl+T",
                            "Ctrl+O",
                            "Alt+0",
                            "Alt+1",
                            "Alt+2",
                            "Ctrl+C",
                            "Ctrl+Shift+C",
                            "Ctrl++",
                            "Ctrl+-",
                            "Ctrl+0",
                            "Ctrl+Shift+D",
                            "Ctrl+,",
                            "F1",
                            "Ctrl+?",
                            "F11",
                            "Ctrl+Q",
                            "+",
                            "-",
                            "0",
                            "Backspace",
                            "Space",
                            "End",
                            "R",
                            "M",
                            "Left",
                            "Right",
                            "Up",
                            "Down",
                            "S",
                            "L",
                            "V",
                            "Del",
                            "Shift+Return",
                            "Ctrl+Return",
                            "Ctrl+Shift+1",
                            "Ctrl+Shift+2",
                            "Ctrl+Shift+3"})
        QTest::newRow(key) << QString::fromLatin1(key);
}

void ShellTest::everyKeyIsThere() {
    QFETCH(QString, key);
    const bool there =
        std::any_of(commandTable().begin(), commandTable().end(), [&](const CommandInfo& info) {
            return shortcutsOf(info).contains(QKeySequence(key, QKeySequence::PortableText));
        });
    QVERIFY(there);
}

void ShellTest::everyActionStandsInAMenuWithItsKey() {
    Bench bench;
    QSet<QAction*> inMenus;
    for (const QMenu* menu : bench.window->menuBar()->findChildren<QMenu*>()) {
        QStringList mnemonics;
        for (QAction* action : menu->actions()) {
            inMenus.insert(action);
            const qsizetype at = action->text().indexOf('&');
            if (at < 0)
                continue;
            const QString letter = action->text().mid(at + 1, 1).toLower();
            QVERIFY2(!mnemonics.contains(letter), qPrintable(action->text()));
            mnemonics << letter;
        }
    }
    for (const CommandInfo& info : commandTable()) {
        QAction& action = bench.window->commands().action(info.command);
        QVERIFY2(inMenus.contains(&action), info.text);
        QVERIFY2(!action.shortcut().isEmpty() || action.text().contains('\t'), info.text);
    }
}

void ShellTest::startCardMakesWayForData() {
    Bench bench;
    MetricsPage& page = bench.window->metricsPage();
    QVERIFY(!page.hasData());
    QVERIFY(page.startCard().isVisible());
    bench.openDump(data("founding_story/app.prom"));
    bench.settle();
    QVERIFY(page.hasData());
    QVERIFY(!page.startCard().isVisible());
    QVERIFY(page.isPaneShown(MetricsPage::Pane::Explorer));
    QVERIFY(!page.isPaneShown(MetricsPage::Pane::Compare));
    QVERIFY(!page.isPaneShown(MetricsPage::Pane::Drawer));
    bench.openDump(data("founding_story/collector.prom"));
    bench.settle();
    QTRY_VERIFY(page.isPaneShown(MetricsPage::Pane::Compare));
    QTRY_VERIFY(page.isPaneShown(MetricsPage::Pane::Drawer));
}

void ShellTest::halfReadDumpSaysWhatIsMissing() {
    QTemporaryDir folder;
    QFile file(folder.filePath(QStringLiteral("half.prom")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("a 1\nb{ 2\nc 3\n");
    file.close();
    Bench bench;
    bench.window->openDump(file.fileName());
    const auto labels = bench.window->findChildren<QLabel*>();
    QTRY_VERIFY(std::any_of(labels.begin(), labels.end(), [](const QLabel* label) {
        const QString said = label->accessibleName();
        return said.startsWith(
                   QStringLiteral("half.prom: 2 points read; 1 part could not be read: ")) &&
               said.contains(QStringLiteral("line 2"));
    }));
}

void ShellTest::firstDataSelectsTheWorstMetricUntilTheUserChose() {
    Bench bench;
    bench.openStory();
    const auto& findings = bench.bridge->analysis()->findings->findings;
    const QString worst = bench.selection.family();
    const auto wrong = std::any_of(findings.begin(), findings.end(), [&](const auto& finding) {
        return finding->severity == Severity::Error &&
               QString::fromStdString(finding->metric) == worst;
    });
    QVERIFY2(wrong, qPrintable(worst));

    Bench chosen;
    chosen.selection.select(QStringLiteral("no_such_metric"));
    chosen.openStory();
    QCOMPARE(chosen.selection.family(), QStringLiteral("no_such_metric"));
}

void ShellTest::nothingTakesTheFocus() {
    Bench bench;
    auto* find = bench.window->findChild<QLineEdit*>();
    QVERIFY(find);
    QVERIFY(QTest::qWaitForWindowActive(bench.window.get()));
    bench.press(Command::Find);
    QTest::keyClicks(QApplication::focusWidget(), QStringLiteral("heap"));
    QWidget* typing = QApplication::focusWidget();
    bench.openStory();
    QCOMPARE(QApplication::focusWidget(), typing);
}

void ShellTest::anActOnTheMetricsPageIsAChoice() {
    Bench bench;
    // What is done on the start card chooses no metric.
    QTest::mouseClick(&bench.window->metricsPage().startCard(), Qt::LeftButton);
    bench.openDump(data("founding_story/app.prom"));
    bench.settle();
    const QString shown = bench.selection.family();
    QVERIFY(!shown.isEmpty());
    QVERIFY(!bench.selection.userHasChosen());
    QWidget* view = bench.window->metricsPage().metricView();
    QTest::mouseClick(bench.window.get(), Qt::LeftButton, {}, {2, 2});
    QTest::keyPress(view, Qt::Key_Control);
    QVERIFY(!bench.selection.userHasChosen());

    QTest::mouseClick(view, Qt::LeftButton);
    QVERIFY(bench.selection.userHasChosen());
    bench.openDump(data("founding_story/collector.prom"));
    bench.settle();
    QCOMPARE(bench.selection.family(), shown);
}

void ShellTest::findLeadsToMetricsLabelsAndFindings() {
    Bench bench;
    bench.openStory();
    const FindIndex index(bench.bridge->analysis());
    QVERIFY(index.find({}, 10).isEmpty());
    const auto heap = index.find(QStringLiteral("HEAP_alloc"), 10);
    QVERIFY(!heap.isEmpty());
    QCOMPARE(heap.first().kind, FindHit::Kind::Metric);
    QVERIFY(heap.first().title.contains(QStringLiteral("heap_alloc")));
    const auto has = [&](const QString& query, FindHit::Kind kind) {
        const auto hits = index.find(query, 50);
        return std::any_of(hits.begin(), hits.end(),
                           [&](const FindHit& h) { return h.kind == kind; });
    };
    QVERIFY(has(QStringLiteral("type-mismatch"), FindHit::Kind::Finding));
    QVERIFY(has(QStringLiteral("telemetry_sdk_name"), FindHit::Kind::Label));
    QVERIFY(index.find(QStringLiteral("e"), 7).size() == 7);
    QVERIFY(index.find(QStringLiteral("no such thing"), 7).isEmpty());

    bench.press(Command::Find);
    QTest::keyClicks(QApplication::focusWidget(), QStringLiteral("heap_idle"));
    const auto* palette = bench.window->findChild<FindPalette*>();
    QVERIFY(palette->isVisible());
    QVERIFY(QDir().mkpath(QStringLiteral("pictures")));
    QVERIFY(bench.window->grab().save(QStringLiteral("pictures/find.png")));
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Return);
    QVERIFY(!palette->isVisible());
    QVERIFY(bench.selection.family().contains(QStringLiteral("heap_idle")));
    QVERIFY(bench.selection.userHasChosen());
    bench.press(Command::Back);
    QVERIFY(!bench.selection.family().contains(QStringLiteral("heap_idle")));
}

void ShellTest::keysGoAroundPanesAndPages() {
    Bench bench;
    bench.openStory();
    QVERIFY(QTest::qWaitForWindowActive(bench.window.get()));
    MetricsPage& page = bench.window->metricsPage();
    page.metricView()->setFocus();
    QSet<QWidget*> seen;
    for (int i = 0; i < 6; ++i) {
        bench.press(Command::NextPane);
        QVERIFY(QApplication::focusWidget());
        seen.insert(QApplication::focusWidget());
    }
    QCOMPARE(seen.size(), 6);
    QWidget* here = QApplication::focusWidget();
    bench.press(Command::NextPane);
    bench.press(Command::PreviousPane);
    QCOMPARE(QApplication::focusWidget(), here);

    bench.press(Command::FindingsPage);
    QCOMPARE(bench.window->page(), MainWindow::Page::Findings);
    bench.press(Command::SourcesPage);
    QCOMPARE(bench.window->page(), MainWindow::Page::Sources);
    bench.press(Command::MetricsPage);
    const QString before = bench.selection.family();
    bench.press(Command::NextFinding);
    bench.press(Command::NextFinding);
    QVERIFY(bench.selection.family() != before);
    QVERIFY(bench.selection.userHasChosen());
    bench.press(Command::Drawer);
    QVERIFY(!page.isPaneShown(MetricsPage::Pane::Drawer));
    bench.press(Command::Drawer);
    QVERIFY(page.isPaneShown(MetricsPage::Pane::Drawer));
    QVERIFY(page.drawer()->isAncestorOf(QApplication::focusWidget()));
}

void ShellTest::tabGoesFromTheStatusBarToThePageBar() {
    Bench bench;
    bench.openStory();
    QVERIFY(QTest::qWaitForWindowActive(bench.window.get()));
    auto* status = bench.window->findChild<StatusBar*>();
    auto* pageBar = bench.window->findChild<PageBar*>();
    BarButton* last = nullptr;
    for (auto* part : status->findChildren<BarButton*>()) {
        if (part->isVisible() && (last == nullptr || part->x() > last->x()))
            last = part;
    }
    QVERIFY(last);
    last->setFocus();
    QTest::keyClick(last, Qt::Key_Tab);
    QVERIFY2(pageBar->isAncestorOf(QApplication::focusWidget()),
             QApplication::focusWidget()->metaObject()->className());
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Backtab);
    QVERIFY(status->isAncestorOf(QApplication::focusWidget()));
    // All the way around in reading order: bar, panes, status bar, bar.
    QVector<int> parts;
    for (int i = 0; i < 100 && (parts.size() < 4 || parts.size() > 5); ++i) {
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
        const QWidget* at = QApplication::focusWidget();
        const int part = pageBar->isAncestorOf(at) ? 0 : status->isAncestorOf(at) ? 2 : 1;
        if (parts.isEmpty() || parts.last() != part)
            parts << part;
    }
    QCOMPARE(parts.mid(0, 4), QVector<int>({0, 1, 2, 0}));
}

void ShellTest::limitsAreSaidPlainly() {
    EngineStatus status;
    StoreUsage& ring = status.ring;
    QCOMPARE(evictionText(ring, false), QString());
    QCOMPARE(seriesLimitText(ring, false), QString());
    ring.evictionBegan = (14 * 3600 + 2 * 60) * nsPerSecond;
    ring.evictedSamples = 3'100'000;
    QCOMPARE(evictionText(ring, false), QStringLiteral("evicting since 14:02, 3.1 M samples gone"));
    QCOMPARE(evictionText(ring, true), QStringLiteral("3.1 M samples gone"));
    ring.limitedMetrics.push_back({OriginId{0}, "http_requests", "metric-series-limit", 12'340});
    QCOMPARE(seriesLimitText(ring, false),
             QStringLiteral("series limit: http_requests, 12,340 refused"));
    ring.limitedMetrics.push_back({OriginId{0}, "up", "series-limit", 5});
    QCOMPARE(seriesLimitText(ring, false),
             QStringLiteral("series limit: http_requests and 1 more, 12,345 refused"));
    QCOMPARE(seriesLimitText(ring, true), QStringLiteral("series limit: http_requests and 1 more"));

    const TimeNs now = 50'000 * nsPerSecond;
    OriginStatus quietOne;
    quietOne.origin = {OriginId{0}, OriginKind::OtlpGrpc, {}};
    OriginStatus noisyOne;
    noisyOne.origin = {OriginId{1}, OriginKind::Scrape, "http://127.0.0.1:9100/metrics"};
    noisyOne.points = 1;
    status.origins = {quietOne, noisyOne};
    ring.origins.resize(2);
    QCOMPARE(reachLines(status, now), QStringList());
    ring.origins[1].oldestSample = now - 720 * nsPerSecond;
    ring.origins[1].evictedSamples = 3'100'000;
    ring.origins[0].oldestSample = now - nsPerSecond;
    QCOMPARE(reachLines(status, now),
             QStringList({QStringLiteral("1  otlp-grpc reaches back 1 s"),
                          QStringLiteral("2  scrape :9100 reaches back 12 min, "
                                         "3.1 M samples gone")}));
    const auto rows = sourceRows(status);
    QCOMPARE(rows.size(), 2);
    QCOMPARE(rows[1].oldestSample, ring.origins[1].oldestSample);
    QCOMPARE(rows[1].evictedSamples, quint64{3'100'000});
}

void ShellTest::metricsAreGroupedFromTheMenu() {
    Bench bench;
    bench.openStory();
    const ExplorerPane& explorer = *bench.window->metricsPage().explorer();
    QVERIFY(bench.window->commands().action(Command::GroupByService).isChecked());
    const auto picture = [&](const char* name) {
        bench.settle();
        return QDir().mkpath(QStringLiteral("pictures")) &&
               bench.window->grab().save(QStringLiteral("pictures/%1.png").arg(name));
    };
    bench.press(Command::GroupByPath);
    QCOMPARE(explorer.grouping(), Grouping::Path);
    CompareModel& compare = bench.window->metricsPage().compare()->model();
    if (compare.columnCount() > CompareModel::FirstFurtherColumn)
        compare.setWide(compare.pathOf(CompareModel::FirstFurtherColumn).id, true);
    QVERIFY(picture("by-path"));
    QVERIFY(bench.window->commands().action(Command::GroupByPath).isChecked());
    QVERIFY(!bench.window->commands().action(Command::GroupByService).isChecked());
    bench.press(Command::GroupByName);
    QCOMPARE(explorer.grouping(), Grouping::Name);
    QVERIFY(picture("by-name"));

    const QTemporaryDir folder;
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, folder.path());
    Preferences(Preferences::Memory::Kept).setGrouping(Grouping::Path);
    QCOMPARE(Preferences(Preferences::Memory::Kept).grouping(), Grouping::Path);
}

/// With real keys: what a shortcut is bound to counts as much as what it does.
void ShellTest::findingsOpenFromTheirPage() {
    Bench bench;
    QVERIFY(bench.bridge->addTarget(QStringLiteral("1")).ok());
    bench.openStory();
    QVERIFY(QTest::qWaitForWindowActive(bench.window.get()));
    MainWindow& window = *bench.window;
    const auto findingsPage = [&] {
        QTest::keyClick(&window, Qt::Key_2, Qt::ControlModifier);
        QCOMPARE(window.page(), MainWindow::Page::Findings);
    };
    findingsPage();
    QTest::keyClick(&window, Qt::Key_F8);
    QVERIFY(window.page() != MainWindow::Page::Findings);
    // From here on F8 goes on, and does not begin anew.
    const QString first = bench.selection.family();
    QTest::keyClick(&window, Qt::Key_1, Qt::ControlModifier);
    QTest::keyClick(&window, Qt::Key_F8);
    QVERIFY(bench.selection.family() != first);

    FindingsView* list = nullptr;
    for (auto* view : window.findChildren<FindingsView*>()) {
        if (view != window.metricsPage().drawer())
            list = view;
    }
    QVERIFY(list);
    auto* tree = list->findChild<QTreeView*>();
    QVERIFY(tree);
    const auto current = [&](const char* rule) {
        for (int group = 0; group < tree->model()->rowCount(); ++group) {
            const QModelIndex parent = tree->model()->index(group, 0);
            const auto finding = list->model().findingAt(list->model().index(0, 0, parent));
            if (finding && finding->rule == rule) {
                tree->expand(parent);
                tree->setCurrentIndex(list->model().index(0, 0, parent));
                return true;
            }
        }
        return false;
    };
    findingsPage();
    tree->setFocus();
    QVERIFY(current("type-mismatch"));
    QTest::keyClick(tree, Qt::Key_Return);
    QCOMPARE(window.page(), MainWindow::Page::Metrics);
    findingsPage();
    QTRY_VERIFY(current("target-down"));
    QTest::keyClick(tree, Qt::Key_Return);
    QCOMPARE(window.page(), MainWindow::Page::Sources);
}

void ShellTest::theDemoAsksBeforeItEndsASession() {
    Bench bench;
    QSignalSpy wanted(bench.window.get(), &MainWindow::demoWanted);
    bench.press(Command::PlayDemo);
    QCOMPARE(wanted.count(), 1); // there is nothing to lose
    bench.openStory();
    const auto answer = [&](QMessageBox::ButtonRole role) {
        bench.press(Command::PlayDemo);
        auto* box = bench.window->findChild<QMessageBox*>();
        QVERIFY(box && box->isVisible());
        for (QAbstractButton* button : box->buttons()) {
            if (box->buttonRole(button) == role) {
                button->click();
                break;
            }
        }
        QCoreApplication::sendPostedEvents(box, QEvent::DeferredDelete);
    };
    answer(QMessageBox::RejectRole);
    QCOMPARE(wanted.count(), 1);
    answer(QMessageBox::AcceptRole);
    QCOMPARE(wanted.count(), 2);
}

void ShellTest::escapeClearsThenGoesToTheChart() {
    Bench bench;
    bench.openStory();
    QVERIFY(QTest::qWaitForWindowActive(bench.window.get()));
    bench.press(Command::Filter);
    auto* field = qobject_cast<QLineEdit*>(QApplication::focusWidget());
    QVERIFY(field);
    QTest::keyClicks(field, QStringLiteral("heap"));
    bench.press(Command::Clear);
    QVERIFY(field->text().isEmpty());
    QCOMPARE(QApplication::focusWidget(), field);
    bench.press(Command::Clear);
    QVERIFY(bench.window->metricsPage().metricView()->isAncestorOf(QApplication::focusWidget()));
}

void ShellTest::panesKeepToTheLayout_data() {
    QTest::addColumn<QSize>("window");
    QTest::addColumn<int>("explorer");
    QTest::addColumn<int>("metric");
    QTest::addColumn<int>("compare");
    QTest::newRow("1280x800") << QSize(1280, 800) << 288 << 574 << 416;
    QTest::newRow("1920x1080") << QSize(1920, 1080) << 360 << 998 << 560;
}

void ShellTest::panesKeepToTheLayout() {
    QFETCH(QSize, window);
    QFETCH(int, metric);
    Bench bench;
    bench.window->resize(window);
    bench.openStory();
    MetricsPage& page = bench.window->metricsPage();
    QTRY_VERIFY(page.compare()->isVisible());
    QTEST(page.explorer()->width(), "explorer");
    QTRY_COMPARE(page.metricView()->width(), metric);
    QTEST(page.compare()->width(), "compare");
    QVERIFY(page.drawer()->height() >= 148 && page.drawer()->height() <= 220);
    QVERIFY(page.explorer()->height() > page.metricView()->height());
}

void ShellTest::narrowWindowsPutCompareBesideTheLegend() {
    Bench bench;
    bench.openStory();
    MetricsPage& page = bench.window->metricsPage();
    QTRY_VERIFY(page.compare()->isVisible());
    QVERIFY(!page.metricView()->hasTab());
    bench.window->resize(1100, 800);
    QTRY_VERIFY(page.metricView()->hasTab());
    QVERIFY(page.metricView()->isAncestorOf(page.compare()));
    bench.window->resize(1280, 800);
    QTRY_VERIFY(!page.metricView()->hasTab());
    QVERIFY(page.compare()->isVisible());
    QCOMPARE(page.compare()->width(), 416);
}

void ShellTest::lowWindowsFoldTheDrawer() {
    Bench bench;
    bench.openStory();
    MetricsPage& page = bench.window->metricsPage();
    QTRY_VERIFY(page.drawer()->isVisible());
    QVERIFY(page.drawer()->height() >= 148);
    bench.window->resize(1280, 720);
    QTRY_COMPARE(page.drawer()->height(), 32);
    bench.window->resize(1280, 800);
    QTRY_VERIFY(page.drawer()->height() >= 148);
}

void ShellTest::aTakenPortIsSaidAndAFreeOneOffered() {
    const auto httpOf = [](const EngineStatus& status) {
        for (const ReceiverStatus& receiver : status.receivers) {
            if (receiver.kind == ReceiverKind::OtlpHttp)
                return receiver;
        }
        return ReceiverStatus{};
    };
    EngineOptions first = quiet();
    first.otlpHttp = "127.0.0.1:0";
    Engine holder(first);
    holder.start();
    QTRY_VERIFY(!httpOf(*holder.status()).address.empty());
    EngineOptions second = quiet();
    second.otlpHttp = httpOf(*holder.status()).address;

    Bench bench(second);
    const StartCard& card = bench.window->metricsPage().startCard();
    const auto offer = [&]() -> QPushButton* {
        for (auto* button : card.findChildren<QPushButton*>()) {
            if (button->text() == QStringLiteral("Use a free port") && button->isVisible())
                return button;
        }
        return nullptr;
    };
    QTRY_VERIFY(offer());
    const auto labels = card.findChildren<QLabel*>();
    QVERIFY(std::any_of(labels.begin(), labels.end(), [&](const QLabel* label) {
        return label->isVisible() && label->text() == QString::fromStdString(second.otlpHttp) +
                                                          QStringLiteral(" is taken");
    }));
    const QString taken = QStringLiteral("HTTP :%1 taken")
                              .arg(QString::fromStdString(second.otlpHttp).section(':', -1));
    const auto buttons = bench.window->findChildren<BarButton*>();
    const auto said = std::find_if(buttons.begin(), buttons.end(), [&](const BarButton* button) {
        return button->parts().size() == 1 && button->parts().first().text == taken;
    });
    QVERIFY(said != buttons.end());
    QVERIFY((*said)->isVisible());
    QVERIFY(!(*said)->parts().first().lamp.has_value());
    offer()->click();
    QTRY_VERIFY(!offer());
    QTRY_VERIFY(!httpOf(*bench.bridge->status()).address.empty());
    holder.stop();
}

void ShellTest::lossesAreCountedOnSources() {
    Bench bench;
    bench.press(Command::SourcesPage);
    const auto* page = bench.window->findChild<SourcesPage*>();
    QVERIFY(page);
    QVERIFY(!page->counters().isVisible());
    CounterRegistry& counters = bench.engine.counters();
    counters.counter("test_taken_total", "Went well.", CounterKind::Traffic).add(9);
    counters.counter("test_zero_total", "Never.", CounterKind::Drop);
    counters.counter("test_lost_total", "Points lost.", CounterKind::Drop, {{"reason", "memory"}})
        .add(3);
    QTRY_VERIFY(page->counters().isVisible());
    const QAbstractItemModel& model = *page->counters().model();
    QCOMPARE(model.rowCount(), 1);
    const auto cell = [&](int column) { return model.index(0, column).data().toString(); };
    QCOMPARE(cell(CounterModel::Name), QStringLiteral("test_lost_total"));
    QCOMPARE(cell(CounterModel::Reason), QStringLiteral("reason=memory"));
    QCOMPARE(cell(CounterModel::Help), QStringLiteral("Points lost."));
    QCOMPARE(cell(CounterModel::Value), QStringLiteral("3"));
    counters.counter("test_lost_total", {}, CounterKind::Drop, {{"reason", "memory"}}).add(4);
    QTRY_COMPARE(cell(CounterModel::Value), QStringLiteral("7"));
}

void ShellTest::targetsCanBeShortAndWrong() {
    QCOMPARE(targetMeaning(QStringLiteral(" 8889 ")),
             QStringLiteral("http://127.0.0.1:8889/metrics"));
    QCOMPARE(targetMeaning(QStringLiteral("host:9100")),
             QStringLiteral("http://host:9100/metrics"));
    QCOMPARE(targetMeaning(QStringLiteral("99999")), QString());
    QCOMPARE(targetMeaning(QStringLiteral("http://a/b")), QString());
    Bench bench;
    const Result<QString> added = bench.bridge->addTarget(QStringLiteral("1"));
    QVERIFY(added.ok());
    QCOMPARE(*added, QStringLiteral("http://127.0.0.1:1/metrics"));
    QVERIFY(!bench.bridge->addTarget(QStringLiteral("1")).ok());
    bench.press(Command::SourcesPage);
    auto* table = bench.window->findChild<QTableView*>();
    QVERIFY(table);
    const auto targetRow = [&] {
        for (int row = 0; row < table->model()->rowCount(); ++row) {
            if (table->model()->index(row, SourcesModel::Address).data().toString() == *added)
                return row;
        }
        return -1;
    };
    QTRY_VERIFY(targetRow() >= 0);
    QTRY_VERIFY(
        !table->model()->index(targetRow(), SourcesModel::LastError).data().toString().isEmpty());
    table->selectRow(targetRow());
    table->setFocus();
    QTest::keyClick(table, Qt::Key_Delete);
    QTRY_COMPARE(targetRow(), -1);
}

void ShellTest::targetsAreRemembered() {
    QSettings(QStringLiteral("sightglass"), QStringLiteral("sightglass")).clear();
    {
        Preferences kept(Preferences::Memory::Kept);
        kept.addTarget(QStringLiteral("http://a/metrics"));
        kept.addTarget(QStringLiteral("http://a/metrics"));
        kept.addTarget(QStringLiteral("http://b/metrics"));
        kept.removeTarget(QStringLiteral("http://a/metrics"));
        kept.setTextPercent(150);
        kept.setThemeMode(Theme::Mode::Dark);
        Preferences nothing(Preferences::Memory::Nothing);
        nothing.addTarget(QStringLiteral("http://c/metrics"));
        QVERIFY(nothing.targets().isEmpty());
    }
    const Preferences again(Preferences::Memory::Kept);
    QCOMPARE(again.targets(), QStringList{QStringLiteral("http://b/metrics")});
    QCOMPARE(again.textPercent(), 150);
    QCOMPARE(again.themeMode(), Theme::Mode::Dark);
}

void ShellTest::aDemoHasABadgeAndLeave() {
    Bench bench(quiet(), MainWindow::Session::Demo);
    QSignalSpy left(bench.window.get(), &MainWindow::demoLeft);
    QVERIFY(!bench.window->commands().action(Command::PlayDemo).isEnabled());
    for (auto* button : bench.window->findChildren<BarButton*>()) {
        if (button->accessibleName() == QStringLiteral("Leave the demo"))
            button->click();
    }
    QCOMPARE(left.count(), 1);
}

void ShellTest::everyFocusableWidgetHasAName() {
    Bench bench;
    QCOMPARE(nameless(*bench.window).join('\n'), QString());
    bench.press(Command::SourcesPage);
    QCOMPARE(nameless(*bench.window).join('\n'), QString());
    bench.openStory();
    for (const Command page : {Command::MetricsPage, Command::FindingsPage}) {
        bench.press(page);
        QCOMPARE(nameless(*bench.window).join('\n'), QString());
    }
}

void ShellTest::dialogsHaveNamesAndRoom_data() {
    QTest::addColumn<Command>("command");
    QTest::addColumn<int>("percent");
    for (const int percent : {100, 200}) {
        QTest::addRow("target-%d", percent) << Command::AddTarget << percent;
        QTest::addRow("settings-%d", percent) << Command::Settings << percent;
        QTest::addRow("shortcuts-%d", percent) << Command::Shortcuts << percent;
        QTest::addRow("manual-%d", percent) << Command::Manual << percent;
        QTest::addRow("about-%d", percent) << Command::About << percent;
    }
}

void ShellTest::dialogsHaveNamesAndRoom() {
    QFETCH(Command, command);
    QFETCH(int, percent);
    QVERIFY(QDir().mkpath(QStringLiteral("pictures")));
    Bench bench;
    bench.theme.setTextPercent(percent);
    bench.press(command);
    auto* open = bench.window->findChild<QDialog*>(QString(), Qt::FindDirectChildrenOnly);
    QVERIFY(open);
    QTest::qWait(20);
    QVERIFY(open->grab().save(QStringLiteral("pictures/dialog-%1.png")
                                  .arg(QString::fromLatin1(QTest::currentDataTag()))));
    QCOMPARE(nameless(*open).join('\n'), QString());
    QCOMPARE(clipped(*open).join('\n'), QString());
    QTest::keyClick(open, Qt::Key_Escape);
    QVERIFY(!open->isVisible());
}

void ShellTest::nothingIsClipped_data() {
    QTest::addColumn<QSize>("size");
    QTest::addColumn<int>("percent");
    QTest::addColumn<bool>("dark");
    for (const QSize& size : {QSize(1280, 800), QSize(1920, 1080)}) {
        for (const int percent : {100, 200}) {
            for (const bool dark : {false, true})
                QTest::addRow("%s-%dx%d-%d", dark ? "dark" : "light", size.width(), size.height(),
                              percent)
                    << size << percent << dark;
        }
    }
    QTest::newRow("light-1280x720-150") << QSize(1280, 720) << 150 << false;
}

/// Each page as pictures, too, in the folder "pictures" beside the test's working directory.
void ShellTest::nothingIsClipped() {
    QFETCH(QSize, size);
    QFETCH(int, percent);
    QFETCH(bool, dark);
    QVERIFY(QDir().mkpath(QStringLiteral("pictures")));
    Bench bench;
    bench.theme.setMode(dark ? Theme::Mode::Dark : Theme::Mode::Light);
    bench.theme.setTextPercent(percent);
    bench.window->resize(size);
    QVERIFY(bench.bridge->addTarget(QStringLiteral("1")).ok());
    const auto look = [&](const char* page) {
        bench.settle();
        const QString file =
            QStringLiteral("pictures/%1-%2.png")
                .arg(QString::fromLatin1(page), QString::fromLatin1(QTest::currentDataTag()));
        QVERIFY(bench.window->grab().save(file));
        QCOMPARE(clipped(*bench.window).join('\n'), QString());
    };
    QTRY_VERIFY(bench.bridge->analysis()->findings->errors > 0); // the target is down
    look("start");
    bench.openStory();
    const QWidget* chart = bench.window->metricsPage().metricView()->findChild<ChartView*>();
    QVERIFY(chart);
    QTRY_VERIFY2(chart->height() >= chart->minimumSizeHint().height(),
                 qPrintable(QStringLiteral("the chart has %1 px of %2")
                                .arg(chart->height())
                                .arg(chart->minimumSizeHint().height())));
    look("metrics");
    bench.press(Command::FindingsPage);
    look("findings");
    bench.press(Command::SourcesPage);
    look("sources");
}

QTEST_MAIN(ShellTest)
#include "shell_test.moc"
