// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/series_limits.h"

#include <algorithm>

#include "core/base/heap.h"
#include "core/model/utf8.h"

namespace sightglass {

namespace {

/// Of a metric's name, in the list.
constexpr std::size_t nameShownBytes = 256;

std::size_t bytesOf(const MetricInfo& metric) {
    constexpr std::size_t slot = 2 * (sizeof(std::pair<OriginId, std::string>) + 8);
    return slot + allocatedBytes(metric.descriptor.name.size() + 1);
}

} // namespace

bool SeriesLimits::isFull(const MetricInfo& metric) const {
    const auto it = m_counts.find(nameOf(metric));
    return it != m_counts.end() && it->second >= m_perMetricMost;
}

void SeriesLimits::added(const MetricInfo& metric) {
    const auto it = m_counts.find(nameOf(metric));
    if (it != m_counts.end()) {
        ++it->second;
        return;
    }
    m_counts.emplace(OwnName(metric.origin, metric.descriptor.name), 1);
    m_bytes += bytesOf(metric);
}

void SeriesLimits::removed(const MetricInfo& metric) {
    const auto it = m_counts.find(nameOf(metric));
    if (it == m_counts.end() || --it->second > 0)
        return;
    m_counts.erase(it);
    m_bytes -= bytesOf(metric);
}

bool SeriesLimits::refused(const MetricInfo& metric, std::string_view reason,
                           std::uint64_t points) {
    const std::string name = shortened(metric.descriptor.name, nameShownBytes);
    const auto it = std::ranges::find_if(m_limited, [&](const LimitedMetric& known) {
        return known.origin == metric.origin && known.name == name && known.reason == reason;
    });
    if (it != m_limited.end()) {
        it->refusedPoints += points;
        return true;
    }
    if (m_limited.size() == StoreUsage::limitedMetricsMost)
        return false;
    m_limited.push_back({metric.origin, name, std::string(reason), points});
    return true;
}

} // namespace sightglass
