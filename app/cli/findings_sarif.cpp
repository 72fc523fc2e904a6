// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <string_view>

#include "app/cli/findings_output.h"
#include "core/diagnose/rule.h"
#include "core/model/value.h"

namespace sightglass {

namespace {

void appendMessage(std::string& out, std::string_view key, std::string_view text) {
    appendJsonString(out, key);
    out += ":{\"text\":";
    appendJsonString(out, text);
    out += '}';
}

/// SARIF locations are files: an origin that is none is left to the message.
void appendLocations(std::string& out, const Finding& finding, const OriginTable& origins) {
    out += "\"locations\":[";
    bool isFirst = true;
    // The last origin is the one where something was lost or changed: the place to look at.
    for (auto it = finding.origins.rbegin(); it != finding.origins.rend(); ++it) {
        const Origin origin = origins.origin(*it);
        if (origin.kind == OriginKind::File ? origin.detail == "-"
                                            : origin.kind != OriginKind::Scrape)
            continue;
        if (!isFirst)
            out += ',';
        isFirst = false;
        out += "{\"physicalLocation\":{\"artifactLocation\":{\"uri\":";
        std::string uri;
        for (const char c : origin.detail) {
            // RFC 3986: what may not stand in a path or URL as it is.
            constexpr std::string_view hex = "0123456789ABCDEF";
            const auto code = static_cast<unsigned char>(c);
            if (code > 0x20 && code < 0x7f && c != '%' && c != '"' && c != '<' && c != '>' &&
                c != '\\' && c != '^' && c != '`' && c != '{' && c != '|' && c != '}') {
                uri += c;
                continue;
            }
            uri += '%';
            uri += hex[code >> 4];
            uri += hex[code & 15];
        }
        appendJsonString(out, uri);
        out += "}},\"logicalLocations\":[{\"fullyQualifiedName\":";
        appendJsonString(out, finding.metric.empty() ? finding.subject : finding.metric);
        out += "}]}";
    }
    out += ']';
}

} // namespace

std::string findingsSarif(const FindingsSnapshot& findings, const OriginTable& origins) {
    std::string out = "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\","
                      "\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{"
                      "\"name\":\"Sightglass\",\"version\":\"" SIGHTGLASS_VERSION "\",\"rules\":[";
    const auto rules = allRules();
    for (std::size_t i = 0; i < rules.size(); ++i) {
        const RuleInfo& info = rules[i]->info();
        out += i > 0 ? ",{\"id\":" : "{\"id\":";
        appendJsonString(out, info.id);
        out += ',';
        appendMessage(out, "shortDescription", info.explanation);
        out += ',';
        appendMessage(out, "help", info.remedy);
        out += ",\"helpUri\":";
        appendJsonString(out, info.reference);
        out += ",\"defaultConfiguration\":{\"level\":";
        appendJsonString(out, severityName(info.severity)); // SARIF uses the same three words
        out += "}}";
    }
    out += "]}},\"results\":[";
    bool isFirst = true;
    for (const auto& finding : findings.findings) {
        if (finding->resolved)
            continue;
        const auto rule = std::find_if(rules.begin(), rules.end(), [&](const Rule* candidate) {
            return candidate->info().id == finding->rule;
        });
        out += isFirst ? "{\"ruleId\":" : ",{\"ruleId\":";
        isFirst = false;
        appendJsonString(out, finding->rule);
        out += ",\"ruleIndex\":" + std::to_string(rule - rules.begin());
        out += ",\"level\":";
        appendJsonString(out, severityName(finding->severity));
        out += ',';
        appendMessage(out, "message",
                      finding->message + ". " + finding->cause +
                          (finding->cause.empty() ? "" : " ") + finding->advice);
        out += ',';
        appendLocations(out, *finding, origins);
        // The same finding of the next run: paths and counts may have moved.
        out += ",\"partialFingerprints\":{\"sightglass/v1\":";
        appendJsonString(out, finding->rule + "/" + finding->metric + "/" + finding->subject);
        out += "}}";
    }
    out += "]}]}";
    return out;
}

} // namespace sightglass
