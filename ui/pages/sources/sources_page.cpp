// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/sources/sources_page.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QPainter>
#include <QPushButton>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

#include "ui/look/format.h"
#include "ui/look/marks.h"

namespace sightglass::ui {

namespace {

/// Paints cells with the marks of path and state, and wraps the last error over as many lines as it
/// needs.
class SourcesDelegate final : public QStyledItemDelegate {
  public:
    SourcesDelegate(const SourcesModel& model, const Theme& theme, QObject* parent)
        : QStyledItemDelegate(parent), m_model(model), m_theme(theme) {}

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        const Tokens& tokens = m_theme.tokens();
        const SourcesModel::Row& row = m_model.row(index.row());
        const bool selected = option.state & QStyle::State_Selected;
        painter->save();
        painter->fillRect(option.rect, selected ? tokens.selected : tokens.surface);
        painter->fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1),
                          tokens.border);
        const int pad = m_theme.px(8);
        QRect room = option.rect.adjusted(pad, 0, -pad, 0);
        const int line = m_theme.px(28);
        const int side = m_theme.px(16);
        const QRectF mark(room.left(), room.top() + (line - side) / 2.0, side, side);
        QColor ink = index.column() == SourcesModel::Address ? tokens.text : tokens.text2;
        QFont font = m_theme.font(Theme::Size::Body);
        switch (index.column()) {
        case SourcesModel::Source:
            ink = tokens.text;
            font = m_theme.font(Theme::Size::Body, true);
            if (row.path)
                paintPathMark(*painter, mark, *row.path, m_theme);
            room.adjust(side + pad, 0, 0, 0);
            break;
        case SourcesModel::State:
            if (row.health == SourcesModel::Health::Good)
                paintResolved(*painter, mark, m_theme);
            else if (row.health == SourcesModel::Health::Bad)
                paintSeverity(*painter, mark, Severity::Error, m_theme);
            room.adjust(side + pad, 0, 0, 0);
            ink = row.health == SourcesModel::Health::Bad ? tokens.error : tokens.text;
            break;
        default:
            break;
        }
        painter->setPen(ink);
        painter->setFont(font);
        const QString text = index.data(Qt::DisplayRole).toString();
        if (index.column() == SourcesModel::LastError || index.column() == SourcesModel::Address) {
            room.adjust(0, (line - QFontMetrics(font).height()) / 2, 0, 0);
            painter->drawText(room, Qt::AlignLeft | Qt::AlignTop | Qt::TextWrapAnywhere, text);
        } else {
            room.setHeight(line);
            const Qt::Alignment right = index.data(Qt::TextAlignmentRole).value<Qt::Alignment>();
            painter->drawText(room, static_cast<int>(right | Qt::AlignVCenter | Qt::TextSingleLine),
                              QFontMetrics(font).elidedText(text, Qt::ElideRight, room.width()));
        }
        painter->restore();
        if (option.state & QStyle::State_HasFocus) {
            QStyleOptionFocusRect focus;
            focus.rect = option.rect;
            focus.state = option.state;
            (option.widget ? option.widget->style() : nullptr)
                ->drawPrimitive(QStyle::PE_FrameFocusRect, &focus, painter, option.widget);
        }
    }

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const QFont font = m_theme.font(Theme::Size::Body, index.column() == SourcesModel::Source);
        const QFontMetrics metrics(font);
        const int pad = m_theme.px(8);
        const QString text = index.data(Qt::DisplayRole).toString();
        const int line = m_theme.px(28);
        const auto* table = qobject_cast<const QTableView*>(option.widget);
        if (table && (index.column() == SourcesModel::LastError ||
                      index.column() == SourcesModel::Address)) {
            const int width =
                std::max(table->columnWidth(index.column()) - 2 * pad, m_theme.px(60));
            const int height =
                metrics.boundingRect(QRect(0, 0, width, 100'000), Qt::TextWrapAnywhere, text)
                    .height();
            return {width, std::max(line, height + line - metrics.height())};
        }
        const int mark =
            index.column() == SourcesModel::Source || index.column() == SourcesModel::State
                ? m_theme.px(16) + pad
                : 0;
        return {metrics.horizontalAdvance(text) + 2 * pad + mark, line};
    }

  private:
    const SourcesModel& m_model;
    const Theme& m_theme;
};

} // namespace

SourcesPage::SourcesPage(EngineBridge& bridge, Selection&, const Theme& theme, QWidget* parent)
    : QWidget(parent),
      m_bridge(bridge),
      m_theme(theme),
      m_model(bridge),
      m_column(new QVBoxLayout(this)) {
    auto* head = new QHBoxLayout;
    head->addWidget(
        new Label(tr("Sources"), theme, Theme::Size::Pane, true, Label::Ink::Text, this));
    m_summary = new Label({}, theme, Theme::Size::Small, false, Label::Ink::Text2, this);
    head->addWidget(m_summary);
    head->addStretch();
    m_freePort = new QPushButton(tr("Use a free port"), this);
    m_freePort->setAccessibleName(tr("Listen on a free port"));
    m_remove = new QPushButton(tr("Remove target"), this);
    m_remove->setAccessibleName(tr("Remove target"));
    auto* add = new QPushButton(tr("Add target…"), this);
    add->setAccessibleName(tr("Add target"));
    head->addWidget(m_freePort);
    head->addWidget(m_remove);
    head->addWidget(add);
    m_column->addLayout(head);

    m_table = new QTableView(this);
    m_table->setAccessibleName(tr("Receivers, targets and paths"));
    m_table->setModel(&m_model);
    m_table->setItemDelegate(new SourcesDelegate(m_model, theme, m_table));
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setTabKeyNavigation(false);
    m_table->setShowGrid(false);
    m_table->setWordWrap(true);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_table->verticalHeader()->setMinimumSectionSize(1);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setSectionsClickable(false);
    m_table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_table->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_table->installEventFilter(this);
    m_column->addWidget(m_table, 1);
    buildCounters();

    connect(add, &QPushButton::clicked, this, &SourcesPage::addTargetWanted);
    connect(m_remove, &QPushButton::clicked, this, &SourcesPage::removeSelectedTarget);
    connect(m_freePort, &QPushButton::clicked, this, [this] {
        if (const auto* row = selectedRow(); row && row->receiver)
            m_bridge.rebind(*row->receiver, QStringLiteral("127.0.0.1:0"));
    });
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &SourcesPage::showSelection);
    connect(&m_model, &SourcesModel::dataChanged, this, [this] {
        fitColumns();
        showSelection();
    });
    connect(&bridge, &EngineBridge::statusChanged, this, &SourcesPage::showCounters);
    connect(&theme, &Theme::changed, this, &SourcesPage::applyTheme);
    applyTheme();
    showSelection();
}

void SourcesPage::buildCounters() {
    m_counterHead =
        new Label(tr("Refused and lost"), m_theme, Theme::Size::Pane, true, Label::Ink::Text, this);
    m_counterTable = new QTableView(this);
    m_counterTable->setAccessibleName(tr("Counters of what was refused or lost"));
    m_counterTable->setModel(&m_counters);
    m_counterTable->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_counterTable->setSelectionMode(QAbstractItemView::SingleSelection);
    m_counterTable->setTabKeyNavigation(false);
    m_counterTable->setShowGrid(false);
    m_counterTable->setWordWrap(false);
    m_counterTable->setFrameShape(QFrame::NoFrame);
    m_counterTable->verticalHeader()->hide();
    m_counterTable->verticalHeader()->setMinimumSectionSize(1);
    m_counterTable->horizontalHeader()->setHighlightSections(false);
    m_counterTable->horizontalHeader()->setSectionsClickable(false);
    m_counterTable->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_counterTable->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_column->addWidget(m_counterHead);
    m_column->addWidget(m_counterTable);
    connect(&m_counters, &CounterModel::modelReset, this, &SourcesPage::fitCounters);
    m_counters.show(m_bridge.engine().counters().rows());
}

/// The status is renewed four times a second; going through all counters once is enough.
void SourcesPage::showCounters() {
    if (!isVisible() || (m_counted.isValid() && m_counted.elapsed() < 1000))
        return;
    m_counted.start();
    m_counters.show(m_bridge.engine().counters().rows());
}

/// As high as its rows, up to a third of the page; gone while there is nothing to tell.
void SourcesPage::fitCounters() {
    const int rows = m_counters.rowCount();
    m_counterHead->setVisible(rows > 0);
    m_counterTable->setVisible(rows > 0);
    QHeaderView& header = *m_counterTable->horizontalHeader();
    const QFontMetrics metrics(m_theme.font(Theme::Size::Body));
    for (int column = 0; column < CounterModel::Help; ++column) {
        int width = header.sectionSizeHint(column) + m_theme.px(8);
        for (int row = 0; row < rows; ++row)
            width = std::max(
                width, metrics.horizontalAdvance(m_counters.index(row, column).data().toString()) +
                           2 * m_theme.px(8));
        header.resizeSection(column, width);
    }
    header.setStretchLastSection(true);
    const int line = m_theme.px(28);
    m_counterTable->setFixedHeight(
        std::min(header.height() + rows * line + m_theme.px(8), std::max(height() / 3, 3 * line)));
}

const SourcesModel::Row* SourcesPage::selectedRow() const {
    const QModelIndexList rows = m_table->selectionModel()->selectedRows();
    return rows.isEmpty() ? nullptr : &m_model.row(rows.first().row());
}

void SourcesPage::showSelection() {
    const SourcesModel::Row* row = selectedRow();
    m_remove->setEnabled(row && row->kind == SourcesModel::Kind::Target);
    m_freePort->setVisible(row && row->receiver && row->health == SourcesModel::Health::Bad);
    const EngineStatus& status = *m_bridge.status();
    const auto up = std::count_if(status.targets.begin(), status.targets.end(), [](const auto& t) {
        return t.health == TargetStatus::Health::Up;
    });
    const auto listening = std::count_if(status.receivers.begin(), status.receivers.end(),
                                         [](const auto& r) { return !r.address.empty(); });
    const auto wanted =
        std::count_if(status.receivers.begin(), status.receivers.end(),
                      [](const auto& r) { return !r.address.empty() || !r.error.empty(); });
    QStringList words;
    if (wanted > 0)
        words << tr("%1 of %2 receivers listening")
                     .arg(static_cast<qint64>(listening))
                     .arg(static_cast<qint64>(wanted));
    if (!status.targets.empty())
        words << tr("%1 of %2 targets up").arg(static_cast<qint64>(up)).arg(status.targets.size());
    const StoreUsage& ring = status.ring;
    if (ring.evictionBegan > 0)
        words << tr("evicting since %1, %2 samples gone")
                     .arg(formatClock(ring.evictionBegan).section(u':', 0, 1),
                          formatCount(ring.evictedSamples));
    if (!ring.limitedMetrics.empty())
        words << tr("series limit reached by %1")
                     .arg(QString::fromStdString(ring.limitedMetrics.front().name));
    m_summary->setText(words.join(QStringLiteral(", ")));
}

void SourcesPage::removeSelectedTarget() {
    if (const auto* row = selectedRow(); row && row->kind == SourcesModel::Kind::Target)
        m_bridge.removeTarget(QString(row->address));
}

void SourcesPage::selectSource(const QString& address) {
    for (int row = 0; row < m_model.rowCount(); ++row) {
        if (m_model.row(row).address == address)
            m_table->selectRow(row);
    }
    m_table->setFocus(Qt::OtherFocusReason);
}

bool SourcesPage::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_table && event->type() == QEvent::KeyPress &&
        static_cast<QKeyEvent*>(event)->key() == Qt::Key_Delete) {
        removeSelectedTarget();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

/// Columns as wide as what they hold, at least as their widest so far, so that changing numbers
/// never move what stands beside them.
void SourcesPage::fitColumns() {
    QHeaderView& header = *m_table->horizontalHeader();
    const int most = std::max(m_table->viewport()->width() * 2 / 5, m_theme.px(120));
    for (int column = 0; column < SourcesModel::LastError; ++column) {
        int width = header.sectionSizeHint(column) + m_theme.px(8);
        for (int row = 0; row < m_model.rowCount(); ++row) {
            const QString text = m_model.index(row, column).data().toString();
            const int mark = column == SourcesModel::Source || column == SourcesModel::State
                                 ? m_theme.px(24)
                                 : 0;
            const QFontMetrics metrics(
                m_theme.font(Theme::Size::Body, column == SourcesModel::Source));
            width = std::max(width, metrics.horizontalAdvance(text) + 2 * m_theme.px(8) + mark + 1);
        }
        width = std::min(width, most);
        if (width > header.sectionSize(column) || column == SourcesModel::Address)
            header.resizeSection(column, width);
    }
    // The last error takes what is left, and enough for a sentence in any case.
    const int left = m_table->viewport()->width() - header.sectionPosition(SourcesModel::LastError);
    header.resizeSection(SourcesModel::LastError, std::max(left, m_theme.px(240)));
}

void SourcesPage::applyTheme() {
    const int pad = m_theme.px(16);
    m_column->setContentsMargins(pad, m_theme.px(12), pad, 0);
    m_column->setSpacing(m_theme.px(12));
    m_table->horizontalHeader()->setFont(m_theme.font(Theme::Size::Small));
    m_table->horizontalHeader()->setFixedHeight(m_theme.px(28));
    for (int column = 0; column < SourcesModel::LastError; ++column)
        m_table->horizontalHeader()->resizeSection(column, m_theme.px(60));
    fitColumns();
    m_counterTable->setFont(m_theme.font(Theme::Size::Body));
    m_counterTable->horizontalHeader()->setFont(m_theme.font(Theme::Size::Small));
    m_counterTable->horizontalHeader()->setFixedHeight(m_theme.px(28));
    m_counterTable->verticalHeader()->setDefaultSectionSize(m_theme.px(28));
    fitCounters();
    m_table->resizeRowsToContents();
    update();
}

void SourcesPage::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    fitColumns();
    fitCounters();
}

void SourcesPage::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    m_counted.invalidate();
    showCounters();
}

void SourcesPage::paintEvent(QPaintEvent*) {
    QPainter(this).fillRect(rect(), m_theme.tokens().surface);
}

} // namespace sightglass::ui
