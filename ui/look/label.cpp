// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/look/label.h"

#include <QPainter>

namespace sightglass::ui {

Label::Label(const QString& text, const Theme& theme, Theme::Size size, bool semiBold, Ink ink,
             QWidget* parent)
    : QLabel(text, parent), m_theme(theme), m_size(size), m_semiBold(semiBold), m_ink(ink) {
    setTextFormat(Qt::PlainText);
    applyTheme();
    connect(&theme, &Theme::changed, this, &Label::applyTheme);
}

void Label::setInk(Ink ink) {
    if (ink == m_ink)
        return;
    m_ink = ink;
    applyTheme();
}

void Label::setElided(bool elided) {
    m_elided = elided;
    updateGeometry();
}

void Label::applyTheme() {
    const Tokens& t = m_theme.tokens();
    const QColor color = m_ink == Ink::Text      ? t.text
                         : m_ink == Ink::Text2   ? t.text2
                         : m_ink == Ink::Accent  ? t.accent
                         : m_ink == Ink::Error   ? t.error
                         : m_ink == Ink::Warning ? t.warning
                                                 : t.ok;
    QPalette palette;
    palette.setColor(QPalette::WindowText, color);
    palette.setColor(QPalette::Text, color);
    setPalette(palette);
    setFont(m_theme.font(m_size, m_semiBold));
}

QSize Label::minimumSizeHint() const {
    QSize size = QLabel::minimumSizeHint();
    if (m_elided && !wordWrap())
        size.setWidth(m_theme.px(24));
    return size;
}

void Label::paintEvent(QPaintEvent* event) {
    if (!m_elided || wordWrap()) {
        QLabel::paintEvent(event);
        return;
    }
    const QRect room = contentsRect();
    const QString shown = fontMetrics().elidedText(text(), Qt::ElideRight, room.width());
    setToolTip(shown == text() ? QString() : text());
    QPainter painter(this);
    painter.setPen(palette().color(QPalette::WindowText));
    painter.drawText(room, static_cast<int>(alignment() | Qt::TextSingleLine), shown);
}

} // namespace sightglass::ui
