// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/catalog/catalog.h"

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <optional>
#include <string_view>
#include <tuple>

#include "core/catalog/label_tally.h"

namespace sightglass {

namespace {

/// What says something about a target or a scope and is no measurement of it: its labels are not
/// those of the page's series.
bool isInfoMetric(std::string_view name) {
    return name == "target_info" || name == "otel_scope_info";
}

bool isAttachedLabel(std::string_view key) {
    return key == "job" || key == "instance" || key == "origin";
}

bool comesBefore(const CatalogMetric& a, const CatalogMetric& b) {
    const MetricInfo& x = *a.info;
    const MetricInfo& y = *b.info;
    return std::tie(x.origin, x.descriptor.name, x.id) <
           std::tie(y.origin, y.descriptor.name, y.id);
}

/// lastSeen of a published CatalogMetric may lag by this much.
constexpr TimeNs lastSeenStep = nsPerSecond;
/// How many metrics one snapshot renews only for their lastSeen, so that a new series in a catalog
/// of a hundred thousand metrics does not wait for all of them; the others follow in the next.
constexpr std::size_t refreshAtOnce = 8192;
/// Metrics described while the writer waits, at first; doubles so that building always ends.
constexpr std::size_t firstSlice = 256;

} // namespace

struct Catalog::State {
    struct Entry {
        std::shared_ptr<const MetricInfo> info;
        LabelTally labels{valueLimit};
        std::uint32_t series = 0;
        TimeNs firstSeen = 0, lastSeen = 0;
        TimeNs publishedLastSeen = 0;
        bool changed = false;   ///< is in `changed`
        bool refreshed = false; ///< is in `moved`
    };

    struct OriginEntry {
        Origin origin;
        std::uint32_t metrics = 0, series = 0;
        TimeNs firstSeen = 0, lastSeen = 0;
        LabelTally pageLabels{valueLimit};
        std::uint32_t pageSeries = 0;
        std::map<SeriesId, std::shared_ptr<const AttributeSet>> targetInfo;
    };

    explicit State(const OriginTable& table) : originTable(table) {}

    const OriginTable& originTable;
    std::atomic<std::uint64_t> generation{0};

    // Held while a snapshot is made, so that only one is; never by the writer.
    Mutex buildMutex;
    std::shared_ptr<const CatalogSnapshot>
        last SG_GUARDED_BY(buildMutex) = std::make_shared<CatalogSnapshot>();

    Mutex mutex;
    absl::flat_hash_map<MetricId, std::unique_ptr<Entry>> metrics SG_GUARDED_BY(mutex);
    std::map<OriginId, OriginEntry> origins SG_GUARDED_BY(mutex);
    std::vector<MetricId> changed SG_GUARDED_BY(mutex); ///< since the last snapshot
    std::vector<MetricId> moved SG_GUARDED_BY(mutex);   ///< only their lastSeen did
    std::uint32_t series SG_GUARDED_BY(mutex) = 0;

    Entry* find(MetricId id) SG_REQUIRES(mutex) {
        const auto it = metrics.find(id);
        return it == metrics.end() ? nullptr : it->second.get();
    }

    OriginEntry& originOf(const MetricInfo& info) SG_REQUIRES(mutex) {
        const auto [it, isNew] = origins.try_emplace(info.origin);
        if (isNew)
            it->second.origin = originTable.origin(info.origin);
        return it->second;
    }

    void markChanged(Entry& entry) SG_REQUIRES(mutex) {
        if (!entry.changed)
            changed.push_back(entry.info->id);
        entry.changed = true;
        generation.fetch_add(1, std::memory_order_release);
    }

    void countSeries(const SeriesInfo& info, OriginEntry& origin, bool added) SG_REQUIRES(mutex);
    [[nodiscard]] std::shared_ptr<const CatalogMetric> describe(Entry& entry) const;
    [[nodiscard]] CatalogOrigin describe(const OriginEntry& entry) const;
    [[nodiscard]] std::shared_ptr<const CatalogSnapshot> build() SG_REQUIRES(buildMutex)
        SG_EXCLUDES(mutex);
};

void Catalog::State::countSeries(const SeriesInfo& info, OriginEntry& origin, bool added) {
    const MetricInfo& metric = *info.metric;
    if (!metric.resource->isTarget || metric.synthetic)
        return;
    if (isInfoMetric(metric.descriptor.name)) {
        if (metric.descriptor.name != "target_info")
            return;
        if (added)
            origin.targetInfo.emplace(info.id, info.attributes);
        else
            origin.targetInfo.erase(info.id);
        return;
    }
    if (added) {
        ++origin.pageSeries;
        origin.pageLabels.add(*info.attributes);
    } else {
        --origin.pageSeries;
        origin.pageLabels.remove(*info.attributes);
    }
}

std::shared_ptr<const CatalogMetric> Catalog::State::describe(Entry& entry) const {
    auto out = std::make_shared<CatalogMetric>();
    out->info = entry.info;
    out->series = entry.series;
    out->firstSeen = entry.firstSeen;
    out->lastSeen = entry.lastSeen;
    const std::vector<LabelTally::Row> rows = entry.labels.rows();
    out->labelKeys.reserve(rows.size());
    for (const LabelTally::Row& row : rows)
        out->labelKeys.push_back(
            {std::string(row.key), row.series, row.values, std::string(row.example)});
    entry.publishedLastSeen = entry.lastSeen;
    entry.changed = entry.refreshed = false;
    return out;
}

CatalogOrigin Catalog::State::describe(const OriginEntry& entry) const {
    CatalogOrigin out;
    out.origin = entry.origin;
    out.metrics = entry.metrics;
    out.series = entry.series;
    out.firstSeen = entry.firstSeen;
    out.lastSeen = entry.lastSeen;
    for (const LabelTally::Row& row : entry.pageLabels.rows()) {
        if (row.series == entry.pageSeries && row.values == 1 && !isAttachedLabel(row.key))
            out.resourceLabels.emplace_back(row.key, row.example);
    }
    if (entry.targetInfo.size() == 1) {
        for (const Attribute& attribute : *entry.targetInfo.begin()->second) {
            if (!isAttachedLabel(attribute.key))
                out.resourceLabels.emplace_back(attribute.key, attribute.value.display());
        }
    }
    // What the points themselves carry comes first and holds.
    std::stable_sort(out.resourceLabels.begin(), out.resourceLabels.end(),
                     [](const Label& a, const Label& b) { return a.first < b.first; });
    out.resourceLabels.erase(
        std::unique(out.resourceLabels.begin(), out.resourceLabels.end(),
                    [](const Label& a, const Label& b) { return a.first == b.first; }),
        out.resourceLabels.end());
    return out;
}

std::shared_ptr<const CatalogSnapshot> Catalog::State::build() {
    struct Change {
        std::shared_ptr<const CatalogMetric> metric; ///< null: gone
    };
    absl::flat_hash_map<MetricId, Change> changes;
    auto out = std::make_shared<CatalogSnapshot>();
    bool refreshLeft = true;
    for (std::size_t slice = firstSlice;; slice *= 2) {
        MutexLock lock(mutex);
        for (std::size_t i = 0; i < slice && !changed.empty(); ++i) {
            const MetricId id = changed.back();
            changed.pop_back();
            Entry* entry = find(id);
            changes[id].metric = entry ? describe(*entry) : nullptr;
        }
        if (!changed.empty())
            continue;
        if (refreshLeft) {
            refreshLeft = false;
            for (std::size_t i = 0; i < refreshAtOnce && !moved.empty(); ++i) {
                const MetricId id = moved.back();
                moved.pop_back();
                Entry* entry = find(id);
                if (entry && entry->refreshed)
                    changes[id].metric = describe(*entry);
            }
        }
        // Nothing changed is left, so all of this is one moment.
        out->generation = generation.load(std::memory_order_acquire);
        out->series = series;
        out->origins.reserve(origins.size());
        for (const auto& [id, origin] : origins)
            out->origins.push_back(describe(origin));
        break;
    }
    if (changes.empty() && out->generation == last->generation)
        return last;

    std::vector<std::shared_ptr<const CatalogMetric>> fresh;
    for (const auto& [id, change] : changes) {
        if (change.metric)
            fresh.push_back(change.metric);
    }
    const auto before = [](const auto& a, const auto& b) { return comesBefore(*a, *b); };
    std::sort(fresh.begin(), fresh.end(), before);
    out->metrics.reserve(last->metrics.size() + fresh.size());
    auto next = fresh.begin();
    for (const std::shared_ptr<const CatalogMetric>& old : last->metrics) {
        if (!changes.empty() && changes.contains(old->info->id))
            continue;
        // Only few are new: one comparison an old one.
        while (next != fresh.end() && comesBefore(**next, *old))
            out->metrics.push_back(*next++);
        out->metrics.push_back(old);
    }
    out->metrics.insert(out->metrics.end(), next, fresh.end());
    return out;
}

Catalog::Catalog(const OriginTable& origins) : m_state(std::make_unique<State>(origins)) {}

Catalog::~Catalog() = default;

void Catalog::metricChanged(const std::shared_ptr<const MetricInfo>& metric, TimeNs when) {
    State& s = *m_state;
    MutexLock lock(s.mutex);
    std::unique_ptr<State::Entry>& entry = s.metrics[metric->id];
    State::OriginEntry& origin = s.originOf(*metric);
    if (!entry) {
        entry = std::make_unique<State::Entry>();
        entry->firstSeen = when;
        if (origin.metrics++ == 0 && origin.firstSeen == 0)
            origin.firstSeen = when;
    }
    entry->info = metric;
    s.markChanged(*entry);
}

void Catalog::seriesAdded(const SeriesInfo& series, TimeNs /*when*/) {
    State& s = *m_state;
    MutexLock lock(s.mutex);
    State::Entry* entry = s.find(series.metric->id);
    if (!entry)
        return;
    State::OriginEntry& origin = s.originOf(*series.metric);
    ++s.series;
    ++origin.series;
    ++entry->series;
    entry->labels.add(*series.attributes);
    s.countSeries(series, origin, true);
    s.markChanged(*entry);
}

void Catalog::seriesRemoved(const SeriesInfo& series) {
    State& s = *m_state;
    MutexLock lock(s.mutex);
    State::Entry* entry = s.find(series.metric->id);
    if (!entry)
        return;
    State::OriginEntry& origin = s.originOf(*series.metric);
    --s.series;
    --origin.series;
    --entry->series;
    entry->labels.remove(*series.attributes);
    s.countSeries(series, origin, false);
    s.markChanged(*entry);
}

void Catalog::metricRemoved(MetricId metric) {
    State& s = *m_state;
    MutexLock lock(s.mutex);
    State::Entry* entry = s.find(metric);
    if (!entry)
        return;
    --s.originOf(*entry->info).metrics;
    s.markChanged(*entry);
    s.metrics.erase(metric);
}

void Catalog::pointsWritten(MetricId metric, TimeNs when) {
    State& s = *m_state;
    MutexLock lock(s.mutex);
    State::Entry* entry = s.find(metric);
    if (!entry || when <= entry->lastSeen)
        return;
    entry->lastSeen = when;
    State::OriginEntry& origin = s.originOf(*entry->info);
    origin.lastSeen = std::max(origin.lastSeen, when);
    if (!entry->refreshed && when - entry->publishedLastSeen >= lastSeenStep) {
        entry->refreshed = true;
        s.moved.push_back(metric);
    }
}

std::uint64_t Catalog::generation() const {
    return m_state->generation.load(std::memory_order_acquire);
}

std::shared_ptr<const CatalogSnapshot> Catalog::snapshot() const {
    State& s = *m_state;
    MutexLock building(s.buildMutex);
    s.last = s.build();
    return s.last;
}

} // namespace sightglass
