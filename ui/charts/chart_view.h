// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QTimer>
#include <QWidget>

#include <memory>
#include <vector>

#include "core/base/clock.h"
#include "core/model/series_reader.h"
#include "ui/bridge/latest_job.h"
#include "ui/charts/chart_canvas.h"
#include "ui/charts/plot_query.h"
#include "ui/look/theme.h"
#include "ui/models/selection.h"

class QHelpEvent;

namespace sightglass::ui {

/// What a chart shows: families with all their paths.
struct ChartSubject {
    std::vector<PlotFamily> families; ///< none: nothing is selected, or nothing is there yet
    QStringList waiting;              ///< families that shall be shown and are not there yet
    QString finding; ///< the worst finding in words, for screen readers; may be empty

    [[nodiscard]] QStringList names() const;
};

/// The chart of a family over the window's one time range: lines, the lane, crosshair, zoom, live.
///
/// Points are read by a worker, never here; it asks again only when the range moved or a metric
/// shown has new points. Owned by its Qt parent; reader, clock, selection and theme outlive it.
/// GUI thread only.
class ChartView : public QWidget {
    Q_OBJECT
  public:
    ChartView(const SeriesReader& reader, const Clock& clock, Selection& selection,
              const Theme& theme, QWidget* parent = nullptr);
    ~ChartView() override;

    /// What was muted and highlighted is forgotten, unless all families shown before stay.
    void setSubject(ChartSubject subject);
    [[nodiscard]] const ChartSubject& subject() const { return m_subject; }
    /// What is shown; null until the first answer.
    [[nodiscard]] std::shared_ptr<const PlotFrame> frame() const { return m_frame; }
    /// Whether the frame answers what is asked of it now, or nothing is. A hidden chart asks
    /// nothing.
    [[nodiscard]] bool upToDate() const;
    [[nodiscard]] const ChartMarks& marks() const { return m_marks; }

    [[nodiscard]] const ChartSettings& settings() const { return m_settings; }
    void setSettings(const ChartSettings& settings);
    /// Of what is shown: a heatmap has a choice of its own, which begins with what suits it.
    [[nodiscard]] bool isLogAxis() const;
    void setLogAxis(bool isLog);
    [[nodiscard]] bool isMuted(SeriesId series) const {
        return m_marks.muted.contains(series.value);
    }
    void setMuted(SeriesId series, bool muted);
    /// Fades all other lines; none: all alike.
    void setHighlighted(std::optional<SeriesId> series);

    /// Range, last values and finding in words: what a screen reader says of the chart.
    [[nodiscard]] QString spokenSummary() const;
    /// Time and values under the crosshair in words; "" without one.
    [[nodiscard]] QString spokenReading() const;
    /// The first value under the crosshair; NaN without one.
    [[nodiscard]] double readingValue() const;

    /// Charts upon each other share one time axis: what the others show of time while the range
    /// fits itself to what there is, and the room that their labels need.
    void setBeside(std::optional<TimeRange> extent);
    [[nodiscard]] ChartCanvas::Sides neededSides() const { return m_canvas.neededSides(); }
    void setLeastSides(ChartCanvas::Sides sides);
    /// Of charts upon each other only the last names times.
    void setTimesShown(bool shown);

    [[nodiscard]] QSize minimumSizeHint() const override;
    [[nodiscard]] QSize sizeHint() const override;

  public slots:
    /// The ring has new points, of whatever metric.
    void lookForSamples();
    void zoomIn();
    void zoomOut();
    void fit();
    void togglePause();
    /// Between heatmap and the rate of the count, where a histogram is shown.
    void toggleHeatmap();
    /// From rate to increase to raw, and round.
    void showNext();
    /// Puts the crosshair of all charts at a time.
    void pointAt(std::optional<TimeNs> time);

  signals:
    void frameChanged();
    void mutedChanged();
    void highlightChanged();
    void settingsChanged();
    void sidesChanged();
    void removalWanted(); ///< by key
    void activated();     ///< pressed or focused: the legend is now this chart's

  protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

  private:
    void ask();
    void askAt(TimeNs now);
    void take(std::shared_ptr<const PlotFrame> frame);
    [[nodiscard]] bool isOfSelectedRange(const PlotFrame& frame) const;
    void relayout();
    void rangeChanged();
    void lookAtClock();
    void goToEdge();
    void showHovered();
    void showTip(const QHelpEvent& event);
    /// Scales the range by `factor`, keeping the time at `anchor` in its place.
    void zoom(double factor, TimeNs anchor, bool isStep);
    /// The time below `x`, or at the end of the plot that lies nearest.
    [[nodiscard]] TimeNs timeInPlot(double x) const;
    void stepCursor(int direction);
    void stepHighlight(int direction);
    void stepExemplar(int direction);
    void readExemplar(const HeatExemplar& exemplar);
    /// The trace of the exemplar being read; "" if none is.
    [[nodiscard]] QString traceId() const;
    [[nodiscard]] bool isOwnKey(const QKeyEvent& event) const;
    [[nodiscard]] bool handleKey(int key);

    const SeriesReader& m_reader;
    const Clock& m_clock;
    Selection& m_selection;
    const Theme& m_theme;

    ChartSubject m_subject;
    std::shared_ptr<const PlotFrame> m_frame;
    ChartMarks m_marks;
    ChartSettings m_settings;
    std::optional<TimeRange> m_beside;
    ChartCanvas::Sides m_sides;  ///< as last told of
    bool m_ringed = false;       ///< focus came by the keyboard
    TimeNs m_from = 0, m_to = 0; ///< shown; runs ahead of the frame's while a zoom is answered
    double m_scale = 1;          ///< device pixels per logical pixel, of the last layout
    /// Where a drag began. Its time is kept, as a live chart moves on below the pointer.
    struct Press {
        int x = 0;
        TimeNs time = 0;
    };
    std::optional<Press> m_press;
    QElapsedTimer m_lastWheel;
    ChartCanvas m_canvas;
    QTimer m_edge; ///< moves a live chart on when no points come
    LatestJob<PlotRequest, std::shared_ptr<const PlotFrame>> m_job; ///< last: dies first
};

} // namespace sightglass::ui
