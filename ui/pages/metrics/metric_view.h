// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <memory>

#include "core/diagnose/comparison.h"
#include "ui/bridge/engine_bridge.h"
#include "ui/charts/chart_view.h"
#include "ui/look/theme.h"
#include "ui/models/path_facts.h"
#include "ui/models/selection.h"

class QHBoxLayout;
class QStackedWidget;
class QTabBar;
class QToolButton;
class QVBoxLayout;

namespace sightglass::ui {

class FindingStrip;
class Label;
class LegendTable;

/// The middle of the Metrics page: subject, help, what is wrong with it, chart and legend of the
/// selected family. Follows the Selection and the engine's analysis; takes no focus and selects
/// nothing by itself. GUI thread only; all references outlive it.
class MetricView : public QWidget {
    Q_OBJECT
  public:
    MetricView(EngineBridge& bridge, Selection& selection, const Theme& theme,
               QWidget* parent = nullptr);
    ~MetricView() override;

    [[nodiscard]] ChartView& chart() const { return *m_chart; }
    [[nodiscard]] const FindingStrip& strip() const { return *m_strip; }

    /// Puts a widget into a tab beside the legend, where there is no room for a pane of its own;
    /// null takes it out again, for the caller to put elsewhere.
    void setTab(QWidget* widget, const QString& title);
    [[nodiscard]] bool hasTab() const { return m_tab != nullptr; }
    /// Brings the tab to the front, if there is one.
    void showTab();

  signals:
    void howToMendRequested();

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    class Badges;

    void refresh();
    void showFrame();
    void applyTheme();
    void sizeLower();
    [[nodiscard]] std::shared_ptr<const Family> family(const Analysis& analysis) const;

    EngineBridge& m_bridge;
    Selection& m_selection;
    const Theme& m_theme;
    std::shared_ptr<const CatalogSnapshot> m_compared; ///< what m_comparer was made from
    std::shared_ptr<const PathComparer> m_comparer;

    Label* m_name = nullptr;
    Badges* m_badges = nullptr;
    Label* m_unit = nullptr;
    QToolButton* m_rawSwitch = nullptr;
    Label* m_help = nullptr;
    FindingStrip* m_strip = nullptr;
    ChartView* m_chart = nullptr;
    QTabBar* m_tabs = nullptr;
    QStackedWidget* m_lower = nullptr;
    LegendTable* m_legend = nullptr;
    QWidget* m_tab = nullptr; ///< not ours
    QVBoxLayout* m_head = nullptr;
    QHBoxLayout* m_subject = nullptr;
};

} // namespace sightglass::ui
