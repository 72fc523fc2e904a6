// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/stack_painter.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace sightglass::ui {

namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
constexpr double bodyOpacity = 0.55;
constexpr double fadedOpacity = 0.18;

QRgb premultiplied(const QColor& color, double opacity) {
    QColor c = color;
    c.setAlphaF(static_cast<float>(opacity));
    return qPremultiply(c.rgba());
}

} // namespace

PlotStack::PlotStack(const PlotFrame& frame, const QSet<std::uint32_t>& muted)
    : m_columns(frame.columns), m_series(frame.series.size()) {
    const auto columns = static_cast<std::size_t>(m_columns);
    m_tops.assign(m_series * columns, nothing);
    m_sums.assign(columns, nothing);
    for (std::size_t s = 0; s < m_series; ++s) {
        const std::vector<double>& held = frame.series[s].held;
        if (held.size() != columns || muted.contains(frame.series[s].id.value))
            continue;
        for (std::size_t c = 0; c < columns; ++c) {
            if (std::isnan(held[c]))
                continue;
            m_sums[c] = (std::isnan(m_sums[c]) ? 0 : m_sums[c]) + held[c];
            m_tops[s * columns + c] = m_sums[c];
            if (m_low > m_high)
                m_low = m_high = 0;
            m_low = std::min(m_low, m_sums[c]);
            m_high = std::max(m_high, m_sums[c]);
        }
    }
}

double PlotStack::top(std::size_t series, int column) const {
    if (series >= m_series || column < 0 || column >= m_columns)
        return nothing;
    return m_tops[series * static_cast<std::size_t>(m_columns) + static_cast<std::size_t>(column)];
}

double PlotStack::sum(int column) const {
    return column < 0 || column >= m_columns ? nothing : m_sums[static_cast<std::size_t>(column)];
}

QImage PlotStack::paint(const PlotFrame& frame, const View& view, QSize devicePixels,
                        const std::vector<QColor>& colors, int edge, int highlighted) const {
    QImage image(devicePixels.expandedTo({1, 1}), QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    const int width = devicePixels.width();
    const int height = devicePixels.height();
    if (width <= 0 || height <= 0 || view.high <= view.low)
        return image;
    struct Ink {
        QRgb body, edge;
    };
    std::vector<Ink> inks;
    inks.reserve(m_series);
    for (std::size_t s = 0; s < m_series; ++s) {
        const bool faded = highlighted >= 0 && highlighted != static_cast<int>(s);
        inks.push_back({premultiplied(colors[s], faded ? fadedOpacity : bodyOpacity),
                        premultiplied(colors[s], faded ? fadedOpacity : 1)});
    }
    const double perPixel = static_cast<double>(view.to - view.from) / width;
    const auto rowOf = [&](double value) {
        const double y = (view.high - value) / (view.high - view.low) * height;
        return static_cast<int>(std::lround(std::clamp(y, 0.0, height * 1.0)));
    };
    // Columns are filled where they are contiguous, some at a time, and then turned over: straight
    // into the picture each pixel would be a line of the cache.
    constexpr int together = 16;
    std::vector<QRgb> block(static_cast<std::size_t>(together * height));
    for (int left = 0; left < width; left += together) {
        const int count = std::min(together, width - left);
        std::fill(block.begin(), block.end(), 0);
        for (int i = 0; i < count; ++i) {
            // A point belongs to the column that began at or before it.
            const TimeNs time = view.from + static_cast<TimeNs>((left + i + 0.5) * perPixel);
            if (time < frame.from || time >= frame.to)
                continue;
            const auto column = static_cast<int>((time - frame.from) / frame.columnNs);
            const auto at = block.begin() + static_cast<std::ptrdiff_t>(i) * height;
            int base = rowOf(0);
            for (std::size_t s = 0; s < m_series; ++s) {
                const double value = top(s, column);
                if (std::isnan(value))
                    continue;
                const int row = rowOf(value);
                std::fill(at + std::min(row, base), at + std::max(row, base), inks[s].body);
                std::fill(at + row, at + std::min(row + edge, height), inks[s].edge);
                base = row;
            }
        }
        for (int y = 0; y < height; ++y) {
            auto* line = reinterpret_cast<QRgb*>(image.scanLine(y)) + left;
            for (int i = 0; i < count; ++i)
                line[i] = block[static_cast<std::size_t>(i * height + y)];
        }
    }
    return image;
}

} // namespace sightglass::ui
