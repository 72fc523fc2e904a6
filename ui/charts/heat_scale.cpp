// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/heat_scale.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace sightglass::ui {

namespace {

/// Edges of explicit buckets stand as ticks up to so many.
constexpr std::size_t edgesAsTicks = 32;

std::vector<double> allEdges(const HeatFrame& frame) {
    std::vector<double> edges;
    for (const HeatGrid& grid : frame.grids)
        edges.insert(edges.end(), grid.edges.begin(), grid.edges.end());
    std::sort(edges.begin(), edges.end());
    edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
    return edges;
}

/// First and last row that hold anything within the range.
std::optional<std::pair<std::size_t, std::size_t>> filledRows(const HeatGrid& grid) {
    const std::vector<double> all = grid.distribution(std::nullopt);
    const auto holds = [](double count) { return count > 0; };
    const auto first = std::find_if(all.begin(), all.end(), holds);
    if (first == all.end())
        return std::nullopt;
    const auto last = std::find_if(all.rbegin(), all.rend(), holds).base() - 1;
    return std::pair{static_cast<std::size_t>(first - all.begin()),
                     static_cast<std::size_t>(last - all.begin())};
}

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

QString boundText(double value, const UnitStyle& style) {
    return value == 0 ? QStringLiteral("0") : formatValue(value, style);
}

} // namespace

bool isLogByNature(const HeatFrame& frame) {
    for (const HeatGrid& grid : frame.grids) {
        if (grid.exponential && !grid.edges.empty())
            return true;
        const auto above = std::upper_bound(grid.edges.begin(), grid.edges.end(), 0.0);
        const bool someBelow = !grid.edges.empty() && grid.edges.front() < 0;
        if (!someBelow && grid.edges.end() - above >= 3 && grid.edges.back() / *above >= 20)
            return true;
    }
    return false;
}

HeatScale::HeatScale(const HeatFrame& frame, bool isLog) : m_isLog(isLog) {
    const std::vector<double> edges = allEdges(frame);
    if (edges.empty())
        return;
    std::vector<double> steps;
    if (m_isLog) {
        double ceiling = 0;
        m_floor = HUGE_VAL;
        for (const double edge : edges) {
            if (edge == 0)
                continue;
            m_floor = std::min(m_floor, std::abs(edge));
            ceiling = std::max(ceiling, std::abs(edge));
        }
        if (!std::isfinite(m_floor))
            m_floor = 1;
        for (std::size_t i = 1; i < edges.size(); ++i) {
            if (edges[i - 1] > 0)
                steps.push_back(std::log10(edges[i] / edges[i - 1]));
        }
        // Of fine buckets an open row would be a hair.
        const double decades = ceiling > m_floor ? std::log10(ceiling / m_floor) : 1;
        m_step = std::max(steps.empty() ? 0.3 : median(steps), 0.05 * decades);
    } else {
        for (std::size_t i = 1; i < edges.size(); ++i)
            steps.push_back(edges[i] - edges[i - 1]);
        m_step = steps.empty() ? std::max(std::abs(edges.back()), 1e-300) : median(steps);
    }
    double low = HUGE_VAL;
    double high = -HUGE_VAL;
    for (const HeatGrid& grid : frame.grids) {
        const auto filled = filledRows(grid);
        if (!filled)
            continue;
        low = std::min(low, row(grid, filled->first).first);
        high = std::max(high, row(grid, filled->second).second);
    }
    if (low < high) {
        m_low = low;
        m_high = high;
    } else {
        m_low = at(edges.front()) - m_step;
        m_high = at(edges.back()) + m_step;
    }
}

double HeatScale::at(double value) const {
    if (!m_isLog)
        return value;
    const double magnitude = std::abs(value);
    const double position = magnitude <= m_floor ? m_step * magnitude / m_floor
                                                 : m_step + std::log10(magnitude / m_floor);
    return value < 0 ? -position : position;
}

double HeatScale::valueAt(double position) const {
    if (!m_isLog)
        return position;
    const double beyond = std::abs(position) - m_step;
    const double magnitude =
        beyond <= 0 ? m_floor * std::abs(position) / m_step : m_floor * std::pow(10, beyond);
    return position < 0 ? -magnitude : magnitude;
}

std::pair<double, double> HeatScale::row(const HeatGrid& grid, std::size_t row) const {
    if (grid.edges.empty())
        return {m_low, m_high};
    if (row == grid.edges.size())
        return {at(grid.edges.back()), at(grid.edges.back()) + m_step};
    const double top = at(grid.edges[row]);
    if (row > 0)
        return {at(grid.edges[row - 1]), top};
    return {grid.edges[0] > 0 ? at(0) : top - m_step, top};
}

std::vector<double> HeatScale::roundValues(const UnitStyle& style) const {
    // In the unit that the labels will say: powers of two of bytes, else of ten.
    const bool bytes = style.kind == UnitStyle::Kind::Bytes;
    const double base = bytes ? 1024 : 10;
    const std::vector<double> multiples =
        bytes ? std::vector<double>{1, 32, 4, 8, 2, 16, 64, 128, 256, 512}
              : std::vector<double>{1, 5, 2};
    const double factor = style.factor > 0 ? style.factor : 1;
    const double lowest = m_floor * factor;
    const double highest = std::max(std::abs(valueAt(m_low)), std::abs(valueAt(m_high))) * factor;
    const int first = static_cast<int>(std::floor(std::log(lowest) / std::log(base)));
    const int last = static_cast<int>(std::ceil(std::log(highest) / std::log(base)));
    std::vector<double> values{0};
    for (const double multiple : multiples) {
        for (int power = first; power <= last; ++power) {
            const double value = multiple * std::pow(base, power) / factor;
            if (value < m_floor * 0.999)
                continue;
            values.push_back(value);
            if (m_low < 0)
                values.push_back(-value);
        }
    }
    return values;
}

std::vector<HeatScale::Tick> HeatScale::ticks(const HeatFrame& frame, const UnitStyle& style,
                                              int most) const {
    std::vector<Tick> ticks;
    const double slack = 1e-9 * (m_high - m_low);
    const auto add = [&](double value) {
        const double position = at(value);
        if (position >= m_low - slack && position <= m_high + slack)
            ticks.push_back({position, boundText(value, style), true});
    };
    bool exponential = false;
    for (const HeatGrid& grid : frame.grids) {
        exponential = exponential || grid.exponential;
        const auto filled = filledRows(grid);
        if (!filled || grid.edges.empty())
            continue;
        const auto name = [&](std::size_t r, const QString& text) {
            const auto [from, to] = row(grid, r);
            ticks.push_back({(from + to) / 2, text, false});
        };
        if (filled->second == grid.edges.size()) {
            add(grid.edges.back());
            name(grid.edges.size(), QStringLiteral("> ") + boundText(grid.edges.back(), style));
        }
        if (grid.zeroRow) {
            const auto zero = static_cast<std::size_t>(*grid.zeroRow);
            if (m_isLog && zero >= filled->first && zero <= filled->second)
                name(zero, QStringLiteral("0"));
        } else if (filled->first == 0 && grid.edges[0] <= 0) {
            name(0, QStringLiteral("\u2264 ") + boundText(grid.edges[0], style));
        }
    }
    const std::vector<double> edges = allEdges(frame);
    if (!exponential && edges.size() <= edgesAsTicks) {
        add(0);
        for (const double edge : edges)
            add(edge);
    } else if (m_isLog) {
        for (const double value : roundValues(style))
            add(value);
    } else {
        for (const double value : axisTicks(m_low, m_high, most, style))
            add(value);
    }
    return ticks;
}

namespace {

/// A colour by lightness and two opponent axes, in which equal steps look equal (OKLab).
struct Lab {
    double l, a, b;
};

double toLinear(double channel) {
    return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}
double fromLinear(double channel) {
    channel = std::clamp(channel, 0.0, 1.0);
    return channel <= 0.0031308 ? channel * 12.92 : 1.055 * std::pow(channel, 1 / 2.4) - 0.055;
}

Lab labOf(const QColor& color) {
    const double r = toLinear(color.redF());
    const double g = toLinear(color.greenF());
    const double b = toLinear(color.blueF());
    const double l = std::cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
    const double m = std::cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
    const double s = std::cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
    return {0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
            1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
            0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s};
}

QRgb rgbOf(const Lab& lab) {
    const double l = std::pow(lab.l + 0.3963377774 * lab.a + 0.2158037573 * lab.b, 3);
    const double m = std::pow(lab.l - 0.1055613458 * lab.a - 0.0638541728 * lab.b, 3);
    const double s = std::pow(lab.l - 0.0894841775 * lab.a - 1.2914855480 * lab.b, 3);
    const auto channel = [](double linear) {
        return static_cast<int>(std::lround(255 * fromLinear(linear)));
    };
    return qRgb(channel(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
                channel(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
                channel(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s));
}

Lab mixed(const Lab& from, const Lab& to, double part) {
    return {from.l + part * (to.l - from.l), from.a + part * (to.a - from.a),
            from.b + part * (to.b - from.b)};
}

} // namespace

HeatRamp::HeatRamp(const Tokens& tokens) {
    const Lab surface = labOf(tokens.surface);
    const Lab hue = labOf(tokens.series[0]);
    const Lab densest = mixed(hue, labOf(tokens.text), 0.72);
    // The hue's own lightness stands where it lies between both ends: no step is flatter.
    const double turn = (hue.l - surface.l) / (densest.l - surface.l);
    for (std::size_t i = 0; i < m_shades.size(); ++i) {
        // A single observation must be seen on the surface.
        const double part = 0.14 + 0.86 * static_cast<double>(i) / 255;
        m_shades[i] = rgbOf(part < turn ? mixed(surface, hue, part / turn)
                                        : mixed(hue, densest, (part - turn) / (1 - turn)));
    }
}

QRgb HeatRamp::shade(double share) const {
    const double root = std::sqrt(std::clamp(share, 0.0, 1.0));
    return m_shades[static_cast<std::size_t>(std::lround(255 * root))];
}

double roundAbove(double value) {
    if (!(value > 0) || !std::isfinite(value))
        return 1;
    const double power = std::pow(10, std::floor(std::log10(value)));
    for (const double multiple : {1.0, 2.0, 5.0}) {
        if (value <= multiple * power * (1 + 1e-9))
            return multiple * power;
    }
    return 10 * power;
}

} // namespace sightglass::ui
