// SPDX-License-Identifier: GPL-3.0-or-later
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "app/cli/findings_options.h"

namespace sightglass {

void addDiffCommand(CLI::App& program, ExitCode& exitCode) {
    struct Arguments {
        std::string a, b;
        FindingsOptions options;
    };
    const auto arguments = std::make_shared<Arguments>();
    CLI::App* command = program.add_subcommand("diff", "What B changed or lost against A");
    command->add_option("A", arguments->a, "The reference: a file, - or an http(s) URL")
        ->required()
        ->type_name("");
    command->add_option("B", arguments->b, "What is held against it")->required()->type_name("");
    addFindingsOptions(*command, arguments->options);
    command->callback([arguments, &exitCode] {
        exitCode = judgeInputs({arguments->a, arguments->b}, true, arguments->options);
    });
}

} // namespace sightglass
