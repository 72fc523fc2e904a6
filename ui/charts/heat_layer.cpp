// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/heat_layer.h"

#include <QFontMetrics>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "ui/charts/marked_text.h"

namespace sightglass::ui {

namespace {

constexpr double dotRadius = 2.75;
/// Three digits at most: keys and bars want no more.
QString countText(double count) {
    UnitStyle plain;
    return count == 0 ? QStringLiteral("0") : formatValue(count, plain);
}

} // namespace

void HeatLayer::setFrame(std::shared_ptr<const HeatFrame> frame, const UnitStyle& unit,
                         std::optional<bool> isLog, int path) {
    m_frame = std::move(frame);
    m_picture = {};
    if (!m_frame)
        return;
    m_unit = unit;
    m_scale = HeatScale(*m_frame, isLog.value_or(isLogByNature(*m_frame)));
    m_ticks = m_scale.ticks(*m_frame, unit, 6);
    m_shown = 0;
    for (std::size_t i = 0; i < m_frame->grids.size(); ++i) {
        if (m_frame->grids[i].path == path)
            m_shown = i;
    }
    m_densest = 0;
    if (const HeatGrid* shown = grid()) {
        for (std::size_t cell = 0; cell < shown->seconds.size(); ++cell) {
            for (std::size_t row = 0; shown->seconds[cell] > 0 && row < shown->rows(); ++row) {
                const float rate = shown->at(cell, row) / shown->seconds[cell];
                m_densest = std::max(m_densest, static_cast<double>(rate));
            }
        }
    }
    m_densest = roundAbove(m_densest);
}

void HeatLayer::place(const Place& place) {
    m_place = place;
    renderCells();
}

const HeatGrid* HeatLayer::grid() const {
    return m_frame && m_shown < m_frame->grids.size() ? &m_frame->grids[m_shown] : nullptr;
}

int HeatLayer::labelWidth(const QFontMetrics& metrics) const {
    int width = 0;
    for (const HeatScale::Tick& tick : m_ticks)
        width = std::max(width, metrics.horizontalAdvance(tick.text));
    return width;
}

int HeatLayer::sideWidth(int width) const {
    return width < m_theme.px(420) ? 0 : std::clamp(width / 6, m_theme.px(96), m_theme.px(190));
}

double HeatLayer::xOf(TimeNs time) const {
    return m_place.plot.left() + static_cast<double>(time - m_place.from) * m_place.plot.width() /
                                     static_cast<double>(m_place.to - m_place.from);
}

double HeatLayer::yOf(double position) const {
    const double part = (m_scale.high() - position) / (m_scale.high() - m_scale.low());
    return m_place.plot.top() + part * m_place.plot.height();
}

void HeatLayer::renderCells() {
    const HeatGrid* shown = grid();
    const auto inDevice = [&](double at) {
        return static_cast<int>(std::lround(at * m_place.scale));
    };
    const int left = inDevice(m_place.plot.left());
    const int top = inDevice(m_place.plot.top());
    const int width = inDevice(m_place.plot.right() + 1) - left;
    const int height = inDevice(m_place.plot.bottom() + 1) - top;
    if (shown == nullptr || width <= 0 || height <= 0)
        return;
    m_picture = QImage(width, height, QImage::Format_ARGB32_Premultiplied);
    if (m_picture.isNull())
        return;
    m_picture.fill(0);
    m_picture.setDevicePixelRatio(m_place.scale);
    const HeatRamp ramp(m_theme.tokens());

    std::vector<int> lefts;
    for (std::size_t cell = 0; cell <= shown->seconds.size(); ++cell) {
        const TimeNs time = m_frame->from + m_frame->cellNs * static_cast<TimeNs>(cell);
        lefts.push_back(std::clamp(inDevice(xOf(time)) - left, 0, width));
    }
    // Every line of a row is the same: one is made, the others are copies.
    for (std::size_t row = 0; row < shown->rows(); ++row) {
        const auto [low, high] = m_scale.row(*shown, row);
        const int from = std::clamp(inDevice(yOf(high)) - top, 0, height);
        const int to = std::clamp(inDevice(yOf(low)) - top, 0, height);
        if (from >= to)
            continue;
        auto* line = reinterpret_cast<QRgb*>(m_picture.scanLine(from));
        for (std::size_t cell = 0; cell < shown->seconds.size(); ++cell) {
            const float count = shown->at(cell, row);
            if (!(count > 0) || !(shown->seconds[cell] > 0))
                continue;
            const double rate = static_cast<double>(count / shown->seconds[cell]);
            std::fill(line + lefts[cell], line + lefts[cell + 1], ramp.shade(rate / m_densest));
        }
        for (int y = from + 1; y < to; ++y)
            std::memcpy(m_picture.scanLine(y), line,
                        static_cast<std::size_t>(width) * sizeof(QRgb));
    }
}

void HeatLayer::paintTicks(QPainter& painter) const {
    const Tokens& tokens = m_theme.tokens();
    const QFont font = m_theme.font(Theme::Size::Small);
    const QFontMetrics metrics(font);
    painter.setFont(font);
    const double apart = 0.95 * metrics.height();
    std::vector<double> taken;
    for (const HeatScale::Tick& tick : m_ticks) {
        const double y = std::round(yOf(tick.position) * m_place.scale) / m_place.scale;
        const bool clear = std::all_of(taken.begin(), taken.end(),
                                       [&](double other) { return std::abs(other - y) >= apart; });
        if (!clear)
            continue;
        taken.push_back(y);
        if (tick.hasLine) {
            painter.fillRect(QRectF(m_place.plot.left(), y, m_place.plot.width(),
                                    std::max(1.0, std::floor(m_place.scale)) / m_place.scale),
                             tokens.border);
        }
        painter.setPen(tokens.text2);
        painter.drawText(QRectF(0, y - metrics.height() / 2.0, m_place.plot.left() - m_theme.px(6),
                                metrics.height()),
                         Qt::AlignRight | Qt::AlignVCenter, tick.text);
    }
}

void HeatLayer::paintKey(QPainter& painter) const {
    const Tokens& tokens = m_theme.tokens();
    const QFont font = m_theme.font(Theme::Size::Tiny);
    const QFontMetrics metrics(font);
    // The root of the share is painted, so the middle of the bar is a quarter of its end.
    const QString middle = countText(m_densest / 4);
    QString end = countText(m_densest) + QStringLiteral(" observations/s");
    if (grid()->seriesRead < grid()->series) {
        end += QStringLiteral(" of %1 of %2 series").arg(grid()->seriesRead).arg(grid()->series);
    }
    if (m_frame->grids.size() > 1)
        end += ' ' + QString(markOf(grid()->path));
    const int bar = m_theme.px(44);
    const int gap = m_theme.px(5);
    const int height = m_theme.px(8);
    const int whole = metrics.horizontalAdvance(QStringLiteral("0")) +
                      metrics.horizontalAdvance(middle) + markedWidth(end, font, m_theme) +
                      2 * bar + 4 * gap;
    int x = m_place.plot.right() + 1 - whole;
    if (x < m_place.plot.left())
        return;
    const int baseline = m_place.plot.top() - m_theme.px(7);
    const int top = baseline - metrics.xHeight() / 2 - height / 2;
    const HeatRamp ramp(tokens);
    painter.setFont(font);
    painter.setPen(tokens.text2);
    const auto say = [&](const QString& text) {
        painter.drawText(x, baseline, text);
        x += metrics.horizontalAdvance(text) + gap;
    };
    const auto paintBar = [&](double from, double to) {
        for (int i = 0; i < bar; ++i) {
            const double root = from + (to - from) * (i + 0.5) / bar;
            painter.fillRect(x + i, top, 1, height, QColor(ramp.shade(root * root)));
        }
        x += bar + gap;
    };
    say(QStringLiteral("0"));
    paintBar(0, 0.5);
    say(middle);
    paintBar(0.5, 1);
    paintMarkedText(
        painter,
        QRect(x, baseline - metrics.ascent(), markedWidth(end, font, m_theme), metrics.height()),
        end, font, tokens.text2, m_theme);
}

void HeatLayer::paintBelow(QPainter& painter) const {
    paintTicks(painter);
    if (!m_picture.isNull())
        painter.drawImage(QPointF(std::lround(m_place.plot.left() * m_place.scale) / m_place.scale,
                                  std::lround(m_place.plot.top() * m_place.scale) / m_place.scale),
                          m_picture);
    const HeatGrid* shown = grid();
    if (shown == nullptr || shown->edges.empty())
        return;
    // Where a row's height stands for nothing, a dotted line says so.
    const auto dotted = [&](double position) {
        const double y = std::round(yOf(position) * m_place.scale) / m_place.scale;
        if (y <= m_place.plot.top() + 1 || y >= m_place.plot.bottom())
            return;
        for (int x = m_place.plot.left(); x < m_place.plot.right(); x += m_theme.px(6))
            painter.fillRect(QRectF(x, y, m_theme.px(2), 1), m_theme.tokens().text2);
    };
    dotted(m_scale.at(shown->edges.back()));
    if (m_scale.isLog() || shown->edges.front() <= 0)
        dotted(m_scale.at(shown->edges[0]));
    paintKey(painter);
}

void HeatLayer::paintAbove(QPainter& painter, const std::vector<PlotSeries>& lines,
                           const HeatExemplar* active) const {
    const Tokens& tokens = m_theme.tokens();
    const HeatGrid* shown = grid();
    if (shown == nullptr)
        return;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const double unit = m_theme.px(100) / 100.0;
    const auto paintDot = [&](const HeatExemplar& exemplar, double radius) {
        painter.drawEllipse(QPointF(xOf(exemplar.time), yOf(m_scale.at(exemplar.value))),
                            radius * unit, radius * unit);
    };
    painter.setClipRect(m_place.plot);
    painter.setPen(QPen(tokens.surface, 1.25 * unit));
    painter.setBrush(tokens.text);
    for (const HeatExemplar& exemplar : m_frame->exemplars)
        paintDot(exemplar, dotRadius);
    painter.setClipping(false);
    if (active != nullptr) {
        painter.setPen(QPen(tokens.surface, 5 * unit));
        painter.setBrush(Qt::NoBrush);
        paintDot(*active, 5.5);
        painter.setPen(QPen(tokens.accent, 2 * unit));
        painter.setBrush(tokens.text);
        paintDot(*active, 5);
    }
    painter.restore();

    // Names at the lines' right ends, pushed apart where the lines meet.
    struct Name {
        double y;
        const PlotSeries* line;
    };
    std::vector<Name> names;
    for (const PlotSeries& line : lines) {
        if (line.path == shown->path && !line.columns.empty())
            names.push_back({yOf(m_scale.at(line.last)), &line});
    }
    std::sort(names.begin(), names.end(), [](const Name& a, const Name& b) { return a.y < b.y; });
    const QFont font = m_theme.font(Theme::Size::Tiny, true);
    const QFontMetrics metrics(font);
    const double height = metrics.height();
    for (std::size_t i = 0; i < names.size(); ++i) {
        const double least = i == 0 ? m_place.plot.top() + height / 2 : names[i - 1].y + height;
        names[i].y = std::max(names[i].y, least);
    }
    double most = m_place.plot.bottom() - height / 2;
    for (auto name = names.rbegin(); name != names.rend(); ++name) {
        name->y = std::min(name->y, most);
        most = name->y - height;
    }
    painter.setFont(font);
    for (const Name& name : names) {
        const int width = metrics.horizontalAdvance(name.line->labels) + m_theme.px(6);
        const QRectF rect(m_place.plot.right() + 1 - width, name.y - height / 2, width, height);
        QColor back = tokens.surface;
        back.setAlpha(215);
        painter.fillRect(rect, back);
        painter.setPen(tokens.series[static_cast<std::size_t>(name.line->color)]);
        painter.drawText(rect, Qt::AlignCenter, name.line->labels);
    }
}

void HeatLayer::paintSide(QPainter& painter, std::optional<TimeNs> time) const {
    const HeatGrid* shown = grid();
    const QRect& side = m_place.side;
    if (shown == nullptr || side.isEmpty())
        return;
    const Tokens& tokens = m_theme.tokens();
    const auto cell = time ? m_frame->cellAt(*time) : std::nullopt;
    const std::vector<double> counts =
        cell ? shown->around(*cell) : shown->distribution(std::nullopt);
    double most = 0;
    double total = 0;
    for (const double count : counts) {
        most = std::max(most, count);
        total += count;
    }
    const QFont font = m_theme.font(Theme::Size::Tiny);
    const QFontMetrics metrics(font);
    painter.setFont(font);
    painter.setPen(tokens.text2);
    const QString title =
        cell ? formatClock(m_frame->centreOf(*cell)) : QStringLiteral("whole range");
    painter.drawText(side.left(), side.top() - m_theme.px(7),
                     metrics.elidedText(title, Qt::ElideRight, side.width()));
    painter.fillRect(QRect(side.left(), side.top(), 1, side.height()), tokens.border);
    painter.drawText(
        QRect(side.left(), side.bottom() + 1 + m_theme.px(4), side.width(), metrics.height()),
        Qt::AlignLeft | Qt::AlignTop, QStringLiteral("n = ") + countText(std::round(total)));
    if (!(total > 0))
        return;

    const int names = metrics.horizontalAdvance(QStringLiteral("p99")) + m_theme.px(4);
    const double room = side.width() - names - m_theme.px(6);
    const double pixel = 1 / m_place.scale;
    for (std::size_t row = 0; row < counts.size(); ++row) {
        if (!(counts[row] > 0))
            continue;
        const auto [low, high] = m_scale.row(*shown, row);
        const double top = std::round(yOf(high) * m_place.scale) * pixel;
        const double bottom = std::round(yOf(low) * m_place.scale) * pixel;
        // A pixel between bars, where they are high enough to spare it.
        const double spare = bottom - top >= 4 ? pixel : 0;
        painter.fillRect(QRectF(side.left() + 1, top + spare,
                                std::max(pixel, room * counts[row] / most),
                                std::max(pixel, bottom - top - spare)),
                         tokens.series[0]);
    }
    double before = -HUGE_VAL;
    for (const HeatQuantile& quantile : heatQuantiles) {
        const auto value = quantileOf(*shown, counts, quantile.share);
        if (!value)
            continue;
        const double y = std::round(yOf(m_scale.at(*value)) * m_place.scale) * pixel;
        const QColor& color = tokens.series[static_cast<std::size_t>(quantile.color)];
        painter.fillRect(QRectF(side.left() + 1, y - 1.5, side.width() - names, 4), tokens.surface);
        painter.fillRect(QRectF(side.left() + 1, y - 0.5, side.width() - names, 2), color);
        const double at = std::max(y, before + metrics.height() * 0.9);
        before = at;
        painter.setPen(color);
        painter.drawText(
            QRectF(side.right() + 1 - names, at - metrics.height() / 2.0, names, metrics.height()),
            Qt::AlignRight | Qt::AlignVCenter, QLatin1String(quantile.name));
    }
}

const HeatExemplar* HeatLayer::exemplarUnder(QPointF at) const {
    const HeatExemplar* best = nullptr;
    double nearest = m_theme.px(8);
    if (!m_frame)
        return nullptr;
    for (const HeatExemplar& exemplar : m_frame->exemplars) {
        const double distance =
            std::hypot(xOf(exemplar.time) - at.x(), yOf(m_scale.at(exemplar.value)) - at.y());
        if (distance < nearest) {
            nearest = distance;
            best = &exemplar;
        }
    }
    return best;
}

const HeatExemplar* HeatLayer::exemplarAt(TimeNs time, double value) const {
    if (!m_frame)
        return nullptr;
    for (const HeatExemplar& exemplar : m_frame->exemplars) {
        if (exemplar.time == time && exemplar.value == value)
            return &exemplar;
    }
    return nullptr;
}

const HeatExemplar* HeatLayer::exemplarBeside(TimeNs time, int direction) const {
    const HeatExemplar* best = nullptr;
    if (!m_frame)
        return nullptr;
    for (const HeatExemplar& exemplar : m_frame->exemplars) {
        const TimeNs ahead = (exemplar.time - time) * direction;
        if (ahead <= 0 || exemplar.time < m_place.from || exemplar.time > m_place.to)
            continue;
        if (best == nullptr || ahead < (best->time - time) * direction)
            best = &exemplar;
    }
    return best;
}

} // namespace sightglass::ui
