// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QVector>
#include <QWidget>

#include "ui/look/theme.h"
#include "ui/models/path_facts.h"

namespace sightglass::ui {

/// A square a type, side by side. GUI thread only; `theme` outlives it.
class TypeBadges final : public QWidget {
    Q_OBJECT
  public:
    TypeBadges(const Theme& theme, QWidget* parent);

    void setTypes(const QVector<TypeBadge>& types, const QString& spoken);

    [[nodiscard]] QSize sizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    const Theme& m_theme;
    QVector<TypeBadge> m_types;
};

} // namespace sightglass::ui
