// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <memory>
#include <vector>

#include "core/model/finding.h"
#include "ui/look/theme.h"

class QLabel;
class QVBoxLayout;

namespace sightglass::ui {

/// A severity's shape as a widget of its own, for rows of labels. GUI thread only.
class SeverityMark : public QWidget {
    Q_OBJECT
  public:
    SeverityMark(const Finding& finding, const Theme& theme, QWidget* parent);
    [[nodiscard]] QSize sizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    const Theme& m_theme;
    Severity m_severity;
    bool m_resolved;
};

/// What probably caused findings and the way out of each, with its configuration to copy. As high
/// as it needs: whoever shows it lets it scroll. Shown by Compare for a family and by the Findings
/// page for one finding. GUI thread only.
class AdviceView : public QWidget {
    Q_OBJECT
  public:
    AdviceView(const Theme& theme, QWidget* parent);

    /// Worst first, as given. Keeps its place if the same findings come again. Each is headed by
    /// its rule if there are several.
    void show(std::vector<std::shared_ptr<const Finding>> findings);
    using QWidget::show;
    [[nodiscard]] bool empty() const { return m_findings.empty(); }

  private:
    void rebuild();
    void tellMessages();
    void add(const Finding& finding, bool withRule, QVBoxLayout& column, QWidget& parent);
    void addSnippet(const Finding& finding, QVBoxLayout& column, QWidget& parent);

    const Theme& m_theme;
    QWidget* m_inner = nullptr;
    std::vector<QLabel*> m_rules; ///< of each finding, if there are several
    std::vector<std::shared_ptr<const Finding>> m_findings;
};

} // namespace sightglass::ui
