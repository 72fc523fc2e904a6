// SPDX-License-Identifier: GPL-3.0-or-later
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "app/cli/commands.h"

namespace sightglass {

void addConvertCommand(CLI::App& program, ExitCode& exitCode) {
    struct Arguments {
        std::vector<std::string> inputs;
        std::string to, from, output;
    };
    const auto arguments = std::make_shared<Arguments>();
    CLI::App* command =
        program.add_subcommand("convert", "Inputs in another format (not built yet)");
    command->add_option("INPUT", arguments->inputs, "Files, - or http(s) URLs")
        ->required()
        ->type_name("");
    command->add_option("--to", arguments->to, "Format to write")->required()->type_name("FORMAT");
    command->add_option("--from", arguments->from, "Format of the inputs")->type_name("FORMAT");
    command->add_option("-o", arguments->output, "File to write; standard output if left out")
        ->type_name("OUT");
    command->callback([arguments, &exitCode] {
        std::cerr << "sightglass-cli: convert is not built yet\n";
        exitCode = ExitCode::Trouble;
    });
}

} // namespace sightglass
