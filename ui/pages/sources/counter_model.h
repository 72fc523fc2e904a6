// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>

#include <vector>

#include "core/base/counters.h"

namespace sightglass::ui {

/// What Sightglass refused or lost: each described counter of these kinds that is not zero, with
/// its reason. Rows come in the registry's order and never go, as counters only rise. GUI thread
/// only.
class CounterModel final : public QAbstractTableModel {
    Q_OBJECT
  public:
    enum Column { Name, Reason, Value, Help, columnCount_ };

    using QAbstractTableModel::QAbstractTableModel;

    /// Shows all rows of a registry that count a refusal or a drop and are not zero.
    void show(const std::vector<CounterRegistry::Row>& rows);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

  private:
    std::vector<CounterRegistry::Row> m_rows;
};

} // namespace sightglass::ui
