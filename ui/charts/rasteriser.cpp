// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/rasteriser.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace sightglass::ui {

namespace {

/// x times a over 255, rounded, for both pairs of channels at once.
std::uint32_t scaled(std::uint32_t pixel, std::uint32_t a) {
    std::uint32_t rb = (pixel & 0x00ff00ffu) * a + 0x00800080u;
    rb = ((rb + ((rb >> 8) & 0x00ff00ffu)) >> 8) & 0x00ff00ffu;
    std::uint32_t ag = ((pixel >> 8) & 0x00ff00ffu) * a + 0x00800080u;
    ag = (ag + ((ag >> 8) & 0x00ff00ffu)) & 0xff00ff00u;
    return rb | ag;
}

} // namespace

void Rasteriser::begin(QSize devicePixels) {
    m_width = std::max(devicePixels.width(), 0);
    m_height = std::max(devicePixels.height(), 0);
    const std::size_t size = static_cast<std::size_t>(m_width) * static_cast<std::size_t>(m_height);
    m_coverage.assign(size, 0);
    m_pixels.assign(size, 0);
    const Rows none{m_height, -1};
    m_touched.assign(static_cast<std::size_t>(m_width), none);
    m_used.assign(static_cast<std::size_t>(m_width), none);
}

inline void Rasteriser::cover(int x, int y, float coverage) {
    if (y < 0 || y >= m_height)
        return;
    std::uint8_t& at = m_coverage[static_cast<std::size_t>(x) * static_cast<std::size_t>(m_height) +
                                  static_cast<std::size_t>(y)];
    const auto value = static_cast<std::uint8_t>(std::min(coverage, 1.0f) * 255.0f + 0.5f);
    at = std::max(at, value);
    Rows& rows = m_touched[static_cast<std::size_t>(x)];
    rows.low = std::min(rows.low, y);
    rows.high = std::max(rows.high, y);
}

/// Covers column x from `top` to `bottom` (edges, not centres) by `weight`.
void Rasteriser::fill(int x, double top, double bottom, float weight) {
    if (x < 0 || x >= m_width || weight <= 0)
        return;
    top = std::max(top, 0.0);
    bottom = std::min(bottom, static_cast<double>(m_height));
    if (bottom <= top)
        return;
    const int first = static_cast<int>(top);
    const int last = std::min(static_cast<int>(std::ceil(bottom)) - 1, m_height - 1);
    if (first >= last) {
        cover(x, first, weight * static_cast<float>(bottom - top));
        return;
    }
    cover(x, first, weight * static_cast<float>(first + 1 - top));
    cover(x, last, weight * static_cast<float>(bottom - last));
    const auto value = static_cast<std::uint8_t>(weight * 255.0f + 0.5f);
    std::uint8_t* column =
        m_coverage.data() + static_cast<std::size_t>(x) * static_cast<std::size_t>(m_height);
    for (int y = first + 1; y < last; ++y)
        column[y] = std::max(column[y], value);
}

/// A vertical stroke at x from y0 to y1, as wide as the line.
void Rasteriser::run(double x, double y0, double y1) {
    if (x < -8 || x > m_width + 8)
        return;
    const double top = std::min(y0, y1);
    const double bottom = std::max(y0, y1);
    const auto centre = static_cast<int>(std::floor(x));
    const auto reach = static_cast<int>(std::ceil(m_radius + 0.5f)) - 1;
    for (int dx = -reach; dx <= reach; ++dx) {
        const float weight =
            std::clamp(m_radius + 0.5f - static_cast<float>(std::abs(dx)), 0.f, 1.f);
        const double rise =
            std::sqrt(std::max(0.0, static_cast<double>(m_radius) * m_radius - dx * dx));
        fill(centre + dx, top - rise, bottom + rise, weight);
    }
}

/// Slope at most 1: each column's coverage from the line's height at its centre.
void Rasteriser::gentle(Point a, Point b) {
    const double slope = (b.y - a.y) / (b.x - a.x);
    const double half = m_radius * std::sqrt(1 + slope * slope);
    const int first = std::max(0, static_cast<int>(std::ceil(a.x - 0.5)));
    const int last = std::min(m_width - 1, static_cast<int>(std::floor(b.x - 0.5)));
    for (int x = first; x <= last; ++x) {
        const double y = a.y + slope * (x + 0.5 - a.x);
        const auto top = static_cast<int>(std::floor(y - half - 0.5));
        const auto bottom = static_cast<int>(std::ceil(y + half + 0.5));
        for (int row = top; row <= bottom; ++row) {
            const double coverage = half + 0.5 - std::abs(row + 0.5 - y);
            if (coverage > 0)
                cover(x, row, static_cast<float>(coverage));
        }
    }
}

/// Slope above 1: each row's coverage from where the line crosses its centre.
void Rasteriser::steep(Point a, Point b) {
    if (a.y > b.y)
        std::swap(a, b);
    const double slope = (b.x - a.x) / (b.y - a.y);
    const double half = m_radius * std::sqrt(1 + slope * slope);
    const int first = std::max(0, static_cast<int>(std::ceil(a.y - 0.5)));
    const int last = std::min(m_height - 1, static_cast<int>(std::floor(b.y - 0.5)));
    for (int row = first; row <= last; ++row) {
        const double x = a.x + slope * (row + 0.5 - a.y);
        const int left = std::max(0, static_cast<int>(std::floor(x - half - 0.5)));
        const int right = std::min(m_width - 1, static_cast<int>(std::ceil(x + half + 0.5)));
        for (int column = left; column <= right; ++column) {
            const double coverage = half + 0.5 - std::abs(column + 0.5 - x);
            if (coverage > 0)
                cover(column, row, static_cast<float>(coverage));
        }
    }
    // The corner where a steep part meets another one is round.
    dot(a, m_radius);
    dot(b, m_radius);
}

void Rasteriser::dot(Point centre, double radius) {
    if (centre.x < -16 || centre.x > m_width + 16)
        return;
    const int left = std::max(0, static_cast<int>(std::floor(centre.x - radius - 0.5)));
    const int right = std::min(m_width - 1, static_cast<int>(std::ceil(centre.x + radius + 0.5)));
    const int top = std::max(0, static_cast<int>(std::floor(centre.y - radius - 0.5)));
    const int bottom = std::min(m_height - 1, static_cast<int>(std::ceil(centre.y + radius + 0.5)));
    for (int x = left; x <= right; ++x) {
        for (int y = top; y <= bottom; ++y) {
            const double coverage =
                radius + 0.5 - std::hypot(x + 0.5 - centre.x, y + 0.5 - centre.y);
            if (coverage > 0)
                cover(x, y, static_cast<float>(coverage));
        }
    }
}

void Rasteriser::connect(Point a, Point b) {
    // What lies outside is cut off: it would cost a loop, and be too far for an int.
    const double left = -8;
    const double right = m_width + 8;
    if (b.x < left || a.x > right)
        return;
    const auto cut = [from = a, to = b](double x) {
        return Point{x, from.y + (to.y - from.y) * (x - from.x) / (to.x - from.x)};
    };
    if (a.x < left)
        a = cut(left);
    if (b.x > right)
        b = cut(right);
    const double dx = b.x - a.x;
    const double dy = std::abs(b.y - a.y);
    if (dy <= dx) {
        if (dx > 0)
            gentle(a, b);
        return;
    }
    if (dx > 1.25) {
        steep(a, b);
        return;
    }
    // Within a pixel or to the next one: half of the way in each.
    const double middle = (a.y + b.y) / 2;
    if (std::floor(a.x) == std::floor(b.x)) {
        run(a.x, a.y, b.y);
    } else {
        run(a.x, a.y, middle);
        run(b.x, middle, b.y);
    }
}

void Rasteriser::draw(std::span<const PlotColumn> columns, const View& view, const Stroke& stroke) {
    if (m_width == 0 || m_height == 0 || view.to <= view.from || !(view.high > view.low))
        return;
    m_radius = static_cast<float>(stroke.width / 2);
    const double perNs = m_width / static_cast<double>(view.to - view.from);
    const double perUnit = m_height / (view.high - view.low);
    const auto xOf = [&](TimeNs t) { return static_cast<double>(t - view.from) * perNs; };
    // Far outside is as good as just outside, and keeps the loops short.
    const double far = 4.0 * m_height + 100;
    const auto yOf = [&](double v) {
        return std::clamp((view.high - v) * perUnit, -far, m_height + far);
    };

    const auto alone = [&](std::size_t i) {
        return columns[i].count == 1 && columns[i].gapBefore &&
               (i + 1 == columns.size() || columns[i + 1].gapBefore);
    };
    bool dots = false;
    Point before{0, 0};
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const PlotColumn& c = columns[i];
        if (alone(i)) {
            dots = true;
            continue;
        }
        Point entry{xOf(c.firstTime), yOf(c.first)};
        Point exit{xOf(c.lastTime), yOf(c.last)};
        if (c.count > 1) {
            // All that happened within a pixel stands in that pixel's centre.
            const double x = std::floor((entry.x + exit.x) / 2) + 0.5;
            const double top = yOf(c.max);
            const double bottom = yOf(c.min);
            if (exit.x - entry.x <= 1)
                entry.x = exit.x = x;
            if (exit.x > entry.x) {
                connect(entry, {x, entry.y});
                connect({x, exit.y}, exit);
            }
            if (bottom - top > 0.5)
                run(x, top, bottom);
        }
        if (!c.gapBefore && i > 0)
            connect(before, entry);
        before = exit;
    }
    const std::int64_t columnNs = std::max<std::int64_t>(1, (view.to - view.from) / m_width);
    composite(stroke, view.from / columnNs);

    if (!dots)
        return;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (alone(i))
            dot({xOf(columns[i].lastTime), yOf(columns[i].last)}, stroke.dotRadius);
    }
    Stroke solid = stroke;
    solid.dash = 0;
    composite(solid, 0);
}

/// Lays the line's colour over the picture where it covers, and clears the coverage.
void Rasteriser::composite(const Stroke& stroke, std::int64_t phase) {
    const QRgb rgb = stroke.color.rgb();
    const auto alpha = static_cast<std::uint32_t>(std::clamp(stroke.opacity, 0.0, 1.0) * 255 + 0.5);
    const std::uint32_t source = scaled(rgb | 0xff000000u, alpha);
    const std::int64_t period = 2 * std::int64_t{stroke.dash};
    for (int x = 0; x < m_width; ++x) {
        Rows& rows = m_touched[static_cast<std::size_t>(x)];
        if (rows.low > rows.high)
            continue;
        const std::size_t base = static_cast<std::size_t>(x) * static_cast<std::size_t>(m_height);
        std::uint8_t* coverage = m_coverage.data() + base;
        const bool on = period == 0 || ((phase + x) % period + period) % period < stroke.dash;
        if (on) {
            std::uint32_t* pixels = m_pixels.data() + base;
            for (int y = rows.low; y <= rows.high; ++y) {
                const std::uint32_t above = scaled(source, coverage[y]);
                pixels[y] = above + scaled(pixels[y], 255 - (above >> 24));
            }
            Rows& used = m_used[static_cast<std::size_t>(x)];
            used.low = std::min(used.low, rows.low);
            used.high = std::max(used.high, rows.high);
        }
        std::fill(coverage + rows.low, coverage + rows.high + 1, std::uint8_t{0});
        rows = {m_height, -1};
    }
}

QImage Rasteriser::finish() {
    QImage image(m_width, m_height, QImage::Format_ARGB32_Premultiplied);
    if (image.isNull())
        return image;
    image.fill(0);
    // Turned over in blocks that fit the cache; blocks without a line are left out.
    constexpr int block = 16;
    auto* bits = reinterpret_cast<std::uint32_t*>(image.bits());
    const auto stride = static_cast<std::size_t>(image.bytesPerLine()) / sizeof(std::uint32_t);
    for (int x0 = 0; x0 < m_width; x0 += block) {
        const int x1 = std::min(x0 + block, m_width);
        Rows rows{m_height, -1};
        for (int x = x0; x < x1; ++x) {
            rows.low = std::min(rows.low, m_used[static_cast<std::size_t>(x)].low);
            rows.high = std::max(rows.high, m_used[static_cast<std::size_t>(x)].high);
        }
        for (int y0 = rows.low; y0 <= rows.high; y0 += block) {
            const int y1 = std::min(y0 + block, rows.high + 1);
            for (int y = y0; y < y1; ++y) {
                std::uint32_t* line = bits + static_cast<std::size_t>(y) * stride;
                for (int x = x0; x < x1; ++x)
                    line[x] =
                        m_pixels[static_cast<std::size_t>(x) * static_cast<std::size_t>(m_height) +
                                 static_cast<std::size_t>(y)];
            }
        }
    }
    return image;
}

} // namespace sightglass::ui
