// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>
#include <exception>
#include <iostream>

#include <CLI/CLI.hpp>

#include "app/cli/commands.h"

namespace {

// In the order that --help lists them.
constexpr std::array commands = {
    &sightglass::addServeCommand,   &sightglass::addCheckCommand, &sightglass::addDiffCommand,
    &sightglass::addConvertCommand, &sightglass::addRulesCommand,
};

int run(int argc, char** argv) {
    CLI::App program("Shows what telemetry really says, and where the paths it travels disagree.",
                     "sightglass-cli");
    program.set_version_flag("--version", "sightglass-cli " SIGHTGLASS_VERSION);
    program.require_subcommand(1);
    program.footer("INPUT is a file (its format is found by content; gzip and zstd are seen "
                   "through), - for standard input, or an http(s) URL.\n"
                   "Exit status: 0 nothing found, 1 findings, 2 wrong usage or unreadable input.");

    auto exitCode = sightglass::ExitCode::Clean;
    for (const sightglass::AddCommand add : commands)
        add(program, exitCode);
    try {
        program.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        // --help and --version end parsing as well, with 0; CLI11 has a code of its own for each
        // kind of misuse, where scripts are promised one.
        return program.exit(error) == 0 ? 0 : static_cast<int>(sightglass::ExitCode::Trouble);
    }
    return static_cast<int>(exitCode);
}

} // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        std::cerr << "sightglass-cli: " << error.what() << '\n';
        return static_cast<int>(sightglass::ExitCode::Trouble);
    }
}
