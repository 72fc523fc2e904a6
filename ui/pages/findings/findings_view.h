// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSet>
#include <QTimer>
#include <QWidget>

#include <array>
#include <memory>

#include "ui/bridge/engine_bridge.h"
#include "ui/look/theme.h"
#include "ui/models/finding_model.h"
#include "ui/models/selection.h"

class QLabel;
class QSplitter;
class QToolButton;
class QTreeView;

namespace sightglass::ui {

class FilterField;
class FindingDelegate;
class FindingDetail;
class SeverityToggle;

/// The findings by rule and paths, filtered, opened and copied: the drawer of the Metrics page and
/// the Findings page are this one widget. Enter or a double click shows a finding's metric in the
/// whole window. It follows the engine's analysis without moving what the user selected or opened.
/// GUI thread only.
class FindingsView : public QWidget {
    Q_OBJECT
  public:
    enum class Place {
        Drawer, ///< below the Metrics page, compact
        Page    ///< a page of its own, with the selected finding in full
    };

    FindingsView(EngineBridge& bridge, Selection& selection, const Theme& theme, Place place,
                 QWidget* parent = nullptr);

    void show(std::shared_ptr<const Analysis> analysis);
    using QWidget::show;

    [[nodiscard]] FindingModel& model() { return m_model; }
    /// Only the header of 32 px stays: for windows too low for the list.
    void setHeaderOnly(bool only);
    [[nodiscard]] int headerHeight() const;
    /// What header and rows need now, in px.
    [[nodiscard]] int wantedHeight() const;

  public slots:
    void focusFilter();
    /// The finding after (before) the current one in the list, opened; round at the end.
    void nextFinding();
    void previousFinding();
    void copyText(); ///< the selected findings, or all that are shown
    void copyJson();

  signals:
    void opened();                                ///< a finding's metric was selected
    void sourceRequested(const QString& subject); ///< a finding about a target, not a metric
    void wantedHeightChanged();

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    void buildHeader();
    void buildTree();
    void refresh();
    void refreshToggles();
    void refreshEmpty();
    void aimFocus();
    void fitHeader();
    void open(const QModelIndex& index);
    void openFinding(const Finding& finding);
    void step(int by);
    void toggle(const QModelIndex& group);
    void rememberView();
    void restoreView();
    void openNewGroups(int first, int last);
    void spreadColumns();
    void spreadPage();
    void showMenu(const QPoint& at);
    void showDetail();
    void retheme();
    [[nodiscard]] std::vector<std::shared_ptr<const Finding>> chosen() const;

    EngineBridge& m_bridge;
    Selection& m_selection;
    const Theme& m_theme;
    const Place m_place;
    FindingModel m_model;
    std::shared_ptr<const Analysis> m_analysis;

    QWidget* m_header = nullptr;
    QLabel* m_title = nullptr;
    QLabel* m_counts = nullptr;
    std::array<SeverityToggle*, 3> m_severities{};
    QToolButton* m_resolved = nullptr;
    QToolButton* m_copy = nullptr;
    FilterField* m_filter = nullptr;
    QWidget* m_body = nullptr;
    QTreeView* m_tree = nullptr;
    FindingDelegate* m_delegate = nullptr;
    QLabel* m_empty = nullptr;
    FindingDetail* m_detail = nullptr; ///< only of a Page
    QSplitter* m_splitter = nullptr;   ///< likewise
    bool m_splitterMoved = false;
    QTimer m_clock;
    QSet<QString> m_open; ///< groups that the user opened
    QString m_keptCurrent;
};

} // namespace sightglass::ui
