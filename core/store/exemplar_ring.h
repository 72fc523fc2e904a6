// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/base/mutex.h"
#include "core/model/series_reader.h"

namespace sightglass {

/// The newest exemplars of all series. A page shows its exemplars again at every scrape, so one
/// that is there already is not taken twice. The writer adds, any thread reads.
class ExemplarRing {
  public:
    explicit ExemplarRing(std::size_t capacity) : m_capacity(capacity) {}

    /// Bytes that the ring grew by (negative: shrank).
    std::ptrdiff_t add(SeriesId series, const Exemplar& exemplar,
                       std::span<const Attribute> attributes) SG_EXCLUDES(m_mutex);

    /// Those of a series within `range`, oldest first, appended to `out`.
    void read(SeriesId series, TimeRange range,
              std::vector<SeriesReader::ExemplarSample>& out) const SG_EXCLUDES(m_mutex);

  private:
    struct Slot {
        SeriesId series;
        std::shared_ptr<const SeriesReader::ExemplarSample> sample;
    };

    const std::size_t m_capacity;

    mutable Mutex m_mutex;
    std::vector<Slot> m_slots SG_GUARDED_BY(m_mutex);
    std::size_t m_next SG_GUARDED_BY(m_mutex) = 0;
    absl::flat_hash_map<SeriesId, std::vector<std::uint32_t>> m_bySeries SG_GUARDED_BY(m_mutex);
};

} // namespace sightglass
