// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/family_model.h"

#include <algorithm>
#include <utility>

#include "core/model/prometheus_names.h"
#include "ui/look/marks.h"

namespace sightglass::ui {

namespace {

QVariant severityValue(std::optional<Severity> severity) {
    return severity ? QVariant(static_cast<int>(*severity)) : QVariant();
}

QString metricsInWords(int count) {
    return count == 1 ? QStringLiteral("1 metric") : QStringLiteral("%1 metrics").arg(count);
}

} // namespace

int FamilyRow::order(const FamilyRow& a, const FamilyRow& b) {
    if (a.kind != b.kind)
        return a.kind < b.kind ? -1 : 1;
    if (a.synthetic != b.synthetic)
        return a.synthetic ? 1 : -1;
    return a.kind == Kind::Family ? a.family->name.compare(b.family->name) : a.text.compare(b.text);
}

bool FamilyRow::replace(FamilyRow&& newer) {
    const bool changed = family != newer.family || prefixBytes != newer.prefixBytes ||
                         count != newer.count || mark != newer.mark || worst != newer.worst;
    *this = std::move(newer);
    return changed;
}

void FamilyModel::setAnalysis(std::shared_ptr<const Analysis> analysis) {
    const auto before = std::exchange(m_analysis, std::move(analysis));
    // Findings are published each second; families only when there are others.
    const bool others = !before || before->catalog != m_analysis->catalog;
    if (others) {
        m_comparer = comparerOf(*m_analysis);
        regroup();
    }
    if (remark() || others)
        rebuild();
}

void FamilyModel::setFilter(const QString& filter) {
    if (filter == m_filter)
        return;
    m_filter = filter;
    m_words = filterWords(filter);
    rebuild();
}

void FamilyModel::setReference(OriginId reference) {
    if (reference == m_reference)
        return;
    m_reference = reference;
    rebuild();
    const auto repaint = [this](const auto& self, const Node& above) -> void {
        if (above.children.empty())
            return;
        emit dataChanged(indexOf(*above.children.front()), indexOf(*above.children.back()),
                         {BadgesRole});
        for (const auto& child : above.children)
            self(self, *child);
    };
    repaint(repaint, root());
}

void FamilyModel::setSparkline(const QString& family, QVector<float> values) {
    m_sparklines.insert(family, std::move(values));
    const QModelIndex index = indexOfFamily(family);
    if (index.isValid())
        emit dataChanged(index, index, {SparklineRole});
}

void FamilyModel::regroup() {
    m_services.clear();
    m_haystack = {};
    m_families = 0;
    Service own;
    own.name = "scraping";
    own.synthetic = true;
    std::vector<std::shared_ptr<const Family>> ownFamilies;
    std::vector<std::shared_ptr<const Family>> families;
    const auto close = [&](Service& service, std::vector<std::shared_ptr<const Family>>& members) {
        if (members.empty())
            return;
        const auto byName = [](const auto& a, const auto& b) { return a->name < b->name; };
        if (!std::is_sorted(members.begin(), members.end(), byName))
            std::sort(members.begin(), members.end(), byName);
        for (FamilyGroup& group : groupByPrefix(members))
            service.groups.push_back({std::move(group), {}});
        m_services.push_back(std::move(service));
        service = Service();
        members.clear();
    };
    Service service;
    for (const auto& family : m_analysis->families) {
        if (family->synthetic) {
            ownFamilies.push_back(family);
            continue;
        }
        if (!families.empty() && family->service != service.name)
            close(service, families);
        service.name = family->service;
        families.push_back(family);
        ++m_families;
    }
    close(service, families);
    close(own, ownFamilies);
}

bool FamilyModel::remark() {
    const FindingIndex findings(*m_analysis->findings);
    bool changed = false;
    for (Service& service : m_services) {
        const auto mark = findings.ofSubject(service.name);
        changed |= std::exchange(service.mark, mark) != mark;
        for (Group& group : service.groups) {
            FamilyMarks marks = findings.marksOf(group.families);
            changed |= marks != group.marks;
            group.marks = std::move(marks);
        }
    }
    return changed;
}

void FamilyModel::rebuild() {
    auto wanted = std::make_unique<Node>();
    m_shown = 0;
    if (!m_words.empty() && m_haystack.ends.empty()) {
        for (const Service& service : m_services) {
            for (const Group& group : service.groups) {
                for (const auto& family : group.families.families)
                    appendHaystack(*family);
            }
        }
    }
    std::size_t at = 0;
    const auto passes = [&] {
        if (m_words.empty())
            return true;
        const std::size_t begin = at == 0 ? 0 : m_haystack.ends[at - 1];
        const std::string_view texts(m_haystack.text.data() + begin, m_haystack.ends[at] - begin);
        ++at;
        return std::all_of(m_words.begin(), m_words.end(), [&](const std::string& word) {
            return texts.find(word) != std::string_view::npos;
        });
    };
    for (const Service& service : m_services) {
        FamilyRow top;
        top.kind = FamilyRow::Kind::Service;
        top.synthetic = service.synthetic;
        top.text = service.name;
        top.mark = service.mark;
        top.worst = service.mark;
        Node* serviceNode = nullptr;
        const auto serviceRow = [&]() -> Node& {
            if (serviceNode == nullptr)
                serviceNode = &wanted->add(top);
            return *serviceNode;
        };
        for (const Group& group : service.groups) {
            Node* parent = nullptr;
            for (std::size_t i = 0; i < group.families.families.size(); ++i) {
                const auto& family = group.families.families[i];
                if (!passes())
                    continue;
                if (parent == nullptr) {
                    parent = &serviceRow();
                    if (!group.families.prefix.empty()) {
                        FamilyRow row;
                        row.kind = FamilyRow::Kind::Group;
                        row.text = group.families.prefix;
                        row.mark = group.marks.common;
                        row.worst = group.marks.worst;
                        parent = &parent->add(std::move(row));
                    }
                }
                FamilyRow row;
                row.kind = FamilyRow::Kind::Family;
                row.family = family;
                row.prefixBytes = group.families.prefix.size();
                row.mark = group.marks.rows[i];
                row.worst = row.mark;
                parent->add(std::move(row));
                ++parent->payload.count;
                if (parent != serviceNode)
                    ++serviceNode->payload.count;
                m_shown += service.synthetic ? 0 : 1;
            }
            if (parent != nullptr)
                serviceNode->payload.worst =
                    std::max(serviceNode->payload.worst, group.marks.worst);
        }
    }
    // Siblings come in the order that sync() walks: services by name, Sightglass' own last.
    std::sort(wanted->children.begin(), wanted->children.end(), [](const auto& a, const auto& b) {
        return FamilyRow::order(a->payload, b->payload) < 0;
    });
    for (std::size_t i = 0; i < wanted->children.size(); ++i)
        wanted->children[i]->row = static_cast<int>(i);
    sync(std::move(wanted));
}

void FamilyModel::appendHaystack(const Family& family) {
    std::string& text = m_haystack.text;
    const auto add = [&text](std::string_view part) {
        appendFolded(text, part);
        text += '\n'; // no word of a filter reaches over two texts
    };
    add(family.name);
    std::string_view lastHelp;
    for (const FamilyPath& path : family.paths) {
        if (path.name != family.name)
            add(path.name);
        for (const auto& metric : path.metrics) {
            const Descriptor& descriptor = metric->info->descriptor;
            if (descriptor.name != path.name)
                add(descriptor.name);
            // Paths mostly repeat one help text.
            if (descriptor.description != lastHelp)
                add(descriptor.description);
            lastHelp = descriptor.description;
            for (const LabelKey& key : metric->labelKeys)
                add(key.key);
        }
    }
    m_haystack.ends.push_back(text.size());
}

OriginId FamilyModel::referenceOf(const Family& family) const {
    return referencePath(family, *m_comparer, m_reference);
}

std::shared_ptr<const Family> FamilyModel::familyAt(const QModelIndex& index) const {
    return index.isValid() ? node(index).payload.family : nullptr;
}

QModelIndex FamilyModel::indexOfFamily(const QString& family) const {
    const std::string name = family.toStdString();
    const auto within = [&](const auto& self, const Node& above) -> const Node* {
        for (const auto& child : above.children) {
            const FamilyRow& row = child->payload;
            if (row.kind == FamilyRow::Kind::Family) {
                if (row.family->name == name)
                    return child.get();
            } else if (row.kind == FamilyRow::Kind::Service || name.starts_with(row.text)) {
                if (const Node* found = self(self, *child))
                    return found;
            }
        }
        return nullptr;
    };
    const Node* found = within(within, root());
    return found == nullptr ? QModelIndex() : indexOf(*found);
}

QString FamilyModel::spoken(const FamilyRow& row) const {
    if (row.kind != FamilyRow::Kind::Family) {
        QString text = QStringLiteral("%1, %2").arg(row.text.empty() ? QStringLiteral("no service")
                                                                     : toText(row.text),
                                                    metricsInWords(row.count));
        if (row.worst)
            text += QStringLiteral(", worst: ") + severityText(*row.worst, 1).section(u' ', -1);
        return text;
    }
    QString text = toText(row.family->name).mid(static_cast<qsizetype>(row.prefixBytes)) +
                   QStringLiteral(", ");
    const auto badges = typeBadges(*row.family, referenceOf(*row.family));
    if (row.mark)
        text += toText(severityName(*row.mark)) + QStringLiteral(": ");
    else if (badges.size() > 1)
        text += QStringLiteral("types disagree: ");
    return text + typesInWords(*row.family);
}

QVariant FamilyModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const FamilyRow& row = node(index).payload;
    const bool isFamily = row.kind == FamilyRow::Kind::Family;
    const QString name = isFamily ? toText(row.family->name) : toText(row.text);
    switch (role) {
    case Qt::DisplayRole:
    case ShortNameRole: {
        if (!isFamily)
            return name.isEmpty() ? QStringLiteral("no service") : name;
        const QString shorter = name.mid(static_cast<qsizetype>(row.prefixBytes));
        return shorter.isEmpty() ? name : shorter;
    }
    case Qt::AccessibleTextRole:
        return spoken(row);
    case KindRole:
        return static_cast<int>(row.kind);
    case NameRole:
        return name;
    case MarkRole:
        return severityValue(row.mark);
    case WorstRole:
        return severityValue(row.worst);
    case CountRole:
        return row.count;
    default:
        break;
    }
    if (!isFamily)
        return {};
    switch (role) {
    case BadgesRole:
        return QVariant::fromValue(typeBadges(*row.family, referenceOf(*row.family)));
    case SeriesRole:
        return row.family->series;
    case SparklineRole:
        return QVariant::fromValue(m_sparklines.value(name));
    case UnitRole:
    case HelpRole: {
        const Descriptor* descriptor = referenceDescriptor(*row.family, referenceOf(*row.family));
        if (descriptor == nullptr)
            return QString();
        if (role == HelpRole)
            return toText(descriptor->description);
        // "By" as people say it; an annotation such as "{request}" without its braces.
        if (const auto word = prometheusUnit(descriptor->unit, descriptor->type); !word.empty())
            return toText(word);
        return toText(descriptor->unit).remove(u'{').remove(u'}');
    }
    case Qt::ToolTipRole: {
        QString text = QStringLiteral("<b>%1</b>").arg(name.toHtmlEscaped());
        const QString help = index.data(HelpRole).toString();
        if (!help.isEmpty())
            text += QStringLiteral("<br>") + help.toHtmlEscaped();
        return text + QStringLiteral("<br>") + typesInWords(*row.family).toHtmlEscaped();
    }
    default:
        return {};
    }
}

} // namespace sightglass::ui
