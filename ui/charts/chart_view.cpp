// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_view.h"

#include <QAccessible>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <utility>

#include "ui/charts/chart_accessible.h"
#include "ui/look/format.h"

namespace sightglass::ui {

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
    const QStringList before = m_subject.names();
    const QStringList after = subject.names();
    const bool isOther = after != before;
    // What was muted stays so when a family joins those that were there.
    const bool isMore = std::all_of(before.begin(), before.end(),
                                    [&](const QString& name) { return after.contains(name); });
    const bool isLess = subject.families.empty() && subject.waiting != m_subject.waiting;
    m_subject = std::move(subject);
    if (isLess)
        update();
    if (isOther) {
        m_frame.reset();
        if (!isMore)
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
    if (shown == m_canvas.timesShown())
        return;
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
    // An answer to what was asked before a zoom must not undo it.
    if (m_to == 0 || isOfSelectedRange(*m_frame)) {
        m_from = m_frame->from;
        m_to = m_frame->to;
    }
    relayout();
    // Wider labels leave fewer columns.
    if (m_canvas.columns() != m_frame->columns && !m_job.busy())
        ask();
    emit frameChanged();
}

bool ChartView::isOfSelectedRange(const PlotFrame& frame) const {
    return frame.span == m_selection.span() && frame.live == m_selection.live() &&
           (frame.live || frame.end == m_selection.end());
}

bool ChartView::upToDate() const {
    if (m_subject.families.empty())
        return true;
    return m_frame && !m_job.busy() && m_frame->settings == m_settings &&
           isOfSelectedRange(*m_frame);
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
