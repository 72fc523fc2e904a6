// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/dump_format.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/replay/otlp_framing.h"

namespace sightglass {

namespace {

struct Known {
    DumpFormat format;
    std::string_view name;
    bool isReadable;
};

constexpr std::array formats = std::to_array<Known>({
    {DumpFormat::PrometheusText, "prometheus-text", true},
    {DumpFormat::OpenMetrics, "openmetrics", false},
    {DumpFormat::PrometheusProto, "prometheus-proto", false},
    {DumpFormat::OtlpJson, "otlp-json", true},
    {DumpFormat::OtlpProto, "otlp-proto", true},
    {DumpFormat::DebugText, "debug-text", false},
    {DumpFormat::PrometheusApi, "prometheus-api", false},
    {DumpFormat::TsdbDump, "tsdb-dump", false},
    {DumpFormat::Csv, "csv", false},
    {DumpFormat::Session, "session", false},
});

/// Enough to know a text by.
constexpr std::size_t lookedAt = 65536;

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

bool contains(std::string_view text, std::string_view what) {
    return text.find(what) != std::string_view::npos;
}

DumpFormat recogniseJson(std::string_view head) {
    if (contains(head, "\"resourceMetrics\"") || contains(head, "\"resource_metrics\""))
        return DumpFormat::OtlpJson;
    if (contains(head, "\"status\"") && contains(head, "\"data\""))
        return DumpFormat::PrometheusApi;
    return DumpFormat::OtlpJson;
}

bool looksLikeCsv(std::string_view text) {
    const std::string_view line = trimmed(text.substr(0, text.find('\n')));
    return std::count(line.begin(), line.end(), ',') >= 2 &&
           line.find_first_of("{}# ") == std::string_view::npos;
}

/// Length-delimited io.prometheus.client.MetricFamily messages: a size, then field 1 with a name.
bool looksLikePrometheusProto(std::string_view bytes) {
    std::size_t at = 0;
    const auto byte = [&bytes](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    while (at < bytes.size() && at < 4 && (byte(at) & 0x80) != 0)
        ++at;
    if (at + 4 > bytes.size() || byte(at + 1) != 0x0a)
        return false;
    const std::size_t size = byte(at + 2);
    if (size == 0 || size >= 0x80 || at + 3 + size > bytes.size())
        return false;
    const std::string_view name = bytes.substr(at + 3, size);
    return std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == ':' || c == '.';
    });
}

bool isBinary(std::string_view head) {
    return head.find('\0') != std::string_view::npos ||
           std::any_of(head.begin(), head.end(), [](char c) {
               const auto code = static_cast<unsigned char>(c);
               return code < 0x20 && c != '\t' && c != '\n' && c != '\r';
           });
}

} // namespace

std::string_view dumpFormatName(DumpFormat format) {
    const auto it = std::find_if(formats.begin(), formats.end(),
                                 [format](const Known& known) { return known.format == format; });
    return it->name;
}

std::optional<DumpFormat> dumpFormatNamed(std::string_view name) {
    const auto it = std::find_if(formats.begin(), formats.end(),
                                 [name](const Known& known) { return known.name == name; });
    return it == formats.end() ? std::nullopt : std::optional(it->format);
}

std::string dumpFormatNames() {
    std::string out;
    for (const Known& known : formats)
        out += (out.empty() ? "" : ", ") + std::string(known.name);
    return out;
}

bool isReadable(DumpFormat format) {
    return std::any_of(formats.begin(), formats.end(), [format](const Known& known) {
        return known.format == format && known.isReadable;
    });
}

std::optional<DumpFormat> recogniseDump(std::string_view bytes) {
    const std::string_view head = bytes.substr(0, lookedAt);
    const std::string_view text = trimmed(head);
    if (text.starts_with("{\"") || text.starts_with("{ ") || text.starts_with("{\n") ||
        text.starts_with("{\r") || text.starts_with("{}") || text.starts_with("[")) {
        // {"name",label="x"} 1 is a sample with a quoted name.
        const std::size_t quote = text.starts_with("{\"") ? text.find('"', 2) : 0;
        const std::size_t after =
            quote == std::string_view::npos ? quote : text.find_first_not_of(" \t\r\n", quote + 1);
        const bool isSample = quote != 0 && after != std::string_view::npos &&
                              (text[after] == ',' || text[after] == '}' || text[after] == '=');
        return isSample ? DumpFormat::PrometheusText : recogniseJson(head);
    }
    if (text.starts_with("{__name__="))
        return DumpFormat::TsdbDump;
    if (isBinary(head)) {
        if (!splitOtlpProto(bytes).empty())
            return DumpFormat::OtlpProto;
        if (looksLikePrometheusProto(bytes))
            return DumpFormat::PrometheusProto;
        return std::nullopt;
    }
    if (contains(head, "ResourceMetrics #0") || contains(head, "InstrumentationScopeMetrics #0"))
        return DumpFormat::DebugText;
    // The last line of OpenMetrics, and the only one that says what it is.
    if (const std::string_view end = trimmed(bytes); end == "# EOF" || end.ends_with("\n# EOF"))
        return DumpFormat::OpenMetrics;
    if (looksLikeCsv(text))
        return DumpFormat::Csv;
    return DumpFormat::PrometheusText;
}

} // namespace sightglass
