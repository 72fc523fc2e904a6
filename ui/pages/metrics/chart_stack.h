// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QStringList>
#include <QVector>
#include <QWidget>

#include <memory>
#include <optional>

#include "ui/bridge/engine_bridge.h"
#include "ui/look/theme.h"
#include "ui/models/selection.h"
#include "ui/pages/metrics/chart_pane.h"

class QMenu;
class QScrollArea;
class QSplitter;

namespace sightglass::ui {

/// The charts of the Metrics page, one under the other, on one time axis and with one crosshair.
/// The first follows the selection and always stays; the others show what the user put there, by
/// dragging a metric between two charts (a chart of its own) or onto one (into it), or by key and
/// menu. A metric that is not there yet is waited for. What the user put together survives as
/// save() and restore(). Child of MetricView; GUI thread only; all references outlive it.
class ChartStack : public QWidget {
    Q_OBJECT
  public:
    ChartStack(EngineBridge& bridge, Selection& selection, const Theme& theme,
               QWidget* parent = nullptr);
    ~ChartStack() override;

    [[nodiscard]] ChartPane& first() const { return *m_panes.front(); }
    [[nodiscard]] const QVector<ChartPane*>& panes() const { return m_panes; }
    /// The chart whose lines the legend lists: the one last pressed or focused.
    [[nodiscard]] ChartPane& current() const { return *m_current; }

    /// What the first chart shows; `finding` is its worst one in words. Another family than before
    /// is shown alone, but with what restore() brought if it is the one that was shown then.
    void follow(const QString& family, const QString& finding);

    /// A chart of its own, at the end or at place `at` (from 1). It becomes the current one. Null
    /// if there are as many as there may be.
    ChartPane* addChart(const QStringList& families, int at = -1);
    /// One more family in a chart; it is there once only.
    void addTo(ChartPane& pane, const QString& family);
    void takeFrom(ChartPane& pane, const QString& family);
    /// The first chart cannot be removed.
    void remove(ChartPane& pane);
    /// Up (-1) or down (1); the first chart stays where it is.
    void move(ChartPane& pane, int by);

    [[nodiscard]] QByteArray save() const;
    void restore(const QByteArray& saved);

    static constexpr int chartsMost = 12;

  signals:
    void chartsChanged(); ///< came, went, moved, or one shows other families
    void currentChanged();

  protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragMoveEvent(QDragMoveEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    class DropMark;
    /// Where a drop would go: into `pane`, or, if that is null, to place `at`.
    struct Target {
        ChartPane* pane = nullptr;
        int at = 0;
        QRect mark; ///< in our coordinates
    };

    ChartPane& makePane(ChartPane::Head head, int at);
    void refresh();
    void refresh(ChartPane& pane, const Analysis& analysis);
    void setCurrent(ChartPane& pane);
    void nameTimes();
    void shareTime();
    void shareSides();
    void changed();
    void fillMenu(ChartPane& pane, QMenu& menu);
    [[nodiscard]] Target targetAt(QPoint at) const;
    [[nodiscard]] QRect rectOf(const ChartPane& pane) const;

    EngineBridge& m_bridge;
    Selection& m_selection;
    const Theme& m_theme;
    QScrollArea* m_scroll;
    QSplitter* m_splitter;
    QVector<ChartPane*> m_panes;
    ChartPane* m_current = nullptr;
    QStringList m_restored; ///< of the first chart, until its first family is selected
    QString m_finding;
    DropMark* m_mark;
    ChartCanvas::Sides m_sides;
};

} // namespace sightglass::ui
