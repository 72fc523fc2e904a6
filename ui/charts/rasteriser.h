// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QImage>
#include <QSize>

#include <array>
#include <cstddef>
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
/// so corners and overlaps do not darken.
///
/// draw() only notes what each line covers; finish() paints. It does so in strips of a few columns,
/// all lines of a strip at once: they are painted column by column, where runs are contiguous, in
/// memory that stays in the nearest cache, and turned over into the picture from there.
///
///     m_coverage  [x * height + y]       8 bit, of the piece of line at hand; zero between pieces
///     m_strips    [x / stripColumns]     what covers these columns, in the order of drawing
///     m_pixels    [column * height + y]  ARGB32 premultiplied, of the strip being painted
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
    /// How a line becomes pixels of the picture.
    struct Ink {
        std::uint32_t full; ///< premultiplied
        std::uint32_t edge; ///< as much of it as the pen's edge covers
        std::uint32_t edgeCoverage;
    };
    /// What a piece of a line covers of one column: either intervals or single pixels.
    struct Mark {
        std::uint32_t column; ///< within the strip
        std::uint32_t ink;    ///< index into m_inks
        Interval body, edge;
        Rows rows;            ///< of single pixels; empty: intervals
        std::size_t coverage; ///< of the first of them, in m_kept
    };
    static constexpr int stripColumns = 16;

    void setWidth(double width);
    void connect(double x0, double y0, double x1, double y1);
    void gentle(Point a, Point b);
    void steep(Point a, Point b);
    void run(double x, double y0, double y1);
    void dot(Point centre, double radius);
    void cover(int x, int y, double coverage);
    void reach(int left, int right);
    [[nodiscard]] Interval bodyOf(int x) const;
    [[nodiscard]] Interval edgeOf(int x) const;
    void coverInterval(int x, Interval interval, float weight);
    /// Dashes of `period` columns, of which the first half is on; 0: solid.
    void endPiece(std::uint32_t ink, std::int64_t period, std::int64_t phase);
    void paint(const Mark& mark, Rows& used);
    void paintIntervals(const Mark& mark, std::uint32_t* pixels, Rows& used) const;
    void turnOver(int strip, Rows used, QImage& picture);
    [[nodiscard]] QImage& blankPicture();

    int m_width = 0, m_height = 0;
    float m_radius = 0.75f;
    std::vector<float> m_rise;    ///< half the height of a round pen, that many columns aside
    float m_edgeWeight = 0;       ///< coverage of the columns at the pen's very edge
    int m_left = 0, m_right = -1; ///< columns that the piece of line touches
    std::vector<Trace> m_traces;
    std::vector<std::uint8_t> m_coverage;
    std::vector<Ink> m_inks;
    std::vector<std::vector<Mark>> m_strips;
    std::vector<std::uint8_t> m_kept; ///< coverage of single pixels, mark after mark
    std::vector<std::uint32_t> m_pixels;
    std::array<QImage, 3> m_pictures; ///< given away; one that nobody holds any more is used again
};

} // namespace sightglass::ui
