// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/findings/severity_toggle.h"

#include <QPainter>

#include "ui/look/format.h"
#include "ui/look/marks.h"

namespace sightglass::ui {

namespace {

constexpr int heightPx = 24;
constexpr int padding = 8;
constexpr int markSide = 16;
constexpr int gap = 4;
constexpr int radius = 4;

} // namespace

SeverityToggle::SeverityToggle(Severity severity, const Theme& theme, QWidget* parent)
    : QAbstractButton(parent), m_severity(severity), m_theme(theme) {
    setCheckable(true);
    setChecked(true);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(&theme, &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
    setCount(0);
}

void SeverityToggle::setCount(int count) {
    setText(formatCount(static_cast<quint64>(count)));
    setToolTip(tr("Show %1").arg(severityText(m_severity, count)));
    setAccessibleName(toolTip());
    updateGeometry();
}

QSize SeverityToggle::sizeHint() const {
    const QFontMetrics metrics(m_theme.font(Theme::Size::Small, true));
    return {m_theme.px(2 * padding + markSide + gap) + metrics.horizontalAdvance(text()),
            m_theme.px(heightPx)};
}

void SeverityToggle::paintEvent(QPaintEvent*) {
    const Tokens& tokens = m_theme.tokens();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF frame = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    // Out, it keeps its outline: still a button, and still readable.
    painter.setPen(isChecked() ? QPen(Qt::NoPen) : QPen(tokens.border, 1, Qt::DashLine));
    painter.setBrush(isChecked() ? QBrush(underMouse() ? tokens.selected : tokens.raised)
                                 : QBrush(Qt::NoBrush));
    painter.drawRoundedRect(frame, m_theme.px(radius), m_theme.px(radius));
    const int side = m_theme.px(markSide);
    const QRect mark(m_theme.px(padding), (height() - side) / 2, side, side);
    if (!isChecked())
        painter.setOpacity(0.5);
    paintSeverity(painter, mark, m_severity, m_theme);
    painter.setOpacity(1);
    painter.setFont(m_theme.font(Theme::Size::Small, true));
    painter.setPen(isChecked() ? severityColor(m_severity, m_theme) : tokens.text2);
    painter.drawText(rect().adjusted(mark.right() + 1 + m_theme.px(gap), 0, 0, 0),
                     Qt::AlignLeft | Qt::AlignVCenter, text());
    if (hasFocus()) {
        painter.setPen(QPen(tokens.accent, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), m_theme.px(radius),
                                m_theme.px(radius));
    }
}

} // namespace sightglass::ui
