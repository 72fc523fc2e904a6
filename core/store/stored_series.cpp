// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/stored_series.h"

#include <algorithm>

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

std::size_t StoredSeries::firstReaching(TimeNs time) const {
    const auto it = std::partition_point(
        m_sealed.begin(), m_sealed.end(),
        [time](const std::shared_ptr<const Chunk>& chunk) { return chunk->lastTime() < time; });
    return static_cast<std::size_t>(it - m_sealed.begin());
}

void StoredSeries::collectLocked(std::size_t begin, TimeRange range,
                                 std::vector<ChunkView>& out) const {
    for (std::size_t i = begin; i < m_sealed.size() && m_sealed[i]->firstTime() <= range.to; ++i)
        out.push_back({m_sealed[i], m_sealed[i]->size(), true});
    if (m_head)
        out.push_back({m_head, m_head->size(), false});
}

void StoredSeries::collect(TimeRange range, std::vector<ChunkView>& out) const {
    MutexLock lock(m_mutex);
    collectLocked(firstReaching(range.from), range, out);
}

void StoredSeries::collectWithPrevious(TimeRange range, Field field,
                                       std::vector<ChunkView>& out) const {
    MutexLock lock(m_mutex);
    std::size_t begin = firstReaching(range.from);
    while (begin > 0) {
        --begin;
        if (m_sealed[begin]->summary(field).column.count > 0)
            break;
    }
    collectLocked(begin, range, out);
}

void StoredSeries::collectEnds(std::vector<ChunkView>& out) const {
    MutexLock lock(m_mutex);
    if (!m_sealed.empty())
        out.push_back({m_sealed.front(), m_sealed.front()->size(), true});
    if (m_head)
        out.push_back({m_head, m_head->size(), false});
    else if (m_sealed.size() > 1)
        out.push_back({m_sealed.back(), m_sealed.back()->size(), true});
}

void StoredSeries::startHead(std::shared_ptr<Chunk> newHead) {
    head = newHead.get();
    MutexLock lock(m_mutex);
    m_head = std::move(newHead);
}

void StoredSeries::sealHead(std::shared_ptr<const Chunk> copyInstead) {
    samples += head->size();
    ++sealedCount;
    head = nullptr;
    std::shared_ptr<Chunk> old;
    MutexLock lock(m_mutex);
    old.swap(m_head);
    m_sealed.push_back(copyInstead ? std::move(copyInstead) : std::move(old));
}

std::shared_ptr<const Chunk> StoredSeries::takeFront() {
    std::shared_ptr<const Chunk> out;
    {
        MutexLock lock(m_mutex);
        out = std::move(m_sealed.front());
        m_sealed.erase(m_sealed.begin());
    }
    samples -= out->size();
    --sealedCount;
    return out;
}

} // namespace sightglass
