// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/batch.h"

namespace sightglass::test {

/// Reads the attributes of all points that a codec left encoded.
inline void readAttributes(Batch& batch) {
    const auto read = [&batch](auto& points) {
        for (PointHeader& point : points)
            static_cast<void>(batch.attributesOf(point));
    };
    read(batch.numberPoints);
    read(batch.histogramPoints);
    read(batch.exponentialPoints);
    read(batch.summaryPoints);
}

} // namespace sightglass::test
