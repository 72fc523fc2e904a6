// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/finding.h"

namespace sightglass {

std::string_view severityName(Severity severity) {
    switch (severity) {
    case Severity::Note:
        break;
    case Severity::Warning:
        return "warning";
    case Severity::Error:
        return "error";
    }
    return "note";
}

std::string Finding::key() const {
    std::string out = rule;
    out += '\x1f';
    out += metric;
    out += '\x1f';
    out += subject;
    // A type-mismatch is one a family, however many paths it comes by.
    if (rule != "type-mismatch") {
        for (const OriginId origin : origins)
            out += '\x1f' + std::to_string(origin.value);
    }
    return out;
}

} // namespace sightglass
