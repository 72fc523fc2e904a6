// SPDX-License-Identifier: GPL-3.0-or-later
#include <doctest/doctest.h>

#include <string>

#include "core/replay/otlp_framing.h"

namespace sightglass {

namespace {

const std::string request("\x0a\x02\x12\x00", 4);
const std::string longer("\x0a\x05\x1a\x03url", 7);

} // namespace

TEST_CASE("a file of protobuf is one request, or a row of them with their sizes") {
    CHECK(splitOtlpProto(request) == std::vector<std::string_view>{request});
    const std::string bigEndian =
        std::string("\0\0\0\4", 4) + request + std::string("\0\0\0\7", 4) + longer;
    CHECK(splitOtlpProto(bigEndian) == std::vector<std::string_view>{request, longer});
    const std::string delimited = "\4" + request + "\7" + longer;
    CHECK(splitOtlpProto(delimited) == std::vector<std::string_view>{request, longer});
}

TEST_CASE("what explains not every byte is no row of requests") {
    for (const std::string& bytes :
         {std::string(), std::string("\x0a\x7f", 2), std::string("\0\0\0\4", 4) + request + "x",
          "\4" + request + "\x09", std::string("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 11),
          std::string("\0\0\0", 3), std::string("\x08\x01", 2)}) {
        CAPTURE(bytes);
        CHECK(splitOtlpProto(bytes).empty());
    }
}

TEST_CASE("OTLP/JSON stands one request a line, and each knows its line") {
    const auto requests = splitOtlpJson("{\"a\":1}\n\n  \n{\"b\":2}\r\n");
    REQUIRE(requests.size() == 2);
    CHECK(requests[0].text == "{\"a\":1}");
    CHECK(requests[0].line == 1);
    CHECK(requests[1].line == 4);
}

TEST_CASE("an object that its first line leaves open takes all lines") {
    const std::string pretty = "\n{\n  \"a\": [\n    \"}\"\n  ]\n}\n";
    const auto requests = splitOtlpJson(pretty);
    REQUIRE(requests.size() == 1);
    CHECK(requests[0].line == 2);
    CHECK(requests[0].text == pretty.substr(1));
}

TEST_CASE("a first line that is cut short does not swallow the next") {
    const auto requests = splitOtlpJson("{\"resourceMetrics\":[{\"x\n{\"resourceMetrics\":[]}\n");
    REQUIRE(requests.size() == 2);
    CHECK(requests[1].text == "{\"resourceMetrics\":[]}");
}

} // namespace sightglass
