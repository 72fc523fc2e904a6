// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHeaderView>
#include <QStyledItemDelegate>
#include <QTableView>

#include "ui/look/theme.h"
#include "ui/models/compare_model.h"

namespace sightglass::ui {

/// The head of Compare's columns: the path's mark and name, below it what it is here; of a narrow
/// one only the mark. A line below the column that the keys stand in. Child of the table; GUI
/// thread only.
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
/// row open and close it; elsewhere Left and Right go by columns, and Enter or Space on a further
/// path's widens and narrows it, as a click on it or its head does. Ctrl+C and Ctrl+Shift+C copy
/// the selected rows, or all. The keys' column gives way first when columns are widened, then the
/// table scrolls. As high as its rows if there is room. Child of the Compare pane; GUI thread only.
class CompareTable : public QTableView {
    Q_OBJECT
  public:
    CompareTable(CompareModel& model, const Theme& theme, QWidget* parent);

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;
    void copyText();
    void copyJson();

  protected:
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

  private:
    void layOut();
    void spread();
    void toggle(const QModelIndex& index);
    void toggleWidth(int column);
    [[nodiscard]] bool isFold(const QModelIndex& index) const;
    [[nodiscard]] QVector<int> chosenRows() const;

    CompareModel& m_model;
    const Theme& m_theme;
};

} // namespace sightglass::ui
