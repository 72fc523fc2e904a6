// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/metrics/explorer_pane.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QKeyEvent>
#include <QLabel>
#include <QMenu>
#include <QScrollBar>
#include <QTreeView>
#include <QVBoxLayout>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "ui/look/pane_keys.h"
#include "ui/pages/metrics/family_delegate.h"

namespace sightglass::ui {

namespace {

constexpr int sparklinePoints = 24;
constexpr TimeNs sparklineSpan = 300 * nsPerSecond;
constexpr int sparklineDelayMs = 1000;
/// Above this many families a filter waits for a pause in typing.
constexpr int filterAtOnce = 5000;
constexpr int filterDelayMs = 80;

/// A tree whose current row moves by keys without selecting: what is selected is what the window
/// shows.
class ExplorerTree : public QTreeView {
  public:
    using QTreeView::QTreeView;

  protected:
    QItemSelectionModel::SelectionFlags selectionCommand(const QModelIndex&,
                                                         const QEvent*) const override {
        return QItemSelectionModel::NoUpdate;
    }
    /// The delegate draws the arrows.
    void drawBranches(QPainter*, const QRect&, const QModelIndex&) const override {}
};

QString keyOf(const QModelIndex& index) {
    const QModelIndex parent = index.parent();
    return (parent.isValid() ? parent.data(FamilyModel::NameRole).toString() + u'\x1f'
                             : QString()) +
           index.data(FamilyModel::NameRole).toString();
}

bool isFamily(const QModelIndex& index) {
    return index.isValid() &&
           index.data(FamilyModel::KindRole).toInt() == static_cast<int>(FamilyRow::Kind::Family);
}

} // namespace

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
                   [this](Sparklines lines) {
                       for (auto& [family, values] : lines)
                           m_model.setSparkline(family, std::move(values));
                   }) {
    setAccessibleName(tr("Explorer"));
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);

    m_filter = new FilterField(this);
    m_filter->setAccessibleName(tr("Filter metrics"));
    m_grouping = new QLabel(tr("by service"), this);
    m_grouping->setForegroundRole(QPalette::PlaceholderText);

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
    setTabOrder(m_filter, m_tree);
    setFocusProxy(m_tree);

    m_filterDelay.setSingleShot(true);
    connect(&m_filterDelay, &QTimer::timeout, this, &ExplorerPane::filter);
    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString& text) {
        // An emptied field shows all at once: the user wants out.
        m_filterDelay.start(m_model.familyCount() > filterAtOnce && !text.isEmpty() ? filterDelayMs
                                                                                    : 0);
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
        if (!m_restoring)
            m_closed.remove(keyOf(index));
        m_sparklineDelay.start(0);
    });
    connect(m_tree, &QTreeView::collapsed, this, [this](const QModelIndex& index) {
        if (m_model.filter().isEmpty())
            m_closed.insert(keyOf(index));
    });
    connect(m_tree->verticalScrollBar(), &QScrollBar::valueChanged, this, [this] {
        if (!m_sparklineDelay.isActive() || m_sparklineDelay.remainingTime() > 100)
            m_sparklineDelay.start(100);
    });
    connect(&m_model, &QAbstractItemModel::rowsInserted, this, &ExplorerPane::openNew);
    connect(&m_model, &QAbstractItemModel::modelAboutToBeReset, this, &ExplorerPane::rememberView);
    connect(&m_model, &QAbstractItemModel::modelReset, this, &ExplorerPane::restoreView);

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
    const auto& findings = analysis->findings->findings;
    m_delegate->setTwoBadges(std::any_of(findings.begin(), findings.end(), [](const auto& finding) {
        return !finding->resolved && finding->rule == "type-mismatch";
    }));
    m_model.setAnalysis(std::move(analysis));
    m_filter->setPlaceholderText(m_model.familyCount() == 1
                                     ? tr("Filter 1 metric")
                                     : tr("Filter %1 metrics").arg(m_model.familyCount()));
    markSelected(false);
    if (!m_sparklineDelay.isActive())
        m_sparklineDelay.start(0);
}

void ExplorerPane::filter() {
    rememberView();
    m_model.setFilter(m_filter->text());
    restoreView();
    markSelected(m_filter->text().isEmpty());
    const bool none = m_model.rowCount() == 0 && m_model.familyCount() > 0;
    m_nothing->setText(none ? tr("No metric, label key or help text matches.") : QString());
    m_nothing->setVisible(none);
    m_sparklineDelay.start(0);
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

void ExplorerPane::markSelected(bool scroll) {
    const QModelIndex index = m_model.indexOfFamily(m_selection.family());
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

void ExplorerPane::rememberView() {
    m_keptCurrent = isFamily(m_tree->currentIndex())
                        ? m_tree->currentIndex().data(FamilyModel::NameRole).toString()
                        : QString();
    QModelIndex top = m_tree->indexAt(QPoint(1, 1));
    while (top.isValid() && !isFamily(top))
        top = m_tree->indexBelow(top);
    m_keptTop = top.isValid() ? top.data(FamilyModel::NameRole).toString() : QString();
}

void ExplorerPane::restoreView() {
    // What a filter opens to show its matches is not what the user opened.
    m_restoring = true;
    m_tree->expandAll();
    m_restoring = false;
    if (m_model.filter().isEmpty()) {
        const QSet<QString> closed = m_closed;
        for (int s = 0; s < m_model.rowCount(); ++s) {
            const QModelIndex service = m_model.index(s, 0);
            for (int g = 0; g < m_model.rowCount(service); ++g) {
                const QModelIndex group = m_model.index(g, 0, service);
                if (isFamily(group))
                    break;
                if (closed.contains(keyOf(group)))
                    m_tree->collapse(group);
            }
            if (closed.contains(keyOf(service)))
                m_tree->collapse(service);
        }
    }
    if (const QModelIndex current = m_model.indexOfFamily(m_keptCurrent); current.isValid())
        m_tree->selectionModel()->setCurrentIndex(current, QItemSelectionModel::NoUpdate);
    markSelected(false);
    if (const QModelIndex top = m_model.indexOfFamily(m_keptTop); top.isValid() && isUnfolded(top))
        m_tree->scrollTo(top, QAbstractItemView::PositionAtTop);
}

void ExplorerPane::openNew(const QModelIndex& parent, int first, int last) {
    const auto open = [this](const QModelIndex& index) {
        if (!m_closed.contains(keyOf(index)))
            m_tree->expand(index);
    };
    for (int row = first; row <= last; ++row) {
        const QModelIndex index = m_model.index(row, 0, parent);
        if (isFamily(index))
            break;
        open(index);
        for (int g = 0; g < m_model.rowCount(index); ++g) {
            if (!isFamily(m_model.index(g, 0, index)))
                open(m_model.index(g, 0, index));
        }
    }
}

bool ExplorerPane::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_tree && event->type() == QEvent::KeyPress) {
        const QModelIndex current = m_tree->currentIndex();
        switch (static_cast<QKeyEvent*>(event)->key()) {
        case Qt::Key_Return:
        case Qt::Key_Enter:
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
        const OriginId reference = m_model.referenceOf(*family);
        for (const FamilyPath& path : family->paths) {
            if (path.origin != reference || path.metrics.empty())
                continue;
            const MetricInfo& info = *path.metrics.front()->info;
            const bool distribution = info.descriptor.type == MetricType::Histogram ||
                                      info.descriptor.type == MetricType::ExponentialHistogram ||
                                      info.descriptor.type == MetricType::Summary;
            const bool delta = info.descriptor.temporality == Temporality::Delta;
            request.subjects.push_back({toText(family->name), info.id,
                                        distribution ? Field::Count : Field::Value,
                                        (distribution || info.descriptor.monotonic) && !delta});
        }
    }
    if (!request.subjects.empty())
        m_sparklines.ask(std::move(request));
}

} // namespace sightglass::ui
