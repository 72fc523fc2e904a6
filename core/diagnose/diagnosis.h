// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/diagnose/rule.h"

namespace sightglass {

/// Runs the rules over a published snapshot and keeps what they found over time: the same finding
/// seen again keeps its first time, one no longer seen is resolved and kept for the history, up to
/// `resolvedLimit`. "Seen" is the time of the newest sample that shows it, so that a replayed file
/// tells the same as live data. Belongs to one thread (the analysis worker, or a command of the
/// CLI).
class Diagnosis {
  public:
    static constexpr std::size_t resolvedLimit = 1000;

    /// Runs all rules and gives the new state; the same pointer again if nothing changed. That a
    /// finding was seen again is a change only once a second, so that lists rest while data flows.
    std::shared_ptr<const FindingsSnapshot> run(const RuleInput& input);

  private:
    using Known = std::map<std::string, std::shared_ptr<const Finding>>; ///< by Finding::key()

    /// True if nothing can have changed but the times, and those were looked at just now.
    [[nodiscard]] bool isUpToDate(const RuleInput& input) const;
    /// `found` merged with what was known; true if the result differs.
    bool merge(std::map<std::string, Finding>&& found);
    bool forgetOldest();
    void publish();

    Known m_known;
    std::shared_ptr<const FindingsSnapshot> m_last = std::make_shared<FindingsSnapshot>();
    bool m_hasRun = false;
    std::uint64_t m_catalogGeneration = 0;
    TimeNs m_lastRun = 0;
    std::vector<TargetHealth> m_targets; ///< at the last run
};

} // namespace sightglass
