// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QTimer>

#include <memory>
#include <utility>
#include <vector>

#include "ui/bridge/engine_bridge.h"
#include "ui/bridge/latest_job.h"
#include "ui/models/selection.h"

namespace sightglass::ui {

/// Families that a path wrongly says are counters, with the metrics that say so.
struct FalseCounters {
    std::vector<std::pair<QString, MetricId>> suspects;
    TimeRange range;
};

/// The suspect whose counter falls most often, which a true one does only at restarts; "" if none
/// fell. For a worker thread.
[[nodiscard]] QString mostFalseResets(const SeriesReader& reader, const FalseCounters& counters);

/// Suggests what to look at until the user chooses: the first metric, then the one with the worst
/// finding, then, among metrics whose type is wrong, the one that it harms most. Each step is taken
/// once, so the window settles at once. GUI thread only.
class FirstSelection : public QObject {
    Q_OBJECT
  public:
    FirstSelection(EngineBridge& bridge, Selection& selection, QObject* parent = nullptr);

    void show(const std::shared_ptr<const Analysis>& analysis);

  private:
    enum class Step { Nothing, Metric, Note, Warning, Error, Harm };
    void suggest(Step step, const QString& family);
    void lookForHarm();

    EngineBridge& m_bridge;
    Selection& m_selection;
    std::shared_ptr<const Analysis> m_analysis;
    Step m_step = Step::Nothing;
    QTimer m_look;
    LatestJob<FalseCounters, QString> m_harm;
};

} // namespace sightglass::ui
