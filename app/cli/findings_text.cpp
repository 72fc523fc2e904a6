// SPDX-License-Identifier: GPL-3.0-or-later
#include <string_view>
#include <tuple>
#include <vector>

#include "app/cli/findings_output.h"
#include "core/diagnose/evidence.h"

namespace sightglass {

namespace {

/// SGR codes of a terminal; all empty where there is none.
struct Colours {
    std::string_view error, warning, note, faint, bold, off;
};

constexpr Colours terminal{"\x1b[31m", "\x1b[33m", "\x1b[36m", "\x1b[2m", "\x1b[1m", "\x1b[0m"};
constexpr Colours plain{};

/// Control characters of what we were sent must not reach the terminal.
void appendSafe(std::string& out, std::string_view text) {
    for (const char c : text) {
        const auto code = static_cast<unsigned char>(c);
        out += code < 0x20 || code == 0x7f ? ' ' : c;
    }
}

class TextWriter {
  public:
    TextWriter(const OriginTable& origins, const Colours& colours)
        : m_origins(origins), m_colours(colours) {}

    std::string write(const FindingsSnapshot& findings) {
        const Finding* previous = nullptr;
        for (const auto& finding : findings.findings) {
            if (finding->resolved)
                continue;
            const bool isSameGroup =
                previous && previous->rule == finding->rule &&
                previous->origins == finding->origins &&
                previous->advice.substr(0, 40) == finding->advice.substr(0, 40);
            if (!isSameGroup) {
                if (previous)
                    writeAdvice(*previous);
                writeHeading(*finding);
            }
            writeFinding(*finding);
            previous = finding.get();
        }
        if (previous)
            writeAdvice(*previous);
        writeSummary(findings);
        return std::move(m_out);
    }

  private:
    [[nodiscard]] std::string_view colourOf(Severity severity) const {
        return severity == Severity::Error     ? m_colours.error
               : severity == Severity::Warning ? m_colours.warning
                                               : m_colours.note;
    }

    void writeHeading(const Finding& finding) {
        m_out += colourOf(finding.severity);
        m_out += severityName(finding.severity);
        m_out += m_colours.off;
        m_out += "  ";
        m_out += m_colours.bold;
        m_out += finding.rule;
        m_out += m_colours.off;
        std::string_view separator = "  ";
        for (const OriginId origin : finding.origins) {
            m_out += separator;
            appendSafe(m_out, m_origins.origin(origin).name());
            separator = " | ";
        }
        m_out += '\n';
    }

    void writeFinding(const Finding& finding) {
        m_out += "  ";
        appendSafe(m_out, finding.message);
        m_out += '\n';
        for (const Evidence& evidence : finding.evidence)
            writeEvidence(evidence, finding.rule == "help-mismatch");
    }

    void writeEvidence(const Evidence& evidence, bool withHelp) {
        std::string said;
        const auto add = [&said](std::string_view key, std::string_view value) {
            if (value.empty())
                return;
            said += said.empty() ? "" : ", ";
            said += key;
            appendSafe(said, value);
        };
        add("", spokenType(evidence.type));
        add("", evidence.temporality);
        add("unit ", evidence.unit);
        if (withHelp)
            add("help ", evidence.help.empty() ? "none" : "\"" + evidence.help + "\"");
        add("", evidence.text);
        if (!evidence.labels.empty()) {
            std::string labels = "{";
            for (const auto& [key, value] : evidence.labels)
                labels += (labels.size() > 1 ? "," : "") + key + "=\"" + value + "\"";
            add("", labels + "}");
        }
        m_out += m_colours.faint;
        m_out += "      ";
        appendSafe(m_out, m_origins.origin(evidence.origin).name());
        m_out += ": " + (said.empty() ? std::string("nothing") : said);
        m_out += m_colours.off;
        m_out += '\n';
    }

    void writeAdvice(const Finding& finding) {
        if (!finding.cause.empty())
            m_out += "  Likely cause: " + finding.cause + "\n";
        if (!finding.advice.empty()) {
            m_out += "  Way out: ";
            appendSafe(m_out, finding.advice);
            m_out += '\n';
        }
        for (std::size_t at = 0; at < finding.snippet.size();) {
            const std::size_t end = finding.snippet.find('\n', at);
            m_out += "    ";
            appendSafe(m_out, std::string_view(finding.snippet).substr(at, end - at));
            m_out += '\n';
            at = end == std::string::npos ? finding.snippet.size() : end + 1;
        }
        m_out += '\n';
    }

    void writeSummary(const FindingsSnapshot& findings) {
        if (findings.errors + findings.warnings + findings.notes == 0) {
            m_out += "No findings.\n";
            return;
        }
        std::string_view separator;
        for (const auto& [count, word, severity] :
             {std::tuple(findings.errors, "error", Severity::Error),
              std::tuple(findings.warnings, "warning", Severity::Warning),
              std::tuple(findings.notes, "note", Severity::Note)}) {
            if (count == 0)
                continue;
            m_out += separator;
            m_out += colourOf(severity);
            m_out += std::to_string(count) + " " + word + (count == 1 ? "" : "s");
            m_out += m_colours.off;
            separator = ", ";
        }
        m_out += '\n';
    }

    const OriginTable& m_origins;
    const Colours& m_colours;
    std::string m_out;
};

} // namespace

std::string findingsText(const FindingsSnapshot& findings, const OriginTable& origins,
                         bool colour) {
    return TextWriter(origins, colour ? terminal : plain).write(findings);
}

} // namespace sightglass
