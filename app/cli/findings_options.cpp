// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/findings_options.h"

#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <utility>

#include <CLI/CLI.hpp>

#include "app/cli/findings_output.h"
#include "core/catalog/catalog_loader.h"
#include "core/catalog/families.h"
#include "core/diagnose/diagnosis.h"
#include "core/diagnose/findings_json.h"
#include "core/replay/dump_opener.h"

namespace sightglass {

namespace {

bool wantsColour() {
    const char* noColour = std::getenv("NO_COLOR"); // https://no-color.org
    return isatty(STDOUT_FILENO) == 1 && (noColour == nullptr || *noColour == '\0');
}

bool reaches(const FindingsSnapshot& findings, const std::string& failOn) {
    if (failOn == "never")
        return false;
    const std::uint32_t warnings = failOn == "error" ? 0 : findings.warnings;
    const std::uint32_t notes = failOn == "note" ? findings.notes : 0;
    return findings.errors + warnings + notes > 0;
}

/// The inputs as a catalog, and which of them could be read.
class Inputs {
  public:
    explicit Inputs(const FindingsOptions& options) {
        if (!options.from.empty())
            m_options.format = dumpFormatNamed(options.from);
    }

    void read(const std::string& input) {
        const std::string shown = shownInput(input);
        const Result<DumpReport> report =
            openDump(input, m_options, origins, m_clock, [this](Batch&& batch) {
                m_loader.load(batch);
                return true;
            });
        if (!report) {
            std::cerr << "sightglass-cli: " << shown << ": " << report.error().text() << '\n';
            allRead = false;
            return;
        }
        m_read.push_back(report->origin);
        for (const Rejection& rejection : report->rejections)
            std::cerr << "sightglass-cli: " << shown << ": " << rejection.points
                      << (rejection.points == 1 ? " point" : " points") << " left out ("
                      << rejection.reason << "): " << rejection.message << '\n';
    }

    [[nodiscard]] std::vector<std::pair<OriginId, OriginId>> pairs() const {
        std::vector<std::pair<OriginId, OriginId>> out;
        for (std::size_t i = 0; i < m_read.size(); ++i) {
            for (std::size_t j = i + 1; j < m_read.size(); ++j) {
                if (m_read[i] != m_read[j])
                    out.emplace_back(m_read[i], m_read[j]);
            }
        }
        return out;
    }

    [[nodiscard]] bool anyRead() const { return !m_read.empty(); }
    [[nodiscard]] TimeNs now() const { return m_clock.now(); }

    OriginTable origins;
    Catalog catalog{origins};
    bool allRead = true;

  private:
    SystemClock m_clock;
    CatalogLoader m_loader{catalog};
    DumpOptions m_options;
    std::vector<OriginId> m_read;
};

} // namespace

void addFindingsOptions(CLI::App& command, FindingsOptions& options) {
    command
        .add_option("--format", options.format,
                    "How findings are printed: text, json, sarif (2.1.0) or github (annotations)")
        ->check(CLI::IsMember({"text", "json", "sarif", "github"}))
        ->type_name("FORMAT")
        ->capture_default_str();
    command
        .add_option("--fail-on", options.failOn,
                    "Exit with 1 from this severity on: note, warning, error or never")
        ->check(CLI::IsMember({"note", "warning", "error", "never"}))
        ->type_name("SEVERITY")
        ->capture_default_str();
    command
        .add_option("--from", options.from,
                    "Format of the inputs, where content does not tell: " + dumpFormatNames())
        ->check([](const std::string& name) {
            return dumpFormatNamed(name) ? std::string() : "is one of " + dumpFormatNames();
        })
        ->type_name("FORMAT");
}

ExitCode judgeInputs(const std::vector<std::string>& names, bool directed,
                     const FindingsOptions& options) {
    Inputs inputs(options);
    for (const std::string& name : names)
        inputs.read(name);

    const auto catalog = inputs.catalog.snapshot();
    const auto families = groupFamilies(*catalog);
    const auto pairs = inputs.pairs();
    Diagnosis diagnosis;
    const auto findings = diagnosis.run({.catalog = *catalog,
                                         .families = families,
                                         .targets = {},
                                         .requestedPairs = pairs,
                                         .directed = directed,
                                         .now = inputs.now()});
    if (options.format == "json")
        std::cout << findingsJson(*findings, inputs.origins) << '\n';
    else if (options.format == "sarif")
        std::cout << findingsSarif(*findings, inputs.origins) << '\n';
    else if (options.format == "github")
        std::cout << findingsGithub(*findings, inputs.origins);
    else if (inputs.anyRead()) // "No findings" would be a lie about what could not be read
        std::cout << findingsText(*findings, inputs.origins, wantsColour());
    std::cout.flush();

    if (!inputs.allRead || !std::cout)
        return ExitCode::Trouble;
    return reaches(*findings, options.failOn) ? ExitCode::Findings : ExitCode::Clean;
}

} // namespace sightglass
