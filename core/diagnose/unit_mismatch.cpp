// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/diagnose/evidence.h"
#include "core/diagnose/rules.h"

namespace sightglass {

namespace {

constexpr RuleInfo about{
    "unit-mismatch",
    Severity::Warning,
    "paths",
    "One metric has two units: as sent, or as its Prometheus name says. Its values differ by a "
    "factor between the paths, or one of the units is wrong.",
    "Say the same UCUM unit in every instrument of this name, and let the exporter write the "
    "suffix.",
    "https://opentelemetry.io/docs/specs/otel/metrics/data-model/#metric-points",
};

std::string spokenUnit(const ComparedValue& unit) {
    if (!unit.present)
        return "no unit";
    return unit.via == "name" ? unit.text + " (from the name)" : unit.text;
}

class UnitMismatch final : public Rule {
  public:
    [[nodiscard]] const RuleInfo& info() const override { return about; }

    void run(const RuleInput& input, std::vector<Finding>& findings) const override {
        for (const PathPair& pair : input.paths->pairs) {
            for (const FamilyPair& family : pair.families) {
                const ComparisonRow* row = differenceIn(family, ComparisonGroup::Unit);
                // `diff A B` tells what B lost or changed: a unit that only B has is neither.
                if (!row || (input.directed && row->added()))
                    continue;
                Finding finding = findingOf(family);
                finding.evidence[0].unit = row->reference.text;
                finding.evidence[1].unit = row->other.text;
                finding.message = finding.metric + " has " + spokenUnit(row->reference) + " on " +
                                  spokenName(input.catalog, family.reference.origin) + " and " +
                                  spokenUnit(row->other) + " on " +
                                  spokenName(input.catalog, family.other.origin);
                finding.cause = row->lost() ? "The unit was left out on one path."
                                            : "The paths measure or convert in different units.";
                finding.advice = "Set the same unit where the instrument is made; a processor that "
                                 "scales values must change the unit with them.";
                findings.push_back(std::move(finding));
            }
        }
    }
};

} // namespace

const Rule& unitMismatchRule() {
    static const UnitMismatch rule;
    return rule;
}

} // namespace sightglass
