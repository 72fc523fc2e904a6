// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QVector>

#include "core/base/clock.h"

// Numbers, units and times as the window says them. Pure functions.
namespace sightglass::ui {

/// What a metric's unit makes of its axis: "By", "bytes" and names ending in "_bytes" are bytes,
/// and so on. `perSecond` adds "/s".
struct UnitStyle {
    enum class Kind { Plain, Bytes, Seconds, Percent } kind = Kind::Plain;
    double factor = 1; ///< received value x factor is in the kind's base (bytes, seconds, 0..1)
    QString suffix;    ///< unit word for Plain: "requests", ""
    bool perSecond = false;
};
[[nodiscard]] UnitStyle unitStyle(const QString& unit, const QString& metricName, bool perSecond);

/// "3.54 MiB", "1.2 k", "12 ms", "43 %", "1 MiB/s", with three significant digits.
[[nodiscard]] QString formatValue(double value, const UnitStyle& style);
/// The same with every digit that matters, for crosshair and copy.
[[nodiscard]] QString formatExact(double value, const UnitStyle& style);
[[nodiscard]] QString formatCount(quint64 count);      ///< "81", "1.2 k", "3.4 M"
[[nodiscard]] QString formatBytes(quint64 bytes);      ///< "3 MiB"
[[nodiscard]] QString formatAge(TimeNs age);           ///< "now", "12 s", "4 min", "2 h"
[[nodiscard]] QString formatClock(TimeNs time);        ///< local "14:02:11"
[[nodiscard]] QString formatDuration(TimeNs duration); ///< "250 ms", "5 min"

/// Round axis values from low to high inclusive, 2 to `most` of them; bytes step by powers of two
/// times 1, 2, 5, ..., seconds below one by 1-2-5 and above by 1 5 15 30.
[[nodiscard]] QVector<double> axisTicks(double low, double high, int most, const UnitStyle& style);

} // namespace sightglass::ui
