// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <map>
#include <string_view>

#include "core/diagnose/evidence.h"
#include "core/diagnose/rules.h"

namespace sightglass {

namespace {

constexpr RuleInfo about{
    "type-mismatch",
    Severity::Error,
    "paths",
    "One metric has a different type on two paths. Queries are written for a type: rate() of a "
    "gauge sees resets where the value only falls, and the last value of a counter says nothing "
    "of now.",
    "Find the hop that changes the type and correct it there; a non-monotonic sum must leave an "
    "exporter as a gauge.",
    "https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/",
};

struct Explanation {
    std::string cause, advice, snippet;
};

/// "a gauge", "an up-down sum", "unknown".
std::string withArticle(const std::string& type) {
    if (type == "unknown")
        return type;
    return (std::string_view("aeiou").find(type.front()) == std::string_view::npos ? "a " : "an ") +
           type;
}

/// The metric's name as its sender gave it, for configuration of a hop on OTLP's side.
std::string sentName(const FamilyPath& path) {
    return path.metrics.empty() ? path.name : path.metrics.front()->info->descriptor.name;
}

Explanation explain(const FamilyPath& reference, const FamilyPath& other) {
    const std::string from = typeWords(reference), to = typeWords(other);
    const bool fromGauge = from == "gauge" || from == "up_down_sum";
    if (fromGauge && to == "counter")
        return {"A non-monotonic sum was exported as a counter.",
                "Upgrade the collector or SDK that exports the counter. Until then use "
                "convert_sum_to_gauge() in the collector.",
                "processors:\n"
                "  transform:\n"
                "    metric_statements:\n"
                "      - context: metric\n"
                "        statements:\n"
                "          - convert_sum_to_gauge() where name == \"" +
                    sentName(reference) + "\"\n"};
    if (from == "counter" && to == "gauge")
        return {"A counter lost its monotonicity and was exported as a gauge.",
                "Use a counter instrument where the value is made, or make it a monotonic sum "
                "again in the collector.",
                "processors:\n"
                "  transform:\n"
                "    metric_statements:\n"
                "      - context: metric\n"
                "        statements:\n"
                "          - convert_gauge_to_sum(\"cumulative\", true) where name == \"" +
                    sentName(other) + "\"\n"};
    if (from == "summary" || to == "summary")
        return {"One path makes quantiles of the distribution, the other keeps buckets or a "
                "single number.",
                "Use a histogram on both paths: a summary's quantiles cannot be aggregated.", ""};
    return {"Two senders give this name to different instruments, or a hop between them converts "
            "the type.",
            "Give each instrument a name of its own, or correct the hop that converts the type.",
            ""};
}

/// The path's metrics by the service that sent them.
std::map<std::string, FamilyPath> byService(const FamilyPath& path, const PathComparer& comparer) {
    std::map<std::string, FamilyPath> out;
    for (const auto& metric : path.metrics) {
        FamilyPath& part = out[comparer.service(*metric)];
        part.origin = path.origin;
        part.metrics.push_back(metric);
        part.series += metric->series;
    }
    return out;
}

/// Series of `other` whose type conflicts with the reference's. Where both origins know their
/// services, each service is held against itself: one name may be a gauge of one service and a
/// counter of another on every path.
std::uint32_t conflictingSeries(const FamilyPath& reference, const FamilyPath& other,
                                const PathComparer& comparer) {
    const auto left = byService(reference, comparer), right = byService(other, comparer);
    std::uint32_t series = 0;
    bool haveCommon = false;
    for (const auto& [service, part] : right) {
        const auto own = service.empty() ? left.end() : left.find(service);
        if (own == left.end())
            continue;
        haveCommon = true;
        if (typesConflict(own->second, part))
            series += std::max(part.series, 1u);
    }
    if (haveCommon)
        return series;
    return typesConflict(reference, other) ? std::max(other.series, 1u) : 0;
}

class TypeMismatch final : public Rule {
  public:
    [[nodiscard]] const RuleInfo& info() const override { return about; }

    void run(const RuleInput& input, std::vector<Finding>& findings) const override {
        for (const auto& family : input.families) {
            if (!family->synthetic && family->paths.size() > 1)
                judge(input, *family, findings);
        }
    }

  private:
    static void judge(const RuleInput& input, const Family& family,
                      std::vector<Finding>& findings) {
        const PathComparer& comparer = input.paths->comparer;
        std::vector<const FamilyPath*> paths;
        for (const FamilyPath& path : family.paths)
            paths.push_back(&path);
        if (!haveConflict(paths, comparer))
            return;
        order(input, paths);

        Finding finding;
        finding.metric = family.name;
        finding.count = 0;
        std::vector<std::string> said;
        const FamilyPath* odd = nullptr;
        for (const FamilyPath* path : paths) {
            finding.origins.push_back(path->origin);
            finding.evidence.push_back(evidenceOf(*path));
            said.push_back(withArticle(spokenType(finding.evidence.back().type)) + " on " +
                           spokenName(input.catalog, path->origin));
            for (const FamilyPath* before : paths) {
                if (before == path)
                    break;
                if (const auto series = conflictingSeries(*before, *path, comparer)) {
                    finding.count += series;
                    odd = odd ? odd : path;
                    break;
                }
            }
        }
        finding.message = family.name + " is " + listed(said);
        const FamilyPath& reference =
            **std::find_if(paths.begin(), paths.end(), [&](const FamilyPath* path) {
                return conflictingSeries(*path, *odd, comparer) > 0;
            });
        Explanation explanation = explain(reference, *odd);
        finding.cause = std::move(explanation.cause);
        finding.advice = std::move(explanation.advice);
        finding.snippet = std::move(explanation.snippet);
        findings.push_back(std::move(finding));
    }

    static bool haveConflict(const std::vector<const FamilyPath*>& paths,
                             const PathComparer& comparer) {
        for (std::size_t i = 0; i < paths.size(); ++i) {
            for (std::size_t j = i + 1; j < paths.size(); ++j) {
                if (conflictingSeries(*paths[i], *paths[j], comparer) > 0)
                    return true;
            }
        }
        return false;
    }

    /// The reference first: the one that the user named so, else the path that knows most of its
    /// resource.
    static void order(const RuleInput& input, std::vector<const FamilyPath*>& paths) {
        std::map<OriginId, std::size_t> rank;
        for (const FamilyPath* path : paths) {
            rank[path->origin] = input.paths->comparer.resourceLabels(*path).size();
            if (input.directed && !input.requestedPairs.empty() &&
                input.requestedPairs.front().first == path->origin)
                rank[path->origin] = static_cast<std::size_t>(-1);
        }
        std::stable_sort(paths.begin(), paths.end(),
                         [&rank](const FamilyPath* a, const FamilyPath* b) {
                             return rank[a->origin] > rank[b->origin];
                         });
    }
};

} // namespace

const Rule& typeMismatchRule() {
    static const TypeMismatch rule;
    return rule;
}

} // namespace sightglass
