// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/look/marks.h"

#include <QFontMetricsF>
#include <QPainterPath>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace sightglass::ui {

namespace {

/// Saves the painter and draws smooth shapes until it goes.
class Smooth {
  public:
    explicit Smooth(QPainter& painter) : m_painter(painter) {
        m_painter.save();
        m_painter.setRenderHint(QPainter::Antialiasing);
    }
    ~Smooth() { m_painter.restore(); }
    Smooth(const Smooth&) = delete;
    Smooth& operator=(const Smooth&) = delete;

  private:
    QPainter& m_painter;
};

QRectF centredSquare(const QRectF& rect, double side) {
    return {rect.center().x() - side / 2, rect.center().y() - side / 2, side, side};
}

/// Centres by the height of capitals, which is what the eye measures in a badge.
void drawCentred(QPainter& painter, const QRectF& rect, const QString& text, QFont font,
                 double pixels, const QColor& color) {
    font.setPixelSize(std::max(6, static_cast<int>(std::lround(pixels))));
    const QFontMetricsF metrics(font, painter.device());
    painter.setFont(font);
    painter.setPen(color);
    painter.drawText(QPointF(rect.center().x() - metrics.horizontalAdvance(text) / 2,
                             rect.center().y() + metrics.capHeight() / 2),
                     text);
}

/// "!" as two shapes, so that it sits alike at every scale; `top` and `bottom` of the sign.
void drawExclamation(QPainter& painter, double x, double top, double bottom, double width) {
    const double dot = width * 1.1;
    painter.drawRoundedRect(QRectF(x - width / 2, top, width, bottom - top - dot * 1.55), width / 2,
                            width / 2);
    painter.drawEllipse(QRectF(x - dot / 2, bottom - dot, dot, dot));
}

} // namespace

void paintPathMark(QPainter& painter, const QRectF& rect, int number, const Theme& theme) {
    const Smooth smooth(painter);
    const double side = std::min({rect.width(), rect.height(), theme.px(16) * 1.0});
    const QRectF circle = centredSquare(rect, side - 1);
    const QColor color = theme.tokens().text;
    painter.setPen(QPen(color, std::max(1.0, side / 16)));
    painter.setBrush(Qt::NoBrush);
    painter.drawEllipse(circle);
    const QString text = QString::number(number);
    drawCentred(painter, circle, text, theme.font(Theme::Size::Small, true),
                side * (text.size() > 1 ? 0.52 : 0.66), color);
}

void paintTypeBadge(QPainter& painter, const QRectF& rect, MetricType type, bool monotonic,
                    bool delta, bool odd, const Theme& theme) {
    const Smooth smooth(painter);
    const Tokens& tokens = theme.tokens();
    const double side = std::min({rect.width(), rect.height(), theme.px(18) * 1.0});
    const double line = side / 18 * (odd ? 1.5 : 1.2);
    const QRectF square = centredSquare(rect, side - line);
    painter.setPen(QPen(odd ? tokens.error : tokens.control, line));
    painter.setBrush(odd ? QBrush(tokens.errorTint) : QBrush(Qt::NoBrush));
    painter.drawRoundedRect(square, side * 4 / 18, side * 4 / 18);

    const QColor ink = odd ? tokens.error : tokens.text2;
    QRectF letter = square;
    if (delta) {
        letter.translate(-side * 0.14, side * 0.05);
        const double w = side * 0.3;
        const QPointF top(square.right() - side * 0.24, square.top() + side * 0.17);
        const QPolygonF triangle{
            {top, top + QPointF(w / 2, w * 0.9), top + QPointF(-w / 2, w * 0.9)}};
        painter.setPen(QPen(ink, side / 18, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.setBrush(Qt::NoBrush);
        painter.drawPolygon(triangle);
    }
    drawCentred(painter, letter, typeLetter(type, monotonic), theme.font(Theme::Size::Tiny, true),
                side * 0.58, ink);
}

QString typeLetter(MetricType type, bool monotonic) {
    switch (type) {
    case MetricType::Gauge:
        return QStringLiteral("G");
    case MetricType::Sum:
        return monotonic ? QStringLiteral("C") : QStringLiteral("U");
    case MetricType::Histogram:
        return QStringLiteral("H");
    case MetricType::ExponentialHistogram:
        return QStringLiteral("E");
    case MetricType::Summary:
        return QStringLiteral("S");
    case MetricType::Unknown:
        break;
    }
    return QStringLiteral("?");
}

QString typeText(MetricType type, bool monotonic) {
    switch (type) {
    case MetricType::Gauge:
        return QStringLiteral("gauge");
    case MetricType::Sum:
        return monotonic ? QStringLiteral("counter") : QStringLiteral("up-down sum");
    case MetricType::Histogram:
        return QStringLiteral("histogram");
    case MetricType::ExponentialHistogram:
        return QStringLiteral("exponential histogram");
    case MetricType::Summary:
        return QStringLiteral("summary");
    case MetricType::Unknown:
        break;
    }
    return QStringLiteral("unknown");
}

void paintSeverity(QPainter& painter, const QRectF& rect, Severity severity, const Theme& theme) {
    const Smooth smooth(painter);
    const double side = std::min({rect.width(), rect.height(), theme.px(16) * 1.0});
    const QRectF box = centredSquare(rect, side);
    const double unit = side / 16;
    const QPointF centre = box.center();
    const QColor color = severityColor(severity, theme);
    const QColor sign = theme.tokens().surface;
    switch (severity) {
    case Severity::Error: {
        QPolygonF octagon;
        for (int i = 0; i < 8; ++i) {
            const double angle = (i + 0.5) * std::numbers::pi / 4;
            octagon << centre + 7.4 * unit * QPointF(std::cos(angle), std::sin(angle));
        }
        painter.setPen(QPen(color, unit, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.setBrush(color);
        painter.drawPolygon(octagon);
        painter.setPen(Qt::NoPen);
        painter.setBrush(sign);
        drawExclamation(painter, centre.x(), centre.y() - 4.2 * unit, centre.y() + 4.2 * unit,
                        2 * unit);
        break;
    }
    case Severity::Warning: {
        QPolygonF triangle;
        triangle << centre + QPointF(0, -6.2) * unit << centre + QPointF(6.9, 5.8) * unit
                 << centre + QPointF(-6.9, 5.8) * unit;
        painter.setPen(QPen(color, 1.6 * unit, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.setBrush(color);
        painter.drawPolygon(triangle);
        painter.setPen(Qt::NoPen);
        painter.setBrush(sign);
        drawExclamation(painter, centre.x(), centre.y() - 2.8 * unit, centre.y() + 4.7 * unit,
                        1.9 * unit);
        break;
    }
    case Severity::Note: {
        painter.setPen(QPen(color, 1.5 * unit));
        painter.setBrush(Qt::NoBrush);
        painter.drawEllipse(centre, 6.5 * unit, 6.5 * unit);
        painter.setPen(Qt::NoPen);
        painter.setBrush(color);
        painter.drawEllipse(centre + QPointF(0, -3.1) * unit, 1.1 * unit, 1.1 * unit);
        painter.drawRoundedRect(
            QRectF(centre.x() - 0.85 * unit, centre.y() - 1.0 * unit, 1.7 * unit, 4.9 * unit),
            0.6 * unit, 0.6 * unit);
        break;
    }
    }
}

void paintResolved(QPainter& painter, const QRectF& rect, const Theme& theme) {
    const Smooth smooth(painter);
    const double side = std::min({rect.width(), rect.height(), theme.px(16) * 1.0});
    const double unit = side / 16;
    const QPointF centre = rect.center();
    painter.setPen(QPen(theme.tokens().ok, 1.5 * unit, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(Qt::NoBrush);
    painter.drawEllipse(centre, 6.5 * unit, 6.5 * unit);
    QPolygonF tick;
    tick << centre + QPointF(-3.1, 0.2) * unit << centre + QPointF(-0.9, 2.5) * unit
         << centre + QPointF(3.2, -2.3) * unit;
    painter.drawPolyline(tick);
}

QColor severityColor(Severity severity, const Theme& theme) {
    const Tokens& tokens = theme.tokens();
    switch (severity) {
    case Severity::Error:
        return tokens.error;
    case Severity::Warning:
        return tokens.warning;
    case Severity::Note:
        break;
    }
    return tokens.accent;
}

QColor severityTint(Severity severity, const Theme& theme) {
    const Tokens& tokens = theme.tokens();
    switch (severity) {
    case Severity::Error:
        return tokens.errorTint;
    case Severity::Warning:
        return tokens.warningTint;
    case Severity::Note:
        break;
    }
    return tokens.noteTint;
}

QString severityText(Severity severity, int count) {
    const std::string_view name = severityName(severity);
    const QString word = QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
    return QStringLiteral("%1 %2%3").arg(count).arg(word,
                                                    count == 1 ? QString() : QStringLiteral("s"));
}

int lostChipWidth(const QString& word, const Theme& theme) {
    const QFontMetrics metrics(theme.font(Theme::Size::Small, true));
    return metrics.horizontalAdvance(word) + 2 * theme.px(10);
}

int paintLostChip(QPainter& painter, const QRect& rect, const QString& word, const Theme& theme) {
    const Smooth smooth(painter);
    const Tokens& tokens = theme.tokens();
    const int width = std::min(lostChipWidth(word, theme), rect.width());
    const double height = std::min(rect.height() * 1.0, theme.px(20) * 1.0);
    const QRectF chip(rect.left() + 0.5, rect.top() + (rect.height() - height) / 2 + 0.5, width - 1,
                      height - 1);
    QPen dashes(tokens.error, 1);
    dashes.setDashPattern({3, 2});
    painter.setPen(dashes);
    painter.setBrush(tokens.errorTint);
    painter.drawRoundedRect(chip, height / 2, height / 2);
    painter.setPen(tokens.error);
    const QFont font = theme.font(Theme::Size::Small, true);
    painter.setFont(font);
    painter.drawText(chip, Qt::AlignCenter,
                     QFontMetrics(font).elidedText(word, Qt::ElideRight, width - theme.px(8)));
    return width;
}

void paintSparkline(QPainter& painter, const QRectF& rect, const QVector<float>& values,
                    const QColor& color) {
    if (values.isEmpty())
        return;
    const Smooth smooth(painter);
    painter.setPen(QPen(color, 1));
    painter.setBrush(Qt::NoBrush);
    const double step =
        values.size() > 1 ? rect.width() / static_cast<double>(values.size() - 1) : 0;
    QPolygonF run;
    const auto flush = [&] {
        // A lone point has no line to be seen by.
        if (run.size() == 1)
            painter.drawLine(run[0] - QPointF(0.5, 0), run[0] + QPointF(0.5, 0));
        else if (run.size() > 1)
            painter.drawPolyline(run);
        run.clear();
    };
    for (qsizetype i = 0; i < values.size(); ++i) {
        const float value = values[i];
        if (std::isnan(value)) {
            flush();
            continue;
        }
        const double y = rect.bottom() - std::clamp(value, 0.0f, 1.0f) * rect.height();
        run << QPointF(rect.left() + step * static_cast<double>(i), y);
    }
    flush();
}

} // namespace sightglass::ui
