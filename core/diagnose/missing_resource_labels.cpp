// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <map>
#include <set>

#include "core/diagnose/evidence.h"
#include "core/diagnose/rules.h"

namespace sightglass {

namespace {

constexpr RuleInfo about{
    "missing-resource-labels",
    Severity::Warning,
    "paths",
    "Resource attributes that one path carries are gone on the other: neither on the points, nor "
    "in target_info, nor as job and instance. Series of different hosts, services or versions "
    "then fall together or cannot be told apart.",
    "On the collector's Prometheus exporter set resource_to_telemetry_conversion: enabled: true, "
    "or let it export target_info and join with that; on OTLP look for the processor that deletes "
    "resource attributes.",
    "https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/"
    "#resource-attributes",
};

/// "0.0.0.0:8889" for "http://127.0.0.1:8889/metrics": the endpoint that an exporter would have.
std::string endpointOf(const CatalogSnapshot& catalog, OriginId origin) {
    for (const CatalogOrigin& o : catalog.origins) {
        if (o.origin.id != origin || o.origin.kind != OriginKind::Scrape)
            continue;
        const std::string& url = o.origin.detail;
        const std::size_t host = url.find("://") == std::string::npos ? 0 : url.find("://") + 3;
        const std::size_t end = std::min(url.find('/', host), url.size());
        const std::size_t colon = url.rfind(':', end);
        if (colon != std::string::npos && colon > host)
            return "0.0.0.0" + url.substr(colon, end - colon);
    }
    return "0.0.0.0:8889";
}

class MissingResourceLabels final : public Rule {
  public:
    [[nodiscard]] const RuleInfo& info() const override { return about; }

    void run(const RuleInput& input, std::vector<Finding>& findings) const override {
        for (const PathPair& pair : input.paths->pairs)
            judge(input, pair, findings);
    }

  private:
    static void judge(const RuleInput& input, const PathPair& pair,
                      std::vector<Finding>& findings) {
        std::map<std::string, std::string> lost;
        Evidence had, has;
        std::uint64_t series = 0, families = 0;
        bool toPage = false;
        std::map<std::string, std::string> kept;
        for (const FamilyPair& family : pair.families) {
            bool affected = false;
            for (const ComparisonRow& row : family.differences) {
                if (row.group != ComparisonGroup::ResourceLabel || !row.lost())
                    continue;
                lost.try_emplace(row.key, row.reference.text);
                affected = true;
            }
            if (!affected)
                continue;
            ++families;
            series += family.other.series;
            toPage = toPage || isFromPage(*family.other.metrics.front());
            had.time = std::max(had.time, evidenceOf(family.reference).time);
            has.time = std::max(has.time, evidenceOf(family.other).time);
            for (const auto& label : input.paths->comparer.resourceLabels(family.other))
                kept.insert(label);
        }
        if (lost.empty())
            return;

        Finding finding;
        finding.subject = pair.service;
        finding.origins = {pair.reference, pair.other};
        for (const auto& [key, value] : lost)
            finding.labels.push_back(key);
        had.origin = pair.reference;
        had.labels.assign(lost.begin(), lost.end());
        has.origin = pair.other;
        has.labels.assign(kept.begin(), kept.end());
        finding.evidence = {std::move(had), std::move(has)};
        finding.count = series;
        finding.message =
            spokenName(input.catalog, pair.other) + " lost " + std::to_string(lost.size()) +
            " resource label" + (lost.size() == 1 ? "" : "s") +
            (pair.service.empty() ? "" : " of " + pair.service) + " that " +
            spokenName(input.catalog, pair.reference) + " has: " + listed(finding.labels);
        if (toPage)
            explainPage(input, pair, finding);
        else
            explainOtlp(finding);
        findings.push_back(std::move(finding));
    }

    static void explainPage(const RuleInput& input, const PathPair& pair, Finding& finding) {
        finding.cause = "The exporter of this page leaves resource attributes out.";
        finding.advice = "Enable resource_to_telemetry_conversion in the collector, or join with "
                         "target_info: "
                         "metric * on (job, instance) group_left (" +
                         finding.labels.front() + ") target_info.";
        finding.snippet = "exporters:\n"
                          "  prometheus:\n"
                          "    endpoint: " +
                          endpointOf(input.catalog, pair.other) +
                          "\n"
                          "    resource_to_telemetry_conversion:\n"
                          "      enabled: true\n";
    }

    static void explainOtlp(Finding& finding) {
        finding.cause = "A hop on this path deletes attributes or makes a resource of its own.";
        finding.advice = "Keep the resource as it was sent. What only a page adds, give to the SDK "
                         "in OTEL_RESOURCE_ATTRIBUTES.";
    }
};

} // namespace

const Rule& missingResourceLabelsRule() {
    static const MissingResourceLabels rule;
    return rule;
}

} // namespace sightglass
