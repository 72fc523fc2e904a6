// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/ids.h"
#include "core/model/value.h"

namespace sightglass {

enum class Severity : std::uint8_t { Note, Warning, Error };

/// "note", "warning", "error".
[[nodiscard]] std::string_view severityName(Severity severity);

/// What one origin says of the subject of a finding, with the time it said so.
struct Evidence {
    OriginId origin;
    std::string type; ///< as typeWord(); empty where the finding is not about a metric
    std::string unit;
    std::string temporality; ///< "" if unspecified
    std::string help;
    Labels labels;    ///< the labels that bear on the finding, as Prometheus spells them
    std::string text; ///< anything else worth showing: an error message, a raw line
    TimeNs time = 0;
};

/// One thing that is wrong. Immutable once published.
struct Finding {
    std::string rule; ///< kebab-case id in the registry
    Severity severity = Severity::Warning;
    std::string metric;  ///< family name as Prometheus spells it; empty if about a whole source
    std::string subject; ///< what it is about where that is not a metric: a service, a target URL
    std::string message; ///< one sentence
    std::string cause;   ///< the likely cause, one sentence; may be empty
    std::string advice;  ///< the way out, in words
    std::string snippet; ///< configuration to copy; may be empty
    std::vector<OriginId> origins;   ///< the reference (richer) side first
    std::vector<std::string> labels; ///< label keys concerned, as Prometheus spells them
    std::vector<Evidence> evidence;  ///< one an origin, in the order of `origins`
    std::uint64_t count = 1;         ///< series affected
    TimeNs firstSeen = 0, lastSeen = 0;
    bool resolved = false; ///< the cause went away; kept for the list's history

    /// Two findings with one key are the same finding seen again.
    [[nodiscard]] std::string key() const;
};

struct FindingsSnapshot {
    std::uint64_t generation = 0;
    std::vector<std::shared_ptr<const Finding>> findings; ///< open first, worst first, then by name
    /// Open findings by severity: the one number that all lamps show.
    std::uint32_t errors = 0, warnings = 0, notes = 0;
};

} // namespace sightglass
