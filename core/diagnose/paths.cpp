// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/diagnose/paths.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>
#include <utility>

namespace sightglass {

namespace {

/// Runtimes and scrapes bring these to every page, so they say nothing of the source.
bool isCommon(std::string_view name) {
    constexpr std::array prefixes = {"go_", "process_", "python_", "promhttp_", "scrape_"};
    return name == "up" || name == "target_info" ||
           std::any_of(prefixes.begin(), prefixes.end(),
                       [name](std::string_view prefix) { return name.starts_with(prefix); });
}

/// One service on one origin.
struct Source {
    OriginId origin;
    std::string service;
    bool isPage = false;
    std::size_t families = 0; ///< those that say something of the source
    std::set<std::string> instances;
    const Resource* resource = nullptr; ///< the last one whose labels were taken up
    /// Resource labels; the value is "" for a key with several.
    std::map<std::string, std::string> labels;
};

/// A family's metrics of one source.
struct Part {
    std::size_t source;
    FamilyPath path;
};

struct Divided {
    std::shared_ptr<const Family> family;
    std::vector<Part> parts; ///< in the order of the origins
};

/// Which families two sources share.
struct Shared {
    std::size_t telling = 0; ///< those that say something of the source
    std::vector<std::pair<std::size_t, std::pair<std::size_t, std::size_t>>> at; ///< family, parts
};

void mergeLabels(std::map<std::string, std::string>& into, const Labels& labels) {
    for (const auto& [key, value] : labels) {
        const auto [it, isNew] = into.try_emplace(key, value);
        if (!isNew && it->second != value)
            it->second.clear();
    }
}

/// Both know it, and it is not the same.
bool contradicts(const std::string& a, const std::string& b) {
    return !a.empty() && !b.empty() && a != b;
}

bool servicesContradict(const Source& a, const Source& b) {
    if (!contradicts(a.service, b.service))
        return false;
    // A page may name the service without its namespace.
    return !a.service.ends_with("/" + b.service) && !b.service.ends_with("/" + a.service);
}

bool sourcesContradict(const Source& a, const Source& b) {
    if (servicesContradict(a, b))
        return true;
    if (!a.instances.empty() && !b.instances.empty() &&
        std::none_of(a.instances.begin(), a.instances.end(),
                     [&b](const std::string& i) { return b.instances.contains(i); }))
        return true;
    return std::any_of(a.labels.begin(), a.labels.end(), [&b](const auto& label) {
        if (label.first.starts_with("service_"))
            return false; // judged above, and spelled in more than one way
        const auto it = b.labels.find(label.first);
        return it != b.labels.end() && contradicts(label.second, it->second);
    });
}

class PathFinder {
  public:
    PathFinder(const PathComparer& comparer,
               std::span<const std::shared_ptr<const Family>> families, bool acrossServices)
        : m_comparer(comparer), m_acrossServices(acrossServices) {
        for (const auto& family : families) {
            if (!family->synthetic && family->name != "target_info")
                divide(family);
        }
        for (std::size_t i = 0; i < m_families.size(); ++i)
            countShared(i);
    }

    [[nodiscard]] std::vector<PathPair>
    pairs(std::span<const std::pair<OriginId, OriginId>> requested, bool directed) const {
        std::vector<PathPair> out;
        for (const auto& [key, shared] : m_shared) {
            auto [left, right] = key;
            if (requested.empty()) {
                if (!isOneSource(left, right, shared))
                    continue;
            } else {
                const std::optional<bool> swapped = isRequested(left, right, requested);
                if (!swapped || !isBestMatch(left, right))
                    continue;
                if (directed) {
                    out.push_back(make(left, right, shared, *swapped));
                    continue;
                }
            }
            out.push_back(make(left, right, shared, isRicher(m_sources[right], m_sources[left])));
        }
        return out;
    }

  private:
    static constexpr std::size_t meetingLimit = 32;

    /// More resource labels; of equals, the origin that was there first.
    static bool isRicher(const Source& a, const Source& b) {
        return a.labels.size() != b.labels.size() ? a.labels.size() > b.labels.size()
                                                  : a.origin < b.origin;
    }

    std::size_t sourceOf(const CatalogMetric& metric) {
        const OriginId origin = metric.info->origin;
        std::string service = m_comparer.service(metric);
        const auto [it, isNew] = m_ids.try_emplace({origin, service}, m_sources.size());
        if (isNew)
            m_sources.push_back(
                {origin, std::move(service), isFromPage(metric), 0, {}, nullptr, {}});
        return it->second;
    }

    void takeUp(Source& source, const CatalogMetric& metric) const {
        const Resource* resource = metric.info->resource.get();
        if (std::exchange(source.resource, resource) == resource)
            return;
        mergeLabels(source.labels, m_comparer.resourceLabels(metric));
        if (std::string instance = m_comparer.instance(metric); !instance.empty())
            source.instances.insert(std::move(instance));
    }

    void divide(const std::shared_ptr<const Family>& family) {
        Divided divided{family, {}};
        for (const FamilyPath& path : family->paths) {
            const std::size_t first = divided.parts.size();
            for (const auto& metric : path.metrics) {
                if (metric->info->synthetic)
                    continue;
                const std::size_t source = sourceOf(*metric);
                takeUp(m_sources[source], *metric);
                auto part = std::find_if(divided.parts.begin() + static_cast<std::ptrdiff_t>(first),
                                         divided.parts.end(),
                                         [source](const Part& p) { return p.source == source; });
                if (part == divided.parts.end()) {
                    divided.parts.push_back({source, {path.origin, {}, path.name, 0}});
                    part = divided.parts.end() - 1;
                }
                part->path.metrics.push_back(metric);
                part->path.series += metric->series;
            }
        }
        for (const Part& part : divided.parts) {
            Source& source = m_sources[part.source];
            source.families += isCommon(part.path.name) ? 0 : 1;
        }
        m_families.push_back(std::move(divided));
    }

    void countShared(std::size_t index) {
        const Divided& divided = m_families[index];
        // Two OTLP origins meet only in one service, so that a thousand services on each do not
        // make a million pairs. A service may lose its name on the way: that one meets all.
        const bool meetsAll = m_acrossServices && divided.parts.size() <= meetingLimit;
        std::map<std::string_view, std::vector<std::size_t>> byService;
        std::vector<std::size_t> pages;
        for (std::size_t i = 0; i < divided.parts.size(); ++i) {
            const Source& source = m_sources[divided.parts[i].source];
            for (const std::size_t page : pages)
                share(index, page, i);
            for (const auto& [service, parts] : byService) {
                if (!source.isPage && !meetsAll && !service.empty() && !source.service.empty() &&
                    service != source.service)
                    continue;
                for (const std::size_t part : parts)
                    share(index, part, i);
            }
            if (source.isPage)
                pages.push_back(i);
            else
                byService[source.service].push_back(i);
        }
    }

    void share(std::size_t family, std::size_t left, std::size_t right) {
        const Divided& divided = m_families[family];
        std::size_t a = divided.parts[left].source, b = divided.parts[right].source;
        if (m_sources[a].origin == m_sources[b].origin)
            return;
        if (a > b) {
            std::swap(a, b);
            std::swap(left, right);
        }
        Shared& shared = m_shared[{a, b}];
        shared.telling += isCommon(divided.parts[left].path.name) ? 0 : 1;
        shared.at.push_back({family, {left, right}});
    }

    [[nodiscard]] bool isOneSource(std::size_t left, std::size_t right,
                                   const Shared& shared) const {
        const std::size_t smaller = std::min(m_sources[left].families, m_sources[right].families);
        return shared.telling > 0 && 2 * shared.telling >= smaller &&
               !sourcesContradict(m_sources[left], m_sources[right]);
    }

    /// False: asked for in this order; true: the other way round; nullopt: not asked for.
    [[nodiscard]] std::optional<bool>
    isRequested(std::size_t left, std::size_t right,
                std::span<const std::pair<OriginId, OriginId>> requested) const {
        const OriginId a = m_sources[left].origin, b = m_sources[right].origin;
        for (const auto& [first, second] : requested) {
            if (first == a && second == b)
                return false;
            if (first == b && second == a)
                return true;
        }
        return std::nullopt;
    }

    /// Of two origins that the user wants compared, and that carry several services, those of one
    /// name belong together; a service without a namesake is compared with what there is.
    [[nodiscard]] bool isBestMatch(std::size_t left, std::size_t right) const {
        if (!servicesContradict(m_sources[left], m_sources[right]))
            return true;
        const auto hasNamesake = [this](std::size_t of, OriginId on) {
            return std::any_of(m_shared.begin(), m_shared.end(), [&](const auto& entry) {
                const auto& [a, b] = entry.first;
                if (a != of && b != of)
                    return false;
                return m_sources[a == of ? b : a].origin == on &&
                       !servicesContradict(m_sources[a], m_sources[b]);
            });
        };
        return !hasNamesake(left, m_sources[right].origin) &&
               !hasNamesake(right, m_sources[left].origin);
    }

    [[nodiscard]] PathPair make(std::size_t left, std::size_t right, const Shared& shared,
                                bool swapped) const {
        const Source& reference = m_sources[swapped ? right : left];
        const Source& other = m_sources[swapped ? left : right];
        PathPair out{reference.origin,
                     other.origin,
                     reference.service.empty() ? other.service : reference.service,
                     {}};
        for (const auto& [family, parts] : shared.at) {
            const Divided& divided = m_families[family];
            FamilyPair pair{divided.family,
                            divided.parts[swapped ? parts.second : parts.first].path,
                            divided.parts[swapped ? parts.first : parts.second].path,
                            {}};
            Comparison comparison = m_comparer.compare(pair.reference, pair.other);
            std::erase_if(comparison.rows, [](const ComparisonRow& row) {
                return row.agreement != Agreement::Differs;
            });
            pair.differences = std::move(comparison.rows);
            out.families.push_back(std::move(pair));
        }
        return out;
    }

    const PathComparer& m_comparer;
    const bool m_acrossServices;
    std::map<std::pair<OriginId, std::string>, std::size_t> m_ids;
    std::vector<Source> m_sources;
    std::vector<Divided> m_families;
    std::map<std::pair<std::size_t, std::size_t>, Shared> m_shared;
};

} // namespace

Paths findPaths(const CatalogSnapshot& catalog,
                std::span<const std::shared_ptr<const Family>> families,
                std::span<const std::pair<OriginId, OriginId>> requested, bool directed) {
    Paths paths{PathComparer(catalog), {}};
    paths.pairs =
        PathFinder(paths.comparer, families, !requested.empty()).pairs(requested, directed);
    return paths;
}

} // namespace sightglass
