// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/metrics/type_badges.h"

#include <QPainter>

#include <algorithm>

#include "ui/look/marks.h"

namespace sightglass::ui {

TypeBadges::TypeBadges(const Theme& theme, QWidget* parent) : QWidget(parent), m_theme(theme) {
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void TypeBadges::setTypes(const QVector<TypeBadge>& types, const QString& spoken) {
    setAccessibleName(spoken);
    setToolTip(spoken);
    if (types == m_types)
        return;
    m_types = types;
    updateGeometry();
    update();
}

QSize TypeBadges::sizeHint() const {
    const int count = static_cast<int>(m_types.size());
    return {count * m_theme.px(18) + std::max(count - 1, 0) * m_theme.px(2), m_theme.px(18)};
}

void TypeBadges::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    int x = 0;
    for (const TypeBadge& type : m_types) {
        paintTypeBadge(painter, QRectF(x, 0, m_theme.px(18), height()), type.type, type.monotonic,
                       type.delta, type.odd, m_theme);
        x += m_theme.px(20);
    }
}

} // namespace sightglass::ui
