// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_controls.h"

#include <QActionGroup>
#include <QHBoxLayout>
#include <QMenu>
#include <QToolButton>

#include "ui/look/marks.h"

namespace sightglass::ui {

namespace {

QString textOf(ChartKind kind) {
    switch (kind) {
    case ChartKind::Lines:
        return ChartControls::tr("Lines");
    case ChartKind::Stacked:
        return ChartControls::tr("Stacked");
    case ChartKind::Heatmap:
        break;
    }
    return ChartControls::tr("Heatmap");
}

QString textOf(Shown shown) {
    switch (shown) {
    case Shown::Rate:
        return ChartControls::tr("Rate");
    case Shown::Increase:
        return ChartControls::tr("Increase");
    case Shown::Raw:
        break;
    }
    return ChartControls::tr("Raw");
}

QString textOf(TopBy by) {
    switch (by) {
    case TopBy::Last:
        return ChartControls::tr("Last value");
    case TopBy::Max:
        return ChartControls::tr("Max");
    case TopBy::Mean:
        break;
    }
    return ChartControls::tr("Mean");
}

/// One of several, with a tick at the one that holds.
template <class Value, class Set>
void addChoice(QMenu& menu, std::initializer_list<Value> values, Value current, const Set& set) {
    auto* group = new QActionGroup(&menu);
    for (const Value value : values) {
        QAction* action = menu.addAction(textOf(value));
        action->setCheckable(true);
        action->setChecked(value == current);
        group->addAction(action);
        QObject::connect(action, &QAction::triggered, &menu, [set, value] { set(value); });
    }
}

} // namespace

ChartControls::ChartControls(ChartView& chart, const Theme& theme, QWidget* parent)
    : QWidget(parent), m_chart(chart), m_theme(theme) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    const auto button = [&](const QString& name, const QString& tip) {
        auto* made = new QToolButton(this);
        made->setAutoRaise(true);
        made->setAccessibleName(name);
        made->setToolTip(tip);
        row->addWidget(made);
        return made;
    };
    const auto opens = [this](QToolButton* made, auto fill) {
        auto* menu = new QMenu(made);
        connect(menu, &QMenu::aboutToShow, this, [menu, fill] {
            menu->clear();
            fill(*menu);
        });
        made->setMenu(menu);
        made->setPopupMode(QToolButton::InstantPopup);
    };
    m_kind = button(tr("Kind of chart"),
                    tr("Lines, areas upon each other (S), or a histogram's heatmap (H)"));
    opens(m_kind, [this](QMenu& menu) { addKinds(menu); });
    m_shown = button(tr("Rate, increase or raw"), tr("Rate, increase or as received (R)"));
    opens(m_shown, [this](QMenu& menu) { addShown(menu); });
    m_log = button(tr("Log axis"), tr("Log axis (L)"));
    m_log->setText(tr("Log"));
    m_log->setCheckable(true);
    connect(m_log, &QToolButton::clicked, this, [this](bool on) { m_chart.setLogAxis(on); });
    m_more = button(tr("Chart menu"), tr("More for this chart"));
    connect(m_more, &QToolButton::clicked, this, [this] {
        // Not the button's own menu: three dots say enough, without an arrow beside them.
        auto* menu = new QMenu(m_more);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        fillMenu(*menu);
        menu->popup(m_more->mapToGlobal(QPoint(0, m_more->height())));
    });
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);

    connect(&m_chart, &ChartView::settingsChanged, this, &ChartControls::show);
    connect(&m_chart, &ChartView::frameChanged, this, &ChartControls::show);
    connect(&m_theme, &Theme::changed, this, &ChartControls::show);
    show();
}

void ChartControls::setCompact(bool compact) {
    if (compact == m_compact)
        return;
    m_compact = compact;
    show();
}

int ChartControls::fullWidth() const {
    const auto frame = m_chart.frame();
    int width = m_more->sizeHint().width() + m_kind->sizeHint().width() + m_log->sizeHint().width();
    if (frame && frame->hasRate)
        width += m_shown->sizeHint().width();
    return width;
}

void ChartControls::show() {
    const ChartSettings& settings = m_chart.settings();
    const auto frame = m_chart.frame();
    for (QToolButton* button : {m_kind, m_shown, m_log})
        button->setFont(m_theme.font(Theme::Size::Small));
    m_more->setIcon(themedIcon(QStringLiteral("more"), m_theme));
    m_kind->setText(textOf(kindShown()));
    m_shown->setText(textOf(settings.shown));
    m_log->setChecked(m_chart.isLogAxis());
    m_kind->setVisible(!m_compact);
    m_shown->setVisible(!m_compact && frame && frame->hasRate);
    m_log->setVisible(!m_compact && settings.kind != ChartKind::Stacked);
}

void ChartControls::change(const std::function<void(ChartSettings&)>& how) {
    ChartSettings settings = m_chart.settings();
    how(settings);
    m_chart.setSettings(settings);
}

bool ChartControls::hasBuckets() const {
    const auto frame = m_chart.frame();
    return frame && frame->hasBuckets && frame->families.size() == 1;
}

ChartKind ChartControls::kindShown() const {
    const auto frame = m_chart.frame();
    return frame && frame->heat ? ChartKind::Heatmap : m_chart.settings().kind;
}

void ChartControls::addKinds(QMenu& menu) {
    const auto set = [this](ChartKind kind) {
        change([kind, this](ChartSettings& s) {
            s.kind = kind == ChartKind::Stacked ? kind : ChartKind::Lines;
            if (hasBuckets() && kind != ChartKind::Stacked)
                s.bucketsAsLines = kind == ChartKind::Lines;
        });
    };
    if (hasBuckets())
        addChoice(menu, {ChartKind::Heatmap, ChartKind::Lines, ChartKind::Stacked}, kindShown(),
                  set);
    else
        addChoice(menu, {ChartKind::Lines, ChartKind::Stacked}, kindShown(), set);
}

void ChartControls::addShown(QMenu& menu) {
    addChoice(menu, {Shown::Rate, Shown::Increase, Shown::Raw}, m_chart.settings().shown,
              [this](Shown shown) { change([shown](ChartSettings& s) { s.shown = shown; }); });
}

void ChartControls::addTopBy(QMenu& menu) {
    addChoice(menu, {TopBy::Last, TopBy::Max, TopBy::Mean}, m_chart.settings().topBy,
              [this](TopBy by) {
                  change([by](ChartSettings& s) {
                      s.topBy = by;
                      s.topChosen = true;
                  });
              });
}

void ChartControls::fillMenu(QMenu& menu) {
    const ChartSettings& settings = m_chart.settings();
    const auto frame = m_chart.frame();
    addKinds(menu);
    menu.addSeparator();
    if (frame && frame->hasRate) {
        addShown(menu);
        menu.addSeparator();
    }
    QAction* log = menu.addAction(tr("Log axis") + QStringLiteral("\tL"));
    log->setCheckable(true);
    log->setChecked(m_chart.isLogAxis());
    log->setEnabled(settings.kind != ChartKind::Stacked);
    connect(log, &QAction::triggered, this, [this](bool on) { m_chart.setLogAxis(on); });
    QAction* values = menu.addAction(tr("Values beside the chart") + QStringLiteral("\tV"));
    values->setCheckable(true);
    values->setChecked(settings.values);
    connect(values, &QAction::triggered, this,
            [this](bool on) { change([on](ChartSettings& s) { s.values = on; }); });
    if (frame && frame->total > frame->series.size())
        addTopBy(*menu.addMenu(tr("Top %1 series by").arg(frame->series.size())));
    if (m_addMore) {
        menu.addSeparator();
        m_addMore(menu);
    }
}

} // namespace sightglass::ui
