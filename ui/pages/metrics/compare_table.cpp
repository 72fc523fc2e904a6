// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/metrics/compare_table.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QJsonDocument>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>

#include "ui/look/marks.h"
#include "ui/look/pane_keys.h"

namespace sightglass::ui {

namespace {

constexpr int rowPx = 28;
constexpr int headHeight = 44;
constexpr int margin = 12;
constexpr int pad = 4; ///< before a value, within its tint
constexpr int keyWidth = 160;
constexpr int valueWidth = 104;
/// What is left of keys and values before widened columns make the table scroll.
constexpr int keyLeast = 120;
constexpr int valueLeast = 88;
constexpr int furtherWidth = 32;
constexpr int barWidth = 3;
constexpr int markSide = 16;

CompareModel::RowKind kindOf(const QModelIndex& index) {
    return static_cast<CompareModel::RowKind>(index.data(CompareModel::KindRole).toInt());
}

void paintFoldArrow(QPainter& painter, QPointF at, double unit, bool open, const QColor& color) {
    QPolygonF arrow;
    if (open)
        arrow << QPointF(-3.5, -2) << QPointF(3.5, -2) << QPointF(0, 2.5);
    else
        arrow << QPointF(-2, -3.5) << QPointF(2.5, 0) << QPointF(-2, 3.5);
    for (QPointF& point : arrow)
        point = at + point * unit;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawPolygon(arrow);
    painter.restore();
}

} // namespace

CompareHeader::CompareHeader(const Theme& theme, QWidget* parent)
    : QHeaderView(Qt::Horizontal, parent), m_theme(theme) {
    setSectionsClickable(true);
    setHighlightSections(false);
    setSectionResizeMode(QHeaderView::Fixed);
    setMinimumSectionSize(8);
    setMouseTracking(true);
}

QSize CompareHeader::sizeHint() const {
    return {0, m_theme.px(headHeight)};
}

void CompareHeader::paintEvent(QPaintEvent* event) {
    QPainter(viewport()).fillRect(viewport()->rect(), m_theme.tokens().raised);
    QHeaderView::paintEvent(event);
}

void CompareHeader::paintSection(QPainter* painter, const QRect& rect, int section) const {
    const auto& compare = static_cast<const CompareModel&>(*model());
    painter->fillRect(rect, m_theme.tokens().raised);
    if (section == CompareModel::KeyColumn)
        return;
    const auto* table = qobject_cast<const QTableView*>(parentWidget());
    if (table != nullptr && table->hasFocus() && table->currentIndex().column() == section) {
        const int line = m_theme.px(2);
        painter->fillRect(QRect(rect.left(), rect.bottom() + 1 - line, rect.width(), line),
                          m_theme.tokens().accent);
    }
    const Origin& origin = compare.pathOf(section);
    const int number = static_cast<int>(origin.id.value) + 1;
    const int side = m_theme.px(markSide);
    if (!compare.isWide(section)) {
        paintPathMark(*painter,
                      QRect(rect.center().x() - side / 2, rect.top() + m_theme.px(6), side, side),
                      number, m_theme);
        return;
    }
    const QRect mark(rect.left() + m_theme.px(pad), rect.top() + m_theme.px(6), side, side);
    paintPathMark(*painter, mark, number, m_theme);
    // "scrape :9100" is told apart by its address; what it is stands below.
    const QString shortName = QString::fromStdString(origin.shortName());
    const qsizetype blank = shortName.indexOf(u' ');
    const QString name = blank < 0 ? shortName : shortName.mid(blank + 1);
    QString word = tr("reference");
    if (section != CompareModel::ReferenceColumn) {
        word = origin.kind == OriginKind::File ? tr("file")
               : blank < 0                     ? tr("push")
                                               : shortName.left(blank);
    }
    const QFont strong = m_theme.font(Theme::Size::Small, true);
    const int left = mark.right() + m_theme.px(5);
    const int width = rect.right() - left - m_theme.px(4);
    painter->setFont(strong);
    painter->setPen(m_theme.tokens().text);
    painter->drawText(QRect(left, mark.top(), width, side), Qt::AlignLeft | Qt::AlignVCenter,
                      QFontMetrics(strong).elidedText(name, Qt::ElideMiddle, width));
    const QFont tiny = m_theme.font(Theme::Size::Tiny);
    painter->setFont(tiny);
    painter->setPen(m_theme.tokens().text2);
    painter->drawText(
        QRect(mark.left(), mark.bottom() + 1, rect.width() - m_theme.px(8),
              rect.bottom() - mark.bottom() - m_theme.px(2)),
        Qt::AlignLeft | Qt::AlignVCenter,
        QFontMetrics(tiny).elidedText(word, Qt::ElideRight, rect.width() - m_theme.px(8)));
}

CompareDelegate::CompareDelegate(const Theme& theme, QObject* parent)
    : QStyledItemDelegate(parent), m_theme(theme) {}

void CompareDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                            const QModelIndex& index) const {
    const Tokens& tokens = m_theme.tokens();
    const QRect cell = option.rect;
    const bool selected = (option.state & QStyle::State_Selected) != 0;
    painter->save();
    painter->fillRect(cell, selected ? tokens.selected : tokens.surface);

    const auto text = [&](const QRect& rect, const QFont& font, const QColor& color,
                          const QString& words, int align = Qt::AlignLeft | Qt::AlignVCenter) {
        painter->setFont(font);
        painter->setPen(color);
        painter->drawText(rect, align | Qt::TextSingleLine,
                          QFontMetrics(font).elidedText(words, Qt::ElideRight, rect.width()));
    };
    const auto kind = kindOf(index);
    const QString words = index.data(Qt::DisplayRole).toString();
    if (kind != CompareModel::RowKind::Attribute) {
        const QRect rect = cell.adjusted(m_theme.px(margin), 0, -m_theme.px(margin), 0);
        const QFont font = m_theme.font(Theme::Size::Small);
        text(rect, font, tokens.text2, words);
        if (kind == CompareModel::RowKind::Fold) {
            const auto& model = static_cast<const CompareModel&>(*index.model());
            paintFoldArrow(
                *painter,
                QPointF(rect.left() + QFontMetrics(font).horizontalAdvance(words) + m_theme.px(9),
                        cell.center().y() + 1),
                m_theme.px(8) / 8.0, !model.folded(), tokens.text2);
        }
    } else if (index.column() == CompareModel::KeyColumn) {
        const QVariant severity = index.data(CompareModel::SeverityRole);
        if (severity.isValid()) {
            painter->fillRect(
                QRect(cell.left(), cell.top() + 1, m_theme.px(barWidth), cell.height() - 2),
                severityColor(static_cast<Severity>(severity.toInt()), m_theme));
        }
        text(cell.adjusted(m_theme.px(margin), 0, -m_theme.px(2), 0),
             m_theme.font(Theme::Size::Body), tokens.text, words);
    } else {
        const bool differs = index.data(CompareModel::DiffersRole).toBool();
        const bool narrow = !index.data(CompareModel::WideRole).toBool();
        const auto severity = static_cast<Severity>(index.data(CompareModel::SeverityRole).toInt());
        QColor ink = narrow ? tokens.text2 : tokens.text;
        if (differs) {
            painter->fillRect(cell.adjusted(0, 1, -m_theme.px(narrow ? 2 : 4), -1),
                              severityTint(severity, m_theme));
            ink = severityColor(severity, m_theme);
        }
        const QRect rect = cell.adjusted(m_theme.px(pad), 0, -m_theme.px(pad + 4), 0);
        if (narrow) {
            text(cell.adjusted(0, 0, -m_theme.px(2), 0), m_theme.font(Theme::Size::Body), ink,
                 words, Qt::AlignCenter);
        } else if (index.data(CompareModel::LostRole).toBool()) {
            paintLostChip(*painter, rect, words, m_theme);
        } else {
            text(rect, m_theme.mono(), ink, words);
        }
    }
    // The keys move by rows: one ring around the row, drawn piece by piece as its cells come.
    const auto* table = static_cast<const QTableView*>(option.widget);
    if (table != nullptr && table->hasFocus() && table->currentIndex().row() == index.row()) {
        painter->setPen(QPen(tokens.accent, 2));
        painter->drawLine(cell.left(), cell.top() + 1, cell.right() + 1, cell.top() + 1);
        painter->drawLine(cell.left(), cell.bottom(), cell.right() + 1, cell.bottom());
        if (index.column() == 0)
            painter->drawLine(cell.left() + 1, cell.top() + 1, cell.left() + 1, cell.bottom());
        if (index.column() == index.model()->columnCount() - 1 ||
            kind != CompareModel::RowKind::Attribute)
            painter->drawLine(cell.right(), cell.top() + 1, cell.right(), cell.bottom());
    }
    painter->restore();
}

CompareTable::CompareTable(CompareModel& model, const Theme& theme, QWidget* parent)
    : QTableView(parent), m_model(model), m_theme(theme) {
    setModel(&model);
    auto* header = new CompareHeader(theme, this);
    setHorizontalHeader(header);
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    setItemDelegate(new CompareDelegate(theme, this));
    setShowGrid(false);
    setFrameShape(QFrame::NoFrame);
    setTabKeyNavigation(false);
    setSelectionBehavior(QAbstractItemView::SelectRows);
    setSelectionMode(QAbstractItemView::ExtendedSelection);
    setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setCornerButtonEnabled(false);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    setAccessibleName(tr("Compared attributes"));
    new CopyKeys(
        this, [this] { copyText(); }, [this] { copyJson(); });

    connect(header, &QHeaderView::sectionClicked, this, &CompareTable::toggleWidth);
    connect(this, &QTableView::clicked, this, [this](const QModelIndex& index) {
        if (isFold(index))
            toggle(index);
        else if (kindOf(index) == CompareModel::RowKind::Attribute)
            toggleWidth(index.column());
    });
    connect(&model, &QAbstractItemModel::headerDataChanged, this, &CompareTable::spread);
    connect(&model, &QAbstractItemModel::modelReset, this, &CompareTable::layOut);
    connect(&model, &QAbstractItemModel::rowsInserted, this, &CompareTable::layOut);
    connect(&model, &QAbstractItemModel::rowsRemoved, this, &CompareTable::layOut);
    connect(&theme, &Theme::changed, this, &CompareTable::layOut);
    layOut();
}

void CompareTable::layOut() {
    verticalHeader()->setMinimumSectionSize(m_theme.px(rowPx));
    verticalHeader()->setDefaultSectionSize(m_theme.px(rowPx));
    clearSpans();
    const int columns = m_model.columnCount();
    for (int row = 0; row < m_model.rowCount() && columns > 1; ++row) {
        if (kindOf(m_model.index(row, 0)) != CompareModel::RowKind::Attribute)
            setSpan(row, 0, 1, columns);
    }
    spread();
    updateGeometry();
    updateGeometries();
}

void CompareTable::spread() {
    const int columns = m_model.columnCount();
    if (columns < 2)
        return;
    int wide = 0;
    for (int column = CompareModel::ReferenceColumn; column < columns; ++column)
        wide += m_model.isWide(column) ? 1 : 0;
    const bool widened = wide > std::min(2, columns - 1);
    const int narrow = m_theme.px(furtherWidth);
    const int room = viewport()->width() - (columns - 1 - wide) * narrow;
    const int extra = (room - m_theme.px(keyWidth + valueWidth * wide)) / (wide + 1);
    int value = m_theme.px(valueWidth) + extra;
    int key = 0;
    if (!widened) {
        // Below its size the keys keep what they need longer than the values; above, all grow
        // alike.
        const int least = m_theme.px(40);
        value = std::max(least, value);
        key = std::max(least, room - wide * value);
    } else if (room < m_theme.px(keyLeast + valueLeast * wide)) {
        // They scroll: then every column has the width it wants.
        value = m_theme.px(valueWidth);
        key = m_theme.px(keyLeast);
    } else {
        if (extra < 0) {
            value = std::clamp((room - m_theme.px(keyLeast)) / wide, m_theme.px(valueLeast),
                               m_theme.px(valueWidth));
        }
        key = room - wide * value;
    }
    setHorizontalScrollBarPolicy(widened ? Qt::ScrollBarAsNeeded : Qt::ScrollBarAlwaysOff);
    setColumnWidth(CompareModel::KeyColumn, key);
    for (int column = CompareModel::ReferenceColumn; column < columns; ++column)
        setColumnWidth(column, m_model.isWide(column) ? value : narrow);
    viewport()->update();
    horizontalHeader()->viewport()->update();
}

void CompareTable::toggleWidth(int column) {
    if (!CompareModel::isFurther(column))
        return;
    m_model.setWide(m_model.pathOf(column).id, !m_model.isWide(column));
    updateGeometry();
    updateGeometries(); // else the bar's range comes only after this
    const QModelIndex current = currentIndex();
    if (m_model.rowCount() > 0)
        scrollTo(m_model.index(std::max(current.row(), 0), column));
}

QSize CompareTable::sizeHint() const {
    const QScrollBar& bar = *horizontalScrollBar();
    return {m_theme.px(keyWidth + 2 * valueWidth + furtherWidth),
            m_theme.px(headHeight) + m_model.rowCount() * m_theme.px(rowPx) +
                (bar.maximum() > 0 && horizontalScrollBarPolicy() != Qt::ScrollBarAlwaysOff
                     ? bar.sizeHint().height()
                     : 0)};
}

QSize CompareTable::minimumSizeHint() const {
    return {m_theme.px(160), std::min(sizeHint().height(), m_theme.px(headHeight + 3 * rowPx))};
}

void CompareTable::resizeEvent(QResizeEvent* event) {
    QTableView::resizeEvent(event);
    spread();
}

bool CompareTable::isFold(const QModelIndex& index) const {
    return index.isValid() && kindOf(index.siblingAtColumn(0)) == CompareModel::RowKind::Fold;
}

void CompareTable::toggle(const QModelIndex& index) {
    if (!isFold(index))
        return;
    const int row = index.row();
    m_model.setFolded(!m_model.folded());
    setCurrentIndex(m_model.index(row, 0));
}

void CompareTable::keyPressEvent(QKeyEvent* event) {
    const QModelIndex current = currentIndex();
    if (isFold(current)) {
        const int key = event->key();
        const bool open = key == Qt::Key_Right && m_model.folded();
        const bool close = key == Qt::Key_Left && !m_model.folded();
        if (open || close || key == Qt::Key_Return || key == Qt::Key_Enter ||
            key == Qt::Key_Space) {
            toggle(current);
            return;
        }
    }
    const bool enters = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter ||
                        event->key() == Qt::Key_Space;
    if (enters && current.isValid() && CompareModel::isFurther(current.column())) {
        toggleWidth(current.column());
        return;
    }
    QTableView::keyPressEvent(event);
}

void CompareTable::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
    QTableView::currentChanged(current, previous);
    // The ring goes around the row, and a line below the head tells the column.
    viewport()->update();
    horizontalHeader()->viewport()->update();
}

void CompareTable::focusInEvent(QFocusEvent* event) {
    QTableView::focusInEvent(event);
    horizontalHeader()->viewport()->update();
}

void CompareTable::focusOutEvent(QFocusEvent* event) {
    QTableView::focusOutEvent(event);
    horizontalHeader()->viewport()->update();
}

QVector<int> CompareTable::chosenRows() const {
    QVector<int> rows;
    for (const QModelIndex& index : selectionModel()->selectedRows())
        rows.push_back(index.row());
    if (rows.isEmpty()) {
        for (int row = 0; row < m_model.rowCount(); ++row)
            rows.push_back(row);
    }
    std::sort(rows.begin(), rows.end());
    return rows;
}

void CompareTable::copyText() {
    QGuiApplication::clipboard()->setText(m_model.asText(chosenRows()));
}

void CompareTable::copyJson() {
    QGuiApplication::clipboard()->setText(QString::fromUtf8(
        QJsonDocument(m_model.asJson(chosenRows())).toJson(QJsonDocument::Indented)));
}

} // namespace sightglass::ui
