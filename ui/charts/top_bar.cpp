// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/top_bar.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QToolButton>

#include "ui/look/label.h"

namespace sightglass::ui {

TopBar::TopBar(ChartView& chart, const Theme& theme, QWidget* parent)
    : QWidget(parent), m_chart(chart), m_theme(theme) {
    m_text = new Label({}, theme, Theme::Size::Body, false, Label::Ink::Text, this);
    m_text->setElided(true);
    auto* row = new QHBoxLayout(this);
    row->addWidget(m_text);
    const std::pair<TopBy, QString> answers[] = {
        {TopBy::Last, tr("last")}, {TopBy::Max, tr("max")}, {TopBy::Mean, tr("mean")}};
    for (const auto& [by, text] : answers) {
        auto* button = new QToolButton(this);
        button->setAutoRaise(true);
        button->setText(text);
        button->setAccessibleName(tr("Top series by %1").arg(text));
        connect(button, &QToolButton::clicked, this, [this, by = by] { choose(by); });
        row->addWidget(button);
        m_answers << button;
    }
    row->addStretch(1);
    hide();
    connect(&m_chart, &ChartView::frameChanged, this, &TopBar::follow);
    connect(&m_chart, &ChartView::settingsChanged, this, &TopBar::follow);
    connect(&m_theme, &Theme::changed, this, &TopBar::applyTheme);
    applyTheme();
}

void TopBar::follow() {
    const auto frame = m_chart.frame();
    const bool asks = frame && frame->total > frame->series.size() && !m_chart.settings().topChosen;
    if (asks)
        m_text->setText(tr("%1 series: top %2 by").arg(frame->total).arg(frame->series.size()));
    setVisible(asks);
}

void TopBar::choose(TopBy by) {
    // The chart has the keys again: the button that had them goes away.
    if (isAncestorOf(focusWidget()))
        m_chart.setFocus(Qt::OtherFocusReason);
    ChartSettings settings = m_chart.settings();
    settings.topBy = by;
    settings.topChosen = true;
    m_chart.setSettings(settings);
}

void TopBar::applyTheme() {
    layout()->setContentsMargins(m_theme.px(12), m_theme.px(2), m_theme.px(8), m_theme.px(2));
    layout()->setSpacing(m_theme.px(8));
    for (QToolButton* button : m_answers) {
        button->setFont(m_theme.font(Theme::Size::Body, true));
        QPalette palette = button->palette();
        palette.setColor(QPalette::ButtonText, m_theme.tokens().accent);
        palette.setColor(QPalette::WindowText, m_theme.tokens().accent);
        button->setPalette(palette);
    }
    update();
}

void TopBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(m_theme.tokens().noteTint);
    painter.drawRoundedRect(rect(), m_theme.px(4), m_theme.px(4));
}

} // namespace sightglass::ui
