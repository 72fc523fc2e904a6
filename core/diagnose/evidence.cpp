// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/diagnose/evidence.h"

#include <algorithm>

namespace sightglass {

Evidence evidenceOf(const FamilyPath& path) {
    Evidence out;
    out.origin = path.origin;
    out.type = typeWords(path);
    for (const auto& metric : path.metrics) {
        const Descriptor& descriptor = metric->info->descriptor;
        if (out.unit.empty())
            out.unit = descriptor.unit;
        if (out.help.empty())
            out.help = descriptor.description;
        if (descriptor.temporality != Temporality::Unspecified)
            out.temporality = temporalityName(descriptor.temporality);
        out.time = std::max(out.time, metric->lastSeen);
    }
    return out;
}

std::string spokenName(const CatalogSnapshot& catalog, OriginId origin) {
    const Origin* own = nullptr;
    for (const CatalogOrigin& o : catalog.origins) {
        if (o.origin.id == origin)
            own = &o.origin;
    }
    if (!own)
        return "an unknown origin";
    std::string name = own->shortName();
    for (const CatalogOrigin& o : catalog.origins) {
        if (&o.origin != own && o.origin.shortName() == name)
            return own->name();
    }
    return name;
}

std::string spokenType(std::string_view word) {
    std::string text(word);
    if (const auto at = text.find("up_down"); at != std::string::npos)
        text.replace(at, 7, "up-down");
    std::replace(text.begin(), text.end(), '_', ' ');
    return text;
}

Finding findingOf(const FamilyPair& pair) {
    Finding out;
    out.metric = pair.family->name;
    out.origins = {pair.reference.origin, pair.other.origin};
    out.evidence = {evidenceOf(pair.reference), evidenceOf(pair.other)};
    out.count = pair.other.series;
    return out;
}

std::string listed(const std::vector<std::string>& words) {
    std::string out;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0)
            out += i + 1 == words.size() ? " and " : ", ";
        out += words[i];
    }
    return out;
}

const ComparisonRow* differenceIn(const FamilyPair& pair, ComparisonGroup group) {
    const auto it = std::find_if(pair.differences.begin(), pair.differences.end(),
                                 [group](const ComparisonRow& row) { return row.group == group; });
    return it == pair.differences.end() ? nullptr : &*it;
}

} // namespace sightglass
