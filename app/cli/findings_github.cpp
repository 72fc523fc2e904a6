// SPDX-License-Identifier: GPL-3.0-or-later
#include <string_view>

#include "app/cli/findings_output.h"

namespace sightglass {

namespace {

/// Workflow commands escape '%' and line ends in data, and ':' and ',' too in properties.
void appendEscaped(std::string& out, std::string_view text, bool inProperty) {
    for (const char c : text) {
        if (c == '%')
            out += "%25";
        else if (c == '\r')
            out += "%0D";
        else if (c == '\n')
            out += "%0A";
        else if (inProperty && c == ':')
            out += "%3A";
        else if (inProperty && c == ',')
            out += "%2C";
        else
            out += c;
    }
}

} // namespace

std::string findingsGithub(const FindingsSnapshot& findings, const OriginTable& origins) {
    std::string out;
    for (const auto& finding : findings.findings) {
        if (finding->resolved)
            continue;
        out += finding->severity == Severity::Error     ? "::error "
               : finding->severity == Severity::Warning ? "::warning "
                                                        : "::notice ";
        const Origin origin = origins.origin(finding->origins.back());
        if (origin.kind == OriginKind::File && origin.detail != "-") {
            out += "file=";
            appendEscaped(out, origin.detail, true);
            out += ',';
        }
        out += "title=";
        appendEscaped(out, finding->rule, true);
        out += "::";
        appendEscaped(out,
                      finding->message + ". " + finding->cause +
                          (finding->cause.empty() ? "" : " ") + finding->advice,
                      false);
        out += '\n';
    }
    return out;
}

} // namespace sightglass
