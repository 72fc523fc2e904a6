// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/model/batch.h"

namespace sightglass {

/// Knows which series the last page of one target had, and writes the stale marker of those that
/// are gone (as Prometheus does: series to which the page itself gives times are exempt).
///
/// It keeps the page and one hash a series; only when a series is gone is the page read again.
/// Belongs to its target, on the scraper's thread.
class SeriesMemory {
  public:
    /// What a page says, to be given to appendStale() and, once the page is queued, to remember().
    struct Page {
        std::shared_ptr<const std::string> body; ///< null: no page, so all series are gone
        TimeNs receivedAt = 0;
        std::vector<std::uint64_t> series; ///< hashes, sorted
    };

    /// `batch` as the codec made it, before anything is added.
    [[nodiscard]] static Page describe(const Batch& batch);

    /// Appends a marker at `time` for each series remembered and not in `page`. Gives how many.
    std::size_t appendStale(Batch& into, const Page& page, TimeNs time) const;

    void remember(Page&& page) { m_last = std::move(page); }

  private:
    Page m_last;
};

} // namespace sightglass
