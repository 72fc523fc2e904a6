// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/codec/inflate/inflate.h"

#include <random>
#include <string>

#include <doctest/doctest.h>
#include <zlib.h>
#include <zstd.h>

using namespace sightglass;

namespace {

std::string deflated(std::string_view plain, int windowBits) {
    z_stream stream{};
    REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    std::string out(deflateBound(&stream, plain.size()) + 64, '\0');
    std::string input(plain);
    stream.next_in = reinterpret_cast<Bytef*>(input.data());
    stream.avail_in = static_cast<uInt>(input.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

std::string zstdCompressed(std::string_view plain) {
    std::string out(ZSTD_compressBound(plain.size()), '\0');
    out.resize(ZSTD_compress(out.data(), out.size(), plain.data(), plain.size(), 3));
    return out;
}

std::string compressed(std::string_view plain, Encoding encoding) {
    switch (encoding) {
    case Encoding::Gzip:
        return deflated(plain, 15 + 16);
    case Encoding::Zlib:
        return deflated(plain, 15);
    case Encoding::Zstd:
        return zstdCompressed(plain);
    case Encoding::Identity:
        break;
    }
    return std::string(plain);
}

std::string noise(std::size_t size) {
    std::mt19937 random(7);
    std::string text(size, '\0');
    for (char& c : text)
        c = static_cast<char>(random() % 64);
    return text;
}

constexpr Encoding compressions[] = {Encoding::Gzip, Encoding::Zlib, Encoding::Zstd};
constexpr std::size_t mebibyte = std::size_t{1} << 20;

} // namespace

TEST_CASE("what was compressed comes back, and its encoding is told by its first bytes") {
    for (const Encoding encoding : compressions) {
        CAPTURE(static_cast<int>(encoding));
        for (const std::string& plain : {std::string(), std::string("a"), noise(100),
                                         noise(3 * mebibyte), std::string(mebibyte, 'x')}) {
            const std::string bytes = compressed(plain, encoding);
            CHECK(encodingOf(bytes) == encoding);
            const auto back = inflate(bytes, encoding, 4 * mebibyte);
            REQUIRE(back.ok());
            CHECK(*back == plain);
        }
    }
}

TEST_CASE("input that is not compressed is told as such") {
    const std::string_view plain[] = {
        "",
        "x",
        "# HELP up",
        "x_total 1\n",
        "x{a=\"b\"} 1\n",
        "x 1",
        "{\"resourceMetrics\":[]}",
        std::string_view("\x0a\x00", 2),
        "(",
        "\x1f",
    };
    for (const std::string_view text : plain) {
        CAPTURE(text);
        CHECK(encodingOf(text) == Encoding::Identity);
        const auto back = inflate(text, Encoding::Identity, 100);
        REQUIRE(back.ok());
        CHECK(*back == text);
    }
}

TEST_CASE("output of exactly the limit passes and one byte more does not") {
    for (const Encoding encoding :
         {Encoding::Identity, Encoding::Gzip, Encoding::Zlib, Encoding::Zstd}) {
        CAPTURE(static_cast<int>(encoding));
        for (const std::size_t size : {std::size_t{1}, std::size_t{4096}, std::size_t{50000}}) {
            const std::string bytes = compressed(std::string(size, 'y'), encoding);
            CHECK(inflate(bytes, encoding, size).ok());
            const auto refused = inflate(bytes, encoding, size - 1);
            REQUIRE_FALSE(refused.ok());
            CHECK(refused.error().code == ErrorCode::TooLarge);
        }
    }
}

TEST_CASE("a bomb is refused at the limit") {
    const std::string plain(64 * mebibyte, '\0');
    for (const Encoding encoding : compressions) {
        const std::string bomb = compressed(plain, encoding);
        REQUIRE(bomb.size() < mebibyte);
        const auto refused = inflate(bomb, encoding, mebibyte);
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.error().code == ErrorCode::TooLarge);
    }
}

TEST_CASE("input cut anywhere ends early and says where") {
    const std::string plain = noise(300);
    for (const Encoding encoding : compressions) {
        const std::string bytes = compressed(plain, encoding);
        for (std::size_t length = 0; length < bytes.size(); ++length) {
            CAPTURE(length);
            const auto cut = inflate(bytes.substr(0, length), encoding, mebibyte);
            REQUIRE_FALSE(cut.ok());
            CHECK(cut.error().code == ErrorCode::InvalidArgument);
            CHECK(cut.error().message.find("ends early") != std::string::npos);
            CHECK(cut.error().place.byte == length);
        }
    }
}

TEST_CASE("corrupt input is refused with a byte within it") {
    const std::string plain = noise(3000);
    for (const Encoding encoding : compressions) {
        const std::string good = compressed(plain, encoding);
        int refusals = 0;
        for (std::size_t at = 0; at < good.size(); at += 7) {
            std::string bytes = good;
            bytes[at] = static_cast<char>(bytes[at] ^ 0x55);
            const auto result = inflate(bytes, encoding, mebibyte);
            if (result.ok())
                continue;
            ++refusals;
            if (result.error().code == ErrorCode::InvalidArgument) {
                REQUIRE(result.error().place.byte.has_value());
                CHECK(*result.error().place.byte <= bytes.size());
            }
        }
        // zstd guards its text by no checksum unless asked to; the others notice every change.
        CHECK(refusals >= (encoding == Encoding::Zstd ? 1 : 100));
    }
}

TEST_CASE("several gzip members, and several zstd frames, are one text") {
    for (const Encoding encoding : {Encoding::Gzip, Encoding::Zstd}) {
        const auto both =
            inflate(compressed("one ", encoding) + compressed("two", encoding), encoding, 100);
        REQUIRE(both.ok());
        CHECK(*both == "one two");
    }
}

TEST_CASE("bytes after the end of the data are refused") {
    for (const Encoding encoding : compressions) {
        const std::string bytes = compressed("text", encoding);
        const auto refused = inflate(bytes + "more", encoding, 100);
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.error().code == ErrorCode::InvalidArgument);
        CHECK(refused.error().place.byte.has_value());
    }
}

TEST_CASE("encodings are known by their HTTP names") {
    struct Row {
        std::string_view name;
        Encoding encoding;
    };
    const Row rows[] = {
        {"", Encoding::Identity}, {"identity", Encoding::Identity}, {"gzip", Encoding::Gzip},
        {"GZip", Encoding::Gzip}, {"x-gzip", Encoding::Gzip},       {"deflate", Encoding::Zlib},
        {"zstd", Encoding::Zstd},
    };
    for (const Row& row : rows) {
        const auto encoding = encodingNamed(row.name);
        REQUIRE(encoding.ok());
        CHECK(*encoding == row.encoding);
    }
    const auto unknown = encodingNamed("br");
    REQUIRE_FALSE(unknown.ok());
    CHECK(unknown.error().code == ErrorCode::Unsupported);
}
