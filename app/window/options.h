// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSize>
#include <QString>
#include <QStringList>

#include <optional>

#include "core/engine/engine.h"
#include "ui/look/theme.h"

namespace sightglass {

/// What the command line of `sightglass` asks for.
struct WindowOptions {
    EngineOptions engine;
    QStringList files;  ///< dumps to open
    QStringList charts; ///< families to draw, the first one selected
    bool demo = false;
    QString screenshot; ///< file to draw the window into before leaving; "" for an ordinary run
    double afterSeconds = 1;
    QSize size; ///< of the window; empty: as remembered, or 1280x800
    std::optional<ui::Theme::Mode> theme;
    std::optional<int> textPercent;
};

struct ParsedOptions {
    std::optional<WindowOptions> options; ///< none: print `message` and leave with `exitCode`
    QString message;
    int exitCode = 0;
};

/// Needs no display and no application object. `arguments` begin with the program's name. A wrong
/// option gives exit code 2.
[[nodiscard]] ParsedOptions parseOptions(const QStringList& arguments);

} // namespace sightglass
