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
};

/// A value axis with round ends around low..high and about `most` ticks. It begins at zero unless
/// that would press the line into the upper third.
[[nodiscard]] ValueAxis valueAxis(double low, double high, int most, const UnitStyle& style);

struct TimeTick {
    TimeNs time = 0;
    QString text; ///< local: "14:02", "14:02:11", "14:02:11.250", "20 Nov"
};

/// Round local times within from..to, no closer than leaves `most` of them.
[[nodiscard]] QVector<TimeTick> timeTicks(TimeNs from, TimeNs to, int most);

} // namespace sightglass::ui
