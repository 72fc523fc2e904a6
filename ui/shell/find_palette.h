// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>
#include <QFrame>

#include <memory>

#include "ui/bridge/engine_bridge.h"
#include "ui/look/theme.h"
#include "ui/shell/find_index.h"

class QLineEdit;
class QListView;

namespace sightglass::ui {

class Label;

/// The hits as a list model. GUI thread only.
class FindModel final : public QAbstractListModel {
    Q_OBJECT
  public:
    using QAbstractListModel::QAbstractListModel;

    void setHits(QVector<FindHit> hits);
    [[nodiscard]] const FindHit& hit(int row) const { return m_hits[row]; }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;

  private:
    QVector<FindHit> m_hits;
};

/// The list under the find field: as one types, metrics, findings and labels; arrows choose, Enter
/// goes there, Esc puts it away. It lies over the pages inside the window and takes no focus from
/// the field. Child of the window; GUI thread only.
class FindPalette : public QFrame {
    Q_OBJECT
  public:
    FindPalette(EngineBridge& bridge, const Theme& theme, QLineEdit& field, QWidget& window);

    [[nodiscard]] QListView& list() const { return *m_list; }
    /// Empties the field and goes.
    void dismiss();

  signals:
    void chosen(const FindHit& hit);

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

  private:
    void search();
    void place();
    void move(int rows);
    void choose(const QModelIndex& index);

    EngineBridge& m_bridge;
    const Theme& m_theme;
    QLineEdit& m_field;
    std::unique_ptr<FindIndex> m_index;
    FindModel m_model;
    QListView* m_list;
    Label* m_nothing;
};

} // namespace sightglass::ui
