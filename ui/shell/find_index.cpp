// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/find_index.h"

#include <algorithm>
#include <unordered_map>

#include "ui/models/path_facts.h"

namespace sightglass::ui {

namespace {

QString labelDetail(int metrics) {
    return metrics == 1 ? QStringLiteral("label of 1 metric")
                        : QStringLiteral("label of %1 metrics").arg(metrics);
}

bool cameBy(const Family& family, OriginId origin) {
    return std::any_of(family.paths.begin(), family.paths.end(),
                       [&](const FamilyPath& path) { return path.origin == origin; });
}

bool isCalled(const Family& family, std::string_view name) {
    return family.name == name ||
           std::any_of(family.paths.begin(), family.paths.end(),
                       [&](const FamilyPath& path) { return path.name == name; });
}

/// By its own name, else by what a path calls it: that needs a look through all, but is rare.
const Family* familyNamed(const Families& families, std::string_view name) {
    if (const auto family = findFamily(families, name))
        return family.get();
    const auto other = std::find_if(families.begin(), families.end(),
                                    [&](const auto& known) { return isCalled(*known, name); });
    return other == families.end() ? nullptr : other->get();
}

/// The family that shows what a finding is about: its metric, else the first that came by all its
/// paths, else by the first of them; null if there is none.
const Family* familyOf(const Finding& finding, const Analysis& analysis) {
    if (!finding.metric.empty())
        return familyNamed(analysis.families, finding.metric);
    if (finding.origins.empty())
        return nullptr;
    const Family* byFirst = nullptr;
    for (const auto& family : analysis.families) {
        if (family->synthetic)
            continue;
        if (std::all_of(finding.origins.begin(), finding.origins.end(),
                        [&](OriginId origin) { return cameBy(*family, origin); }))
            return family.get();
        if (byFirst == nullptr && cameBy(*family, finding.origins.front()))
            byFirst = family.get();
    }
    return byFirst;
}

} // namespace

FindIndex::FindIndex(std::shared_ptr<const Analysis> analysis) : m_analysis(std::move(analysis)) {
    const Families& families = m_analysis->families;
    std::unordered_map<std::string_view, std::size_t> labels;
    std::vector<std::size_t> lastSeen; // of each label the family that had it last, plus 1
    m_entries.reserve(families.size());
    for (std::size_t i = 0; i < families.size(); ++i) {
        const Family& family = *families[i];
        add(FindHit::Kind::Metric, i, family.name, family.service);
        for (const FamilyPath& path : family.paths) {
            for (const auto& metric : path.metrics) {
                for (const LabelKey& key : metric->labelKeys) {
                    const auto [at, isNew] = labels.try_emplace(key.key, m_labels.size());
                    if (isNew) {
                        m_labels.push_back({key.key, 0, &family});
                        lastSeen.push_back(0);
                    }
                    if (std::exchange(lastSeen[at->second], i + 1) != i + 1)
                        ++m_labels[at->second].metrics;
                }
            }
        }
    }
    for (const auto& finding : m_analysis->findings->findings) {
        if (finding->resolved)
            continue;
        add(FindHit::Kind::Finding, m_findings.size(), finding->rule, finding->message);
        m_findings.push_back(finding);
    }
    std::sort(m_labels.begin(), m_labels.end(),
              [](const Label& a, const Label& b) { return a.key < b.key; });
    for (std::size_t i = 0; i < m_labels.size(); ++i) {
        add(FindHit::Kind::Label, i, m_labels[i].key,
            labelDetail(m_labels[i].metrics).toStdString());
    }
}

void FindIndex::add(FindHit::Kind kind, std::size_t number, std::string_view title,
                    std::string_view detail) {
    Entry entry;
    entry.kind = kind;
    entry.number = number;
    appendFolded(m_text, title);
    entry.titleEnd = m_text.size();
    m_text += '\n'; // no word reaches over both
    appendFolded(m_text, detail);
    entry.end = m_text.size();
    m_entries.push_back(entry);
}

FindHit FindIndex::hit(const Entry& entry) const {
    FindHit hit;
    hit.kind = entry.kind;
    switch (entry.kind) {
    case FindHit::Kind::Metric: {
        const Family& family = *m_analysis->families[entry.number];
        hit.title = toText(family.name);
        hit.detail = toText(family.service);
        hit.family = hit.title;
        if (!family.paths.empty() && !family.paths.front().metrics.empty()) {
            const Descriptor& d = family.paths.front().metrics.front()->info->descriptor;
            hit.type = d.type;
            hit.monotonic = d.monotonic;
        }
        break;
    }
    case FindHit::Kind::Finding: {
        const Finding& finding = *m_findings[entry.number];
        hit.title = toText(finding.rule);
        hit.detail = toText(finding.message);
        if (const Family* family = familyOf(finding, *m_analysis))
            hit.family = toText(family->name);
        hit.severity = finding.severity;
        break;
    }
    case FindHit::Kind::Label: {
        const Label& label = m_labels[entry.number];
        hit.title = toText(label.key);
        hit.detail = labelDetail(label.metrics);
        hit.family = toText(label.family->name);
        break;
    }
    }
    return hit;
}

QVector<FindHit> FindIndex::find(const QString& query, int limit) const {
    const std::vector<std::string> words = filterWords(query);
    if (words.empty())
        return {};
    // Rank 0: the title begins with the first word, or a part of it does; 1: in the title; 2: else.
    std::vector<const Entry*> ranked[3];
    const auto most = static_cast<std::size_t>(limit);
    std::size_t begin = 0;
    for (const Entry& entry : m_entries) {
        const std::string_view text = std::string_view(m_text).substr(begin, entry.end - begin);
        const std::string_view title = text.substr(0, entry.titleEnd - begin);
        begin = entry.end;
        const bool all = std::all_of(words.begin(), words.end(), [&](const std::string& word) {
            return text.find(word) != std::string_view::npos;
        });
        if (!all)
            continue;
        const std::size_t at = title.find(words.front());
        const std::size_t rank = at == std::string_view::npos                              ? 2
                                 : at == 0 || title[at - 1] == '_' || title[at - 1] == '.' ? 0
                                                                                           : 1;
        if (ranked[rank].size() < most)
            ranked[rank].push_back(&entry);
        if (ranked[0].size() == most)
            break;
    }
    QVector<FindHit> found;
    for (const auto& rank : ranked) {
        for (const Entry* entry : rank) {
            if (found.size() >= limit)
                return found;
            found << hit(*entry);
        }
    }
    return found;
}

QString familyToSuggest(const Analysis& analysis, const QString& current) {
    std::vector<const Finding*> open;
    for (const auto& finding : analysis.findings->findings) {
        if (!finding->resolved && !finding->metric.empty())
            open.push_back(finding.get());
    }
    const Family* worst = nullptr;
    Severity severity = Severity::Note;
    // What is gone since has no family; all but the first look are rare.
    for (auto candidates = open; worst == nullptr && !candidates.empty();) {
        const auto at = std::max_element(
            candidates.begin(), candidates.end(), [](const Finding* a, const Finding* b) {
                return a->severity != b->severity ? a->severity < b->severity : a->count < b->count;
            });
        worst = familyNamed(analysis.families, (*at)->metric);
        severity = (*at)->severity;
        candidates.erase(at);
    }
    const auto shown =
        current.isEmpty() ? nullptr : familyNamed(analysis.families, current.toStdString());
    if (shown != nullptr) {
        const bool asBad =
            worst == nullptr || std::any_of(open.begin(), open.end(), [&](const Finding* finding) {
                return finding->severity == severity && isCalled(*shown, finding->metric);
            });
        if (asBad)
            return current;
    }
    if (worst != nullptr)
        return toText(worst->name);
    const auto first = std::find_if(analysis.families.begin(), analysis.families.end(),
                                    [](const auto& family) { return !family->synthetic; });
    return first == analysis.families.end() ? QString() : toText((*first)->name);
}

} // namespace sightglass::ui
