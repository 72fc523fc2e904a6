// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace sightglass::ui {

/// Gives every ChartView an accessible interface with the role of a chart, whose description is
/// its spoken summary. Takes effect once, however often it is called. GUI thread.
void installChartAccessibility();

} // namespace sightglass::ui
