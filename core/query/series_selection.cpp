// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/series_selection.h"

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string_view>
#include <utility>

#include "core/query/attribute_filter.h"
#include "core/query/metric_views.h"

namespace sightglass {

namespace {

/// Whether an attribute of the series, and nothing else, has the say about this label.
bool isAttributesOwn(std::string_view label, const SelectedMetric& metric) {
    const std::string_view made = viewLabel(metric.row->info->descriptor.type);
    const auto isTaken = [&](std::string_view name) {
        return (!made.empty() && name == made) || hasLabel(metric.attached, name);
    };
    if (isTaken(label))
        return false;
    // It may be the new name of one that has the name of another label.
    for (std::string_view rest = label; rest.starts_with(exportedPrefix);) {
        rest.remove_prefix(exportedPrefix.size());
        if (isTaken(rest))
            return false;
    }
    return true;
}

} // namespace

LabelCondition conditionOf(const LabelMatcher& matcher) {
    LabelCondition out;
    out.label = matcher.name();
    out.accepts = [&matcher](std::string_view value) { return matcher.matches(value); };
    switch (matcher.kind()) {
    case LabelMatcher::Kind::Equal:
        out.equals = matcher.value();
        break;
    case LabelMatcher::Kind::NotEqual:
        out.noneOf = {matcher.value()};
        break;
    case LabelMatcher::Kind::Matches:
        out.oneOf = matcher.literals();
        out.prefix = matcher.prefix();
        break;
    case LabelMatcher::Kind::MatchesNot:
        out.noneOf = matcher.literals();
        break;
    }
    return out;
}

bool attachedLabelsMatch(const Selector& selector, const Labels& attached) {
    return std::all_of(selector.matchers.begin(), selector.matchers.end(),
                       [&attached](const LabelMatcher& matcher) {
                           const auto it = std::find_if(
                               attached.begin(), attached.end(),
                               [&](const Label& label) { return label.first == matcher.name(); });
                           return it == attached.end() || matcher.matches(it->second);
                       });
}

void selectSeries(const SeriesReader& reader, const Selector& selector,
                  std::vector<SelectedMetric>& metrics) {
    std::vector<const LabelMatcher*> matchers;
    for (const LabelMatcher& matcher : selector.matchers) {
        if (matcher.name() != "__name__" && matchers.size() < AttributeFilter::conditionsMax)
            matchers.push_back(&matcher);
    }
    // Mostly the same matchers are asked of all metrics, and one search finds the series of all.
    std::map<std::uint64_t, std::vector<MetricId>> groups;
    absl::flat_hash_map<MetricId, SelectedMetric*> byId;
    for (SelectedMetric& metric : metrics) {
        std::uint64_t asked = 0;
        for (std::size_t i = 0; i < matchers.size(); ++i) {
            if (isAttributesOwn(matchers[i]->name(), metric))
                asked |= std::uint64_t{1} << i;
        }
        const MetricId id = metric.row->info->id;
        groups[asked].push_back(id);
        byId.emplace(id, &metric);
    }
    for (const auto& [asked, ids] : groups) {
        std::vector<LabelCondition> conditions;
        for (std::size_t i = 0; i < matchers.size(); ++i) {
            if ((asked >> i & 1) != 0)
                conditions.push_back(conditionOf(*matchers[i]));
        }
        std::vector<SeriesInfo> candidates = reader.candidates(ids, conditions);
        AttributeFilter filter(std::move(conditions));
        // All stay until the filter has seen the last: it knows their attributes by address.
        std::vector<bool> mayMeet(candidates.size());
        for (std::size_t i = 0; i < candidates.size(); ++i)
            mayMeet[i] = filter.mayMeet(*candidates[i].attributes);
        for (std::size_t i = 0; i < candidates.size(); ++i) {
            if (mayMeet[i])
                byId[candidates[i].metric->id]->series.push_back(std::move(candidates[i]));
        }
    }
}

} // namespace sightglass
