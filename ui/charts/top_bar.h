// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/charts/chart_view.h"
#include "ui/look/theme.h"

class QToolButton;

namespace sightglass::ui {

class Label;

/// A line over a chart of more series than it can draw, that asks which: the largest by last, max
/// or mean. Goes away with the answer, which the chart keeps. Follows one ChartView, which outlives
/// it. GUI thread only.
class TopBar : public QWidget {
    Q_OBJECT
  public:
    TopBar(ChartView& chart, const Theme& theme, QWidget* parent = nullptr);

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    void follow();
    void applyTheme();
    void choose(TopBy by);

    ChartView& m_chart;
    const Theme& m_theme;
    Label* m_text;
    QVector<QToolButton*> m_answers;
};

} // namespace sightglass::ui
