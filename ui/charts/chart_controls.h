// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <functional>

#include "ui/charts/chart_view.h"
#include "ui/look/theme.h"

class QMenu;
class QToolButton;

namespace sightglass::ui {

/// How one chart shows what it shows: kind, rate or increase or raw, log axis, and a menu with all
/// of that and more. What makes no difference to the metric shown is hidden. Where there is little
/// room only the menu stays. Follows one ChartView, which outlives it. GUI thread only.
class ChartControls : public QWidget {
    Q_OBJECT
  public:
    ChartControls(ChartView& chart, const Theme& theme, QWidget* parent = nullptr);

    /// The menu alone.
    void setCompact(bool compact);
    [[nodiscard]] int fullWidth() const;
    /// Called each time the menu opens, to put more below what is there.
    void setMoreActions(std::function<void(QMenu&)> add) { m_addMore = std::move(add); }
    /// The menu's entries, as it would open now.
    void fillMenu(QMenu& menu);

  private:
    void show();
    void change(const std::function<void(ChartSettings&)>& how);
    [[nodiscard]] bool hasBuckets() const;
    [[nodiscard]] ChartKind kindShown() const;
    void addKinds(QMenu& menu);
    void addShown(QMenu& menu);
    void addTopBy(QMenu& menu);

    ChartView& m_chart;
    const Theme& m_theme;
    QToolButton* m_kind;
    QToolButton* m_shown;
    QToolButton* m_log;
    QToolButton* m_more;
    bool m_compact = false;
    std::function<void(QMenu&)> m_addMore;
};

} // namespace sightglass::ui
