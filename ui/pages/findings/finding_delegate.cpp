// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/findings/finding_delegate.h"

#include <QPainter>
#include <QTreeView>

#include "ui/look/marks.h"
#include "ui/models/finding_model.h"

namespace sightglass::ui {

namespace {

constexpr int rowPx = 28;
constexpr int margin = 20;
constexpr int inset = 24;
constexpr int markSide = 16;
constexpr int gap = 8;

void drawText(QPainter& painter, const QRect& rect, Qt::Alignment side, const QString& text,
              const QFont& font, const QColor& color, Qt::TextElideMode elide) {
    painter.setFont(font);
    painter.setPen(color);
    painter.drawText(rect, int(side) | Qt::TextSingleLine,
                     QFontMetrics(font).elidedText(text, elide, rect.width()));
}

} // namespace

FindingDelegate::FindingDelegate(const Theme& theme, QObject* parent)
    : QStyledItemDelegate(parent), m_theme(theme) {}

QSize FindingDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    return {m_theme.px(60), m_theme.px(rowPx)};
}

int FindingDelegate::arrowWidth() const {
    return m_theme.px(margin);
}

void FindingDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                            const QModelIndex& index) const {
    const Tokens& tokens = m_theme.tokens();
    const QRect cell = option.rect;
    const bool group = index.data(FindingModel::IsGroupRole).toBool();
    const bool resolved = index.data(FindingModel::ResolvedRole).toBool();
    const bool selected = (option.state & QStyle::State_Selected) != 0;
    const QColor ink = resolved ? tokens.text2 : tokens.text;
    painter->save();
    painter->fillRect(cell, selected ? tokens.selected : tokens.surface);
    const QRect text = cell.adjusted(0, 0, -m_theme.px(gap), 0);
    const QString words = index.data(Qt::DisplayRole).toString();
    switch (index.column()) {
    case FindingModel::RuleColumn:
        paintFirst(*painter, option, index, ink);
        break;
    case FindingModel::WhatColumn:
        drawText(*painter, text, Qt::AlignLeft | Qt::AlignVCenter, words,
                 m_theme.font(Theme::Size::Body), group ? ink : tokens.text2, Qt::ElideMiddle);
        break;
    case FindingModel::DetailColumn:
        drawText(*painter, text, Qt::AlignLeft | Qt::AlignVCenter, words,
                 m_theme.font(Theme::Size::Body), group ? tokens.text2 : ink, Qt::ElideRight);
        break;
    case FindingModel::PathsColumn:
        paintPaths(*painter, text, index);
        break;
    case FindingModel::LastSeenColumn:
        drawText(*painter, cell.adjusted(0, 0, -m_theme.px(16), 0),
                 Qt::AlignRight | Qt::AlignVCenter, words, m_theme.font(Theme::Size::Small),
                 tokens.text2, Qt::ElideNone);
        break;
    default:
        break;
    }
    // The keys move by rows: one ring around the row, drawn piece by piece as its cells come.
    const auto* view = static_cast<const QTreeView*>(option.widget);
    if (view != nullptr && view->hasFocus() &&
        view->currentIndex().siblingAtColumn(0) == index.siblingAtColumn(0)) {
        painter->setPen(QPen(tokens.accent, 2));
        painter->drawLine(cell.left(), cell.top() + 1, cell.right() + 1, cell.top() + 1);
        painter->drawLine(cell.left(), cell.bottom(), cell.right() + 1, cell.bottom());
        if (index.column() == 0)
            painter->drawLine(cell.left() + 1, cell.top() + 1, cell.left() + 1, cell.bottom());
        int last = FindingModel::ColumnCount - 1;
        while (last > 0 && view->isColumnHidden(last))
            --last;
        if (index.column() == last)
            painter->drawLine(cell.right(), cell.top() + 1, cell.right(), cell.bottom());
    }
    painter->restore();
}

void FindingDelegate::paintFirst(QPainter& painter, const QStyleOptionViewItem& option,
                                 const QModelIndex& index, const QColor& ink) const {
    const QRect cell = option.rect;
    const bool group = index.data(FindingModel::IsGroupRole).toBool();
    if ((option.state & QStyle::State_Selected) != 0) {
        painter.fillRect(QRect(cell.left(), cell.top(), m_theme.px(3), cell.height()),
                         m_theme.tokens().accent);
    }
    if (group) {
        const double u = m_theme.px(8) / 8.0;
        const QPointF centre(cell.left() + m_theme.px(margin) / 2.0 + u, cell.center().y() + 0.5);
        QPolygonF arrow;
        if ((option.state & QStyle::State_Open) != 0)
            arrow << QPointF(-3.5, -2) << QPointF(3.5, -2) << QPointF(0, 2.5);
        else
            arrow << QPointF(-2, -3.5) << QPointF(2.5, 0) << QPointF(-2, 3.5);
        for (QPointF& point : arrow)
            point = centre + point * u;
        painter.save();
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(m_theme.tokens().text2);
        painter.drawPolygon(arrow);
        painter.restore();
    }
    const int side = m_theme.px(markSide);
    const int left = cell.left() + m_theme.px(group ? margin : margin + inset);
    const QRect mark(left, cell.top() + (cell.height() - side) / 2, side, side);
    if (index.data(FindingModel::ResolvedRole).toBool())
        paintResolved(painter, mark, m_theme);
    else
        paintSeverity(painter, mark,
                      static_cast<Severity>(index.data(FindingModel::SeverityRole).toInt()),
                      m_theme);
    const int from = mark.right() + 1 + m_theme.px(gap);
    drawText(painter, QRect(from, cell.top(), cell.right() - from - m_theme.px(gap), cell.height()),
             Qt::AlignLeft | Qt::AlignVCenter, index.data(Qt::DisplayRole).toString(),
             m_theme.font(Theme::Size::Body, group), ink, group ? Qt::ElideRight : Qt::ElideLeft);
}

void FindingDelegate::paintPaths(QPainter& painter, const QRect& cell,
                                 const QModelIndex& index) const {
    const auto paths = index.data(FindingModel::PathsRole).value<PathMarks>();
    const int side = m_theme.px(markSide - 2);
    const int step = side + m_theme.px(4);
    const int top = cell.top() + (cell.height() - side) / 2;
    int x = cell.left();
    const auto marks = [&](const std::vector<int>& numbers) {
        for (const int number : numbers) {
            if (x + side > cell.right())
                return;
            paintPathMark(painter, QRect(x, top, side, side), number, m_theme);
            x += step;
        }
    };
    marks(paths.from);
    if (paths.to.empty())
        return;
    const double u = m_theme.px(8) / 8.0;
    const QPointF tail(x + u, cell.center().y() + 0.5);
    const QPointF head = tail + QPointF(10 * u, 0);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(
        QPen(m_theme.tokens().text2, 1.2 * u, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawLine(tail, head);
    painter.drawPolyline(
        QPolygonF{{head + QPointF(-3.5, -3) * u, head, head + QPointF(-3.5, 3) * u}});
    painter.restore();
    x += m_theme.px(16);
    marks(paths.to);
}

} // namespace sightglass::ui
