// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/api/own_metrics.h"

#include <string_view>

namespace sightglass {

namespace {

std::string escaped(std::string_view text, bool quotes) {
    std::string out;
    for (const char c : text) {
        if (c == '\\')
            out += "\\\\";
        else if (c == '\n')
            out += "\\n";
        else if (c == '"' && quotes)
            out += "\\\"";
        else
            out += c;
    }
    return out;
}

void appendHeader(std::string& out, const std::string& name, const std::string& help,
                  const char* type) {
    out += "# HELP " + name + ' ' + escaped(help, false) + "\n# TYPE " + name + ' ' + type + '\n';
}

} // namespace

std::string ownMetrics(const CounterRegistry& counters, const std::vector<OwnGauge>& gauges) {
    std::string out;
    std::string family;
    for (const CounterRegistry::Row& row : counters.rows()) {
        if (row.name != family) {
            appendHeader(out, row.name, row.help, "counter");
            family = row.name;
        }
        out += row.name;
        if (!row.labels.empty()) {
            char separator = '{';
            for (const auto& [key, value] : row.labels) {
                out += separator + key + "=\"" + escaped(value, true) + '"';
                separator = ',';
            }
            out += '}';
        }
        out += ' ' + std::to_string(row.value) + '\n';
    }
    for (const OwnGauge& gauge : gauges) {
        appendHeader(out, gauge.name, gauge.help, "gauge");
        out += gauge.name + ' ' + formatDouble(gauge.value) + '\n';
    }
    return out;
}

} // namespace sightglass
