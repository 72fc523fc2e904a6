// SPDX-License-Identifier: GPL-3.0-or-later
#include <QClipboard>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QToolTip>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>
#include <utility>

#include "ui/charts/chart_view.h"
#include "ui/look/format.h"

// What keys, wheel and pointer do to a ChartView.
namespace sightglass::ui {

namespace {

/// Nothing finer is recorded, and nothing coarser kept in memory.
constexpr TimeNs spanLeast = 10 * nsPerMs;
constexpr TimeNs spanMost = 30 * 24 * 3600 * nsPerSecond;
constexpr double zoomStep = 0.75;
constexpr int dragLeast = 4; ///< px; less is a click

} // namespace
void ChartView::zoom(double factor, TimeNs anchor, bool isStep) {
    if (!m_frame || m_to <= m_from)
        return;
    const auto span = static_cast<double>(m_to - m_from);
    const auto wanted = std::clamp(static_cast<TimeNs>(span * factor), spanLeast, spanMost);
    const double part = static_cast<double>(anchor - m_from) / span;
    const TimeNs from = anchor - static_cast<TimeNs>(part * static_cast<double>(wanted));
    // At the live edge the chart stays live: only its span changes.
    if (m_selection.live() && part > 0.9)
        m_selection.zoomSpan(wanted, isStep);
    else
        m_selection.setRange(from, from + wanted, isStep);
}

void ChartView::zoomIn() {
    zoom(zoomStep, m_marks.cursor.value_or(m_selection.live() ? m_to : (m_from + m_to) / 2), true);
}

void ChartView::zoomOut() {
    zoom(1 / zoomStep, m_marks.cursor.value_or(m_selection.live() ? m_to : (m_from + m_to) / 2),
         true);
}

void ChartView::stepCursor(int direction) {
    const TimeNs at = m_marks.cursor.value_or(direction > 0 ? m_from : m_to);
    if (const auto next = m_canvas.stepped(at, direction, m_marks))
        pointAt(next);
}

void ChartView::stepExemplar(int direction) {
    const TimeNs at = m_marks.cursor.value_or(direction > 0 ? m_from - 1 : m_to + 1);
    if (const HeatExemplar* next = m_canvas.heat().exemplarBeside(at, direction))
        readExemplar(*next);
}

void ChartView::readExemplar(const HeatExemplar& exemplar) {
    m_marks.exemplar = {exemplar.time, exemplar.value};
    if (m_marks.cursor == exemplar.time)
        update();
    else
        pointAt(exemplar.time);
}

QString ChartView::traceId() const {
    if (!m_marks.cursor)
        return {};
    const HeatExemplar* exemplar = m_canvas.readAt(*m_marks.cursor, m_marks).exemplar;
    return exemplar != nullptr ? exemplar->traceId : QString();
}

void ChartView::stepHighlight(int direction) {
    if (!m_frame || m_frame->series.empty())
        return;
    // One place more than there are series: none.
    const int count = static_cast<int>(m_frame->series.size());
    int at = -1;
    for (int i = 0; i < count; ++i) {
        if (m_marks.highlighted == m_frame->series[static_cast<std::size_t>(i)].id)
            at = i;
    }
    at = (at + 1 + direction + count + 1) % (count + 1) - 1;
    if (at < 0)
        setHighlighted(std::nullopt);
    else
        setHighlighted(m_frame->series[static_cast<std::size_t>(at)].id);
}

bool ChartView::isOwnKey(const QKeyEvent& event) const {
    if (event.matches(QKeySequence::Copy))
        return !traceId().isEmpty();
    const auto modifiers = event.modifiers() & ~(Qt::KeypadModifier | Qt::ShiftModifier);
    if (modifiers != Qt::NoModifier)
        return false;
    switch (event.key()) {
    case Qt::Key_Left:
    case Qt::Key_Right:
    case Qt::Key_Up:
    case Qt::Key_Down:
    case Qt::Key_Plus:
    case Qt::Key_Equal:
    case Qt::Key_Minus:
    case Qt::Key_0:
    case Qt::Key_Backspace:
    case Qt::Key_Space:
    case Qt::Key_End:
    case Qt::Key_E:
    case Qt::Key_H:
    case Qt::Key_R:
    case Qt::Key_S:
    case Qt::Key_L:
    case Qt::Key_V:
    case Qt::Key_M:
    case Qt::Key_Delete:
        return true;
    case Qt::Key_Escape:
        return m_marks.cursor.has_value() || m_marks.highlighted.has_value() || m_press.has_value();
    default:
        return false;
    }
}

bool ChartView::handleKey(int key) {
    switch (key) {
    case Qt::Key_Left:
        stepCursor(-1);
        return true;
    case Qt::Key_Right:
        stepCursor(1);
        return true;
    case Qt::Key_Up:
        stepHighlight(-1);
        return true;
    case Qt::Key_Down:
        stepHighlight(1);
        return true;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        zoomIn();
        return true;
    case Qt::Key_Minus:
        zoomOut();
        return true;
    case Qt::Key_0:
        fit();
        return true;
    case Qt::Key_Backspace:
        m_selection.zoomBack();
        return true;
    case Qt::Key_Space:
        togglePause();
        return true;
    case Qt::Key_End:
        m_selection.setLive(true);
        return true;
    case Qt::Key_R:
        showNext();
        return true;
    case Qt::Key_S: {
        ChartSettings next = m_settings;
        next.kind = next.kind == ChartKind::Stacked ? ChartKind::Lines : ChartKind::Stacked;
        setSettings(next);
        return true;
    }
    case Qt::Key_H:
        toggleHeatmap();
        return true;
    case Qt::Key_L:
        setLogAxis(!isLogAxis());
        return true;
    case Qt::Key_V: {
        ChartSettings next = m_settings;
        next.values = !next.values;
        setSettings(next);
        return true;
    }
    case Qt::Key_Delete:
        emit removalWanted();
        return true;
    case Qt::Key_M:
        if (m_marks.highlighted)
            setMuted(*m_marks.highlighted, !isMuted(*m_marks.highlighted));
        return true;
    case Qt::Key_Escape:
        m_press.reset();
        m_marks.dragged.reset();
        pointAt(std::nullopt);
        setHighlighted(std::nullopt);
        update();
        return true;
    default:
        return false;
    }
}

bool ChartView::event(QEvent* event) {
    // Some of our keys are shortcuts of the window elsewhere (Backspace goes back there too).
    if (event->type() == QEvent::ShortcutOverride) {
        if (isOwnKey(*static_cast<QKeyEvent*>(event))) {
            event->accept();
            return true;
        }
    }
    if (event->type() == QEvent::ToolTip) {
        showTip(*static_cast<QHelpEvent*>(event));
        return true;
    }
    return QWidget::event(event);
}

void ChartView::showTip(const QHelpEvent& event) {
    const QString tip = m_canvas.tipAt(event.pos());
    if (tip.isEmpty())
        QToolTip::hideText();
    else
        QToolTip::showText(event.globalPos(), tip.toHtmlEscaped().replace(u'\n', "<br>"), this);
}

void ChartView::keyPressEvent(QKeyEvent* event) {
    if (event->matches(QKeySequence::Copy) && !traceId().isEmpty()) {
        QGuiApplication::clipboard()->setText(traceId());
        event->accept();
        return;
    }
    if (event->key() == Qt::Key_E && isOwnKey(*event)) {
        stepExemplar((event->modifiers() & Qt::ShiftModifier) != 0 ? -1 : 1);
        m_ringed = true;
        event->accept();
        return;
    }
    if (isOwnKey(*event) && handleKey(event->key())) {
        m_ringed = true;
        update();
        event->accept();
        return;
    }
    QWidget::keyPressEvent(event);
}

void ChartView::wheelEvent(QWheelEvent* event) {
    const QPoint turn = event->angleDelta();
    if (turn.isNull() || !m_frame) {
        event->ignore();
        return;
    }
    // Notches of one turn are one step to come back from.
    const bool isStep = !m_lastWheel.isValid() || m_lastWheel.elapsed() > 600;
    m_lastWheel.restart();
    const bool sideways = std::abs(turn.x()) > std::abs(turn.y());
    if (sideways || (event->modifiers() & Qt::ShiftModifier) != 0) {
        const double notches = (sideways ? turn.x() : turn.y()) / 120.0;
        const auto by = static_cast<TimeNs>(-notches * static_cast<double>(m_to - m_from) / 10);
        m_selection.setRange(m_from + by, m_to + by, isStep);
    } else {
        zoom(std::pow(zoomStep, turn.y() / 120.0), m_canvas.timeAt(event->position().x()), isStep);
    }
    event->accept();
}

void ChartView::mousePressEvent(QMouseEvent* event) {
    m_ringed = false;
    emit activated();
    if (event->button() == Qt::LeftButton && m_frame)
        m_press = Press{event->position().toPoint().x(), timeInPlot(event->position().x())};
    update();
}

TimeNs ChartView::timeInPlot(double x) const {
    const QRect plot = m_canvas.plot();
    return m_canvas.timeAt(
        std::clamp(x, static_cast<double>(plot.left()), static_cast<double>(plot.right())));
}

void ChartView::mouseMoveEvent(QMouseEvent* event) {
    const QPoint at = event->position().toPoint();
    if (m_press) {
        if (m_marks.dragged || std::abs(at.x() - m_press->x) > dragLeast) {
            m_marks.dragged = std::minmax({m_press->time, timeInPlot(at.x())});
            update();
            return;
        }
    }
    const QRect plot = m_canvas.plot();
    if (at.x() < plot.left() || at.x() > plot.right() + 1) {
        pointAt(std::nullopt);
        return;
    }
    if (const HeatExemplar* exemplar = m_canvas.heat().exemplarUnder(event->position())) {
        readExemplar(*exemplar);
        return;
    }
    m_marks.exemplar.reset();
    pointAt(m_canvas.snapped(m_canvas.timeAt(at.x()), m_marks));
}

void ChartView::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton)
        return;
    m_press.reset();
    if (!m_marks.dragged)
        return;
    const auto [from, to] = *m_marks.dragged;
    m_marks.dragged.reset();
    update();
    if (m_canvas.xOf(to) - m_canvas.xOf(from) > dragLeast && to - from >= spanLeast)
        m_selection.setRange(from, to);
}

void ChartView::mouseDoubleClickEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton)
        fit();
}

void ChartView::leaveEvent(QEvent*) {
    pointAt(std::nullopt);
}

void ChartView::focusInEvent(QFocusEvent* event) {
    m_ringed = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason ||
               event->reason() == Qt::ShortcutFocusReason;
    if (event->reason() != Qt::ActiveWindowFocusReason)
        emit activated();
    update();
    QWidget::focusInEvent(event);
}

void ChartView::focusOutEvent(QFocusEvent* event) {
    m_ringed = false;
    update();
    QWidget::focusOutEvent(event);
}

} // namespace sightglass::ui
