// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "core/base/mutex.h"
#include "core/model/fingerprint.h"
#include "core/model/series_reader.h"
#include "core/store/posting_list.h"
#include "core/store/series_samples.h"

namespace sightglass {

class StoredSeries;

/// One metric of the store: what its series share. Made and changed by the writer; any thread may
/// read.
class StoredMetric : public std::enable_shared_from_this<StoredMetric> {
  public:
    StoredMetric(std::shared_ptr<const MetricInfo> info, Fingerprint fingerprint)
        : id(info->id), writersInfo(info), print(fingerprint), m_info(std::move(info)) {}

    const MetricId id;

    // The writer's own.
    std::shared_ptr<const MetricInfo> writersInfo; ///< the same as info(), without a lock
    const Fingerprint print;                       ///< of the id
    /// Each series once, about in the order that points came last time: a sender keeps its order,
    /// so the next one is guessed before it is searched. Null where a series was removed.
    std::vector<StoredSeries*> lastOrder;
    std::uint32_t removedFromOrder = 0; ///< nulls in lastOrder
    std::uint32_t seriesCount = 0;
    bool announced = false;          ///< the listener knows it
    std::uint32_t source = noSource; ///< see Eviction
    static constexpr std::uint32_t noSource = 0xffffffff;

    // Any thread.
    [[nodiscard]] std::shared_ptr<const MetricInfo> info() const SG_EXCLUDES(m_mutex);
    /// Ids of its series, in the order they appeared, which is ascending; some may be gone.
    [[nodiscard]] PostingView order() const SG_EXCLUDES(m_mutex);
    std::atomic<std::uint64_t> generation{0};

    // The writer.
    void replaceInfo(std::shared_ptr<const MetricInfo> info) SG_EXCLUDES(m_mutex);
    void appendToOrder(SeriesId series) SG_EXCLUDES(m_mutex);
    /// Takes out what is gone, once that is most.
    template <class IsLive>
    void cleanOrder(IsLive&& isLive) SG_EXCLUDES(m_mutex) {
        const PostingView all = order();
        if (all.count() - seriesCount <= seriesCount)
            return;
        std::vector<std::uint32_t> ids;
        all.read(ids);
        PostingList cleaned;
        for (const std::uint32_t each : ids) {
            if (isLive(SeriesId{each}))
                cleaned.append(each);
        }
        MutexLock lock(m_mutex);
        m_order = std::move(cleaned);
    }

  private:
    mutable Mutex m_mutex;
    std::shared_ptr<const MetricInfo> m_info SG_GUARDED_BY(m_mutex);
    PostingList m_order SG_GUARDED_BY(m_mutex);
};

/// One series: its identity and its samples. Only the writer changes it; any thread may take views
/// of the samples.
class StoredSeries {
  public:
    StoredSeries(SeriesId seriesId, std::shared_ptr<StoredMetric> ofMetric,
                 std::shared_ptr<const AttributeSet> attributeSet)
        : id(seriesId), metric(std::move(ofMetric)), attributes(std::move(attributeSet)) {}

    static constexpr std::uint32_t noRank = 0xffffffff;

    // What each point needs comes first, close together.
    SeriesSamples samples;
    // The writer's own.
    Fingerprint form;            ///< of its attributes as they came last
    std::uint32_t place = 0;     ///< in its metric's lastOrder
    std::uint32_t rank = noRank; ///< in the Eviction's list of series
    bool hasMoreForms = false;   ///< SeriesDirectory knows more than `form`

    const SeriesId id;
    const std::shared_ptr<StoredMetric> metric;
    const std::shared_ptr<const AttributeSet> attributes;

    /// Any thread.
    [[nodiscard]] SeriesInfo info() const { return {id, metric->info(), attributes}; }
};

} // namespace sightglass
