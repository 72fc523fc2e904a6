// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/heat_layer.h"

#include <QFontMetrics>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <iterator>
#include <numeric>

#include "ui/charts/marked_text.h"

namespace sightglass::ui {

namespace {

constexpr double dotRadius = 2.75;

/// What a quantile is called, beside a stroke in its line's colour: a name in that colour could
/// not be read.
int nameWidth(const QString& name, const QFontMetrics& metrics, const Theme& theme) {
    return theme.px(8) + theme.px(4) + metrics.horizontalAdvance(name);
}

void paintName(QPainter& painter, const QRectF& rect, const QString& name, const QColor& color,
               const Theme& theme) {
    const int stroke = theme.px(3);
    painter.fillRect(
        QRectF(rect.left(), std::round(rect.center().y() - stroke / 2.0), theme.px(8), stroke),
        color);
    painter.setPen(theme.tokens().text);
    painter.drawText(rect.adjusted(theme.px(8) + theme.px(4), 0, 0, 0),
                     Qt::AlignLeft | Qt::AlignVCenter, name);
}

/// Three digits at most: keys and bars want no more.
QString countText(double count) {
    UnitStyle plain;
    return count == 0 ? QStringLiteral("0") : formatValue(count, plain);
}

} // namespace

void HeatLayer::setFrame(std::shared_ptr<const HeatFrame> frame, const UnitStyle& unit,
                         std::optional<bool> isLog, int path) {
    m_frame = std::move(frame);
    m_picture = m_dots = {};
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
    m_dots = {};
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

/// There may be thousands: one is drawn, the others are copies.
void HeatLayer::renderDots() {
    const double unit = m_theme.px(100) / 100.0;
    const auto inDevice = [&](double at) {
        return static_cast<int>(std::lround(at * m_place.scale));
    };
    const int left = inDevice(m_place.plot.left());
    const int top = inDevice(m_place.plot.top());
    m_dots = QImage(inDevice(m_place.plot.right() + 1) - left,
                    inDevice(m_place.plot.bottom() + 1) - top, QImage::Format_ARGB32_Premultiplied);
    if (m_dots.isNull())
        return;
    m_dots.fill(0);
    const double radius = dotRadius * unit * m_place.scale;
    const double rim = 1.25 * unit * m_place.scale;
    const int half = static_cast<int>(std::ceil(radius + rim));
    QImage dot(2 * half + 1, 2 * half + 1, QImage::Format_ARGB32_Premultiplied);
    dot.fill(0);
    {
        QPainter painter(&dot);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(m_theme.tokens().surface, rim));
        painter.setBrush(m_theme.tokens().text);
        painter.drawEllipse(QPointF(half + 0.5, half + 0.5), radius, radius);
    }
    QPainter painter(&m_dots);
    for (const HeatExemplar& exemplar : m_frame->exemplars) {
        const double x = xOf(exemplar.time) * m_place.scale - left;
        const double y = yOf(m_scale.at(exemplar.value)) * m_place.scale - top;
        // What lies far outside may be too far for an int.
        if (!(std::abs(x) < 1e6 && std::abs(y) < 1e6))
            continue;
        painter.drawImage(static_cast<int>(std::floor(x)) - half,
                          static_cast<int>(std::floor(y)) - half, dot);
    }
    painter.end();
    m_dots.setDevicePixelRatio(m_place.scale);
}

void HeatLayer::paintAbove(QPainter& painter, const std::vector<PlotSeries>& lines,
                           const QSet<std::uint32_t>& muted, const HeatExemplar* active) {
    const Tokens& tokens = m_theme.tokens();
    const HeatGrid* shown = grid();
    if (shown == nullptr)
        return;
    if (m_dots.isNull() && !m_frame->exemplars.empty())
        renderDots();
    if (!m_dots.isNull())
        painter.drawImage(QPointF(std::lround(m_place.plot.left() * m_place.scale) / m_place.scale,
                                  std::lround(m_place.plot.top() * m_place.scale) / m_place.scale),
                          m_dots);
    if (active != nullptr) {
        const double unit = m_theme.px(100) / 100.0;
        const QPointF centre(xOf(active->time), yOf(m_scale.at(active->value)));
        painter.save();
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(tokens.surface, 5 * unit));
        painter.setBrush(Qt::NoBrush);
        painter.drawEllipse(centre, 5.5 * unit, 5.5 * unit);
        painter.setPen(QPen(tokens.accent, 2 * unit));
        painter.setBrush(tokens.text);
        painter.drawEllipse(centre, 5 * unit, 5 * unit);
        painter.restore();
    }

    // Names at the lines' right ends, pushed apart where the lines meet.
    struct Name {
        double y;
        const PlotSeries* line;
    };
    std::vector<Name> names;
    for (const PlotSeries& line : lines) {
        if (line.path == shown->path && !line.columns.empty() && !muted.contains(line.id.value))
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
        const int pad = m_theme.px(3);
        const int width = nameWidth(name.line->labels, metrics, m_theme) + 2 * pad;
        const QRectF rect(m_place.plot.right() + 1 - width, name.y - height / 2, width, height);
        QColor back = tokens.surface;
        back.setAlpha(215);
        painter.fillRect(rect, back);
        paintName(painter, rect.adjusted(pad, 0, -pad, 0), name.line->labels,
                  tokens.series[static_cast<std::size_t>(name.line->color)], m_theme);
    }
}

HeatLayer::Distribution HeatLayer::distributionAt(std::optional<TimeNs> time) const {
    Distribution out;
    const HeatGrid* shown = grid();
    if (shown == nullptr)
        return out;
    QString when;
    QString window;
    if (const auto cell = time ? m_frame->cellAt(*time) : std::nullopt) {
        HeatGrid::Window around = shown->around(*cell);
        out.counts = std::move(around.counts);
        const auto cells = static_cast<TimeNs>(around.last - around.first + 1);
        when = formatClock(m_frame->from + m_frame->cellNs * static_cast<TimeNs>(around.first) +
                           m_frame->cellNs * cells / 2);
        if (cells > 1)
            window = QStringLiteral("\u00b1 ") + formatDuration(m_frame->cellNs * cells / 2);
    } else {
        out.counts = shown->distribution(std::nullopt);
        when = QStringLiteral("whole range");
    }
    out.total = std::accumulate(out.counts.begin(), out.counts.end(), 0.0);
    // The crosshair's own reading says the time, too: in a narrow place that goes first.
    const QString count = QStringLiteral("n = ") + countText(std::round(out.total));
    const QFontMetrics metrics(m_theme.font(Theme::Size::Tiny));
    const auto said = [](const QStringList& parts) {
        QStringList some;
        std::copy_if(parts.begin(), parts.end(), std::back_inserter(some),
                     [](const QString& part) { return !part.isEmpty(); });
        return some.join(QStringLiteral("  "));
    };
    const QString moment = window.isEmpty() ? when : when + ' ' + window;
    for (const QString& title : {said({moment, count}), said({window, count}), count}) {
        out.title = title;
        if (metrics.horizontalAdvance(title) <= m_place.side.width())
            break;
    }
    return out;
}

void HeatLayer::paintSide(QPainter& painter, const std::vector<PlotSeries>& lines,
                          const QSet<std::uint32_t>& muted, std::optional<TimeNs> time) const {
    const HeatGrid* shown = grid();
    const QRect& side = m_place.side;
    if (shown == nullptr || side.isEmpty())
        return;
    const Tokens& tokens = m_theme.tokens();
    const Distribution distribution = distributionAt(time);
    const std::vector<double>& counts = distribution.counts;
    const double most = *std::max_element(counts.begin(), counts.end());
    const QFont font = m_theme.font(Theme::Size::Tiny);
    const QFontMetrics metrics(font);
    painter.setFont(font);
    painter.setPen(tokens.text2);
    painter.drawText(side.left(), side.top() - m_theme.px(7), distribution.title);
    painter.fillRect(QRect(side.left(), side.top(), 1, side.height()), tokens.border);
    if (!(distribution.total > 0))
        return;

    const int names = nameWidth(QStringLiteral("p99"), metrics, m_theme) + m_theme.px(4);
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
        const QString name = QLatin1String(quantile.name);
        const bool isMuted = std::any_of(lines.begin(), lines.end(), [&](const PlotSeries& line) {
            return line.path == shown->path && line.labels == name && muted.contains(line.id.value);
        });
        const auto value = quantileOf(*shown, counts, quantile.share);
        if (isMuted || !value)
            continue;
        const double y = std::round(yOf(m_scale.at(*value)) * m_place.scale) * pixel;
        const QColor& color = tokens.series[static_cast<std::size_t>(quantile.color)];
        painter.fillRect(QRectF(side.left() + 1, y - 1.5, side.width() - names, 4), tokens.surface);
        painter.fillRect(QRectF(side.left() + 1, y - 0.5, side.width() - names, 2), color);
        const double at = std::max(y, before + metrics.height() * 0.9);
        before = at;
        paintName(painter,
                  QRectF(side.right() + 1 - names + m_theme.px(4), at - metrics.height() / 2.0,
                         names - m_theme.px(4), metrics.height()),
                  name, color, m_theme);
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
