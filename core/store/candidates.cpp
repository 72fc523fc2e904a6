// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/candidates.h"

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace sightglass {

namespace {

/// So few series are looked at without asking the index.
constexpr std::size_t fewSeries = 64;

struct Wanted {
    std::shared_ptr<const MetricInfo> info;
    PostingView series;
};

std::vector<std::uint32_t> allOf(const std::vector<Wanted>& metrics, std::size_t count) {
    std::vector<std::uint32_t> out;
    out.reserve(count);
    for (const Wanted& metric : metrics)
        metric.series.read(out);
    // Ids of one metric ascend already.
    if (metrics.size() > 1)
        std::sort(out.begin(), out.end());
    return out;
}

} // namespace

std::vector<SeriesInfo> seriesCandidates(const StoreShared& shared,
                                         std::span<const MetricId> metrics,
                                         std::span<const LabelCondition> conditions) {
    std::vector<Wanted> wanted;
    absl::flat_hash_map<MetricId, std::size_t> places;
    std::size_t count = 0;
    for (const MetricId id : metrics) {
        const std::shared_ptr<StoredMetric> metric = shared.metrics.find(id);
        if (!metric || !places.emplace(id, wanted.size()).second)
            continue;
        wanted.push_back({metric->info(), metric->order()});
        count += wanted.back().series.count();
    }

    std::optional<std::vector<std::uint32_t>> ids;
    if (count > fewSeries && !conditions.empty())
        ids = shared.labels.select(conditions, {count, [&](std::vector<std::uint32_t>& out) {
                                                    out = allOf(wanted, count);
                                                }});
    if (!ids)
        ids = allOf(wanted, count);

    std::vector<SeriesInfo> out;
    out.reserve(std::min(ids->size(), count));
    for (const std::uint32_t id : *ids) {
        const std::shared_ptr<StoredSeries> series = shared.series.find(SeriesId{id});
        if (!series)
            continue;
        const auto place = places.find(series->metric->id);
        if (place != places.end())
            out.push_back({series->id, wanted[place->second].info, series->attributes});
    }
    return out;
}

} // namespace sightglass
