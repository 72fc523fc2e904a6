// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>

#include "ui/look/theme.h"

namespace sightglass::ui {

/// Paints the findings list: groups with their rule in semi-bold, findings set in below them, the
/// paths as marks, resolved ones faint. Child of a findings view; GUI thread only.
class FindingDelegate : public QStyledItemDelegate {
    Q_OBJECT
  public:
    FindingDelegate(const Theme& theme, QObject* parent);

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

    /// Where the arrow of a group ends, in the first column.
    [[nodiscard]] int arrowWidth() const;

  private:
    void paintFirst(QPainter& painter, const QStyleOptionViewItem& option, const QModelIndex& index,
                    const QColor& ink) const;
    void paintPaths(QPainter& painter, const QRect& cell, const QModelIndex& index) const;

    const Theme& m_theme;
};

} // namespace sightglass::ui
