// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <vector>

#include "core/base/mutex.h"
#include "core/model/series_reader.h"

namespace sightglass {

/// The newest exemplars of all series, as many as go into a number of bytes. A page shows its
/// exemplars again at every scrape, so one that is there already is not taken twice. The writer
/// adds, any thread reads.
class ExemplarRing {
  public:
    explicit ExemplarRing(std::size_t bytesMost) : m_bytesMost(bytesMost) {}

    /// `generation`: that of the batch it comes with. How many older ones it pushed out.
    std::size_t add(SeriesId series, std::uint64_t generation, const Exemplar& exemplar,
                    std::span<const Attribute> attributes) SG_EXCLUDES(m_mutex);

    /// Those of a series within `range` that came up to `generation`, oldest first, appended to
    /// `out`.
    void read(SeriesId series, TimeRange range, std::uint64_t generation,
              std::vector<SeriesReader::ExemplarSample>& out) const SG_EXCLUDES(m_mutex);

    [[nodiscard]] std::size_t bytes() const SG_EXCLUDES(m_mutex);

  private:
    struct Slot {
        SeriesId series;
        std::uint64_t generation = 0;
        std::size_t bytes = 0;
        std::shared_ptr<const SeriesReader::ExemplarSample> sample;
    };
    [[nodiscard]] const Slot& at(std::uint64_t number) const SG_REQUIRES(m_mutex) {
        return m_slots[number - m_first];
    }
    void dropFirst() SG_REQUIRES(m_mutex);

    const std::size_t m_bytesMost;

    mutable Mutex m_mutex;
    std::deque<Slot> m_slots SG_GUARDED_BY(m_mutex); ///< oldest first, numbered from m_first
    std::uint64_t m_first SG_GUARDED_BY(m_mutex) = 0;
    std::size_t m_bytes SG_GUARDED_BY(m_mutex) = 0;
    absl::flat_hash_map<SeriesId, std::deque<std::uint64_t>> m_bySeries SG_GUARDED_BY(m_mutex);
};

} // namespace sightglass
