// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_canvas.h"

#include <QFontMetrics>

#include <algorithm>
#include <cmath>

#include "ui/charts/marked_text.h"

namespace sightglass::ui {

namespace {

/// Of a plain number the unit stands once, over the axis, and not at every tick.
UnitStyle tickStyle(UnitStyle style) {
    if (style.kind == UnitStyle::Kind::Plain) {
        style.suffix.clear();
        style.perSecond = false;
    }
    return style;
}

/// Nothing is nothing in any unit.
QString tickText(double tick, const UnitStyle& style) {
    return tick == 0 ? QStringLiteral("0") : formatValue(tick, style);
}

QString axisTitle(const UnitStyle& style) {
    if (style.kind != UnitStyle::Kind::Plain)
        return {};
    if (style.suffix.isEmpty())
        return style.perSecond ? QStringLiteral("per second") : QString();
    return style.suffix + (style.perSecond ? QStringLiteral("/s") : QString());
}

/// Range of the lines that can be seen; low > high if there are none.
std::pair<double, double> rangeOf(const std::vector<PlotSeries>& all, const ChartMarks& marks) {
    double low = HUGE_VAL;
    double high = -HUGE_VAL;
    for (const PlotSeries& series : all) {
        if (marks.muted.contains(series.id.value) || series.columns.empty())
            continue;
        for (const PlotColumn& c : series.columns) {
            low = std::min(low, c.min);
            high = std::max(high, c.max);
        }
    }
    return {low, high};
}

} // namespace

void ChartCanvas::layout(std::shared_ptr<const PlotFrame> frame, TimeNs from, TimeNs to, QSize size,
                         double scale, const ChartMarks& marks) {
    m_frame = std::move(frame);
    m_from = from;
    m_to = std::max(to, from + 1);
    m_main.style = m_below.style = {};
    m_main.axis = m_below.axis = {};
    if (m_frame) {
        // Heights are needed for the number of ticks, and tick labels for the width.
        place(size, scale);
        const int apart = m_theme.px(52);
        m_main.style = tickStyle(m_frame->unit);
        const auto [low, high] = rangeOf(m_frame->series, marks);
        m_main.axis =
            valueAxis(low, high, std::clamp(m_plot.height() / apart, 2, 6), m_frame->unit);
        if (!m_frame->lane.empty()) {
            m_below.style = tickStyle(m_frame->lane.unit);
            m_below.style.perSecond = true;
            const auto [least, most] = rangeOf(m_frame->lane.series, marks);
            m_below.axis = valueAxis(std::min(least, 0.0), most,
                                     std::clamp(m_lane.height() / apart, 2, 3), m_frame->lane.unit);
        }
    }
    place(size, scale);
    if (!m_frame)
        return;
    drawLines(m_main, m_frame->series, marks);
    if (!m_lane.isEmpty())
        drawLines(m_below, m_frame->lane.series, marks);
}

void ChartCanvas::place(QSize size, double scale) {
    m_scale = scale;
    const QFontMetrics metrics(m_theme.font(Theme::Size::Small));
    int labels = m_theme.px(28);
    const auto widen = [&](const Pane& pane) {
        for (const double tick : pane.axis.ticks)
            labels = std::max(labels, metrics.horizontalAdvance(tickText(tick, pane.style)));
    };
    widen(m_main);
    const int top = m_theme.px(18);
    const int bottom = m_theme.px(22);
    // On a low stage the lane would leave neither pane readable: the chart has it alone.
    const bool hasLane =
        m_frame && !m_frame->lane.empty() && size.height() - top - bottom >= m_theme.px(110);
    if (hasLane)
        widen(m_below);
    // In steps, so that a new digit does not move the whole chart.
    const int step = m_theme.px(8);
    const int left = (labels + m_theme.px(6) + step - 1) / step * step;
    const int title = hasLane ? m_theme.px(30) : 0;
    const int width = std::max(size.width() - left, 1);
    const int height = std::max(size.height() - top - bottom - title, 2);
    const int main = hasLane ? height * 3 / 4 : height;
    m_plot = {left, top, width, main};
    m_laneTitleTop = m_plot.bottom() + 1 + m_theme.px(4);
    m_lane = hasLane ? QRect(left, top + main + title, width, height - main) : QRect();

    const auto inDevice = [scale](const QRect& rect, Pane& pane) {
        pane.x = static_cast<int>(std::lround(rect.x() * scale));
        pane.y = static_cast<int>(std::lround(rect.y() * scale));
        pane.width = static_cast<int>(std::lround((rect.x() + rect.width()) * scale)) - pane.x;
        pane.height = static_cast<int>(std::lround((rect.y() + rect.height()) * scale)) - pane.y;
    };
    inDevice(m_plot, m_main);
    inDevice(m_lane, m_below);
}

void ChartCanvas::drawLines(Pane& pane, const std::vector<PlotSeries>& all,
                            const ChartMarks& marks) {
    // Half a line's width is kept above and below, or a line at zero would be cut.
    const double lineScale = m_scale * m_theme.px(100) / 100.0;
    const int spare = static_cast<int>(std::ceil(2 * lineScale));
    const double perPixel = (pane.axis.high - pane.axis.low) / std::max(pane.height, 1);
    const Rasteriser::View view{m_from, m_to, pane.axis.low - spare * perPixel,
                                pane.axis.high + spare * perPixel};
    m_rasteriser.begin({pane.width, pane.height + 2 * spare});
    // References first: dashes lie on them, and equal values read as beads.
    for (const bool reference : {true, false}) {
        for (const PlotSeries& series : all) {
            if (series.reference != reference || marks.muted.contains(series.id.value))
                continue;
            // The lane's lines are one path's: a narrow spike must not fall between two dashes.
            const bool solid = series.reference || &pane == &m_below;
            const bool faded = marks.highlighted && *marks.highlighted != series.id;
            Rasteriser::Stroke stroke;
            stroke.color = m_theme.tokens().series[static_cast<std::size_t>(series.color)];
            stroke.width = (solid ? 1.5 : 3.5) * lineScale;
            stroke.dash = solid ? 0 : static_cast<int>(std::lround(7 * lineScale));
            stroke.opacity = faded ? 0.25 : 1;
            stroke.dotRadius = (solid ? 2.5 : 3.25) * lineScale;
            m_rasteriser.draw(series.columns, view, stroke);
        }
    }
    pane.picture = m_rasteriser.finish();
    pane.picture.setDevicePixelRatio(m_scale);
}

TimeNs ChartCanvas::timeAt(double x) const {
    const double part = (x - m_plot.left()) / std::max(m_plot.width(), 1);
    return m_from + static_cast<TimeNs>(part * static_cast<double>(m_to - m_from));
}

double ChartCanvas::xOf(TimeNs time) const {
    return m_plot.left() +
           static_cast<double>(time - m_from) * m_plot.width() / static_cast<double>(m_to - m_from);
}

double ChartCanvas::yOf(const Pane& pane, double value) const {
    const double part = (pane.axis.high - value) / (pane.axis.high - pane.axis.low);
    return (pane.y + part * pane.height) / m_scale;
}

std::optional<TimeNs> ChartCanvas::snapped(TimeNs time, const ChartMarks& marks) const {
    std::optional<TimeNs> best;
    if (!m_frame)
        return best;
    for (const PlotSeries& series : m_frame->series) {
        if (marks.muted.contains(series.id.value))
            continue;
        const auto after =
            std::lower_bound(series.columns.begin(), series.columns.end(), time,
                             [](const PlotColumn& c, TimeNs t) { return c.lastTime < t; });
        for (const auto at : {after, after == series.columns.begin() ? after : after - 1}) {
            if (at == series.columns.end() || at->lastTime < m_from || at->lastTime > m_to)
                continue;
            if (!best || std::abs(at->lastTime - time) < std::abs(*best - time))
                best = at->lastTime;
        }
    }
    return best;
}

std::optional<TimeNs> ChartCanvas::stepped(TimeNs time, int direction,
                                           const ChartMarks& marks) const {
    std::optional<TimeNs> best;
    if (!m_frame)
        return best;
    // Points of several paths within a pixel are one step.
    const TimeNs least = (m_to - m_from) / std::max(m_plot.width(), 1);
    for (const PlotSeries& series : m_frame->series) {
        if (marks.muted.contains(series.id.value) ||
            (marks.highlighted && *marks.highlighted != series.id))
            continue;
        for (const PlotColumn& c : series.columns) {
            const TimeNs ahead = (c.lastTime - time) * direction;
            if (ahead < least || c.lastTime < m_from || c.lastTime > m_to)
                continue;
            if (!best || ahead < (*best - time) * direction)
                best = c.lastTime;
        }
    }
    return best;
}

CrosshairReading ChartCanvas::readAt(TimeNs time, const ChartMarks& marks) const {
    CrosshairReading reading;
    reading.time = time;
    if (!m_frame)
        return reading;
    const auto valueOf = [&](const PlotSeries& series) -> std::optional<double> {
        const PlotColumn* best = nullptr;
        for (const PlotColumn& c : series.columns) {
            if (best == nullptr || std::abs(c.lastTime - time) < std::abs(best->lastTime - time))
                best = &c;
        }
        const TimeNs near = std::max(series.gap, (m_to - m_from) / 100);
        if (best == nullptr || std::abs(best->lastTime - time) > near)
            return std::nullopt;
        return best->last;
    };
    const auto addAll = [&](const std::vector<PlotSeries>& all, bool inLane) {
        const auto begin = static_cast<std::ptrdiff_t>(reading.rows.size());
        for (const PlotSeries& series : all) {
            if (!marks.muted.contains(series.id.value))
                reading.rows.push_back({&series, inLane, valueOf(series)});
        }
        std::stable_sort(reading.rows.begin() + begin, reading.rows.end(),
                         [](const auto& a, const auto& b) {
                             return a.value.value_or(-HUGE_VAL) > b.value.value_or(-HUGE_VAL);
                         });
    };
    addAll(m_frame->series, false);
    addAll(m_frame->lane.series, true);
    return reading;
}

void ChartCanvas::paint(QPainter& painter, const ChartMarks& marks) {
    if (!m_frame)
        return;
    paintGrid(painter, m_main, m_plot);
    paintTimes(painter);
    const auto paste = [&](const Pane& pane, const QRect& rect) {
        const double spare = (pane.picture.height() - pane.height) / 2.0 / m_scale;
        painter.save();
        painter.setClipRect(rect.adjusted(0, -m_theme.px(3), 0, m_theme.px(3)));
        painter.drawImage(QPointF(pane.x / m_scale, pane.y / m_scale - spare), pane.picture);
        painter.restore();
    };
    paste(m_main, m_plot);
    if (!m_lane.isEmpty()) {
        paintGrid(painter, m_below, m_lane);
        paste(m_below, m_lane);
        paintLane(painter);
    }
    paintArrivals(painter);
    paintNotes(painter);
    if (marks.dragged) {
        const auto inPlot = [this](TimeNs time) {
            return static_cast<int>(
                std::lround(std::clamp(xOf(time), m_plot.left() * 1.0, m_plot.right() * 1.0)));
        };
        const int left = inPlot(marks.dragged->first);
        const int right = inPlot(marks.dragged->second);
        QColor tint = m_theme.tokens().accent;
        const QRect whole(left, m_plot.top(), right - left,
                          (m_lane.isEmpty() ? m_plot : m_lane).bottom() + 1 - m_plot.top());
        painter.setPen(tint);
        tint.setAlpha(40);
        painter.fillRect(whole, tint);
        painter.drawLine(whole.topLeft(), whole.bottomLeft());
        painter.drawLine(whole.topRight(), whole.bottomRight());
    } else if (marks.cursor) {
        paintCrosshair(painter, marks);
    }
}

void ChartCanvas::paintGrid(QPainter& painter, const Pane& pane, const QRect& rect) const {
    const Tokens& tokens = m_theme.tokens();
    const QFont font = m_theme.font(Theme::Size::Small);
    const QFontMetrics metrics(font);
    painter.setFont(font);
    // In a low pane only labels that stand clear of each other, the ends before the middle.
    const double apart = 0.9 * metrics.height();
    const double top = pane.axis.ticks.isEmpty() ? 0 : yOf(pane, pane.axis.ticks.last());
    double below = HUGE_VAL;
    for (const double tick : pane.axis.ticks) {
        // On whole device pixels: a grid must not be blurred.
        const double y = std::round(yOf(pane, tick) * m_scale) / m_scale;
        painter.fillRect(
            QRectF(rect.left(), y, rect.width(), std::max(1.0, std::floor(m_scale)) / m_scale),
            tokens.border);
        const bool clearOfTop = tick == pane.axis.ticks.last() || y - top >= apart;
        if (below - y < apart || !clearOfTop)
            continue;
        below = y;
        painter.setPen(tokens.text2);
        painter.drawText(
            QRectF(0, y - metrics.height() / 2.0, rect.left() - m_theme.px(6), metrics.height()),
            Qt::AlignRight | Qt::AlignVCenter, tickText(tick, pane.style));
    }
}

void ChartCanvas::paintTimes(QPainter& painter) const {
    const QFont font = m_theme.font(Theme::Size::Small);
    const QFontMetrics metrics(font);
    painter.setFont(font);
    painter.setPen(m_theme.tokens().text2);
    const QRect over = m_lane.isEmpty() ? m_plot : m_lane;
    const int apart = m_theme.px(110);
    const int baseline = over.bottom() + 1 + m_theme.px(5) + metrics.ascent();
    for (const TimeTick& tick : timeTicks(m_from, m_to, std::max(m_plot.width() / apart, 2))) {
        const int width = metrics.horizontalAdvance(tick.text);
        const double x = std::clamp(xOf(tick.time) - width / 2.0, m_plot.left() * 1.0,
                                    m_plot.right() + 1.0 - width);
        painter.drawText(QPointF(x, baseline), tick.text);
        painter.fillRect(QRectF(std::round(xOf(tick.time) * m_scale) / m_scale, over.bottom() + 1,
                                1, m_theme.px(4)),
                         m_theme.tokens().border);
    }
}

void ChartCanvas::paintNotes(QPainter& painter) const {
    const QFont font = m_theme.font(Theme::Size::Tiny);
    const QFontMetrics metrics(font);
    painter.setFont(font);
    painter.setPen(m_theme.tokens().text2);
    const int baseline = m_plot.top() - m_theme.px(7);
    painter.drawText(m_plot.left(), baseline, axisTitle(m_frame->unit));
    if (m_frame->total > m_frame->series.size()) {
        const QString note = QStringLiteral("%1 of %2 series, top by last")
                                 .arg(m_frame->series.size())
                                 .arg(m_frame->total);
        painter.drawText(m_plot.right() + 1 - metrics.horizontalAdvance(note), baseline, note);
    }
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
