// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/bar_button.h"

#include <QPainter>
#include <QStyleOptionFocusRect>

#include <algorithm>

#include "ui/look/marks.h"

namespace sightglass::ui {

BarButton::BarButton(Kind kind, const Theme& theme, QWidget* parent)
    : QAbstractButton(parent), m_theme(theme), m_kind(kind) {
    setFocusPolicy(Qt::TabFocus);
    setCursor(Qt::ArrowCursor);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Expanding);
    connect(&theme, &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void BarButton::setWords(const QString& text, Ink ink) {
    Part part;
    part.text = text;
    part.ink = ink;
    setParts({part});
}

void BarButton::setParts(const QVector<Part>& parts) {
    const auto same = [](const Part& a, const Part& b) {
        return a.text == b.text && a.ink == b.ink && a.semiBold == b.semiBold && a.lamp == b.lamp &&
               a.spoken == b.spoken && a.mark == b.mark;
    };
    if (std::equal(parts.begin(), parts.end(), m_parts.begin(), m_parts.end(), same))
        return;
    m_parts = parts;
    QStringList spoken;
    for (const Part& part : parts) {
        const QString words = part.spoken.isEmpty() ? part.text : part.spoken;
        if (!words.isEmpty())
            spoken << words;
    }
    setText(spoken.join(QStringLiteral(", ")));
    setAccessibleName(text());
    updateGeometry();
    update();
}

QFont BarButton::partFont(const Part& part) const {
    const auto size = m_kind == Kind::Status ? Theme::Size::Small : Theme::Size::Body;
    const bool bold =
        part.semiBold || (m_kind == Kind::Page && isChecked() && &part == &m_parts[0]);
    return m_theme.font(size, bold);
}

int BarButton::lampSide() const {
    return m_theme.px(m_kind == Kind::Status ? 12 : 14);
}

int BarButton::partWidth(const Part& part, bool widest) const {
    QFont font = partFont(part);
    if (widest && m_kind == Kind::Page)
        font.setWeight(QFont::DemiBold); // so that checking moves nothing
    int width = QFontMetrics(font).horizontalAdvance(part.text);
    if (part.lamp)
        width += lampSide() + (part.text.isEmpty() ? 0 : m_theme.px(5));
    if (part.mark != Part::Mark::None)
        width += m_theme.px(10) + (part.text.isEmpty() ? 0 : m_theme.px(4));
    return width;
}

int BarButton::contentWidth(bool widest) const {
    int width = 0;
    for (const Part& part : m_parts)
        width += partWidth(part, widest);
    return width + static_cast<int>(std::max<qsizetype>(m_parts.size() - 1, 0)) * m_theme.px(8);
}

QSize BarButton::sizeHint() const {
    const int margin = m_theme.px(m_kind == Kind::Status ? 5 : m_kind == Kind::Page ? 12 : 8);
    return {contentWidth(true) + 2 * margin, m_theme.px(m_kind == Kind::Status ? 22 : 28)};
}

QColor BarButton::color(Ink ink) const {
    const Tokens& t = m_theme.tokens();
    switch (ink) {
    case Ink::Quiet:
        return t.text2;
    case Ink::Accent:
    case Ink::Note:
        return t.accent;
    case Ink::Error:
        return t.error;
    case Ink::Warning:
        return t.warning;
    case Ink::Normal:
        break;
    }
    return t.text;
}

void BarButton::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Tokens& tokens = m_theme.tokens();
    if (isEnabled() && (underMouse() || isDown())) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(isDown() ? tokens.border : tokens.raised);
        const int inset = m_kind == Kind::Status ? m_theme.px(2) : m_theme.px(5);
        painter.drawRoundedRect(rect().adjusted(0, inset, 0, -inset), m_theme.px(4), m_theme.px(4));
    }
    const int margin = (width() - contentWidth(true)) / 2;
    int x = margin;
    for (const Part& part : m_parts) {
        QColor ink = color(part.ink);
        // Pages that are not shown step back, as in every tab bar.
        if (m_kind == Kind::Page && !isChecked() && part.ink == Ink::Normal)
            ink = tokens.text2;
        const int end = x + partWidth(part, true);
        if (part.lamp) {
            const int side = lampSide();
            paintSeverity(painter, QRectF(x, (height() - side) / 2.0, side, side), *part.lamp,
                          m_theme);
            x += side + m_theme.px(5);
        }
        using Mark = Part::Mark;
        painter.setRenderHint(QPainter::Antialiasing);
        if (part.mark == Mark::DotFilled || part.mark == Mark::DotHollow) {
            const double radius = m_theme.px(10) / 2.0 - 0.5;
            painter.setPen(QPen(ink, 1.5));
            painter.setBrush(part.mark == Mark::DotFilled ? QBrush(ink) : QBrush(Qt::NoBrush));
            painter.drawEllipse(QPointF(x + radius + 0.5, height() / 2.0), radius - 0.75,
                                radius - 0.75);
            x += m_theme.px(14);
        }
        painter.setFont(partFont(part));
        painter.setPen(ink);
        painter.drawText(QRect(x, 0, width() - x, height()), Qt::AlignVCenter | Qt::AlignLeft,
                         part.text);
        if (part.mark == Mark::Chevron) {
            const double w = m_theme.px(7) / 2.0;
            const QPointF c(end - m_theme.px(5), height() / 2.0 + 0.5);
            painter.setPen(QPen(tokens.text2, 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
            painter.drawPolyline(QPolygonF{
                {c + QPointF(-w, -w / 2), c + QPointF(0, w / 2), c + QPointF(w, -w / 2)}});
        }
        x = end + m_theme.px(8);
    }
    if (m_kind == Kind::Page && isChecked()) {
        const int line = m_theme.px(3);
        painter.fillRect(margin, height() - line, width() - 2 * margin, line, tokens.accent);
    }
    if (hasFocus() && window()->testAttribute(Qt::WA_KeyboardFocusChange)) {
        QStyleOptionFocusRect option;
        option.initFrom(this);
        option.rect = rect().adjusted(0, m_theme.px(2), 0, -m_theme.px(2));
        style()->drawPrimitive(QStyle::PE_FrameFocusRect, &option, &painter, this);
    }
}

void BarButton::enterEvent(QEnterEvent* event) {
    update();
    QAbstractButton::enterEvent(event);
}

void BarButton::leaveEvent(QEvent* event) {
    update();
    QAbstractButton::leaveEvent(event);
}

QVector<BarButton::Part> lampParts(const FindingsSnapshot& findings) {
    QVector<BarButton::Part> parts;
    const auto add = [&parts](Severity severity, quint32 count, BarButton::Ink ink) {
        if (count == 0)
            return;
        BarButton::Part part;
        part.lamp = severity;
        part.text = QString::number(count);
        part.spoken = severityText(severity, static_cast<int>(count));
        part.ink = ink;
        part.semiBold = true;
        parts.push_back(part);
    };
    add(Severity::Error, findings.errors, BarButton::Ink::Error);
    add(Severity::Warning, findings.warnings, BarButton::Ink::Warning);
    add(Severity::Note, findings.notes, BarButton::Ink::Note);
    return parts;
}

} // namespace sightglass::ui
