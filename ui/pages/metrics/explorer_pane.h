// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPersistentModelIndex>
#include <QSet>
#include <QTimer>
#include <QWidget>

#include <memory>
#include <utility>
#include <vector>

#include "ui/bridge/engine_bridge.h"
#include "ui/bridge/latest_job.h"
#include "ui/look/theme.h"
#include "ui/models/family_model.h"
#include "ui/models/selection.h"

class QActionGroup;
class QLabel;
class QToolButton;

namespace sightglass::ui {

class ExplorerTree;
class FamilyDelegate;
class FilterField;

/// What to draw beside the rows in view: a number series a family.
struct SparklineRequest {
    struct Subject {
        QString family; ///< or another key of whoever asks
        MetricId metric;
        Field field = Field::Value;
        bool rate = false;
    };
    std::vector<Subject> subjects;
    TimeRange range;
};
using Sparklines = std::vector<std::pair<QString, QVector<float>>>;

/// The first series of each subject as up to 24 values between 0 and 1; gaps are NaN. Takes the
/// reader's time, not the caller's: for a worker thread.
[[nodiscard]] Sparklines readSparklines(const SeriesReader& reader,
                                        const SparklineRequest& request);

/// The list of what exists, at the left of the Metrics page. A click or Enter selects a family for
/// the whole window; arrows move without selecting. It follows the Selection and the engine's
/// analysis, and takes neither focus nor scroll position while it does. GUI thread only.
class ExplorerPane : public QWidget {
    Q_OBJECT
  public:
    ExplorerPane(EngineBridge& bridge, Selection& selection, const Theme& theme,
                 QWidget* parent = nullptr);
    ~ExplorerPane() override;

    void show(std::shared_ptr<const Analysis> analysis);
    using QWidget::show;

    [[nodiscard]] FamilyModel& model() { return m_model; }
    [[nodiscard]] Grouping grouping() const { return m_model.grouping(); }
    void setGrouping(Grouping grouping);

  public slots:
    void focusFilter();
    void copyName(); ///< of the current row
    void copyJson();

  signals:
    /// The user wants a family in a chart of its own, or in the current chart.
    void chartWanted(const QString& family, bool ofItsOwn);
    void groupingChanged(); ///< by the user or by setGrouping()

  protected:
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void filter();
    void activate(const QModelIndex& index);
    void toggle(const QModelIndex& index);
    [[nodiscard]] bool isUnfolded(const QModelIndex& index) const;
    [[nodiscard]] bool shouldOpen(const QModelIndex& branch) const;
    [[nodiscard]] QModelIndex selectedRow() const;
    void markSelected(bool scroll);
    void reveal(const QModelIndex& index);
    void rememberView();
    void showRows(const QModelIndexList& added);
    void showMenu(const QPoint& at);
    void retheme();
    void askSparklines();

    EngineBridge& m_bridge;
    Selection& m_selection;
    const Theme& m_theme;
    FamilyModel m_model;
    FilterField* m_filter = nullptr;
    QToolButton* m_grouping = nullptr;
    QActionGroup* m_groupings = nullptr;
    QLabel* m_nothing = nullptr;
    ExplorerTree* m_tree = nullptr;
    FamilyDelegate* m_delegate = nullptr;
    QTimer m_sparklineDelay;
    QSet<QString> m_opened, m_closed; ///< branches that the user opened and folded, by key
    bool m_arranging = false;         ///< what opens and closes now is not the user's doing

    // The view before the rows changed.
    QString m_keptCurrent;           ///< the family that the keys stood on
    QPersistentModelIndex m_keptTop; ///< the first family in view
    int m_keptTopY = 0;
    QString m_shownFilter;
    Grouping m_shownGrouping = Grouping::Service;
    LatestJob<SparklineRequest, Sparklines> m_sparklines;
};

} // namespace sightglass::ui
