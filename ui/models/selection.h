// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <QVector>

#include <optional>

#include "core/base/clock.h"
#include "core/base/ids.h"

namespace sightglass::ui {

/// The one selection, the one time range and the one history of the window: explorer, chart,
/// Compare and Findings all show what it says and change it, and nothing else. GUI thread only.
class Selection : public QObject {
    Q_OBJECT
  public:
    using QObject::QObject;

    /// Prometheus name of the family shown, "" if none.
    [[nodiscard]] QString family() const { return m_family; }
    /// By the user: enters the history, and from now on nothing is selected for them.
    void select(const QString& family);
    /// By the program (first data): does nothing once the user has chosen.
    void suggest(const QString& family);
    /// The user did something to what is shown (zoomed, muted, folded, filtered ...): from now on
    /// it is theirs, as if they had selected it. Before there is a family it says nothing.
    void userActed();
    [[nodiscard]] bool userHasChosen() const { return m_userHasChosen; }

    [[nodiscard]] bool canGoBack() const { return m_at > 0; }
    [[nodiscard]] bool canGoForward() const { return m_at + 1 < m_history.size(); }
    void back();
    void forward();

    /// Span of time shown, in ns; 0: fitted to what there is, up to 5 min.
    [[nodiscard]] TimeNs span() const { return m_span; }
    void setSpan(TimeNs span);
    /// Live: the right edge is now. Else the range stands still at its end.
    [[nodiscard]] bool live() const { return m_live; }
    [[nodiscard]] TimeNs end() const { return m_end; } ///< right edge while not live
    void setLive(bool live, TimeNs end = 0);
    /// A range of the user's own (zoom, drag): not live. Not a step: goes on from the range before
    /// (the next notch of one turn of the wheel), so that zoomBack() passes over it.
    void setRange(TimeNs from, TimeNs to, bool isStep = true);
    /// Another span of the user's own with the right edge as it is, live or not.
    void zoomSpan(TimeNs span, bool isStep = true);
    void zoomBack(); ///< the range before the last setRange or zoomSpan

    /// The time under the crosshair: one for all charts. None: nobody points at a chart.
    [[nodiscard]] std::optional<TimeNs> hovered() const { return m_hovered; }
    void setHovered(std::optional<TimeNs> time);
    /// A live chart has something newer to show: all go on to `now` together, once for all calls of
    /// one turn of the event loop. Nothing happens while not live.
    void moveEdge(TimeNs now);
    [[nodiscard]] TimeNs edge() const { return m_edge; }

    /// The path that the others are compared with; invalid: chosen by richness.
    [[nodiscard]] OriginId reference() const { return m_reference; }
    void setReference(OriginId origin);

  signals:
    void familyChanged();
    void rangeChanged();
    void hoveredChanged();
    void edgeMoved();
    void referenceChanged();
    void historyChanged();

  private:
    struct Range {
        TimeNs span;
        bool live;
        TimeNs end;
    };
    void setFamily(const QString& family);

    QString m_family;
    bool m_userHasChosen = false;
    QVector<QString> m_history;
    int m_at = -1;
    TimeNs m_span = 0;
    bool m_live = true;
    TimeNs m_end = 0;
    QVector<Range> m_ranges;
    std::optional<TimeNs> m_hovered;
    TimeNs m_edge = 0;
    bool m_edgePosted = false;
    OriginId m_reference;
};

} // namespace sightglass::ui
