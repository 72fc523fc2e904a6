// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/legend_table.h"

#include <QHeaderView>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>
#include <QStyledItemDelegate>

#include <algorithm>

#include "ui/charts/marked_text.h"
#include "ui/look/marks.h"

namespace sightglass::ui {

namespace {

constexpr int rowsMost = 4;
constexpr int sortAgainMs = 1000;
/// What line sample, badge and path mark need, and a name that still tells series apart.
constexpr int namePx = 72 + 112;

bool isLastShown(const QHeaderView& header, int section) {
    for (int after = section + 1; after < header.count(); ++after) {
        if (!header.isSectionHidden(after))
            return false;
    }
    return true;
}

/// Paints the first column: line sample, badge, path mark, name.
class SeriesDelegate final : public QStyledItemDelegate {
  public:
    SeriesDelegate(const QSortFilterProxyModel& sorted, const LegendModel& model,
                   const Theme& theme, QObject* parent)
        : QStyledItemDelegate(parent), m_sorted(sorted), m_model(model), m_theme(theme) {}

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        const bool muted = index.data(LegendModel::MutedRole).toBool();
        const Tokens& tokens = m_theme.tokens();
        const QColor color = muted ? tokens.text2 : tokens.text;
        const bool isCurrent = (option.state & QStyle::State_Selected) != 0 &&
                               option.widget != nullptr && option.widget->hasFocus();
        const bool isHovered = (option.state & QStyle::State_MouseOver) != 0;
        if (isCurrent)
            painter->fillRect(option.rect, tokens.selected);
        else if (isHovered)
            painter->fillRect(option.rect, tokens.raised);

        if (index.column() != LegendModel::Series) {
            painter->setFont(m_theme.font(Theme::Size::Body));
            painter->setPen(color);
            painter->drawText(option.rect.adjusted(0, 0, -rightMargin(option, index.column()), 0),
                              Qt::AlignRight | Qt::AlignVCenter,
                              index.data(Qt::DisplayRole).toString());
            return;
        }
        const PlotSeries* series = m_model.seriesAt(m_sorted.mapToSource(index).row());
        if (series == nullptr)
            return;
        const QRect row = option.rect;
        int x = row.left() + m_theme.px(16);
        paintLineSample(*painter, {x, row.top(), m_theme.px(21), row.height()}, *series, muted,
                        m_theme);
        x += m_theme.px(30);
        paintTypeBadge(*painter, QRectF(x, row.top(), m_theme.px(18), row.height()), series->type,
                       series->monotonic, series->delta, series->odd, m_theme);
        x += m_theme.px(18 + 8);
        QFont font = m_theme.font(Theme::Size::Body);
        font.setStrikeOut(muted);
        const QString text =
            markOf(series->path) + QStringLiteral(" ") + index.data(Qt::DisplayRole).toString();
        paintMarkedText(*painter, {x, row.top(), row.right() - x, row.height()}, text, font, color,
                        m_theme);
    }

    /// The last column ends where the chart does.
    [[nodiscard]] int rightMargin(const QStyleOptionViewItem& option, int column) const {
        const auto* table = qobject_cast<const QTableView*>(option.widget);
        return table != nullptr && isLastShown(*table->horizontalHeader(), column) ? m_theme.px(16)
                                                                                   : 0;
    }

  private:
    const QSortFilterProxyModel& m_sorted;
    const LegendModel& m_model;
    const Theme& m_theme;
};

/// Column titles in the legend's manner, and the arrow of the sorted one.
class LegendHeader final : public QHeaderView {
  public:
    LegendHeader(const Theme& theme, QWidget* parent)
        : QHeaderView(Qt::Horizontal, parent), m_theme(theme) {}

  protected:
    void paintSection(QPainter* painter, const QRect& rect, int section) const override {
        painter->fillRect(rect, m_theme.tokens().surface);
        QString text = model()->headerData(section, Qt::Horizontal).toString();
        if (isSortIndicatorShown() && sortIndicatorSection() == section)
            text += sortIndicatorOrder() == Qt::AscendingOrder ? QStringLiteral(" \u25b4")
                                                               : QStringLiteral(" \u25be");
        painter->setFont(m_theme.font(Theme::Size::Small));
        painter->setPen(m_theme.tokens().text2);
        const bool isName = section == LegendModel::Series;
        const int margin = m_theme.px(16);
        const QRect inner =
            rect.adjusted(isName ? margin : 0, 0, isLastShown(*this, section) ? -margin : 0, 0);
        if (isName)
            text = painter->fontMetrics().elidedText(text, Qt::ElideRight, inner.width());
        painter->drawText(inner, (isName ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter,
                          text);
    }

  private:
    const Theme& m_theme;
};

} // namespace

LegendTable::LegendTable(ChartView& chart, const Theme& theme, QWidget* parent)
    : QTableView(parent), m_chart(chart), m_theme(theme) {
    m_sorted.setSourceModel(&m_model);
    m_sorted.setSortRole(LegendModel::SortRole);
    m_sorted.setDynamicSortFilter(false);
    m_sortAgain.setSingleShot(true);
    m_sortAgain.setInterval(sortAgainMs);
    connect(&m_sortAgain, &QTimer::timeout, this, &LegendTable::sortAgain);
    setHorizontalHeader(new LegendHeader(theme, this));
    setModel(&m_sorted);
    setItemDelegate(new SeriesDelegate(m_sorted, m_model, theme, this));
    setAccessibleName(tr("Legend"));

    setFrameShape(QFrame::NoFrame);
    setShowGrid(false);
    setSelectionBehavior(SelectRows);
    setSelectionMode(SingleSelection);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollMode(ScrollPerPixel);
    setTabKeyNavigation(false);
    setMouseTracking(true);
    setWordWrap(false);
    verticalHeader()->hide();
    QHeaderView* header = horizontalHeader();
    header->setSectionsClickable(true);
    header->setHighlightSections(false);
    header->setSectionResizeMode(QHeaderView::Fixed);
    header->setSectionResizeMode(LegendModel::Series, QHeaderView::Stretch);
    // As the query orders them, until a title is clicked.
    header->setSortIndicator(-1, Qt::DescendingOrder);
    header->setSortIndicatorClearable(true);
    setSortingEnabled(true);

    connect(&m_chart, &ChartView::frameChanged, this, &LegendTable::takeFrame);
    connect(&m_chart, &ChartView::mutedChanged, this,
            [this] { m_model.setMuted(m_chart.marks().muted); });
    connect(&m_theme, &Theme::changed, this, &LegendTable::applyTheme);
    connect(this, &QTableView::clicked, this, &LegendTable::toggle);
    connect(this, &QTableView::entered, this, &LegendTable::highlight);
    connect(selectionModel(), &QItemSelectionModel::currentChanged, this,
            [this](const QModelIndex& index) {
                if (hasFocus())
                    highlight(index);
            });
    applyTheme();
}

LegendTable::~LegendTable() {
    // The base class outlives the models and must not ask them on its way out.
    setModel(nullptr);
}

void LegendTable::setTitle(const QString& title) {
    m_model.setTitle(title);
    setAccessibleName(title.isEmpty() ? tr("Legend") : tr("Legend of %1").arg(title));
    horizontalHeader()->viewport()->update();
}

void LegendTable::takeFrame() {
    adopt(m_chart.frame());
    fitColumns();
    if (m_sorted.sortColumn() >= 0 && !m_sortAgain.isActive())
        m_sortAgain.start();
    const int rows = std::min(m_model.rowCount(), rowsMost);
    if (rows != m_rows) {
        m_rows = rows;
        updateGeometry();
    }
}

void LegendTable::adopt(const std::shared_ptr<const PlotFrame>& frame) {
    const std::optional<SeriesId> current = idAt(currentIndex());
    const QModelIndex top = indexAt({0, 0});
    const std::optional<SeriesId> topId = idAt(top);
    const int topY = rowViewportPosition(top.row());
    m_model.setFrame(frame);
    if (current && !currentIndex().isValid()) {
        // Other series came in: the row and what is seen of the list stay with their series.
        if (const QModelIndex same = indexOf(current); same.isValid())
            setCurrentIndex(same);
    }
    if (topId && idAt(indexAt({0, 0})) != topId) {
        if (const QModelIndex same = indexOf(topId); same.isValid())
            verticalScrollBar()->setValue(verticalHeader()->sectionPosition(same.row()) - topY);
    }
}

void LegendTable::sortAgain() {
    // A row that is pointed at must not move from under the click.
    if (underMouse() || hasFocus()) {
        m_sortAgain.start();
        return;
    }
    if (m_sorted.sortColumn() >= 0)
        m_sorted.sort(m_sorted.sortColumn(), m_sorted.sortOrder());
}

void LegendTable::applyTheme() {
    verticalHeader()->setMinimumSectionSize(m_theme.px(28));
    verticalHeader()->setDefaultSectionSize(m_theme.px(28));
    horizontalHeader()->setFixedHeight(m_theme.px(28));
    horizontalHeader()->setMinimumSectionSize(m_theme.px(40));
    fitColumns();
    updateGeometry();
    viewport()->update();
}

void LegendTable::fitColumns() {
    const QFontMetrics metrics(m_theme.font(Theme::Size::Body));
    // In steps, so that a digit more or less does not shift the numbers each second.
    const int step = m_theme.px(12);
    int width = m_theme.px(64);
    for (int row = 0; row < m_model.rowCount(); ++row) {
        for (int column = LegendModel::Last; column < LegendModel::ColumnCount; ++column) {
            const QString text = m_model.index(row, column).data().toString();
            width = std::max(width, metrics.horizontalAdvance(text) + m_theme.px(12));
        }
    }
    width = (width + step - 1) / step * step;
    int numbers = LegendModel::ColumnCount - LegendModel::Last;
    const int room = viewport()->width() - m_theme.px(namePx) - m_theme.px(16);
    for (const int column : {LegendModel::Mean, LegendModel::Min, LegendModel::Max}) {
        const bool fits = numbers * width <= room;
        setColumnHidden(column, !fits);
        if (!fits)
            --numbers;
    }
    for (int column = LegendModel::Last; column < LegendModel::ColumnCount; ++column) {
        if (!isColumnHidden(column))
            setColumnWidth(column,
                           width + (isLastShown(*horizontalHeader(), column) ? m_theme.px(16) : 0));
    }
}

int LegendTable::heightFor(int rows) const {
    return m_theme.px(28) * (rows + 1);
}

QSize LegendTable::sizeHint() const {
    return {m_theme.px(540), heightFor(std::clamp(m_model.rowCount(), 1, rowsMost))};
}

QSize LegendTable::minimumSizeHint() const {
    return {m_theme.px(240), heightFor(std::clamp(m_model.rowCount(), 1, rowsMost))};
}

const PlotSeries* LegendTable::seriesAt(const QModelIndex& index) const {
    return index.isValid() ? m_model.seriesAt(m_sorted.mapToSource(index).row()) : nullptr;
}

std::optional<SeriesId> LegendTable::idAt(const QModelIndex& index) const {
    const PlotSeries* series = seriesAt(index);
    return series != nullptr ? std::optional(series->id) : std::nullopt;
}

QModelIndex LegendTable::indexOf(std::optional<SeriesId> series) const {
    const int row = series ? m_model.rowOf(*series) : -1;
    return row < 0 ? QModelIndex() : m_sorted.mapFromSource(m_model.index(row, 0));
}

void LegendTable::toggle(const QModelIndex& index) {
    if (const PlotSeries* series = seriesAt(index))
        m_chart.setMuted(series->id, !m_chart.isMuted(series->id));
}

void LegendTable::highlight(const QModelIndex& index) {
    const PlotSeries* series = seriesAt(index);
    m_chart.setHighlighted(series != nullptr && !m_chart.isMuted(series->id)
                               ? std::optional(series->id)
                               : std::nullopt);
}

bool LegendTable::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (key->key() == Qt::Key_M && key->modifiers() == Qt::NoModifier) {
            event->accept();
            return true;
        }
    }
    return QTableView::event(event);
}

void LegendTable::keyPressEvent(QKeyEvent* event) {
    const bool isPlain = event->modifiers() == Qt::NoModifier;
    if (isPlain && (event->key() == Qt::Key_M || event->key() == Qt::Key_Space)) {
        toggle(currentIndex());
        event->accept();
        return;
    }
    QTableView::keyPressEvent(event);
}

void LegendTable::leaveEvent(QEvent* event) {
    m_chart.setHighlighted(std::nullopt);
    QTableView::leaveEvent(event);
}

bool LegendTable::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::MouseMove &&
        !indexAt(static_cast<QMouseEvent*>(event)->position().toPoint()).isValid())
        m_chart.setHighlighted(std::nullopt);
    return QTableView::viewportEvent(event);
}

void LegendTable::resizeEvent(QResizeEvent* event) {
    QTableView::resizeEvent(event);
    fitColumns();
}

void LegendTable::focusOutEvent(QFocusEvent* event) {
    m_chart.setHighlighted(std::nullopt);
    QTableView::focusOutEvent(event);
}

} // namespace sightglass::ui
