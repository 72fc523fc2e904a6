// SPDX-License-Identifier: GPL-3.0-or-later
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "app/cli/findings_options.h"

namespace sightglass {

void addCheckCommand(CLI::App& program, ExitCode& exitCode) {
    struct Arguments {
        std::vector<std::string> inputs;
        FindingsOptions options;
    };
    const auto arguments = std::make_shared<Arguments>();
    CLI::App* command = program.add_subcommand("check", "Findings of each input, and across them");
    command->add_option("INPUT", arguments->inputs, "Files, - or http(s) URLs")
        ->required()
        ->type_name("");
    addFindingsOptions(*command, arguments->options);
    command->callback([arguments, &exitCode] {
        exitCode = judgeInputs(arguments->inputs, false, arguments->options);
    });
}

} // namespace sightglass
