// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/catalog/families.h"

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "core/model/prometheus_names.h"

namespace sightglass {

namespace {

using Metric = std::shared_ptr<const CatalogMetric>;

/// More names than this with one stripped name are no variants of one metric.
constexpr std::size_t variantLimit = 32;

/// How a path knows its service, the surest first.
enum ServiceSource : std::size_t { ServiceName, ServiceLabel, TargetInfoJob, PageJob };

/// The services that a family's paths name, by how they know it; each once.
using Services = std::array<std::vector<std::string>, 4>;

using Jobs = absl::flat_hash_map<OriginId, std::string>;

struct Group;

/// The metrics of one exact name.
struct Draft {
    std::string name;
    bool synthetic = false;
    std::string stripped;
    std::vector<Metric> metrics; ///< as they stand in the catalog: by origin first
    Group* group = nullptr;      ///< of `stripped`
    bool touched = false;        ///< has other metrics than before
    bool restrip = false;        ///< `stripped` is to be made anew
};

/// What may be one family: the drafts of one stripped name. Synthetic ones stand apart: they are no
/// counterpart of what a source calls the same.
struct Group {
    std::pair<std::string, bool> key; ///< stripped name, synthetic
    std::vector<Draft*> drafts;
    Families families; ///< made of them
    bool dirty = false;
};

/// A family in the making.
struct Candidate {
    Family family;
    Services services;
};

bool comesBefore(const CatalogMetric& a, const CatalogMetric& b) {
    const MetricInfo& x = *a.info;
    const MetricInfo& y = *b.info;
    return std::tie(x.origin, x.descriptor.name, x.id) <
           std::tie(y.origin, y.descriptor.name, y.id);
}

bool inOrder(const std::shared_ptr<const Family>& a, const std::shared_ptr<const Family>& b) {
    return std::tie(a->service, a->name, a->synthetic) <
           std::tie(b->service, b->name, b->synthetic);
}

/// "checkout" of "shop/checkout": job is service.namespace/service.name.
std::string serviceOfJob(const std::string& job) {
    return job.substr(job.find('/') + 1);
}

const std::string* onlyValue(const CatalogMetric& metric, std::string_view key) {
    const auto it = std::lower_bound(
        metric.labelKeys.begin(), metric.labelKeys.end(), key,
        [](const LabelKey& label, std::string_view wanted) { return label.key < wanted; });
    const bool found = it != metric.labelKeys.end() && it->key == key && it->values == 1;
    return found && !it->example.empty() ? &it->example : nullptr;
}

bool isTargetInfo(const CatalogMetric& metric) {
    return metric.info->resource->isTarget && metric.info->descriptor.name == "target_info";
}

/// Job of the one target_info of each page.
Jobs targetInfoJobs(const CatalogSnapshot& catalog) {
    Jobs out;
    for (const Metric& metric : catalog.metrics) {
        if (!isTargetInfo(*metric))
            continue;
        const std::string* job = onlyValue(*metric, "job");
        if (job)
            out[metric->info->origin] = serviceOfJob(*job);
    }
    return out;
}

void addOnce(std::vector<std::string>& names, std::string name) {
    if (std::find(names.begin(), names.end(), name) == names.end())
        names.push_back(std::move(name));
}

void addServices(const CatalogMetric& metric, const Jobs& jobs, Services& services) {
    const Resource& resource = *metric.info->resource;
    if (!resource.isTarget) {
        const Value* name = resource.attributes.find("service.name");
        if (name) {
            if (std::string shown = name->display(); !shown.empty())
                addOnce(services[ServiceName], std::move(shown));
        }
    }
    if (const std::string* label = onlyValue(metric, "service_name"))
        addOnce(services[ServiceLabel], *label);
    if (!resource.isTarget)
        return;
    if (const auto it = jobs.find(metric.info->origin); it != jobs.end())
        addOnce(services[TargetInfoJob], it->second);
    if (const std::string* job = onlyValue(metric, "job"))
        addOnce(services[PageJob], serviceOfJob(*job));
}

/// The one service that the surest source knows; several are none in particular.
std::string serviceFrom(const Services& services) {
    for (const std::vector<std::string>& names : services) {
        if (!names.empty())
            return names.size() == 1 ? names.front() : std::string();
    }
    return {};
}

Candidate candidateOf(const Draft& draft, const Jobs& jobs) {
    Candidate out;
    out.family.name = draft.name;
    out.family.synthetic = draft.synthetic;
    std::vector<FamilyPath>& paths = out.family.paths;
    for (const Metric& metric : draft.metrics) {
        const OriginId origin = metric->info->origin;
        if (paths.empty() || paths.back().origin != origin)
            paths.push_back({origin, {}, draft.name, 0});
        paths.back().metrics.push_back(metric);
        paths.back().series += metric->series;
        out.family.series += metric->series;
        if (!draft.synthetic)
            addServices(*metric, jobs, out.services);
    }
    return out;
}

/// The last unit that a metric of this name tells is cut off with the name's suffixes.
std::string strippedOf(const Draft& draft) {
    std::string out;
    if (draft.synthetic)
        return draft.name;
    for (const Metric& metric : draft.metrics) {
        const std::string& unit = metric->info->descriptor.unit;
        if (out.empty() || !unit.empty())
            out = strippedName(draft.name, unit);
    }
    return out;
}

auto placeOf(Draft& draft, const CatalogMetric& metric) {
    return std::lower_bound(
        draft.metrics.begin(), draft.metrics.end(), metric,
        [](const Metric& a, const CatalogMetric& b) { return comesBefore(*a, b); });
}

bool sharesOrigin(const Family& a, const Family& b) {
    return std::any_of(a.paths.begin(), a.paths.end(), [&b](const FamilyPath& path) {
        return std::any_of(b.paths.begin(), b.paths.end(), [&path](const FamilyPath& other) {
            return other.origin == path.origin;
        });
    });
}

void merge(Candidate& into, Candidate& from) {
    for (FamilyPath& path : from.family.paths)
        into.family.paths.push_back(std::move(path));
    std::sort(into.family.paths.begin(), into.family.paths.end(),
              [](const FamilyPath& a, const FamilyPath& b) { return a.origin < b.origin; });
    into.family.series += from.family.series;
    into.family.name = into.family.paths.front().name;
    for (std::size_t i = 0; i < into.services.size(); ++i) {
        for (std::string& name : from.services[i])
            addOnce(into.services[i], std::move(name));
    }
    from.family.paths.clear();
}

/// Joins those of `variants` (equal stripped names) that are unmistakably one metric. Two can be
/// one if no origin has both; it is unmistakable if each has at most one such candidate on every
/// origin. Then all candidates of a family are candidates of each other, so order is no matter.
void joinVariants(std::vector<Candidate>& variants) {
    if (variants.size() < 2 || variants.size() > variantLimit)
        return;
    const auto isUnmistakable = [&variants](const Candidate& candidate) {
        std::vector<const Candidate*> others;
        for (const Candidate& other : variants) {
            if (&other != &candidate && !sharesOrigin(candidate.family, other.family))
                others.push_back(&other);
        }
        for (std::size_t i = 0; i < others.size(); ++i) {
            for (std::size_t k = i + 1; k < others.size(); ++k) {
                if (sharesOrigin(others[i]->family, others[k]->family))
                    return false;
            }
        }
        return !others.empty();
    };
    std::vector<Candidate*> clear;
    for (Candidate& candidate : variants) {
        if (isUnmistakable(candidate))
            clear.push_back(&candidate);
    }
    for (std::size_t i = 0; i < clear.size(); ++i) {
        for (std::size_t k = i + 1; k < clear.size() && !clear[i]->family.paths.empty(); ++k) {
            if (!clear[k]->family.paths.empty() &&
                !sharesOrigin(clear[i]->family, clear[k]->family))
                merge(*clear[i], *clear[k]);
        }
    }
}

Families familiesOf(const std::vector<Draft*>& drafts, const Jobs& jobs) {
    std::vector<Candidate> candidates;
    candidates.reserve(drafts.size());
    for (const Draft* draft : drafts)
        candidates.push_back(candidateOf(*draft, jobs));
    joinVariants(candidates);
    Families out;
    for (Candidate& candidate : candidates) {
        if (candidate.family.paths.empty())
            continue;
        candidate.family.service = serviceFrom(candidate.services);
        out.push_back(std::make_shared<const Family>(std::move(candidate.family)));
    }
    return out;
}

} // namespace

std::shared_ptr<const Family> findFamily(const Families& families, std::string_view name) {
    for (auto from = families.begin(); from != families.end();) {
        const std::string& service = (*from)->service;
        const auto end = std::partition_point(
            from, families.end(), [&](const auto& family) { return family->service == service; });
        const auto at =
            std::lower_bound(from, end, name, [](const auto& family, std::string_view wanted) {
                return family->name < wanted;
            });
        if (at != end && (*at)->name == name)
            return *at;
        from = end;
    }
    return nullptr;
}

struct FamilyGrouper::State {
    using Key = std::pair<std::string, bool>; ///< a name, and whether it is synthetic

    std::shared_ptr<const CatalogSnapshot> last = std::make_shared<const CatalogSnapshot>();
    Jobs jobs; ///< of `last`
    absl::flat_hash_map<Key, std::unique_ptr<Draft>> drafts;
    absl::flat_hash_map<MetricId, Draft*> draftOf;
    absl::flat_hash_map<Key, std::unique_ptr<Group>> groups; ///< by stripped name
    std::vector<Draft*> touched;                             ///< by the snapshot at work
    std::vector<Group*> dirty;
    Families families; ///< of `last`

    void mark(Group& group) {
        if (!std::exchange(group.dirty, true))
            dirty.push_back(&group);
    }
    void touch(Draft& draft) {
        if (!std::exchange(draft.touched, true))
            touched.push_back(&draft);
    }

    void remove(const CatalogMetric& metric) {
        const auto known = draftOf.find(metric.info->id);
        Draft& draft = *known->second;
        draft.metrics.erase(placeOf(draft, metric));
        draft.restrip = true;
        touch(draft);
        draftOf.erase(known);
    }

    void add(const Metric& metric) {
        const MetricInfo& info = *metric->info;
        std::string name = prometheusName(info.descriptor, info.resource->isTarget);
        std::unique_ptr<Draft>& draft = drafts[Key(name, info.synthetic)];
        if (!draft) {
            draft = std::make_unique<Draft>();
            draft->name = std::move(name);
            draft->synthetic = info.synthetic;
        }
        draft->metrics.insert(placeOf(*draft, *metric), metric);
        draft->restrip = true;
        touch(*draft);
        draftOf[info.id] = draft.get();
    }

    /// Other counts or times of a metric that is described as before.
    void renew(const Metric& metric) {
        Draft& draft = *draftOf.find(metric->info->id)->second;
        *placeOf(draft, *metric) = metric;
        touch(draft);
    }

    void applyChanges(const CatalogSnapshot& next);
    void regroup();
    void publish();
};

/// Both snapshots stand in one order, and share what did not change.
void FamilyGrouper::State::applyChanges(const CatalogSnapshot& next) {
    std::vector<Metric> added;
    const std::vector<Metric>& before = last->metrics;
    const std::vector<Metric>& after = next.metrics;
    bool targetInfo = false;
    std::size_t a = 0, b = 0;
    while (a < before.size() || b < after.size()) {
        if (a < before.size() && b < after.size() && before[a] == after[b]) {
            ++a;
            ++b;
            continue;
        }
        const bool gone =
            b == after.size() || (a < before.size() && comesBefore(*before[a], *after[b]));
        const bool isNew = !gone && (a == before.size() || comesBefore(*after[b], *before[a]));
        targetInfo |= isTargetInfo(gone ? *before[a] : *after[b]);
        if (!gone && !isNew && before[a]->info == after[b]->info) {
            renew(after[b]);
        } else {
            if (!isNew)
                remove(*before[a]);
            if (!gone)
                added.push_back(after[b]);
        }
        a += isNew ? 0 : 1;
        b += gone ? 0 : 1;
    }
    // A metric that got another name comes by its new one only after it went by its old one.
    for (const Metric& metric : added)
        add(metric);
    if (!targetInfo)
        return;
    Jobs now = targetInfoJobs(next);
    if (now != jobs) {
        for (const auto& [key, group] : groups)
            mark(*group);
    }
    jobs = std::move(now);
}

void FamilyGrouper::State::regroup() {
    for (Draft* draft : touched) {
        draft->touched = false;
        std::string stripped = draft->stripped;
        if (std::exchange(draft->restrip, false))
            stripped = strippedOf(*draft);
        if (draft->group) {
            mark(*draft->group);
            if (draft->metrics.empty() || stripped != draft->stripped) {
                std::erase(draft->group->drafts, draft);
                draft->group = nullptr;
            }
        }
        if (draft->metrics.empty()) {
            drafts.erase(Key(draft->name, draft->synthetic));
            continue;
        }
        draft->stripped = std::move(stripped);
        if (!draft->group) {
            Key key(draft->stripped, draft->synthetic);
            std::unique_ptr<Group>& group = groups[key];
            if (!group) {
                group = std::make_unique<Group>();
                group->key = std::move(key);
            }
            group->drafts.push_back(draft);
            draft->group = group.get();
            mark(*group);
        }
    }
    touched.clear();
}

void FamilyGrouper::State::publish() {
    absl::flat_hash_set<const Family*> gone;
    Families fresh;
    for (Group* group : dirty) {
        for (const auto& family : group->families)
            gone.insert(family.get());
        group->dirty = false;
        group->families = familiesOf(group->drafts, jobs);
        fresh.insert(fresh.end(), group->families.begin(), group->families.end());
        if (group->drafts.empty())
            groups.erase(Key(group->key));
    }
    if (dirty.empty())
        return;
    dirty.clear();
    std::sort(fresh.begin(), fresh.end(), inOrder);
    Families merged;
    merged.reserve(families.size() + fresh.size());
    auto next = fresh.begin();
    for (std::shared_ptr<const Family>& old : families) {
        if (gone.contains(old.get()))
            continue;
        while (next != fresh.end() && inOrder(*next, old))
            merged.push_back(std::move(*next++));
        merged.push_back(std::move(old));
    }
    std::move(next, fresh.end(), std::back_inserter(merged));
    families = std::move(merged);
}

FamilyGrouper::FamilyGrouper() : m_state(std::make_unique<State>()) {}

FamilyGrouper::~FamilyGrouper() = default;

const Families& FamilyGrouper::update(std::shared_ptr<const CatalogSnapshot> catalog) {
    State& s = *m_state;
    s.applyChanges(*catalog);
    s.regroup();
    s.publish();
    s.last = std::move(catalog);
    return s.families;
}

Families groupFamilies(const CatalogSnapshot& catalog) {
    FamilyGrouper grouper;
    // Not kept beyond the call.
    return grouper.update({std::shared_ptr<void>(), &catalog});
}

} // namespace sightglass
