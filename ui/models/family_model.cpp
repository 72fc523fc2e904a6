// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/family_model.h"

#include <algorithm>
#include <utility>

#include "core/model/prometheus_names.h"
#include "ui/look/marks.h"

namespace sightglass::ui {

namespace {

/// Up to this many families are laid out and filtered within a frame, without a worker.
constexpr std::size_t atOnce = 2000;
/// Of rows that were once in view; beyond it all are fetched anew.
constexpr int sparklinesKept = 4096;
constexpr int margin = 12;
constexpr int step = 12;

QVariant severityValue(std::optional<Severity> severity) {
    return severity ? QVariant(static_cast<int>(*severity)) : QVariant();
}

QString metricsInWords(int count) {
    return count == 1 ? QStringLiteral("1 metric") : QStringLiteral("%1 metrics").arg(count);
}

QString shortened(const QString& name, std::size_t prefixBytes) {
    const QString shorter = name.mid(static_cast<qsizetype>(prefixBytes));
    return shorter.isEmpty() ? name : shorter;
}

} // namespace

FamilyModel::FamilyModel(QObject* parent)
    : QAbstractItemModel(parent),
      m_job([this](const OutlineBuilder::Request& request) { return m_builder.build(request); },
            [this](OutlineBuilder::Answer answer) { apply(std::move(answer)); }) {}

FamilyModel::~FamilyModel() = default;

void FamilyModel::setAnalysis(std::shared_ptr<const Analysis> analysis) {
    m_wanted = std::move(analysis);
    ask();
}

void FamilyModel::setFilter(const QString& filter) {
    if (filter == m_filter)
        return;
    m_filter = filter;
    ask();
}

void FamilyModel::setGrouping(Grouping grouping) {
    if (grouping == m_grouping)
        return;
    m_grouping = grouping;
    ask();
}

void FamilyModel::ask() {
    if (!m_wanted)
        return;
    OutlineBuilder::Request request{m_wanted, filterWords(m_filter), m_grouping};
    if (m_wanted->families.size() <= atOnce && !m_job.busy())
        apply(m_builder.build(request));
    else
        m_job.ask(std::move(request));
}

void FamilyModel::apply(OutlineBuilder::Answer answer) {
    const auto catalogBefore = m_analysis ? m_analysis->catalog : nullptr;
    const std::shared_ptr<const FamilyOutline> before = m_outline;
    const OutlineChange& change = answer.change;
    const auto swap = [&] {
        m_analysis = answer.request.analysis;
        m_nested = answer.request.grouping == Grouping::Name;
        if (m_analysis->catalog != catalogBefore)
            m_comparer = comparerOf(*m_analysis);
        m_outline = answer.outline;
    };
    if (change.structure) {
        emit layoutAboutToBeChanged();
        const QModelIndexList kept = persistentIndexList();
        std::vector<Place> places;
        for (const QModelIndex& index : kept)
            places.push_back(place(index));
        swap();
        QModelIndexList now;
        for (const Place& old : places) {
            QModelIndex index;
            if (old.isFamily()) {
                // Under its own branch if it is still there, else on its path, else anywhere.
                const Family& family = *old.above->families[old.family];
                int best = -1;
                eachPlace(family.name, [&](const Branch& above, std::size_t at) {
                    const int fit = above.id == old.above->id           ? 2
                                    : above.origin == old.above->origin ? 1
                                                                        : 0;
                    if (above.families[at]->synthetic == family.synthetic && fit > best) {
                        best = fit;
                        index = indexOf(above, at);
                    }
                    return best == 2;
                });
            } else if (old.branch != nullptr) {
                if (const Branch* branch = m_outline->branch(old.branch->id))
                    index = indexOf(*branch);
            }
            now.push_back(index);
        }
        changePersistentIndexList(kept, now);
        emit layoutChanged();
    } else {
        swap();
        for (const int branch : change.branches) {
            if (branch == 0)
                continue;
            const QModelIndex index =
                indexOf(m_outline->branches[static_cast<std::size_t>(branch)]);
            emit dataChanged(index, index);
        }
        for (const OutlineChange::Rows& rows : change.rows) {
            const Branch& above = m_outline->branches[static_cast<std::size_t>(rows.branch)];
            emit dataChanged(indexOf(above, static_cast<std::size_t>(rows.first)),
                             indexOf(above, static_cast<std::size_t>(rows.last)));
        }
    }
    QModelIndexList added;
    for (const std::uint32_t id : change.added) {
        if (const Branch* branch = m_outline->branch(id))
            added.push_back(indexOf(*branch));
    }
    emit shown(added);
}

void FamilyModel::setReference(OriginId reference) {
    if (reference == m_reference)
        return;
    m_reference = reference;
    for (const Branch& branch : m_outline->branches) {
        if (!branch.families.empty())
            emit dataChanged(indexOf(branch, 0), indexOf(branch, branch.families.size() - 1));
    }
}

void FamilyModel::setSparklines(std::vector<std::pair<QString, QVector<float>>> sparklines) {
    if (m_sparklines.size() > sparklinesKept)
        m_sparklines.clear();
    for (auto& [key, values] : sparklines) {
        m_sparklines.insert(key, std::move(values));
        eachPlace(key.section(u'\x1f', 0, 0).toStdString(),
                  [&](const Branch& above, std::size_t at) {
                      if (sparklineKey(above, *above.families[at]) == key) {
                          const QModelIndex index = indexOf(above, at);
                          emit dataChanged(index, index, {SparklineRole});
                      }
                      return false;
                  });
    }
}

QString FamilyModel::sparklineKey(const Branch& above, const Family& family) {
    const QString name = toText(family.name);
    return above.origin.valid() ? name + u'\x1f' + QString::number(above.origin.value) : name;
}

QString FamilyModel::sparklineKey(const QModelIndex& index) const {
    const Place at = place(index);
    return at.isFamily() ? sparklineKey(*at.above, *at.above->families[at.family]) : QString();
}

QModelIndex FamilyModel::index(int row, int column, const QModelIndex& parent) const {
    if (row < 0 || column != 0 || row >= rowCount(parent))
        return {};
    const Branch* above = parent.isValid() ? place(parent).branch : &m_outline->branches.front();
    return createIndex(row, 0, static_cast<quintptr>(above->id));
}

QModelIndex FamilyModel::parent(const QModelIndex& child) const {
    const Branch* above = child.isValid()
                              ? m_outline->branch(static_cast<std::uint32_t>(child.internalId()))
                              : nullptr;
    return above == nullptr ? QModelIndex() : indexOf(*above);
}

int FamilyModel::rowCount(const QModelIndex& parent) const {
    const Branch* branch = parent.isValid() ? place(parent).branch : &m_outline->branches.front();
    return branch == nullptr ? 0
                             : static_cast<int>(branch->branches.size() + branch->families.size());
}

FamilyModel::Place FamilyModel::place(const QModelIndex& index) const {
    Place out;
    if (!index.isValid())
        return out;
    const Branch* above = m_outline->branch(static_cast<std::uint32_t>(index.internalId()));
    if (above == nullptr)
        return out;
    const auto row = static_cast<std::size_t>(index.row());
    if (row < above->branches.size()) {
        out.above = above;
        out.branch = &m_outline->branches[static_cast<std::size_t>(above->branches[row])];
    } else if (row - above->branches.size() < above->families.size()) {
        out.above = above;
        out.family = row - above->branches.size();
    }
    return out;
}

QModelIndex FamilyModel::indexOf(const Branch& branch) const {
    if (branch.parent < 0)
        return {};
    const Branch& above = m_outline->branches[static_cast<std::size_t>(branch.parent)];
    return createIndex(branch.row, 0, static_cast<quintptr>(above.id));
}

QModelIndex FamilyModel::indexOf(const Branch& above, std::size_t family) const {
    return createIndex(static_cast<int>(above.branches.size() + family), 0,
                       static_cast<quintptr>(above.id));
}

void FamilyModel::eachPlace(const std::string& family,
                            const std::function<bool(const Branch&, std::size_t)>& found) const {
    for (const Branch& branch : m_outline->branches) {
        if (branch.kind == Branch::Kind::Group && !family.starts_with(branch.text))
            continue;
        auto at = std::lower_bound(
            branch.families.begin(), branch.families.end(), family,
            [](const auto& known, const std::string& wanted) { return known->name < wanted; });
        for (; at != branch.families.end() && (*at)->name == family; ++at) {
            if (found(branch, static_cast<std::size_t>(at - branch.families.begin())))
                return;
        }
    }
}

QModelIndex FamilyModel::indexOfFamily(const QString& family, OriginId path) const {
    QModelIndex index;
    eachPlace(family.toStdString(), [&](const Branch& above, std::size_t at) {
        const bool wanted = !path.valid() || above.origin == path;
        if (wanted || !index.isValid())
            index = indexOf(above, at);
        return wanted;
    });
    return index;
}

std::shared_ptr<const Family> FamilyModel::familyAt(const QModelIndex& index) const {
    const Place at = place(index);
    return at.isFamily() ? at.above->families[at.family] : nullptr;
}

bool FamilyModel::opensByItself(const QModelIndex& index) const {
    const Place at = place(index);
    return at.branch != nullptr && at.branch->opens;
}

QModelIndexList FamilyModel::branches() const {
    QModelIndexList out;
    for (const Branch& branch : m_outline->branches) {
        if (branch.parent >= 0)
            out.push_back(indexOf(branch));
    }
    return out;
}

OriginId FamilyModel::referenceOf(const Family& family) const {
    return referencePath(family, *m_comparer, m_reference);
}

const FamilyPath* FamilyModel::pathAt(const Place& place) const {
    const Family& family = *place.above->families[place.family];
    const OriginId wanted = place.above->origin.valid() ? place.above->origin : referenceOf(family);
    const auto path = std::find_if(family.paths.begin(), family.paths.end(),
                                   [&](const FamilyPath& p) { return p.origin == wanted; });
    return path == family.paths.end() ? nullptr : &*path;
}

OriginId FamilyModel::pathOf(const QModelIndex& index) const {
    const Place at = place(index);
    const FamilyPath* path = at.isFamily() ? pathAt(at) : nullptr;
    return path == nullptr ? OriginId() : path->origin;
}

QVector<TypeBadge> FamilyModel::badgesOf(const Place& place) const {
    const Family& family = *place.above->families[place.family];
    const OriginId reference = referenceOf(family);
    if (!place.above->origin.valid())
        return typeBadges(family, reference);
    // What this path says, and whether the reference says otherwise.
    const FamilyPath* path = pathAt(place);
    Family alone;
    if (path != nullptr)
        alone.paths.push_back(*path);
    QVector<TypeBadge> badges = typeBadges(alone, place.above->origin);
    const Descriptor* said = referenceDescriptor(family, reference);
    if (!badges.isEmpty() && said != nullptr && place.above->origin != reference) {
        const Descriptor& here = path->metrics.front()->info->descriptor;
        badges.front().odd = !isSameType(*said, here);
    }
    return badges;
}

QString FamilyModel::spoken(const Place& place) const {
    if (place.branch != nullptr) {
        const Branch& branch = *place.branch;
        QString name = branch.text.empty() ? QStringLiteral("no service") : toText(branch.text);
        if (branch.kind == Branch::Kind::Path)
            name = QStringLiteral("path %1, %2").arg(branch.origin.value + 1).arg(name);
        QString text = QStringLiteral("%1, %2").arg(name, metricsInWords(branch.count));
        if (branch.worst)
            text += QStringLiteral(", worst: ") + severityText(*branch.worst, 1).section(u' ', -1);
        return text;
    }
    const Family& family = *place.above->families[place.family];
    QString text = shortened(toText(family.name), place.above->prefixBytes) + QStringLiteral(", ");
    const auto badges = badgesOf(place);
    const auto mark = place.above->markOf(place.family);
    if (mark)
        text += toText(severityName(*mark)) + QStringLiteral(": ");
    else if (badges.size() > 1 || (!badges.isEmpty() && badges.front().odd))
        text += QStringLiteral("types disagree: ");
    return text + typesInWords(family);
}

Qt::ItemFlags FamilyModel::flags(const QModelIndex& index) const {
    // A view that opens everything would keep an index of each family otherwise.
    const Qt::ItemFlags flags = QAbstractItemModel::flags(index);
    return place(index).isFamily() ? flags | Qt::ItemNeverHasChildren : flags;
}

QVariant FamilyModel::data(const QModelIndex& index, int role) const {
    const Place at = place(index);
    if (at.above == nullptr)
        return {};
    return at.isFamily() ? familyData(at, role) : branchData(at, role);
}

QVariant FamilyModel::branchData(const Place& place, int role) const {
    const Branch& branch = *place.branch;
    switch (role) {
    case Qt::DisplayRole:
    case ShortNameRole:
        if (branch.text.empty())
            return QStringLiteral("no service");
        if (branch.kind == Branch::Kind::Path)
            return toText(branch.brief);
        return shortened(toText(branch.text), place.above->prefixBytes);
    case Qt::ToolTipRole:
        return plainToolTip(toText(branch.text));
    case Qt::AccessibleTextRole:
        return spoken(place);
    case KindRole:
        return static_cast<int>(branch.kind == Branch::Kind::Service ? Kind::Service
                                : branch.kind == Branch::Kind::Path  ? Kind::Path
                                                                     : Kind::Group);
    case NameRole:
        return toText(branch.text);
    case KeyRole: {
        QString key;
        for (const Branch* at = &branch; at->parent >= 0;
             at = &m_outline->branches[static_cast<std::size_t>(at->parent)])
            key = toText(at->text) + u'\x1f' + key;
        return QString::number(static_cast<int>(branch.kind) * 2 + (branch.synthetic ? 1 : 0)) +
               key;
    }
    case MarkRole:
        return severityValue(branch.mark);
    case WorstRole:
        return severityValue(branch.worst);
    case CountRole:
        return branch.count;
    case IndentRole:
        return margin + step * (branch.depth - 1);
    case PathRole:
        return branch.kind == Branch::Kind::Path
                   ? QVariant(static_cast<int>(branch.origin.value) + 1)
                   : QVariant();
    default:
        return {};
    }
}

QVariant FamilyModel::familyData(const Place& place, int role) const {
    const Family& family = *place.above->families[place.family];
    switch (role) {
    case Qt::DisplayRole:
    case ShortNameRole:
        return shortened(toText(family.name), place.above->prefixBytes);
    case Qt::AccessibleTextRole:
        return spoken(place);
    case KindRole:
        return static_cast<int>(Kind::Family);
    case NameRole:
        return toText(family.name);
    case MarkRole:
        return severityValue(place.above->markOf(place.family));
    case WorstRole:
        return {};
    case CountRole:
        return 0;
    case IndentRole:
        // Families stand as far in under their service as under a prefix of it: names need room.
        return margin + step * (m_nested ? place.above->depth : std::min(place.above->depth, 1));
    case BadgesRole:
        return QVariant::fromValue(badgesOf(place));
    case SeriesRole: {
        const FamilyPath* path = place.above->origin.valid() ? pathAt(place) : nullptr;
        return path == nullptr ? family.series : path->series;
    }
    case SparklineRole:
        return QVariant::fromValue(m_sparklines.value(sparklineKey(*place.above, family)));
    case UnitRole:
    case HelpRole: {
        const FamilyPath* path = pathAt(place);
        const Descriptor* descriptor =
            referenceDescriptor(family, path == nullptr ? OriginId() : path->origin);
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
        QString text = QStringLiteral("<b>%1</b>").arg(toText(family.name).toHtmlEscaped());
        const QString help = familyData(place, HelpRole).toString();
        if (!help.isEmpty())
            text += QStringLiteral("<br>") + help.toHtmlEscaped();
        return text + QStringLiteral("<br>") + typesInWords(family).toHtmlEscaped();
    }
    default:
        return {};
    }
}

} // namespace sightglass::ui
