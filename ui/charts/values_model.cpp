// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/values_model.h"

#include <QDateTime>
#include <QLocale>

#include <algorithm>
#include <limits>

namespace sightglass::ui {

namespace {

constexpr TimeNs never = std::numeric_limits<TimeNs>::min();

QString clockText(TimeNs time) {
    return formatClock(time) +
           QStringLiteral(".%1").arg(time % nsPerSecond / nsPerMs, 3, 10, QLatin1Char('0'));
}

} // namespace

void ValuesModel::setFrame(std::shared_ptr<const PlotFrame> frame,
                           const QSet<std::uint32_t>& muted) {
    beginResetModel();
    m_frame = std::move(frame);
    m_series.clear();
    m_rows.clear();
    if (m_frame) {
        std::vector<TimeNs> newest(static_cast<std::size_t>(m_frame->columns), never);
        for (std::size_t i = 0; i < m_frame->series.size(); ++i) {
            const PlotSeries& series = m_frame->series[i];
            if (muted.contains(series.id.value))
                continue;
            m_series.push_back(static_cast<int>(i));
            for (const PlotColumn& c : series.columns) {
                if (c.column < 0 || c.column >= m_frame->columns)
                    continue;
                TimeNs& time = newest[static_cast<std::size_t>(c.column)];
                time = std::max(time, c.lastTime);
            }
        }
        for (int c = m_frame->columns; c-- > 0;) {
            if (const TimeNs time = newest[static_cast<std::size_t>(c)]; time != never)
                m_rows.push_back({c, time});
        }
    }
    endResetModel();
}

TimeNs ValuesModel::timeAt(int row) const {
    return row < 0 || row >= rowCount() ? 0 : m_rows[static_cast<std::size_t>(row)].time;
}

int ValuesModel::rowNearest(TimeNs time) const {
    if (m_rows.empty())
        return -1;
    const auto after = std::lower_bound(m_rows.begin(), m_rows.end(), time,
                                        [](const Row& row, TimeNs t) { return row.time > t; });
    if (after == m_rows.end())
        return rowCount() - 1;
    const auto at = static_cast<int>(after - m_rows.begin());
    return at > 0 && timeAt(at - 1) - time < time - after->time ? at - 1 : at;
}

const PlotColumn* ValuesModel::cell(int row, int section) const {
    if (row < 0 || row >= rowCount() || section < 1 || section >= columnCount())
        return nullptr;
    const auto& columns =
        m_frame->series[static_cast<std::size_t>(m_series[static_cast<std::size_t>(section - 1)])]
            .columns;
    const int wanted = m_rows[static_cast<std::size_t>(row)].column;
    const auto at =
        std::lower_bound(columns.begin(), columns.end(), wanted,
                         [](const PlotColumn& c, int column) { return c.column < column; });
    return at != columns.end() && at->column == wanted ? &*at : nullptr;
}

QString ValuesModel::title(int section) const {
    const PlotSeries& series =
        m_frame->series[static_cast<std::size_t>(m_series[static_cast<std::size_t>(section - 1)])];
    QString text = QStringLiteral("path %1 %2").arg(series.path).arg(series.pathName);
    if (m_frame->families.size() > 1)
        text.prepend(m_frame->families[series.family] + QStringLiteral(", "));
    if (!series.labels.isEmpty())
        text += QStringLiteral(", ") + series.labels;
    return text;
}

QString ValuesModel::asText(const std::vector<int>& rows) const {
    if (!m_frame)
        return {};
    QStringList lines;
    QStringList cells{QStringLiteral("time")};
    for (int section = 1; section < columnCount(); ++section)
        cells << title(section).replace(u'\t', u' ');
    lines << cells.join(u'\t');
    for (const int row : rows) {
        cells = {QDateTime::fromMSecsSinceEpoch(timeAt(row) / nsPerMs, Qt::UTC)
                     .toString(Qt::ISODateWithMs)};
        for (int section = 1; section < columnCount(); ++section) {
            const PlotColumn* at = cell(row, section);
            cells << (at != nullptr ? QString::number(at->last, 'g', QLocale::FloatingPointShortest)
                                    : QString());
        }
        lines << cells.join(u'\t');
    }
    return lines.join(u'\n') + u'\n';
}

int ValuesModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int ValuesModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() || !m_frame ? 0 : static_cast<int>(m_series.size()) + 1;
}

QVariant ValuesModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount() || index.column() >= columnCount())
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::Alignment(
            Qt::AlignVCenter | (index.column() == 0 ? Qt::AlignLeft : Qt::AlignRight)));
    if (index.column() == 0)
        return role == Qt::DisplayRole ? QVariant(clockText(timeAt(index.row()))) : QVariant();
    const PlotColumn* at = cell(index.row(), index.column());
    const PlotSeries& series = m_frame->series[static_cast<std::size_t>(
        m_series[static_cast<std::size_t>(index.column() - 1)])];
    const UnitStyle& unit =
        series.axis == 1 && m_frame->rightUnit ? *m_frame->rightUnit : m_frame->unit;
    switch (role) {
    case Qt::DisplayRole:
        return at != nullptr ? formatValue(at->last, unit) : QString();
    case Qt::ToolTipRole:
        if (at == nullptr)
            return {};
        return at->count > 1
                   ? tr("%1, the last of %2 points").arg(formatExact(at->last, unit)).arg(at->count)
                   : formatExact(at->last, unit);
    case Qt::AccessibleTextRole:
        return at != nullptr ? formatValue(at->last, unit) : tr("no point");
    default:
        return {};
    }
}

QVariant ValuesModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount())
        return {};
    switch (role) {
    case Qt::DisplayRole:
    case Qt::AccessibleTextRole:
    case Qt::ToolTipRole:
        return section == 0 ? tr("Time") : title(section);
    case SeriesRole:
        return section == 0 ? -1 : m_series[static_cast<std::size_t>(section - 1)];
    default:
        return {};
    }
}

} // namespace sightglass::ui
