// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QIcon>
#include <QPainter>
#include <QString>
#include <QVector>

#include "core/model/descriptor.h"
#include "core/model/finding.h"
#include "ui/look/theme.h"

// The marks that mean the same everywhere: path numbers, type badges, severity shapes. Painted, not
// typed, so that they look alike with any font and at any scale. All take a rectangle in logical
// pixels and draw centred in it.
namespace sightglass::ui {

/// The number of a path in a circle; `number` from 1.
void paintPathMark(QPainter& painter, const QRectF& rect, int number, const Theme& theme);

/// A letter in an 18 px square: G C U H E S ?; with a small delta for delta temporality.
/// `odd`: this path disagrees with the reference; error outline and tint.
void paintTypeBadge(QPainter& painter, const QRectF& rect, MetricType type, bool monotonic,
                    bool delta, bool odd, const Theme& theme);
[[nodiscard]] QString typeLetter(MetricType type, bool monotonic);
/// "gauge", "counter", "up-down sum", ... as shown to people.
[[nodiscard]] QString typeText(MetricType type, bool monotonic);

/// Filled octagon, filled triangle, outlined circle, each with its sign.
void paintSeverity(QPainter& painter, const QRectF& rect, Severity severity, const Theme& theme);
/// Outlined tick.
void paintResolved(QPainter& painter, const QRectF& rect, const Theme& theme);
[[nodiscard]] QColor severityColor(Severity severity, const Theme& theme);
[[nodiscard]] QColor severityTint(Severity severity, const Theme& theme);
/// "error", "warning", "note", with plural: severityText(Error, 2) is "2 errors".
[[nodiscard]] QString severityText(Severity severity, int count);

/// A dashed chip "missing" (or another word), as wide as its text needs; gives the width used.
int paintLostChip(QPainter& painter, const QRect& rect, const QString& word, const Theme& theme);
[[nodiscard]] int lostChipWidth(const QString& word, const Theme& theme);

/// A sparkline from values in 0..1, oldest first; NaN leaves a gap.
void paintSparkline(QPainter& painter, const QRectF& rect, const QVector<float>& values,
                    const QColor& color);

/// An icon of resources/icons by name ("copy", "open", ...), 16 px, in text2; recoloured
/// for the current theme.
[[nodiscard]] QIcon themedIcon(const QString& name, const Theme& theme);

} // namespace sightglass::ui
