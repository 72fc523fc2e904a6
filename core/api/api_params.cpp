// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/api/api_params.h"

#include <charconv>
#include <chrono>
#include <cmath>

#include "core/query/selector.h"

namespace sightglass {

namespace {

int hexDigit(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

std::optional<double> parseNumber(std::string_view text) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number))
        return std::nullopt;
    return number;
}

/// Seconds that still fit into int64 nanoseconds.
constexpr double mostSeconds = 9.2e9;

std::optional<TimeNs> parseRfc3339(std::string_view text) {
    // 2026-11-20T14:02:11[.123](Z|+01:00)
    const auto digits = [&](std::size_t at, std::size_t count) -> int {
        int value = 0;
        for (std::size_t i = at; i < at + count; ++i) {
            if (i >= text.size() || text[i] < '0' || text[i] > '9')
                return -1;
            value = value * 10 + (text[i] - '0');
        }
        return value;
    };
    if (text.size() < 20 || text[4] != '-' || text[7] != '-' ||
        (text[10] != 'T' && text[10] != 't') || text[13] != ':' || text[16] != ':')
        return std::nullopt;
    const int year = digits(0, 4), month = digits(5, 2), day = digits(8, 2);
    const int hour = digits(11, 2), minute = digits(14, 2), second = digits(17, 2);
    const std::chrono::year_month_day date{std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (year < 0 || month < 0 || day < 0 || !date.ok() || hour < 0 || hour > 23 || minute < 0 ||
        minute > 59 || second < 0 || second > 60)
        return std::nullopt;

    std::size_t at = 19;
    TimeNs fraction = 0;
    if (text[at] == '.') {
        TimeNs unit = nsPerSecond;
        for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at) {
            unit /= 10;
            fraction += unit * (text[at] - '0');
        }
    }
    int offsetMinutes = 0;
    if (at + 1 == text.size() && (text[at] == 'Z' || text[at] == 'z')) {
        offsetMinutes = 0;
    } else if (at + 6 == text.size() && (text[at] == '+' || text[at] == '-') &&
               text[at + 3] == ':') {
        const int h = digits(at + 1, 2), m = digits(at + 4, 2);
        if (h < 0 || m < 0 || h > 23 || m > 59)
            return std::nullopt;
        offsetMinutes = (text[at] == '-' ? -1 : 1) * (h * 60 + m);
    } else {
        return std::nullopt;
    }
    const auto days = std::chrono::sys_days(date).time_since_epoch().count();
    const double roughSeconds = static_cast<double>(days) * 86400;
    if (std::abs(roughSeconds) > mostSeconds)
        return std::nullopt;
    const std::int64_t seconds =
        std::int64_t{days} * 86400 + hour * 3600 + minute * 60 + second - offsetMinutes * 60;
    return seconds * nsPerSecond + fraction;
}

} // namespace

Result<std::string> percentDecoded(std::string_view text, bool plusIsSpace) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+' && plusIsSpace) {
            out += ' ';
        } else if (text[i] == '%') {
            const int high = i + 2 < text.size() ? hexDigit(text[i + 1]) : -1;
            const int low = i + 2 < text.size() ? hexDigit(text[i + 2]) : -1;
            if (high < 0 || low < 0) {
                Place place;
                place.byte = i;
                return Error{ErrorCode::InvalidArgument, "broken percent escape", place};
            }
            out += static_cast<char>(high * 16 + low);
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

Status FormParams::parse(std::string_view text) {
    while (!text.empty()) {
        const std::size_t end = text.find('&');
        const std::string_view pair = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        if (pair.empty())
            continue;
        const std::size_t equals = pair.find('=');
        auto name = percentDecoded(pair.substr(0, equals), true);
        auto value = percentDecoded(
            equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1), true);
        if (!name)
            return name.error();
        if (!value)
            return value.error();
        m_pairs.emplace_back(std::move(*name), std::move(*value));
    }
    return Done{};
}

std::optional<std::string_view> FormParams::find(std::string_view name) const {
    for (const auto& [key, value] : m_pairs) {
        if (key == name)
            return value;
    }
    return std::nullopt;
}

std::vector<std::string_view> FormParams::all(std::string_view name) const {
    std::vector<std::string_view> out;
    for (const auto& [key, value] : m_pairs) {
        if (key == name)
            out.emplace_back(value);
    }
    return out;
}

Result<TimeNs> parseTime(std::string_view text) {
    if (const std::optional<double> seconds = parseNumber(text);
        seconds && std::abs(*seconds) <= mostSeconds) {
        // Split before scaling: a double holds 2026 in seconds to the microsecond, not in ns.
        const double whole = std::floor(*seconds);
        return static_cast<TimeNs>(whole) * nsPerSecond +
               static_cast<TimeNs>(std::llround((*seconds - whole) * 1000)) * nsPerMs;
    }
    if (const std::optional<TimeNs> time = parseRfc3339(text))
        return *time;
    return Error{ErrorCode::InvalidArgument,
                 "not a time: '" + std::string(text.substr(0, 40)) + "' (Unix seconds or RFC 3339)",
                 {}};
}

Result<TimeNs> parseStep(std::string_view text) {
    if (const std::optional<double> seconds = parseNumber(text)) {
        if (*seconds * 1000 >= 1 && *seconds <= mostSeconds)
            return static_cast<TimeNs>(std::llround(*seconds * 1000)) * nsPerMs;
        return Error{ErrorCode::InvalidArgument, "a step must be at least one millisecond", {}};
    }
    return parseDuration(text);
}

} // namespace sightglass
