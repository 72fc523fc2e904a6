// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/sources/counter_model.h"

#include <QStringList>

#include <algorithm>
#include <utility>

#include "ui/look/format.h"

namespace sightglass::ui {

namespace {

QString reasonOf(const CounterRegistry::Labels& labels) {
    QStringList words;
    for (const auto& [key, value] : labels)
        words << QString::fromStdString(key) + '=' + QString::fromStdString(value);
    return words.join(QStringLiteral(", "));
}

} // namespace

void CounterModel::show(const std::vector<CounterRegistry::Row>& rows) {
    std::vector<CounterRegistry::Row> shown;
    std::copy_if(rows.begin(), rows.end(), std::back_inserter(shown),
                 [](const auto& row) { return row.kind != CounterKind::Traffic && row.value > 0; });
    const bool sameRows = std::equal(
        shown.begin(), shown.end(), m_rows.begin(), m_rows.end(),
        [](const auto& a, const auto& b) { return a.name == b.name && a.labels == b.labels; });
    if (!sameRows) {
        beginResetModel();
        m_rows = std::move(shown);
        endResetModel();
        return;
    }
    const bool sameValues =
        std::equal(shown.begin(), shown.end(), m_rows.begin(),
                   [](const auto& a, const auto& b) { return a.value == b.value; });
    if (sameValues)
        return;
    m_rows = std::move(shown);
    emit dataChanged(index(0, Value), index(rowCount() - 1, Value));
}

int CounterModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int CounterModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : columnCount_;
}

QVariant CounterModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const CounterRegistry::Row& row = m_rows[static_cast<std::size_t>(index.row())];
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::AlignVCenter |
                                   (index.column() == Value ? Qt::AlignRight : Qt::AlignLeft));
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole && role != Qt::AccessibleTextRole)
        return {};
    switch (index.column()) {
    case Name:
        return QString::fromStdString(row.name);
    case Reason:
        return reasonOf(row.labels);
    case Value:
        return formatCount(row.value);
    case Help:
        return QString::fromStdString(row.help);
    default:
        return {};
    }
}

QVariant CounterModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::AlignVCenter |
                                   (section == Value ? Qt::AlignRight : Qt::AlignLeft));
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name:
        return tr("Counter");
    case Reason:
        return tr("Reason");
    case Value:
        return tr("Value");
    case Help:
        return tr("Meaning");
    default:
        return {};
    }
}

} // namespace sightglass::ui
