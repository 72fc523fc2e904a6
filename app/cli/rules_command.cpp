// SPDX-License-Identifier: GPL-3.0-or-later
#include <iostream>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "app/cli/commands.h"
#include "core/diagnose/findings_json.h"

namespace sightglass {

namespace {

void printText() {
    for (const Rule* rule : allRules()) {
        const RuleInfo& info = rule->info();
        std::cout << info.id << "  " << severityName(info.severity) << ", " << info.group << '\n'
                  << "  " << info.explanation << '\n'
                  << "  Way out: " << info.remedy << '\n'
                  << "  " << info.reference << "\n\n";
    }
}

} // namespace

void addRulesCommand(CLI::App& program, ExitCode& exitCode) {
    const auto format = std::make_shared<std::string>("json");
    CLI::App* command =
        program.add_subcommand("rules", "Every rule: what it finds and the way out");
    command->add_option("--format", *format, "json or text")
        ->check(CLI::IsMember({"json", "text"}))
        ->type_name("FORMAT")
        ->capture_default_str();
    command->callback([format, &exitCode] {
        if (*format == "json")
            std::cout << rulesJson(allRules()) << '\n';
        else
            printText();
        std::cout.flush();
        exitCode = std::cout ? ExitCode::Clean : ExitCode::Trouble;
    });
}

} // namespace sightglass
