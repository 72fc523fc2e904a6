// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QProxyStyle>

#include "ui/look/tokens.h"

class QStyleOptionSlider;

namespace sightglass::ui {

/// Fusion with flat frames, thin scroll bars and a 2 px accent ring around what has the focus.
/// Owned by the application; reads nothing but the tokens and the scale that Theme gives it, so
/// that it may outlive Theme. GUI thread only.
class Style : public QProxyStyle {
    Q_OBJECT
  public:
    Style();

    void setLook(const Tokens& tokens, double scale);

    void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                       const QWidget* widget) const override;
    void drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                     const QWidget* widget) const override;
    void drawComplexControl(ComplexControl control, const QStyleOptionComplex* option,
                            QPainter* painter, const QWidget* widget) const override;
    QRect subControlRect(ComplexControl control, const QStyleOptionComplex* option, SubControl part,
                         const QWidget* widget) const override;
    QRect subElementRect(SubElement element, const QStyleOption* option,
                         const QWidget* widget) const override;
    int pixelMetric(PixelMetric metric, const QStyleOption* option,
                    const QWidget* widget) const override;
    int styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                  QStyleHintReturn* answer) const override;
    QSize sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& contents,
                           const QWidget* widget) const override;

  private:
    [[nodiscard]] int px(int at100) const;
    void drawPanel(QPainter* painter, const QRect& rect, const QColor& fill,
                   const QStyleOption* option) const;
    void drawFocusRing(QPainter* painter, const QRect& rect) const;
    void drawScrollBar(const QStyleOptionSlider* bar, QPainter* painter) const;
    void drawChevron(QPainter* painter, const QRect& rect, const QColor& color) const;

    const Tokens* m_tokens = &Tokens::light();
    double m_scale = 1;
};

} // namespace sightglass::ui
