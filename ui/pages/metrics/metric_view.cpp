// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/metrics/metric_view.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QStackedWidget>
#include <QTabBar>
#include <QVBoxLayout>

#include <algorithm>

#include "ui/charts/chart_controls.h"
#include "ui/charts/legend_table.h"
#include "ui/charts/marked_text.h"
#include "ui/look/label.h"
#include "ui/pages/metrics/chart_pane.h"
#include "ui/pages/metrics/chart_stack.h"
#include "ui/pages/metrics/finding_strip.h"
#include "ui/pages/metrics/plot_family.h"
#include "ui/pages/metrics/type_badges.h"

namespace sightglass::ui {

MetricView::MetricView(EngineBridge& bridge, Selection& selection, const Theme& theme,
                       QWidget* parent)
    : QWidget(parent), m_bridge(bridge), m_selection(selection), m_theme(theme) {
    using Ink = Label::Ink;
    m_name = new Label({}, theme, Theme::Size::Subject, true, Ink::Text, this);
    m_name->setElided(true);
    m_badges = new TypeBadges(theme, this);
    m_unit = new Label({}, theme, Theme::Size::Body, false, Ink::Text2, this);
    m_help = new Label({}, theme, Theme::Size::Small, false, Ink::Text2, this);
    m_help->setElided(true);
    m_strip = new FindingStrip(theme, this);
    m_charts = new ChartStack(bridge, selection, theme, this);
    m_tabs = new QTabBar(this);
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    m_tabs->setAccessibleName(tr("Legend or Compare"));
    m_tabs->addTab(tr("Legend"));
    m_tabs->hide();
    m_lower = new QStackedWidget(this);
    m_legends = new QStackedWidget(m_lower);
    m_lower->addWidget(m_legends);

    m_subject = new QHBoxLayout;
    m_subject->addWidget(m_name);
    m_subject->addWidget(m_badges);
    m_subject->addWidget(m_unit);
    m_subject->addStretch(1);
    m_subject->addWidget(&m_charts->first().controls());
    m_head = new QVBoxLayout;
    m_head->addLayout(m_subject);
    m_head->addWidget(m_help);
    m_head->addWidget(m_strip);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addLayout(m_head);
    all->addWidget(m_charts, 1);
    all->addSpacing(1); // the line over the legend
    all->addWidget(m_tabs);
    all->addWidget(m_lower);

    setFocusProxy(m_charts);
    setTabOrder(&m_charts->first().controls(), m_strip);
    setTabOrder(m_strip, m_charts);
    setTabOrder(m_charts, m_tabs);

    connect(&m_bridge, &EngineBridge::analysisChanged, this, &MetricView::refresh);
    connect(&m_selection, &Selection::familyChanged, this, &MetricView::refresh);
    connect(&m_selection, &Selection::referenceChanged, this, &MetricView::refresh);
    connect(&m_theme, &Theme::changed, this, &MetricView::applyTheme);
    connect(m_strip, &FindingStrip::howToMendRequested, this, [this] {
        showTab();
        emit howToMendRequested();
    });
    connect(&chart(), &ChartView::frameChanged, this, &MetricView::showFrame);
    connect(m_charts, &ChartStack::chartsChanged, this, &MetricView::showCharts);
    connect(m_charts, &ChartStack::currentChanged, this, &MetricView::showLegend);
    connect(m_tabs, &QTabBar::currentChanged, this, [this](int index) {
        m_lower->setCurrentIndex(index);
        sizeLower();
    });
    showCharts();
    applyTheme();
    refresh();
}

MetricView::~MetricView() = default;

ChartView& MetricView::chart() const {
    return m_charts->first().chart();
}

void MetricView::refresh() {
    const auto analysis = m_bridge.analysis();
    const auto shown = findFamily(analysis->families, m_selection.family().toStdString());
    if (!shown) {
        m_badges->setTypes({}, {});
        m_unit->clear();
        m_help->clear();
        m_strip->setVerdict({});
        // It may come, or come back: the chart waits for it and keeps what else was put there.
        m_charts->follow(m_selection.family(), {});
        m_name->setText(m_selection.family().isEmpty() ? QString() : m_charts->first().title());
        return;
    }
    if (m_compared != analysis->catalog) {
        m_compared = analysis->catalog;
        m_comparer = comparerOf(*analysis);
    }
    const OriginId reference = referencePath(*shown, *m_comparer, m_selection.reference());
    m_badges->setTypes(typeBadges(*shown, reference), typesInWords(*shown));
    const Descriptor* descriptor = referenceDescriptor(*shown, reference);
    m_help->setText(descriptor != nullptr ? toText(descriptor->description) : QString());

    FamilyVerdict verdict = verdictOn(*shown, *analysis->findings);
    const QString finding = verdict.finding ? spokenText(verdict.sentence) : QString();
    m_strip->setVerdict(std::move(verdict));
    m_charts->follow(toText(shown->name), finding);
    m_name->setText(m_charts->first().title());
    fitSubject();
    sizeLower();
}

void MetricView::showFrame() {
    m_unit->setText(m_charts->first().unitWords());
    fitSubject();
    sizeLower();
}

void MetricView::fitSubject() {
    const QFontMetrics metrics(m_theme.font(Theme::Size::Subject, true));
    const int wanted = metrics.horizontalAdvance(m_name->text()) + m_badges->sizeHint().width() +
                       m_unit->sizeHint().width() + m_theme.px(32 + 4 * 8);
    ChartControls& controls = m_charts->first().controls();
    controls.setCompact(wanted + controls.fullWidth() > width());
}

void MetricView::showCharts() {
    const QVector<ChartPane*>& panes = m_charts->panes();
    for (auto at = m_legendOf.begin(); at != m_legendOf.end();) {
        if (panes.contains(at.key())) {
            ++at;
            continue;
        }
        // It asks a chart that is about to go.
        delete at.value();
        at = m_legendOf.erase(at);
    }
    for (ChartPane* pane : panes) {
        LegendTable*& legend = m_legendOf[pane];
        if (legend == nullptr) {
            legend = new LegendTable(pane->chart(), m_theme, m_legends);
            m_legends->addWidget(legend);
            connect(&pane->chart(), &ChartView::frameChanged, this, &MetricView::sizeLower);
        }
        legend->setTitle(panes.size() > 1 ? pane->title() : QString());
    }
    m_name->setText(m_selection.family().isEmpty() ? QString() : m_charts->first().title());
    m_unit->setText(m_charts->first().unitWords());
    fitSubject();
    showLegend();
}

void MetricView::showLegend() {
    m_legends->setCurrentWidget(m_legendOf.value(&m_charts->current()));
    sizeLower();
}

void MetricView::setTab(QWidget* widget, const QString& title) {
    if (widget == m_tab)
        return;
    if (m_tab != nullptr) {
        m_lower->removeWidget(m_tab);
        m_tabs->removeTab(1);
    }
    m_tab = widget;
    if (m_tab != nullptr) {
        m_lower->addWidget(m_tab);
        m_tabs->addTab(title);
    }
    m_tabs->setVisible(m_tab != nullptr);
    sizeLower();
}

void MetricView::showTab() {
    if (m_tab != nullptr)
        m_tabs->setCurrentIndex(1);
}

void MetricView::sizeLower() {
    const bool tabInFront = m_tab != nullptr && m_tabs->currentIndex() == 1;
    const QWidget* legend = m_legends->currentWidget();
    const int tabs = m_tab != nullptr ? m_tabs->sizeHint().height() : 0;
    // The charts keep at least half of what the head leaves, and a height that can be read:
    // first the legend gives way to that, then the help, then the strip.
    const bool hasHelp = !m_help->text().isEmpty();
    const int readable = m_theme.px(150);
    const int least = m_theme.px(56);
    const QMargins margins = m_head->contentsMargins();
    const int subject =
        std::max(m_subject->sizeHint().height(), m_theme.px(24)) + margins.top() + margins.bottom();
    const int help = m_help->sizeHint().height() + m_theme.px(4);
    const int strip = m_strip->verdict().finding ? m_strip->sizeHint().height() + m_theme.px(4) : 0;
    const int room = height() - subject - tabs;
    const bool helpFits = room - strip - help >= readable + least;
    const bool stripFits = room - strip >= readable;
    m_help->setVisible(hasHelp && helpFits);
    m_strip->setVisible(strip > 0 && stripFits);
    const int left = room - (hasHelp && helpFits ? help : 0) - (stripFits ? strip : 0);
    const int most = std::min(left / 2, std::max(left - readable, 0));
    const int wanted = tabInFront          ? left / 2
                       : legend != nullptr ? legend->sizeHint().height()
                                           : least;
    const int height = tabInFront ? std::max(wanted, least) : std::min(wanted, most);
    // Less than a title and a row says nothing.
    m_lower->setVisible(height >= least);
    m_lower->setFixedHeight(std::max(height, least));
    update();
}

void MetricView::applyTheme() {
    const int side = m_theme.px(16);
    m_head->setContentsMargins(side, m_theme.px(8), side, m_theme.px(4));
    m_head->setSpacing(m_theme.px(4));
    m_subject->setSpacing(m_theme.px(8));
    m_tabs->setFont(m_theme.font(Theme::Size::Body));
    sizeLower();
}

void MetricView::resizeEvent(QResizeEvent*) {
    fitSubject();
    sizeLower();
}

void MetricView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), m_theme.tokens().surface);
    if (!m_tabs->isVisible() && !m_lower->isVisible())
        return;
    const int line = (m_tabs->isVisible() ? m_tabs->y() : m_lower->y()) - 1;
    painter.fillRect(0, line, width(), 1, m_theme.tokens().border);
}

} // namespace sightglass::ui
