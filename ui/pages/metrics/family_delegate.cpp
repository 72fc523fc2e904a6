// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/metrics/family_delegate.h"

#include <QPainter>

#include <algorithm>

#include "ui/look/format.h"
#include "ui/look/marks.h"
#include "ui/models/family_model.h"

namespace sightglass::ui {

namespace {

constexpr int rowHeight = 28;
constexpr int margin = 12;
constexpr int badgeSide = 18;
constexpr int gap = 8;
constexpr int markSide = 16;
constexpr int nameAtLeast = 140;
constexpr int wideFrom = 340;
constexpr int seriesWidth = 28;
constexpr int unitWidth = 44;
constexpr int sparkWidth = 48;
constexpr int narrowSparkWidth = 40;
constexpr int sparkHeight = 12;

void drawText(QPainter& painter, const QRect& rect, int flags, const QString& text,
              const QFont& font, const QColor& color, Qt::TextElideMode elide) {
    painter.setFont(font);
    painter.setPen(color);
    painter.drawText(rect, flags | Qt::TextSingleLine,
                     QFontMetrics(font).elidedText(text, elide, rect.width()));
}

} // namespace

FamilyDelegate::FamilyDelegate(const Theme& theme, QObject* parent)
    : QStyledItemDelegate(parent), m_theme(theme) {}

QSize FamilyDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    return {m_theme.px(2 * margin + nameAtLeast), m_theme.px(rowHeight)};
}

void FamilyDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                           const QModelIndex& index) const {
    painter->save();
    const auto kind = static_cast<FamilyModel::Kind>(index.data(FamilyModel::KindRole).toInt());
    const bool top = kind == FamilyModel::Kind::Service || kind == FamilyModel::Kind::Path;
    paintBackground(*painter, option, top);
    if (kind == FamilyModel::Kind::Family)
        paintFamily(*painter, option, index);
    else
        paintHeading(*painter, option, index, top);
    painter->restore();
}

void FamilyDelegate::paintBackground(QPainter& painter, const QStyleOptionViewItem& option,
                                     bool raised) const {
    const Tokens& tokens = m_theme.tokens();
    const bool selected = (option.state & QStyle::State_Selected) != 0;
    if (selected)
        painter.fillRect(option.rect, tokens.selected);
    else if (raised)
        painter.fillRect(option.rect, tokens.raised);
    else if ((option.state & QStyle::State_MouseOver) != 0)
        painter.fillRect(option.rect, tokens.window);
    if (selected) {
        painter.fillRect(
            QRect(option.rect.left(), option.rect.top(), m_theme.px(3), option.rect.height()),
            tokens.accent);
    }
    if ((option.state & QStyle::State_HasFocus) != 0) {
        painter.setPen(QPen(tokens.accent, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(option.rect.adjusted(1, 1, -1, -1));
    }
}

void FamilyDelegate::paintHeading(QPainter& painter, const QStyleOptionViewItem& option,
                                  const QModelIndex& index, bool top) const {
    const Tokens& tokens = m_theme.tokens();
    const bool open = (option.state & QStyle::State_Open) != 0;
    const QRect row = option.rect;
    const int left = row.left() + m_theme.px(index.data(FamilyModel::IndentRole).toInt());
    const QColor ink = top ? tokens.text : tokens.text2;

    const double u = m_theme.px(8) / 8.0;
    const QPointF centre(left + 4 * u, row.center().y() + 0.5);
    QPolygonF arrow;
    if (open)
        arrow << QPointF(-3.5, -2) << QPointF(3.5, -2) << QPointF(0, 2.5);
    else
        arrow << QPointF(-2, -3.5) << QPointF(2.5, 0) << QPointF(-2, 3.5);
    for (QPointF& point : arrow)
        point = centre + point * u;
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(ink);
    painter.drawPolygon(arrow);

    const QFont countFont = m_theme.font(Theme::Size::Small);
    const QString count = formatCount(index.data(FamilyModel::CountRole).toULongLong());
    const int right = row.right() - m_theme.px(margin) + 1;
    const QRect countRect(right - m_theme.px(sparkWidth), row.top(), m_theme.px(sparkWidth),
                          row.height());
    drawText(painter, countRect, Qt::AlignRight | Qt::AlignVCenter, count, countFont, tokens.text2,
             Qt::ElideNone);

    int textRight =
        countRect.right() - QFontMetrics(countFont).horizontalAdvance(count) - m_theme.px(gap);
    // A closed row speaks for what it hides.
    const QVariant mark = index.data(open ? FamilyModel::MarkRole : FamilyModel::WorstRole);
    if (mark.isValid()) {
        const int side = m_theme.px(markSide);
        const QRect box(countRect.left(), row.top() + (row.height() - side) / 2, side, side);
        paintSeverity(painter, box, static_cast<Severity>(mark.toInt()), m_theme);
        textRight = std::min(textRight, box.left() - m_theme.px(gap));
    }
    int textLeft = left + m_theme.px(12);
    const QVariant path = index.data(FamilyModel::PathRole);
    if (path.isValid()) {
        const int side = m_theme.px(markSide);
        paintPathMark(painter, QRect(textLeft, row.top() + (row.height() - side) / 2, side, side),
                      path.toInt(), m_theme);
        textLeft += side + m_theme.px(gap - 2);
    }
    drawText(painter, QRect(textLeft, row.top(), textRight - textLeft, row.height()),
             Qt::AlignLeft | Qt::AlignVCenter, index.data(FamilyModel::ShortNameRole).toString(),
             m_theme.font(Theme::Size::Body, top), ink, Qt::ElideMiddle);
}

void FamilyDelegate::paintFamily(QPainter& painter, const QStyleOptionViewItem& option,
                                 const QModelIndex& index) const {
    const Tokens& tokens = m_theme.tokens();
    const QRect row = option.rect;
    const bool selected = (option.state & QStyle::State_Selected) != 0;
    const auto badges = index.data(FamilyModel::BadgesRole).value<QVector<TypeBadge>>();
    const int side = m_theme.px(badgeSide);
    const int step = side + m_theme.px(2);
    const int inset = m_theme.px(index.data(FamilyModel::IndentRole).toInt());
    int x = row.left() + inset;
    for (const TypeBadge& badge : badges) {
        paintTypeBadge(painter, QRect(x, row.top() + (row.height() - side) / 2, side, side),
                       badge.type, badge.monotonic, badge.delta, badge.odd, m_theme);
        x += step;
    }
    const int columns = std::max<int>(m_twoBadges ? 2 : 1, static_cast<int>(badges.size()));
    const int left = row.left() + inset + columns * step + m_theme.px(gap - 2);

    int right = row.right() - m_theme.px(margin) + 1;
    const bool wide = row.width() >= m_theme.px(wideFrom);
    const int spark = m_theme.px(wide ? narrowSparkWidth : sparkWidth);
    const int high = m_theme.px(sparkHeight);
    if (right - spark - m_theme.px(gap) - left >= m_theme.px(nameAtLeast)) {
        paintSparkline(
            painter, QRectF(right - spark, row.top() + (row.height() - high) / 2.0, spark, high),
            index.data(FamilyModel::SparklineRole).value<QVector<float>>(), tokens.text2);
        right -= spark + m_theme.px(gap);
    }

    const QFont small = m_theme.font(Theme::Size::Small);
    const auto column = [&](int width, const QString& text, Qt::Alignment side2) {
        if (!wide || right - m_theme.px(width + gap) - left < m_theme.px(nameAtLeast))
            return;
        drawText(painter,
                 QRect(right - m_theme.px(width), row.top(), m_theme.px(width), row.height()),
                 int(side2 | Qt::AlignVCenter), text, small, tokens.text2, Qt::ElideRight);
        right -= m_theme.px(width + gap);
    };
    column(seriesWidth, formatCount(index.data(FamilyModel::SeriesRole).toULongLong()),
           Qt::AlignRight);
    column(unitWidth, index.data(FamilyModel::UnitRole).toString(), Qt::AlignLeft);

    const QVariant mark = index.data(FamilyModel::MarkRole);
    if (mark.isValid()) {
        const int box = m_theme.px(markSide);
        paintSeverity(painter, QRect(right - box, row.top() + (row.height() - box) / 2, box, box),
                      static_cast<Severity>(mark.toInt()), m_theme);
        right -= box + m_theme.px(gap);
    }
    drawText(painter, QRect(left, row.top(), right - left, row.height()),
             Qt::AlignLeft | Qt::AlignVCenter, index.data(FamilyModel::ShortNameRole).toString(),
             m_theme.font(Theme::Size::Body, selected), tokens.text, Qt::ElideLeft);
}

} // namespace sightglass::ui
