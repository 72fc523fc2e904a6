// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QTest>
#include <QTreeView>

#include <algorithm>

#include "core/demo/demo.h"
#include "ui/pages/findings/findings_view.h"
#include "ui/pages/metrics/compare_pane.h"
#include "ui/pages/metrics/metrics_page.h"
#include "ui/shell/main_window.h"
#include "ui/shell/page_bar.h"
#include "ui/shell/status_bar.h"

using namespace sightglass;
using namespace sightglass::ui;

/// The founding story as a user sees it: real traffic, real sockets, a real window.
class DemoTest : public QObject {
    Q_OBJECT

  private slots:
    void theWindowTellsTheStory();
};

void DemoTest::theWindowTellsTheStory() {
    Theme theme;
    Preferences nothing(Preferences::Memory::Nothing);
    Selection selection;
    Engine engine(Demo::engineOptions());
    engine.start();
    Demo demo(engine);
    const Status started = demo.start();
    QVERIFY2(started.ok(), started.ok() ? "" : started.error().text().c_str());
    EngineBridge bridge(engine);
    {
        MainWindow window(bridge, selection, theme, nothing, MainWindow::Session::Demo);
        window.resize(1280, 800);
        window.show();
        window.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window));

        // Metrics appear, and one is selected for a user who has not chosen.
        MetricsPage& page = window.metricsPage();
        QTRY_VERIFY_WITH_TIMEOUT(page.hasData(), 5000);
        QTRY_VERIFY_WITH_TIMEOUT(!selection.family().isEmpty(), 5000);
        QVERIFY(!selection.userHasChosen());

        // The relay arrives: 27 mismatches, with the drawer and Compare.
        QTRY_VERIFY_WITH_TIMEOUT(bridge.analysis()->findings->errors == 27, 15'000);
        QTRY_VERIFY_WITH_TIMEOUT(page.drawer()->isVisible() && page.compare()->isVisible(), 5000);

        // Tab follows the reading order, part by part.
        const QVector<QWidget*> parts = [&] {
            QVector<QWidget*> out = page.panes();
            out.prepend(window.findChild<PageBar*>());
            out.append(window.findChild<StatusBar*>());
            return out;
        }();
        QVector<int> visited;
        for (int presses = 0; presses < 60; ++presses) {
            QTest::keyClick(&window, Qt::Key_Tab);
            const QWidget* focus = window.focusWidget();
            for (int i = 0; i < parts.size(); ++i) {
                const bool inside = focus && (parts[i] == focus || parts[i]->isAncestorOf(focus));
                if (inside && (visited.isEmpty() || visited.back() != i))
                    visited << i;
            }
            if (visited.size() == parts.size())
                break;
        }
        QVector<int> expected;
        for (int i = 0; i < parts.size(); ++i)
            expected << i;
        QCOMPARE(visited, expected);

        // Enter on a finding opens it.
        window.commands().action(Command::NextFinding).trigger();
        QTRY_VERIFY(selection.userHasChosen());
        const QString first = selection.family();
        auto* list = page.drawer()->findChild<QTreeView*>();
        QVERIFY(list);
        list->setFocus();
        QTest::keyClick(list, Qt::Key_Down);
        QTest::keyClick(list, Qt::Key_Return);
        QTRY_VERIFY(selection.family() != first);

        // Compare shows the six lost labels.
        const CompareModel& compare = page.compare()->model();
        const auto lost = [&compare] {
            int rows = 0;
            for (int row = 0; row < compare.rowCount(); ++row) {
                bool missing = false;
                for (int column = 1; column < compare.columnCount(); ++column)
                    missing =
                        missing || compare.index(row, column).data(CompareModel::LostRole).toBool();
                rows += missing ? 1 : 0;
            }
            return rows;
        };
        QTRY_COMPARE_WITH_TIMEOUT(lost(), 6, 5000);
    }
    engine.stop();
}

QTEST_MAIN(DemoTest)
#include "demo_test.moc"
