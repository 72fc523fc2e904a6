// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/model/series_reader.h"
#include "ui/charts/heat_frame.h"

// Bucket counts that can be subtracted and brought to one set of rows. One thread at a time.
namespace sightglass::ui {

/// What can be said of two sets of cumulative buckets of one series.
enum class Rise {
    Known,   ///< so much came between them
    Anew,    ///< a bucket fell: counting began anew, and all of the later ones came since
    Unknown, ///< no bound in common: something came, nobody knows where
};

/// The buckets of an explicit histogram, or what was added to them.
struct ExplicitBuckets {
    std::shared_ptr<const HistogramBounds> bounds;
    std::vector<double> counts; ///< one longer than the bounds

    /// nullopt if no buckets were sent, or such as cannot be.
    [[nodiscard]] static std::optional<ExplicitBuckets> of(const HistogramSample& sample);
    /// Leaves what came since `earlier`. If the bounds changed, by those bounds that both have.
    /// Unless that is known, what this holds is of no use.
    [[nodiscard]] Rise subtract(const ExplicitBuckets& earlier);
};

/// The buckets of an exponential histogram at any scale, or what was added to them. Bucket i
/// reaches from base^i to base^(i+1), base = 2^(2^-scale).
struct ExponentialBuckets {
    struct Side {
        std::int64_t low = 0; ///< index of the first count
        std::vector<double> counts;

        [[nodiscard]] std::int64_t end() const {
            return low + static_cast<std::int64_t>(counts.size());
        }
        /// Drops empty buckets at either end.
        void trim();
        /// Joins 2^steps buckets to one.
        void coarsen(int steps);
        /// Makes room for the indices from..to-1, and for all between them and those it has: the
        /// caller has seen to it that these are few.
        void reach(std::int64_t from, std::int64_t to);
        /// Whether it has room for all that the other holds.
        [[nodiscard]] bool spans(const Side& other) const;
        /// Reaches as far as the other; see reach().
        void add(const Side& other, double part);
    };
    int scale = 0;
    double zeroThreshold = 0;
    double zero = 0;
    Side positive, negative;

    [[nodiscard]] static std::optional<ExponentialBuckets>
    of(const ExponentialHistogramSample& sample);
    /// Leaves what came since `earlier`, at the coarser of both scales and the wider of both zero
    /// buckets. Unless that is known, what this holds is of no use.
    [[nodiscard]] Rise subtract(const ExponentialBuckets& earlier);

    void coarsenTo(int coarser);
    /// Counts all buckets that begin below the threshold as zero.
    void widenZero(double threshold);
    /// The coarsest scale at which all buckets of this and the other fit into `most`.
    [[nodiscard]] int scaleFor(const ExponentialBuckets& other, std::int64_t most) const;
};

/// base^index at a scale, kept finite and above zero.
[[nodiscard]] double exponentialBound(int scale, std::int64_t index);

/// Sums the buckets of a path's series into time cells.
///
/// Buckets that came within (after, until] are spread evenly over the cells that this touches.
/// Bounds may differ between series and change in time: the rows are the union of all bounds, at
/// most rowsMost (of more, every other one is left out). A bucket that spans several rows is
/// spread over them as a quantile would read it: evenly in value, exponential ones evenly in the
/// logarithm. One that is open above goes to the last row, since nobody knows more. Exponential
/// buckets are kept at the finest scale that all of them have and that fits into rowsMost.
class HeatTally {
  public:
    static constexpr std::int64_t rowsMost = 160;
    /// Sets of bounds that are kept apart until the end; later ones are spread into these.
    static constexpr std::size_t boundsMost = 16;

    HeatTally(TimeNs from, TimeNs cellNs, int cells);

    void beginSeries();
    void add(const ExplicitBuckets& came, TimeNs after, TimeNs until);
    void add(const ExponentialBuckets& came, TimeNs after, TimeNs until);
    /// The time that a cell was observed is that of the series seen longest in it.
    void endSeries();

    /// Edges, counts and seconds of the path.
    [[nodiscard]] HeatGrid grid() const;

  private:
    struct Layout {
        std::shared_ptr<const HistogramBounds> bounds;
        std::vector<double> counts; ///< [cell * (bounds + 1) + bucket]
    };
    struct Part {
        std::size_t cell;
        double share; ///< of the time that was given
    };
    void cover(TimeNs after, TimeNs until);
    [[nodiscard]] std::size_t layoutFor(const std::shared_ptr<const HistogramBounds>& bounds);

    const TimeNs m_from, m_cellNs;
    const std::size_t m_cells;
    std::vector<Part> m_parts; ///< of the addition at hand
    std::vector<double> m_seconds, m_seriesSeconds;
    std::vector<Layout> m_layouts;
    std::vector<ExponentialBuckets> m_exponential; ///< one a cell, all of one scale; or none
    ExponentialBuckets m_all;                      ///< their sum: scale, extent, zero bucket
};

} // namespace sightglass::ui
