// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_accessible.h"

#include <QAccessibleWidget>

#include "ui/charts/chart_view.h"

namespace sightglass::ui {

namespace {

/// A chart as screen readers see it; the legend beside it is its data. Owned by Qt's cache.
class ChartAccessible final : public QAccessibleWidget {
  public:
    explicit ChartAccessible(ChartView* chart)
        : QAccessibleWidget(chart, QAccessible::Chart), m_chart(chart) {}

    QString text(QAccessible::Text which) const override {
        if (which == QAccessible::Description || which == QAccessible::Value)
            return m_chart->spokenSummary();
        return QAccessibleWidget::text(which);
    }

  private:
    ChartView* m_chart;
};

QAccessibleInterface* makeChartAccessible(const QString&, QObject* object) {
    auto* chart = qobject_cast<ChartView*>(object);
    return chart != nullptr ? new ChartAccessible(chart) : nullptr;
}

} // namespace

void installChartAccessibility() {
    // Qt keeps each factory once.
    QAccessible::removeFactory(makeChartAccessible);
    QAccessible::installFactory(makeChartAccessible);
}

} // namespace sightglass::ui
