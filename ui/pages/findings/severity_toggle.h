// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>

#include "core/model/finding.h"
#include "ui/look/theme.h"

namespace sightglass::ui {

/// A severity's mark with the number of its open findings; pressed in, they are shown. GUI thread
/// only.
class SeverityToggle : public QAbstractButton {
    Q_OBJECT
  public:
    SeverityToggle(Severity severity, const Theme& theme, QWidget* parent);

    void setCount(int count);
    [[nodiscard]] Severity severity() const { return m_severity; }
    [[nodiscard]] QSize sizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    const Severity m_severity;
    const Theme& m_theme;
};

} // namespace sightglass::ui
