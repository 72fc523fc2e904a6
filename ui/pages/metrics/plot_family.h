// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMimeData>
#include <QStringList>

#include <memory>

#include "ui/bridge/engine_bridge.h"
#include "ui/charts/plot_request.h"
#include "ui/look/format.h"

// Families as charts take them, and as they are dragged from the explorer into a chart.
namespace sightglass::ui {

/// All paths of a family, the reference path first.
[[nodiscard]] PlotFamily plotFamilyOf(const Family& family, OriginId reference,
                                      const EngineBridge& bridge);
/// The unit in a word, as it stands beside a name: "bytes/s".
[[nodiscard]] QString unitWord(const UnitStyle& style);

/// Names in a drag's data, one a line, and back; the text is there for other programs.
[[nodiscard]] std::unique_ptr<QMimeData> familiesAsMime(const QStringList& names);
[[nodiscard]] QStringList familiesIn(const QMimeData* data);

} // namespace sightglass::ui
