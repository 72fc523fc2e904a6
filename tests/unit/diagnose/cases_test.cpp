// SPDX-License-Identifier: GPL-3.0-or-later
#include <doctest/doctest.h>

#include "tests/unit/diagnose/case_file.h"

namespace sightglass::test {

namespace {

std::string listed(const std::vector<std::string>& lines) {
    std::string out;
    for (const std::string& line : lines)
        out += "\n    " + line;
    return lines.empty() ? "\n    (nothing)" : out;
}

} // namespace

TEST_CASE("every case is found to have the findings it names, and no others") {
    const std::vector<Case> cases = readCases(SIGHTGLASS_TEST_DATA "/cases");
    REQUIRE(cases.size() > 20);
    for (const Case& given : cases) {
        CAPTURE(given.name);
        const std::vector<std::string> found = findingsOf(given);
        CHECK_MESSAGE(found == given.expected, given.file, ":", given.line, ": ", given.name,
                      "\n  expected:", listed(given.expected), "\n  found:", listed(found));
    }
}

} // namespace sightglass::test
