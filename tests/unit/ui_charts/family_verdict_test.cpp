// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/metrics/family_verdict.h"

#include <doctest/doctest.h>

#include "ui/charts/marked_text.h"

using namespace sightglass;
using namespace sightglass::ui;

namespace {

Family familyOn(std::initializer_list<std::uint32_t> origins) {
    Family family;
    family.name = "heap";
    for (const std::uint32_t origin : origins) {
        FamilyPath path;
        path.origin = OriginId{origin};
        path.name = "heap";
        family.paths.push_back(path);
    }
    return family;
}

std::shared_ptr<Finding> finding(const char* rule, Severity severity, const char* metric,
                                 std::initializer_list<std::uint32_t> origins) {
    auto f = std::make_shared<Finding>();
    f->rule = rule;
    f->severity = severity;
    f->metric = metric;
    f->message = "heap is odd";
    for (const std::uint32_t origin : origins)
        f->origins.push_back(OriginId{origin});
    return f;
}

std::string said(const FamilyVerdict& verdict) {
    return spokenText(verdict.sentence).toStdString();
}

} // namespace

TEST_CASE("the worst open finding speaks, and lost labels beside it") {
    const Family family = familyOn({0, 1, 2});
    FindingsSnapshot findings;
    CHECK_FALSE(verdictOn(family, findings).finding);

    auto lost = finding("missing-resource-labels", Severity::Warning, "", {0, 2});
    lost->labels = {"host_name", "service_name"};
    auto lostToo = finding("missing-resource-labels", Severity::Warning, "", {1, 2});
    lostToo->labels = {"service_name"};
    findings.findings = {lost, lostToo};
    CHECK(said(verdictOn(family, findings)) == "2 labels lost on path 3.");

    auto mismatch = finding("type-mismatch", Severity::Error, "heap", {0, 1, 2});
    mismatch->evidence.resize(3);
    const char* const types[] = {"gauge", "up_down_sum", "counter"};
    for (std::uint32_t i = 0; i < 3; ++i) {
        mismatch->evidence[i].origin = OriginId{i};
        mismatch->evidence[i].type = types[i];
    }
    findings.findings = {mismatch, lost, lostToo};
    const FamilyVerdict verdict = verdictOn(family, findings);
    CHECK(verdict.finding == mismatch);
    CHECK(said(verdict) ==
          "Gauge on path 1 and path 2, counter on path 3. 2 labels lost on path 3.");
}

TEST_CASE("findings of other families and paths, and resolved ones, are not this family's") {
    const Family family = familyOn({0, 1});
    FindingsSnapshot findings;
    auto resolved = finding("type-mismatch", Severity::Error, "heap", {0, 1});
    resolved->resolved = true;
    findings.findings = {finding("type-mismatch", Severity::Error, "stack", {0, 1}),
                         finding("missing-resource-labels", Severity::Warning, "", {0, 2}),
                         finding("target-down", Severity::Error, "", {0}), resolved};
    CHECK_FALSE(verdictOn(family, findings).finding);
    findings.findings.push_back(finding("unit-mismatch", Severity::Warning, "heap", {0, 1}));
    CHECK(said(verdictOn(family, findings)) == "Heap is odd.");
}
