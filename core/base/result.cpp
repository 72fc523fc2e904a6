// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/result.h"

namespace sightglass {

std::string Place::text() const {
    std::string out;
    const auto add = [&out](const std::string& part) {
        if (!out.empty())
            out += ", ";
        out += part;
    };
    if (line != 0)
        add("line " + std::to_string(line));
    if (column != 0)
        add("column " + std::to_string(column));
    if (line == 0 && byte)
        add("byte " + std::to_string(*byte));
    if (!path.empty())
        add("at " + path);
    return out;
}

std::string Error::text() const {
    const std::string where = place.text();
    return where.empty() ? message : message + " (" + where + ")";
}

} // namespace sightglass
