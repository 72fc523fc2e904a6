// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/bridge/engine_bridge.h"
#include "ui/look/theme.h"
#include "ui/models/selection.h"
#include "ui/shell/commands.h"

class QLineEdit;
class QMenu;

namespace sightglass::ui {

class BarButton;
class Label;

/// The bar of 40 px under the menu: pages with their counts and lamps, the find field, the time
/// range, Live, Add target. Child of the window; GUI thread only.
class PageBar : public QWidget {
    Q_OBJECT
  public:
    PageBar(EngineBridge& bridge, Selection& selection, const Theme& theme, Commands& commands,
            bool demo, QWidget* parent = nullptr);

    [[nodiscard]] QLineEdit& findField() const { return *m_find; }
    void setCurrentPage(int page); ///< 0 Metrics, 1 Findings, 2 Sources

    [[nodiscard]] QSize sizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    void showFindings();
    void showSources();
    void showRange();
    void applyTheme();
    void arrange();
    int arrangeRight();

    EngineBridge& m_bridge;
    Selection& m_selection;
    const Theme& m_theme;
    BarButton* m_pages[3];
    QLineEdit* m_find;
    Label* m_findKey;
    Label* m_demo = nullptr;
    BarButton* m_leave = nullptr;
    BarButton* m_range;
    BarButton* m_live;
    BarButton* m_addTarget;
    QMenu* m_rangeMenu;
};

} // namespace sightglass::ui
