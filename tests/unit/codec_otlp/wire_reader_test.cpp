// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/codec/otlp/wire_reader.h"

#include <limits>
#include <string>

#include <doctest/doctest.h>

#include "core/codec/otlp/wire_writer.h"

using namespace sightglass;

TEST_CASE("varints of every length come back") {
    for (unsigned bits = 0; bits < 64; ++bits) {
        const std::uint64_t value = std::numeric_limits<std::uint64_t>::max() >> bits;
        CAPTURE(value);
        WireWriter writer;
        writer.varint(1, value);
        const std::string bytes = writer.take();
        WireFault fault;
        WireReader reader(bytes, fault);
        std::uint32_t tag;
        std::uint64_t back;
        REQUIRE(reader.tag(tag));
        CHECK(tag == wireTag(1, WireType::Varint));
        REQUIRE(reader.varint(back));
        CHECK(back == value);
        CHECK(reader.atEnd());
    }
}

TEST_CASE("zigzag numbers come back") {
    for (const std::int64_t value :
         {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1},
          std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}) {
        WireWriter writer;
        writer.zigzag(1, value);
        const std::string bytes = writer.take();
        WireFault fault;
        WireReader reader(bytes, fault);
        std::uint32_t tag;
        std::uint64_t back;
        REQUIRE(reader.tag(tag));
        REQUIRE(reader.varint(back));
        CHECK(fromZigzag(back) == value);
    }
}

TEST_CASE("fields of every layout are stepped over") {
    using namespace std::string_literals;
    const std::string fields[] = {
        "\x08\x96\x01"s,                                // varint
        "\x09"s + "12345678",                           // 8 bytes
        "\x0d"s + "1234",                               // 4 bytes
        "\x0a\x03"s + "abc",                            // bytes
        "\x0b\x0c"s,                                    // an empty group
        "\x0b\x10\x01\x13\x14\x0a\x01"s + "x" + "\x0c", // a group with fields and a group in it
        "\xf8\xff\xff\xff\x0f\x01"s,                    // the largest field number
    };
    for (const std::string& field : fields) {
        WireFault fault;
        WireReader reader(field, fault);
        std::uint32_t tag;
        REQUIRE(reader.tag(tag));
        CHECK(reader.skip(tag, 2));
        CHECK(reader.atEnd());
        CHECK(fault.message == nullptr);
    }
}

TEST_CASE("broken fields are named with the byte") {
    using namespace std::string_literals;
    struct Row {
        std::string bytes;
        std::string message;
        std::ptrdiff_t byte;
    };
    const Row rows[] = {
        {"\x00"s, "field number 0", 0},
        {"\x80\x80\x80\x80\x10\x01"s, "field number too large", 0},
        {"\x0f"s, "wire type that does not exist", 0},
        {"\x0e"s, "wire type that does not exist", 0},
        {"\x80"s, "field ends early", 0},
        {"\x08"s, "field ends early", 1},
        {"\x08\x80\x80"s, "field ends early", 1},
        {"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"s, "varint longer than ten bytes", 1},
        {"\x09"s + "1234567", "field ends early", 1},
        {"\x0d"s + "123", "field ends early", 1},
        {"\x0a\x04"s + "abc", "field is longer than the message it is in", 2},
        {"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"s,
         "field is longer than the message it is in", 11},
        {"\x0b"s, "group without an end", 1},
        {"\x0b\x14"s, "end of another group", 2},
        {"\x0c"s, "end of a group that did not begin", 1},
        {"\x0b\x0b\x0b\x0c\x0c\x0c"s, "groups nested too deep", 3},
    };
    for (const Row& row : rows) {
        CAPTURE(row.message);
        WireFault fault;
        WireReader reader(row.bytes, fault);
        std::uint32_t tag = 0;
        CHECK_FALSE((reader.tag(tag) && reader.skip(tag, 2)));
        REQUIRE(fault.message != nullptr);
        CHECK(fault.message == row.message);
        CHECK(fault.at - row.bytes.data() == row.byte);
    }
}
