// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QScrollArea>

#include <memory>

#include "ui/bridge/engine_bridge.h"
#include "ui/look/theme.h"

class QLabel;
class QVBoxLayout;

namespace sightglass::ui {

class AdviceView;

/// One finding in full: what its rule means, what each path says side by side, likely cause and way
/// out. Shown by the Findings page. GUI thread only.
class FindingDetail : public QScrollArea {
    Q_OBJECT
  public:
    FindingDetail(EngineBridge& bridge, const Theme& theme, QWidget* parent);

    /// Null shows what to do. The same finding seen again leaves the reader where they are.
    void show(std::shared_ptr<const Finding> finding);
    using QScrollArea::show;

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    void rebuild();
    [[nodiscard]] int across() const; ///< boxes of evidence that fit side by side
    QLabel* monoText(const QString& text, bool key, QWidget* parent);
    void addEvidence(QVBoxLayout& column, QWidget& parent);

    EngineBridge& m_bridge;
    const Theme& m_theme;
    std::shared_ptr<const Finding> m_finding;
    int m_across = 2;
};

} // namespace sightglass::ui
