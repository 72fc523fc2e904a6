// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/metrics/chart_stack.h"

#include <QApplication>
#include <QDragEnterEvent>
#include <QJsonArray>
#include <QJsonDocument>
#include <QMenu>
#include <QPainter>
#include <QScrollArea>
#include <QSplitter>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

#include "ui/charts/chart_controls.h"
#include "ui/models/path_facts.h"
#include "ui/pages/metrics/plot_family.h"

namespace sightglass::ui {

namespace {

constexpr int savedVersion = 1;

} // namespace

/// Shows where a drop goes: a line between charts, or a frame around one.
class ChartStack::DropMark final : public QWidget {
  public:
    DropMark(const Theme& theme, QWidget* parent) : QWidget(parent), m_theme(theme) {
        setAttribute(Qt::WA_TransparentForMouseEvents);
        hide();
    }
    void point(const QRect& rect, bool into) {
        m_into = into;
        setGeometry(rect);
        show();
        raise();
        update();
    }

  protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        QColor color = m_theme.tokens().accent;
        if (!m_into) {
            painter.fillRect(rect(), color);
            return;
        }
        painter.setPen(QPen(color, 2));
        color.setAlpha(24);
        painter.setBrush(color);
        painter.drawRect(rect().adjusted(1, 1, -1, -1));
    }

  private:
    const Theme& m_theme;
    bool m_into = false;
};

ChartStack::ChartStack(EngineBridge& bridge, Selection& selection, const Theme& theme,
                       QWidget* parent)
    : QWidget(parent),
      m_bridge(bridge),
      m_selection(selection),
      m_theme(theme),
      m_scroll(new QScrollArea(this)),
      m_splitter(new QSplitter(Qt::Vertical)),
      m_mark(new DropMark(theme, this)) {
    setAcceptDrops(true);
    m_splitter->setChildrenCollapsible(false);
    // Many charts keep a height that can be read, and are scrolled.
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_scroll->setWidget(m_splitter);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(m_scroll);
    m_current = &makePane(ChartPane::Head::Elsewhere, 0);
    setFocusProxy(m_current);

    connect(&m_bridge, &EngineBridge::analysisChanged, this, qOverload<>(&ChartStack::refresh));
    connect(&m_selection, &Selection::referenceChanged, this, qOverload<>(&ChartStack::refresh));
}

ChartStack::~ChartStack() = default;

ChartPane& ChartStack::makePane(ChartPane::Head head, int at) {
    auto* pane = new ChartPane(m_bridge.reader(), m_bridge.engine().clock(), m_selection, m_theme,
                               head, m_splitter);
    m_splitter->insertWidget(at, pane);
    m_splitter->setStretchFactor(at, 1);
    m_panes.insert(at, pane);
    ChartView& chart = pane->chart();
    chart.setLeastSides(m_sides);
    connect(&m_bridge, &EngineBridge::samplesArrived, &chart, &ChartView::lookForSamples);
    connect(&chart, &ChartView::activated, this, [this, pane] { setCurrent(*pane); });
    connect(&chart, &ChartView::frameChanged, this, &ChartStack::shareTime);
    connect(&chart, &ChartView::sidesChanged, this, &ChartStack::shareSides);
    connect(&chart, &ChartView::settingsChanged, this, &ChartStack::nameTimes);
    connect(pane, &ChartPane::removalWanted, this, [this, pane] { remove(*pane); });
    pane->controls().setMoreActions([this, pane](QMenu& menu) { fillMenu(*pane, menu); });
    pane->show();
    return *pane;
}

void ChartStack::follow(const QString& family, const QString& finding) {
    ChartPane& pane = first();
    m_finding = finding;
    const QString before = pane.families().value(0);
    const bool isOther = before != family;
    if (isOther) {
        if (family.isEmpty())
            pane.setFamilies({});
        else if (family == m_restored.value(0))
            pane.setFamilies(std::exchange(m_restored, {}));
        else
            pane.setFamilies({family});
    }
    refresh(pane, *m_bridge.analysis());
    if (isOther)
        emit chartsChanged();
}

void ChartStack::refresh() {
    for (ChartPane* pane : m_panes)
        refresh(*pane, *m_bridge.analysis());
}

void ChartStack::refresh(ChartPane& pane, const Analysis& analysis) {
    ChartSubject subject;
    QVector<TypeBadge> types;
    QString spoken;
    const auto comparer = pane.families().isEmpty() ? nullptr : comparerOf(analysis);
    for (const QString& name : pane.families()) {
        const auto family = findFamily(analysis.families, name.toStdString());
        if (!family) {
            subject.waiting << name;
            continue;
        }
        const OriginId reference = referencePath(*family, *comparer, m_selection.reference());
        subject.families.push_back(plotFamilyOf(*family, reference, m_bridge));
        for (const TypeBadge& badge : typeBadges(*family, reference)) {
            if (!types.contains(badge))
                types << badge;
        }
        if (spoken.isEmpty())
            spoken = typesInWords(*family);
    }
    if (&pane == m_panes.front())
        subject.finding = m_finding;
    pane.setSubject(std::move(subject), types, spoken);
}

ChartPane* ChartStack::addChart(const QStringList& families, int at) {
    if (m_panes.size() >= chartsMost || families.isEmpty())
        return nullptr;
    const int count = static_cast<int>(m_panes.size());
    const int place = at < 1 ? count : std::min(at, count);
    QList<int> sizes = m_splitter->sizes();
    ChartPane& pane = makePane(ChartPane::Head::Own, place);
    pane.setFamilies(families);
    refresh(pane, *m_bridge.analysis());
    // An equal share; the others keep their proportions.
    int all = 0;
    for (const int size : sizes)
        all += size;
    sizes.insert(place, all / count);
    m_splitter->setSizes(sizes);
    changed();
    setCurrent(pane);
    return &pane;
}

void ChartStack::addTo(ChartPane& pane, const QString& family) {
    if (family.isEmpty() || pane.families().contains(family))
        return;
    pane.setFamilies(pane.families() + QStringList(family));
    refresh(pane, *m_bridge.analysis());
    setCurrent(pane);
    changed();
}

void ChartStack::takeFrom(ChartPane& pane, const QString& family) {
    QStringList families = pane.families();
    // The selected metric is what the first chart is for; a chart of nothing is none.
    if (families.size() < 2 || (&pane == &first() && families.front() == family))
        return;
    families.removeAll(family);
    pane.setFamilies(families);
    refresh(pane, *m_bridge.analysis());
    changed();
}

void ChartStack::remove(ChartPane& pane) {
    const qsizetype at = m_panes.indexOf(&pane);
    if (at < 1)
        return;
    const bool hadFocus = pane.isAncestorOf(QApplication::focusWidget());
    m_panes.remove(at);
    if (m_current == &pane)
        m_current = m_panes[at - 1];
    setFocusProxy(m_current);
    if (hadFocus)
        m_current->setFocus(Qt::OtherFocusReason);
    // Its button or its key is still on the way back to it.
    pane.hide();
    pane.setParent(nullptr);
    pane.deleteLater();
    changed();
    emit currentChanged();
}

void ChartStack::move(ChartPane& pane, int by) {
    const qsizetype at = m_panes.indexOf(&pane);
    const qsizetype to = at + by;
    if (at < 1 || to < 1 || to >= m_panes.size())
        return;
    const bool hadFocus = pane.isAncestorOf(QApplication::focusWidget());
    QList<int> sizes = m_splitter->sizes();
    sizes.move(at, to);
    m_panes.move(at, to);
    m_splitter->insertWidget(static_cast<int>(to), &pane);
    m_splitter->setSizes(sizes);
    if (hadFocus)
        pane.setFocus(Qt::OtherFocusReason);
    changed();
}

void ChartStack::setCurrent(ChartPane& pane) {
    if (m_current == &pane)
        return;
    m_current = &pane;
    setFocusProxy(m_current);
    for (ChartPane* one : m_panes)
        one->setCurrent(one == m_current && m_panes.size() > 1);
    emit currentChanged();
}

void ChartStack::changed() {
    for (ChartPane* pane : m_panes)
        pane->setCurrent(pane == m_current && m_panes.size() > 1);
    nameTimes();
    shareTime();
    shareSides();
    emit chartsChanged();
}

void ChartStack::nameTimes() {
    // One time axis, below the last; a chart that makes room for its values has its own.
    const bool aligned = std::none_of(m_panes.begin(), m_panes.end(), [](const ChartPane* pane) {
        return pane->chart().settings().values;
    });
    for (ChartPane* pane : m_panes)
        pane->chart().setTimesShown(!aligned || pane == m_panes.back());
}

void ChartStack::shareTime() {
    for (ChartPane* pane : m_panes) {
        std::optional<TimeRange> beside;
        for (const ChartPane* other : m_panes) {
            const auto frame = other->chart().frame();
            if (other == pane || !frame || !frame->extent)
                continue;
            beside = beside ? TimeRange{std::min(beside->from, frame->extent->from),
                                        std::max(beside->to, frame->extent->to)}
                            : *frame->extent;
        }
        pane->chart().setBeside(beside);
    }
}

void ChartStack::shareSides() {
    ChartCanvas::Sides widest;
    for (const ChartPane* pane : m_panes) {
        const ChartCanvas::Sides needed = pane->chart().neededSides();
        widest.left = std::max(widest.left, needed.left);
        widest.right = std::max(widest.right, needed.right);
    }
    if (widest == m_sides)
        return;
    m_sides = widest;
    for (ChartPane* pane : m_panes)
        pane->chart().setLeastSides(widest);
}

void ChartStack::fillMenu(ChartPane& pane, QMenu& menu) {
    const bool isFirst = &pane == &first();
    for (const QString& family : pane.families()) {
        if (pane.families().size() < 2 || (isFirst && family == pane.families().front()))
            continue;
        menu.addAction(tr("Take out %1").arg(family), this,
                       [this, &pane, family] { takeFrom(pane, family); });
    }
    if (isFirst) {
        QAction* keep = menu.addAction(tr("Keep as a chart of its own"), this, [this, &pane] {
            const ChartSettings settings = pane.chart().settings();
            if (ChartPane* kept = addChart(pane.families(), 1))
                kept->chart().setSettings(settings);
        });
        keep->setEnabled(!pane.families().isEmpty() && m_panes.size() < chartsMost);
        return;
    }
    const qsizetype at = m_panes.indexOf(&pane);
    QAction* up = menu.addAction(tr("Move up"), this, [this, &pane] { move(pane, -1); });
    up->setEnabled(at > 1);
    QAction* down = menu.addAction(tr("Move down"), this, [this, &pane] { move(pane, 1); });
    down->setEnabled(at + 1 < m_panes.size());
    menu.addAction(tr("Remove this chart") + QStringLiteral("\tDel"), this,
                   [this, &pane] { remove(pane); });
}

QRect ChartStack::rectOf(const ChartPane& pane) const {
    return {pane.mapTo(this, QPoint(0, 0)), pane.size()};
}

ChartStack::Target ChartStack::targetAt(QPoint at) const {
    const int thick = m_theme.px(4);
    const auto between = [&](int place, int y) {
        return Target{nullptr, place, QRect(0, y - thick / 2, width(), thick)};
    };
    for (int i = 0; i < m_panes.size(); ++i) {
        const QRect rect = rectOf(*m_panes[i]);
        if (at.y() > rect.bottom())
            continue;
        // A quarter at either end, so that both can be hit in a low chart as well.
        const int edge = std::min(rect.height() / 4, m_theme.px(48));
        if (i > 0 && at.y() < rect.top() + edge)
            return between(i, rect.top());
        if (at.y() > rect.bottom() - edge)
            return between(i + 1, std::min(rect.bottom() + 1, height() - thick / 2));
        return {m_panes[i], i, rect};
    }
    return between(static_cast<int>(m_panes.size()), height() - thick / 2);
}

void ChartStack::dragEnterEvent(QDragEnterEvent* event) {
    if (familiesIn(event->mimeData()).isEmpty()) {
        event->ignore();
        return;
    }
    event->acceptProposedAction();
}

void ChartStack::dragMoveEvent(QDragMoveEvent* event) {
    const Target target = targetAt(event->position().toPoint());
    m_mark->point(target.mark, target.pane != nullptr);
    event->acceptProposedAction();
}

void ChartStack::dragLeaveEvent(QDragLeaveEvent*) {
    m_mark->hide();
}

void ChartStack::dropEvent(QDropEvent* event) {
    m_mark->hide();
    const QStringList families = familiesIn(event->mimeData());
    if (families.isEmpty())
        return;
    const Target target = targetAt(event->position().toPoint());
    if (target.pane == nullptr) {
        addChart(families, target.at);
    } else {
        for (const QString& family : families)
            addTo(*target.pane, family);
    }
    event->acceptProposedAction();
}

void ChartStack::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    m_mark->hide();
}

QByteArray ChartStack::save() const {
    QJsonArray charts;
    const QList<int> sizes = m_splitter->sizes();
    for (int i = 0; i < m_panes.size(); ++i) {
        QJsonObject chart = m_panes[i]->save();
        chart.insert(QStringLiteral("height"), sizes.value(i));
        charts.append(chart);
    }
    return QJsonDocument(QJsonObject{{QStringLiteral("version"), savedVersion},
                                     {QStringLiteral("charts"), charts}})
        .toJson(QJsonDocument::Compact);
}

void ChartStack::restore(const QByteArray& saved) {
    const QJsonObject root = QJsonDocument::fromJson(saved).object();
    if (root.value(QStringLiteral("version")).toInt() != savedVersion)
        return;
    const QJsonArray charts = root.value(QStringLiteral("charts")).toArray();
    QList<int> sizes;
    for (qsizetype i = 0; i < std::min<qsizetype>(charts.size(), chartsMost); ++i) {
        const QJsonObject chart = charts[i].toObject();
        if (i > 0) {
            ChartPane& pane = makePane(ChartPane::Head::Own, static_cast<int>(m_panes.size()));
            pane.restore(chart);
            if (pane.families().isEmpty()) {
                m_panes.removeLast();
                delete &pane;
                continue;
            }
            refresh(pane, *m_bridge.analysis());
        } else {
            first().restore(chart);
            m_restored = ChartPane::familiesOf(chart);
            if (!m_restored.isEmpty() && m_restored.front() == first().families().value(0)) {
                first().setFamilies(std::exchange(m_restored, {}));
                refresh(first(), *m_bridge.analysis());
            }
        }
        sizes << std::max(chart.value(QStringLiteral("height")).toInt(), 1);
    }
    if (!sizes.isEmpty())
        m_splitter->setSizes(sizes);
    changed();
}

} // namespace sightglass::ui
