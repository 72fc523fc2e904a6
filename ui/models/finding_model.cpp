// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/finding_model.h"

#include <QStringList>

#include <algorithm>
#include <map>
#include <unordered_set>

#include "core/diagnose/rule.h"
#include "ui/look/format.h"
#include "ui/look/marks.h"
#include "ui/models/path_facts.h"

namespace sightglass::ui {

namespace {

constexpr int labelsNamed = 3;
constexpr std::size_t labelsGathered = 100;

QString counted(std::size_t count, const char* one, const char* many) {
    return QStringLiteral("%1 %2").arg(count).arg(QLatin1String(count == 1 ? one : many));
}

/// A type's word, folded to what the rules hold to be one type (an up-down sum is a gauge).
std::string_view foldedType(std::string_view word) {
    return word == "up_down_sum"             ? std::string_view("gauge")
           : word == "exponential_histogram" ? std::string_view("histogram")
                                             : word;
}

bool sameTypeWord(std::string_view a, std::string_view b) {
    return foldedType(a) == foldedType(b) || a == "unknown" || b == "unknown";
}

QString inTurn(QStringList words) {
    words.removeDuplicates();
    return words.join(QStringLiteral(", then "));
}

/// What the paths say, the reference's word first: "gauge, then counter".
QString typesInTurn(const Finding& finding) {
    QStringList words;
    for (const Evidence& evidence : finding.evidence) {
        if (words.isEmpty() || !sameTypeWord(evidence.type, finding.evidence.front().type))
            words.push_back(typeInWords(evidence.type));
    }
    return inTurn(words);
}

QString unitsInTurn(const Finding& finding) {
    QStringList words;
    for (const Evidence& evidence : finding.evidence)
        words.push_back(evidence.unit.empty() ? QStringLiteral("none") : toText(evidence.unit));
    return inTurn(words);
}

QString labelsInShort(const std::vector<std::string>& labels) {
    QStringList words;
    for (const std::string& label : labels) {
        if (words.size() == labelsNamed)
            break;
        words.push_back(toText(label));
    }
    if (static_cast<int>(labels.size()) > labelsNamed)
        words.push_back(QStringLiteral("+%1").arg(static_cast<int>(labels.size()) - labelsNamed));
    return words.join(QStringLiteral(", "));
}

QString detailOf(const Finding& finding) {
    if (finding.rule == "type-mismatch" && finding.evidence.size() > 1)
        return typesInTurn(finding);
    if (finding.rule == "unit-mismatch" && finding.evidence.size() > 1)
        return unitsInTurn(finding);
    if (!finding.labels.empty())
        return labelsInShort(finding.labels);
    // What the only witness said is the message without its subject.
    if (finding.evidence.size() == 1 && !finding.evidence.front().text.empty())
        return toText(finding.evidence.front().text);
    return toText(finding.message);
}

/// Whether detailOf() of two findings of one rule is the same, without making thousands of texts.
bool saysTheSame(const Finding& a, const Finding& b) {
    const auto alike = [&](std::string Evidence::*member) {
        return std::equal(
            a.evidence.begin(), a.evidence.end(), b.evidence.begin(), b.evidence.end(),
            [member](const Evidence& x, const Evidence& y) { return x.*member == y.*member; });
    };
    if (a.rule == "type-mismatch" && a.evidence.size() > 1)
        return alike(&Evidence::type);
    if (a.rule == "unit-mismatch" && a.evidence.size() > 1)
        return alike(&Evidence::unit);
    return a.labels == b.labels && (!a.labels.empty() || a.message == b.message);
}

QString whatOf(const Finding& finding) {
    if (!finding.metric.empty())
        return toText(finding.metric);
    if (!finding.labels.empty())
        return counted(finding.labels.size(), "label", "labels") + QStringLiteral(", ") +
               counted(finding.count, "series", "series");
    return toText(finding.subject);
}

/// What a finding says of its metric; the row names the metric already.
QString messageOf(const Finding& finding) {
    const std::string_view message = finding.message;
    const bool named = !finding.metric.empty() && message.starts_with(finding.metric) &&
                       message.size() > finding.metric.size() &&
                       message[finding.metric.size()] == ' ';
    return toText(named ? message.substr(finding.metric.size() + 1) : message);
}

/// The registry lists the rules by weight.
int rankOf(std::string_view rule) {
    const auto rules = allRules();
    const auto known = std::find_if(rules.begin(), rules.end(),
                                    [&](const Rule* other) { return other->info().id == rule; });
    return static_cast<int>(known - rules.begin());
}

int sign(std::strong_ordering order) {
    return order < 0 ? -1 : order > 0 ? 1 : 0;
}

/// Findings of one group by what they are about; 0: the same finding.
int orderOf(const Finding& a, const Finding& b) {
    if (&a == &b)
        return 0;
    if (const int order = a.metric.compare(b.metric); order != 0)
        return order;
    if (const int order = a.subject.compare(b.subject); order != 0)
        return order;
    if (a.rule == "type-mismatch")
        return 0;
    return sign(std::lexicographical_compare_three_way(a.origins.begin(), a.origins.end(),
                                                       b.origins.begin(), b.origins.end()));
}

/// Whether two findings surely fall into one group; a quick look that spares most of them the
/// making of a key.
bool belongTogether(const Finding& a, const Finding& b) {
    return a.resolved == b.resolved && a.severity == b.severity && a.rule == b.rule &&
           a.origins == b.origins &&
           std::equal(a.evidence.begin(), a.evidence.end(), b.evidence.begin(), b.evidence.end(),
                      [](const Evidence& x, const Evidence& y) { return x.type == y.type; });
}

} // namespace

QString PathMarks::list(const std::vector<int>& numbers) {
    QStringList words;
    for (const int number : numbers)
        words.push_back(QString::number(number));
    return words.join(QStringLiteral(" and "));
}

void PathMarks::add(const PathMarks& other) {
    const auto merge = [](std::vector<int>& into, const std::vector<int>& numbers) {
        into.insert(into.end(), numbers.begin(), numbers.end());
        std::sort(into.begin(), into.end());
        into.erase(std::unique(into.begin(), into.end()), into.end());
    };
    merge(from, other.from);
    merge(to, other.to);
}

QString PathMarks::spoken() const {
    if (from.empty())
        return {};
    QString text = from.size() + to.size() > 1 ? QStringLiteral("paths ") : QStringLiteral("path ");
    text += list(from);
    if (!to.empty())
        text += QStringLiteral(" to ") + list(to);
    return text;
}

PathMarks pathMarks(const Finding& finding) {
    PathMarks marks;
    for (std::size_t i = 0; i < finding.origins.size(); ++i) {
        const int number = static_cast<int>(finding.origins[i].value) + 1;
        // A type-mismatch names every path of the family, also those that agree with the reference.
        const bool agrees =
            i == 0 || (finding.rule == "type-mismatch" && i < finding.evidence.size() &&
                       sameTypeWord(finding.evidence[i].type, finding.evidence[0].type));
        (agrees ? marks.from : marks.to).push_back(number);
    }
    std::sort(marks.from.begin(), marks.from.end());
    std::sort(marks.to.begin(), marks.to.end());
    return marks;
}

int FindingRow::order(const FindingRow& a, const FindingRow& b) {
    if (a.group) {
        if (a.group->resolved != b.group->resolved)
            return a.group->resolved ? 1 : -1;
        if (a.group->severity != b.group->severity)
            return a.group->severity > b.group->severity ? -1 : 1;
        if (a.group->rank != b.group->rank)
            return a.group->rank < b.group->rank ? -1 : 1;
        if (const int order = a.group->rule.compare(b.group->rule); order != 0)
            return order;
        return sign(a.group->paths.apart() <=> b.group->paths.apart());
    }
    return orderOf(*a.finding, *b.finding);
}

bool FindingRow::replace(FindingRow&& newer) {
    const bool changed =
        group ? group->what != newer.group->what || group->detail != newer.group->detail ||
                    group->paths != newer.group->paths || group->lastSeen != newer.group->lastSeen
              : finding != newer.finding;
    *this = std::move(newer);
    return changed;
}

void FindingModel::setAnalysis(const std::shared_ptr<const Analysis>& analysis) {
    if (!analysis || analysis->findings == m_findings)
        return;
    m_findings = analysis->findings;
    rebuild();
}

void FindingModel::setFilter(const QString& filter) {
    auto words = filterWords(filter);
    if (words == m_words)
        return;
    m_words = std::move(words);
    rebuild();
}

bool FindingModel::severityShown(Severity severity) const {
    return m_shown[static_cast<std::size_t>(severity)];
}

void FindingModel::setSeverityShown(Severity severity, bool shown) {
    if (severityShown(severity) == shown)
        return;
    m_shown[static_cast<std::size_t>(severity)] = shown;
    rebuild();
}

void FindingModel::setResolvedShown(bool shown) {
    if (m_resolvedShown == shown)
        return;
    m_resolvedShown = shown;
    rebuild();
}

bool FindingModel::filtered() const {
    return !m_words.empty() ||
           !std::all_of(m_shown.begin(), m_shown.end(), [](bool shown) { return shown; });
}

bool FindingModel::passes(const Finding& finding) const {
    if (!m_shown[static_cast<std::size_t>(finding.severity)])
        return false;
    return std::all_of(m_words.begin(), m_words.end(), [&](const std::string& word) {
        return containsFolded(finding.metric, word) || containsFolded(finding.rule, word) ||
               containsFolded(finding.subject, word) || containsFolded(finding.message, word) ||
               std::any_of(finding.labels.begin(), finding.labels.end(),
                           [&](const std::string& label) { return containsFolded(label, word); });
    });
}

void FindingModel::rebuild() {
    struct Key {
        bool resolved;
        int severity;
        int rank;
        std::string_view rule;
        std::vector<int> apart;
        auto operator<=>(const Key&) const = default;
    };
    struct Members {
        bool open = false;
        PathMarks paths;
        std::vector<std::shared_ptr<const Finding>> shown;
    };
    std::map<Key, Members> groups;
    m_open = m_groups = m_resolved = 0;
    m_bySeverity = {};
    if (m_findings) {
        const Finding* before = nullptr;
        Members* members = nullptr;
        for (const auto& finding : m_findings->findings) {
            if (before == nullptr || !belongTogether(*before, *finding)) {
                const PathMarks paths = pathMarks(*finding);
                members = &groups[{finding->resolved, -static_cast<int>(finding->severity),
                                   rankOf(finding->rule), finding->rule, paths.apart()}];
                members->paths.add(paths);
            }
            before = finding.get();
            if (finding->resolved) {
                ++m_resolved;
            } else {
                ++m_open;
                ++m_bySeverity[static_cast<std::size_t>(finding->severity)];
                m_groups += members->open ? 0 : 1;
                members->open = true;
            }
            if ((!finding->resolved || m_resolvedShown) && passes(*finding))
                members->shown.push_back(finding);
        }
    }
    auto wanted = std::make_unique<Node>();
    for (auto& [key, members] : groups) {
        auto& list = members.shown;
        if (list.empty())
            continue;
        const auto before = [](const auto& a, const auto& b) { return orderOf(*a, *b) < 0; };
        if (!std::is_sorted(list.begin(), list.end(), before))
            std::sort(list.begin(), list.end(), before);
        FindingRow top;
        top.group = std::make_unique<FindingGroup>(describe(list));
        top.group->paths = members.paths;
        top.group->rank = key.rank;
        Node& node = wanted->add(std::move(top));
        node.children.reserve(list.size());
        for (auto& finding : list) {
            FindingRow row;
            row.finding = std::move(finding);
            node.add(std::move(row));
        }
    }
    sync(std::move(wanted));
}

FindingGroup FindingModel::describe(const std::vector<std::shared_ptr<const Finding>>& list) {
    const Finding& first = *list.front();
    FindingGroup group;
    group.rule = first.rule;
    group.severity = first.severity;
    group.resolved = first.resolved;
    for (const auto& finding : list)
        group.lastSeen = std::max(group.lastSeen, finding->lastSeen);
    group.what = whatOf(first);
    group.detail = detailOf(first);
    if (list.size() == 1)
        return group;

    std::vector<std::string> labels;
    // The same series of one source may be short of labels against several others.
    std::map<std::string_view, std::uint64_t> seriesOf;
    bool allAlike = true;
    for (const auto& finding : list) {
        if (first.metric.empty()) {
            std::uint64_t& series = seriesOf[finding->subject];
            series = std::max(series, finding->count);
        }
        allAlike = allAlike && saysTheSame(*finding, first);
        for (const std::string& label : finding->labels) {
            if (labels.size() < labelsGathered &&
                std::find(labels.begin(), labels.end(), label) == labels.end())
                labels.push_back(label);
        }
    }
    if (!first.metric.empty()) {
        std::size_t metrics = 1;
        for (std::size_t i = 1; i < list.size(); ++i)
            metrics += list[i]->metric != list[i - 1]->metric ? 1 : 0;
        group.what = counted(metrics, "metric", "metrics");
    } else if (labels.empty()) {
        group.what = counted(seriesOf.size(), "source", "sources");
    } else {
        std::uint64_t series = 0;
        for (const auto& [subject, count] : seriesOf)
            series += count;
        group.what = counted(labels.size(), "label", "labels") + QStringLiteral(", ") +
                     counted(series, "series", "series");
    }
    if (!labels.empty())
        group.detail = labelsInShort(labels);
    else if (!allAlike)
        group.detail += QStringLiteral(", and others");
    return group;
}

QString FindingModel::age(TimeNs lastSeen) const {
    return lastSeen == 0 || m_now == 0 ? QString()
                                       : formatAge(std::max<TimeNs>(0, m_now - lastSeen));
}

void FindingModel::setNow(TimeNs now) {
    // Words change with the second at most.
    if (now / nsPerSecond == m_now / nsPerSecond)
        return;
    m_now = now;
    const auto& groups = root().children;
    if (groups.empty())
        return;
    emit dataChanged(indexOf(*groups.front(), LastSeenColumn),
                     indexOf(*groups.back(), LastSeenColumn), {Qt::DisplayRole});
    for (const auto& group : groups) {
        emit dataChanged(indexOf(*group->children.front(), LastSeenColumn),
                         indexOf(*group->children.back(), LastSeenColumn), {Qt::DisplayRole});
    }
}

bool FindingModel::isGroup(const QModelIndex& index) const {
    return index.isValid() && node(index).payload.group != nullptr;
}

std::shared_ptr<const Finding> FindingModel::findingAt(const QModelIndex& index) const {
    if (!index.isValid())
        return nullptr;
    const Node& row = node(index);
    return row.payload.group ? row.children.front()->payload.finding : row.payload.finding;
}

std::vector<std::shared_ptr<const Finding>>
FindingModel::findingsAt(const QModelIndexList& indexes) const {
    std::vector<std::shared_ptr<const Finding>> out;
    std::unordered_set<const Finding*> taken;
    const auto take = [&](const std::shared_ptr<const Finding>& finding) {
        if (taken.insert(finding.get()).second)
            out.push_back(finding);
    };
    for (const QModelIndex& index : indexes) {
        if (!index.isValid())
            continue;
        const Node& row = node(index);
        if (row.payload.group) {
            for (const auto& child : row.children)
                take(child->payload.finding);
        } else {
            take(row.payload.finding);
        }
    }
    return out;
}

QString FindingModel::keyOf(const QModelIndex& index) const {
    if (!index.isValid())
        return {};
    const FindingRow& row = node(index).payload;
    if (!row.group)
        return QStringLiteral("f") + toText(row.finding->key());
    return QStringLiteral("g%1 %2 %3")
        .arg(int(row.group->resolved))
        .arg(toText(row.group->rule), PathMarks::list(row.group->paths.apart()));
}

QModelIndex FindingModel::indexOfKey(const QString& key) const {
    for (const auto& group : root().children) {
        const QModelIndex index = indexOf(*group);
        if (key.startsWith(u'g')) {
            if (keyOf(index) == key)
                return index;
            continue;
        }
        for (const auto& child : group->children) {
            if (keyOf(indexOf(*child)) == key)
                return indexOf(*child);
        }
    }
    return {};
}

QVariant FindingModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case RuleColumn:
        return QStringLiteral("Rule, metric");
    case WhatColumn:
        return QStringLiteral("What");
    case DetailColumn:
        return QStringLiteral("Detail");
    case PathsColumn:
        return QStringLiteral("Paths");
    case LastSeenColumn:
        return QStringLiteral("Last seen");
    default:
        return {};
    }
}

QVariant FindingModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const FindingRow& row = node(index).payload;
    const FindingGroup* group = row.group.get();
    const Finding& finding = *findingAt(index);
    switch (role) {
    case SeverityRole:
        return static_cast<int>(finding.severity);
    case ResolvedRole:
        return finding.resolved;
    case IsGroupRole:
        return group != nullptr;
    case PathsRole:
        return QVariant::fromValue(group ? group->paths : pathMarks(finding));
    case Qt::TextAlignmentRole:
        return index.column() == LastSeenColumn ? QVariant(int(Qt::AlignRight | Qt::AlignVCenter))
                                                : QVariant();
    case Qt::ToolTipRole:
        return plainToolTip(group ? group->what + QStringLiteral(": ") + group->detail
                                  : toText(finding.message));
    case Qt::DisplayRole:
    case Qt::AccessibleTextRole:
        break;
    default:
        return {};
    }
    const QString state =
        finding.resolved ? QStringLiteral("resolved") : toText(severityName(finding.severity));
    switch (index.column()) {
    case RuleColumn: {
        const QString name = group                    ? toText(group->rule)
                             : finding.metric.empty() ? toText(finding.subject)
                                                      : toText(finding.metric);
        return role == Qt::DisplayRole ? name : state + QStringLiteral(": ") + name;
    }
    case WhatColumn:
        return group ? group->what : counted(finding.count, "series", "series");
    case DetailColumn:
        return group ? group->detail : messageOf(finding);
    case PathsColumn:
        return role == Qt::DisplayRole
                   ? QVariant()
                   : QVariant((group ? group->paths : pathMarks(finding)).spoken());
    case LastSeenColumn:
        return age(group ? group->lastSeen : finding.lastSeen);
    default:
        return {};
    }
}

} // namespace sightglass::ui
