// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/descriptor.h"

namespace sightglass {

std::string_view typeName(MetricType type) {
    switch (type) {
    case MetricType::Unknown:
        break;
    case MetricType::Gauge:
        return "gauge";
    case MetricType::Sum:
        return "sum";
    case MetricType::Histogram:
        return "histogram";
    case MetricType::ExponentialHistogram:
        return "exponential_histogram";
    case MetricType::Summary:
        return "summary";
    }
    return "unknown";
}

std::string_view typeWord(MetricType type, bool monotonic) {
    if (type == MetricType::Sum)
        return monotonic ? "counter" : "up_down_sum";
    return typeName(type);
}

std::string_view temporalityName(Temporality temporality) {
    switch (temporality) {
    case Temporality::Unspecified:
        break;
    case Temporality::Delta:
        return "delta";
    case Temporality::Cumulative:
        return "cumulative";
    }
    return "unspecified";
}

} // namespace sightglass
