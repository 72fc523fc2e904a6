// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/api/api_params.h"

#include <doctest/doctest.h>

#include <vector>

using namespace sightglass;

TEST_CASE("form parameters are decoded and keep their order") {
    FormParams form;
    REQUIRE(form.parse("match[]=up&match%5B%5D=a%20b+c&empty=&bare&&time=1").ok());
    CHECK(form.all("match[]") == std::vector<std::string_view>{"up", "a b c"});
    CHECK(form.find("empty") == std::string_view());
    CHECK(form.find("bare") == std::string_view());
    CHECK_FALSE(form.find("missing").has_value());
    CHECK_FALSE(FormParams().parse("a=%4").ok());
    CHECK_FALSE(FormParams().parse("a=%zz").ok());
}

TEST_CASE("a time is Unix seconds or RFC 3339") {
    struct Row {
        const char* text;
        TimeNs time;
    };
    const std::vector<Row> rows{
        {"0", 0},
        {"1700000000", 1'700'000'000 * nsPerSecond},
        {"1700000000.123", 1'700'000'000'123 * nsPerMs},
        {"1.7e9", 1'700'000'000 * nsPerSecond},
        {"-1", -nsPerSecond},
        {"2023-11-14T22:13:20Z", 1'700'000'000 * nsPerSecond},
        {"2023-11-14T23:13:20+01:00", 1'700'000'000 * nsPerSecond},
        {"2023-11-14T22:13:20.5Z", 1'700'000'000 * nsPerSecond + 500 * nsPerMs},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        const auto time = parseTime(row.text);
        REQUIRE(time.ok());
        CHECK(*time == row.time);
    }
    for (const char* bad :
         {"", "now", "1e300", "NaN", "2023-02-30T00:00:00Z", "2023-11-14T22:13:20",
          "2023-11-14T25:13:20Z", "9999-01-01T00:00:00Z"}) {
        CAPTURE(bad);
        CHECK_FALSE(parseTime(bad).ok());
    }
}

TEST_CASE("a step is seconds or a duration, at least a millisecond") {
    CHECK(*parseStep("15") == 15 * nsPerSecond);
    CHECK(*parseStep("0.25") == 250 * nsPerMs);
    CHECK(*parseStep("1m") == 60 * nsPerSecond);
    for (const char* bad : {"", "0", "-1", "0.0001", "x"}) {
        CAPTURE(bad);
        CHECK_FALSE(parseStep(bad).ok());
    }
}
