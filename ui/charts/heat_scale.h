// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QString>

#include <array>
#include <cstddef>
#include <utility>
#include <vector>

#include "ui/charts/heat_frame.h"
#include "ui/look/format.h"
#include "ui/look/tokens.h"

// Where a heatmap's values lie, and which shade a count has. Pure functions and values.
namespace sightglass::ui {

/// Whether a logarithmic axis suits these buckets better: exponential ones, and bounds above zero
/// that span a factor of 20 or more.
[[nodiscard]] bool isLogByNature(const HeatFrame& frame);

/// The value axis of a heatmap, from values to positions that grow with them. Linear: the value
/// itself. Logarithmic: decades, above a stretch around zero that is as high as a typical row, for
/// what lies between zero and the lowest bound; below zero the same, mirrored.
class HeatScale {
  public:
    HeatScale() = default;
    /// Covers the rows that hold something, of all paths.
    HeatScale(const HeatFrame& frame, bool isLog);

    [[nodiscard]] bool isLog() const { return m_isLog; }
    [[nodiscard]] double low() const { return m_low; }
    [[nodiscard]] double high() const { return m_high; }
    [[nodiscard]] double at(double value) const;
    /// The two ends of a row. Open rows are drawn as high as a typical one.
    [[nodiscard]] std::pair<double, double> row(const HeatGrid& grid, std::size_t row) const;

    struct Tick {
        double position = 0;
        QString text;
        bool hasLine = true; ///< false: names a row, from its middle
    };
    /// Bounds of few explicit buckets; else round values. The most important first: the painter
    /// leaves out what would touch one before it.
    [[nodiscard]] std::vector<Tick> ticks(const HeatFrame& frame, const UnitStyle& style,
                                          int most) const;

  private:
    [[nodiscard]] std::vector<double> roundValues(const UnitStyle& style) const;
    [[nodiscard]] double valueAt(double position) const;

    bool m_isLog = false;
    double m_floor = 1; ///< log: the lowest bound above zero
    double m_step = 1;  ///< height of an open row, in positions
    double m_low = 0, m_high = 1;
};

/// Shades of one hue between surface and text, by lightness alone: they read alike with any
/// colour vision, in light and dark. The root of the share is taken, so that the tail of a
/// distribution is seen beside its peak.
class HeatRamp {
  public:
    explicit HeatRamp(const Tokens& tokens);
    /// `share` of the densest, above 0 to 1.
    [[nodiscard]] QRgb shade(double share) const;

  private:
    std::array<QRgb, 256> m_shades;
};

/// The next of 1, 2, 5, 10 ... at or above `value`, for the end of a key.
[[nodiscard]] double roundAbove(double value);

} // namespace sightglass::ui
