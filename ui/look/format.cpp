// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/look/format.h"

#include <QDateTime>
#include <QHash>

#include <algorithm>
#include <array>
#include <cmath>

namespace sightglass::ui {

namespace {

struct KnownUnit {
    UnitStyle::Kind kind;
    double factor;
};

/// UCUM codes and the words that Prometheus names end in.
const QHash<QString, KnownUnit>& knownUnits() {
    using Kind = UnitStyle::Kind;
    static const QHash<QString, KnownUnit> units{
        {"By", {Kind::Bytes, 1}},
        {"bytes", {Kind::Bytes, 1}},
        {"byte", {Kind::Bytes, 1}},
        {"B", {Kind::Bytes, 1}},
        {"kBy", {Kind::Bytes, 1e3}},
        {"MBy", {Kind::Bytes, 1e6}},
        {"GBy", {Kind::Bytes, 1e9}},
        {"TBy", {Kind::Bytes, 1e12}},
        {"KiBy", {Kind::Bytes, 1024.0}},
        {"MiBy", {Kind::Bytes, 1024.0 * 1024}},
        {"GiBy", {Kind::Bytes, 1024.0 * 1024 * 1024}},
        {"TiBy", {Kind::Bytes, 1024.0 * 1024 * 1024 * 1024}},
        {"kilobytes", {Kind::Bytes, 1e3}},
        {"megabytes", {Kind::Bytes, 1e6}},
        {"gigabytes", {Kind::Bytes, 1e9}},
        {"kibibytes", {Kind::Bytes, 1024.0}},
        {"mebibytes", {Kind::Bytes, 1024.0 * 1024}},
        {"gibibytes", {Kind::Bytes, 1024.0 * 1024 * 1024}},
        {"s", {Kind::Seconds, 1}},
        {"seconds", {Kind::Seconds, 1}},
        {"second", {Kind::Seconds, 1}},
        {"ms", {Kind::Seconds, 1e-3}},
        {"milliseconds", {Kind::Seconds, 1e-3}},
        {"us", {Kind::Seconds, 1e-6}},
        {"microseconds", {Kind::Seconds, 1e-6}},
        {"ns", {Kind::Seconds, 1e-9}},
        {"nanoseconds", {Kind::Seconds, 1e-9}},
        {"min", {Kind::Seconds, 60}},
        {"minutes", {Kind::Seconds, 60}},
        {"h", {Kind::Seconds, 3600}},
        {"hours", {Kind::Seconds, 3600}},
        {"d", {Kind::Seconds, 86400}},
        {"days", {Kind::Seconds, 86400}},
        {"%", {Kind::Percent, 0.01}},
        {"percent", {Kind::Percent, 0.01}},
        {"ratio", {Kind::Percent, 1}},
    };
    return units;
}

/// The last word of a Prometheus name that may be a unit: "a_bytes_total" gives "bytes".
QString unitWordOf(QString name) {
    for (const char* ending : {"_total", "_sum"}) {
        if (name.endsWith(QLatin1String(ending)))
            name.chop(static_cast<int>(qstrlen(ending)));
    }
    return name.section('_', -1);
}

/// Three significant digits, without zeros that say nothing. Numbers of 1000 and more are whole.
QString threeDigits(double value) {
    const double magnitude = std::abs(value);
    if (magnitude == 0)
        return QStringLiteral("0");
    if (magnitude < 1e-4)
        return QString::number(value, 'g', 3);
    int decimals = 2 - static_cast<int>(std::floor(std::log10(magnitude)));
    decimals = std::clamp(decimals, 0, 6);
    QString text = QString::number(value, 'f', decimals);
    if (text.contains('.')) {
        while (text.endsWith('0'))
            text.chop(1);
        if (text.endsWith('.'))
            text.chop(1);
    }
    return text == QLatin1String("-0") ? QStringLiteral("0") : text;
}

struct Step {
    double size;
    const char* name;
};

/// The largest step that `magnitude` reaches once rounded to three digits; the first if none.
template <std::size_t n>
const Step& stepFor(double magnitude, const std::array<Step, n>& steps) {
    std::size_t at = 0;
    while (at + 1 < n) {
        const double inNext = magnitude / steps[at + 1].size;
        // 0.9999 of the next step would read "1000" in this one.
        if (inNext < 1 && !(threeDigits(magnitude / steps[at].size).toDouble() * steps[at].size >=
                            steps[at + 1].size))
            break;
        ++at;
    }
    return steps[at];
}

constexpr std::array<Step, 6> byteSteps{{{1, "B"},
                                         {1024.0, "KiB"},
                                         {1024.0 * 1024, "MiB"},
                                         {1024.0 * 1024 * 1024, "GiB"},
                                         {1024.0 * 1024 * 1024 * 1024, "TiB"},
                                         {1024.0 * 1024 * 1024 * 1024 * 1024, "PiB"}}};
constexpr std::array<Step, 7> secondSteps{{{1e-9, "ns"},
                                           {1e-6, "\u00b5s"},
                                           {1e-3, "ms"},
                                           {1, "s"},
                                           {60, "min"},
                                           {3600, "h"},
                                           {86400, "d"}}};
constexpr std::array<Step, 5> plainSteps{
    {{1, ""}, {1e3, "k"}, {1e6, "M"}, {1e9, "G"}, {1e12, "T"}}};

QString notFinite(double value) {
    if (std::isnan(value))
        return QStringLiteral("NaN");
    return value > 0 ? QStringLiteral("+Inf") : QStringLiteral("-Inf");
}

QString joined(const QString& number, const QString& word) {
    return word.isEmpty() ? number : number + ' ' + word;
}

/// "1.2 k requests/s" from a number and its words; "/s" needs no word before it.
QString withUnit(const QString& number, const QString& unit, bool perSecond) {
    if (!perSecond)
        return joined(number, unit);
    return unit.isEmpty() ? number + QLatin1String("/s")
                          : number + ' ' + unit + QLatin1String("/s");
}

} // namespace

UnitStyle unitStyle(const QString& unit, const QString& metricName, bool perSecond) {
    UnitStyle style;
    style.perSecond = perSecond;
    QString code = unit.trimmed();
    if (code.endsWith(QLatin1String("/s"))) {
        style.perSecond = true;
        code.chop(2);
    }
    // A count of observations has no unit, whatever was observed.
    if (code.isEmpty() && !metricName.endsWith(QLatin1String("_count")) &&
        !metricName.endsWith(QLatin1String("_timestamp_seconds"))) {
        const QString word = unitWordOf(metricName);
        if (word.size() > 2 && knownUnits().contains(word))
            code = word;
    }
    if (code == QLatin1String("1") && unitWordOf(metricName) == QLatin1String("ratio"))
        code = QStringLiteral("ratio");
    if (code == QString::fromUtf8("\u00b5s"))
        code = QStringLiteral("us");

    if (const auto known = knownUnits().constFind(code); known != knownUnits().constEnd()) {
        style.kind = known->kind;
        style.factor = known->factor;
        return style;
    }
    if (code.startsWith('{') && code.endsWith('}'))
        code = code.mid(1, code.size() - 2); // UCUM annotation: {request}
    if (code != QLatin1String("1"))
        style.suffix = code;
    return style;
}

QString formatValue(double value, const UnitStyle& style) {
    if (!std::isfinite(value))
        return notFinite(value);
    const double base = value * style.factor;
    const double magnitude = std::abs(base);
    switch (style.kind) {
    case UnitStyle::Kind::Bytes: {
        const Step& step = stepFor(magnitude, byteSteps);
        return withUnit(threeDigits(base / step.size), step.name, style.perSecond);
    }
    case UnitStyle::Kind::Seconds: {
        if (base == 0)
            return withUnit(QStringLiteral("0"), QStringLiteral("s"), style.perSecond);
        const Step& step = stepFor(magnitude, secondSteps);
        return withUnit(threeDigits(base / step.size), QString::fromUtf8(step.name),
                        style.perSecond);
    }
    case UnitStyle::Kind::Percent:
        return withUnit(threeDigits(base * 100), QStringLiteral("%"), style.perSecond);
    case UnitStyle::Kind::Plain:
        break;
    }
    if (magnitude >= 1e15)
        return withUnit(QString::number(base, 'g', 3), style.suffix, style.perSecond);
    const Step& step = stepFor(magnitude, plainSteps);
    return withUnit(joined(threeDigits(base / step.size), step.name), style.suffix,
                    style.perSecond);
}

QString formatExact(double value, const UnitStyle& style) {
    if (!std::isfinite(value))
        return notFinite(value);
    // 15 digits survive the multiplication by the unit's factor; 17 would show its rounding.
    const auto digits = [](double v) { return QString::number(v, 'g', 15); };
    const double base = value * style.factor;
    switch (style.kind) {
    case UnitStyle::Kind::Bytes:
        return withUnit(digits(base), QStringLiteral("B"), style.perSecond);
    case UnitStyle::Kind::Seconds:
        return withUnit(digits(base), QStringLiteral("s"), style.perSecond);
    case UnitStyle::Kind::Percent:
        return withUnit(digits(base * 100), QStringLiteral("%"), style.perSecond);
    case UnitStyle::Kind::Plain:
        break;
    }
    return withUnit(digits(base), style.suffix, style.perSecond);
}

namespace {

/// One decimal below ten, none from a hundred on: for counts and sizes that are looked at, not
/// read.
QString rough(double value) {
    QString text = QString::number(value, 'f', value < 99.95 ? 1 : 0);
    if (text.endsWith(QLatin1String(".0")))
        text.chop(2);
    return text;
}

} // namespace

QString formatCount(quint64 count) {
    if (count < 1000)
        return QString::number(count);
    const double value = static_cast<double>(count);
    const Step& step = stepFor(value, plainSteps);
    return joined(rough(value / step.size), step.name);
}

QString formatBytes(quint64 bytes) {
    const double value = static_cast<double>(bytes);
    const Step& step = stepFor(value, byteSteps);
    return joined(rough(value / step.size), step.name);
}

QString formatAge(TimeNs age) {
    const qint64 seconds = age / nsPerSecond;
    if (seconds < 2)
        return QStringLiteral("now");
    if (seconds < 60)
        return QStringLiteral("%1 s").arg(seconds);
    if (seconds < 3600)
        return QStringLiteral("%1 min").arg(seconds / 60);
    if (seconds < 86400)
        return QStringLiteral("%1 h").arg(seconds / 3600);
    return QStringLiteral("%1 d").arg(seconds / 86400);
}

QString formatClock(TimeNs time) {
    return QDateTime::fromMSecsSinceEpoch(time / nsPerMs).toString(QStringLiteral("HH:mm:ss"));
}

QString formatDuration(TimeNs duration) {
    UnitStyle seconds;
    seconds.kind = UnitStyle::Kind::Seconds;
    return formatValue(static_cast<double>(duration) / static_cast<double>(nsPerSecond), seconds);
}

namespace {

/// The steps an axis may have around `rough`, finest first, in the style's base.
QVector<double> candidateSteps(double roughStep, UnitStyle::Kind kind) {
    QVector<double> steps;
    const auto decimal = [&steps](double around) {
        const int exponent = static_cast<int>(std::floor(std::log10(around)));
        for (int e = exponent - 1; e <= exponent + 2; ++e) {
            for (const double m : {1.0, 2.0, 5.0})
                steps.push_back(m * std::pow(10.0, e));
        }
    };
    if (kind == UnitStyle::Kind::Bytes && roughStep >= 0.5) {
        for (double unit = 1; unit <= byteSteps.back().size * 1024; unit *= 1024) {
            for (const double m : {1., 2., 5., 10., 20., 50., 100., 200., 500.})
                steps.push_back(m * unit);
        }
        return steps;
    }
    if (kind == UnitStyle::Kind::Seconds && roughStep >= 0.5) {
        steps = {0.5, 1, 5, 15, 30, 60, 300, 900, 1800, 3600, 3 * 3600., 6 * 3600., 12 * 3600.};
        for (double days = 1; days < 1e7; days *= 10) {
            for (const double m : {1., 2., 5.})
                steps.push_back(days * m * 86400);
        }
        return steps;
    }
    decimal(roughStep);
    return steps;
}

} // namespace

QVector<double> axisTicks(double low, double high, int most, const UnitStyle& style) {
    if (!std::isfinite(low) || !std::isfinite(high) || most < 2)
        return {};
    if (high <= low)
        high = low + (low == 0 ? 1 : std::abs(low));
    const double from = low * style.factor;
    const double to = high * style.factor;
    const double roughStep = (to - from) / most;
    if (!(roughStep > 0) || !std::isfinite(roughStep))
        return {low, high};
    for (const double step : candidateSteps(roughStep, style.kind)) {
        // The ends count as reached if only rounding keeps them away.
        const double first = std::ceil(from / step - 1e-9);
        const double last = std::floor(to / step + 1e-9);
        const double count = last - first + 1;
        if (count > most)
            continue;
        if (count < 2)
            break;
        QVector<double> ticks;
        for (double i = first; i <= last; ++i)
            ticks.push_back(i * step / style.factor);
        return ticks;
    }
    return {low, high};
}

} // namespace sightglass::ui
