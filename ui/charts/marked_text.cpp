// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/marked_text.h"

#include <QFontMetrics>

#include <algorithm>

#include "ui/look/marks.h"

namespace sightglass::ui {

namespace {

bool isMark(QChar c) {
    return c.unicode() >= 0xE000 && c.unicode() < 0xF8FF;
}

/// Side of a mark that goes with a font, and the space around it.
int markSide(const QFont& font) {
    return font.pixelSize() + 2;
}
int markAdvance(const QFont& font) {
    return markSide(font) + 3;
}

struct Piece {
    QString text; ///< empty: a mark
    int path = 0;
};

QVector<Piece> piecesOf(const QString& marked) {
    QVector<Piece> pieces;
    for (const QChar c : marked) {
        if (isMark(c))
            pieces.push_back({{}, c.unicode() - 0xE000});
        else if (pieces.isEmpty() || pieces.back().text.isEmpty())
            pieces.push_back({QString(c), 0});
        else
            pieces.back().text += c;
    }
    return pieces;
}

} // namespace

QString marksOf(const std::vector<int>& paths) {
    QString out;
    for (const int path : paths)
        out += markOf(path);
    return out;
}

QString spokenText(const QString& marked) {
    QString out;
    bool afterMark = false;
    for (const QChar c : marked) {
        if (isMark(c)) {
            out += (afterMark ? QStringLiteral(" and path %1") : QStringLiteral("path %1"))
                       .arg(c.unicode() - 0xE000);
        } else {
            out += c;
        }
        afterMark = isMark(c);
    }
    return out;
}

int markedWidth(const QString& marked, const QFont& font, const Theme&) {
    const QFontMetrics metrics(font);
    int width = 0;
    for (const Piece& piece : piecesOf(marked))
        width += piece.text.isEmpty() ? markAdvance(font) : metrics.horizontalAdvance(piece.text);
    return width;
}

int paintMarkedText(QPainter& painter, const QRect& rect, const QString& marked, const QFont& font,
                    const QColor& color, const Theme& theme) {
    const QFontMetrics metrics(font);
    painter.setFont(font);
    int x = rect.left();
    const int end = rect.left() + rect.width();
    const int baseline = rect.top() + (rect.height() + metrics.ascent() - metrics.descent()) / 2;
    // Marks stand on the middle of the capitals, as the eye expects a figure to.
    const int middle = baseline - metrics.capHeight() / 2;
    for (const Piece& piece : piecesOf(marked)) {
        if (x >= end)
            break;
        if (piece.text.isEmpty()) {
            const int side = markSide(font);
            paintPathMark(painter, QRectF(x + 1, middle - side / 2.0, side, side), piece.path,
                          theme);
            painter.setFont(font);
            x += markAdvance(font);
            continue;
        }
        painter.setPen(color);
        // Eliding counts in fractions, and would cut a text that just fits.
        const int width = metrics.horizontalAdvance(piece.text);
        painter.drawText(x, baseline,
                         width <= end - x
                             ? piece.text
                             : metrics.elidedText(piece.text, Qt::ElideRight, end - x));
        x += width;
    }
    return std::min(x, end) - rect.left();
}

} // namespace sightglass::ui
