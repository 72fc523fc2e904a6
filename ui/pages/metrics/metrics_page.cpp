// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/metrics/metrics_page.h"

#include <QCoreApplication>
#include <QDataStream>
#include <QIODevice>
#include <QKeyEvent>
#include <QPainter>
#include <QSplitter>
#include <QStackedLayout>
#include <QVBoxLayout>

#include <algorithm>

#include "ui/pages/findings/findings_view.h"
#include "ui/pages/metrics/chart_stack.h"
#include "ui/pages/metrics/compare_pane.h"
#include "ui/pages/metrics/explorer_pane.h"
#include "ui/pages/metrics/metric_view.h"
#include "ui/pages/start/start_card.h"

namespace sightglass::ui {

namespace {

constexpr int layoutVersion = 1;

/// A width that grows with the window from its value at 1280 to its value at 1920.
int grown(int windowWidth, int at1280, int at1920) {
    const int width = at1280 + (windowWidth - 1280) * (at1920 - at1280) / (1920 - 1280);
    return std::clamp(width, std::min(at1280, at1920), std::max(at1280, at1920));
}

QSplitter* splitter(Qt::Orientation orientation, QWidget* parent) {
    auto* s = new QSplitter(orientation, parent);
    s->setChildrenCollapsible(false);
    return s;
}

/// A press, a turn of the wheel, or a key that is more than a modifier. A key that is some
/// command's comes as ShortcutOverride only.
bool isAct(const QEvent& event) {
    switch (event.type()) {
    case QEvent::MouseButtonPress:
    case QEvent::Wheel:
        return true;
    case QEvent::KeyPress:
    case QEvent::ShortcutOverride: {
        const int key = static_cast<const QKeyEvent&>(event).key();
        return key != Qt::Key_Shift && key != Qt::Key_Control && key != Qt::Key_Alt &&
               key != Qt::Key_Meta && key != Qt::Key_AltGr;
    }
    default:
        return false;
    }
}

} // namespace

MetricsPage::MetricsPage(EngineBridge& bridge, Selection& selection, const Theme& theme,
                         QWidget* parent)
    : QWidget(parent),
      m_bridge(bridge),
      m_selection(selection),
      m_theme(theme),
      m_stack(new QStackedLayout(this)),
      m_start(new StartCard(bridge, theme, this)) {
    m_stack->addWidget(m_start);
    connect(m_start, &StartCard::openDumpWanted, this, &MetricsPage::openDumpWanted);
    connect(m_start, &StartCard::demoWanted, this, &MetricsPage::demoWanted);
    connect(&bridge, &EngineBridge::analysisChanged, this, &MetricsPage::lookForData);
    connect(&theme, &Theme::changed, this, &MetricsPage::arrange);
    lookForData();
}

void MetricsPage::lookForData() {
    const Analysis& analysis = *m_bridge.analysis();
    if (!hasData()) {
        const bool any = std::any_of(analysis.families.begin(), analysis.families.end(),
                                     [](const auto& family) { return !family->synthetic; });
        if (!any)
            return;
        makePanes();
    }
    decideByItself();
}

void MetricsPage::makePanes() {
    m_columns = splitter(Qt::Horizontal, this);
    m_explorer = new ExplorerPane(m_bridge, m_selection, m_theme, m_columns);
    m_rows = splitter(Qt::Vertical, m_columns);
    m_upper = splitter(Qt::Horizontal, m_rows);
    m_view = new MetricView(m_bridge, m_selection, m_theme, m_upper);
    m_compare = new ComparePane(m_bridge, m_selection, m_theme, m_upper);
    m_drawer =
        new FindingsView(m_bridge, m_selection, m_theme, FindingsView::Place::Drawer, m_rows);
    m_columns->setStretchFactor(1, 1);
    m_rows->setStretchFactor(0, 1);
    m_upper->setStretchFactor(0, 1);
    m_explorer->setMinimumWidth(m_theme.px(200));
    m_view->setMinimumWidth(m_theme.px(320));
    m_compare->setMinimumWidth(m_theme.px(280));
    m_compare->hide();
    m_drawer->hide();
    connect(m_explorer, &ExplorerPane::chartWanted, this, &MetricsPage::addChart);
    connect(m_compare, &ComparePane::addTargetRequested, this, &MetricsPage::addTargetWanted);
    connect(m_view, &MetricView::howToMendRequested, this,
            [this] { showPane(Pane::Compare, true); });
    connect(m_drawer, &FindingsView::wantedHeightChanged, this, &MetricsPage::sizePanes);
    connect(m_columns, &QSplitter::splitterMoved, this, [this] { m_columnsMoved = true; });
    connect(m_rows, &QSplitter::splitterMoved, this, [this] { m_rowsMoved = true; });
    connect(m_upper, &QSplitter::splitterMoved, this, [this] { m_upperMoved = true; });

    // The panes' children come and go, and some take their events themselves.
    QCoreApplication::instance()->installEventFilter(this);

    // Who was about to type into the start card loses it; the chart is the place to go on from.
    const bool hadFocus = m_start->isAncestorOf(focusWidget());
    m_stack->addWidget(m_columns);
    m_stack->setCurrentWidget(m_columns);
    if (hadFocus)
        m_view->setFocus();
    emit panesMade();
    m_view->charts().restore(std::exchange(m_chartsToRestore, {}));
    for (const QString& family : std::exchange(m_chartsToAdd, {}))
        m_view->charts().addChart({family});
    if (!m_layoutToRestore.isEmpty())
        restoreLayout(std::exchange(m_layoutToRestore, {}));
    else
        arrange();
}

void MetricsPage::addChart(const QString& family, bool ofItsOwn) {
    if (family.isEmpty())
        return;
    if (!hasData())
        m_chartsToAdd << family;
    else if (ofItsOwn)
        m_view->charts().addChart({family});
    else
        m_view->charts().addTo(m_view->charts().current(), family);
}

QByteArray MetricsPage::saveCharts() const {
    return hasData() ? m_view->charts().save() : m_chartsToRestore;
}

void MetricsPage::restoreCharts(const QByteArray& charts) {
    if (hasData())
        m_view->charts().restore(charts);
    else
        m_chartsToRestore = charts;
}

void MetricsPage::decideByItself() {
    const Analysis& analysis = *m_bridge.analysis();
    m_hasSecondPath =
        m_hasSecondPath ||
        // Many metrics by one path need no look at each.
        (analysis.catalog->origins.size() > 1 &&
         std::any_of(analysis.families.begin(), analysis.families.end(),
                     [](const auto& f) { return !f->synthetic && f->paths.size() > 1; }));
    m_hasError = m_hasError || analysis.findings->errors > 0;
    if (isPaneShown(Pane::Compare) != m_arrangedCompare ||
        isPaneShown(Pane::Drawer) != m_arrangedDrawer)
        arrange();
}

bool MetricsPage::isPaneShown(Pane pane) const {
    switch (pane) {
    case Pane::Explorer:
        return hasData() && m_explorerShown != Shown::No;
    case Pane::Compare:
        return hasData() &&
               (m_compareShown == Shown::ByItself ? m_hasSecondPath : m_compareShown == Shown::Yes);
    case Pane::Drawer:
        return hasData() &&
               (m_drawerShown == Shown::ByItself ? m_hasError : m_drawerShown == Shown::Yes);
    }
    return false;
}

void MetricsPage::showPane(Pane pane, bool shown) {
    if (!hasData())
        return;
    const Shown wanted = shown ? Shown::Yes : Shown::No;
    QWidget* widget = nullptr;
    switch (pane) {
    case Pane::Explorer:
        m_explorerShown = wanted;
        widget = m_explorer;
        break;
    case Pane::Compare:
        m_compareShown = wanted;
        widget = m_compare;
        break;
    case Pane::Drawer:
        m_drawerShown = wanted;
        widget = m_drawer;
        break;
    }
    const bool hadFocus = widget->isAncestorOf(focusWidget());
    arrange();
    if (shown && pane == Pane::Compare && m_compareIsTab)
        m_view->showTab();
    if (shown)
        widget->setFocus(Qt::ShortcutFocusReason);
    else if (hadFocus)
        m_view->setFocus(Qt::OtherFocusReason);
}

QVector<QWidget*> MetricsPage::panes() const {
    if (!hasData())
        return {m_start};
    QVector<QWidget*> shown;
    for (QWidget* pane : std::initializer_list<QWidget*>{m_explorer, m_view, m_compare, m_drawer}) {
        if (pane->isVisible())
            shown << pane;
    }
    return shown;
}

void MetricsPage::arrange() {
    if (!hasData())
        return;
    const bool compare = isPaneShown(Pane::Compare);
    const bool tab = width() < m_theme.px(1180);
    if (tab != m_compareIsTab || (tab && compare != m_view->hasTab())) {
        m_compareIsTab = tab;
        m_view->setTab(tab && compare ? m_compare : nullptr, tr("Compare"));
        if (!tab || !compare)
            m_upper->insertWidget(1, m_compare);
    }
    m_arrangedCompare = compare;
    m_arrangedDrawer = isPaneShown(Pane::Drawer);
    m_explorer->setVisible(isPaneShown(Pane::Explorer));
    if (!tab || !compare)
        m_compare->setVisible(compare);
    m_drawer->setVisible(isPaneShown(Pane::Drawer));
    sizePanes();
    emit panesChanged();
}

void MetricsPage::sizePanes() {
    const int line = m_rows->handleWidth();
    // At large text the panes want more than there is: the metric keeps the larger half.
    const int windowWidth = width() * 100 / std::max(m_theme.px(100), 1);
    if (!m_columnsMoved) {
        const int explorer = std::min(m_theme.px(grown(windowWidth, 288, 360)), width() * 2 / 5);
        m_columns->setSizes({explorer, width() - explorer - line});
    }
    const int right =
        m_explorer->isVisibleTo(this) ? width() - m_columns->sizes().value(0) - line : width();
    if (!m_upperMoved && !m_compareIsTab) {
        const int compare = std::min(m_theme.px(grown(windowWidth, 416, 560)), right / 2);
        m_upper->setSizes({right - compare - line, compare});
    }
    const bool low = window()->height() < m_theme.px(760);
    const int header = m_drawer->headerHeight();
    m_drawer->setHeaderOnly(low);
    m_drawer->setMinimumHeight(header);
    m_drawer->setMaximumHeight(low ? header : QWIDGETSIZE_MAX);
    if (low) {
        m_rows->setSizes({height() - header - line, header});
    } else if (!m_rowsMoved) {
        // Tall windows give the rows what they need.
        const int most = window()->height() >= m_theme.px(960) ? m_theme.px(220) : m_theme.px(148);
        const int drawer = std::clamp(m_drawer->wantedHeight(), m_theme.px(148), most);
        m_rows->setSizes({height() - drawer - line, drawer});
    }
}

bool MetricsPage::eventFilter(QObject* watched, QEvent* event) {
    if (!isAct(*event))
        return false;
    const auto* widget = qobject_cast<const QWidget*>(watched);
    if (widget != nullptr && m_columns->isAncestorOf(widget)) {
        m_selection.userActed();
        if (m_selection.userHasChosen())
            QCoreApplication::instance()->removeEventFilter(this);
    }
    return false;
}

void MetricsPage::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    arrange();
}

void MetricsPage::paintEvent(QPaintEvent*) {
    QPainter(this).fillRect(rect(), m_theme.tokens().surface);
}

QByteArray MetricsPage::saveLayout() const {
    if (!hasData())
        return m_layoutToRestore;
    QByteArray bytes;
    QDataStream out(&bytes, QIODevice::WriteOnly);
    out << layoutVersion << static_cast<int>(m_explorerShown) << static_cast<int>(m_compareShown)
        << static_cast<int>(m_drawerShown) << m_columnsMoved << m_rowsMoved << m_upperMoved
        << m_columns->saveState() << m_rows->saveState() << m_upper->saveState();
    return bytes;
}

void MetricsPage::restoreLayout(const QByteArray& layout) {
    if (!hasData()) {
        m_layoutToRestore = layout;
        return;
    }
    QDataStream in(layout);
    int version = 0, explorer = 0, compare = 0, drawer = 0;
    bool columnsMoved = false, rowsMoved = false, upperMoved = false;
    QByteArray columns, rows, upper;
    in >> version >> explorer >> compare >> drawer >> columnsMoved >> rowsMoved >> upperMoved >>
        columns >> rows >> upper;
    if (in.status() != QDataStream::Ok || version != layoutVersion)
        return;
    const auto known = [](int shown) {
        return static_cast<Shown>(std::clamp(shown, 0, static_cast<int>(Shown::No)));
    };
    m_explorerShown = known(explorer);
    m_compareShown = known(compare);
    m_drawerShown = known(drawer);
    m_columnsMoved = columnsMoved && m_columns->restoreState(columns);
    m_rowsMoved = rowsMoved && m_rows->restoreState(rows);
    m_upperMoved = upperMoved && m_upper->restoreState(upper);
    arrange();
}

} // namespace sightglass::ui
