// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/metrics/finding_strip.h"

#include <QPainter>
#include <QToolButton>

#include "ui/charts/marked_text.h"
#include "ui/look/marks.h"
#include "ui/models/path_facts.h"

namespace sightglass::ui {

FindingStrip::FindingStrip(const Theme& theme, QWidget* parent)
    : QWidget(parent), m_theme(theme), m_link(new QToolButton(this)) {
    m_link->setText(tr("How to mend"));
    m_link->setAutoRaise(true);
    m_link->setCursor(Qt::PointingHandCursor);
    m_link->setFocusPolicy(Qt::TabFocus);
    m_link->setAccessibleName(tr("How to mend what was found"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(m_link, &QToolButton::clicked, this, &FindingStrip::howToMendRequested);
    connect(&m_theme, &Theme::changed, this, &FindingStrip::applyTheme);
    applyTheme();
    hide();
}

void FindingStrip::setVerdict(FamilyVerdict verdict) {
    m_verdict = std::move(verdict);
    if (!m_verdict.finding) {
        hide();
        return;
    }
    const QString spoken = spokenText(m_verdict.sentence);
    setAccessibleName(severityText(m_verdict.finding->severity, 1).section(' ', 1) +
                      QStringLiteral(": ") + spoken);
    setToolTip(plainToolTip(toText(m_verdict.finding->message)));
    update();
}

QSize FindingStrip::sizeHint() const {
    return {m_theme.px(400), m_theme.px(32)};
}

QSize FindingStrip::minimumSizeHint() const {
    return {m_theme.px(200), m_theme.px(32)};
}

void FindingStrip::applyTheme() {
    QPalette palette = m_link->palette();
    palette.setColor(QPalette::ButtonText, m_theme.tokens().accent);
    palette.setColor(QPalette::WindowText, m_theme.tokens().accent);
    m_link->setPalette(palette);
    m_link->setFont(m_theme.font(Theme::Size::Body));
    updateGeometry();
    resizeEvent(nullptr);
    update();
}

void FindingStrip::resizeEvent(QResizeEvent*) {
    const QSize size = m_link->sizeHint().boundedTo({width(), height() - m_theme.px(4)});
    m_link->setGeometry(width() - size.width() - m_theme.px(4), (height() - size.height()) / 2,
                        size.width(), size.height());
}

QRect FindingStrip::textRect() const {
    const int left = m_theme.px(32);
    return {left, 0, m_link->x() - left - m_theme.px(8), height()};
}

void FindingStrip::paintEvent(QPaintEvent*) {
    if (!m_verdict.finding)
        return;
    QPainter painter(this);
    const Severity severity = m_verdict.finding->severity;
    painter.fillRect(rect(), severityTint(severity, m_theme));
    painter.fillRect(0, 0, m_theme.px(3), height(), severityColor(severity, m_theme));
    const int side = m_theme.px(16);
    paintSeverity(painter, QRectF(m_theme.px(10), (height() - side) / 2.0, side, side), severity,
                  m_theme);
    paintMarkedText(painter, textRect(), m_verdict.sentence, m_theme.font(Theme::Size::Body, true),
                    m_theme.tokens().text, m_theme);
}

} // namespace sightglass::ui
