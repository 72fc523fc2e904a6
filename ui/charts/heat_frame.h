// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/clock.h"
#include "core/base/ids.h"

namespace sightglass::ui {

/// The histograms of one path over time, all its series summed: observations by time cell and
/// bucket. Rows are counted from the lowest value:
///
///     row 0               up to and with edges[0]; also everything of a histogram without edges
///     row r               above edges[r-1], up to and with edges[r]
///     row edges.size()    above the last edge: the bucket that ends at +Inf
struct HeatGrid {
    int path = 0; ///< number in the painted circle
    QString pathName;
    bool exponential = false;     ///< of exponential buckets only: values interpolate so, too
    std::vector<double> edges;    ///< finite, ascending
    std::optional<int> zeroRow;   ///< exponential: the row of the zero bucket
    double zeroThreshold = 0;     ///< how far the zero bucket reaches from zero
    std::vector<float> counts;    ///< observations, [cell * rows() + row]
    std::vector<float> seconds;   ///< time that was observed, a cell; 0: nothing is known
    std::uint32_t resets = 0;     ///< times that a counter began anew within the range
    std::uint32_t seriesRead = 0; ///< of how many series this is the sum
    std::uint32_t series = 0;     ///< that the path has

    [[nodiscard]] std::size_t rows() const { return edges.size() + 1; }
    [[nodiscard]] float at(std::size_t cell, std::size_t row) const {
        return counts[cell * rows() + row];
    }
    /// Observations by row, of one cell or of all.
    [[nodiscard]] std::vector<double> distribution(std::optional<std::size_t> cell) const;
    /// Observations by row of the cells from `first` up to and with `last`.
    struct Window {
        std::size_t first = 0, last = 0;
        std::vector<double> counts;
    };
    /// A cell and as many beside it, on both sides, as it takes to have 100 observations; at most a
    /// fortieth of all cells each way, and none beyond one that was not observed. Quantiles of
    /// fewer would be noise.
    [[nodiscard]] Window around(std::size_t cell) const;
};

/// The value below which lies the share `q` (0 to 1) of the observations, as PromQL's
/// histogram_quantile() documents it: within a bucket evenly spread in value, of exponential
/// buckets evenly in its logarithm; in the lowest bucket from zero, if it ends above; in the
/// bucket that ends at +Inf that bucket's lower bound. nullopt without observations or edges.
[[nodiscard]] std::optional<double> quantileOf(const HeatGrid& grid,
                                               const std::vector<double>& distribution, double q);

/// One observation that its sender picked out.
struct HeatExemplar {
    int path = 0;
    TimeNs time = 0;
    double value = 0;
    QString traceId; ///< hexadecimal, or as the page spelled it; "" if it has none
    QString spanId;
};

/// A family's histograms over time: the answer to one HeatRequest. Made on a worker, immutable.
struct HeatFrame {
    TimeNs from = 0; ///< of the first cell
    TimeNs cellNs = 1;
    int cells = 0;
    std::vector<HeatGrid> grids;         ///< one a path, the reference path first
    std::vector<HeatExemplar> exemplars; ///< by time

    [[nodiscard]] TimeNs centreOf(std::size_t cell) const {
        return from + cellNs * static_cast<TimeNs>(cell) + cellNs / 2;
    }
    /// The cell that holds `time`; nullopt if it lies outside.
    [[nodiscard]] std::optional<std::size_t> cellAt(TimeNs time) const {
        if (time < from || time >= from + cellNs * cells)
            return std::nullopt;
        return static_cast<std::size_t>((time - from) / cellNs);
    }
};

/// What of a histogram is drawn as lines over the heatmap, highest first.
struct HeatQuantile {
    double share;
    const char* name;
    int color; ///< index into Tokens::series: far from the ramp's hue and from each other
};
inline constexpr HeatQuantile heatQuantiles[] = {
    {0.99, "p99", 3}, {0.9, "p90", 1}, {0.5, "p50", 2}};

} // namespace sightglass::ui
