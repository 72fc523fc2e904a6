// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
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
class QVBoxLayout;

namespace sightglass::ui {

class ChartControls;
class ChartPane;
class ChartStack;
class FindingStrip;
class Label;
class LegendTable;
class TypeBadges;

/// The middle of the Metrics page: subject, help, what is wrong with it, the charts, and the legend
/// of the current one. Follows the Selection and the engine's analysis; takes no focus and selects
/// nothing by itself. In a low window the legend, then help and strip give way to the charts.
/// GUI thread only; all references outlive it.
class MetricView : public QWidget {
    Q_OBJECT
  public:
    MetricView(EngineBridge& bridge, Selection& selection, const Theme& theme,
               QWidget* parent = nullptr);
    ~MetricView() override;

    /// The chart of the selected family.
    [[nodiscard]] ChartView& chart() const;
    [[nodiscard]] ChartStack& charts() const { return *m_charts; }
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
    void refresh();
    void showFrame();
    void showCharts();
    void showLegend();
    void fitSubject();
    void applyTheme();
    void sizeLower();

    EngineBridge& m_bridge;
    Selection& m_selection;
    const Theme& m_theme;
    std::shared_ptr<const CatalogSnapshot> m_compared; ///< what m_comparer was made from
    std::shared_ptr<const PathComparer> m_comparer;

    Label* m_name = nullptr;
    TypeBadges* m_badges = nullptr;
    Label* m_unit = nullptr;
    Label* m_help = nullptr;
    FindingStrip* m_strip = nullptr;
    ChartStack* m_charts = nullptr;
    QTabBar* m_tabs = nullptr;
    QStackedWidget* m_lower = nullptr;
    QStackedWidget* m_legends = nullptr; ///< one a chart
    QHash<ChartPane*, LegendTable*> m_legendOf;
    QWidget* m_tab = nullptr; ///< not ours
    QVBoxLayout* m_head = nullptr;
    QHBoxLayout* m_subject = nullptr;
};

} // namespace sightglass::ui
