// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QStringList>
#include <QWidget>

#include "ui/charts/chart_view.h"
#include "ui/look/theme.h"
#include "ui/models/path_facts.h"
#include "ui/models/selection.h"

class QHBoxLayout;
class QSplitter;
class QToolButton;
class QVBoxLayout;

namespace sightglass::ui {

class ChartControls;
class Label;
class TopBar;
class TypeBadges;
class ValuesTable;

/// One chart of the page: its head with name, types, unit and controls, the question which of many
/// series to draw, the chart, and the values beside it. The first chart of the page has its head
/// elsewhere, in the page's own. Child of a ChartStack; GUI thread only.
class ChartPane : public QWidget {
    Q_OBJECT
  public:
    enum class Head { Own, Elsewhere };

    ChartPane(const SeriesReader& reader, const Clock& clock, Selection& selection,
              const Theme& theme, Head head, QWidget* parent = nullptr);

    [[nodiscard]] ChartView& chart() const { return *m_chart; }
    [[nodiscard]] ChartControls& controls() const { return *m_controls; }
    [[nodiscard]] ValuesTable& values() const { return *m_values; }

    /// Names of what is to be shown, be it there yet or not.
    [[nodiscard]] const QStringList& families() const { return m_families; }
    /// The first familiesMost of them; says so if there are more.
    void setFamilies(const QStringList& families);
    /// What of them is there. `types` and `spoken` are for the badges in the head.
    void setSubject(ChartSubject subject, const QVector<TypeBadge>& types, const QString& spoken);
    /// The names and units in words: "heap_bytes + goroutines".
    [[nodiscard]] QString title() const;
    [[nodiscard]] QString unitWords() const;

    /// With an accent, where there is more than one chart.
    void setCurrent(bool current);

    [[nodiscard]] QJsonObject save() const;
    /// All but the families of a pane whose head is elsewhere.
    void restore(const QJsonObject& saved);
    /// What save() wrote of families().
    [[nodiscard]] static QStringList familiesOf(const QJsonObject& saved);

    /// More families than colours could not be told apart.
    static constexpr qsizetype familiesMost = 8;

    [[nodiscard]] QSize minimumSizeHint() const override;

  signals:
    void removalWanted();

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;

  private:
    void follow();
    void applyTheme();
    void fitHead();

    const Theme& m_theme;
    QStringList m_families;
    bool m_current = false;
    ChartView* m_chart;
    ChartControls* m_controls;
    TopBar* m_top;
    ValuesTable* m_values;
    QSplitter* m_beside; ///< chart | values
    // Null if the head is elsewhere.
    QHBoxLayout* m_head = nullptr;
    Label* m_name = nullptr;
    TypeBadges* m_badges = nullptr;
    Label* m_unit = nullptr;
    QToolButton* m_close = nullptr;
};

} // namespace sightglass::ui
