// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>
#include <QFrame>

#include <memory>

#include "ui/bridge/engine_bridge.h"
#include "ui/bridge/latest_job.h"
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
/// the field. Where there is much to look through a worker does it, and the list shows what was
/// found before until then; Enter waits for it. Child of the window; GUI thread only.
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
    struct Request {
        std::shared_ptr<const Analysis> analysis;
        QString query;
    };
    struct Answer {
        QString query;
        QVector<FindHit> hits;
    };

    [[nodiscard]] Answer find(const Request& request);
    void search();
    void showHits(Answer answer);
    void place();
    void move(int rows);
    void choose(const QModelIndex& index);

    EngineBridge& m_bridge;
    const Theme& m_theme;
    QLineEdit& m_field;
    FindModel m_model;
    QListView* m_list;
    Label* m_nothing;
    bool m_chooseFirst = false;               ///< Enter came before the hits
    std::unique_ptr<const FindIndex> m_index; ///< the worker's while it is busy
    LatestJob<Request, Answer> m_job;
};

} // namespace sightglass::ui
