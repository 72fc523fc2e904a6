// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_accessible.h"

#include <QAccessibleWidget>

#include "ui/charts/chart_view.h"

namespace sightglass::ui {

namespace {

/// A chart as screen readers see it; the legend beside it is its data. Its value is what the
/// crosshair points at. Owned by Qt's cache.
class ChartAccessible final : public QAccessibleWidget, public QAccessibleValueInterface {
  public:
    explicit ChartAccessible(ChartView* chart)
        : QAccessibleWidget(chart, QAccessible::Chart), m_chart(chart) {}

    QString text(QAccessible::Text which) const override {
        if (which == QAccessible::Value) {
            const QString reading = m_chart->spokenReading();
            return reading.isEmpty() ? m_chart->spokenSummary() : reading;
        }
        if (which == QAccessible::Description)
            return m_chart->spokenSummary();
        return QAccessibleWidget::text(which);
    }

    void* interface_cast(QAccessible::InterfaceType type) override {
        if (type == QAccessible::ValueInterface)
            return static_cast<QAccessibleValueInterface*>(this);
        return QAccessibleWidget::interface_cast(type);
    }

    // The chart is read, never set.
    QVariant currentValue() const override { return m_chart->readingValue(); }
    void setCurrentValue(const QVariant&) override {}
    QVariant maximumValue() const override { return {}; }
    QVariant minimumValue() const override { return {}; }
    QVariant minimumStepSize() const override { return {}; }

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
