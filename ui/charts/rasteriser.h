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
/// Most of a line is one interval of rows in each column: where it is gentle, from its height at
/// the column's centre; where much happens within a column, from the lowest to the highest value.
/// Those are kept as intervals and painted as runs. Only steep parts between distant points, and
/// dots, go through a coverage of single pixels. All that covers a column is joined by its maximum,
/// so corners and overlaps do not darken. The work is done in column-major memory, where runs are
/// contiguous, and turned over once at the end:
///
///     m_pixels    [x * height + y]  ARGB32 premultiplied, of all lines so far
///     m_coverage  [x * height + y]  8 bit, of the piece of line being drawn; zero between pieces
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
    /// Part of a column between two heights, not rounded to rows; empty if top > bottom.
    struct Interval {
        float top, bottom;
        void join(float from, float to) {
            top = from < top ? from : top;
            bottom = to > bottom ? to : bottom;
        }
    };
    static const Interval nowhere;
    /// What the piece of line being drawn leaves in a column.
    struct Trace {
        Interval thick; ///< covered as it is: gentle parts, with their thickness
        Interval thin;  ///< the line's middle only: vertical runs, still without thickness
        Rows pixels;    ///< rows used in m_coverage
    };
    struct Ink;

    void setWidth(double width);
    void connect(Point a, Point b);
    void gentle(Point a, Point b);
    void steep(Point a, Point b);
    void run(double x, double y0, double y1);
    void dot(Point centre, double radius);
    void cover(int x, int y, double coverage);
    void reach(int left, int right);
    [[nodiscard]] Interval bodyOf(int x) const;
    [[nodiscard]] Interval edgeOf(int x) const;
    void coverInterval(int x, Interval interval, float weight);
    void endPiece(const Ink& ink);

    int m_width = 0, m_height = 0;
    float m_radius = 0.75f;
    std::vector<float> m_rise;    ///< half the height of a round pen, that many columns aside
    float m_edgeWeight = 0;       ///< coverage of the columns at the pen's very edge
    int m_left = 0, m_right = -1; ///< columns that the piece of line touches
    std::vector<Trace> m_traces;
    std::vector<std::uint8_t> m_coverage;
    std::vector<std::uint32_t> m_pixels;
    std::vector<Rows> m_used; ///< of m_pixels, a column
};

} // namespace sightglass::ui
