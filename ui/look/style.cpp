// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/look/style.h"

#include <QGuiApplication>
#include <QMenuBar>
#include <QPainter>
#include <QStyleFactory>
#include <QStyleOption>

#include <algorithm>
#include <cmath>

namespace sightglass::ui {

namespace {

QColor mixed(const QColor& a, const QColor& b, double share) {
    const auto mix = [share](int x, int y) {
        return static_cast<int>(std::lround(x + (y - x) * share));
    };
    return {mix(a.red(), b.red()), mix(a.green(), b.green()), mix(a.blue(), b.blue())};
}

constexpr int menuArrowWidth = 16;

/// A tool button that is nothing but its menu: the arrow stands after its words.
bool hasMenuArrow(const QStyleOptionToolButton& button) {
    return (button.features & QStyleOptionToolButton::HasMenu) &&
           !(button.features & QStyleOptionToolButton::MenuButtonPopup);
}

} // namespace

Style::Style() : QProxyStyle(QStyleFactory::create(QStringLiteral("Fusion"))) {}

void Style::setLook(const Tokens& tokens, double scale) {
    m_tokens = &tokens;
    m_scale = scale;
}

int Style::px(int at100) const {
    return static_cast<int>(std::lround(at100 * m_scale));
}

void Style::drawFocusRing(QPainter* painter, const QRect& rect) const {
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(m_tokens->accent, 2));
    painter->setBrush(Qt::NoBrush);
    painter->drawRoundedRect(QRectF(rect).adjusted(1, 1, -1, -1), px(4) - 1, px(4) - 1);
    painter->restore();
}

void Style::drawPanel(QPainter* painter, const QRect& rect, const QColor& fill,
                      const QStyleOption* option) const {
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const bool focus = (option->state & State_HasFocus) != 0;
    const bool enabled = (option->state & State_Enabled) != 0;
    const double line = focus ? 2 : 1;
    painter->setPen(QPen(focus     ? m_tokens->accent
                         : enabled ? m_tokens->control
                                   : m_tokens->border,
                         line));
    painter->setBrush(fill);
    const double inset = line / 2;
    painter->drawRoundedRect(QRectF(rect).adjusted(inset, inset, -inset, -inset), px(4), px(4));
    painter->restore();
}

void Style::drawChevron(QPainter* painter, const QRect& rect, const QColor& color) const {
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(color, 1.5 * m_scale, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    const QPointF c = QRectF(rect).center();
    const double w = 3.5 * m_scale;
    painter->drawPolyline(
        QPolygonF{{c + QPointF(-w, -w / 2), c + QPointF(0, w / 2), c + QPointF(w, -w / 2)}});
    painter->restore();
}

void Style::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                          const QWidget* widget) const {
    const bool hover = (option->state & State_MouseOver) && (option->state & State_Enabled);
    const bool down = (option->state & State_Sunken) != 0;
    const bool on = (option->state & State_On) != 0;
    switch (element) {
    case PE_FrameFocusRect:
        drawFocusRing(painter, option->rect);
        return;
    case PE_PanelLineEdit:
        if (const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option);
            frame && frame->lineWidth > 0) {
            drawPanel(painter, option->rect, m_tokens->surface, option);
        } else {
            painter->fillRect(option->rect, m_tokens->surface);
        }
        return;
    case PE_FrameLineEdit:
        return;
    case PE_PanelButtonCommand: {
        const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option);
        const bool flat = button && (button->features & QStyleOptionButton::Flat);
        if (flat) {
            if (hover || down || on) {
                painter->save();
                painter->setRenderHint(QPainter::Antialiasing);
                painter->setPen(Qt::NoPen);
                painter->setBrush(down ? m_tokens->border : m_tokens->raised);
                painter->drawRoundedRect(option->rect, px(4), px(4));
                painter->restore();
            }
            if (option->state & State_HasFocus)
                drawFocusRing(painter, option->rect);
            return;
        }
        drawPanel(painter, option->rect,
                  down || on ? m_tokens->border
                  : hover    ? m_tokens->raised
                             : m_tokens->surface,
                  option);
        return;
    }
    case PE_PanelButtonTool:
        if (hover || down || on) {
            painter->save();
            painter->setRenderHint(QPainter::Antialiasing);
            painter->setPen(Qt::NoPen);
            painter->setBrush(on ? m_tokens->selected : down ? m_tokens->border : m_tokens->raised);
            painter->drawRoundedRect(option->rect, px(4), px(4));
            painter->restore();
        }
        if (option->state & State_HasFocus && option->state & State_KeyboardFocusChange)
            drawFocusRing(painter, option->rect);
        return;
    case PE_Frame:
    case PE_FrameGroupBox:
        painter->save();
        painter->setPen(m_tokens->border);
        painter->setBrush(Qt::NoBrush);
        painter->drawRect(option->rect.adjusted(0, 0, -1, -1));
        painter->restore();
        return;
    case PE_FrameTabWidget:
        return;
    case PE_FrameTabBarBase:
        painter->fillRect(
            QRect(option->rect.left(), option->rect.bottom(), option->rect.width(), 1),
            m_tokens->border);
        return;
    case PE_FrameStatusBarItem:
        return;
    case PE_IndicatorArrowDown:
        if (const auto* button = qstyleoption_cast<const QStyleOptionToolButton*>(option);
            button && hasMenuArrow(*button)) {
            // Beside the words, where CE_ToolButtonLabel leaves room, not in the corner.
            const QRect whole = widget ? widget->rect() : option->rect;
            drawChevron(painter,
                        QRect(whole.right() - px(menuArrowWidth) + 1, whole.top(),
                              px(menuArrowWidth), whole.height()),
                        m_tokens->text2);
            return;
        }
        drawChevron(painter, option->rect, m_tokens->text2);
        return;
    default:
        QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
}

void Style::drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                        const QWidget* widget) const {
    switch (element) {
    case CE_Splitter:
        painter->fillRect(option->rect,
                          option->state & State_MouseOver && option->state & State_Enabled
                              ? m_tokens->control
                              : m_tokens->border);
        return;
    case CE_MenuBarEmptyArea:
        painter->fillRect(option->rect, m_tokens->window);
        return;
    case CE_MenuBarItem:
        if (const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option)) {
            const bool active = (item->state & State_Selected) != 0;
            painter->fillRect(item->rect, active ? m_tokens->selected : m_tokens->window);
            const int flags =
                Qt::AlignCenter | Qt::TextDontClip | Qt::TextSingleLine |
                (styleHint(SH_UnderlineShortcut, item, widget, nullptr) ? Qt::TextShowMnemonic
                                                                        : Qt::TextHideMnemonic);
            drawItemText(painter, item->rect, flags, item->palette, item->state & State_Enabled,
                         item->text, QPalette::WindowText);
        }
        return;
    case CE_ToolButtonLabel:
        if (const auto* button = qstyleoption_cast<const QStyleOptionToolButton*>(option);
            button && hasMenuArrow(*button)) {
            QStyleOptionToolButton narrower = *button;
            narrower.rect.adjust(0, 0, -px(menuArrowWidth - 4), 0);
            QProxyStyle::drawControl(element, &narrower, painter, widget);
            return;
        }
        QProxyStyle::drawControl(element, option, painter, widget);
        return;
    case CE_HeaderSection:
    case CE_HeaderEmptyArea:
        painter->fillRect(option->rect, m_tokens->surface);
        painter->fillRect(
            QRect(option->rect.left(), option->rect.bottom(), option->rect.width(), 1),
            m_tokens->border);
        return;
    case CE_TabBarTabShape:
        if (const auto* tab = qstyleoption_cast<const QStyleOptionTab*>(option)) {
            const bool current = (tab->state & State_Selected) != 0;
            if (!current && tab->state & State_MouseOver)
                painter->fillRect(tab->rect, m_tokens->raised);
            if (current) {
                const int line = 2;
                painter->fillRect(QRect(tab->rect.left() + px(8), tab->rect.bottom() + 1 - line,
                                        tab->rect.width() - 2 * px(8), line),
                                  m_tokens->accent);
            }
        }
        return;
    default:
        QProxyStyle::drawControl(element, option, painter, widget);
    }
}

void Style::drawScrollBar(const QStyleOptionSlider* bar, QPainter* painter) const {
    const bool enough = bar->maximum > bar->minimum;
    if (!enough)
        return;
    QRectF thumb(subControlRect(CC_ScrollBar, bar, SC_ScrollBarSlider, nullptr));
    const double inset = 2;
    thumb.adjust(inset, inset, -inset, -inset);
    const bool active = bar->activeSubControls & SC_ScrollBarSlider;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(active ? m_tokens->control
                             : mixed(m_tokens->border, m_tokens->control, 0.35));
    const double radius = std::min(thumb.width(), thumb.height()) / 2;
    painter->drawRoundedRect(thumb, radius, radius);
    painter->restore();
}

void Style::drawComplexControl(ComplexControl control, const QStyleOptionComplex* option,
                               QPainter* painter, const QWidget* widget) const {
    if (control == CC_ScrollBar) {
        if (const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option))
            drawScrollBar(bar, painter);
        return;
    }
    if (control == CC_ComboBox) {
        const auto* box = qstyleoption_cast<const QStyleOptionComboBox*>(option);
        if (box && !box->editable) {
            const bool hover = (box->state & State_MouseOver) && (box->state & State_Enabled);
            if (box->frame)
                drawPanel(painter, box->rect, hover ? m_tokens->raised : m_tokens->surface, box);
            else if (box->state & State_HasFocus && box->state & State_KeyboardFocusChange)
                drawFocusRing(painter, box->rect);
            drawChevron(painter, subControlRect(CC_ComboBox, box, SC_ComboBoxArrow, widget),
                        m_tokens->text2);
            return;
        }
    }
    QProxyStyle::drawComplexControl(control, option, painter, widget);
}

QRect Style::subControlRect(ComplexControl control, const QStyleOptionComplex* option,
                            SubControl part, const QWidget* widget) const {
    const auto* bar =
        control == CC_ScrollBar ? qstyleoption_cast<const QStyleOptionSlider*>(option) : nullptr;
    if (!bar)
        return QProxyStyle::subControlRect(control, option, part, widget);

    // No arrow buttons: the groove is the whole bar.
    const bool horizontal = bar->orientation == Qt::Horizontal;
    const int length = horizontal ? bar->rect.width() : bar->rect.height();
    const qint64 range = qint64{bar->maximum} - bar->minimum;
    int thumb = length;
    if (range > 0) {
        const qint64 whole = range + bar->pageStep;
        thumb = static_cast<int>(qint64{length} * bar->pageStep / std::max<qint64>(whole, 1));
        thumb = std::clamp(thumb, std::min(px(24), length), length);
    }
    const int start = sliderPositionFromValue(bar->minimum, bar->maximum, bar->sliderPosition,
                                              length - thumb, bar->upsideDown);
    const auto along = [&](int from, int size) {
        const QRect rect = horizontal ? QRect(from, 0, size, bar->rect.height())
                                      : QRect(0, from, bar->rect.width(), size);
        return visualRect(bar->direction, bar->rect, rect.translated(bar->rect.topLeft()));
    };
    switch (part) {
    case SC_ScrollBarGroove:
        return bar->rect;
    case SC_ScrollBarSlider:
        return along(start, thumb);
    case SC_ScrollBarSubPage:
        return along(0, start);
    case SC_ScrollBarAddPage:
        return along(start + thumb, length - start - thumb);
    default:
        return {};
    }
}

QRect Style::subElementRect(SubElement element, const QStyleOption* option,
                            const QWidget* widget) const {
    const QRect rect = QProxyStyle::subElementRect(element, option, widget);
    // Text does not lean on the frame.
    if (element == SE_LineEditContents)
        if (const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option);
            frame && frame->lineWidth > 0)
            return rect.adjusted(px(4), 0, -px(4), 0);
    return rect;
}

int Style::pixelMetric(PixelMetric metric, const QStyleOption* option,
                       const QWidget* widget) const {
    switch (metric) {
    case PM_ScrollBarExtent:
        return px(10);
    case PM_ScrollBarSliderMin:
        return px(24);
    case PM_SplitterWidth:
        return 1;
    case PM_SmallIconSize:
    case PM_ButtonIconSize:
    case PM_TabBarIconSize:
    case PM_ListViewIconSize:
    case PM_IndicatorWidth:
    case PM_IndicatorHeight:
    case PM_ExclusiveIndicatorWidth:
    case PM_ExclusiveIndicatorHeight:
        return px(16);
    case PM_DefaultFrameWidth:
        return 1;
    case PM_HeaderMargin:
        return px(8);
    case PM_MenuBarPanelWidth:
        return 0;
    case PM_MenuBarHMargin:
        return px(2);
    case PM_MenuBarItemSpacing:
        return 0;
    case PM_TabBarTabShiftVertical:
    case PM_TabBarTabShiftHorizontal:
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical:
        return 0;
    case PM_TabBarTabHSpace:
        return px(24);
    case PM_TabBarTabVSpace:
        return px(12);
    case PM_LayoutLeftMargin:
    case PM_LayoutTopMargin:
    case PM_LayoutRightMargin:
    case PM_LayoutBottomMargin:
        return px(12);
    case PM_LayoutHorizontalSpacing:
    case PM_LayoutVerticalSpacing:
        return px(8);
    default:
        return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int Style::styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                     QStyleHintReturn* answer) const {
    switch (hint) {
    case SH_EtchDisabledText:
    case SH_DitherDisabledText:
        return 0;
    case SH_ItemView_ShowDecorationSelected:
        return 1;
    case SH_DialogButtonBox_ButtonsHaveIcons:
        return 0;
    case SH_UnderlineShortcut:
        // In the menu bar only while Alt is held, as the eye passes over it all day.
        if (qobject_cast<const QMenuBar*>(widget))
            return QGuiApplication::keyboardModifiers() & Qt::AltModifier ? 1 : 0;
        return QProxyStyle::styleHint(hint, option, widget, answer);
    default:
        return QProxyStyle::styleHint(hint, option, widget, answer);
    }
}

QSize Style::sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& contents,
                              const QWidget* widget) const {
    QSize size = QProxyStyle::sizeFromContents(type, option, contents, widget);
    switch (type) {
    case CT_PushButton:
        size.setHeight(std::max(size.height(), px(28)));
        size.rwidth() += px(16);
        break;
    case CT_LineEdit:
    case CT_ComboBox:
    case CT_SpinBox:
        size.setHeight(std::max(size.height(), px(28)));
        break;
    case CT_ToolButton:
        if (const auto* button = qstyleoption_cast<const QStyleOptionToolButton*>(option);
            button && hasMenuArrow(*button))
            size.rwidth() += px(menuArrowWidth - 4);
        break;
    case CT_MenuBarItem:
        size = QSize(contents.width() + px(16), std::max(contents.height(), px(26)));
        break;
    case CT_MenuItem:
        if (const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option);
            item && item->menuItemType != QStyleOptionMenuItem::Separator)
            size.setHeight(std::max(size.height(), px(26)));
        break;
    default:
        break;
    }
    return size;
}

} // namespace sightglass::ui
