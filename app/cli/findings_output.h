// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "core/model/finding.h"
#include "core/model/origin.h"

// Open findings as the command line prints them; JSON is core/diagnose/findings_json.h.
namespace sightglass {

/// For people: grouped by rule and paths, each finding with its evidence, cause and way out once a
/// group.
[[nodiscard]] std::string findingsText(const FindingsSnapshot& findings, const OriginTable& origins,
                                       bool colour);

/// A SARIF 2.1.0 log (OASIS) with one run: rules in the driver, a result a finding, the files
/// concerned as locations.
[[nodiscard]] std::string findingsSarif(const FindingsSnapshot& findings,
                                        const OriginTable& origins);

/// Workflow commands of GitHub Actions, one line a finding: "::error file=...,title=...::...".
[[nodiscard]] std::string findingsGithub(const FindingsSnapshot& findings,
                                         const OriginTable& origins);

} // namespace sightglass
