// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/diagnose/evidence.h"
#include "core/diagnose/rules.h"

namespace sightglass {

namespace {

constexpr RuleInfo about{
    "help-mismatch",
    Severity::Note,
    "paths",
    "One metric is described in two ways. The paths may carry different versions of the "
    "instrument, or two instruments share a name.",
    "Give the instrument one description in every place that makes it, and deploy one version.",
    "https://opentelemetry.io/docs/specs/otel/metrics/data-model/"
    "#opentelemetry-protocol-data-model-producer-recommendations",
};

class HelpMismatch final : public Rule {
  public:
    [[nodiscard]] const RuleInfo& info() const override { return about; }

    void run(const RuleInput& input, std::vector<Finding>& findings) const override {
        for (const PathPair& pair : input.paths->pairs) {
            for (const FamilyPair& family : pair.families) {
                const ComparisonRow* row = differenceIn(family, ComparisonGroup::Help);
                if (row && isMismatch(input, family, *row))
                    findings.push_back(make(input, family, *row));
            }
        }
    }

  private:
    /// Help that one path leaves out is no other help; but `diff A B` also tells what B lost, if B
    /// is a path that carries descriptors at all.
    static bool isMismatch(const RuleInput& input, const FamilyPair& family,
                           const ComparisonRow& row) {
        if (row.reference.present && row.other.present)
            return true;
        return input.directed && row.lost() && typeWords(family.other) != "unknown";
    }

    static Finding make(const RuleInput& input, const FamilyPair& family,
                        const ComparisonRow& row) {
        Finding finding = findingOf(family);
        const std::string b = spokenName(input.catalog, family.other.origin);
        finding.message = row.lost()
                              ? finding.metric + " lost its help text on " + b
                              : finding.metric + " has another help text on " + b + " than on " +
                                    spokenName(input.catalog, family.reference.origin);
        finding.cause = row.lost() ? "A hop drops descriptions."
                                   : "The paths carry different versions of the instrument, or two "
                                     "instruments share the name.";
        finding.advice = "Use one description wherever the instrument is made.";
        return finding;
    }
};

} // namespace

const Rule& helpMismatchRule() {
    static const HelpMismatch rule;
    return rule;
}

} // namespace sightglass
