// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/compare_model.h"

#include <QJsonObject>
#include <QStringList>

#include <algorithm>

#include "ui/models/path_facts.h"

namespace sightglass::ui {

namespace {

QString headingOf(ComparisonGroup group) {
    switch (group) {
    case ComparisonGroup::ResourceLabel:
        return QStringLiteral("Resource labels");
    case ComparisonGroup::PointLabel:
        return QStringLiteral("Point labels");
    default:
        return {};
    }
}

QString keyText(ComparisonGroup group, const std::string& key) {
    switch (group) {
    case ComparisonGroup::Type:
        return QStringLiteral("Type");
    case ComparisonGroup::Temporality:
        return QStringLiteral("Temporality");
    case ComparisonGroup::Unit:
        return QStringLiteral("Unit");
    case ComparisonGroup::Help:
        return QStringLiteral("Help");
    case ComparisonGroup::ResourceLabel:
    case ComparisonGroup::PointLabel:
        break;
    }
    return toText(key);
}

const char* groupName(ComparisonGroup group) {
    switch (group) {
    case ComparisonGroup::Type:
        return "type";
    case ComparisonGroup::Temporality:
        return "temporality";
    case ComparisonGroup::Unit:
        return "unit";
    case ComparisonGroup::Help:
        return "help";
    case ComparisonGroup::ResourceLabel:
        return "resource-label";
    case ComparisonGroup::PointLabel:
        break;
    }
    return "point-label";
}

bool isLost(const ComparedValue& reference, const ComparedValue& value, Agreement agreement) {
    return agreement == Agreement::Differs && reference.present && !value.present;
}

QString sameRows(int count) {
    return count == 1 ? QStringLiteral("1 same row") : QStringLiteral("%1 same rows").arg(count);
}

} // namespace

QString absentWord() {
    return QStringLiteral("missing");
}

bool CompareModel::Attribute::differs() const {
    return std::any_of(agreements.begin(), agreements.end(),
                       [](Agreement a) { return a == Agreement::Differs; });
}

bool CompareModel::Attribute::operator==(const Attribute& b) const {
    const auto sameValue = [](const ComparedValue& x, const ComparedValue& y) {
        return x.present == y.present && x.text == y.text && x.via == y.via;
    };
    return group == b.group && key == b.key && agreements == b.agreements &&
           std::equal(values.begin(), values.end(), b.values.begin(), b.values.end(), sameValue);
}

void CompareModel::show(std::shared_ptr<const Analysis> analysis,
                        std::shared_ptr<const Family> family, OriginId reference, OriginId other) {
    m_analysis = std::move(analysis);
    m_family = std::move(family);
    std::vector<Origin> paths;
    std::vector<Attribute> differing;
    std::vector<Attribute> same;
    if (m_family && m_analysis && !m_family->paths.empty()) {
        if (m_comparedCatalog != m_analysis->catalog) {
            m_comparedCatalog = m_analysis->catalog;
            m_comparer = comparerOf(*m_analysis);
        }
        const OriginId first = referencePath(*m_family, *m_comparer, reference);
        const auto pathOf = [&](OriginId id) {
            return std::find_if(m_family->paths.begin(), m_family->paths.end(),
                                [&](const FamilyPath& path) { return path.origin == id; });
        };
        const FamilyPath& base = *pathOf(first);
        std::vector<Comparison> comparisons;
        for (const FamilyPath& path : m_family->paths) {
            if (path.origin != first)
                comparisons.push_back(m_comparer->compare(base, path));
        }
        const auto differences = [](const Comparison& comparison) {
            return std::count_if(
                comparison.rows.begin(), comparison.rows.end(),
                [](const ComparisonRow& row) { return row.agreement == Agreement::Differs; });
        };
        // The path that the user picked, else the one that differs most, stands beside the
        // reference.
        auto beside = std::find_if(comparisons.begin(), comparisons.end(),
                                   [&](const Comparison& c) { return c.other == other; });
        if (beside == comparisons.end()) {
            beside = std::max_element(comparisons.begin(), comparisons.end(),
                                      [&](const Comparison& a, const Comparison& b) {
                                          return differences(a) < differences(b);
                                      });
        }
        if (beside != comparisons.end())
            std::rotate(comparisons.begin(), beside, beside + 1);

        const auto originOf = [&](OriginId id) {
            for (const CatalogOrigin& known : m_analysis->catalog->origins) {
                if (known.origin.id == id)
                    return known.origin;
            }
            return Origin{id, OriginKind::File, {}};
        };
        paths.push_back(originOf(first));
        std::vector<Attribute> all;
        for (const Comparison& comparison : comparisons)
            paths.push_back(originOf(comparison.other));
        for (std::size_t c = 0; c < comparisons.size(); ++c) {
            for (const ComparisonRow& row : comparisons[c].rows) {
                auto known = std::find_if(all.begin(), all.end(), [&](const Attribute& a) {
                    return a.group == row.group && a.key == row.key;
                });
                if (known == all.end()) {
                    Attribute attribute;
                    attribute.group = row.group;
                    attribute.key = row.key;
                    attribute.values.resize(paths.size());
                    attribute.agreements.resize(paths.size(), Agreement::Same);
                    known = all.insert(all.end(), std::move(attribute));
                }
                if (row.reference.present)
                    known->values[0] = row.reference;
                known->values[c + 1] = row.other;
                known->agreements[c + 1] = row.agreement;
            }
        }
        std::stable_sort(all.begin(), all.end(), [](const Attribute& a, const Attribute& b) {
            return a.group != b.group ? a.group < b.group : a.key < b.key;
        });
        for (Attribute& attribute : all)
            (attribute.differs() ? differing : same).push_back(std::move(attribute));
    }
    const auto ids = [](const std::vector<Origin>& list) {
        std::vector<OriginId> out;
        for (const Origin& origin : list)
            out.push_back(origin.id);
        return out;
    };
    // Most new analyses change nothing here: the user's selected rows must stay.
    if (ids(paths) == ids(m_paths) && differing == m_differing && same == m_same)
        return;
    const auto keys = [](const std::vector<Attribute>& list) {
        std::vector<std::pair<ComparisonGroup, std::string>> out;
        for (const Attribute& attribute : list)
            out.emplace_back(attribute.group, attribute.key);
        return out;
    };
    const bool sameShape = ids(paths) == ids(m_paths) && keys(differing) == keys(m_differing) &&
                           keys(same) == keys(m_same);
    if (!sameShape)
        beginResetModel();
    m_paths = std::move(paths);
    m_differing = std::move(differing);
    m_same = std::move(same);
    layOut();
    if (sameShape)
        emit dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
    else
        endResetModel();
}

void CompareModel::setFolded(bool folded) {
    if (folded == m_folded)
        return;
    const int fold = static_cast<int>(m_rows.size()) - 1;
    if (m_same.empty()) {
        m_folded = folded;
        return;
    }
    if (folded) {
        const auto at = std::find_if(m_rows.begin(), m_rows.end(),
                                     [](const Row& row) { return row.kind == RowKind::Fold; });
        const int first = static_cast<int>(at - m_rows.begin()) + 1;
        beginRemoveRows({}, first, fold);
        m_folded = true;
        layOut();
        endRemoveRows();
        emit dataChanged(index(first - 1, 0), index(first - 1, 0));
    } else {
        m_folded = false;
        std::vector<Row> before = m_rows;
        layOut();
        const int added = static_cast<int>(m_rows.size() - before.size());
        m_rows.swap(before);
        beginInsertRows({}, fold + 1, fold + added);
        m_rows.swap(before);
        endInsertRows();
        emit dataChanged(index(fold, 0), index(fold, 0));
    }
}

void CompareModel::appendRows(const std::vector<Attribute>& attributes) {
    QString heading;
    for (const Attribute& attribute : attributes) {
        const QString wanted = headingOf(attribute.group);
        if (wanted != heading && !wanted.isEmpty())
            m_rows.push_back({RowKind::Heading, wanted, nullptr});
        heading = wanted;
        m_rows.push_back({RowKind::Attribute, {}, &attribute});
    }
}

void CompareModel::layOut() {
    m_rows.clear();
    appendRows(m_differing);
    if (m_same.empty())
        return;
    m_rows.push_back({RowKind::Fold, {}, nullptr});
    if (!m_folded)
        appendRows(m_same);
}

int CompareModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int CompareModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : 1 + static_cast<int>(m_paths.size());
}

bool CompareModel::isWide(int column) const {
    return !isFurther(column) ||
           std::find(m_wide.begin(), m_wide.end(), pathOf(column).id) != m_wide.end();
}

void CompareModel::setWide(OriginId path, bool wide) {
    const auto known = std::find(m_wide.begin(), m_wide.end(), path);
    if ((known != m_wide.end()) == wide)
        return;
    if (wide)
        m_wide.push_back(path);
    else
        m_wide.erase(known);
    for (int column = FirstFurtherColumn; column < columnCount(); ++column) {
        if (pathOf(column).id != path)
            continue;
        emit headerDataChanged(Qt::Horizontal, column, column);
        if (rowCount() > 0)
            emit dataChanged(index(0, column), index(rowCount() - 1, column));
    }
}

Qt::ItemFlags CompareModel::flags(const QModelIndex& index) const {
    if (!index.isValid())
        return Qt::NoItemFlags;
    return m_rows[static_cast<std::size_t>(index.row())].kind == RowKind::Heading
               ? Qt::ItemIsEnabled
               : Qt::ItemIsEnabled | Qt::ItemIsSelectable;
}

QString CompareModel::cellText(const Attribute& attribute, std::size_t path) const {
    const ComparedValue& value = attribute.values[path];
    if (value.present) {
        return attribute.group == ComparisonGroup::Type ? typeInWords(value.text)
                                                        : toText(value.text).replace(u'\n', u' ');
    }
    // Both say nothing: there is nothing to miss.
    if (!attribute.differs())
        return {};
    return isLost(attribute.values[0], value, attribute.agreements[path]) ? absentWord()
                                                                          : QStringLiteral("none");
}

QVariant CompareModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const Row& row = m_rows[static_cast<std::size_t>(index.row())];
    if (role == KindRole)
        return static_cast<int>(row.kind);
    if (row.kind != RowKind::Attribute) {
        if (index.column() != KeyColumn)
            return {};
        const QString fold = sameRows(same());
        switch (role) {
        case Qt::DisplayRole:
            return row.kind == RowKind::Heading ? row.heading : fold;
        case Qt::AccessibleTextRole:
            if (row.kind == RowKind::Heading)
                return row.heading;
            return fold + (m_folded ? QStringLiteral(", folded") : QStringLiteral(", unfolded"));
        default:
            return {};
        }
    }
    const Attribute& attribute = *row.attribute;
    const QString key = keyText(attribute.group, attribute.key);
    if (role == SeverityRole) {
        if (!attribute.differs())
            return {};
        bool lost = false;
        for (std::size_t i = 1; i < attribute.values.size(); ++i)
            lost |= isLost(attribute.values[0], attribute.values[i], attribute.agreements[i]);
        const bool bad = attribute.group == ComparisonGroup::Type ||
                         (lost && attribute.group >= ComparisonGroup::ResourceLabel);
        return static_cast<int>(bad                                        ? Severity::Error
                                : attribute.group == ComparisonGroup::Help ? Severity::Note
                                                                           : Severity::Warning);
    }
    if (index.column() == KeyColumn) {
        switch (role) {
        case Qt::DisplayRole:
            return key;
        case Qt::ToolTipRole:
            return plainToolTip(key);
        case DiffersRole:
            return attribute.differs();
        case Qt::AccessibleTextRole: {
            QString text = key + QStringLiteral(": ");
            for (std::size_t i = 0; i < m_paths.size(); ++i) {
                const QString cell = cellText(attribute, i);
                text += QStringLiteral("%1%2 on path %3")
                            .arg(i == 0 ? QString() : QStringLiteral(", "),
                                 cell.isEmpty() ? QStringLiteral("nothing") : cell)
                            .arg(m_paths[i].id.value + 1);
            }
            return text;
        }
        default:
            return {};
        }
    }
    const auto path = static_cast<std::size_t>(index.column() - ReferenceColumn);
    const bool differs = attribute.agreements[path] == Agreement::Differs;
    switch (role) {
    case DiffersRole:
        return differs;
    case LostRole:
        return isLost(attribute.values[0], attribute.values[path], attribute.agreements[path]);
    case ValueRole:
        return cellText(attribute, path);
    case Qt::TextAlignmentRole:
        return isWide(index.column()) ? QVariant() : QVariant(int(Qt::AlignCenter));
    case WideRole:
        return isWide(index.column());
    case Qt::ToolTipRole: {
        QString text = cellText(attribute, path);
        const std::string& via = attribute.values[path].via;
        if (!via.empty())
            text += QStringLiteral("\n(found in %1, as the documented translation puts it)")
                        .arg(toText(via));
        return plainToolTip(text);
    }
    case Qt::AccessibleTextRole:
        return QStringLiteral("%1: %2").arg(key, cellText(attribute, path));
    case Qt::DisplayRole:
        if (!isWide(index.column()))
            return differs ? QStringLiteral("\u2260") : QStringLiteral("=");
        return cellText(attribute, path);
    default:
        return {};
    }
}

QVariant CompareModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section > static_cast<int>(m_paths.size()))
        return {};
    if (section == KeyColumn)
        return role == Qt::AccessibleTextRole ? QVariant(QStringLiteral("Attribute")) : QVariant();
    const Origin& origin = pathOf(section);
    const QString path =
        QStringLiteral("Path %1, %2").arg(origin.id.value + 1).arg(toText(origin.name()));
    switch (role) {
    case Qt::DisplayRole:
        return toText(origin.shortName());
    case Qt::ToolTipRole:
        return plainToolTip(!isFurther(section) ? path
                            : isWide(section)   ? path + QStringLiteral("\nA click narrows it")
                                                : path + QStringLiteral("\nA click widens it"));
    case Qt::AccessibleTextRole:
        return path + (section == ReferenceColumn ? QStringLiteral(", reference")
                       : isWide(section)          ? QString()
                                                  : QStringLiteral(", narrow"));
    case WideRole:
        return isWide(section);
    default:
        return {};
    }
}

std::vector<std::shared_ptr<const Finding>> CompareModel::findings() const {
    std::vector<std::shared_ptr<const Finding>> out;
    if (!m_family || !m_analysis)
        return out;
    const auto ofThisFamily = [&](const Finding& finding) {
        if (!finding.metric.empty())
            return finding.metric == m_family->name;
        // What a source lost as a whole, this family lost as well.
        return finding.origins.size() > 1 &&
               std::all_of(finding.origins.begin(), finding.origins.end(), [&](OriginId id) {
                   return std::any_of(m_paths.begin(), m_paths.end(),
                                      [&](const Origin& path) { return path.id == id; });
               });
    };
    for (const auto& finding : m_analysis->findings->findings) {
        if (!finding->resolved && ofThisFamily(*finding))
            out.push_back(finding);
    }
    std::stable_sort(out.begin(), out.end(),
                     [](const auto& a, const auto& b) { return a->severity > b->severity; });
    return out;
}

QString CompareModel::asText(const QVector<int>& rows) const {
    QStringList head{toText(m_family ? m_family->name : std::string())};
    for (const Origin& origin : m_paths)
        head.push_back(toText(origin.name()));
    QStringList lines{head.join(u'\t')};
    for (const int at : rows) {
        const Row& row = m_rows[static_cast<std::size_t>(at)];
        if (row.kind != RowKind::Attribute)
            continue;
        QStringList cells{keyText(row.attribute->group, row.attribute->key)};
        for (std::size_t i = 0; i < m_paths.size(); ++i)
            cells.push_back(cellText(*row.attribute, i));
        lines.push_back(cells.join(u'\t'));
    }
    return lines.join(u'\n') + u'\n';
}

QJsonArray CompareModel::asJson(const QVector<int>& rows) const {
    QJsonArray out;
    for (const int at : rows) {
        const Row& row = m_rows[static_cast<std::size_t>(at)];
        if (row.kind != RowKind::Attribute)
            continue;
        QJsonArray values;
        for (std::size_t i = 0; i < m_paths.size(); ++i) {
            const ComparedValue& value = row.attribute->values[i];
            QJsonObject said{
                {QStringLiteral("origin"), toText(m_paths[i].name())},
                {QStringLiteral("value"),
                 value.present ? QJsonValue(toText(value.text)) : QJsonValue()},
                {QStringLiteral("differs"), row.attribute->agreements[i] == Agreement::Differs}};
            if (!value.via.empty())
                said.insert(QStringLiteral("via"), toText(value.via));
            values.push_back(said);
        }
        out.push_back(QJsonObject{
            {QStringLiteral("metric"), toText(m_family->name)},
            {QStringLiteral("group"), QLatin1String(groupName(row.attribute->group))},
            {QStringLiteral("key"), toText(row.attribute->key)},
            {QStringLiteral("values"), values},
        });
    }
    return out;
}

} // namespace sightglass::ui
