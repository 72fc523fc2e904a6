// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMainWindow>
#include <QPointer>

#include "ui/bridge/engine_bridge.h"
#include "ui/look/theme.h"
#include "ui/models/selection.h"
#include "ui/shell/commands.h"
#include "ui/shell/preferences.h"

class QStackedWidget;

namespace sightglass::ui {

class FindPalette;
class FindingsView;
class MetricsPage;
class PageBar;
class SourcesPage;
class StatusBar;
struct FindHit;

/// The window: menus, page bar, pages, status bar, and what every key does. Findings, Sources and
/// the dialogs are made when first asked for. app/window owns it and everything it is given, which
/// outlives it; GUI thread only.
class MainWindow : public QMainWindow {
    Q_OBJECT
  public:
    enum class Session { Ordinary, Demo };
    enum class Page { Metrics, Findings, Sources };

    MainWindow(EngineBridge& bridge, Selection& selection, Theme& theme, Preferences& preferences,
               Session session);
    ~MainWindow() override;

    void showPage(Page page);
    [[nodiscard]] Page page() const;
    [[nodiscard]] MetricsPage& metricsPage() const { return *m_metrics; }
    [[nodiscard]] Commands& commands() { return *m_commands; }
    /// Reads a dump; the status bar says how it went.
    void openDump(const QString& path);
    /// Selects the first of these families and gives each other one a chart of its own. Those that
    /// are not there yet are waited for.
    void showCharts(const QStringList& families);

  signals:
    void demoWanted();
    void demoLeft();

  protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    void changeEvent(QEvent* event) override;
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    bool focusNextPrevChild(bool next) override;

  private:
    void connectCommands();
    void connectChartAndPaneKeys();
    void connectRanges();
    void followFindings(FindingsView& list);
    void adoptPanes();
    /// What Tab goes through now: the page bar, the panes in reading order, the status bar.
    [[nodiscard]] QVector<QWidget*> tabStops() const;
    void suggestFamily();
    void showCommandStates();
    void chooseDump();
    void addTarget();
    void playDemo();
    void openHit(const FindHit& hit);
    void walkFindings(int step);
    void walkPanes(int step);
    void clearThenChart();
    void setTextPercent(int percent);
    void showAbout();
    SourcesPage& sources();
    FindingsView& findings();

    EngineBridge& m_bridge;
    Selection& m_selection;
    Theme& m_theme;
    Preferences& m_preferences;
    Session m_session;
    Commands* m_commands;
    PageBar* m_pageBar;
    QStackedWidget* m_stack;
    MetricsPage* m_metrics;
    FindingsView* m_findings = nullptr;
    FindingsView* m_walked = nullptr; ///< the list in which a finding was opened last
    SourcesPage* m_sources = nullptr;
    StatusBar* m_statusBar;
    FindPalette* m_palette;
};

} // namespace sightglass::ui
