// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/metrics/family_verdict.h"

#include <QStringList>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "ui/bridge/engine_bridge.h"
#include "ui/charts/marked_text.h"
#include "ui/models/path_facts.h"

namespace sightglass::ui {

namespace {

bool comesBy(const Family& family, OriginId origin) {
    return std::any_of(family.paths.begin(), family.paths.end(),
                       [origin](const FamilyPath& path) { return path.origin == origin; });
}

bool isAbout(const Finding& finding, const Family& family) {
    if (finding.metric == family.name)
        return true;
    if (!finding.metric.empty())
        return std::any_of(family.paths.begin(), family.paths.end(),
                           [&](const FamilyPath& path) { return path.name == finding.metric; });
    return finding.rule == "missing-resource-labels" && !finding.origins.empty() &&
           std::all_of(finding.origins.begin(), finding.origins.end(),
                       [&](OriginId origin) { return comesBy(family, origin); });
}

QString capitalised(QString text) {
    if (!text.isEmpty())
        text[0] = text[0].toUpper();
    return text;
}

/// The type that a path says, in the word of all that may stand for it: only what disagrees is
/// worth a place in one line.
QString wordFor(const std::string& type) {
    if (type == "up_down_sum")
        return QStringLiteral("gauge");
    if (type == "exponential_histogram")
        return QStringLiteral("histogram");
    return toText(type);
}

/// "Gauge on (1)(2), counter on (3)."
QString typesSentence(const Finding& finding) {
    std::vector<std::pair<QString, std::vector<int>>> types;
    for (const Evidence& evidence : finding.evidence) {
        const QString type = wordFor(evidence.type);
        auto known = std::find_if(types.begin(), types.end(),
                                  [&](const auto& said) { return said.first == type; });
        if (known == types.end())
            known = types.insert(types.end(), {type, {}});
        known->second.push_back(EngineBridge::pathNumber(evidence.origin));
    }
    QStringList parts;
    for (auto& [type, paths] : types) {
        std::sort(paths.begin(), paths.end());
        parts << type + QStringLiteral(" on ") + marksOf(paths);
    }
    return capitalised(parts.join(QStringLiteral(", "))) + '.';
}

/// "6 labels lost on (3)." of each path that lost some.
QString lostSentence(const std::map<int, std::set<std::string>>& lost) {
    QStringList parts;
    for (const auto& [path, keys] : lost) {
        parts << QStringLiteral("%1 label%2 lost on %3.")
                     .arg(keys.size())
                     .arg(keys.size() == 1 ? QString() : QStringLiteral("s"), markOf(path));
    }
    return parts.join(' ');
}

} // namespace

FamilyVerdict verdictOn(const Family& family, const FindingsSnapshot& findings) {
    FamilyVerdict verdict;
    std::map<int, std::set<std::string>> lost;
    for (const auto& finding : findings.findings) {
        if (finding->resolved || !isAbout(*finding, family))
            continue;
        if (finding->rule == "missing-resource-labels")
            lost[EngineBridge::pathNumber(finding->origins.back())].insert(finding->labels.begin(),
                                                                           finding->labels.end());
        if (!verdict.finding || finding->severity > verdict.finding->severity)
            verdict.finding = finding;
    }
    if (!verdict.finding)
        return verdict;
    QStringList sentences;
    if (verdict.finding->rule == "type-mismatch")
        sentences << typesSentence(*verdict.finding);
    else if (verdict.finding->rule != "missing-resource-labels")
        sentences << capitalised(toText(verdict.finding->message)) + '.';
    if (!lost.empty())
        sentences << lostSentence(lost);
    verdict.sentence = sentences.join(' ');
    return verdict;
}

} // namespace sightglass::ui
