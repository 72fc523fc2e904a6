// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLabel>

#include "ui/look/theme.h"

namespace sightglass::ui {

/// A line (or, with setWordWrap, a paragraph) of text in one of the theme's sizes that follows the
/// theme. Plain text always: what came over the network is never taken for markup. GUI thread only;
/// `theme` outlives it.
class Label : public QLabel {
    Q_OBJECT
  public:
    enum class Ink { Text, Text2, Accent, Error, Warning, Ok };

    Label(const QString& text, const Theme& theme, Theme::Size size = Theme::Size::Body,
          bool semiBold = false, Ink ink = Ink::Text, QWidget* parent = nullptr);

    void setInk(Ink ink);
    /// Too long a text ends in an ellipsis and is told in full by the tool tip. Only without wrap.
    void setElided(bool elided);

    [[nodiscard]] QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    void applyTheme();

    const Theme& m_theme;
    Theme::Size m_size;
    bool m_semiBold;
    Ink m_ink;
    bool m_elided = false;
};

} // namespace sightglass::ui
