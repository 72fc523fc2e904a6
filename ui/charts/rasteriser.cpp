// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/rasteriser.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace sightglass::ui {

namespace {

/// Every channel of one or two pixels times a over 255, rounded. Each product has 16 bits of its
/// own, so all channels of a word are multiplied at once.
template <class Word>
Word scaled(Word pixels, std::uint32_t a) {
    constexpr Word low = static_cast<Word>(0x00ff00ff00ff00ffull);
    constexpr Word half = static_cast<Word>(0x0080008000800080ull);
    Word even = (pixels & low) * a + half;
    even = ((even + ((even >> 8) & low)) >> 8) & low;
    Word odd = ((pixels >> 8) & low) * a + half;
    odd = (odd + ((odd >> 8) & low)) & ~low;
    return even | odd;
}

void over(std::uint32_t& pixel, std::uint32_t above) {
    pixel = above + scaled(pixel, 255 - (above >> 24));
}

/// Lays one colour over a run of pixels.
void over(std::uint32_t* from, std::uint32_t* to, std::uint32_t above) {
    const std::uint32_t rest = 255 - (above >> 24);
    if (rest == 0) {
        std::fill(from, to, above);
        return;
    }
    const std::uint64_t both = std::uint64_t{above} << 32 | above;
    for (; to - from >= 2; from += 2) {
        std::uint64_t two;
        std::memcpy(&two, from, sizeof two);
        two = both + scaled(two, rest);
        std::memcpy(from, &two, sizeof two);
    }
    if (from < to)
        over(*from, above);
}

bool isOn(int x, std::int64_t period, std::int64_t phase) {
    return period == 0 || ((phase + x) % period + period) % period * 2 < period;
}

} // namespace

constexpr Rasteriser::Interval Rasteriser::nowhere{1e9f, -1e9f};

void Rasteriser::begin(QSize devicePixels) {
    const int width = std::max(devicePixels.width(), 0);
    const int height = std::max(devicePixels.height(), 0);
    const std::size_t size = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
    if (width != m_width || height != m_height) {
        m_width = width;
        m_height = height;
        m_coverage.assign(size, 0);
        m_traces.assign(static_cast<std::size_t>(width), {nowhere, nowhere, {height, -1}});
        m_pixels.assign(static_cast<std::size_t>(stripColumns) * static_cast<std::size_t>(height),
                        0);
        m_strips.resize(static_cast<std::size_t>((width + stripColumns - 1) / stripColumns));
    }
    for (std::vector<Mark>& strip : m_strips)
        strip.clear();
    m_inks.clear();
    m_kept.clear();
    m_left = width;
    m_right = -1;
}

void Rasteriser::setWidth(double width) {
    m_radius = static_cast<float>(std::max(width, 0.1) / 2);
    const int aside = std::max(0, static_cast<int>(std::ceil(m_radius + 0.5f)) - 1);
    m_edgeWeight = std::min(1.0f, m_radius + 0.5f - static_cast<float>(aside));
    m_rise.clear();
    for (int dx = 0; dx <= aside; ++dx) {
        const auto x = static_cast<float>(dx);
        m_rise.push_back(std::sqrt(std::max(0.0f, m_radius * m_radius - x * x)));
    }
}

/// Remembers the columns to paint when the piece ends.
inline void Rasteriser::reach(int left, int right) {
    m_left = std::min(m_left, left);
    m_right = std::max(m_right, right);
}

inline void Rasteriser::cover(int x, int y, double coverage) {
    if (y < 0 || y >= m_height)
        return;
    std::uint8_t& at = m_coverage[static_cast<std::size_t>(x) * static_cast<std::size_t>(m_height) +
                                  static_cast<std::size_t>(y)];
    at = std::max(at, static_cast<std::uint8_t>(std::min(coverage, 1.0) * 255 + 0.5));
    Rows& rows = m_traces[static_cast<std::size_t>(x)].pixels;
    rows.low = std::min(rows.low, y);
    rows.high = std::max(rows.high, y);
}

/// A vertical part of the line at x from y0 to y1.
inline void Rasteriser::run(double x, double y0, double y1) {
    if (!(x >= 0 && x < m_width))
        return;
    const auto at = static_cast<int>(x);
    m_traces[static_cast<std::size_t>(at)].thin.join(static_cast<float>(std::min(y0, y1)),
                                                     static_cast<float>(std::max(y0, y1)));
    const int aside = static_cast<int>(m_rise.size()) - 1;
    reach(at - aside, at + aside);
}

/// Slope at most 1: each column's interval from the line's height at its centre.
void Rasteriser::gentle(Point a, Point b) {
    const double slope = (b.y - a.y) / (b.x - a.x);
    const double half = m_radius * std::sqrt(1 + slope * slope);
    const int first = std::max(0, static_cast<int>(std::ceil(a.x - 0.5)));
    const int last = std::min(m_width - 1, static_cast<int>(std::floor(b.x - 0.5)));
    if (first > last)
        return;
    for (int x = first; x <= last; ++x) {
        const double y = a.y + slope * (x + 0.5 - a.x);
        m_traces[static_cast<std::size_t>(x)].thick.join(static_cast<float>(y - half),
                                                         static_cast<float>(y + half));
    }
    reach(first, last);
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
                cover(column, row, coverage);
        }
        reach(left, right);
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
                cover(x, y, coverage);
        }
    }
    if (left <= right)
        reach(left, right);
}

/// From (x0, y0) to (x1, y1). Four numbers and not two points: those went through memory, which
/// took longer than all that is done here.
inline void Rasteriser::connect(double x0, double y0, double x1, double y1) {
    // What lies outside is cut off: it would cost a loop, and be too far for an int.
    const double left = -8;
    const double right = m_width + 8;
    if (x1 < left || x0 > right)
        return;
    if (x0 < left || x1 > right) {
        const double slope = (y1 - y0) / (x1 - x0);
        const double height = y0 - slope * x0;
        if (x0 < left) {
            x0 = left;
            y0 = height + slope * left;
        }
        if (x1 > right) {
            x1 = right;
            y1 = height + slope * right;
        }
    }
    const double dx = x1 - x0;
    const double dy = std::abs(y1 - y0);
    if (dy <= dx) {
        if (dx > 0)
            gentle({x0, y0}, {x1, y1});
        return;
    }
    if (dx > 1.25) {
        steep({x0, y0}, {x1, y1});
        return;
    }
    // Within a pixel or to the next one: half of the way in each.
    if (static_cast<int>(x0 - left) == static_cast<int>(x1 - left)) {
        run(x0, y0, y1);
    } else {
        const double middle = (y0 + y1) / 2;
        run(x0, y0, middle);
        run(x1, middle, y1);
    }
}

void Rasteriser::draw(std::span<const PlotColumn> columns, const View& view, const Stroke& stroke) {
    if (m_width == 0 || m_height == 0 || view.to <= view.from || !(view.high > view.low))
        return;
    setWidth(stroke.width);
    const double perNs = m_width / static_cast<double>(view.to - view.from);
    const double perUnit = m_height / (view.high - view.low);
    const auto xOf = [&](TimeNs t) { return static_cast<double>(t - view.from) * perNs; };
    // Far outside is as good as just outside, and keeps the loops short.
    const double far = 4.0 * m_height + 100;
    const auto yOf = [&](double v) {
        return std::clamp((view.high - v) * perUnit, -far, m_height + far);
    };
    const std::int64_t columnNs = std::max<std::int64_t>(1, (view.to - view.from) / m_width);
    const auto alpha = static_cast<std::uint32_t>(std::clamp(stroke.opacity, 0.0, 1.0) * 255 + 0.5);
    const std::uint32_t source = scaled(stroke.color.rgb() | 0xff000000u, alpha);
    const auto edgeCoverage = static_cast<std::uint32_t>(m_edgeWeight * 255 + 0.5f);
    m_inks.push_back({source, scaled(source, edgeCoverage), edgeCoverage});
    const auto ink = static_cast<std::uint32_t>(m_inks.size() - 1);
    const std::int64_t period = 2 * std::int64_t{stroke.dash};
    const std::int64_t phase = view.from / columnNs;

    Point before{0, 0};
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const PlotColumn& c = columns[i];
        Point entry{xOf(c.firstTime), yOf(c.first)};
        Point exit{xOf(c.lastTime), yOf(c.last)};
        bool alone = false;
        if (c.gapBefore || i == 0) {
            endPiece(ink, period, phase);
            alone = i + 1 == columns.size() || columns[i + 1].gapBefore;
        }
        if (alone) {
            // Several points may lie as close together as one; what is larger is seen as it is.
            const double top = yOf(c.max);
            const double bottom = yOf(c.min);
            if (std::max(bottom - top, exit.x - entry.x) <= 2 * stroke.dotRadius) {
                dot({(entry.x + exit.x) / 2, (top + bottom) / 2}, stroke.dotRadius);
                endPiece(ink, 0, 0);
                continue;
            }
        }
        if (c.count > 1) {
            // All that happened within a pixel stands in that pixel's centre.
            const double middle = std::clamp((entry.x + exit.x) / 2, -8.0, m_width + 8.0);
            const double x = static_cast<int>(middle + 8) - 7.5;
            const double top = yOf(c.max);
            const double bottom = yOf(c.min);
            if (exit.x - entry.x <= 1)
                entry.x = exit.x = x;
            if (exit.x > entry.x) {
                connect(entry.x, entry.y, x, entry.y);
                connect(x, exit.y, exit.x, exit.y);
            }
            if (bottom - top > 0.5)
                run(x, top, bottom);
        }
        if (alone) { // whole: a dash's pause would leave nothing of it
            endPiece(ink, 0, 0);
            continue;
        }
        if (!c.gapBefore && i > 0)
            connect(before.x, before.y, entry.x, entry.y);
        before = exit;
    }
    endPiece(ink, period, phase);
}

/// What is fully covered in a column: its own part of the line, and that of the columns beside it
/// that the pen is wide enough to reach.
inline Rasteriser::Interval Rasteriser::bodyOf(int x) const {
    Interval body = m_traces[static_cast<std::size_t>(x)].thick;
    const int aside = static_cast<int>(m_rise.size()) - 1;
    const int full = m_edgeWeight < 1 ? aside - 1 : aside;
    for (int dx = -full; dx <= full; ++dx) {
        if (x + dx < 0 || x + dx >= m_width)
            continue;
        const Interval& thin = m_traces[static_cast<std::size_t>(x + dx)].thin;
        const float rise = m_rise[static_cast<std::size_t>(std::abs(dx))];
        if (thin.top <= thin.bottom)
            body.join(thin.top - rise, thin.bottom + rise);
    }
    return body;
}

/// What is covered by the pen's edge only.
inline Rasteriser::Interval Rasteriser::edgeOf(int x) const {
    Interval edge = nowhere;
    const int aside = static_cast<int>(m_rise.size()) - 1;
    if (m_edgeWeight >= 1 || aside == 0)
        return edge;
    for (const int dx : {-aside, aside}) {
        if (x + dx < 0 || x + dx >= m_width)
            continue;
        const Interval& thin = m_traces[static_cast<std::size_t>(x + dx)].thin;
        if (thin.top <= thin.bottom)
            edge.join(thin.top - m_rise.back(), thin.bottom + m_rise.back());
    }
    return edge;
}

void Rasteriser::coverInterval(int x, Interval interval, float weight) {
    const float top = std::max(interval.top, 0.0f);
    const float bottom = std::min(interval.bottom, static_cast<float>(m_height));
    for (int y = static_cast<int>(top); static_cast<float>(y) < bottom; ++y) {
        const auto row = static_cast<float>(y);
        cover(x, y, weight * (std::min(bottom, row + 1) - std::max(top, row)));
    }
}

/// Notes what the piece covers, and forgets the piece. Pieces are painted one by one: intervals of
/// two would join across the gap between them.
void Rasteriser::endPiece(std::uint32_t ink, std::int64_t period, std::int64_t phase) {
    const int left = std::max(m_left, 0);
    const int right = std::min(m_right, m_width - 1);
    for (int x = left; x <= right; ++x) {
        if (!isOn(x, period, phase))
            continue;
        Mark mark{static_cast<std::uint32_t>(x % stripColumns), ink, bodyOf(x), edgeOf(x),
                  m_traces[static_cast<std::size_t>(x)].pixels, 0};
        if (mark.rows.low <= mark.rows.high) {
            coverInterval(x, mark.body, 1);
            coverInterval(x, mark.edge, m_edgeWeight);
            mark.rows = m_traces[static_cast<std::size_t>(x)].pixels;
            mark.coverage = m_kept.size();
            const auto base = m_coverage.begin() + static_cast<std::ptrdiff_t>(x) * m_height;
            m_kept.insert(m_kept.end(), base + mark.rows.low, base + mark.rows.high + 1);
        } else if (mark.body.top > mark.body.bottom && mark.edge.top > mark.edge.bottom) {
            continue;
        }
        m_strips[static_cast<std::size_t>(x / stripColumns)].push_back(mark);
    }
    for (int x = left; x <= right; ++x) {
        Trace& trace = m_traces[static_cast<std::size_t>(x)];
        if (trace.pixels.low <= trace.pixels.high) {
            const auto base = m_coverage.begin() + static_cast<std::ptrdiff_t>(x) * m_height;
            std::fill(base + trace.pixels.low, base + trace.pixels.high + 1, std::uint8_t{0});
        }
        trace = {nowhere, nowhere, {m_height, -1}};
    }
    m_left = m_width;
    m_right = -1;
}

/// Lays a mark's colour over its column of the strip; `used` is the strip's.
void Rasteriser::paint(const Mark& mark, Rows& used) {
    std::uint32_t* pixels = m_pixels.data() + mark.column * static_cast<std::size_t>(m_height);
    if (mark.rows.low > mark.rows.high) {
        paintIntervals(mark, pixels, used);
        return;
    }
    const std::uint32_t full = m_inks[mark.ink].full;
    const std::uint8_t* coverage = m_kept.data() + mark.coverage;
    for (int y = mark.rows.low; y <= mark.rows.high; ++y)
        over(pixels[y], scaled(full, *coverage++));
    used.low = std::min(used.low, mark.rows.low);
    used.high = std::max(used.high, mark.rows.high);
}

void Rasteriser::paintIntervals(const Mark& mark, std::uint32_t* pixels, Rows& used) const {
    const Ink& ink = m_inks[mark.ink];
    const Interval& body = mark.body;
    const Interval& edge = mark.edge;
    const auto height = static_cast<float>(m_height);
    // Rows of the body: whole ones, and a part of one at either end. The edge reaches beyond.
    const float top = std::clamp(body.top, 0.0f, height);
    const float bottom = std::clamp(body.bottom, 0.0f, height);
    int first = m_height;
    int last = -1;
    if (top < bottom) {
        first = static_cast<int>(top);
        last = static_cast<int>(bottom);
        // An end on the border of a row has nothing of the next one.
        if (static_cast<float>(last) >= bottom)
            --last;
    }
    int edgeFirst = m_height;
    int edgeLast = -1;
    if (edge.top <= edge.bottom && edge.bottom > 0 && edge.top < height) {
        edgeFirst = static_cast<int>(std::max(edge.top, 0.0f) + 0.5f);
        edgeLast = static_cast<int>(std::min(edge.bottom, height) + 0.5f) - 1;
    }
    if (first > last && edgeFirst > edgeLast)
        return;
    const auto atLeastEdge = [&](int y, float part) {
        const auto own = static_cast<std::uint32_t>(part * 255 + 0.5f);
        return scaled(ink.full,
                      y >= edgeFirst && y <= edgeLast ? std::max(own, ink.edgeCoverage) : own);
    };
    if (first > last) {
        over(pixels + edgeFirst, pixels + edgeLast + 1, ink.edge);
    } else {
        if (edgeFirst < first)
            over(pixels + edgeFirst, pixels + std::min(first, edgeLast + 1), ink.edge);
        if (first == last) {
            over(pixels[first], atLeastEdge(first, bottom - top));
        } else {
            over(pixels[first], atLeastEdge(first, static_cast<float>(first + 1) - top));
            over(pixels + first + 1, pixels + last, ink.full);
            over(pixels[last], atLeastEdge(last, bottom - static_cast<float>(last)));
        }
        if (edgeLast > last)
            over(pixels + std::max(last + 1, edgeFirst), pixels + edgeLast + 1, ink.edge);
    }
    used.low = std::min({used.low, first, edgeFirst});
    used.high = std::max({used.high, last, edgeLast});
}

/// A transparent picture that nobody else holds.
QImage& Rasteriser::blankPicture() {
    const auto isFree = [](const QImage& picture) {
        return picture.isNull() || picture.isDetached();
    };
    auto picture = std::find_if(m_pictures.begin(), m_pictures.end(), isFree);
    if (picture == m_pictures.end())
        *(picture = m_pictures.begin()) = {};
    if (picture->size() != QSize(m_width, m_height))
        *picture = QImage(m_width, m_height, QImage::Format_ARGB32_Premultiplied);
    picture->fill(0);
    return *picture;
}

/// Rows of the strip become rows of the picture, and the strip is empty again.
void Rasteriser::turnOver(int strip, Rows used, QImage& picture) {
    const int left = strip * stripColumns;
    const int columns = std::min(stripColumns, m_width - left);
    const auto height = static_cast<std::size_t>(m_height);
    const auto stride = static_cast<std::size_t>(picture.bytesPerLine()) / sizeof(std::uint32_t);
    auto* bits = reinterpret_cast<std::uint32_t*>(picture.bits());
    int y = used.low;
#ifdef __SSE2__
    // Four by four: a pixel at a time costs four times as much.
    for (; columns == stripColumns && y + 3 <= used.high; y += 4) {
        for (int column = 0; column < stripColumns; column += 4) {
            const auto read = [&](int beside) {
                const auto at = static_cast<std::size_t>(column + beside) * height;
                return _mm_loadu_si128(reinterpret_cast<const __m128i*>(m_pixels.data() + at + y));
            };
            const __m128i a = read(0);
            const __m128i b = read(1);
            const __m128i c = read(2);
            const __m128i d = read(3);
            const __m128i abLow = _mm_unpacklo_epi32(a, b);
            const __m128i cdLow = _mm_unpacklo_epi32(c, d);
            const __m128i abHigh = _mm_unpackhi_epi32(a, b);
            const __m128i cdHigh = _mm_unpackhi_epi32(c, d);
            const auto write = [&](int below, __m128i four) {
                std::uint32_t* to =
                    bits + static_cast<std::size_t>(y + below) * stride + left + column;
                _mm_storeu_si128(reinterpret_cast<__m128i*>(to), four);
            };
            write(0, _mm_unpacklo_epi64(abLow, cdLow));
            write(1, _mm_unpackhi_epi64(abLow, cdLow));
            write(2, _mm_unpacklo_epi64(abHigh, cdHigh));
            write(3, _mm_unpackhi_epi64(abHigh, cdHigh));
        }
    }
#endif
    for (; y <= used.high; ++y) {
        std::uint32_t* line = bits + static_cast<std::size_t>(y) * stride + left;
        const std::uint32_t* from = m_pixels.data() + y;
        for (int column = 0; column < columns; ++column)
            line[column] = from[static_cast<std::size_t>(column) * height];
    }
    for (std::size_t column = 0; column < static_cast<std::size_t>(columns); ++column) {
        const auto base = m_pixels.begin() + static_cast<std::ptrdiff_t>(column * height);
        std::fill(base + used.low, base + used.high + 1, 0u);
    }
}

QImage Rasteriser::finish() {
    QImage& picture = blankPicture();
    if (picture.isNull())
        return picture;
    for (std::size_t strip = 0; strip < m_strips.size(); ++strip) {
        Rows used{m_height, -1};
        for (const Mark& mark : m_strips[strip])
            paint(mark, used);
        if (used.low <= used.high)
            turnOver(static_cast<int>(strip), used, picture);
    }
    return picture;
}

} // namespace sightglass::ui
