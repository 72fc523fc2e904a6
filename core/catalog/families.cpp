// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/catalog/families.h"

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include "core/model/prometheus_names.h"

namespace sightglass {

namespace {

/// More names than this with one stripped name are no variants of one metric.
constexpr std::size_t variantLimit = 32;

/// How a path knows its service, the surest first.
enum ServiceSource : std::size_t { ServiceName, ServiceLabel, TargetInfoJob, PageJob };

/// The services that a family's paths name, by how they know it.
using Services = std::array<std::set<std::string>, 4>;

struct Draft {
    Family family;
    std::string stripped;
    Services services;
};

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

/// Job of the one target_info of each page.
absl::flat_hash_map<OriginId, std::string> targetInfoJobs(const CatalogSnapshot& catalog) {
    absl::flat_hash_map<OriginId, std::string> out;
    for (const auto& metric : catalog.metrics) {
        if (!metric->info->resource->isTarget || metric->info->descriptor.name != "target_info")
            continue;
        const std::string* job = onlyValue(*metric, "job");
        if (job)
            out[metric->info->origin] = serviceOfJob(*job);
    }
    return out;
}

void addServices(const CatalogMetric& metric,
                 const absl::flat_hash_map<OriginId, std::string>& targetInfoJobs,
                 Services& services) {
    const Resource& resource = *metric.info->resource;
    if (!resource.isTarget) {
        const Value* name = resource.attributes.find("service.name");
        if (name && !name->display().empty())
            services[ServiceName].insert(name->display());
    }
    if (const std::string* label = onlyValue(metric, "service_name"))
        services[ServiceLabel].insert(*label);
    if (!resource.isTarget)
        return;
    if (const auto it = targetInfoJobs.find(metric.info->origin); it != targetInfoJobs.end())
        services[TargetInfoJob].insert(it->second);
    if (const std::string* job = onlyValue(metric, "job"))
        services[PageJob].insert(serviceOfJob(*job));
}

/// The one service that the surest source knows; several are none in particular.
std::string serviceFrom(const Services& services) {
    for (const std::set<std::string>& names : services) {
        if (!names.empty())
            return names.size() == 1 ? *names.begin() : std::string();
    }
    return {};
}

bool sharesOrigin(const Family& a, const Family& b) {
    return std::any_of(a.paths.begin(), a.paths.end(), [&b](const FamilyPath& path) {
        return std::any_of(b.paths.begin(), b.paths.end(), [&path](const FamilyPath& other) {
            return other.origin == path.origin;
        });
    });
}

void merge(Draft& into, Draft& from) {
    for (FamilyPath& path : from.family.paths)
        into.family.paths.push_back(std::move(path));
    std::sort(into.family.paths.begin(), into.family.paths.end(),
              [](const FamilyPath& a, const FamilyPath& b) { return a.origin < b.origin; });
    into.family.series += from.family.series;
    into.family.name = into.family.paths.front().name;
    for (std::size_t i = 0; i < into.services.size(); ++i)
        into.services[i].merge(from.services[i]);
    from.family.paths.clear();
}

/// Joins those of `variants` (equal stripped names) that are unmistakably one metric. Two can be
/// one if no origin has both; it is unmistakable if each has at most one such candidate on every
/// origin. Then all candidates of a family are candidates of each other, so order is no matter.
void joinVariants(const std::vector<Draft*>& variants) {
    if (variants.size() < 2 || variants.size() > variantLimit)
        return;
    const auto candidatesOf = [&variants](const Draft& draft) {
        std::vector<Draft*> out;
        for (Draft* other : variants) {
            if (other != &draft && !sharesOrigin(draft.family, other->family))
                out.push_back(other);
        }
        return out;
    };
    const auto isUnmistakable = [&candidatesOf](const Draft& draft) {
        const std::vector<Draft*> candidates = candidatesOf(draft);
        for (std::size_t i = 0; i < candidates.size(); ++i) {
            for (std::size_t k = i + 1; k < candidates.size(); ++k) {
                if (sharesOrigin(candidates[i]->family, candidates[k]->family))
                    return false;
            }
        }
        return !candidates.empty();
    };
    std::vector<Draft*> clear;
    std::copy_if(variants.begin(), variants.end(), std::back_inserter(clear),
                 [&isUnmistakable](const Draft* draft) { return isUnmistakable(*draft); });
    for (std::size_t i = 0; i < clear.size(); ++i) {
        for (std::size_t k = i + 1; k < clear.size() && !clear[i]->family.paths.empty(); ++k) {
            if (!clear[k]->family.paths.empty() &&
                !sharesOrigin(clear[i]->family, clear[k]->family))
                merge(*clear[i], *clear[k]);
        }
    }
}

} // namespace

std::vector<std::shared_ptr<const Family>> groupFamilies(const CatalogSnapshot& catalog) {
    const absl::flat_hash_map<OriginId, std::string> jobs = targetInfoJobs(catalog);

    // Synthetic metrics are no counterpart of what a source calls the same.
    absl::flat_hash_map<std::pair<std::string, bool>, std::size_t> byName;
    std::vector<Draft> drafts;
    for (const std::shared_ptr<const CatalogMetric>& metric : catalog.metrics) {
        const MetricInfo& info = *metric->info;
        std::string name = prometheusName(info.descriptor, info.resource->isTarget);
        const auto [it, isNew] = byName.try_emplace(std::pair(name, info.synthetic), drafts.size());
        if (isNew) {
            Draft& draft = drafts.emplace_back();
            draft.family.name = name;
            draft.family.synthetic = info.synthetic;
        }
        Draft& draft = drafts[it->second];
        if (draft.stripped.empty() || !info.descriptor.unit.empty())
            draft.stripped = strippedName(name, info.descriptor.unit);
        // The catalog stands by origin, so a family's metrics of one origin follow each other.
        std::vector<FamilyPath>& paths = draft.family.paths;
        if (paths.empty() || paths.back().origin != info.origin)
            paths.push_back({info.origin, {}, std::move(name), 0});
        paths.back().metrics.push_back(metric);
        paths.back().series += metric->series;
        draft.family.series += metric->series;
        if (!info.synthetic)
            addServices(*metric, jobs, draft.services);
    }

    absl::flat_hash_map<std::string_view, std::vector<Draft*>> byStripped;
    for (Draft& draft : drafts) {
        if (!draft.family.synthetic)
            byStripped[draft.stripped].push_back(&draft);
    }
    for (const auto& [stripped, variants] : byStripped)
        joinVariants(variants);

    std::vector<std::shared_ptr<const Family>> out;
    out.reserve(drafts.size());
    for (Draft& draft : drafts) {
        if (draft.family.paths.empty())
            continue;
        draft.family.service = serviceFrom(draft.services);
        out.push_back(std::make_shared<const Family>(std::move(draft.family)));
    }
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
        return std::tie(a->service, a->name, a->synthetic) <
               std::tie(b->service, b->name, b->synthetic);
    });
    return out;
}

} // namespace sightglass
