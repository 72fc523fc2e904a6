// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/look/theme.h"
#include "ui/pages/metrics/family_verdict.h"

class QToolButton;

namespace sightglass::ui {

/// A line of 32 over the chart with what is wrong with the metric shown, and the way to mend it.
/// Hidden while nothing is wrong; who owns it shows it where there is room. GUI thread only;
/// `theme` outlives it.
class FindingStrip : public QWidget {
    Q_OBJECT
  public:
    FindingStrip(const Theme& theme, QWidget* parent = nullptr);

    void setVerdict(FamilyVerdict verdict);
    [[nodiscard]] const FamilyVerdict& verdict() const { return m_verdict; }

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

  signals:
    void howToMendRequested();

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    void applyTheme();
    [[nodiscard]] QRect textRect() const;

    const Theme& m_theme;
    FamilyVerdict m_verdict;
    QToolButton* m_link;
};

} // namespace sightglass::ui
