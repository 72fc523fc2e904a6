// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/diagnose/findings_json.h"

#include <string_view>

namespace sightglass {

namespace {

void appendMember(std::string& out, std::string_view key, std::string_view text) {
    appendJsonString(out, key);
    out += ':';
    appendJsonString(out, text);
}

void appendMember(std::string& out, std::string_view key, std::int64_t number) {
    appendJsonString(out, key);
    out += ':' + std::to_string(number);
}

/// `write` called for each of `list`, in brackets and with commas between.
template <class List, class Write>
void appendArray(std::string& out, const List& list, Write write) {
    out += '[';
    bool isFirst = true;
    for (const auto& entry : list) {
        if (!isFirst)
            out += ',';
        isFirst = false;
        write(entry);
    }
    out += ']';
}

void appendEvidence(std::string& out, const Evidence& evidence, const OriginTable& origins) {
    out += '{';
    appendMember(out, "origin", origins.origin(evidence.origin).name());
    out += ',';
    appendMember(out, "type", evidence.type);
    out += ',';
    appendMember(out, "unit", evidence.unit);
    out += ",\"labels\":{";
    bool isFirst = true;
    for (const auto& [key, value] : evidence.labels) {
        if (!isFirst)
            out += ',';
        isFirst = false;
        appendMember(out, key, value);
    }
    out += "},";
    appendMember(out, "time_ms", evidence.time / nsPerMs);
    out += '}';
}

} // namespace

void appendFindingJson(std::string& out, const Finding& finding, const OriginTable& origins) {
    out += '{';
    appendMember(out, "rule", finding.rule);
    out += ',';
    appendMember(out, "severity", severityName(finding.severity));
    out += ',';
    appendMember(out, "metric", finding.metric);
    out += ',';
    appendMember(out, "message", finding.message);
    out += ',';
    appendMember(out, "advice",
                 finding.cause.empty() ? finding.advice : finding.cause + " " + finding.advice);
    out += ",\"origins\":";
    appendArray(out, finding.origins,
                [&](OriginId id) { appendJsonString(out, origins.origin(id).name()); });
    out += ",\"labels\":";
    appendArray(out, finding.labels, [&](const std::string& key) { appendJsonString(out, key); });
    out += ",\"evidence\":";
    appendArray(out, finding.evidence,
                [&](const Evidence& evidence) { appendEvidence(out, evidence, origins); });
    out += ',';
    appendMember(out, "count", static_cast<std::int64_t>(finding.count));
    out += ',';
    appendMember(out, "first_seen_ms", finding.firstSeen / nsPerMs);
    out += ',';
    appendMember(out, "last_seen_ms", finding.lastSeen / nsPerMs);
    out += '}';
}

std::string findingsJson(const FindingsSnapshot& findings, const OriginTable& origins) {
    std::string out = "{\"findings\":[";
    bool isFirst = true;
    for (const auto& finding : findings.findings) {
        if (finding->resolved)
            continue;
        if (!isFirst)
            out += ',';
        isFirst = false;
        appendFindingJson(out, *finding, origins);
    }
    out += "],\"summary\":{";
    appendMember(out, "error", findings.errors);
    out += ',';
    appendMember(out, "warning", findings.warnings);
    out += ',';
    appendMember(out, "note", findings.notes);
    out += "}}";
    return out;
}

std::string rulesJson(std::span<const Rule* const> rules) {
    std::string out;
    appendArray(out, rules, [&](const Rule* rule) {
        const RuleInfo& info = rule->info();
        out += '{';
        appendMember(out, "id", info.id);
        out += ',';
        appendMember(out, "severity", severityName(info.severity));
        out += ',';
        appendMember(out, "group", info.group);
        out += ',';
        appendMember(out, "explanation", info.explanation);
        out += ',';
        appendMember(out, "remedy", info.remedy);
        out += ',';
        appendMember(out, "reference", info.reference);
        out += '}';
    });
    return out;
}

} // namespace sightglass
