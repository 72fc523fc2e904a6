// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>

#include <array>

namespace sightglass::ui {

/// The colours of one theme, by role. Every pair used for text has a contrast of at least 4.5:1
/// (a test computes it); no colour alone carries a meaning.
struct Tokens {
    QColor window, surface, raised;
    QColor border, control;
    QColor text, text2;
    QColor accent, selected; ///< accent is also the colour of a note
    QColor error, errorTint;
    QColor warning, warningTint;
    QColor noteTint, ok;
    std::array<QColor, 8> series;

    static const Tokens& light();
    static const Tokens& dark();
};

} // namespace sightglass::ui
