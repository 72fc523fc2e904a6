// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/legend_model.h"

#include <algorithm>
#include <cmath>

#include "ui/look/marks.h"

namespace sightglass::ui {

namespace {

double numberOf(const PlotSeries& series, int column) {
    switch (column) {
    case LegendModel::Last:
        return series.last;
    case LegendModel::Min:
        return series.min;
    case LegendModel::Max:
        return series.max;
    default:
        return series.mean;
    }
}

} // namespace

void LegendModel::setFrame(std::shared_ptr<const PlotFrame> frame) {
    const bool sameRows =
        frame && m_frame && frame->families == m_frame->families &&
        std::equal(frame->series.begin(), frame->series.end(), m_frame->series.begin(),
                   m_frame->series.end(),
                   [](const PlotSeries& a, const PlotSeries& b) { return a.id == b.id; });
    const auto adopt = [&] {
        m_frame = std::move(frame);
        m_anyLabels = m_frame && std::any_of(m_frame->series.begin(), m_frame->series.end(),
                                             [](const auto& s) { return !s.labels.isEmpty(); });
    };
    if (sameRows) {
        adopt();
        if (rowCount() > 0)
            emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
        return;
    }
    beginResetModel();
    adopt();
    endResetModel();
    emit headerDataChanged(Qt::Horizontal, 0, 0);
}

void LegendModel::setTitle(const QString& title) {
    m_title = title;
    emit headerDataChanged(Qt::Horizontal, 0, 0);
}

const UnitStyle& LegendModel::unitOf(const PlotSeries& series) const {
    return series.axis == 1 && m_frame->rightUnit ? *m_frame->rightUnit : m_frame->unit;
}

void LegendModel::setMuted(const QSet<std::uint32_t>& muted) {
    m_muted = muted;
    if (rowCount() > 0)
        emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

const PlotSeries* LegendModel::seriesAt(int row) const {
    if (!m_frame || row < 0 || row >= rowCount())
        return nullptr;
    return &m_frame->series[static_cast<std::size_t>(row)];
}

int LegendModel::rowOf(SeriesId series) const {
    for (int row = 0; row < rowCount(); ++row) {
        if (seriesAt(row)->id == series)
            return row;
    }
    return -1;
}

int LegendModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || !m_frame ? 0 : static_cast<int>(m_frame->series.size());
}

int LegendModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant LegendModel::data(const QModelIndex& index, int role) const {
    const PlotSeries* series = seriesAt(index.row());
    if (series == nullptr)
        return {};
    const bool isName = index.column() == Series;
    switch (role) {
    case Qt::DisplayRole:
        if (isName) {
            if (m_frame->families.size() > 1) {
                QString name = m_frame->families[series->family];
                name += QStringLiteral(", ") +
                        (series->labels.isEmpty() ? series->pathName : series->labels);
                return series->axis == 1 ? tr("%1 (right axis)").arg(name) : name;
            }
            if (!m_anyLabels)
                return series->pathName;
            return series->labels.isEmpty() ? QStringLiteral("{}") : series->labels;
        }
        return series->count > 0 ? formatValue(numberOf(*series, index.column()), unitOf(*series))
                                 : QStringLiteral("\u2013");
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(
            Qt::Alignment(Qt::AlignVCenter | (isName ? Qt::AlignLeft : Qt::AlignRight)));
    case Qt::ToolTipRole:
        if (isName)
            return spoken(*series);
        return series->count > 0 ? formatExact(numberOf(*series, index.column()), unitOf(*series))
                                 : QString();
    case Qt::AccessibleTextRole:
        return isName ? spoken(*series) : data(index, Qt::DisplayRole);
    case SortRole:
        if (isName)
            return QStringLiteral("%1 %2 %3")
                .arg(series->family, 3)
                .arg(series->labels)
                .arg(series->path, 6);
        return series->count > 0 ? numberOf(*series, index.column()) : -HUGE_VAL;
    case MutedRole:
        return m_muted.contains(series->id.value);
    default:
        return {};
    }
}

QString LegendModel::spoken(const PlotSeries& series) const {
    QString text = tr("%1 on path %2, %3")
                       .arg(typeText(series.type, series.monotonic))
                       .arg(series.path)
                       .arg(series.pathName);
    if (!series.labels.isEmpty())
        text += QStringLiteral(", ") + series.labels;
    if (series.shown == Shown::Rate)
        text += tr(", rate per second");
    else if (series.shown == Shown::Increase)
        text += tr(", increase");
    if (m_muted.contains(series.id.value))
        text += tr(", muted");
    return text;
}

QVariant LegendModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(
            Qt::Alignment(Qt::AlignVCenter | (section == Series ? Qt::AlignLeft : Qt::AlignRight)));
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Series:
        if (!m_title.isEmpty())
            return m_title;
        return m_anyLabels ? tr("Series") : tr("Path");
    case Last:
        return tr("Last");
    case Min:
        return tr("Min");
    case Max:
        return tr("Max");
    default:
        return tr("Mean");
    }
}

} // namespace sightglass::ui
