// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "core/diagnose/rule.h"
#include "core/model/finding.h"
#include "core/model/origin.h"

namespace sightglass {

/// The open findings as one JSON object, {"findings":[...],"summary":{...}}: what the command
/// line prints and /api/v1/findings has under `data`. `advice` tells the likely cause, then the way
/// out. Times are milliseconds, 0 where unknown.
[[nodiscard]] std::string findingsJson(const FindingsSnapshot& findings,
                                       const OriginTable& origins);

/// One finding of that list.
void appendFindingJson(std::string& out, const Finding& finding, const OriginTable& origins);

/// The rules as a JSON array of {"id","severity","group","explanation","remedy","reference"}.
[[nodiscard]] std::string rulesJson(std::span<const Rule* const> rules);

} // namespace sightglass
