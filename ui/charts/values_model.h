// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QSet>

#include <memory>
#include <vector>

#include "ui/charts/plot_frame.h"

namespace sightglass::ui {

/// The numbers behind a chart: a row a time, newest first; a column a series. Where points lie
/// closer than pixels a row is a pixel column and says its last values, so there are never more
/// rows than the chart is wide, however many points it shows. A view of one PlotFrame: it reads
/// nothing itself. GUI thread only.
class ValuesModel final : public QAbstractTableModel {
    Q_OBJECT
  public:
    using QAbstractTableModel::QAbstractTableModel;
    enum Role { SeriesRole = Qt::UserRole + 1 }; ///< of a header: index into PlotFrame::series

    void setFrame(std::shared_ptr<const PlotFrame> frame, const QSet<std::uint32_t>& muted);
    [[nodiscard]] const std::shared_ptr<const PlotFrame>& frame() const { return m_frame; }
    /// Time of a row: that of its newest point.
    [[nodiscard]] TimeNs timeAt(int row) const;
    /// The row nearest to a time; -1 without rows.
    [[nodiscard]] int rowNearest(TimeNs time) const;
    /// Rows as tab-separated text with a line of titles: times as ISO 8601 in UTC, values with
    /// every digit, nothing where a series has no point.
    [[nodiscard]] QString asText(const std::vector<int>& rows) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

  private:
    struct Row {
        int column;
        TimeNs time;
    };
    [[nodiscard]] const PlotColumn* cell(int row, int section) const;
    [[nodiscard]] QString title(int section) const;

    std::shared_ptr<const PlotFrame> m_frame;
    std::vector<int> m_series; ///< shown, as indices into the frame's
    std::vector<Row> m_rows;
};

} // namespace sightglass::ui
