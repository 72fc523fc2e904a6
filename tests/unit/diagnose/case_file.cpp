// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/diagnose/case_file.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include <doctest/doctest.h>

namespace sightglass::test {

namespace {

std::pair<std::string, std::string> splitPair(const std::string& text) {
    const std::size_t bar = text.find(" | ");
    return bar == std::string::npos ? std::pair(text, std::string())
                                    : std::pair(text.substr(0, bar), text.substr(bar + 3));
}

/// The lines after a heading that are indented, without their indentation.
std::string readBlock(const std::vector<std::string>& lines, std::size_t& at) {
    std::string block;
    while (at + 1 < lines.size() && (lines[at + 1].starts_with("    ") || lines[at + 1].empty())) {
        ++at;
        if (!lines[at].empty())
            block += lines[at].substr(4) + "\n";
    }
    return block;
}

void readFile(const std::filesystem::path& path, std::vector<Case>& cases) {
    std::ifstream in(path);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);)
        lines.push_back(line);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const std::string& line = lines[i];
        if (line.empty() || line.starts_with("#"))
            continue;
        const std::string word = line.substr(0, line.find(' '));
        const std::string rest = line.size() > word.size() ? line.substr(word.size() + 1) : "";
        if (word == "case") {
            Case fresh;
            fresh.file = path.filename();
            fresh.line = static_cast<int>(i + 1);
            fresh.name = rest;
            cases.push_back(fresh);
            continue;
        }
        REQUIRE_MESSAGE(!cases.empty(), path, " begins with no case");
        Case& current = cases.back();
        if (word == "from") {
            current.inputs.push_back({rest, readBlock(lines, i)});
        } else if (word == "compare" || word == "diff") {
            current.pairs.push_back(splitPair(rest));
            current.directed = word == "diff";
        } else if (word == "down") {
            current.down.push_back(splitPair(rest));
        } else if (word == "expect") {
            const std::string block = readBlock(lines, i);
            for (std::size_t at = 0; at < block.size();) {
                const std::size_t end = block.find('\n', at);
                current.expected.push_back(block.substr(at, end - at));
                at = end + 1;
            }
            std::sort(current.expected.begin(), current.expected.end());
        } else {
            FAIL(path, ":", i + 1, ": no such line in a case: ", line);
        }
    }
}

} // namespace

std::vector<Case> readCases(const std::string& folder) {
    std::set<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() == ".case")
            files.insert(entry.path());
    }
    std::vector<Case> cases;
    for (const auto& file : files)
        readFile(file, cases);
    return cases;
}

} // namespace sightglass::test
