// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/codec/exposition/float_text.h"

#include <doctest/doctest.h>

#include <string>

#include "core/model/value.h"

using namespace sightglass;

TEST_CASE("numbers are read as Prometheus reads them") {
    // Checked against Prometheus 2.42 scraping a page of each.
    const std::pair<const char*, const char*> rows[] = {
        {"1", "1"},
        {"+1", "1"},
        {"-0", "-0"},
        {".5", "0.5"},
        {"5.", "5"},
        {"1e+5", "1e+05"},
        {"1E5", "1e+05"},
        {"00012", "12"},
        {"3.539416e+06", "3539416"},
        {"4.9e-324", "5e-324"},
        {"2.2250738585072014e-308", "2.2250738585072014e-308"},
        {"1.7976931348623157e308", "1.7976931348623157e+308"},
        {"9007199254740993", "9007199254740992"},
        {"1e-999", "0"},
        {"-1e-999", "-0"},
        {"0.0000000000000000000000000000000000000001e-300", "0"},
        {"0e999999999999999999999", "0"},
        {"nan", "NaN"},
        {"NaN", "NaN"},
        {"Inf", "+Inf"},
        {"+inf", "+Inf"},
        {"-INFINITY", "-Inf"},
    };
    for (const auto& [text, expected] : rows) {
        CAPTURE(text);
        const auto value = parsePrometheusFloat(text);
        REQUIRE(value.has_value());
        CHECK(formatDouble(*value) == expected);
    }
    // Longer than any exponent: the digits alone are too large or too small.
    CHECK(parsePrometheusFloat("0." + std::string(400, '0') + "1") == 0.0);
    CHECK_FALSE(parsePrometheusFloat(std::string(400, '9')).has_value());
    CHECK_FALSE(parsePrometheusFloat("1" + std::string(400, '0') + "e-10").has_value());
}

TEST_CASE("what Prometheus does not take for a number is none") {
    for (const char* text : {"",
                             "+",
                             "-",
                             ".",
                             "1e",
                             "1e+",
                             "++1",
                             "1_2",
                             "0x1p-3",
                             "0x1F",
                             "+NaN",
                             "-nan",
                             "nan(1)",
                             "infinit",
                             "in",
                             "true",
                             "1,5",
                             "\"1\"",
                             "1 ",
                             " 1",
                             "1e999",
                             "-1e999",
                             "1e99999999999",
                             "1d",
                             "1\r",
                             "\xC3\xA9",
                             "i",
                             "n"}) {
        CAPTURE(text);
        CHECK_FALSE(parsePrometheusFloat(text).has_value());
    }
}
