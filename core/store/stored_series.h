// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "core/base/mutex.h"
#include "core/model/fingerprint.h"
#include "core/model/series_reader.h"
#include "core/store/chunk.h"
#include "core/store/posting_list.h"

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
    bool announced = false; ///< the listener knows it

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

/// A chunk as a reader found it: only the first `size` points are its to read.
struct ChunkView {
    std::shared_ptr<const Chunk> chunk;
    std::uint32_t size = 0;
    bool sealed = false; ///< its times and summaries may be read
};

/// One series: its identity and its chunks, oldest first, the last of which may be the head that
/// the writer appends to. Only the writer changes it; any thread may take views, which waits for
/// the writer only while that puts one chunk in or out.
class StoredSeries {
  public:
    StoredSeries(SeriesId seriesId, std::shared_ptr<StoredMetric> ofMetric,
                 std::shared_ptr<const AttributeSet> attributeSet)
        : id(seriesId), metric(std::move(ofMetric)), attributes(std::move(attributeSet)) {}

    // The writer's own. What each point needs comes first, close together.
    Chunk* head = nullptr; ///< m_head, without a lock; null until the first point and once sealed
    TimeNs newest = std::numeric_limits<TimeNs>::min();
    TimeNs lastArrival = 0;    ///< on the clock of the receivers
    Fingerprint form;          ///< of its attributes as they came last
    std::uint32_t place = 0;   ///< in its metric's lastOrder
    bool hasMoreForms = false; ///< SeriesDirectory knows more than `form`
    std::uint32_t sealedCount = 0;
    bool startTimesVary = false;
    TimeNs oldest = 0;         ///< time of the first point kept
    std::uint64_t samples = 0; ///< in sealed chunks

    const SeriesId id;
    const std::shared_ptr<StoredMetric> metric;
    const std::shared_ptr<const AttributeSet> attributes;

    /// Any thread.
    [[nodiscard]] SeriesInfo info() const { return {id, metric->info(), attributes}; }

    /// All chunks with points in `range`, and before them, if asked, as many as it takes to find a
    /// point with a value of `field` before the range (if there is one). Any thread.
    void collect(TimeRange range, std::vector<ChunkView>& out) const SG_EXCLUDES(m_mutex);
    void collectWithPrevious(TimeRange range, Field field, std::vector<ChunkView>& out) const
        SG_EXCLUDES(m_mutex);
    /// The first and the last chunk (one view if they are the same; none if there is no point).
    void collectEnds(std::vector<ChunkView>& out) const SG_EXCLUDES(m_mutex);

    // The writer.
    void startHead(std::shared_ptr<Chunk> head) SG_EXCLUDES(m_mutex);
    /// The head's points are complete: it, or a copy of it, goes to the sealed chunks.
    void sealHead(std::shared_ptr<const Chunk> copyInstead = nullptr) SG_EXCLUDES(m_mutex);
    [[nodiscard]] std::shared_ptr<const Chunk> takeFront() SG_EXCLUDES(m_mutex);

  private:
    void collectLocked(std::size_t begin, TimeRange range, std::vector<ChunkView>& out) const
        SG_REQUIRES(m_mutex);
    [[nodiscard]] std::size_t firstReaching(TimeNs time) const SG_REQUIRES(m_mutex);

    mutable Mutex m_mutex;
    std::vector<std::shared_ptr<const Chunk>> m_sealed SG_GUARDED_BY(m_mutex);
    std::shared_ptr<Chunk> m_head SG_GUARDED_BY(m_mutex);
};

} // namespace sightglass
