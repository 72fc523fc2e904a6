// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/diagnose/evidence.h"
#include "core/diagnose/rules.h"

namespace sightglass {

namespace {

constexpr RuleInfo about{
    "label-set-differs",
    Severity::Warning,
    "paths",
    "The data points of one metric carry other label keys on one path than on the other, beyond "
    "the resource's. Queries that group or filter by such a key work on one path only.",
    "Look for relabelling, a view that drops attributes, or a processor that deletes or renames "
    "them on the path that lacks the key.",
    "https://opentelemetry.io/docs/specs/otel/metrics/sdk/#view",
};

class LabelSetDiffers final : public Rule {
  public:
    [[nodiscard]] const RuleInfo& info() const override { return about; }

    void run(const RuleInput& input, std::vector<Finding>& findings) const override {
        for (const PathPair& pair : input.paths->pairs) {
            for (const FamilyPair& family : pair.families)
                judge(input, family, findings);
        }
    }

  private:
    static void judge(const RuleInput& input, const FamilyPair& pair,
                      std::vector<Finding>& findings) {
        Labels lost, added;
        for (const ComparisonRow& row : pair.differences) {
            if (row.group != ComparisonGroup::PointLabel)
                continue;
            if (row.lost())
                lost.emplace_back(row.key, row.reference.text);
            else if (row.added() && !input.directed)
                added.emplace_back(row.key, row.other.text);
        }
        if (lost.empty() && added.empty())
            return;

        Finding finding = findingOf(pair);
        finding.evidence[0].labels = lost;
        finding.evidence[1].labels = added;
        std::vector<std::string> lostKeys, addedKeys;
        for (const auto& [key, value] : lost)
            lostKeys.push_back(key);
        for (const auto& [key, value] : added)
            addedKeys.push_back(key);
        finding.labels = lostKeys;
        finding.labels.insert(finding.labels.end(), addedKeys.begin(), addedKeys.end());

        const std::string a = spokenName(input.catalog, pair.reference.origin);
        const std::string b = spokenName(input.catalog, pair.other.origin);
        finding.message = finding.metric + " ";
        if (!lost.empty())
            finding.message += "lacks " + listed(lostKeys) + " on " + b + ", which " + a + " has";
        if (!added.empty())
            finding.message +=
                (lost.empty() ? "lacks " : "; and ") + listed(addedKeys) +
                (lost.empty() ? " on " + a + ", which " + b + " has" : " is only on " + b);
        finding.cause = lost.size() == added.size() && !lost.empty()
                            ? "The key was renamed on the way."
                            : "Relabelling, a view or a processor drops the key on one path, or "
                              "another adds it.";
        finding.advice = "On the path that lacks it look for labeldrop or labelkeep in "
                         "metric_relabel_configs, an SDK view with an attribute filter, and the "
                         "collector's attributes, transform and metricstransform processors.";
        findings.push_back(std::move(finding));
    }
};

} // namespace

const Rule& labelSetDiffersRule() {
    static const LabelSetDiffers rule;
    return rule;
}

} // namespace sightglass
