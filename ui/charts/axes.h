// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QVector>

#include "core/base/clock.h"
#include "ui/charts/plot_frame.h"
#include "ui/look/format.h"

// Ranges and ticks of a chart's axes. Pure functions.
namespace sightglass::ui {

struct ValueAxis {
    double low = 0, high = 1; ///< the first and the last tick
    QVector<double> ticks;
    bool isLog = false;

    /// Where a value stands, 0 at `low` and 1 at `high`; beyond them outside 0..1.
    [[nodiscard]] double part(double value) const;
};

/// A value axis with round ends around low..high and about `most` ticks. It begins at zero unless
/// that would press the line into the upper third.
[[nodiscard]] ValueAxis valueAxis(double low, double high, int most, const UnitStyle& style);

/// The same by powers of ten (of bytes: of two), for low > 0. Of many decades every n-th has a
/// tick; within two of them there are ticks between.
[[nodiscard]] ValueAxis logAxis(double low, double high, int most, const UnitStyle& style);

struct TimeTick {
    TimeNs time = 0;
    QString text; ///< local: "14:02", "14:02:11", "14:02:11.250", "20 Nov"
};

/// Round local times within from..to, no closer than leaves `most` of them.
[[nodiscard]] QVector<TimeTick> timeTicks(TimeNs from, TimeNs to, int most);

} // namespace sightglass::ui
