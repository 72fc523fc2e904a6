// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/metrics/explorer_pane.h"

#include <QActionGroup>
#include <QApplication>
#include <QClipboard>
#include <QDrag>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QKeyEvent>
#include <QLabel>
#include <QLocale>
#include <QMenu>
#include <QMouseEvent>
#include <QScrollBar>
#include <QToolButton>
#include <QTreeView>
#include <QVBoxLayout>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "ui/look/pane_keys.h"
#include "ui/pages/metrics/family_delegate.h"
#include "ui/pages/metrics/plot_family.h"

namespace sightglass::ui {

namespace {

constexpr int sparklinePoints = 24;
constexpr TimeNs sparklineSpan = 300 * nsPerSecond;
constexpr int sparklineDelayMs = 1000;

QString keyOf(const QModelIndex& index) {
    return index.data(FamilyModel::KeyRole).toString();
}

bool isFamily(const QModelIndex& index) {
    return index.isValid() &&
           index.data(FamilyModel::KindRole).toInt() == static_cast<int>(FamilyModel::Kind::Family);
}

QString groupingText(Grouping grouping) {
    switch (grouping) {
    case Grouping::Path:
        return ExplorerPane::tr("by path");
    case Grouping::Name:
        return ExplorerPane::tr("by name");
    case Grouping::Service:
        break;
    }
    return ExplorerPane::tr("by service");
}

} // namespace

/// A tree whose current row moves by keys without selecting: what is selected is what the window
/// shows.
class ExplorerTree : public QTreeView {
  public:
    using QTreeView::QTreeView;

    /// Opens and closes branches and lays the rows out once, however many they are.
    template <class Arrange>
    void arrange(Arrange arrange) {
        scheduleDelayedItemsLayout();
        arrange();
        executeDelayedItemsLayout();
    }

  protected:
    QItemSelectionModel::SelectionFlags selectionCommand(const QModelIndex&,
                                                         const QEvent*) const override {
        return QItemSelectionModel::NoUpdate;
    }
    /// A metric is dragged by its row, into a chart.
    void mousePressEvent(QMouseEvent* event) override {
        m_pressed =
            event->button() == Qt::LeftButton ? event->position().toPoint() : QPoint(-1, -1);
        QTreeView::mousePressEvent(event);
    }
    void mouseMoveEvent(QMouseEvent* event) override {
        const QModelIndex index = m_pressed.x() < 0 ? QModelIndex() : indexAt(m_pressed);
        if (!event->buttons().testFlag(Qt::LeftButton) || !isFamily(index) ||
            (event->position().toPoint() - m_pressed).manhattanLength() <
                QApplication::startDragDistance()) {
            QTreeView::mouseMoveEvent(event);
            return;
        }
        m_pressed = {-1, -1};
        setState(NoState); // the release goes to the drag
        auto* drag = new QDrag(this);
        drag->setMimeData(familiesAsMime({index.data(FamilyModel::NameRole).toString()}).release());
        drag->exec(Qt::CopyAction);
    }
    /// The delegate draws the arrows.
    void drawBranches(QPainter*, const QRect&, const QModelIndex&) const override {}

  private:
    QPoint m_pressed{-1, -1};
};

Sparklines readSparklines(const SeriesReader& reader, const SparklineRequest& request) {
    Sparklines out;
    for (const SparklineRequest::Subject& subject : request.subjects) {
        const auto series = reader.seriesOf(subject.metric);
        if (series.empty())
            continue;
        const auto extent = reader.extent(series.front().id);
        if (!extent)
            continue;
        TimeRange range = request.range;
        range.from = std::max(range.from, extent->from);
        range.to = std::min(range.to, extent->to);
        if (range.to <= range.from)
            continue;
        std::array<Column, sparklinePoints> columns;
        reader.columns(series.front().id, subject.field, range, columns);
        QVector<float> values;
        double low = std::numeric_limits<double>::infinity();
        double high = -low;
        std::array<double, sparklinePoints> raw{};
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const Column& column = columns[i];
            raw[i] = std::numeric_limits<double>::quiet_NaN();
            if (column.count > 0 && !subject.rate)
                raw[i] = column.last;
            else if (column.increaseOver > 0)
                raw[i] = column.increase * 1e9 / static_cast<double>(column.increaseOver);
            if (std::isfinite(raw[i])) {
                low = std::min(low, raw[i]);
                high = std::max(high, raw[i]);
            }
        }
        // Points may be rarer than columns: a line needs no gap there, only where a series ended.
        for (std::size_t i = 0; i < raw.size(); ++i) {
            if (std::isfinite(raw[i]))
                values.push_back(high > low ? static_cast<float>((raw[i] - low) / (high - low))
                                            : 0.5F);
            else if (columns[i].stale)
                values.push_back(std::numeric_limits<float>::quiet_NaN());
        }
        out.emplace_back(subject.family, std::move(values));
    }
    return out;
}

ExplorerPane::ExplorerPane(EngineBridge& bridge, Selection& selection, const Theme& theme,
                           QWidget* parent)
    : QWidget(parent),
      m_bridge(bridge),
      m_selection(selection),
      m_theme(theme),
      m_sparklines([&reader = bridge.reader()](
                       const SparklineRequest& request) { return readSparklines(reader, request); },
                   [this](Sparklines lines) { m_model.setSparklines(std::move(lines)); }) {
    setAccessibleName(tr("Explorer"));
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);

    m_filter = new FilterField(this);
    m_filter->setAccessibleName(tr("Filter metrics"));
    m_grouping = new QToolButton(this);
    m_grouping->setAutoRaise(true);
    m_grouping->setFocusPolicy(Qt::StrongFocus);
    m_grouping->setPopupMode(QToolButton::InstantPopup);
    m_grouping->setToolTip(tr("What the metrics are grouped by"));
    auto* groupings = new QMenu(m_grouping);
    m_groupings = new QActionGroup(groupings);
    for (const auto& [grouping, text] : {std::pair(Grouping::Service, tr("By &service")),
                                         std::pair(Grouping::Path, tr("By &path")),
                                         std::pair(Grouping::Name, tr("By &name prefix"))}) {
        QAction* action = groupings->addAction(text);
        action->setCheckable(true);
        action->setData(static_cast<int>(grouping));
        m_groupings->addAction(action);
    }
    m_grouping->setMenu(groupings);

    m_tree = new ExplorerTree(this);
    m_tree->setAccessibleName(tr("Metrics"));
    m_tree->setModel(&m_model);
    m_delegate = new FamilyDelegate(theme, this);
    m_tree->setItemDelegate(m_delegate);
    m_tree->setHeaderHidden(true);
    m_tree->setIndentation(0);
    m_tree->setRootIsDecorated(false);
    m_tree->setUniformRowHeights(true);
    m_tree->setExpandsOnDoubleClick(false);
    m_tree->setFrameShape(QFrame::NoFrame);
    m_tree->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_tree->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_tree->setMouseTracking(true);
    m_tree->setSelectionMode(QAbstractItemView::SingleSelection);
    m_tree->setContextMenuPolicy(Qt::CustomContextMenu);
    m_tree->installEventFilter(this);
    new CopyKeys(
        m_tree, [this] { copyName(); }, [this] { copyJson(); });

    m_nothing = new QLabel(m_tree->viewport());
    m_nothing->setAlignment(Qt::AlignHCenter | Qt::AlignTop);
    m_nothing->setWordWrap(true);
    m_nothing->setForegroundRole(QPalette::PlaceholderText);

    auto* head = new QHBoxLayout;
    head->addWidget(m_filter, 1);
    head->addWidget(m_grouping);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(head);
    column->addWidget(m_tree, 1);
    setTabOrder(m_filter, m_grouping);
    setTabOrder(m_grouping, m_tree);
    setFocusProxy(m_tree);

    connect(m_filter, &QLineEdit::textChanged, this, &ExplorerPane::filter);
    connect(m_groupings, &QActionGroup::triggered, this, [this](const QAction* action) {
        setGrouping(static_cast<Grouping>(action->data().toInt()));
    });
    connect(m_filter, &FilterField::listWanted, this, [this] {
        m_tree->setFocus(Qt::OtherFocusReason);
        if (!isFamily(m_tree->currentIndex())) {
            QModelIndex first = m_model.index(0, 0);
            while (first.isValid() && !isFamily(first))
                first = m_tree->indexBelow(first);
            m_tree->setCurrentIndex(first);
        }
    });
    connect(m_tree, &QTreeView::clicked, this, &ExplorerPane::activate);
    connect(m_tree, &QWidget::customContextMenuRequested, this, &ExplorerPane::showMenu);
    connect(m_tree, &QTreeView::expanded, this, [this](const QModelIndex& index) {
        // What a filter opens to show its matches is not what the user opened.
        if (!m_arranging && m_model.filter().isEmpty()) {
            m_closed.remove(keyOf(index));
            m_opened.insert(keyOf(index));
        }
        m_sparklineDelay.start(0);
    });
    connect(m_tree, &QTreeView::collapsed, this, [this](const QModelIndex& index) {
        if (!m_arranging && m_model.filter().isEmpty()) {
            m_opened.remove(keyOf(index));
            m_closed.insert(keyOf(index));
        }
    });
    connect(m_tree->verticalScrollBar(), &QScrollBar::valueChanged, this, [this] {
        if (!m_sparklineDelay.isActive() || m_sparklineDelay.remainingTime() > 100)
            m_sparklineDelay.start(100);
    });
    connect(&m_model, &QAbstractItemModel::layoutAboutToBeChanged, this,
            &ExplorerPane::rememberView);
    connect(&m_model, &FamilyModel::shown, this, &ExplorerPane::showRows);

    m_sparklineDelay.setSingleShot(true);
    connect(&m_sparklineDelay, &QTimer::timeout, this, &ExplorerPane::askSparklines);
    connect(&bridge, &EngineBridge::samplesArrived, this, [this] {
        if (!m_sparklineDelay.isActive())
            m_sparklineDelay.start(sparklineDelayMs);
    });
    connect(&bridge, &EngineBridge::analysisChanged, this, [this] { show(m_bridge.analysis()); });
    connect(&selection, &Selection::familyChanged, this, [this] { markSelected(true); });
    connect(&selection, &Selection::referenceChanged, this,
            [this] { m_model.setReference(m_selection.reference()); });
    connect(&theme, &Theme::changed, this, &ExplorerPane::retheme);
    retheme();
    if (bridge.analysis())
        show(bridge.analysis());
}

ExplorerPane::~ExplorerPane() = default;

void ExplorerPane::show(std::shared_ptr<const Analysis> analysis) {
    m_model.setAnalysis(std::move(analysis));
}

void ExplorerPane::filter() {
    m_model.setFilter(m_filter->text());
}

void ExplorerPane::setGrouping(Grouping grouping) {
    if (grouping == m_model.grouping())
        return;
    m_model.setGrouping(grouping);
    retheme();
    emit groupingChanged();
}

void ExplorerPane::focusFilter() {
    m_filter->setFocus(Qt::ShortcutFocusReason);
    m_filter->selectAll();
}

void ExplorerPane::activate(const QModelIndex& index) {
    if (isFamily(index))
        m_selection.select(index.data(FamilyModel::NameRole).toString());
    else
        toggle(index);
}

void ExplorerPane::toggle(const QModelIndex& index) {
    if (index.isValid())
        m_tree->setExpanded(index, !m_tree->isExpanded(index));
}

/// Scrolling to a row within a folded branch would unfold it.
bool ExplorerPane::isUnfolded(const QModelIndex& index) const {
    for (QModelIndex above = index.parent(); above.isValid(); above = above.parent()) {
        if (!m_tree->isExpanded(above))
            return false;
    }
    return true;
}

/// By path a family stands in several rows: the one that the user chose, else where it was, else
/// the first.
QModelIndex ExplorerPane::selectedRow() const {
    const auto shows = [this](const QModelIndex& index) {
        return isFamily(index) &&
               index.data(FamilyModel::NameRole).toString() == m_selection.family();
    };
    if (m_selection.family().isEmpty())
        return {};
    if (shows(m_tree->currentIndex()))
        return m_tree->currentIndex();
    const QModelIndexList before = m_tree->selectionModel()->selectedIndexes();
    if (!before.isEmpty() && shows(before.front()))
        return before.front();
    return m_model.indexOfFamily(m_selection.family());
}

void ExplorerPane::markSelected(bool scroll) {
    const QModelIndex index = selectedRow();
    QItemSelectionModel& selected = *m_tree->selectionModel();
    if (!index.isValid()) {
        selected.clearSelection();
        return;
    }
    if (!selected.isSelected(index))
        selected.select(index, QItemSelectionModel::ClearAndSelect);
    // The keys go on from where the window is, unless the user is among them right now.
    if (!m_tree->currentIndex().isValid() || (scroll && !m_tree->hasFocus()))
        selected.setCurrentIndex(index, QItemSelectionModel::NoUpdate);
    if (scroll && isUnfolded(index))
        m_tree->scrollTo(index);
}

bool ExplorerPane::shouldOpen(const QModelIndex& branch) const {
    if (!m_model.filter().isEmpty())
        return m_model.opensByItself(branch);
    const QString key = keyOf(branch);
    return m_opened.contains(key) || (m_model.opensByItself(branch) && !m_closed.contains(key));
}

void ExplorerPane::rememberView() {
    const QModelIndex current = m_tree->currentIndex();
    if (current.isValid())
        m_keptCurrent =
            isFamily(current) ? current.data(FamilyModel::NameRole).toString() : QString();
    QModelIndex top = m_tree->indexAt(QPoint(1, 1));
    while (top.isValid() && !isFamily(top) && m_tree->visualRect(top).top() < m_tree->height())
        top = m_tree->indexBelow(top);
    m_keptTop = isFamily(top) ? top : m_tree->indexAt(QPoint(1, 1));
    m_keptTopY = m_tree->visualRect(m_keptTop).top();
}

void ExplorerPane::showRows(const QModelIndexList& added) {
    const Analysis& analysis = *m_model.analysis();
    const auto& findings = analysis.findings->findings;
    m_delegate->setTwoBadges(m_model.grouping() != Grouping::Path &&
                             std::any_of(findings.begin(), findings.end(), [](const auto& finding) {
                                 return !finding->resolved && finding->rule == "type-mismatch";
                             }));
    m_filter->setPlaceholderText(
        m_model.familyCount() == 1
            ? tr("Filter 1 metric")
            : tr("Filter %1 metrics")
                  .arg(QLocale(QLocale::English).toString(m_model.familyCount())));
    const bool none = m_model.rowCount() == 0 && m_model.familyCount() > 0;
    m_nothing->setText(none ? tr("No metric, label key or help text matches.") : QString());
    m_nothing->setVisible(none);

    const bool filtered = std::exchange(m_shownFilter, m_model.filter()) != m_model.filter();
    const bool regrouped = std::exchange(m_shownGrouping, m_model.grouping()) != m_model.grouping();
    m_arranging = true;
    if (filtered || !added.isEmpty()) {
        m_tree->arrange([&] {
            for (const QModelIndex& branch : filtered ? m_model.branches() : added)
                m_tree->setExpanded(branch, shouldOpen(branch));
        });
    }
    if (!m_keptCurrent.isEmpty() && !m_tree->currentIndex().isValid()) {
        const QModelIndex current = m_model.indexOfFamily(m_keptCurrent);
        if (current.isValid())
            m_tree->selectionModel()->setCurrentIndex(current, QItemSelectionModel::NoUpdate);
    }
    markSelected(false);
    if (regrouped || (filtered && m_shownFilter.isEmpty())) {
        // The user asked for another view: it begins with what they were at.
        reveal(selectedRow());
    } else if (m_keptTop.isValid() && isUnfolded(m_keptTop)) {
        QScrollBar& bar = *m_tree->verticalScrollBar();
        bar.setValue(bar.value() + m_tree->visualRect(m_keptTop).top() - m_keptTopY);
    }
    m_keptTop = QPersistentModelIndex();
    m_arranging = false;
    if (!m_sparklineDelay.isActive())
        m_sparklineDelay.start(0);
}

/// Opens what the row stands in, and brings it into view.
void ExplorerPane::reveal(const QModelIndex& index) {
    if (!index.isValid())
        return;
    QModelIndexList folded;
    for (QModelIndex above = index.parent(); above.isValid(); above = above.parent()) {
        if (!m_tree->isExpanded(above))
            folded.push_front(above);
    }
    // What the user folded stays so.
    if (std::any_of(folded.begin(), folded.end(),
                    [this](const QModelIndex& branch) { return m_closed.contains(keyOf(branch)); }))
        return;
    for (const QModelIndex& branch : folded)
        m_tree->expand(branch);
    m_tree->scrollTo(index, QAbstractItemView::EnsureVisible);
}

bool ExplorerPane::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_tree && event->type() == QEvent::KeyPress) {
        const QModelIndex current = m_tree->currentIndex();
        const auto modifiers = static_cast<QKeyEvent*>(event)->modifiers() &
                               ~Qt::KeyboardModifiers(Qt::KeypadModifier);
        switch (static_cast<QKeyEvent*>(event)->key()) {
        case Qt::Key_Return:
        case Qt::Key_Enter:
            if (isFamily(current) && modifiers == Qt::ShiftModifier)
                emit chartWanted(current.data(FamilyModel::NameRole).toString(), true);
            else if (isFamily(current) && modifiers == Qt::ControlModifier)
                emit chartWanted(current.data(FamilyModel::NameRole).toString(), false);
            else
                activate(current);
            return true;
        case Qt::Key_Space:
            // Within a typed word QTreeView searches on; a lone space opens and closes.
            if (!isFamily(current)) {
                toggle(current);
                return true;
            }
            break;
        case Qt::Key_Left:
            if (isFamily(current)) {
                m_tree->setCurrentIndex(current.parent());
                return true;
            }
            break;
        default:
            break;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void ExplorerPane::showMenu(const QPoint& at) {
    const QModelIndex index = m_tree->indexAt(at);
    if (!index.isValid())
        return;
    m_tree->setCurrentIndex(index);
    QMenu menu(this);
    if (isFamily(index)) {
        const QString name = index.data(FamilyModel::NameRole).toString();
        menu.addAction(tr("Add as a chart") + QStringLiteral("\tShift+Return"), this,
                       [this, name] { emit chartWanted(name, true); });
        menu.addAction(tr("Add to the chart") + QStringLiteral("\tCtrl+Return"), this,
                       [this, name] { emit chartWanted(name, false); });
        menu.addSeparator();
    }
    menu.addAction(tr("Copy name"), this, &ExplorerPane::copyName);
    menu.addAction(tr("Copy as JSON"), this, &ExplorerPane::copyJson);
    menu.exec(m_tree->viewport()->mapToGlobal(at));
}

void ExplorerPane::copyName() {
    const QModelIndex index = m_tree->currentIndex();
    if (index.isValid())
        QGuiApplication::clipboard()->setText(index.data(FamilyModel::NameRole).toString());
}

void ExplorerPane::copyJson() {
    QJsonArray out;
    const auto add = [&](const auto& self, const QModelIndex& index) -> void {
        const auto family = m_model.familyAt(index);
        if (!family) {
            for (int row = 0; row < m_model.rowCount(index); ++row)
                self(self, m_model.index(row, 0, index));
            return;
        }
        QJsonArray paths;
        for (const FamilyPath& path : family->paths) {
            for (const auto& metric : path.metrics) {
                const Descriptor& descriptor = metric->info->descriptor;
                paths.append(QJsonObject{
                    {QStringLiteral("origin"), toText(m_bridge.origin(path.origin).name())},
                    {QStringLiteral("original_name"), toText(descriptor.name)},
                    {QStringLiteral("type"), toText(typeName(descriptor.type))},
                    {QStringLiteral("monotonic"), descriptor.monotonic},
                    {QStringLiteral("temporality"),
                     toText(temporalityName(descriptor.temporality))},
                    {QStringLiteral("unit"), toText(descriptor.unit)},
                    {QStringLiteral("description"), toText(descriptor.description)},
                    {QStringLiteral("series"), static_cast<qint64>(metric->series)},
                });
            }
        }
        out.append(QJsonObject{{QStringLiteral("name"), toText(family->name)},
                               {QStringLiteral("service"), toText(family->service)},
                               {QStringLiteral("paths"), paths}});
    };
    const QModelIndex current = m_tree->currentIndex();
    if (!current.isValid())
        return;
    add(add, current);
    QGuiApplication::clipboard()->setText(
        QString::fromUtf8(QJsonDocument(out).toJson(QJsonDocument::Indented)));
}

void ExplorerPane::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    m_nothing->setGeometry(m_theme.px(12), m_theme.px(16), m_tree->width() - m_theme.px(24),
                           m_theme.px(80));
    if (!m_sparklineDelay.isActive())
        m_sparklineDelay.start(100);
}

void ExplorerPane::retheme() {
    auto* head = layout()->itemAt(0)->layout();
    head->setContentsMargins(m_theme.px(10), 0, m_theme.px(12), 0);
    head->setSpacing(m_theme.px(8));
    m_filter->setFixedHeight(m_theme.px(32));
    m_filter->setFont(m_theme.font(Theme::Size::Body));
    m_grouping->setFont(m_theme.font(Theme::Size::Small));
    const QString grouping = groupingText(m_model.grouping());
    m_grouping->setText(grouping);
    m_grouping->setAccessibleName(tr("Metrics grouped %1").arg(grouping));
    for (QAction* action : m_groupings->actions())
        action->setChecked(action->data().toInt() == static_cast<int>(m_model.grouping()));
    // Uniform rows are measured once; only a new layout measures them again.
    m_tree->doItemsLayout();
    m_tree->viewport()->update();
}

void ExplorerPane::askSparklines() {
    if (!isVisible() || !m_model.analysis())
        return;
    SparklineRequest request;
    const TimeNs now = m_bridge.engine().clock().now();
    request.range = {now - sparklineSpan, now};
    const int bottom = m_tree->viewport()->height();
    for (QModelIndex index = m_tree->indexAt(QPoint(1, 1));
         index.isValid() && m_tree->visualRect(index).top() < bottom;
         index = m_tree->indexBelow(index)) {
        const auto family = m_model.familyAt(index);
        if (!family)
            continue;
        const OriginId shown = m_model.pathOf(index);
        for (const FamilyPath& path : family->paths) {
            if (path.origin != shown || path.metrics.empty())
                continue;
            const MetricInfo& info = *path.metrics.front()->info;
            const bool distribution = info.descriptor.type == MetricType::Histogram ||
                                      info.descriptor.type == MetricType::ExponentialHistogram ||
                                      info.descriptor.type == MetricType::Summary;
            const bool delta = info.descriptor.temporality == Temporality::Delta;
            request.subjects.push_back({m_model.sparklineKey(index), info.id,
                                        distribution ? Field::Count : Field::Value,
                                        (distribution || info.descriptor.monotonic) && !delta});
        }
    }
    if (!request.subjects.empty())
        m_sparklines.ask(std::move(request));
}

} // namespace sightglass::ui
