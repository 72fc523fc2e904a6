// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QImage>
#include <QSet>
#include <QSize>

#include <cstdint>
#include <utility>
#include <vector>

#include "ui/charts/plot_frame.h"

namespace sightglass::ui {

/// The areas of a stacked chart: series upon series, in their order, each as high as what it adds.
/// A value, computed again for each frame and each change of muting. GUI thread only.
class PlotStack {
  public:
    PlotStack() = default;
    PlotStack(const PlotFrame& frame, const QSet<std::uint32_t>& muted);

    /// Lowest and highest edge, zero included; low > high if there is nothing.
    [[nodiscard]] std::pair<double, double> range() const { return {m_low, m_high}; }
    /// Upper edge of a series in a column; NaN where it adds nothing.
    [[nodiscard]] double top(std::size_t series, int column) const;
    /// Of all that is there in a column; NaN if nothing is.
    [[nodiscard]] double sum(int column) const;

    struct View {
        TimeNs from = 0, to = 1;
        double low = 0, high = 1;
    };
    /// The areas in device pixels, ARGB32 premultiplied: one pixel column shows one column, with an
    /// edge of full colour over a lighter body. `highlighted` (index, or -1) fades the others.
    [[nodiscard]] QImage paint(const PlotFrame& frame, const View& view, QSize devicePixels,
                               const std::vector<QColor>& colors, int edge, int highlighted) const;

  private:
    int m_columns = 0;
    std::size_t m_series = 0;
    std::vector<double> m_tops; ///< [series * columns + column]
    std::vector<double> m_sums; ///< a column
    double m_low = 1, m_high = 0;
};

} // namespace sightglass::ui
