// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_view.h"

#include <QAccessible>
#include <QClipboard>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>
#include <utility>

#include "ui/charts/chart_accessible.h"
#include "ui/look/format.h"

namespace sightglass::ui {

namespace {

/// Nothing finer is recorded, and nothing coarser kept in memory.
constexpr TimeNs spanLeast = 10 * nsPerMs;
constexpr TimeNs spanMost = 30 * 24 * 3600 * nsPerSecond;
constexpr double zoomStep = 0.75;
constexpr int dragLeast = 4; ///< px; less is a click

} // namespace

QStringList ChartSubject::names() const {
    QStringList names;
    for (const PlotFamily& family : families)
        names << family.name;
    return names;
}

ChartView::ChartView(const SeriesReader& reader, const Clock& clock, Selection& selection,
                     const Theme& theme, QWidget* parent)
    : QWidget(parent),
      m_reader(reader),
      m_clock(clock),
      m_selection(selection),
      m_theme(theme),
      m_canvas(theme),
      m_job([&reader, memory = PlotMemory()](
                const PlotRequest& request) mutable { return plotQuery(reader, request, &memory); },
            [this](std::shared_ptr<const PlotFrame> frame) { take(std::move(frame)); }) {
    installChartAccessibility();
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setAccessibleName(tr("Chart"));
    m_marks.cursor = m_selection.hovered();
    connect(&m_selection, &Selection::rangeChanged, this, &ChartView::rangeChanged);
    connect(&m_selection, &Selection::hoveredChanged, this, &ChartView::showHovered);
    connect(&m_selection, &Selection::edgeMoved, this, &ChartView::goToEdge);
    connect(&m_theme, &Theme::changed, this, [this] {
        updateGeometry();
        relayout();
    });
    m_edge.setInterval(1000);
    connect(&m_edge, &QTimer::timeout, this, &ChartView::lookAtClock);
}

ChartView::~ChartView() = default;

QSize ChartView::minimumSizeHint() const {
    // Room for lines between two labels, and for the time axis.
    return {m_theme.px(240), m_theme.px(70)};
}
QSize ChartView::sizeHint() const {
    return {m_theme.px(540), m_theme.px(340)};
}

void ChartView::setSubject(ChartSubject subject) {
    const bool isOther = subject.names() != m_subject.names();
    const bool isLess = subject.families.empty() && subject.waiting != m_subject.waiting;
    m_subject = std::move(subject);
    if (isLess)
        update();
    if (isOther) {
        m_frame.reset();
        m_marks = {};
        m_marks.cursor = m_selection.hovered();
        m_press.reset();
        relayout();
        emit frameChanged();
        emit mutedChanged();
        emit highlightChanged();
    }
    setAccessibleName(m_subject.families.empty()
                          ? tr("Chart")
                          : tr("Chart of %1").arg(m_subject.names().join(tr(" and "))));
    ask();
}

void ChartView::setSettings(const ChartSettings& settings) {
    if (settings == m_settings)
        return;
    m_settings = settings;
    emit settingsChanged();
    ask();
}

void ChartView::setMuted(SeriesId series, bool muted) {
    if (muted == isMuted(series))
        return;
    if (muted)
        m_marks.muted.insert(series.value);
    else
        m_marks.muted.remove(series.value);
    relayout();
    emit mutedChanged();
}

void ChartView::setHighlighted(std::optional<SeriesId> series) {
    if (series == m_marks.highlighted)
        return;
    m_marks.highlighted = series;
    relayout();
    emit highlightChanged();
}

void ChartView::showNext() {
    ChartSettings next = m_settings;
    switch (next.shown) {
    case Shown::Rate:
        next.shown = Shown::Increase;
        break;
    case Shown::Increase:
        next.shown = Shown::Raw;
        break;
    case Shown::Raw:
        next.shown = Shown::Rate;
        break;
    }
    setSettings(next);
}

void ChartView::toggleHeatmap() {
    if (!m_frame || !m_frame->hasBuckets)
        return;
    ChartSettings next = m_settings;
    next.kind = ChartKind::Lines;
    next.bucketsAsLines = m_frame->heat != nullptr;
    setSettings(next);
}

bool ChartView::isLogAxis() const {
    return m_canvas.heat().active() ? m_canvas.heat().scale().isLog() : m_settings.logAxis;
}

void ChartView::setLogAxis(bool isLog) {
    ChartSettings next = m_settings;
    if (m_canvas.heat().active())
        next.heatLog = isLog;
    else
        next.logAxis = isLog;
    setSettings(next);
}

void ChartView::setBeside(std::optional<TimeRange> extent) {
    if (extent == m_beside)
        return;
    const std::optional<TimeRange> before = std::exchange(m_beside, extent);
    if (!m_frame || !m_frame->fitted)
        return;
    // While they are live, what the others get at their right edge moves nothing here.
    const bool isOld = extent && m_clock.now() - extent->to > PlotRequest::fittedMost;
    if (!before || !extent || before->from != extent->from || isOld)
        ask();
}

void ChartView::setLeastSides(ChartCanvas::Sides sides) {
    m_canvas.setLeastSides(sides);
    relayout();
    if (m_frame && m_canvas.columns() != m_frame->columns && !m_job.busy())
        ask();
}

void ChartView::setTimesShown(bool shown) {
    m_canvas.setTimesShown(shown);
    relayout();
}

void ChartView::ask() {
    askAt(m_clock.now());
}

void ChartView::askAt(TimeNs now) {
    if (m_subject.families.empty() || !isVisible() || width() <= 0)
        return;
    PlotRequest request;
    request.families = m_subject.families;
    request.span = m_selection.span();
    request.live = m_selection.live();
    request.end = m_selection.live() ? now : m_selection.end();
    request.beside = m_beside;
    request.columns = m_canvas.columns();
    request.settings = m_settings;
    m_job.ask(std::move(request));
}

void ChartView::take(std::shared_ptr<const PlotFrame> frame) {
    if (frame->families != m_subject.names())
        return;
    m_frame = std::move(frame);
    m_from = m_frame->from;
    m_to = m_frame->to;
    relayout();
    // Wider labels leave fewer columns.
    if (m_canvas.columns() != m_frame->columns && !m_job.busy())
        ask();
    emit frameChanged();
}

void ChartView::relayout() {
    m_scale = devicePixelRatioF();
    m_canvas.layout(m_frame, m_from, m_to, size(), m_scale, m_marks);
    update();
    if (m_canvas.neededSides() != m_sides) {
        m_sides = m_canvas.neededSides();
        emit sidesChanged();
    }
}

void ChartView::lookForSamples() {
    if (!isVisible() || !m_selection.live() || !m_frame)
        return;
    const bool moved =
        std::any_of(m_frame->generations.begin(), m_frame->generations.end(),
                    [this](const auto& g) { return m_reader.generation(g.first) != g.second; });
    if (moved)
        m_selection.moveEdge(m_clock.now());
}

void ChartView::goToEdge() {
    if (isVisible() && m_frame)
        askAt(m_selection.edge());
}

void ChartView::lookAtClock() {
    // Without new points the edge moves on all the same: a dead path must look dead. What lies far
    // in the past, as a dump does, stays where it is.
    if (!m_selection.live() || !m_frame)
        return;
    const TimeNs now = m_clock.now();
    if (m_frame->fitted && now - m_frame->to > PlotRequest::fittedMost)
        return;
    if (now >= m_frame->to)
        m_selection.moveEdge(now);
}

void ChartView::rangeChanged() {
    if (m_selection.span() > 0) {
        m_to = m_selection.live() ? m_clock.now() : m_selection.end();
        m_from = m_to - m_selection.span();
        relayout();
    }
    ask();
}

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

void ChartView::fit() {
    m_selection.setSpan(0);
    m_selection.setLive(true);
}

void ChartView::togglePause() {
    if (m_selection.live())
        m_selection.setLive(false, m_frame ? m_frame->end : m_clock.now());
    else
        m_selection.setLive(true);
}

void ChartView::pointAt(std::optional<TimeNs> time) {
    m_selection.setHovered(time);
}

void ChartView::showHovered() {
    m_marks.cursor = m_selection.hovered();
    if (m_marks.exemplar && m_marks.cursor != m_marks.exemplar->first)
        m_marks.exemplar.reset();
    if (!isVisible())
        return;
    update();
    if (hasFocus()) {
        QAccessibleValueChangeEvent event(this, spokenReading());
        QAccessible::updateAccessibility(&event);
    }
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

void ChartView::showEvent(QShowEvent*) {
    m_edge.start();
    relayout();
    ask();
}

void ChartView::hideEvent(QHideEvent*) {
    m_edge.stop();
}

void ChartView::resizeEvent(QResizeEvent*) {
    relayout();
    ask();
}

void ChartView::paintEvent(QPaintEvent*) {
    // Qt 6.4 says nothing of a new scale; what is painted with the old one would be blurred.
    if (m_scale != devicePixelRatioF()) {
        relayout();
        ask();
    }
    QPainter painter(this);
    const Tokens& tokens = m_theme.tokens();
    painter.fillRect(rect(), tokens.surface);
    m_canvas.paint(painter, m_marks);

    QString note;
    if (m_subject.families.empty())
        note = m_subject.waiting.isEmpty()
                   ? tr("No metric selected")
                   : tr("Waiting for %1").arg(m_subject.waiting.join(tr(" and ")));
    else if (!m_frame)
        note = tr("Reading\u2026");
    else if (!hasSamples(*m_frame))
        note = tr("No samples in this range");
    if (!note.isEmpty()) {
        painter.setFont(m_theme.font(Theme::Size::Body));
        painter.setPen(tokens.text2);
        painter.drawText(m_frame ? m_canvas.plot() : rect(), Qt::AlignCenter, note);
    }
    if (m_ringed && hasFocus()) {
        painter.setPen(QPen(tokens.accent, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(rect().adjusted(1, 1, -1, -1));
    }
}

QString ChartView::spokenSummary() const {
    if (m_subject.families.empty())
        return m_subject.waiting.isEmpty()
                   ? tr("No metric selected")
                   : tr("Waiting for %1").arg(m_subject.waiting.join(tr(" and ")));
    if (!m_frame)
        return tr("Reading");
    QStringList parts;
    if (m_frame->heat)
        parts << tr("heatmap");
    parts << tr("%1 to %2").arg(formatClock(m_from), formatClock(m_to));
    if (!hasSamples(*m_frame))
        parts << tr("no samples in this range");
    constexpr std::size_t spokenMost = 10;
    const std::size_t spoken = std::min(m_frame->series.size(), spokenMost);
    for (std::size_t i = 0; i < spoken; ++i) {
        const PlotSeries& series = m_frame->series[i];
        if (series.count == 0)
            continue;
        parts << tr("path %1 %2%3: last %4")
                     .arg(series.path)
                     .arg(series.pathName,
                          series.labels.isEmpty() ? QString() : ' ' + series.labels,
                          formatValue(series.last, series.axis == 1 && m_frame->rightUnit
                                                       ? *m_frame->rightUnit
                                                       : m_frame->unit));
    }
    if (m_frame->series.size() > spoken)
        parts << tr("%1 more series").arg(m_frame->series.size() - spoken);
    if (!m_frame->resets.empty())
        parts << tr("%1 resets").arg(m_frame->resets.size());
    if (m_frame->lane.falseResets > 0)
        parts << tr("%1 false resets").arg(m_frame->lane.falseResets);
    if (!m_subject.finding.isEmpty())
        parts << m_subject.finding;
    return parts.join(QStringLiteral("; "));
}

QString ChartView::spokenReading() const {
    if (!m_frame || !m_marks.cursor)
        return {};
    const CrosshairReading reading = m_canvas.readAt(*m_marks.cursor, m_marks);
    QStringList parts{formatClock(reading.time)};
    if (reading.sum)
        parts << tr("sum %1").arg(formatValue(*reading.sum, m_frame->unit));
    if (reading.exemplar != nullptr) {
        parts << tr("exemplar %1, trace %2")
                     .arg(formatValue(reading.exemplar->value, m_frame->unit),
                          reading.exemplar->traceId);
    }
    constexpr qsizetype spokenMost = 6;
    for (const CrosshairReading::Row& row : reading.rows) {
        if (!row.value || (m_marks.highlighted && *m_marks.highlighted != row.series->id))
            continue;
        if (parts.size() > spokenMost)
            break;
        const QString name =
            row.series->labels.isEmpty() ? row.series->pathName : row.series->labels;
        parts << tr("path %1 %2%3 %4")
                     .arg(row.series->path)
                     .arg(name, row.inLane ? tr(" rate") : QString(),
                          formatValue(*row.value, m_canvas.unitOf(row)));
    }
    return parts.join(QStringLiteral("; "));
}

double ChartView::readingValue() const {
    if (!m_frame || !m_marks.cursor)
        return NAN;
    const CrosshairReading reading = m_canvas.readAt(*m_marks.cursor, m_marks);
    if (reading.sum)
        return *reading.sum;
    for (const CrosshairReading::Row& row : reading.rows) {
        if (row.value && (!m_marks.highlighted || *m_marks.highlighted == row.series->id))
            return *row.value;
    }
    return NAN;
}

} // namespace sightglass::ui
