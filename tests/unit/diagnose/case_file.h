// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace sightglass::test {

/// One case of a tests/data/cases/*.case file: what came by which origin, and the findings that the
/// rules must make of it, no more and no fewer. A file is a list of
///
///     case a sentence that says the behaviour
///     from scrape http://127.0.0.1:8889/metrics
///         # TYPE heap gauge
///         heap{host="a"} 1
///     from otlp-grpc
///         resource service.name=shop host.name=a
///         scope shop.metrics 1.0
///         gauge heap.used unit=By help="Bytes in use" {path="/"}
///     compare A | B      the user asked for this pair (A and B are origins)
///     diff A | B         the same, and only what B lost or changed counts
///     down URL | error   a scrape target that fails
///     expect
///         error type-mismatch heap_used | otlp-grpc, scrape http://... | - | 1
///
/// with the indented lines belonging to the line above them, and '#' comments between the rest.
/// Under an OTLP origin, or a file's, a block beginning with `resource`, `scope` or an instrument
/// is the short form above, one series a line; one beginning with '{' is OTLP/JSON; all else is
/// exposition text. An expected line is severity, rule, metric or (subject), the origins, the
/// labels or "-", and the count, with " | " between.
struct Case {
    struct Input {
        std::string origin; ///< as Origin::name() has it
        std::string text;   ///< the block with its indentation taken off
    };

    std::string file;
    int line = 0;
    std::string name;
    std::vector<Input> inputs;
    std::vector<std::pair<std::string, std::string>> pairs;
    bool directed = false;
    std::vector<std::pair<std::string, std::string>> down; ///< URL, error
    std::vector<std::string> expected;                     ///< sorted
};

/// All cases of a folder's *.case files. A line that is none fails the running test.
[[nodiscard]] std::vector<Case> readCases(const std::string& folder);

/// The findings of a case in the form of its expected lines, sorted.
[[nodiscard]] std::vector<std::string> findingsOf(const Case& given);

} // namespace sightglass::test
