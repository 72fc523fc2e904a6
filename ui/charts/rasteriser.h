// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QImage>
#include <QSize>

#include <cstdint>
#include <span>
#include <vector>

#include "ui/charts/plot_frame.h"

namespace sightglass::ui {

/// Draws dense lines: from first, min, max and last of each pixel column it makes the picture that
/// all points would make, in a time that depends on pixels and not on points. Works in device
/// pixels. One thread at a time; its buffers are kept between pictures.
///
/// A line is covered analytically: gentle parts by their vertical extent at each column's centre,
/// steep ones by their horizontal extent at each row's, vertical runs as runs. Within one line
/// coverages are joined by their maximum, so corners and overlaps do not darken. The work is done
/// in column-major memory, where runs are contiguous, and turned over once at the end:
///
///     m_coverage  [x * height + y]  8 bit, of the line being drawn
///     m_pixels    [x * height + y]  ARGB32 premultiplied, of all lines so far
class Rasteriser {
  public:
    /// What the picture shows: its whole width is from..to, its height low (bottom) to high.
    struct View {
        TimeNs from = 0, to = 1;
        double low = 0, high = 1;
    };
    struct Stroke {
        QColor color;
        double width = 1.5; ///< device pixels
        int dash = 0;       ///< device pixels on, and as many off; 0: solid
        double opacity = 1;
        double dotRadius = 2.5; ///< of points that nothing is connected to
    };

    /// Starts a transparent picture.
    void begin(QSize devicePixels);
    /// Adds one line over those before it; all values must be finite. Dashes are anchored to time:
    /// those of equal lines lie on each other, and move with the data.
    void draw(std::span<const PlotColumn> columns, const View& view, const Stroke& stroke);
    /// The picture, ARGB32 premultiplied.
    [[nodiscard]] QImage finish();

  private:
    struct Point {
        double x, y;
    };
    /// Rows of a column that hold something; empty if low > high.
    struct Rows {
        int low, high;
    };

    void connect(Point a, Point b);
    void gentle(Point a, Point b);
    void steep(Point a, Point b);
    void run(double x, double y0, double y1);
    void dot(Point centre, double radius);
    void cover(int x, int y, float coverage);
    void fill(int x, double top, double bottom, float weight);
    void composite(const Stroke& stroke, std::int64_t phase);

    int m_width = 0, m_height = 0;
    float m_radius = 0.75f;
    std::vector<std::uint8_t> m_coverage;
    std::vector<std::uint32_t> m_pixels;
    std::vector<Rows> m_touched; ///< of m_coverage, a column
    std::vector<Rows> m_used;    ///< of m_pixels, a column
};

} // namespace sightglass::ui
