// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QScrollArea>

#include <memory>

#include "ui/bridge/engine_bridge.h"
#include "ui/look/theme.h"

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

  private:
    void rebuild();
    void addEvidence(QVBoxLayout& column, QWidget& parent);

    EngineBridge& m_bridge;
    const Theme& m_theme;
    std::shared_ptr<const Finding> m_finding;
};

} // namespace sightglass::ui
