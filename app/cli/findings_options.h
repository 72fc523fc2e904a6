// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/cli/commands.h"
#include "core/model/finding.h"

namespace sightglass {

/// The options that check and diff share.
struct FindingsOptions {
    std::string format = "text"; ///< text, json, sarif, github
    std::string failOn = "warning";
    std::string from; ///< a DumpFormat's name; empty: by content
};

void addFindingsOptions(CLI::App& command, FindingsOptions& options);

/// Reads the inputs, runs the rules over them and prints what they found: of each input, and of all
/// pairs of them; with `directed` only what the second lost or changed against the first. An input
/// that cannot be read is named on standard error, and the others are judged.
[[nodiscard]] ExitCode judgeInputs(const std::vector<std::string>& inputs, bool directed,
                                   const FindingsOptions& options);

} // namespace sightglass
