// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHeaderView>
#include <QStyledItemDelegate>
#include <QTableView>

#include "ui/look/theme.h"
#include "ui/models/compare_model.h"

namespace sightglass::ui {

/// The head of Compare's columns: the path's mark and name, below it what it is here. A click on a
/// further path asks to read it against the reference. Child of the table; GUI thread only.
class CompareHeader : public QHeaderView {
    Q_OBJECT
  public:
    CompareHeader(const Theme& theme, QWidget* parent);

    [[nodiscard]] QSize sizeHint() const override;

  protected:
    void paintSection(QPainter* painter, const QRect& rect, int section) const override;
    void paintEvent(QPaintEvent* event) override;

  private:
    const Theme& m_theme;
};

/// Paints Compare's rows: keys, values in mono, tinted where they differ, lost labels as chips, a
/// bar at the left of rows that differ. Child of the table; GUI thread only.
class CompareDelegate : public QStyledItemDelegate {
    Q_OBJECT
  public:
    CompareDelegate(const Theme& theme, QObject* parent);

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;

  private:
    const Theme& m_theme;
};

/// The rows of Compare with their folding and their keys: Enter, Space, Left and Right on the fold
/// row open and close it; Ctrl+C and Ctrl+Shift+C copy the selected rows, or all. As high as its
/// rows if there is room. Child of the Compare pane; GUI thread only.
class CompareTable : public QTableView {
    Q_OBJECT
  public:
    CompareTable(CompareModel& model, const Theme& theme, QWidget* parent);

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;
    void copyText();
    void copyJson();

  signals:
    void pathClicked(OriginId origin); ///< a further path's column

  protected:
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    void layOut();
    void spread();
    void toggle(const QModelIndex& index);
    [[nodiscard]] bool isFold(const QModelIndex& index) const;
    [[nodiscard]] QVector<int> chosenRows() const;

    CompareModel& m_model;
    const Theme& m_theme;
};

} // namespace sightglass::ui
