// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/axes.h"

#include <QDateTime>
#include <QLocale>

#include <algorithm>
#include <array>
#include <cmath>

namespace sightglass::ui {

namespace {

constexpr TimeNs minute = 60 * nsPerSecond;
constexpr TimeNs hour = 60 * minute;
constexpr TimeNs day = 24 * hour;
constexpr std::array<TimeNs, 29> timeSteps{nsPerMs,
                                           2 * nsPerMs,
                                           5 * nsPerMs,
                                           10 * nsPerMs,
                                           20 * nsPerMs,
                                           50 * nsPerMs,
                                           100 * nsPerMs,
                                           200 * nsPerMs,
                                           500 * nsPerMs,
                                           nsPerSecond,
                                           2 * nsPerSecond,
                                           5 * nsPerSecond,
                                           10 * nsPerSecond,
                                           15 * nsPerSecond,
                                           30 * nsPerSecond,
                                           minute,
                                           2 * minute,
                                           5 * minute,
                                           10 * minute,
                                           15 * minute,
                                           30 * minute,
                                           hour,
                                           2 * hour,
                                           3 * hour,
                                           6 * hour,
                                           12 * hour,
                                           day,
                                           2 * day,
                                           7 * day};

QString tickText(TimeNs time, TimeNs step) {
    const QDateTime local = QDateTime::fromMSecsSinceEpoch(time / nsPerMs);
    if (step >= day)
        return local.toString(QStringLiteral("d MMM"));
    if (step >= minute)
        return local.toString(QStringLiteral("HH:mm"));
    if (step >= nsPerSecond)
        return local.toString(QStringLiteral("HH:mm:ss"));
    return local.toString(QStringLiteral("HH:mm:ss.zzz"));
}

} // namespace

double ValueAxis::part(double value) const {
    if (!isLog)
        return (value - low) / (high - low);
    return (std::log10(value) - std::log10(low)) / (std::log10(high) - std::log10(low));
}

ValueAxis logAxis(double low, double high, int most, const UnitStyle& style) {
    if (!(low > 0) || !(low <= high)) {
        low = 1;
        high = 10;
    }
    most = std::max(most, 2);
    const double base = style.kind == UnitStyle::Kind::Bytes ? 2 : 10;
    const double factor = style.factor > 0 ? style.factor : 1;
    // A hair inwards: what stands at a power, but for rounding, needs no decade more.
    const double first = std::floor(std::log(low * factor) / std::log(base) + 1e-9);
    const double last =
        std::max(std::ceil(std::log(high * factor) / std::log(base) - 1e-9), first + 1);
    ValueAxis axis;
    axis.isLog = true;
    const auto add = [&](double inBase) { axis.ticks.push_back(inBase / factor); };
    if (base == 10 && (last - first) * 3 + 1 <= most) {
        for (double e = first; e < last; ++e) {
            for (const double digit : {1.0, 2.0, 5.0})
                add(digit * std::pow(base, e));
        }
        add(std::pow(base, last));
    } else {
        double step = 1;
        // Powers of two are told apart by their names: KiB, MiB.
        for (const double wider : {1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0}) {
            step = wider;
            if (std::ceil(last / step) - std::floor(first / step) + 1 <= most)
                break;
        }
        // Beyond these a power is no normal number any more.
        const double furthest = base == 2 ? 1000 : 300;
        for (double e = std::floor(first / step); e <= std::ceil(last / step); ++e) {
            const double exponent = std::clamp(e * step, -furthest, furthest);
            if (axis.ticks.isEmpty() || std::pow(base, exponent) / factor > axis.ticks.back())
                add(std::pow(base, exponent));
        }
    }
    axis.low = axis.ticks.front();
    axis.high = axis.ticks.back();
    return axis;
}

ValueAxis valueAxis(double low, double high, int most, const UnitStyle& style) {
    if (!(low <= high)) {
        low = 0;
        high = 1;
    }
    // A line that hardly moves would fill the chart with its rounding.
    if (high - low <= 1e-9 * std::max(std::abs(low), std::abs(high))) {
        if (low == 0)
            high = style.factor > 0 ? 1 / style.factor : 1;
        low = std::min(low, 0.0);
        high = std::max(high, 0.0);
    } else if (low > 0 && low < 0.7 * high) {
        low = 0;
    } else if (high < 0 && high > 0.7 * low) {
        high = 0;
    }
    ValueAxis axis;
    for (int wanted = std::max(most, 2); wanted >= 2; --wanted) {
        const QVector<double> inner = axisTicks(low, high, wanted, style);
        const double step = inner.size() > 1 ? inner[1] - inner[0] : high - low;
        const double first = std::floor(low / step + 1e-6);
        const double last = std::ceil(high / step - 1e-6);
        axis.ticks.clear();
        for (double i = first; i <= last && axis.ticks.size() < 50; ++i)
            axis.ticks.push_back(i * step);
        if (axis.ticks.size() <= std::max(most, 2))
            break;
    }
    if (axis.ticks.size() < 2)
        axis.ticks = {low, high};
    axis.low = axis.ticks.front();
    axis.high = axis.ticks.back();
    return axis;
}

QVector<TimeTick> timeTicks(TimeNs from, TimeNs to, int most) {
    if (to <= from || most < 1)
        return {};
    TimeNs step = timeSteps.back();
    for (const TimeNs candidate : timeSteps) {
        if ((to - from) / candidate < most) {
            step = candidate;
            break;
        }
    }
    while ((to - from) / step >= most)
        step *= 2;
    // Full hours and days are those of the user's clock.
    const TimeNs offset =
        QDateTime::fromMSecsSinceEpoch(from / nsPerMs).offsetFromUtc() * nsPerSecond;
    QVector<TimeTick> ticks;
    TimeNs time = (from + offset + step - 1) / step * step - offset;
    for (; time <= to; time += step)
        ticks.push_back({time, tickText(time, step)});
    return ticks;
}

} // namespace sightglass::ui
