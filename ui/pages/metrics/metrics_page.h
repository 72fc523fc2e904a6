// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QStringList>
#include <QVector>
#include <QWidget>

#include "ui/bridge/engine_bridge.h"
#include "ui/look/theme.h"
#include "ui/models/selection.h"

class QSplitter;
class QStackedLayout;

namespace sightglass::ui {

class ComparePane;
class ExplorerPane;
class FindingsView;
class MetricView;
class StartCard;

/// The Metrics page: explorer at full height, the selected metric, Compare, and the findings drawer
/// under both; the start card as long as there is no data. Panes are made when the first data
/// comes. Child of the window; GUI thread only.
///
/// Widths follow the window until the user has moved a splitter. A pane that the user showed or hid
/// stays so; otherwise Compare comes with the second path and the drawer with the first error.
/// Under 1180 px (at 100 % text) Compare is a tab beside the legend, under 760 px of window height
/// the drawer shows only its header. The user's first press or key within the panes makes what is
/// selected theirs (Selection::userActed).
class MetricsPage : public QWidget {
    Q_OBJECT
  public:
    enum class Pane { Explorer, Compare, Drawer };

    MetricsPage(EngineBridge& bridge, Selection& selection, const Theme& theme,
                QWidget* parent = nullptr);

    /// False while the start card is shown.
    [[nodiscard]] bool hasData() const { return m_explorer != nullptr; }
    [[nodiscard]] bool isPaneShown(Pane pane) const;
    /// By the user: gives the pane the focus, too, when it is shown.
    void showPane(Pane pane, bool shown);
    /// The shown panes in reading order, for going around them by key.
    [[nodiscard]] QVector<QWidget*> panes() const;

    [[nodiscard]] ExplorerPane* explorer() const { return m_explorer; }
    [[nodiscard]] MetricView* metricView() const { return m_view; }
    [[nodiscard]] ComparePane* compare() const { return m_compare; }
    [[nodiscard]] FindingsView* drawer() const { return m_drawer; }
    [[nodiscard]] StartCard& startCard() const { return *m_start; }

    /// A family as a chart of its own (once there is data), or into the chart that is current.
    void addChart(const QString& family, bool ofItsOwn);
    /// What the user put on the page (ChartStack::save), or what is still to be restored.
    [[nodiscard]] QByteArray saveCharts() const;
    void restoreCharts(const QByteArray& charts);

    [[nodiscard]] QByteArray saveLayout() const;
    void restoreLayout(const QByteArray& layout);

  signals:
    void panesMade();
    void panesChanged(); ///< shown or hidden
    void addTargetWanted();
    void openDumpWanted();
    void demoWanted();

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

  private:
    enum class Shown { ByItself, Yes, No };

    void lookForData();
    void makePanes();
    void decideByItself();
    void arrange();
    void sizePanes();

    EngineBridge& m_bridge;
    Selection& m_selection;
    const Theme& m_theme;
    QStackedLayout* m_stack;
    StartCard* m_start;

    QSplitter* m_columns = nullptr; ///< explorer | the rest
    QSplitter* m_rows = nullptr;    ///< the upper part / drawer
    QSplitter* m_upper = nullptr;   ///< metric | Compare
    ExplorerPane* m_explorer = nullptr;
    MetricView* m_view = nullptr;
    ComparePane* m_compare = nullptr;
    FindingsView* m_drawer = nullptr;

    Shown m_explorerShown = Shown::ByItself;
    Shown m_compareShown = Shown::ByItself;
    Shown m_drawerShown = Shown::ByItself;
    bool m_hasSecondPath = false;                             ///< once true, stays
    bool m_hasError = false;                                  ///< once true, stays
    bool m_arrangedCompare = false, m_arrangedDrawer = false; ///< as last laid out
    bool m_compareIsTab = false;
    bool m_columnsMoved = false, m_rowsMoved = false, m_upperMoved = false; ///< by the user
    QByteArray m_layoutToRestore, m_chartsToRestore;
    QStringList m_chartsToAdd;
};

} // namespace sightglass::ui
