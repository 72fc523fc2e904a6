// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/selection.h"

#include <QTimer>

#include <algorithm>

namespace sightglass::ui {

void Selection::setFamily(const QString& family) {
    if (family == m_family)
        return;
    m_family = family;
    emit familyChanged();
}

void Selection::select(const QString& family) {
    m_userHasChosen = true;
    if (m_at >= 0 && m_history[m_at] == family) {
        setFamily(family);
        return;
    }
    m_history.resize(m_at + 1);
    m_history.push_back(family);
    m_at = static_cast<int>(m_history.size()) - 1;
    setFamily(family);
    emit historyChanged();
}

void Selection::userActed() {
    if (!m_family.isEmpty())
        m_userHasChosen = true;
}

void Selection::suggest(const QString& family) {
    if (m_userHasChosen || family.isEmpty())
        return;
    // A suggestion is a place to come back to, but a later one replaces it.
    m_history = {family};
    m_at = 0;
    setFamily(family);
}

void Selection::back() {
    if (!canGoBack())
        return;
    --m_at;
    setFamily(m_history[m_at]);
    emit historyChanged();
}

void Selection::forward() {
    if (!canGoForward())
        return;
    ++m_at;
    setFamily(m_history[m_at]);
    emit historyChanged();
}

void Selection::setSpan(TimeNs span) {
    if (span == m_span)
        return;
    m_span = span;
    emit rangeChanged();
}

void Selection::setLive(bool live, TimeNs end) {
    if (live == m_live && (live || end == m_end))
        return;
    m_live = live;
    m_end = end;
    emit rangeChanged();
}

void Selection::setRange(TimeNs from, TimeNs to, bool isStep) {
    if (to <= from)
        return;
    userActed();
    if (isStep || m_ranges.isEmpty())
        m_ranges.push_back({m_span, m_live, m_end});
    m_span = to - from;
    m_live = false;
    m_end = to;
    emit rangeChanged();
}

void Selection::zoomSpan(TimeNs span, bool isStep) {
    if (span <= 0 || span == m_span)
        return;
    userActed();
    if (isStep || m_ranges.isEmpty())
        m_ranges.push_back({m_span, m_live, m_end});
    m_span = span;
    emit rangeChanged();
}

void Selection::zoomBack() {
    if (m_ranges.isEmpty())
        return;
    const Range range = m_ranges.takeLast();
    m_span = range.span;
    m_live = range.live;
    m_end = range.end;
    emit rangeChanged();
}

void Selection::setHovered(std::optional<TimeNs> time) {
    if (time == m_hovered)
        return;
    m_hovered = time;
    emit hoveredChanged();
}

void Selection::moveEdge(TimeNs now) {
    m_edge = std::max(m_edge, now);
    if (!m_live || m_edgePosted)
        return;
    m_edgePosted = true;
    QTimer::singleShot(0, this, [this] {
        m_edgePosted = false;
        if (m_live)
            emit edgeMoved();
    });
}

void Selection::setReference(OriginId origin) {
    if (origin == m_reference)
        return;
    m_reference = origin;
    emit referenceChanged();
}

} // namespace sightglass::ui
