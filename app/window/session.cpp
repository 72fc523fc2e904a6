// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/session.h"

#include "core/demo/demo.h"

namespace sightglass {

namespace {

/// What the demo's story is about, once it is there.
constexpr std::string_view demoFamily = "heap_alloc";

EngineOptions withRemembered(EngineOptions options, const ui::Preferences& preferences) {
    for (const QString& url : preferences.targets())
        options.targets.push_back(url.toStdString());
    return options;
}

} // namespace

Session::Session(Kind kind, const EngineOptions& options, ui::Theme& theme,
                 ui::Preferences::Memory memory)
    : m_preferences(memory),
      m_engine(kind == Kind::Demo ? Demo::engineOptions()
                                  : withRemembered(options, m_preferences)) {
    m_engine.start();
    m_bridge.emplace(m_engine);
    if (kind == Kind::Demo)
        playDemo();
    m_window = std::make_unique<ui::MainWindow>(
        *m_bridge, m_selection, theme, m_preferences,
        kind == Kind::Demo ? ui::MainWindow::Session::Demo : ui::MainWindow::Session::Ordinary);
    connect(m_window.get(), &ui::MainWindow::demoWanted, this, &Session::otherWanted,
            Qt::QueuedConnection);
    connect(m_window.get(), &ui::MainWindow::demoLeft, this, &Session::otherWanted,
            Qt::QueuedConnection);
}

/// Before the window is made, so that its family is suggested before the window looks for one.
void Session::playDemo() {
    m_demo = std::make_unique<Demo>(m_engine);
    if (const Status started = m_demo->start(); !started)
        qWarning("The demo cannot be played: %s", started.error().text().c_str());
    connect(&*m_bridge, &ui::EngineBridge::analysisChanged, this, [this] {
        for (const auto& family : m_bridge->analysis()->families) {
            if (family->name.find(demoFamily) != std::string::npos)
                m_selection.suggest(QString::fromStdString(family->name));
        }
    });
}

Session::~Session() {
    m_window.reset();
    m_demo.reset();
    m_engine.stop(); // no dump is being read any more: the bridge may go
}

} // namespace sightglass
