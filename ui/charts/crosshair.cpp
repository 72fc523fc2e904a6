// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFontMetrics>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

#include "ui/charts/chart_canvas.h"
#include "ui/charts/marked_text.h"

// The crosshair's part of ChartCanvas, and the line samples that it shares with the legend.
namespace sightglass::ui {

namespace {

/// Rows beyond this would hide the chart that they explain.
constexpr std::size_t rowsMost = 10;

QString traceOf(const HeatExemplar& exemplar) {
    return exemplar.traceId.isEmpty() ? QStringLiteral("no trace id") : exemplar.traceId;
}

QString exemplarName(const HeatExemplar& exemplar) {
    return markOf(exemplar.path) + QStringLiteral(" exemplar");
}

QString rowName(const CrosshairReading::Row& row, const PlotFrame& frame) {
    const PlotSeries& series = *row.series;
    const QString mark = QString(markOf(series.path));
    if (row.inLane)
        return mark + QStringLiteral(" rate()");
    if (frame.families.size() > 1) {
        const QString& family = frame.families[series.family];
        return mark + ' ' +
               (series.labels.isEmpty() ? family : family + QStringLiteral(", ") + series.labels);
    }
    return mark + ' ' + (series.labels.isEmpty() ? series.pathName : series.labels);
}

} // namespace

void paintLineSample(QPainter& painter, const QRect& rect, const PlotSeries& series, bool muted,
                     const Theme& theme) {
    const double scale = theme.px(100) / 100.0;
    const QColor color = muted ? theme.tokens().border
                               : theme.tokens().series[static_cast<std::size_t>(series.color)];
    const double width = (series.reference ? 1.5 : 3.5) * scale;
    const double y = rect.center().y() + 0.5 - width / 2;
    if (series.reference) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.fillRect(QRectF(rect.left(), y, rect.width(), width), color);
        painter.setRenderHint(QPainter::Antialiasing, false);
        return;
    }
    // Two whole dashes tell the manner; a third would be cut.
    const double dash = 7 * scale;
    painter.setRenderHint(QPainter::Antialiasing);
    for (double x = rect.left(); x + dash <= rect.right() + 1.5; x += 2 * dash)
        painter.fillRect(QRectF(x, y, dash, width), color);
    painter.setRenderHint(QPainter::Antialiasing, false);
}

void ChartCanvas::paintCrosshair(QPainter& painter, const ChartMarks& marks) const {
    const Tokens& tokens = m_theme.tokens();
    const CrosshairReading reading = readAt(*marks.cursor, marks);
    const double x = std::round(xOf(reading.time) * m_scale) / m_scale;
    if (x < m_plot.left() - 1 || x > m_plot.right() + 2)
        return;
    const int bottom = (m_lane.isEmpty() ? m_plot : m_lane).bottom() + 1;
    painter.fillRect(QRectF(x, m_plot.top(), 1, bottom - m_plot.top()), tokens.control);

    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    // Of many lines dots on all would hide them: the largest are named, and so marked.
    std::size_t marked = 0;
    for (const CrosshairReading::Row& row : reading.rows) {
        if (!marks.highlighted && ++marked > rowsMost)
            break;
        if (!row.value || (marks.highlighted && *marks.highlighted != row.series->id))
            continue;
        const Pane& pane = row.inLane ? m_below : m_main;
        const ValueAxis& axis = row.series->axis == 1 ? pane.rightAxis : pane.axis;
        if (axis.isLog && !(row.height > 0))
            continue;
        const double y = yOf(pane, axis, row.height);
        const double radius = m_theme.px(3) + 0.5;
        painter.setPen(QPen(tokens.surface, 1.5));
        painter.setBrush(tokens.series[static_cast<std::size_t>(row.series->color)]);
        painter.drawEllipse(QPointF(x + 0.5, y), radius, radius);
    }
    painter.restore();
    paintReading(painter, reading, x);
}

void ChartCanvas::paintReading(QPainter& painter, const CrosshairReading& reading, double x) const {
    const Tokens& tokens = m_theme.tokens();
    const QFont font = m_theme.font(Theme::Size::Small);
    const QFont bold = m_theme.font(Theme::Size::Small, true);
    const QFontMetrics metrics(font);
    const QFontMetrics boldMetrics(bold);
    const int pad = m_theme.px(8);
    const int line = m_theme.px(20);
    const int sample = m_theme.px(22);

    // In a low chart only what it has room for: time, sum and "more" are lines as well.
    const int room = (m_lane.isEmpty() ? m_plot : m_lane).bottom() - m_plot.top() - m_theme.px(20);
    const int others = 1 + (reading.sum ? 1 : 0) + (reading.exemplar != nullptr ? 2 : 0);
    std::size_t fitting = static_cast<std::size_t>(std::max(room / line - others, 1));
    if (reading.rows.size() > fitting && fitting > 1)
        --fitting;
    const std::size_t shown = std::min({reading.rows.size(), rowsMost, fitting});
    // Of an interpolated value more digits would be a pretence.
    const bool few = shown <= 4 && !m_heat.active();
    struct Cells {
        QString name, value, exact;
    };
    std::vector<Cells> cells(shown);
    int nameWidth = 0;
    int valueWidth = 0;
    int exactWidth = 0;
    for (std::size_t i = 0; i < shown; ++i) {
        const CrosshairReading::Row& row = reading.rows[i];
        const UnitStyle& style = unitOf(row);
        cells[i].name = rowName(row, *m_frame);
        cells[i].value = row.value ? formatValue(*row.value, style) : QStringLiteral("\u2013");
        if (few && row.value && row.series->shown != Shown::Rate) {
            cells[i].exact = formatExact(*row.value, style);
            if (cells[i].exact == cells[i].value)
                cells[i].exact.clear();
        }
        nameWidth = std::max(nameWidth, markedWidth(cells[i].name, font, m_theme));
        valueWidth = std::max(valueWidth, boldMetrics.horizontalAdvance(cells[i].value));
        exactWidth = std::max(exactWidth, metrics.horizontalAdvance(cells[i].exact));
    }
    if (reading.exemplar != nullptr)
        nameWidth =
            std::max(nameWidth, markedWidth(exemplarName(*reading.exemplar), font, m_theme));
    nameWidth = std::min(nameWidth, m_theme.px(220));
    // Every digit is worth having, but not at the price of half the chart.
    if (nameWidth + valueWidth + exactWidth > m_plot.width() / 2) {
        exactWidth = 0;
        for (Cells& row : cells)
            row.exact.clear();
    }
    const HeatExemplar* picked = reading.exemplar;
    const QString pickedValue = picked ? formatValue(picked->value, m_frame->unit) : QString();
    valueWidth = std::max(valueWidth, boldMetrics.horizontalAdvance(pickedValue));
    const QString sum = reading.sum ? formatValue(*reading.sum, m_frame->unit) : QString();
    valueWidth = std::max(valueWidth, boldMetrics.horizontalAdvance(sum));
    const QString more = reading.rows.size() > shown
                             ? QStringLiteral("%1 more").arg(reading.rows.size() - shown)
                             : QString();
    const TimeNs withinSecond = reading.time % nsPerSecond / nsPerMs;
    QString time = formatClock(reading.time);
    if (m_to - m_from < 60 * nsPerSecond)
        time += QStringLiteral(".%1").arg(withinSecond, 3, 10, QLatin1Char('0'));

    const int gap = m_theme.px(12);
    const int inner = std::max(sample + m_theme.px(8) + nameWidth + gap + valueWidth +
                                   (exactWidth > 0 ? gap + exactWidth : 0),
                               boldMetrics.horizontalAdvance(time));
    const int traceWidth =
        picked ? QFontMetrics(m_theme.mono()).horizontalAdvance(traceOf(*picked)) : 0;
    const std::size_t lines =
        shown + 1 + (more.isEmpty() ? 0 : 1) + (sum.isEmpty() ? 0 : 1) + (picked ? 2 : 0);
    const QSize size(std::max(inner, traceWidth) + 2 * pad,
                     line * static_cast<int>(lines) + 2 * pad - m_theme.px(4));
    const int beside = m_theme.px(12);
    int left = static_cast<int>(x) + beside;
    if (left + size.width() > m_plot.right())
        left = static_cast<int>(x) - beside - size.width();
    left = std::max(left, 1);
    const QRect box(QPoint(left, m_plot.top() + m_theme.px(12)), size);

    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(tokens.border);
    painter.setBrush(tokens.raised);
    painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), m_theme.px(4),
                            m_theme.px(4));
    painter.restore();

    int y = box.top() + pad - m_theme.px(2);
    painter.setFont(bold);
    painter.setPen(tokens.text);
    painter.drawText(QRect(box.left() + pad, y, inner, line), Qt::AlignVCenter, time);
    y += line;
    if (!sum.isEmpty()) {
        painter.setPen(tokens.text2);
        painter.setFont(font);
        painter.drawText(QRect(box.left() + pad + sample + m_theme.px(8), y, nameWidth, line),
                         Qt::AlignVCenter, QStringLiteral("Sum"));
        painter.setPen(tokens.text);
        painter.setFont(bold);
        painter.drawText(
            QRect(box.left() + pad + sample + m_theme.px(8) + nameWidth + gap, y, valueWidth, line),
            Qt::AlignRight | Qt::AlignVCenter, sum);
        y += line;
    }
    for (std::size_t i = 0; i < shown; ++i, y += line) {
        int at = box.left() + pad;
        paintLineSample(painter, {at, y, sample, line}, *reading.rows[i].series, false, m_theme);
        at += sample + m_theme.px(8);
        paintMarkedText(painter, {at, y, nameWidth, line}, cells[i].name, font, tokens.text,
                        m_theme);
        at += nameWidth + gap;
        painter.setFont(bold);
        painter.setPen(tokens.text);
        painter.drawText(QRect(at, y, valueWidth, line), Qt::AlignRight | Qt::AlignVCenter,
                         cells[i].value);
        painter.setFont(font);
        painter.setPen(tokens.text2);
        painter.drawText(QRect(at + valueWidth + gap, y, exactWidth, line),
                         Qt::AlignRight | Qt::AlignVCenter, cells[i].exact);
    }
    if (!more.isEmpty()) {
        painter.setFont(font);
        painter.setPen(tokens.text2);
        painter.drawText(QRect(box.left() + pad, y, inner, line), Qt::AlignVCenter, more);
        y += line;
    }
    if (picked == nullptr)
        return;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(tokens.accent, 2));
    painter.setBrush(tokens.text);
    painter.drawEllipse(QPointF(box.left() + pad + sample / 2.0, y + line / 2.0), m_theme.px(4),
                        m_theme.px(4));
    painter.restore();
    const int at = box.left() + pad + sample + m_theme.px(8);
    painter.setFont(font);
    painter.setPen(tokens.text);
    paintMarkedText(painter, {at, y, nameWidth, line}, exemplarName(*picked), font, tokens.text,
                    m_theme);
    painter.setFont(bold);
    painter.drawText(QRect(at + nameWidth + gap, y, valueWidth, line),
                     Qt::AlignRight | Qt::AlignVCenter, pickedValue);
    painter.setFont(m_theme.mono());
    painter.setPen(tokens.text2);
    painter.drawText(QRect(box.left() + pad, y + line, box.width() - 2 * pad, line),
                     Qt::AlignVCenter, traceOf(*picked));
}

} // namespace sightglass::ui
