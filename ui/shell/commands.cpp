// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/commands.h"

#include <QMainWindow>
#include <QMenu>
#include <QMenuBar>

namespace sightglass::ui {

const QVector<CommandInfo>& commandTable() {
    using C = Command;
    using Scope = CommandInfo::Scope;
    static const QVector<CommandInfo> table{
        {C::OpenDump, "&File", "&Open dump…", "Ctrl+O"},
        {C::PlayDemo, "&File", "&Play the demo", "Ctrl+Shift+P"},
        {C::LeaveDemo, "&File", "&Leave the demo", "Ctrl+Shift+L"},
        {C::Settings, "&File", "&Settings…", "Ctrl+,", Scope::Window, false, true},
        {C::Quit, "&File", "&Quit", "Ctrl+Q", Scope::Window, false, true},

        {C::CopyText, "&Edit", "&Copy as text", "Ctrl+C", Scope::Pane},
        {C::CopyJson, "&Edit", "Copy as &JSON", "Ctrl+Shift+C", Scope::Pane},
        {C::Find, "&Edit", "&Find…", "Ctrl+K", Scope::Window, false, true},
        {C::Filter, "&Edit", "F&ilter", "Ctrl+F"},
        {C::Clear, "&Edit", "Clear, then go to the c&hart", "Esc"},

        {C::MetricsPage, "&View", "&Metrics", "Ctrl+1", Scope::Window, true},
        {C::FindingsPage, "&View", "&Findings", "Ctrl+2", Scope::Window, true},
        {C::SourcesPage, "&View", "&Sources", "Ctrl+3", Scope::Window, true},
        {C::Explorer, "&View", "&Explorer", "Alt+0", Scope::Window, true, true},
        {C::Compare, "&View", "&Compare", "Alt+1", Scope::Window, true},
        {C::Drawer, "&View", "Findings &drawer", "Alt+2", Scope::Window, true},
        {C::GroupByService, "&View", "Metrics &by service", "Ctrl+Shift+1", Scope::Window, true,
         true},
        {C::GroupByPath, "&View", "Metrics by &path", "Ctrl+Shift+2", Scope::Window, true},
        {C::GroupByName, "&View", "Metrics by name prefi&x", "Ctrl+Shift+3", Scope::Window, true},
        {C::LargerText, "&View", "&Larger text", "Ctrl++ Ctrl+=", Scope::Window, false, true},
        {C::SmallerText, "&View", "Smalle&r text", "Ctrl+-"},
        {C::NormalText, "&View", "&Normal text", "Ctrl+0"},
        {C::Dark, "&View", "D&ark", "Ctrl+Shift+D", Scope::Window, true, true},
        {C::FullScreen, "&View", "F&ull screen", "F11", Scope::Window, true},

        {C::Back, "&Go", "&Back", "Alt+Left"},
        {C::Forward, "&Go", "&Forward", "Alt+Right"},
        {C::NextFinding, "&Go", "&Next finding", "F8", Scope::Window, false, true},
        {C::PreviousFinding, "&Go", "&Previous finding", "Shift+F8"},
        {C::NextPane, "&Go", "Next p&ane", "F6", Scope::Window, false, true},
        {C::PreviousPane, "&Go", "Previous pan&e", "Shift+F6"},
        {C::Open, "&Go", "&Open", "Return", Scope::Pane, false, true},

        {C::ZoomIn, "&Chart", "Zoom &in", "+", Scope::Chart},
        {C::ZoomOut, "&Chart", "Zoom &out", "-", Scope::Chart},
        {C::Fit, "&Chart", "&Fit", "0", Scope::Chart},
        {C::RangeBack, "&Chart", "Zoom &back", "Backspace", Scope::Chart},
        {C::Pause, "&Chart", "&Pause", "Space", Scope::Chart},
        {C::Live, "&Chart", "&Live", "End", Scope::Chart},
        {C::RateOrRaw, "&Chart", "&Rate, increase or raw", "R", Scope::Chart, false, true},
        {C::Stacked, "&Chart", "&Stacked", "S", Scope::Chart},
        {C::LogAxis, "&Chart", "Log a&xis", "L", Scope::Chart},
        {C::Values, "&Chart", "&Values beside the chart", "V", Scope::Chart},
        {C::Mute, "&Chart", "&Mute series", "M", Scope::Chart},
        {C::EarlierSample, "&Chart", "Crosshair l&eft", "Left", Scope::Chart, false, true},
        {C::LaterSample, "&Chart", "Crosshair ri&ght", "Right", Scope::Chart},
        {C::SeriesAbove, "&Chart", "Series &above", "Up", Scope::Chart},
        {C::SeriesBelow, "&Chart", "Series belo&w", "Down", Scope::Chart},
        {C::Heatmap, "&Chart", "Heatmap", "H", Scope::Chart},
        {C::NextExemplar, "&Chart", "Next exemplar", "E", Scope::Chart},
        {C::AddChart, "&Chart", "Add as a &chart", "Shift+Return", Scope::Pane, false, true},
        {C::AddToChart, "&Chart", "Add &to the chart", "Ctrl+Return", Scope::Pane},
        {C::RemoveChart, "&Chart", "Remove the chart", "Del", Scope::Chart},
        {C::RangeFit, "&Chart", "&Up to 5 min", "Ctrl+Alt+0", Scope::Window, true, true},
        {C::RangeMinute, "&Chart", "Last &1 min", "Ctrl+Alt+1", Scope::Window, true},
        {C::RangeFiveMinutes, "&Chart", "Last &5 min", "Ctrl+Alt+2", Scope::Window, true},
        {C::RangeQuarter, "&Chart", "Last 15 mi&n", "Ctrl+Alt+3", Scope::Window, true},
        {C::RangeHour, "&Chart", "Last 1 &h", "Ctrl+Alt+4", Scope::Window, true},
        {C::RangeSixHours, "&Chart", "Last &6 h", "Ctrl+Alt+5", Scope::Window, true},

        {C::AddTarget, "&Sources", "&Add target…", "Ctrl+T"},
        {C::RemoveTarget, "&Sources", "&Remove target", "Del", Scope::Pane},

        {C::Manual, "&Help", "&Manual", "F1"},
        {C::Shortcuts, "&Help", "&Shortcuts", "Ctrl+?"},
        {C::About, "&Help", "&About Sightglass", "Shift+F1", Scope::Window, false, true},
    };
    return table;
}

QList<QKeySequence> shortcutsOf(const CommandInfo& info) {
    QList<QKeySequence> keys;
    for (const QString& text : QString::fromUtf8(info.shortcuts).split(' ', Qt::SkipEmptyParts))
        keys << QKeySequence(text, QKeySequence::PortableText);
    return keys;
}

Commands::Commands(QMainWindow& window) : QObject(&window) {
    QHash<QString, QMenu*> menus;
    for (const CommandInfo& info : commandTable()) {
        const QString title = QString::fromUtf8(info.menu);
        QMenu*& menu = menus[title];
        if (!menu)
            menu = window.menuBar()->addMenu(title);
        if (info.separatorBefore)
            menu->addSeparator();
        auto* action = new QAction(QString::fromUtf8(info.text), &window);
        action->setCheckable(info.checkable);
        action->setMenuRole(QAction::NoRole);
        const QList<QKeySequence> keys = shortcutsOf(info);
        if (info.scope == CommandInfo::Scope::Window)
            action->setShortcuts(keys);
        else // shown beside the text, but the pane listens for it
            action->setText(action->text() + '\t' +
                            keys.first().toString(QKeySequence::NativeText));
        menu->addAction(action);
        window.addAction(action);
        m_actions.insert(info.command, action);
    }
}

} // namespace sightglass::ui
