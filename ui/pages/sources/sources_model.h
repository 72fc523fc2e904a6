// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QVector>

#include <optional>

#include "ui/bridge/engine_bridge.h"

namespace sightglass::ui {

/// Every receiver, target and path as a row. A target and the path it feeds are one row; OTLP and
/// dump paths have their own. Rows keep their places while they exist, so a selection stays on what
/// the user chose. GUI thread only.
class SourcesModel final : public QAbstractTableModel {
    Q_OBJECT
  public:
    enum Column {
        Source,
        Address,
        State,
        LastArrival,
        Rate,
        Series,
        Reach,
        LastError,
        columnCount_
    };
    enum class Kind { Receiver, Target, Path };
    enum class Health { Good, Bad, Waiting };
    struct Row {
        Kind kind = Kind::Path;
        QString key; ///< what makes it the same row in the next status
        QString source, address, state, lastError;
        Health health = Health::Waiting;
        std::optional<ReceiverKind> receiver;
        std::optional<int> path; ///< number in the circle
        TimeNs lastArrival = 0;
        double pointsPerSecond = 0;
        std::optional<quint64> series;
        TimeNs oldestSample = 0;    ///< how far back it reaches; 0: no sample
        quint64 evictedSamples = 0; ///< that made room for newer ones
    };

    explicit SourcesModel(EngineBridge& bridge, QObject* parent = nullptr);

    [[nodiscard]] const Row& row(int index) const { return m_rows[index]; }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

  private:
    void refresh();

    EngineBridge& m_bridge;
    QVector<Row> m_rows;
};

/// The rows of one status, receivers first, then targets, then other paths.
[[nodiscard]] QVector<SourcesModel::Row> sourceRows(const EngineStatus& status);

} // namespace sightglass::ui
