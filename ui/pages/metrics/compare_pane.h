// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <memory>

#include "ui/bridge/engine_bridge.h"
#include "ui/look/theme.h"
#include "ui/models/compare_model.h"
#include "ui/models/selection.h"

class QFrame;
class QLabel;
class QMenu;
class QPushButton;
class QScrollArea;
class QToolButton;

namespace sightglass::ui {

class AdviceView;
class CompareTable;

/// The selected family against its reference path, attribute by attribute, with what probably went
/// wrong and the way out below. Follows the Selection and the engine's analysis. GUI thread only.
class ComparePane : public QWidget {
    Q_OBJECT
  public:
    ComparePane(EngineBridge& bridge, Selection& selection, const Theme& theme,
                QWidget* parent = nullptr);

    void show(std::shared_ptr<const Analysis> analysis);
    using QWidget::show;

    [[nodiscard]] CompareModel& model() { return m_model; }

  public slots:
    void copyText(); ///< the selected rows, or all
    void copyJson();

  signals:
    void addTargetRequested();

  private:
    void refresh();
    void fillPathMenu();
    void retheme();

    EngineBridge& m_bridge;
    Selection& m_selection;
    const Theme& m_theme;
    CompareModel m_model;
    std::shared_ptr<const Analysis> m_analysis;
    OriginId m_other;  ///< the path that the user reads against the reference
    QString m_otherOf; ///< the family for which they chose it

    QLabel* m_title = nullptr;
    QLabel* m_counts = nullptr;
    QToolButton* m_paths = nullptr;
    QMenu* m_pathMenu = nullptr;
    CompareTable* m_table = nullptr;
    QFrame* m_line = nullptr;
    QScrollArea* m_below = nullptr;
    AdviceView* m_advice = nullptr;
    QWidget* m_alone = nullptr;
    QLabel* m_aloneTitle = nullptr;
    QLabel* m_aloneText = nullptr;
    QPushButton* m_addTarget = nullptr;
};

} // namespace sightglass::ui
