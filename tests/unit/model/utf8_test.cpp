// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/utf8.h"

#include <doctest/doctest.h>

#include <string>

using namespace sightglass;

TEST_CASE("well-formed sequences are measured, malformed ones are none") {
    struct Row {
        std::string_view text;
        std::size_t length;
    };
    const Row rows[] = {
        {"", 0},
        {"a", 1},
        {std::string_view("\0", 1), 1},
        {"\xC3\xA9", 2},
        {"\xE2\x82\xAC", 3},
        {"\xF0\x9F\x98\x80", 4},
        {"\xF4\x8F\xBF\xBF", 4},
        {"\x80", 0},             // continuation byte alone
        {"\xC3", 0},             // cut short
        {"\xC0\x80", 0},         // overlong
        {"\xE0\x9F\xBF", 0},     // overlong
        {"\xED\xA0\x80", 0},     // surrogate
        {"\xF0\x8F\xBF\xBF", 0}, // overlong
        {"\xF4\x90\x80\x80", 0}, // above U+10FFFF
        {"\xFF", 0},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        CHECK(utf8SequenceLength(row.text) == row.length);
    }
}

TEST_CASE("the first bad byte is found wherever it stands") {
    for (std::size_t at = 0; at < 40; ++at) {
        std::string text(40, 'x');
        text[at] = '\xFF';
        CHECK(findInvalidUtf8(text) == at);
        CHECK_FALSE(isUtf8(text));
    }
    std::string mixed;
    for (int i = 0; i < 20; ++i)
        mixed += "ab\xE2\x82\xAC";
    CHECK(isUtf8(mixed));
    mixed.pop_back();
    CHECK(findInvalidUtf8(mixed) == mixed.size() - 2);
}

TEST_CASE("a long text is cut before a character, never within one") {
    CHECK(shortened("four", 4) == "four");
    CHECK(shortened("", 4).empty());
    const std::string euro = "\xE2\x82\xAC", ellipsis = "\xE2\x80\xA6";
    CHECK(shortened("abcdefgh", 7) == "abcd" + ellipsis);
    for (std::size_t most = 6; most <= 8; ++most)
        CHECK(shortened(euro + euro + euro, most) == euro + ellipsis);
    CHECK(shortened(std::string(1 << 20, 'x')).size() == 512);
}
