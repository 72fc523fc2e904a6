// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/family_tree.h"

#include <algorithm>
#include <unordered_map>

namespace sightglass::ui {

namespace {

/// Longer than this a group is cut further where its names allow.
constexpr std::size_t longGroup = 60;
/// What groupByWords() does not cut further.
constexpr std::size_t halfScreen = 12;
constexpr int deepest = 3;
/// What parts the words of a name: Prometheus' own names have underscores and the colons of
/// recording rules; a page may quote others.
constexpr std::string_view wordEnds = "_.:";

struct Run {
    std::size_t begin = 0, end = 0;
    std::size_t prefix = 0; ///< bytes, the last of them the end of a word
};

/// The prefix, in whole words, that all names of a run share, at least `known` bytes long.
std::size_t commonPrefix(const Families& families, std::size_t begin, std::size_t end,
                         std::size_t known) {
    const std::string& first = families[begin]->name;
    const std::string& last = families[end - 1]->name;
    const auto apart = std::mismatch(first.begin(), first.end(), last.begin(), last.end()).first;
    const std::size_t alike = static_cast<std::size_t>(apart - first.begin());
    const std::size_t word =
        alike == 0 ? std::string::npos : first.find_last_of(wordEnds, alike - 1);
    return word == std::string::npos ? known : std::max(known, word + 1);
}

/// Runs of families whose next word after `prefix` bytes is the same.
std::vector<Run> runsByNextWord(const Families& families, const Run& run) {
    std::vector<Run> runs;
    for (std::size_t i = run.begin; i < run.end;) {
        const std::string& name = families[i]->name;
        const std::size_t bar = name.find_first_of(wordEnds, run.prefix);
        if (bar == std::string::npos) {
            ++i;
            continue;
        }
        const std::string_view word = std::string_view(name).substr(0, bar + 1);
        std::size_t end = i + 1;
        while (end < run.end && std::string_view(families[end]->name).starts_with(word))
            ++end;
        if (end - i >= smallestGroup)
            runs.push_back({i, end, commonPrefix(families, i, end, bar + 1)});
        i = end;
    }
    return runs;
}

void cut(const Families& families, const Run& run, bool top, std::vector<FamilyGroup>& groups,
         Families& rest) {
    const auto runs = runsByNextWord(families, run);
    std::size_t covered = 0;
    for (const Run& inner : runs)
        covered += inner.end - inner.begin;
    const std::size_t size = run.end - run.begin;
    const bool worthIt = covered * 2 > size && (top || size > longGroup);
    if (!worthIt) {
        if (run.prefix == 0 || size < smallestGroup) {
            rest.insert(rest.end(), families.begin() + static_cast<std::ptrdiff_t>(run.begin),
                        families.begin() + static_cast<std::ptrdiff_t>(run.end));
            return;
        }
        FamilyGroup group;
        group.prefix = families[run.begin]->name.substr(0, run.prefix);
        group.families.assign(families.begin() + static_cast<std::ptrdiff_t>(run.begin),
                              families.begin() + static_cast<std::ptrdiff_t>(run.end));
        groups.push_back(std::move(group));
        return;
    }
    Families own;
    std::size_t at = run.begin;
    for (const Run& inner : runs) {
        for (; at < inner.begin; ++at)
            own.push_back(families[at]);
        cut(families, inner, false, groups, rest);
        at = inner.end;
    }
    for (; at < run.end; ++at)
        own.push_back(families[at]);
    if (run.prefix > 0 && !top && own.size() >= smallestGroup) {
        FamilyGroup group;
        group.prefix = own.front()->name.substr(0, run.prefix);
        group.families = std::move(own);
        groups.push_back(std::move(group));
    } else {
        rest.insert(rest.end(), own.begin(), own.end());
    }
}

NameGroup cutByWords(const Families& families, const Run& run, int depth) {
    NameGroup group;
    group.prefix = families[run.begin]->name.substr(0, run.prefix);
    std::vector<Run> runs;
    if (depth < deepest && (depth == 0 || run.end - run.begin > halfScreen))
        runs = runsByNextWord(families, run);
    std::size_t at = run.begin;
    const auto keepUpTo = [&](std::size_t end) {
        group.families.insert(group.families.end(),
                              families.begin() + static_cast<std::ptrdiff_t>(at),
                              families.begin() + static_cast<std::ptrdiff_t>(end));
    };
    for (const Run& inner : runs) {
        keepUpTo(inner.begin);
        group.groups.push_back(cutByWords(families, inner, depth + 1));
        at = inner.end;
    }
    keepUpTo(run.end);
    return group;
}

/// One cause seen in several families: the same rule between the same paths.
std::string causeOf(const Finding& finding) {
    std::string cause = finding.rule;
    for (const OriginId origin : finding.origins)
        cause += '\x1f' + std::to_string(origin.value);
    return cause;
}

} // namespace

NameGroup groupByWords(Families families) {
    return families.empty() ? NameGroup() : cutByWords(families, {0, families.size(), 0}, 0);
}

std::vector<FamilyGroup> groupByPrefix(const Families& families) {
    std::vector<FamilyGroup> groups;
    if (families.empty())
        return groups;
    Families rest;
    Run all{0, families.size(), 0};
    // A single family has no prefix to share, only words of its own.
    if (families.size() >= smallestGroup)
        all.prefix = commonPrefix(families, 0, families.size(), 0);
    cut(families, all, true, groups, rest);
    std::sort(groups.begin(), groups.end(),
              [](const FamilyGroup& a, const FamilyGroup& b) { return a.prefix < b.prefix; });
    if (!rest.empty()) {
        std::sort(rest.begin(), rest.end(),
                  [](const auto& a, const auto& b) { return a->name < b->name; });
        groups.push_back({{}, std::move(rest)});
    }
    return groups;
}

struct FindingIndex::State {
    struct Known {
        std::shared_ptr<const Finding> finding;
        std::string cause;
    };
    std::unordered_map<std::string_view, std::vector<Known>> byMetric;
    std::unordered_map<std::string_view, Severity> bySubject;
};

FindingIndex::FindingIndex(const FindingsSnapshot& findings) : m_state(std::make_unique<State>()) {
    for (const auto& finding : findings.findings) {
        if (finding->resolved)
            continue;
        if (finding->metric.empty()) {
            auto [known, isNew] =
                m_state->bySubject.try_emplace(finding->subject, finding->severity);
            if (!isNew)
                known->second = std::max(known->second, finding->severity);
        } else {
            m_state->byMetric[finding->metric].push_back({finding, causeOf(*finding)});
        }
    }
}

FindingIndex::~FindingIndex() = default;

FamilyMarks FindingIndex::marksOf(const Families& families, bool isGroup) const {
    FamilyMarks marks;
    if (m_state->byMetric.empty())
        return marks;
    std::unordered_map<std::string_view, std::size_t> seen;
    std::vector<const std::vector<State::Known>*> found;
    for (std::size_t i = 0; i < families.size(); ++i) {
        const auto known = m_state->byMetric.find(families[i]->name);
        if (known == m_state->byMetric.end())
            continue;
        found.resize(families.size(), nullptr);
        found[i] = &known->second;
        for (const auto& entry : known->second)
            ++seen[entry.cause];
    }
    for (std::size_t i = 0; i < found.size(); ++i) {
        if (found[i] == nullptr)
            continue;
        for (const auto& entry : *found[i]) {
            const Severity severity = entry.finding->severity;
            marks.worst = std::max(marks.worst, std::optional(severity));
            if (isGroup && seen[entry.cause] == found.size()) {
                marks.common = std::max(marks.common, std::optional(severity));
                continue;
            }
            marks.rows.resize(families.size());
            marks.rows[i] = std::max(marks.rows[i], std::optional(severity));
        }
    }
    return marks;
}

std::optional<Severity> FindingIndex::ofSubject(std::string_view subject) const {
    const auto known = m_state->bySubject.find(subject);
    return known == m_state->bySubject.end() ? std::nullopt : std::optional(known->second);
}

std::vector<std::shared_ptr<const Finding>> FindingIndex::of(const Family& family) const {
    std::vector<std::shared_ptr<const Finding>> out;
    const auto known = m_state->byMetric.find(family.name);
    if (known == m_state->byMetric.end())
        return out;
    for (const auto& entry : known->second)
        out.push_back(entry.finding);
    std::stable_sort(out.begin(), out.end(),
                     [](const auto& a, const auto& b) { return a->severity > b->severity; });
    return out;
}

} // namespace sightglass::ui
