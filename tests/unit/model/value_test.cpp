// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/value.h"

#include <doctest/doctest.h>

#include <limits>

using namespace sightglass;

namespace {

std::string json(const Value& value) {
    std::string out;
    value.appendJson(out);
    return out;
}

} // namespace

TEST_CASE("a value is shown as text and as JSON with its type visible") {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    struct Row {
        Value value;
        const char* shown;
        const char* json;
    };
    const Row rows[] = {
        {Value(), "", "null"},
        {Value::string("a\"b"), "a\"b", R"("a\"b")"},
        {Value::boolean(true), "true", "true"},
        {Value::integer(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808",
         "-9223372036854775808"},
        {Value::real(1), "1", "1.0"},
        {Value::real(0.1), "0.1", "0.1"},
        {Value::real(1e300), "1e+300", "1e+300"},
        {Value::real(infinity), "+Inf", R"({"doubleValue":"Infinity"})"},
        {Value::real(-infinity), "-Inf", R"({"doubleValue":"-Infinity"})"},
        {Value::bytes("hi"), "aGk=", R"({"bytesValue":"aGk="})"},
        {Value::array("[1,2]"), "[1,2]", "[1,2]"},
        {Value::map(R"({"a":1})"), R"({"a":1})", R"({"a":1})"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.json);
        CHECK(row.value.display() == row.shown);
        CHECK(json(row.value) == row.json);
    }
}

TEST_CASE("values are equal to the bit and by kind") {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    CHECK(Value::real(nan) == Value::real(nan));
    CHECK(Value::real(0.0) != Value::real(-0.0));
    CHECK(Value::integer(1) != Value::real(1));
    CHECK(Value::integer(1) != Value::boolean(true));
    CHECK(Value::string("a") != Value::bytes("a"));
    CHECK(Value::string("a") == Value::string(std::string("a")));
    CHECK(Value() == Value());
}

TEST_CASE("base64 pads as RFC 4648 says") {
    const std::pair<const char*, const char*> rows[] = {
        {"", ""},        {"f", "Zg=="},          {"fo", "Zm8="},
        {"foo", "Zm9v"}, {"foobar", "Zm9vYmFy"}, {"\xFF\xEF", "/+8="},
    };
    for (const auto& [raw, encoded] : rows)
        CHECK(base64(raw) == encoded);
}

TEST_CASE("JSON strings escape control characters and replace what is not UTF-8") {
    std::string out;
    appendJsonString(out, "\x01\n\t\r\\\xFF\xC3\xA9");
    CHECK(out == "\"\\u0001\\n\\t\\r\\\\\xEF\xBF\xBD\xC3\xA9\"");
}

TEST_CASE("an attribute set owns its text, is sorted, and the first of equal keys holds") {
    AttributeSet copy;
    {
        std::string key = "zone";
        const AttributeSet set({{key, Value::string(std::string("eu"))},
                                {"count", Value::integer(3)},
                                {"zone", Value::string("us")}});
        key = "gone";
        copy = set;
        CHECK(copy == set);
    }
    REQUIRE(copy.size() == 2);
    CHECK(copy[0].key == "count");
    REQUIRE(copy.find("zone") != nullptr);
    CHECK(copy.find("zone")->text() == "eu");
    CHECK(copy.find("none") == nullptr);

    const AttributeSet moved = std::move(copy);
    CHECK(moved.find("zone")->text() == "eu");
    CHECK(moved.heapBytes() > 0);
}
