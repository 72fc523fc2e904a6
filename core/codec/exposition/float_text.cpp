// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/codec/exposition/float_text.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <system_error>

namespace sightglass {

namespace {

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

bool equalsIgnoringCase(std::string_view text, std::string_view lower) {
    if (text.size() != lower.size())
        return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if ((text[i] | 0x20) != lower[i])
            return false;
    }
    return true;
}

/// Whether a well-formed decimal that fits no double is too small rather than too large.
bool isTiny(std::string_view digits) {
    const std::size_t e = std::min(digits.find_first_of("eE"), digits.size());
    const std::string_view mantissa = digits.substr(0, e);
    const std::size_t first = mantissa.find_first_of("123456789");
    if (first == std::string_view::npos)
        return true;
    const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
    // The decimal exponent of the first digit that counts, then the written one added to it.
    long long magnitude = static_cast<long long>(point) - static_cast<long long>(first);
    if (e < digits.size()) {
        std::string_view exponent = digits.substr(e + 1);
        const bool negative = exponent.starts_with('-');
        if (negative || exponent.starts_with('+'))
            exponent.remove_prefix(1);
        constexpr long long beyondAnyPage = 1'000'000'000'000;
        long long power = beyondAnyPage;
        std::from_chars(exponent.data(), exponent.data() + exponent.size(), power);
        power = std::min(power, beyondAnyPage);
        magnitude += negative ? -power : power;
    }
    return magnitude < 0;
}

} // namespace

std::optional<double> parsePrometheusFloat(std::string_view text) {
    if (text.empty())
        return std::nullopt;
    if (equalsIgnoringCase(text, "nan"))
        return std::numeric_limits<double>::quiet_NaN();
    const bool negative = text.front() == '-';
    if (negative || text.front() == '+')
        text.remove_prefix(1);
    if (text.empty())
        return std::nullopt;
    const char first = text.front();
    if (!isDigit(first) && first != '.') {
        if (!equalsIgnoringCase(text, "inf") && !equalsIgnoringCase(text, "infinity"))
            return std::nullopt;
        constexpr double infinity = std::numeric_limits<double>::infinity();
        return negative ? -infinity : infinity;
    }
    double value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, ec] = std::from_chars(text.data(), end, value);
    if (stop != end || ec == std::errc::invalid_argument)
        return std::nullopt;
    if (ec == std::errc::result_out_of_range) {
        if (!isTiny(text))
            return std::nullopt;
        value = 0;
    }
    return negative ? -value : value;
}

} // namespace sightglass
