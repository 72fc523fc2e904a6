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

/// The range of what a line shows between the edges of the frame. Its neighbours outside count by
/// where the line to them crosses an edge, and those that no line leads to not at all.
void takeIn(const std::vector<PlotColumn>& columns, const PlotFrame& frame, double& low,
            double& high) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const PlotColumn& c = columns[i];
        if (c.column >= 0 && c.column < frame.columns) {
            low = std::min(low, c.min);
            high = std::max(high, c.max);
        }
        if (i == 0 || c.gapBefore)
            continue;
        const PlotColumn& before = columns[i - 1];
        for (const TimeNs edge : {frame.from, frame.to}) {
            if (before.lastTime >= edge || c.firstTime <= edge)
                continue;
            const double part = static_cast<double>(edge - before.lastTime) /
                                static_cast<double>(c.firstTime - before.lastTime);
            const double value = before.last + (c.first - before.last) * part;
            low = std::min(low, value);
            high = std::max(high, value);
        }
    }
}

/// Range of the lines of an axis that can be seen; low > high if there are none.
std::pair<double, double> rangeOf(const std::vector<PlotSeries>& all, const PlotFrame& frame,
                                  const ChartMarks& marks, int axis = 0) {
    double low = HUGE_VAL;
    double high = -HUGE_VAL;
    for (const PlotSeries& series : all) {
        if (!marks.muted.contains(series.id.value) && series.axis == axis)
            takeIn(series.columns, frame, low, high);
    }
    return {low, high};
}

/// The same of what a log axis can show.
std::pair<double, double> logRangeOf(const PlotFrame& frame, const ChartMarks& marks, int axis) {
    double low = HUGE_VAL;
    double high = -HUGE_VAL;
    for (const PlotSeries& series : frame.series) {
        if (!marks.muted.contains(series.id.value) && series.axis == axis)
            takeIn(series.logColumns, frame, low, high);
    }
    return {std::pow(10, low), std::pow(10, high)};
}

} // namespace

void ChartCanvas::layout(std::shared_ptr<const PlotFrame> frame, TimeNs from, TimeNs to, QSize size,
                         double scale, const ChartMarks& marks) {
    m_frame = std::move(frame);
    m_from = from;
    m_to = std::max(to, from + 1);
    m_main.style = m_below.style = m_main.rightStyle = {};
    m_main.axis = m_below.axis = m_main.rightAxis = {};
    m_stack = {};
    layoutHeat(marks);
    if (m_frame) {
        // Heights are needed for the number of ticks, and tick labels for the width.
        place(size, scale);
        makeAxes(marks);
    }
    place(size, scale);
    if (!m_frame)
        return;
    if (m_heat.active())
        drawQuantiles(marks);
    else if (isStacked())
        drawStack(marks);
    else
        drawLines(m_main, m_frame->series, marks);
    if (!m_lane.isEmpty())
        drawLines(m_below, m_frame->lane.series, marks);
}

bool ChartCanvas::isStacked() const {
    return m_frame && m_frame->settings.kind == ChartKind::Stacked;
}

bool ChartCanvas::isLog() const {
    return m_frame && m_frame->settings.logAxis && m_frame->settings.kind == ChartKind::Lines;
}

void ChartCanvas::makeAxes(const ChartMarks& marks) {
    if (m_heat.active()) {
        // In positions of the heatmap's own scale, which paints its ticks.
        m_main.axis.low = m_heat.scale().low();
        m_main.axis.high = m_heat.scale().high();
        return;
    }
    const int apart = m_theme.px(52);
    const int ticks = std::clamp(m_plot.height() / apart, 2, 6);
    const auto axisOf = [&](int axis, const UnitStyle& unit) {
        if (isLog()) {
            const auto [low, high] = logRangeOf(*m_frame, marks, axis);
            return logAxis(low, high, ticks + 2, unit);
        }
        const auto [low, high] =
            isStacked() ? m_stack.range() : rangeOf(m_frame->series, *m_frame, marks, axis);
        return valueAxis(low, high, ticks, unit);
    };
    if (isStacked())
        m_stack = PlotStack(*m_frame, marks.muted);
    m_main.style = tickStyle(m_frame->unit);
    m_main.axis = axisOf(0, m_frame->unit);
    if (m_frame->rightUnit) {
        m_main.rightStyle = tickStyle(*m_frame->rightUnit);
        m_main.rightAxis = axisOf(1, *m_frame->rightUnit);
    }
    if (!m_frame->lane.empty()) {
        m_below.style = tickStyle(m_frame->lane.unit);
        m_below.style.perSecond = true;
        const auto [least, most] = rangeOf(m_frame->lane.series, *m_frame, marks);
        m_below.axis = valueAxis(std::min(least, 0.0), most,
                                 std::clamp(m_lane.height() / apart, 2, 3), m_frame->lane.unit);
    }
}

void ChartCanvas::place(QSize size, double scale) {
    m_scale = scale;
    const QFontMetrics metrics(m_theme.font(Theme::Size::Small));
    int labels = m_theme.px(28);
    const auto widen = [&](int& room, const ValueAxis& axis, const UnitStyle& style) {
        for (const double tick : axis.ticks)
            room = std::max(room, metrics.horizontalAdvance(tickText(tick, style)));
    };
    widen(labels, m_main.axis, m_main.style);
    if (m_heat.active())
        labels = std::max(labels, m_heat.labelWidth(metrics) + m_theme.px(4));
    const int top = m_theme.px(18);
    const int bottom = m_theme.px(m_timesShown ? 22 : 7);
    // On a low stage the lane would leave neither pane readable: the chart has it alone.
    const bool hasLane =
        m_frame && !m_frame->lane.empty() && size.height() - top - bottom >= m_theme.px(110);
    if (hasLane)
        widen(labels, m_below.axis, m_below.style);
    // In steps, so that a new digit does not move the whole chart.
    const int step = m_theme.px(8);
    const auto inSteps = [&](int room) { return (room + m_theme.px(6) + step - 1) / step * step; };
    m_needed = {inSteps(labels), 0};
    if (m_frame && m_frame->rightUnit) {
        int right = m_theme.px(28);
        widen(right, m_main.rightAxis, m_main.rightStyle);
        m_needed.right = inSteps(right);
    }
    if (m_heat.active())
        m_needed.right = m_heat.sideWidth(size.width());
    const int left = std::max(m_needed.left, m_least.left);
    const int right = std::max(m_needed.right, m_least.right);
    const int title = hasLane ? m_theme.px(30) : 0;
    const int width = std::max(size.width() - left - right, 1);
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
    if (m_heat.active()) {
        const int gap = m_theme.px(10);
        const QRect side(m_plot.right() + 1 + gap, m_plot.top(), right - gap - m_theme.px(4),
                         m_plot.height());
        m_heat.place({m_plot, m_needed.right > 0 ? side : QRect(), m_from, m_to, scale});
    }
}

void ChartCanvas::drawLines(Pane& pane, const std::vector<PlotSeries>& all,
                            const ChartMarks& marks) {
    // Half a line's width is kept above and below, or a line at zero would be cut.
    const double lineScale = m_scale * m_theme.px(100) / 100.0;
    const int spare = static_cast<int>(std::ceil(2 * lineScale));
    const auto viewOf = [&](const ValueAxis& axis) {
        const double low = axis.isLog ? std::log10(axis.low) : axis.low;
        const double high = axis.isLog ? std::log10(axis.high) : axis.high;
        const double more = spare * (high - low) / std::max(pane.height, 1);
        return Rasteriser::View{m_from, m_to, low - more, high + more};
    };
    const Rasteriser::View left = viewOf(pane.axis);
    const Rasteriser::View right = viewOf(pane.rightAxis);
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
            m_rasteriser.draw(pane.axis.isLog ? series.logColumns : series.columns,
                              series.axis == 0 ? left : right, stroke);
        }
    }
    pane.picture = m_rasteriser.finish();
    pane.picture.setDevicePixelRatio(m_scale);
}

void ChartCanvas::drawStack(const ChartMarks& marks) {
    std::vector<QColor> colors;
    int highlighted = -1;
    for (std::size_t i = 0; i < m_frame->series.size(); ++i) {
        const PlotSeries& series = m_frame->series[i];
        colors.push_back(m_theme.tokens().series[static_cast<std::size_t>(series.color)]);
        if (marks.highlighted == series.id)
            highlighted = static_cast<int>(i);
    }
    const int edge =
        std::max(1, static_cast<int>(std::lround(1.5 * m_scale * m_theme.px(100) / 100.0)));
    m_main.picture = m_stack.paint(*m_frame, {m_from, m_to, m_main.axis.low, m_main.axis.high},
                                   {m_main.width, m_main.height}, colors, edge, highlighted);
    m_main.picture.setDevicePixelRatio(m_scale);
}

TimeNs ChartCanvas::timeAt(double x) const {
    const double part = (x - m_plot.left()) / std::max(m_plot.width(), 1);
    return m_from + static_cast<TimeNs>(part * static_cast<double>(m_to - m_from));
}

double ChartCanvas::xOf(TimeNs time) const {
    return m_plot.left() +
           static_cast<double>(time - m_from) * m_plot.width() / static_cast<double>(m_to - m_from);
}

double ChartCanvas::yOf(const Pane& pane, const ValueAxis& axis, double value) const {
    if (m_heat.active())
        value = m_heat.scale().at(value);
    return (pane.y + (1 - axis.part(value)) * pane.height) / m_scale;
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
    reading.exemplar = exemplar(marks);
    if (isStacked()) {
        const auto column = static_cast<int>((time - m_frame->from) / m_frame->columnNs);
        const bool inside = time >= m_frame->from && column < m_frame->columns;
        for (std::size_t i = m_frame->series.size(); i-- > 0;) {
            const PlotSeries& series = m_frame->series[i];
            if (marks.muted.contains(series.id.value))
                continue;
            CrosshairReading::Row row{&series, false, std::nullopt, 0};
            const double top = inside ? m_stack.top(i, column) : NAN;
            if (!std::isnan(top)) {
                row.value = series.held[static_cast<std::size_t>(column)];
                row.height = top;
            }
            reading.rows.push_back(row);
        }
        if (const double sum = inside ? m_stack.sum(column) : NAN; !std::isnan(sum))
            reading.sum = sum;
        return reading;
    }
    const auto valueOf = [&](const PlotSeries& series) -> std::optional<double> {
        const auto after =
            std::lower_bound(series.columns.begin(), series.columns.end(), time,
                             [](const PlotColumn& c, TimeNs t) { return c.lastTime < t; });
        const PlotColumn* best = after != series.columns.end() ? &*after : nullptr;
        if (after != series.columns.begin()) {
            const PlotColumn& before = *(after - 1);
            if (best == nullptr || time - before.lastTime <= best->lastTime - time)
                best = &before;
        }
        const TimeNs near = std::max(series.gap, (m_to - m_from) / 100);
        if (best == nullptr || std::abs(best->lastTime - time) > near)
            return std::nullopt;
        return best->last;
    };
    const auto addAll = [&](const std::vector<PlotSeries>& all, bool inLane) {
        const auto begin = static_cast<std::ptrdiff_t>(reading.rows.size());
        for (const PlotSeries& series : all) {
            if (marks.muted.contains(series.id.value))
                continue;
            const auto value = valueOf(series);
            reading.rows.push_back({&series, inLane, value, value.value_or(0)});
        }
        // Values of two units have no order between them.
        std::stable_sort(reading.rows.begin() + begin, reading.rows.end(),
                         [](const auto& a, const auto& b) {
                             if (a.series->axis != b.series->axis)
                                 return a.series->axis < b.series->axis;
                             return a.value.value_or(-HUGE_VAL) > b.value.value_or(-HUGE_VAL);
                         });
    };
    addAll(m_frame->series, false);
    addAll(m_frame->lane.series, true);
    return reading;
}

const UnitStyle& ChartCanvas::unitOf(const CrosshairReading::Row& row) const {
    if (row.inLane)
        return m_frame->lane.unit;
    return row.series->axis == 1 && m_frame->rightUnit ? *m_frame->rightUnit : m_frame->unit;
}

void ChartCanvas::paint(QPainter& painter, const ChartMarks& marks) {
    if (!m_frame)
        return;
    paintGrid(painter, m_main, m_plot);
    paintTimes(painter);
    if (m_heat.active())
        m_heat.paintBelow(painter);
    const auto paste = [&](const Pane& pane, const QRect& rect) {
        const double spare = (pane.picture.height() - pane.height) / 2.0 / m_scale;
        painter.save();
        painter.setClipRect(rect.adjusted(0, -m_theme.px(3), 0, m_theme.px(3)));
        painter.drawImage(QPointF(pane.x / m_scale, pane.y / m_scale - spare), pane.picture);
        painter.restore();
    };
    paste(m_main, m_plot);
    if (m_heat.active()) {
        m_heat.paintAbove(painter, m_frame->series, marks.muted, exemplar(marks));
        m_heat.paintSide(painter, m_frame->series, marks.muted, marks.cursor);
    }
    if (!m_lane.isEmpty()) {
        paintGrid(painter, m_below, m_lane);
        paste(m_below, m_lane);
        paintLane(painter);
    }
    if (m_frame->rightUnit)
        paintRightAxis(painter);
    paintResets(painter, marks);
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
    const double top = pane.axis.ticks.isEmpty() ? 0 : yOf(pane, pane.axis, pane.axis.ticks.last());
    double below = HUGE_VAL;
    for (const double tick : pane.axis.ticks) {
        // On whole device pixels: a grid must not be blurred.
        const double y = std::round(yOf(pane, pane.axis, tick) * m_scale) / m_scale;
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
        painter.fillRect(QRectF(std::round(xOf(tick.time) * m_scale) / m_scale, over.bottom() + 1,
                                1, m_theme.px(4)),
                         m_theme.tokens().border);
        if (!m_timesShown)
            continue;
        const double x = std::clamp(xOf(tick.time) - width / 2.0, m_plot.left() * 1.0,
                                    m_plot.right() + 1.0 - width);
        painter.drawText(QPointF(x, baseline), tick.text);
    }
}

/// No grid of its own: two grids over each other could not be read.
void ChartCanvas::paintRightAxis(QPainter& painter) const {
    const Tokens& tokens = m_theme.tokens();
    const QFont font = m_theme.font(Theme::Size::Small);
    const QFontMetrics metrics(font);
    painter.setFont(font);
    const double x = m_plot.right() + 1;
    double below = HUGE_VAL;
    for (const double tick : m_main.rightAxis.ticks) {
        const double y = std::round(yOf(m_main, m_main.rightAxis, tick) * m_scale) / m_scale;
        painter.fillRect(QRectF(x, y, m_theme.px(4), std::max(1.0, std::floor(m_scale)) / m_scale),
                         tokens.control);
        if (below - y < 0.9 * metrics.height())
            continue;
        below = y;
        painter.setPen(tokens.text2);
        painter.drawText(QRectF(x + m_theme.px(7), y - metrics.height() / 2.0, m_theme.px(100),
                                metrics.height()),
                         Qt::AlignLeft | Qt::AlignVCenter, tickText(tick, m_main.rightStyle));
    }
}

} // namespace sightglass::ui
