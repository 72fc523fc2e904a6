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

class QLabel;
class QTreeView;

namespace sightglass::ui {

class FamilyDelegate;
class FilterField;

/// What to draw beside the rows in view: a number series a family.
struct SparklineRequest {
    struct Subject {
        QString family;
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

  public slots:
    void focusFilter();
    void copyName(); ///< of the current row
    void copyJson();

  protected:
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void filter();
    void activate(const QModelIndex& index);
    void toggle(const QModelIndex& index);
    [[nodiscard]] bool isUnfolded(const QModelIndex& index) const;
    void markSelected(bool scroll);
    void rememberView();
    void restoreView();
    void openNew(const QModelIndex& parent, int first, int last);
    void showMenu(const QPoint& at);
    void retheme();
    void askSparklines();

    EngineBridge& m_bridge;
    Selection& m_selection;
    const Theme& m_theme;
    FamilyModel m_model;
    FilterField* m_filter = nullptr;
    QLabel* m_grouping = nullptr;
    QLabel* m_nothing = nullptr;
    QTreeView* m_tree = nullptr;
    FamilyDelegate* m_delegate = nullptr;
    QTimer m_filterDelay;
    QTimer m_sparklineDelay;
    QSet<QString> m_closed; ///< services and groups that the user folded
    bool m_restoring = false;
    QString m_keptCurrent; ///< across a reset of the model
    QString m_keptTop;
    LatestJob<SparklineRequest, Sparklines> m_sparklines;
};

} // namespace sightglass::ui
