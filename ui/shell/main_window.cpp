// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/main_window.h"

#include <QApplication>
#include <QCloseEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

#include "ui/look/format.h"
#include "ui/look/marks.h"
#include "ui/pages/findings/findings_view.h"
#include "ui/pages/metrics/explorer_pane.h"
#include "ui/pages/metrics/metric_view.h"
#include "ui/pages/metrics/metrics_page.h"
#include "ui/pages/sources/sources_page.h"
#include "ui/pages/start/start_card.h"
#include "ui/shell/dialogs.h"
#include "ui/shell/find_palette.h"
#include "ui/shell/page_bar.h"
#include "ui/shell/status_bar.h"

namespace sightglass::ui {

namespace {

struct RangeCommand {
    Command command;
    TimeNs span;
};
constexpr std::pair<Command, Grouping> groupingCommands[] = {
    {Command::GroupByService, Grouping::Service},
    {Command::GroupByPath, Grouping::Path},
    {Command::GroupByName, Grouping::Name},
};
constexpr RangeCommand rangeCommands[] = {
    {Command::RangeFit, 0},
    {Command::RangeMinute, 60 * nsPerSecond},
    {Command::RangeFiveMinutes, 300 * nsPerSecond},
    {Command::RangeQuarter, 900 * nsPerSecond},
    {Command::RangeHour, 3600 * nsPerSecond},
    {Command::RangeSixHours, 6 * 3600 * nsPerSecond},
};

/// Gives a widget a key as if it had been pressed there.
void pressKey(QWidget* widget, const QKeySequence& keys) {
    if (!widget || keys.isEmpty())
        return;
    const QKeyCombination key = keys[0];
    QString text;
    if (key.keyboardModifiers() == Qt::NoModifier && key.key() < Qt::Key_Escape)
        text = QChar(static_cast<char16_t>(key.key())).toLower();
    for (const QEvent::Type type : {QEvent::KeyPress, QEvent::KeyRelease}) {
        QKeyEvent event(type, key.key(), key.keyboardModifiers(), text);
        QApplication::sendEvent(widget, &event);
    }
}

/// The widget that really takes a pane's keys.
QWidget* keyTaker(QWidget* pane) {
    while (pane && pane->focusProxy())
        pane = pane->focusProxy();
    return pane;
}

} // namespace

MainWindow::MainWindow(EngineBridge& bridge, Selection& selection, Theme& theme,
                       Preferences& preferences, Session session)
    : m_bridge(bridge),
      m_selection(selection),
      m_theme(theme),
      m_preferences(preferences),
      m_session(session) {
    setWindowTitle(session == Session::Demo ? tr("Demo") : tr("Metrics"));
    setWindowIcon(themedIcon(QStringLiteral("sightglass"), theme));
    setAcceptDrops(true);
    setMinimumSize(640, 420);
    m_commands = new Commands(*this);

    auto* whole = new QWidget(this);
    auto* column = new QVBoxLayout(whole);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_pageBar = new PageBar(bridge, selection, theme, *m_commands, session == Session::Demo, whole);
    m_stack = new QStackedWidget(whole);
    m_metrics = new MetricsPage(bridge, selection, theme, m_stack);
    m_stack->addWidget(m_metrics);
    m_statusBar = new StatusBar(bridge, theme, whole);
    column->addWidget(m_pageBar);
    column->addWidget(m_stack, 1);
    column->addWidget(m_statusBar);
    setCentralWidget(whole);
    // Until the user goes somewhere no pane has the focus; Tab begins with the page bar.
    whole->setFocusPolicy(Qt::ClickFocus);
    whole->setFocus();
    m_palette = new FindPalette(bridge, theme, m_pageBar->findField(), *this);

    connect(m_palette, &FindPalette::chosen, this, &MainWindow::openHit);
    connect(m_statusBar, &StatusBar::findingsWanted, this, [this] { showPage(Page::Findings); });
    connect(m_statusBar, &StatusBar::sourcesWanted, this, [this] { showPage(Page::Sources); });
    connect(m_statusBar, &StatusBar::metricsWanted, this, [this] { showPage(Page::Metrics); });
    connect(m_metrics, &MetricsPage::panesChanged, this, &MainWindow::showCommandStates);
    connect(m_metrics, &MetricsPage::panesMade, this, &MainWindow::adoptPanes);
    connect(m_metrics, &MetricsPage::addTargetWanted, this, &MainWindow::addTarget);
    connect(m_metrics, &MetricsPage::openDumpWanted, this, &MainWindow::chooseDump);
    connect(m_metrics, &MetricsPage::demoWanted, this, &MainWindow::playDemo);
    connect(&selection, &Selection::historyChanged, this, &MainWindow::showCommandStates);
    connect(&selection, &Selection::rangeChanged, this, &MainWindow::showCommandStates);
    connect(&theme, &Theme::changed, this, &MainWindow::showCommandStates);
    connect(&bridge, &EngineBridge::analysisChanged, this, &MainWindow::suggestFamily);
    connect(&bridge, &EngineBridge::targetAdded, this, [this](const QString& url) {
        m_preferences.addTarget(url);
        m_statusBar->say(tr("Scraping %1").arg(url), false);
    });
    connect(&bridge, &EngineBridge::targetRemoved, this, [this](const QString& url) {
        m_preferences.removeTarget(url);
        m_statusBar->say(tr("No longer scraping %1").arg(url), false);
    });
    connect(&bridge, &EngineBridge::rebound, this, [this](const QString& error) {
        if (!error.isEmpty())
            m_statusBar->say(error, true);
    });
    connect(&bridge, &EngineBridge::dumpOpened, this,
            [this](const QString& path, quint64 points, const QString& error, quint64 skipped,
                   const QString& firstSkipped) {
                const QString name = QFileInfo(path).fileName();
                if (!error.isEmpty()) {
                    m_statusBar->say(QStringLiteral("%1: %2").arg(name, error), true);
                    return;
                }
                QString message = tr("%1: %2 points read").arg(name, formatCount(points));
                if (skipped > 0)
                    message += tr("; %1 %2 could not be read: %3")
                                   .arg(formatCount(skipped),
                                        skipped == 1 ? tr("part") : tr("parts"), firstSkipped);
                m_statusBar->say(message, skipped > 0);
            });
    connectCommands();
    connectChartAndPaneKeys();
    connectRanges();

    m_metrics->restoreCharts(preferences.charts());
    m_metrics->restoreLayout(preferences.layout());
    if (const QByteArray geometry = preferences.geometry(); !restoreGeometry(geometry))
        resize(1280, 800);
    if (m_metrics->hasData())
        adoptPanes();
    showPage(Page::Metrics);
    suggestFamily();
}

MainWindow::~MainWindow() = default;

void MainWindow::connectCommands() {
    Commands& c = *m_commands;
    c.action(Command::PlayDemo).setEnabled(m_session == Session::Ordinary);
    c.action(Command::LeaveDemo).setEnabled(m_session == Session::Demo);
    c.on(Command::OpenDump, this, [this] { chooseDump(); });
    c.on(Command::PlayDemo, this, [this] { playDemo(); });
    c.on(Command::LeaveDemo, this, [this] { emit demoLeft(); });
    c.on(Command::Settings, this,
         [this] { (new SettingsDialog(m_bridge, m_theme, m_preferences, this))->open(); });
    c.on(Command::Quit, this, [this] { close(); });

    c.on(Command::Find, this, [this] {
        m_pageBar->findField().setFocus(Qt::ShortcutFocusReason);
        m_pageBar->findField().selectAll();
    });
    c.on(Command::Filter, this, [this] {
        if (page() == Page::Findings) {
            findings().focusFilter();
            return;
        }
        showPage(Page::Metrics);
        if (m_metrics->hasData()) {
            if (!m_metrics->isPaneShown(MetricsPage::Pane::Explorer))
                m_metrics->showPane(MetricsPage::Pane::Explorer, true);
            m_metrics->explorer()->focusFilter();
        }
    });
    c.on(Command::Clear, this, [this] { clearThenChart(); });

    c.on(Command::MetricsPage, this, [this] { showPage(Page::Metrics); });
    c.on(Command::FindingsPage, this, [this] { showPage(Page::Findings); });
    c.on(Command::SourcesPage, this, [this] { showPage(Page::Sources); });
    const auto pane = [this, &c](Command command, MetricsPage::Pane which) {
        c.on(command, this, [this, which](bool shown) {
            showPage(Page::Metrics);
            m_metrics->showPane(which, shown);
        });
    };
    pane(Command::Explorer, MetricsPage::Pane::Explorer);
    pane(Command::Compare, MetricsPage::Pane::Compare);
    pane(Command::Drawer, MetricsPage::Pane::Drawer);
    for (const auto& [command, grouping] : groupingCommands) {
        c.on(command, this, [this, grouping = grouping] {
            showPage(Page::Metrics);
            if (m_metrics->hasData())
                m_metrics->explorer()->setGrouping(grouping);
            showCommandStates();
        });
    }
    c.on(Command::LargerText, this, [this] { setTextPercent(m_theme.textPercent() + 10); });
    c.on(Command::SmallerText, this, [this] { setTextPercent(m_theme.textPercent() - 10); });
    c.on(Command::NormalText, this, [this] { setTextPercent(100); });
    c.on(Command::Dark, this, [this](bool dark) {
        m_theme.setMode(dark ? Theme::Mode::Dark : Theme::Mode::Light);
        m_preferences.setThemeMode(m_theme.mode());
    });
    c.on(Command::FullScreen, this,
         [this](bool full) { setWindowState(windowState().setFlag(Qt::WindowFullScreen, full)); });

    c.on(Command::Back, this, [this] {
        m_selection.back();
        showPage(Page::Metrics);
    });
    c.on(Command::Forward, this, [this] {
        m_selection.forward();
        showPage(Page::Metrics);
    });
    c.on(Command::NextFinding, this, [this] { walkFindings(1); });
    c.on(Command::PreviousFinding, this, [this] { walkFindings(-1); });
    c.on(Command::NextPane, this, [this] { walkPanes(1); });
    c.on(Command::PreviousPane, this, [this] { walkPanes(-1); });

    c.on(Command::AddTarget, this, [this] { addTarget(); });
    c.on(Command::Manual, this, [this] { (new ManualWindow(m_theme, this))->show(); });
    c.on(Command::Shortcuts, this, [this] { (new ShortcutSheet(m_theme, this))->open(); });
    c.on(Command::About, this, [this] { showAbout(); });
}

/// Keys that belong to the chart or to whatever has the focus are listened for there; their menu
/// entries press them.
void MainWindow::connectChartAndPaneKeys() {
    for (const CommandInfo& info : commandTable()) {
        const QKeySequence keys = shortcutsOf(info).first();
        if (info.scope == CommandInfo::Scope::Chart) {
            m_commands->on(info.command, this, [this, keys] {
                showPage(Page::Metrics);
                if (!m_metrics->hasData())
                    return;
                m_metrics->metricView()->setFocus(Qt::MenuBarFocusReason);
                pressKey(keyTaker(m_metrics->metricView()), keys);
            });
        } else if (info.command == Command::AddChart || info.command == Command::AddToChart) {
            // The explorer takes the key for its row; the menu means what is selected.
            m_commands->on(info.command, this, [this, own = info.command == Command::AddChart] {
                showPage(Page::Metrics);
                m_metrics->addChart(m_selection.family(), own);
            });
        } else if (info.command == Command::RemoveTarget) {
            m_commands->on(info.command, this, [this] {
                showPage(Page::Sources);
                sources().removeSelectedTarget();
            });
        } else if (info.scope == CommandInfo::Scope::Pane) {
            m_commands->on(info.command, this, [this, keys] { pressKey(focusWidget(), keys); });
        }
    }
}

void MainWindow::connectRanges() {
    for (const RangeCommand& range : rangeCommands) {
        m_commands->on(range.command, this, [this, span = range.span] {
            m_selection.setSpan(span);
            m_selection.setLive(true);
            showCommandStates();
        });
    }
}

void MainWindow::showCommandStates() {
    Commands& c = *m_commands;
    c.action(Command::Back).setEnabled(m_selection.canGoBack());
    c.action(Command::Forward).setEnabled(m_selection.canGoForward());
    c.action(Command::Dark).setChecked(m_theme.isDark());
    c.action(Command::LargerText).setEnabled(m_theme.textPercent() < 200);
    c.action(Command::SmallerText).setEnabled(m_theme.textPercent() > 100);
    c.action(Command::FullScreen).setChecked(isFullScreen());
    c.action(Command::MetricsPage).setChecked(page() == Page::Metrics);
    c.action(Command::FindingsPage).setChecked(page() == Page::Findings);
    c.action(Command::SourcesPage).setChecked(page() == Page::Sources);
    const bool panesThere = m_metrics->hasData();
    using Pane = MetricsPage::Pane;
    const std::pair<Command, Pane> panes[] = {{Command::Explorer, Pane::Explorer},
                                              {Command::Compare, Pane::Compare},
                                              {Command::Drawer, Pane::Drawer}};
    for (const auto& [command, pane] : panes) {
        c.action(command).setEnabled(panesThere);
        c.action(command).setChecked(m_metrics->isPaneShown(pane));
    }
    for (const auto& [command, grouping] : groupingCommands) {
        c.action(command).setEnabled(panesThere);
        c.action(command).setChecked((panesThere ? m_metrics->explorer()->grouping()
                                                 : m_preferences.grouping()) == grouping);
    }
    for (const RangeCommand& range : rangeCommands) {
        const bool holds =
            range.span == m_selection.span() && (m_selection.live() || range.span == 0);
        c.action(range.command).setChecked(holds);
    }
}

MainWindow::Page MainWindow::page() const {
    const QWidget* shown = m_stack->currentWidget();
    if (shown && shown == m_sources)
        return Page::Sources;
    return shown && shown == m_findings ? Page::Findings : Page::Metrics;
}

void MainWindow::showPage(Page page) {
    QWidget* widget = m_metrics;
    if (page == Page::Findings)
        widget = &findings();
    else if (page == Page::Sources)
        widget = &sources();
    if (m_stack->currentWidget() != widget) {
        const bool hadFocus = m_stack->isAncestorOf(focusWidget());
        m_stack->setCurrentWidget(widget);
        // The field that had the focus is hidden now: keys go to what took its place.
        if (hadFocus)
            widget->setFocus(Qt::OtherFocusReason);
    }
    m_pageBar->setCurrentPage(static_cast<int>(page));
    showCommandStates();
}

SourcesPage& MainWindow::sources() {
    if (!m_sources) {
        m_sources = new SourcesPage(m_bridge, m_selection, m_theme, m_stack);
        m_stack->addWidget(m_sources);
        connect(m_sources, &SourcesPage::addTargetWanted, this, &MainWindow::addTarget);
    }
    return *m_sources;
}

FindingsView& MainWindow::findings() {
    if (!m_findings) {
        m_findings =
            new FindingsView(m_bridge, m_selection, m_theme, FindingsView::Place::Page, m_stack);
        m_stack->addWidget(m_findings);
        followFindings(*m_findings);
    }
    return *m_findings;
}

bool MainWindow::focusNextPrevChild(bool next) {
    const QVector<QWidget*> stops = tabStops();
    if (stops.isEmpty())
        return false;
    const qsizetype at = stops.indexOf(focusWidget());
    const qsizetype wanted = next ? (at + 1) % stops.size() : at > 0 ? at - 1 : stops.size() - 1;
    stops[wanted]->setFocus(next ? Qt::TabFocusReason : Qt::BacktabFocusReason);
    return true;
}

QVector<QWidget*> MainWindow::tabStops() const {
    // Qt chains widgets in the order they were made, and pages and parts of panes are made when
    // they have something to say: only within a pane that is the reading order.
    QVector<QWidget*> all;
    for (QWidget* w = nextInFocusChain(); w != this; w = w->nextInFocusChain()) {
        if ((w->focusPolicy() & Qt::TabFocus) && !w->focusProxy() && w->isVisible() &&
            w->isEnabled())
            all << w;
    }
    QVector<QWidget*> parts{m_pageBar};
    parts << m_metrics->panes() << m_stack << m_statusBar;
    QVector<QWidget*> stops;
    for (const QWidget* part : parts) {
        for (QWidget*& widget : all) {
            if (widget && part->isAncestorOf(widget))
                stops << std::exchange(widget, nullptr);
        }
    }
    return stops;
}

void MainWindow::adoptPanes() {
    followFindings(*m_metrics->drawer());
    ExplorerPane& explorer = *m_metrics->explorer();
    explorer.setGrouping(m_preferences.grouping());
    connect(&explorer, &ExplorerPane::groupingChanged, this, [this, &explorer] {
        m_preferences.setGrouping(explorer.grouping());
        showCommandStates();
    });
}

/// What a finding is about is shown where it can be seen.
void MainWindow::followFindings(FindingsView& list) {
    connect(&list, &FindingsView::opened, this, [this, &list] {
        m_walked = &list;
        showPage(Page::Metrics);
    });
    connect(&list, &FindingsView::sourceRequested, this, [this, &list](const QString& subject) {
        m_walked = &list;
        showPage(Page::Sources);
        sources().selectSource(subject);
    });
}

void MainWindow::suggestFamily() {
    if (!m_selection.userHasChosen())
        m_selection.suggest(familyToSuggest(*m_bridge.analysis(), m_selection.family()));
}

void MainWindow::showCharts(const QStringList& families) {
    for (const QString& family : families) {
        if (family == families.front())
            m_selection.select(family);
        else
            m_metrics->addChart(family, true);
    }
}

void MainWindow::openHit(const FindHit& hit) {
    if (hit.family.isEmpty()) {
        showPage(hit.kind == FindHit::Kind::Finding ? Page::Findings : Page::Metrics);
        return;
    }
    m_selection.select(hit.family);
    showPage(Page::Metrics);
    if (m_metrics->hasData())
        m_metrics->metricView()->setFocus(Qt::OtherFocusReason);
}

void MainWindow::walkFindings(int step) {
    if (m_bridge.analysis()->findings->findings.empty()) {
        m_statusBar->say(tr("No findings"), false);
        return;
    }
    // A walk goes on in the list it began in, unless the user stands in another.
    FindingsView* list = m_walked;
    if (page() == Page::Findings || !m_metrics->hasData())
        list = &findings();
    else if (!list || m_metrics->drawer()->isAncestorOf(focusWidget()))
        list = m_metrics->drawer();
    if (step > 0)
        list->nextFinding();
    else
        list->previousFinding();
}

void MainWindow::walkPanes(int step) {
    QVector<QWidget*> panes;
    if (page() == Page::Metrics)
        panes = m_metrics->panes();
    else
        panes << m_stack->currentWidget();
    panes << m_statusBar << m_pageBar;
    const QWidget* focus = focusWidget();
    qsizetype at = -1;
    for (qsizetype i = 0; i < panes.size(); ++i) {
        if (focus && (panes[i] == focus || panes[i]->isAncestorOf(focus)))
            at = i;
    }
    const qsizetype next =
        at < 0 ? (step > 0 ? 0 : panes.size() - 1) : (at + step + panes.size()) % panes.size();
    QWidget* pane = keyTaker(panes[next]);
    if (pane->focusPolicy() == Qt::NoFocus) {
        // A pane without focus of its own: its first part that takes it.
        for (QWidget* w = pane->nextInFocusChain(); w && w != pane; w = w->nextInFocusChain()) {
            if (pane->isAncestorOf(w) && w->isVisible() && w->isEnabled() &&
                (w->focusPolicy() & Qt::TabFocus)) {
                pane = w;
                break;
            }
        }
    }
    pane->setFocus(Qt::TabFocusReason);
}

void MainWindow::clearThenChart() {
    auto* field = qobject_cast<QLineEdit*>(focusWidget());
    if (field && !field->text().isEmpty()) {
        if (field == &m_pageBar->findField())
            m_palette->dismiss();
        else
            field->clear();
        return;
    }
    if (isFullScreen() && !field && m_metrics->metricView() &&
        m_metrics->metricView()->isAncestorOf(focusWidget())) {
        showNormal();
        showCommandStates();
        return;
    }
    showPage(Page::Metrics);
    if (m_metrics->hasData())
        m_metrics->metricView()->setFocus(Qt::ShortcutFocusReason);
}

void MainWindow::setTextPercent(int percent) {
    m_theme.setTextPercent(percent);
    m_preferences.setTextPercent(m_theme.textPercent());
    m_statusBar->say(tr("Text at %1 %").arg(m_theme.textPercent()), false);
}

void MainWindow::addTarget() {
    (new AddTargetDialog(m_bridge, m_theme, this))->open();
}

void MainWindow::chooseDump() {
    auto* dialog = new QFileDialog(this, tr("Open dump"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFiles);
    connect(dialog, &QFileDialog::filesSelected, this, [this](const QStringList& files) {
        for (const QString& file : files)
            openDump(file);
    });
    dialog->open();
}

void MainWindow::openDump(const QString& path) {
    m_statusBar->say(tr("Reading %1").arg(QFileInfo(path).fileName()), false);
    m_bridge.openDump(path);
}

/// The demo is a session of its own: what this one holds is gone with it, so that is asked first.
void MainWindow::playDemo() {
    const EngineStatus& status = *m_bridge.status();
    QStringList held;
    if (status.series > 0)
        held << tr("%1 series").arg(formatCount(status.series));
    if (const std::size_t targets = status.targets.size(); targets > 0)
        held << (targets == 1 ? tr("1 target") : tr("%1 targets").arg(targets));
    if (held.isEmpty()) {
        emit demoWanted();
        return;
    }
    auto* box = new QMessageBox(QMessageBox::NoIcon, tr("Play the demo"),
                                tr("The demo ends this session"), QMessageBox::Cancel, this);
    box->setTextFormat(Qt::PlainText);
    box->setInformativeText(tr("It holds %1.").arg(held.join(tr(" and "))));
    QPushButton* play = box->addButton(tr("Play the demo"), QMessageBox::AcceptRole);
    box->setDefaultButton(QMessageBox::Cancel);
    box->setAttribute(Qt::WA_DeleteOnClose);
    connect(play, &QPushButton::clicked, this, &MainWindow::demoWanted);
    box->open();
}

void MainWindow::showAbout() {
    auto* box = new QMessageBox(QMessageBox::NoIcon, tr("About Sightglass"),
                                tr("Sightglass %1").arg(QApplication::applicationVersion()),
                                QMessageBox::Close, this);
    box->setInformativeText(
        tr("Shows what telemetry really flows, by every path it takes, and where "
           "the paths disagree.\n\nFree software under the GNU General Public "
           "License, version 3 or later."));
    box->setTextFormat(Qt::PlainText);
    box->setIconPixmap(
        windowIcon().pixmap(QSize(m_theme.px(48), m_theme.px(48)), devicePixelRatioF()));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->open();
}

void MainWindow::showEvent(QShowEvent* event) {
    QMainWindow::showEvent(event);
    m_bridge.setActive(true);
}

void MainWindow::hideEvent(QHideEvent* event) {
    QMainWindow::hideEvent(event);
    m_bridge.setActive(false);
}

void MainWindow::changeEvent(QEvent* event) {
    QMainWindow::changeEvent(event);
    if (event->type() == QEvent::WindowStateChange) {
        m_bridge.setActive(isVisible() && !isMinimized());
        showCommandStates();
    }
}

void MainWindow::closeEvent(QCloseEvent* event) {
    m_preferences.setGeometry(saveGeometry());
    m_preferences.setLayout(m_metrics->saveLayout());
    m_preferences.setCharts(m_metrics->saveCharts());
    QMainWindow::closeEvent(event);
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (event->mimeData()->hasUrls())
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
    for (const QUrl& url : event->mimeData()->urls()) {
        if (url.isLocalFile())
            openDump(url.toLocalFile());
    }
    event->acceptProposedAction();
}

} // namespace sightglass::ui
