// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include <memory>
#include <optional>

#include "core/engine/engine.h"
#include "ui/bridge/engine_bridge.h"
#include "ui/look/theme.h"
#include "ui/models/selection.h"
#include "ui/shell/main_window.h"
#include "ui/shell/preferences.h"

namespace sightglass {

class Demo;

/// One engine and the window on it. A demo is a session of its own: leaving it or playing it ends
/// one session and begins another, so nothing of the one is left in the other. Owned by main(), on
/// the GUI thread.
class Session : public QObject {
    Q_OBJECT
  public:
    enum class Kind { Ordinary, Demo };

    /// Starts the engine; `theme` outlives the session. `preferences` gives the remembered targets.
    Session(Kind kind, const EngineOptions& options, ui::Theme& theme,
            ui::Preferences::Memory memory);
    ~Session() override;

    [[nodiscard]] ui::MainWindow& window() { return *m_window; }
    [[nodiscard]] Engine& engine() { return m_engine; }

  signals:
    /// The user asked for the other kind of session.
    void otherWanted();

  private:
    void playDemo();

    ui::Preferences m_preferences;
    Engine m_engine;
    std::unique_ptr<Demo> m_demo;             ///< null in an ordinary session
    std::optional<ui::EngineBridge> m_bridge; ///< made once the engine runs
    ui::Selection m_selection;
    std::unique_ptr<ui::MainWindow> m_window;
};

} // namespace sightglass
