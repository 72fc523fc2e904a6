// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace CLI {
class App;
}

namespace sightglass {

/// What a command ends with; scripts and CI rely on it.
enum class ExitCode : int {
    Clean = 0,    ///< nothing at or above --fail-on
    Findings = 1, ///< something at or above it
    Trouble = 2,  ///< wrong usage, an input that cannot be read, or a part that is not built yet
};

/// Adds a subcommand to the program: its options, its help, and a callback that does the work and
/// sets `exitCode`. One file a command. Both references outlive parsing.
using AddCommand = void (*)(CLI::App& program, ExitCode& exitCode);

void addServeCommand(CLI::App& program, ExitCode& exitCode);
void addCheckCommand(CLI::App& program, ExitCode& exitCode);
void addDiffCommand(CLI::App& program, ExitCode& exitCode);
void addConvertCommand(CLI::App& program, ExitCode& exitCode);
void addRulesCommand(CLI::App& program, ExitCode& exitCode);

} // namespace sightglass
