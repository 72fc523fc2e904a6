// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/point_spacing.h"

#include <algorithm>
#include <vector>

namespace sightglass::ui {

TimeNs intervalOf(std::span<const Column> columns) {
    std::vector<TimeNs> steps;
    const Column* before = nullptr;
    for (const Column& c : columns) {
        if (c.count == 0)
            continue;
        if (before != nullptr)
            steps.push_back(c.firstTime - before->lastTime);
        if (c.count > 1)
            steps.push_back((c.lastTime - c.firstTime) / (c.count - 1));
        before = &c;
    }
    if (steps.empty())
        return 0;
    const auto middle = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2);
    std::nth_element(steps.begin(), middle, steps.end());
    return *middle;
}

TimeNs gapOf(std::span<const Column> columns) {
    return intervalOf(columns) * 7 / 2;
}

} // namespace sightglass::ui
