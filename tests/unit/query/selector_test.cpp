// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/selector.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace sightglass;

TEST_CASE("a selector is read as PromQL spells it") {
    struct Row {
        const char* text;
        std::size_t matchers;
        TimeNs range;
    };
    const std::vector<Row> rows{
        {"up", 1, 0},
        {"  up  ", 1, 0},
        {"job:requests:rate5m", 1, 0},
        {"up{}", 1, 0},
        {"up{job=\"a\"}", 2, 0},
        {"up{job=\"a\",}", 2, 0},
        {"up { job != 'a' , instance =~ `x.*` }", 3, 0},
        {"{__name__=~\"up|down\"}", 1, 0},
        {"{\"http.server.duration\",job=\"a\"}", 2, 0},
        {"up{\"service.name\"=\"a\"}", 2, 0},
        {"up[5m]", 1, 300 * nsPerSecond},
        {"up{job=\"a\"}[1h30m]", 2, 5400 * nsPerSecond},
        {"up[250ms]", 1, 250 * nsPerMs},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        const auto selector = parseSelector(row.text);
        REQUIRE_MESSAGE(selector.ok(), selector.error().text());
        CHECK(selector->matchers.size() == row.matchers);
        CHECK(selector->range == row.range);
    }
}

TEST_CASE("a bad selector is refused with its column") {
    struct Row {
        const char* text;
        ErrorCode code;
        std::uint32_t column;
    };
    const std::vector<Row> rows{
        {"", ErrorCode::InvalidArgument, 1},
        {"up{", ErrorCode::InvalidArgument, 4},
        {"up{job}", ErrorCode::InvalidArgument, 7},
        {"up{job=a}", ErrorCode::InvalidArgument, 8},
        {"up{job=\"a}", ErrorCode::InvalidArgument, 8},
        {"up{job=~\"(\"}", ErrorCode::InvalidArgument, 9},
        {"up{job=\"a\" b=\"c\"}", ErrorCode::InvalidArgument, 12},
        {"up{job=\"\\q\"}", ErrorCode::InvalidArgument, 9},
        {"up[5]", ErrorCode::InvalidArgument, 4},
        {"up[5m", ErrorCode::InvalidArgument, 4},
        {"{job=~\".*\"}", ErrorCode::InvalidArgument, 1},
        {"{}", ErrorCode::InvalidArgument, 1},
        {"rate(up[5m])", ErrorCode::Unsupported, 5},
        {"up + up", ErrorCode::Unsupported, 4},
        {"1", ErrorCode::Unsupported, 1},
        {"up offset 5m", ErrorCode::Unsupported, 4},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        const auto selector = parseSelector(row.text);
        REQUIRE_FALSE(selector.ok());
        CAPTURE(selector.error().text());
        CHECK(selector.error().code == row.code);
        CHECK(selector.error().place.column == row.column);
    }
}

TEST_CASE("matchers see a missing label as empty and anchor their expressions") {
    const Labels labels{{"a", "one"}, {"b", "two"}};
    const auto matches = [&](const char* text) {
        return parseSelector(text)->matches("x", labels);
    };
    CHECK(matches("x"));
    CHECK_FALSE(matches("y"));
    CHECK(matches("x{a=\"one\",b!=\"one\"}"));
    CHECK(matches("x{c=\"\"}"));
    CHECK_FALSE(matches("x{c!=\"\"}"));
    CHECK(matches("x{a=~\"o.e\"}"));
    CHECK_FALSE(matches("x{a=~\"on\"}"));
    CHECK(matches("x{a!~\"on\"}"));
    CHECK(matches("{__name__=~\"[x-z]\"}"));
}

TEST_CASE("durations are Prometheus' own") {
    CHECK(*parseDuration("1y") == 365LL * 24 * 3600 * nsPerSecond);
    CHECK(*parseDuration("1m30s") == 90 * nsPerSecond);
    for (const char* bad : {"", "5", "m", "5m5m", "1s1m", "0s", "-5m", "1.5h", "999999999y"}) {
        CAPTURE(bad);
        CHECK_FALSE(parseDuration(bad).ok());
    }
}
