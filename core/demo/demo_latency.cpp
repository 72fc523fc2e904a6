// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/demo/demo_latency.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace sightglass {

namespace {

constexpr double pi = 3.14159265358979;
constexpr double tide = 32; ///< seconds from quick to slow and back

double always(double t) {
    return t;
}
/// The integral of (1 + cos) / 2, and of what is left of 1.
double quick(double t) {
    return t / 2 + std::sin(2 * pi * t / tide) * tide / (4 * pi);
}
double slow(double t) {
    return t - quick(t);
}

/// One way to take: observations by time, and how long they take.
struct Way {
    double perSecond;
    double (*seconds)(double t); ///< of the first t, in which this happened
    double median, spread;       ///< seconds; standard deviation of the logarithm
};

constexpr std::array basketWays{
    Way{20, quick, 0.011, 0.45},
    Way{20, slow, 0.042, 0.40},
    Way{2, always, 0.19, 0.35},
    Way{72, demoRush, 0.12, 0.42},
};
constexpr std::array orderWays{
    Way{4, quick, 0.055, 0.40},
    Way{4, slow, 0.12, 0.35},
    Way{18, demoRush, 0.31, 0.35},
};
constexpr std::array failedWays{Way{5, demoFailing, 0.72, 0.12}};
constexpr std::array queryWays{
    Way{420, quick, 0.0009, 0.38},   Way{420, slow, 0.0042, 0.32},     Way{40, always, 0.021, 0.45},
    Way{900, demoRush, 0.009, 0.36}, Way{60, demoFailing, 0.35, 0.22},
};

std::span<const Way> waysOf(DemoWork work) {
    switch (work) {
    case DemoWork::Basket:
        return basketWays;
    case DemoWork::Order:
        return orderWays;
    case DemoWork::FailedOrder:
        return failedWays;
    case DemoWork::Query:
        break;
    }
    return queryWays;
}

/// The share of a way that takes no longer than this.
double shareBelow(const Way& way, double seconds) {
    if (seconds <= 0)
        return 0;
    return std::erfc(-std::log(seconds / way.median) / (way.spread * std::sqrt(2.0))) / 2;
}

/// Evenly over 0..1, the same for the same number.
double scattered(std::uint64_t number) {
    number += 0x9e3779b97f4a7c15u;
    number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9u;
    number = (number ^ (number >> 27)) * 0x94d049bb133111ebu;
    return static_cast<double>((number ^ (number >> 31)) >> 11) * 0x1p-53;
}

/// Seconds of the first t that lie between two times of a period.
double within(double t, double period, double from, double length) {
    const double rounds = std::floor(t / period);
    return rounds * length + std::clamp(t - rounds * period - from, 0.0, length);
}

} // namespace

double demoRush(double t) {
    return within(t, 12, 6, 4);
}

double demoFailing(double t) {
    return within(t, 20, 10, 3);
}

std::uint64_t demoObservations(DemoWork work, double t, double low, double high) {
    double sum = 0;
    for (const Way& way : waysOf(work)) {
        const double share = shareBelow(way, high) - shareBelow(way, low);
        sum += way.perSecond * way.seconds(t) * share;
    }
    return static_cast<std::uint64_t>(std::floor(std::max(sum, 0.0)));
}

double demoObservation(DemoWork work, double t, std::uint64_t number) {
    const std::span<const Way> ways = waysOf(work);
    const auto rateOf = [t](const Way& way) {
        return way.perSecond * (way.seconds(t) - way.seconds(std::max(t - 0.5, 0.0)));
    };
    double all = 0;
    for (const Way& way : ways)
        all += rateOf(way);
    double left = scattered(number) * all;
    const Way* taken = &ways.front();
    for (const Way& way : ways) {
        taken = &way;
        left -= rateOf(way);
        if (left <= 0)
            break;
    }
    // Four even numbers add up to a bell.
    double bell = -2;
    for (std::uint64_t i = 1; i <= 4; ++i)
        bell += scattered(number * 8 + i);
    return taken->median * std::exp(taken->spread * bell * std::sqrt(3.0));
}

} // namespace sightglass
