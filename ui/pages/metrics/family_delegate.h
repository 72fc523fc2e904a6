// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>

#include "ui/look/theme.h"

namespace sightglass::ui {

/// Paints the explorer's rows of 28 px: services and paths on raised, groups with their count,
/// families with badges, name, mark and sparkline, and with unit and series count where there is
/// room. Child of the explorer; GUI thread only.
class FamilyDelegate : public QStyledItemDelegate {
    Q_OBJECT
  public:
    FamilyDelegate(const Theme& theme, QObject* parent);

    /// Whether rows leave room for two badges, so that names stand in one column.
    void setTwoBadges(bool two) { m_twoBadges = two; }

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

  private:
    void paintBackground(QPainter& painter, const QStyleOptionViewItem& option, bool raised) const;
    void paintHeading(QPainter& painter, const QStyleOptionViewItem& option,
                      const QModelIndex& index, bool top) const;
    void paintFamily(QPainter& painter, const QStyleOptionViewItem& option,
                     const QModelIndex& index) const;

    const Theme& m_theme;
    bool m_twoBadges = false;
};

} // namespace sightglass::ui
