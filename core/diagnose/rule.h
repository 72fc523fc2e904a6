// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/catalog/catalog.h"
#include "core/catalog/families.h"
#include "core/model/finding.h"

namespace sightglass {

/// What a rule is, as `sightglass-cli rules`, the manual and the window say it.
struct RuleInfo {
    std::string_view id; ///< kebab-case
    Severity severity;
    std::string_view group;       ///< "paths", "targets", ...
    std::string_view explanation; ///< what it means and why it matters
    std::string_view remedy;
    std::string_view reference; ///< URL of the specification or documentation it follows
};

/// Health of a scrape target, for the rules that look at targets.
struct TargetHealth {
    OriginId origin;
    std::string url;
    bool up = false;
    std::string error;
    std::uint64_t failures = 0; ///< in a row
    TimeNs time = 0;
};

struct Paths;

/// Everything a rule may look at: one published moment.
struct RuleInput {
    const CatalogSnapshot& catalog;
    std::span<const std::shared_ptr<const Family>> families;
    std::span<const TargetHealth> targets;
    /// Pairs of origins that the user asked to compare (diff, several INPUTs); reference first.
    /// Empty: pairs are found by what they carry (design, "Paths of one source").
    std::span<const std::pair<OriginId, OriginId>> requestedPairs;
    /// True for `diff A B`: only what B lost or changed against A is reported.
    bool directed = false;
    TimeNs now = 0;
    /// Which origins are compared, and in what they differ; set by Diagnosis for the rules.
    const Paths* paths = nullptr;
};

/// One rule: one file in this folder. A rule keeps no state, so it may run on any thread.
class Rule {
  public:
    virtual ~Rule() = default;
    [[nodiscard]] virtual const RuleInfo& info() const = 0;
    /// Appends what is wrong now; `rule`, `severity` and the times are filled in by the caller.
    virtual void run(const RuleInput& input, std::vector<Finding>& findings) const = 0;
};

/// All rules, in the order they are listed. Adding one touches its file and this registry's list.
[[nodiscard]] std::span<const Rule* const> allRules();

} // namespace sightglass
