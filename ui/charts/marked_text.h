// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QChar>
#include <QPainter>
#include <QString>

#include "ui/look/theme.h"

// Sentences with path marks in them: "rate() of (3), which says counter". A mark stands in the text
// as one character of Unicode's private use area; it is painted, and read aloud as "path 3".
namespace sightglass::ui {

/// The character for a path's mark.
[[nodiscard]] inline QChar markOf(int path) {
    return QChar(static_cast<char16_t>(0xE000 + path));
}
/// The marks of several paths, side by side.
[[nodiscard]] QString marksOf(const std::vector<int>& paths);

/// Without marks, for screen readers and the clipboard: "path 3".
[[nodiscard]] QString spokenText(const QString& marked);

[[nodiscard]] int markedWidth(const QString& marked, const QFont& font, const Theme& theme);

/// One line, left-aligned and centred vertically in `rect`; what does not fit is cut off with
/// "...". Gives the width used. Text takes `color`; marks have their own.
int paintMarkedText(QPainter& painter, const QRect& rect, const QString& marked, const QFont& font,
                    const QColor& color, const Theme& theme);

} // namespace sightglass::ui
