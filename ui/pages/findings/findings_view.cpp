// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/findings/findings_view.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QJsonDocument>
#include <QKeyEvent>
#include <QLabel>
#include <QMenu>
#include <QMouseEvent>
#include <QPersistentModelIndex>
#include <QSplitter>
#include <QToolButton>
#include <QTreeView>
#include <QVBoxLayout>

#include <algorithm>
#include <numeric>

#include "core/diagnose/findings_json.h"
#include "ui/look/format.h"
#include "ui/look/label.h"
#include "ui/look/marks.h"
#include "ui/look/pane_keys.h"
#include "ui/models/path_facts.h"
#include "ui/pages/findings/finding_delegate.h"
#include "ui/pages/findings/finding_detail.h"
#include "ui/pages/findings/severity_toggle.h"

namespace sightglass::ui {

namespace {

constexpr int rowPx = 28;
constexpr int headerPx = 32;
constexpr int pageHeaderPx = 48;
/// A page opens the groups that fit on it by itself.
constexpr int groupOpensUpTo = 50;

constexpr std::array severities{Severity::Error, Severity::Warning, Severity::Note};

class FindingTree : public QTreeView {
  public:
    using QTreeView::QTreeView;

  protected:
    void drawBranches(QPainter*, const QRect&, const QModelIndex&) const override {}
};

QString counted(int count, const QString& one, const QString& many) {
    return QStringLiteral("%1 %2").arg(count).arg(count == 1 ? one : many);
}

} // namespace

FindingsView::FindingsView(EngineBridge& bridge, Selection& selection, const Theme& theme,
                           Place place, QWidget* parent)
    : QWidget(parent), m_bridge(bridge), m_selection(selection), m_theme(theme), m_place(place) {
    setAccessibleName(tr("Findings"));
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    buildHeader();
    buildTree();

    m_body = new QWidget(this);
    auto* list = new QVBoxLayout(m_body);
    list->setContentsMargins(0, 0, 0, 0);
    list->addWidget(m_tree);
    list->addWidget(m_empty, 1);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_header);
    if (m_place == Place::Page) {
        m_splitter = new QSplitter(Qt::Horizontal, this);
        m_splitter->setChildrenCollapsible(false);
        m_detail = new FindingDetail(bridge, theme, m_splitter);
        m_splitter->addWidget(m_body);
        m_splitter->addWidget(m_detail);
        connect(m_splitter, &QSplitter::splitterMoved, this, [this] { m_splitterMoved = true; });
        column->addWidget(m_splitter, 1);
    } else {
        column->addWidget(m_body, 1);
    }
    m_clock.setInterval(1000);
    connect(&m_clock, &QTimer::timeout, this,
            [this] { m_model.setNow(m_bridge.engine().clock().now()); });
    m_clock.start();
    connect(&bridge, &EngineBridge::analysisChanged, this, [this] { show(m_bridge.analysis()); });
    connect(&theme, &Theme::changed, this, &FindingsView::retheme);
    retheme();
    show(bridge.analysis());
}

void FindingsView::buildHeader() {
    m_header = new QWidget(this);
    m_title = new QLabel(tr("Findings"), m_header);
    auto* counts = new Label({}, m_theme, Theme::Size::Small, false, Label::Ink::Text2, m_header);
    counts->setElided(true);
    m_counts = counts;
    m_counts->setForegroundRole(QPalette::PlaceholderText);
    auto* row = new QHBoxLayout(m_header);
    row->addWidget(m_title);
    row->addWidget(m_counts);
    row->addStretch(1);
    for (std::size_t i = 0; i < severities.size(); ++i) {
        auto* button = new SeverityToggle(severities[i], m_theme, m_header);
        connect(button, &QAbstractButton::toggled, this, [this, i](bool on) {
            m_model.setSeverityShown(severities[i], on);
            refresh();
        });
        m_severities[i] = button;
        row->addWidget(button);
    }
    m_resolved = new QToolButton(m_header);
    m_resolved->setCheckable(true);
    m_resolved->setAutoRaise(true);
    m_resolved->setFocusPolicy(Qt::StrongFocus);
    connect(m_resolved, &QToolButton::toggled, this, [this](bool on) {
        m_model.setResolvedShown(on);
        refresh();
    });
    row->addWidget(m_resolved);
    m_filter = new FilterField(m_header);
    m_filter->setPlaceholderText(tr("Filter findings"));
    m_filter->setAccessibleName(tr("Filter findings"));
    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_model.setFilter(text);
        refresh();
    });
    connect(m_filter, &FilterField::listWanted, this, [this] {
        m_tree->setFocus(Qt::OtherFocusReason);
        if (!m_tree->currentIndex().isValid())
            m_tree->setCurrentIndex(m_model.index(0, 0));
    });
    row->addWidget(m_filter);
    m_copy = new QToolButton(m_header);
    m_copy->setText(tr("Copy"));
    m_copy->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_copy->setAutoRaise(true);
    m_copy->setFocusPolicy(Qt::StrongFocus);
    m_copy->setAccessibleName(tr("Copy findings"));
    auto* menu = new QMenu(m_copy);
    menu->addAction(tr("As text"), this, &FindingsView::copyText);
    menu->addAction(tr("As JSON"), this, &FindingsView::copyJson);
    connect(m_copy, &QToolButton::clicked, menu,
            [this, menu] { menu->popup(m_copy->mapToGlobal(QPoint(0, m_copy->height()))); });
    row->addWidget(m_copy);
}

void FindingsView::buildTree() {
    m_tree = new FindingTree(this);
    m_tree->setAccessibleName(tr("Findings by rule and paths"));
    m_tree->setModel(&m_model);
    m_delegate = new FindingDelegate(m_theme, this);
    m_tree->setItemDelegate(m_delegate);
    m_tree->setHeaderHidden(true);
    m_tree->header()->setSectionResizeMode(QHeaderView::Fixed);
    m_tree->header()->setStretchLastSection(false);
    m_tree->header()->setMinimumSectionSize(8);
    m_tree->setIndentation(0);
    m_tree->setRootIsDecorated(false);
    m_tree->setUniformRowHeights(true);
    m_tree->setAllColumnsShowFocus(false);
    m_tree->setExpandsOnDoubleClick(false);
    m_tree->setFrameShape(QFrame::NoFrame);
    m_tree->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_tree->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_tree->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_tree->setContextMenuPolicy(Qt::CustomContextMenu);
    m_tree->installEventFilter(this);
    m_tree->viewport()->installEventFilter(this);
    new CopyKeys(
        m_tree, [this] { copyText(); }, [this] { copyJson(); });

    m_empty = new QLabel(this);
    m_empty->setTextFormat(Qt::PlainText);
    m_empty->setWordWrap(true);
    m_empty->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    m_empty->setForegroundRole(QPalette::PlaceholderText);

    connect(m_tree, &QTreeView::doubleClicked, this, &FindingsView::open);
    connect(m_tree, &QWidget::customContextMenuRequested, this, &FindingsView::showMenu);
    connect(m_tree, &QTreeView::expanded, this, [this](const QModelIndex& index) {
        m_open.insert(m_model.keyOf(index));
        emit wantedHeightChanged();
    });
    connect(m_tree, &QTreeView::collapsed, this, [this](const QModelIndex& index) {
        m_open.remove(m_model.keyOf(index));
        emit wantedHeightChanged();
    });
    connect(m_tree->selectionModel(), &QItemSelectionModel::currentChanged, this,
            &FindingsView::showDetail);
    connect(&m_model, &QAbstractItemModel::modelAboutToBeReset, this, &FindingsView::rememberView);
    connect(&m_model, &QAbstractItemModel::modelReset, this, &FindingsView::restoreView);
    connect(&m_model, &QAbstractItemModel::rowsInserted, this,
            [this](const QModelIndex& parent, int first, int last) {
                if (!parent.isValid())
                    openNewGroups(first, last);
            });
}

void FindingsView::show(std::shared_ptr<const Analysis> analysis) {
    m_analysis = std::move(analysis);
    m_model.setNow(m_bridge.engine().clock().now());
    m_model.setAnalysis(m_analysis);
    refresh();
    showDetail();
}

void FindingsView::refresh() {
    QString counts;
    if (m_model.openCount() > 0) {
        counts = tr("%1, %2").arg(counted(m_model.groupCount(), tr("group"), tr("groups")),
                                  counted(m_model.openCount(), tr("finding"), tr("findings")));
    }
    m_counts->setText(counts);
    refreshToggles();
    refreshEmpty();
    aimFocus();
    fitHeader();
    emit wantedHeightChanged();
}

void FindingsView::refreshToggles() {
    for (std::size_t i = 0; i < severities.size(); ++i) {
        const int count = m_model.openCount(severities[i]);
        m_severities[i]->setCount(count);
        m_severities[i]->setVisible(count > 0 || !m_severities[i]->isChecked());
    }
    const int resolved = m_model.resolvedCount();
    m_resolved->setText(tr("%1 resolved").arg(resolved));
    m_resolved->setAccessibleName(tr("Show %1 resolved findings").arg(resolved));
    m_resolved->setToolTip(m_resolved->accessibleName());
    m_resolved->setVisible(resolved > 0 || m_resolved->isChecked());
    const bool any = m_model.openCount() > 0 || resolved > 0;
    m_filter->setVisible(any);
    m_copy->setVisible(any);
}

void FindingsView::refreshEmpty() {
    const bool none = m_model.rowCount() == 0;
    m_tree->setVisible(!none);
    m_empty->setVisible(none);
    if (!none || !m_analysis)
        return;
    const auto& catalog = *m_analysis->catalog;
    if (m_model.openCount() > 0)
        m_empty->setText(tr("No finding matches. Clear the filter to see all."));
    else if (catalog.origins.empty())
        m_empty->setText(tr("No findings, as nothing was received yet."));
    else if (catalog.origins.size() < 2)
        m_empty->setText(tr("No findings. Findings compare paths: add a second path, such as the "
                            "page of the collector that passes these metrics on."));
    else
        m_empty->setText(tr("No findings: the paths agree on everything that they share."));
}

/// What is focused in the view's stead must be seen.
void FindingsView::aimFocus() {
    QWidget* to = nullptr;
    if (m_tree->isVisibleTo(this))
        to = m_tree;
    else if (m_filter->isVisibleTo(this))
        to = m_filter;
    setFocusProxy(to);
}

/// The counts go rather than be cut off.
void FindingsView::fitHeader() {
    const QLayout& row = *m_header->layout();
    const QMargins margins = row.contentsMargins();
    int room = width() - margins.left() - margins.right() - m_counts->sizeHint().width();
    for (int i = 0; i < row.count(); ++i) {
        const QLayoutItem& item = *row.itemAt(i);
        if (item.widget() != m_counts && !item.isEmpty())
            room -= item.sizeHint().width() + row.spacing();
    }
    m_counts->setVisible(room >= 0);
}

void FindingsView::setHeaderOnly(bool only) {
    m_body->setVisible(!only);
    aimFocus();
}

int FindingsView::headerHeight() const {
    return m_theme.px(m_place == Place::Page ? pageHeaderPx : headerPx);
}

int FindingsView::wantedHeight() const {
    int rows = m_model.rowCount();
    for (int group = 0; group < m_model.rowCount(); ++group) {
        const QModelIndex index = m_model.index(group, 0);
        if (m_tree->isExpanded(index))
            rows += m_model.rowCount(index);
    }
    return headerHeight() + std::max(rows, 2) * m_theme.px(rowPx) + m_theme.px(4);
}

void FindingsView::focusFilter() {
    m_filter->setFocus(Qt::ShortcutFocusReason);
    m_filter->selectAll();
}

void FindingsView::toggle(const QModelIndex& group) {
    const QModelIndex first = group.siblingAtColumn(0);
    m_tree->setExpanded(first, !m_tree->isExpanded(first));
}

void FindingsView::open(const QModelIndex& index) {
    if (!index.isValid())
        return;
    const QModelIndex first = index.siblingAtColumn(0);
    // A group of one is its finding; any other opens first, and then what is in it.
    if (m_model.isGroup(first) && m_model.rowCount(first) > 1) {
        const bool wasOpen = m_tree->isExpanded(first);
        toggle(first);
        if (!wasOpen)
            m_tree->setCurrentIndex(m_model.index(0, 0, first));
        return;
    }
    openFinding(*m_model.findingAt(first));
}

void FindingsView::openFinding(const Finding& finding) {
    QString metric = toText(finding.metric);
    if (metric.isEmpty() && finding.origins.size() > 1 && m_analysis) {
        // What a source lost shows on each of its metrics: the first that comes by these paths.
        for (const auto& family : m_analysis->families) {
            const bool comes =
                !family->synthetic &&
                std::all_of(finding.origins.begin(), finding.origins.end(), [&](OriginId id) {
                    return std::any_of(family->paths.begin(), family->paths.end(),
                                       [&](const FamilyPath& path) { return path.origin == id; });
                });
            if (comes && (finding.subject.empty() || family->service == finding.subject)) {
                metric = toText(family->name);
                break;
            }
        }
    }
    if (metric.isEmpty()) {
        emit sourceRequested(toText(finding.subject));
        return;
    }
    m_selection.select(metric);
    emit opened();
}

void FindingsView::nextFinding() {
    step(1);
}

void FindingsView::previousFinding() {
    step(-1);
}

void FindingsView::step(int by) {
    const int groups = m_model.rowCount();
    if (groups == 0)
        return;
    const QModelIndex current = m_tree->currentIndex().siblingAtColumn(0);
    int group = 0;
    int row = by > 0 ? -1 : 0;
    if (current.isValid() && m_model.isGroup(current)) {
        group = current.row();
    } else if (current.isValid()) {
        group = current.parent().row();
        row = current.row();
    }
    row += by;
    if (row < 0) {
        group = (group + groups - 1) % groups;
        row = m_model.rowCount(m_model.index(group, 0)) - 1;
    } else if (row >= m_model.rowCount(m_model.index(group, 0))) {
        group = (group + 1) % groups;
        row = 0;
    }
    const QModelIndex parent = m_model.index(group, 0);
    m_tree->expand(parent);
    const QModelIndex index = m_model.index(row, 0, parent);
    m_tree->setCurrentIndex(index);
    m_tree->scrollTo(index);
    openFinding(*m_model.findingAt(index));
}

void FindingsView::rememberView() {
    const QModelIndex current = m_tree->currentIndex().siblingAtColumn(0);
    if (current.isValid())
        m_keptCurrent = m_model.keyOf(current);
}

void FindingsView::restoreView() {
    openNewGroups(0, m_model.rowCount() - 1);
    const QModelIndex current = m_model.indexOfKey(m_keptCurrent);
    if (current.isValid())
        m_tree->setCurrentIndex(current);
}

void FindingsView::openNewGroups(int first, int last) {
    for (int row = first; row <= last; ++row) {
        const QModelIndex group = m_model.index(row, 0);
        const bool fits = m_place == Place::Page && m_model.rowCount(group) <= groupOpensUpTo;
        if (fits || m_open.contains(m_model.keyOf(group)))
            m_tree->expand(group);
    }
}

bool FindingsView::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_tree->viewport()) {
        if (event->type() == QEvent::Resize)
            spreadColumns();
        if (event->type() == QEvent::MouseButtonPress) {
            const auto& mouse = *static_cast<QMouseEvent*>(event);
            const QModelIndex index = m_tree->indexAt(mouse.pos());
            if (mouse.button() == Qt::LeftButton && m_model.isGroup(index) &&
                mouse.pos().x() < m_delegate->arrowWidth())
                toggle(index);
        }
        return false;
    }
    if (watched == m_tree && event->type() == QEvent::KeyPress) {
        const QModelIndex current = m_tree->currentIndex().siblingAtColumn(0);
        switch (static_cast<QKeyEvent*>(event)->key()) {
        case Qt::Key_Return:
        case Qt::Key_Enter:
            open(current);
            return true;
        case Qt::Key_Left:
            if (current.isValid() && !m_model.isGroup(current)) {
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

void FindingsView::spreadColumns() {
    const int room = m_tree->viewport()->width();
    // A page has the finding in full beside it: names come first there.
    const bool page = m_place == Place::Page;
    std::array<int, FindingModel::ColumnCount> widths{
        std::max(m_theme.px(page ? 256 : 240), room * (page ? 30 : 25) / 100),
        std::max(m_theme.px(page ? 104 : 152), room * (page ? 14 : 17) / 100), 0,
        m_theme.px(page ? 96 : 112), m_theme.px(64)};
    const auto left = [&] { return room - std::accumulate(widths.begin(), widths.end(), 0); };
    if (left() < 0) {
        widths[FindingModel::RuleColumn] = m_theme.px(208);
        widths[FindingModel::WhatColumn] = m_theme.px(96);
    }
    // What does not fit goes, the least telling first; the rule or metric takes what is left.
    if (left() >= m_theme.px(120))
        widths[FindingModel::DetailColumn] = left();
    else if (left() < 0)
        widths[FindingModel::WhatColumn] = 0;
    if (left() < -m_theme.px(40))
        widths[FindingModel::LastSeenColumn] = 0;
    widths[FindingModel::RuleColumn] += left();
    for (int column = 0; column < FindingModel::ColumnCount; ++column) {
        const int width = widths[static_cast<std::size_t>(column)];
        m_tree->setColumnHidden(column, width <= 0);
        if (width > 0)
            m_tree->setColumnWidth(column, width);
    }
}

void FindingsView::spreadPage() {
    if (m_splitter == nullptr)
        return;
    const bool wide = width() >= m_theme.px(960);
    const auto wanted = wide ? Qt::Horizontal : Qt::Vertical;
    if (m_splitter->orientation() != wanted) {
        m_splitter->setOrientation(wanted);
        m_splitterMoved = false;
    }
    if (!m_splitterMoved)
        m_splitter->setSizes(wide ? QList<int>{55, 45} : QList<int>{40, 60});
}

void FindingsView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    spreadPage();
    fitHeader();
}

void FindingsView::showMenu(const QPoint& at) {
    const QModelIndex index = m_tree->indexAt(at).siblingAtColumn(0);
    if (!index.isValid())
        return;
    // The engine goes on while the menu is open, and the row may go.
    const QPersistentModelIndex kept = index;
    QMenu menu(this);
    if (m_model.isGroup(index)) {
        menu.addAction(m_tree->isExpanded(index) ? tr("Close group") : tr("Open group"), this,
                       [this, kept] { toggle(kept); });
        const QString rule = index.data(Qt::DisplayRole).toString();
        menu.addAction(tr("Filter for %1").arg(rule), this,
                       [this, rule] { m_filter->setText(rule); });
    } else {
        menu.addAction(tr("Show metric"), this, [this, kept] { open(kept); });
    }
    menu.addSeparator();
    menu.addAction(tr("Copy as text"), this, &FindingsView::copyText);
    menu.addAction(tr("Copy as JSON"), this, &FindingsView::copyJson);
    menu.exec(m_tree->viewport()->mapToGlobal(at));
}

void FindingsView::showDetail() {
    if (m_detail != nullptr)
        m_detail->show(m_model.findingAt(m_tree->currentIndex().siblingAtColumn(0)));
}

std::vector<std::shared_ptr<const Finding>> FindingsView::chosen() const {
    QModelIndexList rows = m_tree->selectionModel()->selectedRows();
    if (rows.isEmpty()) {
        for (int group = 0; group < m_model.rowCount(); ++group)
            rows.push_back(m_model.index(group, 0));
    }
    return m_model.findingsAt(rows);
}

void FindingsView::copyText() {
    QString text;
    for (const auto& finding : chosen()) {
        const QString about = toText(finding->metric.empty() ? finding->subject : finding->metric);
        text += QStringList{finding->resolved ? QStringLiteral("resolved")
                                              : toText(severityName(finding->severity)),
                            toText(finding->rule), about, toText(finding->message),
                            QString::number(finding->count)}
                    .join(u'\t') +
                u'\n';
    }
    QGuiApplication::clipboard()->setText(text);
}

void FindingsView::copyJson() {
    std::string out = "{\"findings\":[";
    bool first = true;
    for (const auto& finding : chosen()) {
        if (!first)
            out += ',';
        first = false;
        appendFindingJson(out, *finding, m_bridge.engine().origins());
    }
    out += "]}";
    const QByteArray pretty = QJsonDocument::fromJson(QByteArray::fromStdString(out)).toJson();
    QGuiApplication::clipboard()->setText(QString::fromUtf8(pretty));
}

void FindingsView::retheme() {
    const bool page = m_place == Place::Page;
    m_header->setFixedHeight(headerHeight());
    auto* row = m_header->layout();
    row->setContentsMargins(m_theme.px(16), 0, m_theme.px(12), 0);
    row->setSpacing(m_theme.px(8));
    m_title->setFont(m_theme.font(page ? Theme::Size::Subject : Theme::Size::Pane, true));
    m_counts->setFont(m_theme.font(Theme::Size::Small));
    m_counts->setContentsMargins(m_theme.px(12), 0, 0, 0);
    m_copy->setIcon(themedIcon(QStringLiteral("copy"), m_theme));
    m_copy->setIconSize({m_theme.px(16), m_theme.px(16)});
    m_copy->setFont(m_theme.font(Theme::Size::Small));
    m_resolved->setFont(m_theme.font(Theme::Size::Small));
    m_filter->setFixedWidth(m_theme.px(page ? 240 : 160));
    m_empty->setContentsMargins(m_theme.px(16), m_theme.px(8), m_theme.px(16), m_theme.px(8));
    fitHeader();
    spreadPage();
    spreadColumns();
    m_tree->doItemsLayout();
    emit wantedHeightChanged();
}

} // namespace sightglass::ui
