// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFontMetrics>

#include <algorithm>
#include <cmath>

#include "ui/charts/chart_canvas.h"
#include "ui/charts/marked_text.h"

// What a ChartCanvas says in words and marks around its lines: units, notes, resets, arrivals, and
// the title and false resets of the lane.
namespace sightglass::ui {

namespace {

QString axisTitle(const UnitStyle& style) {
    if (style.kind != UnitStyle::Kind::Plain)
        return {};
    if (style.suffix.isEmpty())
        return style.perSecond ? QStringLiteral("per second") : QString();
    return style.suffix + (style.perSecond ? QStringLiteral("/s") : QString());
}

} // namespace

QString ChartCanvas::note() const {
    QStringList parts;
    if (m_frame->total > m_frame->series.size()) {
        QString by = QStringLiteral("last");
        if (m_frame->settings.topBy == TopBy::Max)
            by = QStringLiteral("max");
        else if (m_frame->settings.topBy == TopBy::Mean)
            by = QStringLiteral("mean");
        parts << QStringLiteral("%1 of %2 series, top by %3")
                     .arg(m_frame->series.size())
                     .arg(m_frame->total)
                     .arg(by);
    }
    if (m_frame->step > 0)
        parts << QStringLiteral("increase over %1").arg(formatDuration(m_frame->step));
    if (m_frame->belowLog)
        parts << QStringLiteral("zero and below left out");
    if (m_frame->onePathOnly && !m_frame->series.empty())
        parts << QStringLiteral("stacked: path %1 alone").arg(m_frame->series.front().path);
    if (!m_frame->leftOut.isEmpty()) {
        parts << (isStacked() ? QStringLiteral("%1: not stacked, another unit")
                              : QStringLiteral("%1: left out, a third unit"))
                     .arg(m_frame->leftOut.join(QStringLiteral(", ")));
    }
    return parts.join(QStringLiteral("  \u00b7  "));
}

QRect ChartCanvas::noteRect() const {
    const QFontMetrics metrics(m_theme.font(Theme::Size::Tiny));
    const int taken = metrics.horizontalAdvance(axisTitle(m_frame->unit)) + m_theme.px(12);
    int right = m_plot.right();
    if (m_frame->rightUnit)
        right = std::min(right, m_plot.right() + m_needed.right -
                                    metrics.horizontalAdvance(axisTitle(*m_frame->rightUnit)) -
                                    m_theme.px(12));
    return {m_plot.left() + taken, m_plot.top() - m_theme.px(18), right - m_plot.left() - taken + 1,
            m_theme.px(14)};
}

void ChartCanvas::paintNotes(QPainter& painter) const {
    const QFont font = m_theme.font(Theme::Size::Tiny);
    const QFontMetrics metrics(font);
    painter.setFont(font);
    painter.setPen(m_theme.tokens().text2);
    const int baseline = m_plot.top() - m_theme.px(7);
    painter.drawText(m_plot.left(), baseline, axisTitle(m_frame->unit));
    if (m_frame->rightUnit) {
        const QString title = axisTitle(*m_frame->rightUnit);
        painter.drawText(m_plot.right() + m_needed.right - metrics.horizontalAdvance(title),
                         baseline, title);
    }
    const QRect rect = noteRect();
    const QString text = metrics.elidedText(note(), Qt::ElideRight, rect.width());
    painter.drawText(rect.right() + 1 - metrics.horizontalAdvance(text), baseline, text);
}

/// Quiet: a counter may begin again. In the series' colour, at the foot of the chart.
void ChartCanvas::paintResets(QPainter& painter, const ChartMarks& marks) const {
    if (m_frame->resets.empty())
        return;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    const double size = m_theme.px(4);
    const double foot = m_plot.bottom() + 1;
    for (const PlotReset& reset : m_frame->resets) {
        const PlotSeries& series = m_frame->series[static_cast<std::size_t>(reset.series)];
        if (reset.time < m_from || reset.time > m_to || marks.muted.contains(series.id.value))
            continue;
        const double x = xOf(reset.time);
        painter.setBrush(m_theme.tokens().series[static_cast<std::size_t>(series.color)]);
        const QPointF shape[] = {{x - size, foot}, {x + size, foot}, {x, foot - 1.75 * size}};
        painter.drawPolygon(shape, 3);
    }
    painter.restore();
}

QString ChartCanvas::tipAt(QPoint at) const {
    if (!m_frame)
        return {};
    if (noteRect().adjusted(0, -2, 0, 4).contains(at))
        return note();
    if (std::abs(at.y() - m_plot.bottom()) > m_theme.px(9))
        return {};
    QStringList lines;
    for (const PlotReset& reset : m_frame->resets) {
        if (std::abs(xOf(reset.time) - at.x()) > m_theme.px(5))
            continue;
        const PlotSeries& series = m_frame->series[static_cast<std::size_t>(reset.series)];
        const QString count = reset.count == 1 ? QStringLiteral("reset")
                                               : QStringLiteral("%1 resets").arg(reset.count);
        lines << QStringLiteral("%1 at %2: path %3 %4")
                     .arg(count, formatClock(reset.time))
                     .arg(series.path)
                     .arg(series.labels.isEmpty() ? series.pathName : series.labels);
        if (lines.size() == 8)
            break;
    }
    return lines.join(u'\n');
}

void ChartCanvas::paintArrivals(QPainter& painter) const {
    const Tokens& tokens = m_theme.tokens();
    const int bottom = (m_lane.isEmpty() ? m_plot : m_lane).bottom() + 1;
    int row = 0;
    for (const PlotArrival& arrival : m_frame->arrivals) {
        if (arrival.time < m_from || arrival.time > m_to)
            continue;
        const double x = std::round(xOf(arrival.time) * m_scale) / m_scale;
        const double dot = std::max(1.0, std::floor(m_scale * m_theme.px(100) / 100.0)) / m_scale;
        const int top = m_plot.top() - m_theme.px(2);
        for (double y = top; y < bottom; y += 3 * dot)
            painter.fillRect(QRectF(x, y, dot, dot), tokens.error);

        const QFont font = m_theme.font(Theme::Size::Tiny);
        const QString text =
            markOf(arrival.path) + QStringLiteral(" arrived ") + formatClock(arrival.time);
        const int width = markedWidth(text, font, m_theme);
        const int gap = m_theme.px(6);
        // On the left of its line where the right has no room.
        const bool fits = x + gap + width <= m_plot.right();
        const int left = static_cast<int>(fits ? x + gap : x - gap - width);
        const QRect rect(left, m_plot.top() + row * m_theme.px(16) - m_theme.px(6), width,
                         m_theme.px(16));
        // The label hides a grid line and, for a moment, a line behind it: it must be read.
        painter.fillRect(rect.adjusted(-2, 0, 2, 0), tokens.surface);
        paintMarkedText(painter, rect, text, font, tokens.text2, m_theme);
        ++row;
    }
}

void ChartCanvas::paintLane(QPainter& painter) const {
    const Tokens& tokens = m_theme.tokens();
    const PlotLane& lane = m_frame->lane;
    QString title = QStringLiteral("rate() of ") + marksOf(lane.paths) +
                    (lane.paths.size() == 1 ? QStringLiteral(", which says counter")
                                            : QStringLiteral(", which say counter"));
    if (lane.falseResets > 0) {
        title += QStringLiteral(": %1 false reset%2")
                     .arg(lane.falseResets)
                     .arg(lane.falseResets == 1 ? QString() : QStringLiteral("s"));
    }
    paintMarkedText(painter, QRect(m_lane.left(), m_laneTitleTop, m_lane.width(), m_theme.px(20)),
                    title, m_theme.font(Theme::Size::Small, true), tokens.error, m_theme);

    // Under the spike that rate() makes of it.
    const double width = 2 * std::max(1.0, m_theme.px(100) / 100.0);
    for (const TimeNs time : lane.resetTimes) {
        if (time < m_from || time > m_to)
            continue;
        painter.fillRect(QRectF(xOf(time) - width / 2, m_lane.bottom() + 1 - m_theme.px(1), width,
                                m_theme.px(6)),
                         tokens.error);
    }
}

} // namespace sightglass::ui
