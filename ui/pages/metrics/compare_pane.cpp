// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/metrics/compare_pane.h"

#include <QActionGroup>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QScrollArea>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

#include "ui/models/path_facts.h"
#include "ui/pages/findings/advice_view.h"
#include "ui/pages/metrics/compare_table.h"

namespace sightglass::ui {

ComparePane::ComparePane(EngineBridge& bridge, Selection& selection, const Theme& theme,
                         QWidget* parent)
    : QWidget(parent), m_bridge(bridge), m_selection(selection), m_theme(theme) {
    setAccessibleName(tr("Compare"));
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);

    m_title = new QLabel(tr("Compare"), this);
    m_counts = new QLabel(this);
    m_counts->setForegroundRole(QPalette::PlaceholderText);
    m_paths = new QToolButton(this);
    m_paths->setText(tr("Paths\u2026"));
    m_paths->setAutoRaise(true);
    m_paths->setFocusPolicy(Qt::StrongFocus);
    m_paths->setToolTip(
        tr("Choose the reference path, the path read against it, and those shown in full"));
    m_paths->setAccessibleName(tr("Choose the compared paths"));
    m_pathMenu = new QMenu(this);
    connect(m_paths, &QToolButton::clicked, this, [this] {
        fillPathMenu();
        m_pathMenu->popup(m_paths->mapToGlobal(QPoint(0, m_paths->height())));
    });
    m_table = new CompareTable(m_model, theme, this);
    m_line = new QFrame(this);
    m_line->setFrameShape(QFrame::HLine);
    m_line->setFrameShadow(QFrame::Plain);
    m_line->setForegroundRole(QPalette::Mid);
    m_below = new QScrollArea(this);
    m_below->setFrameShape(QFrame::NoFrame);
    m_below->setWidgetResizable(true);
    m_below->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_below->setAccessibleName(tr("Likely cause and way out"));
    auto* page = new QWidget;
    page->setAutoFillBackground(true);
    page->setBackgroundRole(QPalette::Base);
    m_advice = new AdviceView(theme, page);
    auto* inner = new QVBoxLayout(page);
    inner->addWidget(m_advice);
    inner->addStretch(1);
    m_below->setWidget(page);

    m_alone = new QWidget(this);
    m_aloneTitle = new QLabel(m_alone);
    m_aloneText = new QLabel(m_alone);
    m_aloneText->setWordWrap(true);
    m_aloneText->setTextFormat(Qt::PlainText);
    m_aloneText->setForegroundRole(QPalette::PlaceholderText);
    m_addTarget = new QPushButton(tr("Add target\u2026"), m_alone);
    connect(m_addTarget, &QPushButton::clicked, this, &ComparePane::addTargetRequested);
    auto* alone = new QVBoxLayout(m_alone);
    alone->addWidget(m_aloneTitle);
    alone->addWidget(m_aloneText);
    alone->addWidget(m_addTarget, 0, Qt::AlignLeft);
    alone->addStretch(1);

    auto* head = new QHBoxLayout;
    head->addWidget(m_title);
    head->addStretch(1);
    head->addWidget(m_counts);
    head->addWidget(m_paths);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(head);
    column->addWidget(m_table);
    column->addWidget(m_line);
    column->addWidget(m_below, 1);
    column->addWidget(m_alone, 1);
    connect(&bridge, &EngineBridge::analysisChanged, this, [this] { show(m_bridge.analysis()); });
    connect(&selection, &Selection::familyChanged, this, &ComparePane::refresh);
    connect(&selection, &Selection::referenceChanged, this, &ComparePane::refresh);
    connect(&theme, &Theme::changed, this, &ComparePane::retheme);
    retheme();
    show(bridge.analysis());
}

void ComparePane::show(std::shared_ptr<const Analysis> analysis) {
    m_analysis = std::move(analysis);
    refresh();
}

void ComparePane::refresh() {
    std::shared_ptr<const Family> family;
    if (m_analysis)
        family = findFamily(m_analysis->families, m_selection.family().toStdString());
    const bool compared = family && family->paths.size() > 1;
    m_model.show(m_analysis, compared ? family : nullptr, m_selection.reference(),
                 m_otherOf == m_selection.family() ? m_other : OriginId());
    auto findings = m_model.findings();
    findings.erase(std::remove_if(findings.begin(), findings.end(),
                                  [](const auto& finding) {
                                      return finding->cause.empty() && finding->advice.empty() &&
                                             finding->snippet.empty();
                                  }),
                   findings.end());
    const bool advised = !findings.empty();
    m_advice->show(std::move(findings));

    m_table->setVisible(compared);
    m_line->setVisible(compared && advised);
    // Without advice it still takes the room below the rows.
    m_below->setVisible(compared);
    m_counts->setVisible(compared);
    m_paths->setVisible(compared);
    m_alone->setVisible(!compared);
    m_counts->setText(tr("%1 differ, %2 same").arg(m_model.differing()).arg(m_model.same()));
    m_addTarget->setVisible(family != nullptr);
    setFocusProxy(compared ? static_cast<QWidget*>(m_table) : family ? m_addTarget : nullptr);
    if (family) {
        m_aloneTitle->setText(tr("Compare needs a second path"));
        m_aloneText->setText(
            tr("%1 comes by one path only. Scrape the collector that passes it on, or send it by "
               "OTLP as well, and every difference shows here.")
                .arg(m_selection.family()));
    } else {
        m_aloneTitle->setText(tr("Nothing to compare"));
        m_aloneText->setText(tr("Select a metric to see what its paths say of it."));
    }
}

void ComparePane::fillPathMenu() {
    QMenu& menu = *m_pathMenu;
    menu.clear();
    auto paths = m_model.paths();
    if (paths.empty())
        return;
    const OriginId reference = paths.front().id;
    const OriginId other = paths.size() > 1 ? paths[1].id : OriginId();
    std::sort(paths.begin(), paths.end(),
              [](const Origin& a, const Origin& b) { return a.id < b.id; });
    const auto fill = [&](const QString& title, OriginId chosen, OriginId without,
                          const std::function<void(OriginId)>& choose) {
        menu.addSection(title);
        auto* group = new QActionGroup(&menu);
        for (const Origin& path : paths) {
            if (path.id == without)
                continue;
            auto* action =
                menu.addAction(tr("%1  %2").arg(path.id.value + 1).arg(toText(path.shortName())));
            action->setCheckable(true);
            action->setChecked(path.id == chosen);
            group->addAction(action);
            connect(action, &QAction::triggered, this, [choose, id = path.id] { choose(id); });
        }
    };
    fill(tr("Reference"), reference, {},
         [this](OriginId origin) { m_selection.setReference(origin); });
    if (m_selection.reference().valid()) {
        menu.addAction(tr("Richest path (automatic)"), this,
                       [this] { m_selection.setReference(OriginId()); });
    }
    fill(tr("Read against"), other, reference, [this](OriginId origin) {
        m_other = origin;
        m_otherOf = m_selection.family();
        refresh();
    });
    for (int column = CompareModel::FirstFurtherColumn; column < m_model.columnCount(); ++column) {
        if (column == CompareModel::FirstFurtherColumn)
            menu.addSection(tr("In full"));
        const Origin& path = m_model.pathOf(column);
        auto* action =
            menu.addAction(tr("%1  %2").arg(path.id.value + 1).arg(toText(path.shortName())));
        action->setCheckable(true);
        action->setChecked(m_model.isWide(column));
        connect(action, &QAction::toggled, this,
                [this, id = path.id](bool wide) { m_model.setWide(id, wide); });
    }
}

void ComparePane::copyText() {
    m_table->copyText();
}

void ComparePane::copyJson() {
    m_table->copyJson();
}

void ComparePane::retheme() {
    auto* head = layout()->itemAt(0)->layout();
    head->setContentsMargins(m_theme.px(12), m_theme.px(6), m_theme.px(8), m_theme.px(6));
    head->setSpacing(m_theme.px(8));
    m_title->setFont(m_theme.font(Theme::Size::Pane, true));
    m_title->setMinimumHeight(m_theme.px(28));
    m_counts->setFont(m_theme.font(Theme::Size::Small));
    m_paths->setFont(m_theme.font(Theme::Size::Small));
    m_aloneTitle->setFont(m_theme.font(Theme::Size::Body, true));
    m_aloneText->setFont(m_theme.font(Theme::Size::Body));
    const int gap = m_theme.px(12);
    m_below->widget()->layout()->setContentsMargins(gap, gap, gap, gap);
    auto* alone = m_alone->layout();
    alone->setContentsMargins(m_theme.px(12), m_theme.px(12), m_theme.px(12), m_theme.px(12));
    alone->setSpacing(m_theme.px(8));
}

} // namespace sightglass::ui
