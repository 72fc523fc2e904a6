// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFont>
#include <QObject>

#include "ui/look/tokens.h"

namespace sightglass::ui {

/// Light or dark, and the size of text. One is made in app/window and handed to whoever draws;
/// it outlives all widgets. GUI thread only.
///
/// It sets the application's palette, style and font itself; widgets that paint take colours from
/// tokens() at paint time and lengths through px(), and repaint on changed().
class Theme : public QObject {
    Q_OBJECT
  public:
    enum class Mode { System, Light, Dark };
    enum class Size { Tiny, Small, Body, Pane, Subject, Start }; ///< 11 12 13 15 18 24 px at 100 %

    explicit Theme(QObject* parent = nullptr);
    ~Theme() override;

    [[nodiscard]] const Tokens& tokens() const;
    [[nodiscard]] bool isDark() const;

    [[nodiscard]] Mode mode() const { return m_mode; }
    void setMode(Mode mode);

    /// 100 to 200; text and every length that follows text.
    [[nodiscard]] int textPercent() const { return m_textPercent; }
    void setTextPercent(int percent);

    /// A length in device-independent pixels at 100 %, scaled with the text.
    [[nodiscard]] int px(int at100) const;
    [[nodiscard]] QFont font(Size size, bool semiBold = false) const;
    [[nodiscard]] QFont mono() const; ///< JetBrains Mono 12

  signals:
    /// Colours or text size changed; palette and application font are already the new ones.
    void changed();

  private:
    void apply();
    void watchSystem();

    Mode m_mode = Mode::System;
    bool m_systemIsDark = false;
    int m_textPercent = 100;
    int m_bodyPx = 13;
};

} // namespace sightglass::ui
