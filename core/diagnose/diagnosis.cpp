// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/diagnose/diagnosis.h"

#include <algorithm>
#include <tuple>

#include "core/diagnose/paths.h"

namespace sightglass {

namespace {

constexpr TimeNs restingTime = nsPerSecond;

bool isSame(const TargetHealth& a, const TargetHealth& b) {
    return a.origin == b.origin && a.up == b.up && a.error == b.error && a.url == b.url &&
           (a.failures == 0) == (b.failures == 0);
}

bool isSame(const Evidence& a, const Evidence& b) {
    return std::tie(a.origin, a.type, a.unit, a.temporality, a.help, a.labels, a.text) ==
           std::tie(b.origin, b.type, b.unit, b.temporality, b.help, b.labels, b.text);
}

/// All but the times.
bool isSame(const Finding& a, const Finding& b) {
    return std::tie(a.severity, a.message, a.cause, a.advice, a.snippet, a.origins, a.labels,
                    a.count, a.resolved) == std::tie(b.severity, b.message, b.cause, b.advice,
                                                     b.snippet, b.origins, b.labels, b.count,
                                                     b.resolved) &&
           std::equal(a.evidence.begin(), a.evidence.end(), b.evidence.begin(), b.evidence.end(),
                      [](const Evidence& x, const Evidence& y) { return isSame(x, y); });
}

/// Open first, worst first, then by name.
bool comesBefore(const std::shared_ptr<const Finding>& a, const std::shared_ptr<const Finding>& b) {
    if (a->resolved != b->resolved)
        return b->resolved;
    if (a->severity != b->severity)
        return a->severity > b->severity;
    return std::tie(a->rule, a->metric, a->subject, a->origins) <
           std::tie(b->rule, b->metric, b->subject, b->origins);
}

} // namespace

std::shared_ptr<const FindingsSnapshot> Diagnosis::run(const RuleInput& input) {
    if (isUpToDate(input))
        return m_last;
    m_hasRun = true;
    m_catalogGeneration = input.catalog.generation;
    m_lastRun = input.now;
    m_targets.assign(input.targets.begin(), input.targets.end());

    const Paths paths =
        findPaths(input.catalog, input.families, input.requestedPairs, input.directed);
    RuleInput withPaths = input;
    withPaths.paths = &paths;

    std::map<std::string, Finding> found;
    std::vector<Finding> ofRule;
    for (const Rule* rule : allRules()) {
        ofRule.clear();
        rule->run(withPaths, ofRule);
        for (Finding& finding : ofRule) {
            finding.rule = rule->info().id;
            finding.severity = rule->info().severity;
            TimeNs seen = 0;
            for (const Evidence& evidence : finding.evidence)
                seen = std::max(seen, evidence.time);
            finding.firstSeen = finding.lastSeen = seen != 0 ? seen : input.now;
            std::string key = finding.key();
            const auto [it, isNew] = found.try_emplace(std::move(key), std::move(finding));
            // Two services of one origin may fall on one finding: it is the same trouble.
            if (!isNew)
                it->second.count += finding.count;
        }
    }
    bool changed = merge(std::move(found));
    changed = forgetOldest() || changed;
    if (changed)
        publish();
    return m_last;
}

bool Diagnosis::isUpToDate(const RuleInput& input) const {
    return m_hasRun && input.catalog.generation == m_catalogGeneration &&
           input.now - m_lastRun < restingTime && input.now >= m_lastRun &&
           std::equal(input.targets.begin(), input.targets.end(), m_targets.begin(),
                      m_targets.end(),
                      [](const TargetHealth& a, const TargetHealth& b) { return isSame(a, b); });
}

bool Diagnosis::merge(std::map<std::string, Finding>&& found) {
    bool changed = false;
    for (auto& [key, finding] : found) {
        std::shared_ptr<const Finding>& known = m_known[key];
        if (known) {
            finding.firstSeen = known->firstSeen;
            finding.lastSeen = std::max(finding.lastSeen, known->lastSeen);
            if (isSame(*known, finding) && finding.lastSeen - known->lastSeen < restingTime)
                continue;
        }
        known = std::make_shared<const Finding>(std::move(finding));
        changed = true;
    }
    for (auto& [key, known] : m_known) {
        if (known->resolved || found.contains(key))
            continue;
        Finding resolved = *known;
        resolved.resolved = true;
        known = std::make_shared<const Finding>(std::move(resolved));
        changed = true;
    }
    return changed;
}

bool Diagnosis::forgetOldest() {
    std::vector<std::pair<TimeNs, Known::iterator>> resolved;
    for (auto it = m_known.begin(); it != m_known.end(); ++it) {
        if (it->second->resolved)
            resolved.emplace_back(it->second->lastSeen, it);
    }
    if (resolved.size() <= resolvedLimit)
        return false;
    std::sort(resolved.begin(), resolved.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    resolved.resize(resolved.size() - resolvedLimit);
    for (const auto& entry : resolved)
        m_known.erase(entry.second);
    return true;
}

void Diagnosis::publish() {
    auto next = std::make_shared<FindingsSnapshot>();
    next->generation = m_last->generation + 1;
    next->findings.reserve(m_known.size());
    for (const auto& [key, finding] : m_known) {
        next->findings.push_back(finding);
        if (finding->resolved)
            continue;
        std::uint32_t& lamp = finding->severity == Severity::Error     ? next->errors
                              : finding->severity == Severity::Warning ? next->warnings
                                                                       : next->notes;
        ++lamp;
    }
    std::sort(next->findings.begin(), next->findings.end(), comesBefore);
    m_last = std::move(next);
}

} // namespace sightglass
