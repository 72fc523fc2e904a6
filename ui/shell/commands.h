// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAction>
#include <QHash>
#include <QKeySequence>
#include <QVector>

class QMainWindow;

namespace sightglass::ui {

/// Everything a user can tell the window to do. Time ranges stand in the order of their menu.
enum class Command {
    OpenDump,
    PlayDemo,
    LeaveDemo,
    Settings,
    Quit,
    CopyText,
    CopyJson,
    Find,
    Filter,
    Clear,
    MetricsPage,
    FindingsPage,
    SourcesPage,
    Explorer,
    Compare,
    Drawer,
    GroupByService,
    GroupByPath,
    GroupByName,
    LargerText,
    SmallerText,
    NormalText,
    Dark,
    FullScreen,
    Back,
    Forward,
    NextFinding,
    PreviousFinding,
    NextPane,
    PreviousPane,
    Open,
    ZoomIn,
    ZoomOut,
    Fit,
    RangeBack,
    Pause,
    Live,
    RateOrRaw,
    Stacked,
    LogAxis,
    Values,
    Mute,
    EarlierSample,
    LaterSample,
    SeriesAbove,
    SeriesBelow,
    Heatmap,
    NextExemplar,
    AddChart,
    AddToChart,
    RemoveChart,
    RangeFit,
    RangeMinute,
    RangeFiveMinutes,
    RangeQuarter,
    RangeHour,
    RangeSixHours,
    AddTarget,
    RemoveTarget,
    Manual,
    Shortcuts,
    About,
};

/// One row of the table behind menus, shortcuts and the shortcut sheet.
struct CommandInfo {
    Command command;
    const char* menu;      ///< with its mnemonic
    const char* text;      ///< with its mnemonic
    const char* shortcuts; ///< portable text, several parted by blanks; the first is shown
    enum class Scope {
        Window, ///< wherever the focus is
        Chart,  ///< only while the chart has the focus: it takes the key itself
        Pane,   ///< whatever has the focus takes the key itself
    } scope = Scope::Window;
    bool checkable = false;
    bool separatorBefore = false;
};
[[nodiscard]] const QVector<CommandInfo>& commandTable();
/// The shortcuts of a row, first the shown one.
[[nodiscard]] QList<QKeySequence> shortcutsOf(const CommandInfo& info);

/// The window's actions, made from the table and put into its menu bar. Owned by the window; GUI
/// thread only. Actions whose key belongs to a pane show it in the menu without listening for it.
class Commands : public QObject {
    Q_OBJECT
  public:
    explicit Commands(QMainWindow& window);

    [[nodiscard]] QAction& action(Command command) const { return *m_actions.value(command); }
    /// Calls `function` when the command is given.
    template <class Function>
    void on(Command command, const QObject* context, Function function) {
        connect(&action(command), &QAction::triggered, context, std::move(function));
    }

  private:
    QHash<Command, QAction*> m_actions;
};

} // namespace sightglass::ui
