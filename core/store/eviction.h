// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "core/base/counters.h"
#include "core/store/sample_age.h"
#include "core/store/series_directory.h"
#include "core/store/series_limits.h"
#include "core/store/store_shared.h"

namespace sightglass {

/// Keeps account of the samples by their source (a resource of an origin) and takes out the oldest
/// when they are too many: always from the source that uses most, so that a noisy one never pushes
/// out a quiet one. The writer's own.
class Eviction {
  public:
    Eviction(StoreShared& shared, SeriesDirectory& directory, SeriesLimits& limits,
             CounterRegistry& counters);

    /// From here on things happen at this moment.
    void beginBatch(Moment moment) { m_moment = moment; }

    /// What became of a series; `headBytesBefore` is what its head took before.
    void account(StoredSeries& series, const SamplesChange& change, std::size_t headBytesBefore);
    /// A series without samples gets its first, or an older one than it had.
    void begins(StoredSeries& series, TimeNs time);
    /// So many samples came to a metric.
    void taken(StoredMetric& metric, std::uint64_t samples);
    /// A series is new.
    void added(StoredSeries& series);

    /// Seals heads that had no news for long, a part of them at each call.
    void sealSilent();
    /// Seals the largest heads when all together take more than `most`.
    void sealLargest(std::size_t most);
    /// Evicts until no more than `target` is in use. False if nothing could be taken out.
    bool evict(std::size_t target, std::size_t elsewhere);
    /// Evicts silent series of the source of a newcomer and of larger ones, those without news for
    /// longest first, until series and heads take about `wanted` less.
    void evictSilentSeries(std::size_t wanted, const MetricInfo& newcomer);

    /// The batch is published: frees what only its readers needed, and takes out empty series.
    void settle();
    /// Renews the shared figures that have changed.
    void publish();

    /// Of chunks and heads.
    [[nodiscard]] std::size_t bytes() const { return m_bytes; }
    [[nodiscard]] std::size_t headBytes() const { return m_headBytes; }
    /// About what series that are empty will give back once they are settled.
    [[nodiscard]] std::size_t bytesOfEmptied() const { return m_emptied.size() * bytesOfSeries(); }
    /// Of what this object needs for itself.
    [[nodiscard]] std::size_t ownBytes() const;

  private:
    struct Source {
        OriginId origin;
        const Resource* resource = nullptr; ///< interned
        std::size_t bytes = 0;              ///< of chunks and heads
        std::uint32_t series = 0;
        /// Series in the order that their chunks were sealed, one entry a chunk at least; an entry
        /// too many does no harm.
        std::deque<SeriesId> sealed;
    };
    struct OriginAccount {
        OriginUsage usage; ///< but for bytes of series, and oldestSample
        SampleAge age;
        bool changed = true;
    };
    /// Series with an open head, by source, the one without news for longest last.
    using OpenHeads = std::vector<std::vector<StoredSeries*>>;

    [[nodiscard]] Source& sourceOf(StoredMetric& metric);
    [[nodiscard]] Source& sourceOf(const StoredSeries& series) { return sourceOf(*series.metric); }
    [[nodiscard]] OriginAccount& accountOf(OriginId origin);
    [[nodiscard]] std::size_t bytesOfSeries() const {
        return m_directory.size() == 0 ? 0 : m_directory.bytes() / m_directory.size();
    }
    [[nodiscard]] std::size_t weightOf(const Source& source) const {
        return source.bytes + source.series * bytesOfSeries();
    }

    [[nodiscard]] std::size_t weightOf(const MetricInfo& metric) const;

    void seal(StoredSeries& series);
    void sealAllSilent();
    [[nodiscard]] bool isSilent(const StoredSeries& series) const;
    [[nodiscard]] OpenHeads openHeads() const;
    /// False if the source has no chunk.
    bool evictOldest(Source& source);
    void evictFront(StoredSeries& series);
    void remove(StoredSeries& series);

    StoreShared& m_shared;
    SeriesDirectory& m_directory;
    SeriesLimits& m_limits;
    Counter& m_evictedSamples;
    Counter& m_evictedSeries;

    Moment m_moment;
    std::vector<StoredSeries*> m_series; ///< all, each at its rank
    std::deque<Source> m_sources;        ///< referred to by StoredMetric::source
    std::size_t m_sealedEntries = 0;     ///< of all sources
    std::vector<std::uint32_t> m_freeSources;
    absl::flat_hash_map<std::pair<OriginId, const Resource*>, std::uint32_t> m_sourceIndex;
    std::deque<OriginAccount> m_origins; ///< by OriginId
    std::size_t m_bytes = 0, m_headBytes = 0;
    std::uint64_t m_evictedBytes = 0;
    TimeNs m_evictionBegan = 0;

    std::size_t m_sweepAt = 0;        ///< rank at which sealSilent() goes on
    std::uint32_t m_sweptAt = 0;      ///< second of its last call
    std::uint32_t m_allSweptAt = 0;   ///< second of the last sealAllSilent(); 0: never
    std::size_t m_smallHeadBytes = 0; ///< of heads, when none was left that is worth sealing
    std::uint32_t m_noneSilentAt = 0; ///< second at which no silent series was found; 0: never

    // Until they are settled.
    std::vector<StoredSeries*> m_unsettled;
    std::vector<StoredSeries*> m_emptied;
};

} // namespace sightglass
