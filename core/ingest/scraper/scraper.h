// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/ingest/receiver.h"

namespace sightglass {

/// A target as the Sources page and the API's `targets` show it.
struct ScrapeTarget {
    std::string url; ///< complete, without credentials
    OriginId origin;
    TimeNs interval = 0;
    enum class Health : std::uint8_t { Waiting, Up, Down } health = Health::Waiting;
    TimeNs lastScrape = 0; ///< when the last finished one began; 0: none yet
    double lastDurationSeconds = 0;
    std::uint64_t lastSamples = 0; ///< sample lines of the last page
    std::uint64_t samples = 0;     ///< of all pages taken so far
    std::uint64_t failures = 0;    ///< scrapes that failed in a row
    /// In full; empty once a scrape went well and its page was taken. A page that found the queue
    /// full stands here too, though the target is up.
    std::string lastError;
};

/// Fetches metrics pages over HTTP at each target's interval and pushes each as one Batch: the
/// page's samples, `up`, `scrape_duration_seconds` and `scrape_samples_scraped`, and stale markers
/// of the series that are gone since the page before. Samples without a time of their own get that
/// of the scrape's start. A page with a bad line, an answer other than 200 and silence past the
/// timeout (the interval, at most 10 s) are failures: `up` is 0 and every series is marked stale.
/// Once a target is removed, its series and those three are marked stale.
///
/// One thread does all targets (curl multi). A new target is scraped at once; later scrapes stand
/// at an offset within the interval that depends on the URL, so that targets added together are
/// not fetched together. All members may be called from any thread; none waits for the network.
/// The context outlives the scraper. Destruction breaks off what is under way.
class Scraper {
  public:
    static constexpr TimeNs defaultInterval = 5 * nsPerSecond;
    /// The label `job` that every target gets.
    static constexpr std::string_view job = "scrape";
    /// How long one scrape may take.
    [[nodiscard]] static constexpr TimeNs timeoutOf(TimeNs interval) {
        return interval < 10 * nsPerSecond ? interval : 10 * nsPerSecond;
    }

    explicit Scraper(const IngestContext& context);
    ~Scraper();
    Scraper(const Scraper&) = delete;
    Scraper& operator=(const Scraper&) = delete;

    /// Begins to scrape. The URL is completed as parseTargetUrl() says and given back; an Error if
    /// it is none, is there already, or `interval` is below 100 ms.
    Result<std::string> add(const std::string& url, TimeNs interval = defaultInterval);
    /// `url` as add() gave it, or as it was typed; unknown ones are let pass. Its series become
    /// stale.
    void remove(const std::string& url);
    /// In the order they were added.
    [[nodiscard]] std::vector<ScrapeTarget> targets() const;

  private:
    class Loop;
    std::unique_ptr<Loop> m_loop;
};

} // namespace sightglass
