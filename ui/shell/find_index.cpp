// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/find_index.h"

#include <QHash>
#include <QMap>
#include <QStringList>

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace sightglass::ui {

namespace {

QString text(const std::string& s) {
    return QString::fromStdString(s);
}

/// Families by their own name and by that on each path; the first to have a name keeps it. With
/// many metrics and a finding on each, a look through all of them for every finding would be felt.
class FamilyNames {
  public:
    explicit FamilyNames(const Analysis& analysis) {
        m_families.reserve(analysis.families.size());
        for (const auto& family : analysis.families) {
            m_families.try_emplace(family->name, family.get());
            for (const FamilyPath& path : family->paths)
                m_families.try_emplace(path.name, family.get());
        }
    }
    [[nodiscard]] const Family* find(std::string_view name) const {
        const auto at = m_families.find(name);
        return at == m_families.end() ? nullptr : at->second;
    }

  private:
    std::unordered_map<std::string_view, const Family*> m_families; ///< of the analysis' text
};

bool cameBy(const Family& family, OriginId origin) {
    return std::any_of(family.paths.begin(), family.paths.end(),
                       [&](const FamilyPath& path) { return path.origin == origin; });
}

/// The family that shows what a finding is about: its metric, else the first that came by all its
/// paths, else by the first of them; "" if there is none.
QString familyOf(const Finding& finding, const Analysis& analysis, const FamilyNames& names) {
    if (!finding.metric.empty()) {
        const Family* family = names.find(finding.metric);
        return family ? text(family->name) : QString();
    }
    if (finding.origins.empty())
        return {};
    const Family* byFirst = nullptr;
    for (const auto& family : analysis.families) {
        if (family->synthetic)
            continue;
        if (std::all_of(finding.origins.begin(), finding.origins.end(),
                        [&](OriginId origin) { return cameBy(*family, origin); }))
            return text(family->name);
        if (!byFirst && cameBy(*family, finding.origins.front()))
            byFirst = family.get();
    }
    return byFirst ? text(byFirst->name) : QString();
}

} // namespace

FindIndex::FindIndex(std::shared_ptr<const Analysis> analysis) : m_analysis(std::move(analysis)) {
    struct Key {
        int metrics = 0;
        QString family;
    };
    QMap<QString, Key> keys;
    for (const auto& family : m_analysis->families) {
        FindHit hit;
        hit.kind = FindHit::Kind::Metric;
        hit.title = text(family->name);
        hit.detail = text(family->service);
        hit.family = hit.title;
        if (!family->paths.empty() && !family->paths.front().metrics.empty()) {
            const Descriptor& d = family->paths.front().metrics.front()->info->descriptor;
            hit.type = d.type;
            hit.monotonic = d.monotonic;
        }
        m_all << hit;
        QHash<QString, bool> ofFamily;
        for (const FamilyPath& path : family->paths) {
            for (const auto& metric : path.metrics) {
                for (const LabelKey& key : metric->labelKeys)
                    ofFamily.insert(text(key.key), true);
            }
        }
        for (auto key = ofFamily.keyBegin(); key != ofFamily.keyEnd(); ++key) {
            Key& entry = keys[*key];
            if (entry.metrics++ == 0)
                entry.family = hit.family;
        }
    }
    const FamilyNames names(*m_analysis);
    for (const auto& finding : m_analysis->findings->findings) {
        if (finding->resolved)
            continue;
        FindHit hit;
        hit.kind = FindHit::Kind::Finding;
        hit.title = text(finding->rule);
        hit.detail = text(finding->message);
        hit.family = familyOf(*finding, *m_analysis, names);
        hit.severity = finding->severity;
        m_all << hit;
    }
    for (auto key = keys.constBegin(); key != keys.constEnd(); ++key) {
        FindHit hit;
        hit.kind = FindHit::Kind::Label;
        hit.title = key.key();
        hit.detail = key->metrics == 1 ? QStringLiteral("label of 1 metric")
                                       : QStringLiteral("label of %1 metrics").arg(key->metrics);
        hit.family = key->family;
        m_all << hit;
    }
}

QVector<FindHit> FindIndex::find(const QString& query, int limit) const {
    const QStringList words = query.split(' ', Qt::SkipEmptyParts);
    if (words.isEmpty())
        return {};
    // Rank 0: the title begins with the first word, or a part of it does; 1: in the title; 2: else.
    QVector<const FindHit*> ranked[3];
    for (const FindHit& hit : m_all) {
        const bool all = std::all_of(words.begin(), words.end(), [&](const QString& word) {
            return hit.title.contains(word, Qt::CaseInsensitive) ||
                   hit.detail.contains(word, Qt::CaseInsensitive);
        });
        if (!all)
            continue;
        const QString& first = words.first();
        const qsizetype at = hit.title.indexOf(first, 0, Qt::CaseInsensitive);
        const int rank = at < 0                                                            ? 2
                         : at == 0 || hit.title[at - 1] == '_' || hit.title[at - 1] == '.' ? 0
                                                                                           : 1;
        ranked[rank] << &hit;
    }
    QVector<FindHit> found;
    for (const auto& rank : ranked) {
        for (const FindHit* hit : rank) {
            if (found.size() >= limit)
                return found;
            found << *hit;
        }
    }
    return found;
}

QString familyToSuggest(const Analysis& analysis, const QString& current) {
    QString worst;
    Severity worstSeverity = Severity::Note;
    std::uint64_t worstCount = 0;
    QHash<QString, Severity> severities;
    const FamilyNames names(analysis);
    for (const auto& finding : analysis.findings->findings) {
        if (finding->resolved || finding->metric.empty())
            continue;
        const QString family = familyOf(*finding, analysis, names);
        if (family.isEmpty())
            continue;
        const auto known = severities.constFind(family);
        if (known == severities.constEnd() || *known < finding->severity)
            severities.insert(family, finding->severity);
        const bool worse = worst.isEmpty() || finding->severity > worstSeverity ||
                           (finding->severity == worstSeverity && finding->count > worstCount);
        if (worse) {
            worst = family;
            worstSeverity = finding->severity;
            worstCount = finding->count;
        }
    }
    const Family* shown = current.isEmpty() ? nullptr : names.find(current.toStdString());
    if (shown && (worst.isEmpty() ||
                  (severities.contains(current) && severities.value(current) == worstSeverity)))
        return current;
    if (!worst.isEmpty())
        return worst;
    for (const auto& family : analysis.families) {
        if (!family->synthetic)
            return text(family->name);
    }
    return {};
}

} // namespace sightglass::ui
