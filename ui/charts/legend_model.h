// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QSet>

#include <memory>

#include "ui/charts/plot_frame.h"

namespace sightglass::ui {

/// The rows under a chart: one a series, with what it did within the range. It is also the chart's
/// data for who cannot see it. Rows keep their place while the same series are drawn, so that
/// selection and sorting survive each new frame. GUI thread only.
class LegendModel final : public QAbstractTableModel {
    Q_OBJECT
  public:
    enum Column { Series, Last, Min, Max, Mean, ColumnCount };
    enum Role {
        SortRole = Qt::UserRole + 1, ///< a number or the name
        MutedRole,                   ///< bool
    };
    using QAbstractTableModel::QAbstractTableModel;

    void setFrame(std::shared_ptr<const PlotFrame> frame);
    /// Instead of "Series" over the first column; "" for that again.
    void setTitle(const QString& title);
    void setMuted(const QSet<std::uint32_t>& muted);
    /// The series of a row; null if there is no such row.
    [[nodiscard]] const PlotSeries* seriesAt(int row) const;
    /// -1 if the series is not shown.
    [[nodiscard]] int rowOf(SeriesId series) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

  private:
    [[nodiscard]] const UnitStyle& unitOf(const PlotSeries& series) const;
    [[nodiscard]] QString spoken(const PlotSeries& series) const;

    std::shared_ptr<const PlotFrame> m_frame;
    QSet<std::uint32_t> m_muted;
    QString m_title;
    bool m_anyLabels = false;
};

} // namespace sightglass::ui
