// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/diagnose/rules.h"

namespace sightglass {

namespace {

constexpr RuleInfo about{
    "target-down",
    Severity::Error,
    "targets",
    "The last scrape of a target failed: it gave no answer, an error, or a page with a bad line. "
    "No new samples come from it, and its series are marked stale.",
    "See that the process runs and that host, port and path are right; a page with a bad line "
    "fails whole, as it does in Prometheus.",
    "https://prometheus.io/docs/concepts/jobs_instances/"
    "#automatically-generated-labels-and-time-series",
};

class TargetDown final : public Rule {
  public:
    [[nodiscard]] const RuleInfo& info() const override { return about; }

    void run(const RuleInput& input, std::vector<Finding>& findings) const override {
        for (const TargetHealth& target : input.targets) {
            if (target.up || (target.failures == 0 && target.error.empty()))
                continue;
            Finding finding;
            finding.subject = target.url;
            finding.origins = {target.origin};
            Evidence evidence;
            evidence.origin = target.origin;
            evidence.text = target.error;
            evidence.time = target.time;
            finding.evidence = {std::move(evidence)};
            finding.message =
                target.url + " is down" + (target.error.empty() ? "" : ": " + target.error);
            finding.advice = "See that the process runs and listens there (curl " + target.url +
                             " shows what it answers), or remove the target.";
            for (const CatalogOrigin& origin : input.catalog.origins) {
                if (origin.origin.id == target.origin && origin.series > 0)
                    finding.count = origin.series;
            }
            findings.push_back(std::move(finding));
        }
    }
};

} // namespace

const Rule& targetDownRule() {
    static const TargetDown rule;
    return rule;
}

} // namespace sightglass
