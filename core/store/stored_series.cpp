// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/stored_series.h"

namespace sightglass {

std::shared_ptr<const MetricInfo> StoredMetric::info() const {
    MutexLock lock(m_mutex);
    return m_info;
}

PostingView StoredMetric::order() const {
    MutexLock lock(m_mutex);
    return m_order.view();
}

void StoredMetric::replaceInfo(std::shared_ptr<const MetricInfo> info) {
    writersInfo = info;
    MutexLock lock(m_mutex);
    m_info = std::move(info);
}

void StoredMetric::appendToOrder(SeriesId series) {
    MutexLock lock(m_mutex);
    m_order.append(series.value);
}

} // namespace sightglass
