// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/catalog/catalog.h"
#include "core/catalog/families.h"

namespace sightglass {

enum class ComparisonGroup : std::uint8_t {
    Type,
    Temporality,
    Unit,
    Help,
    ResourceLabel,
    PointLabel,
};

enum class Agreement : std::uint8_t {
    Same,
    Documented, ///< spelled or carried otherwise, as the OTLP-to-Prometheus translation says
    Differs,
};

/// What one path says, or that it says nothing.
struct ComparedValue {
    bool present = false;
    bool several = false; ///< more than one value, or values that the catalog does not know
    std::string text;     ///< the value; "3 values" where there are several
    /// Where a label is found that does not stand under its own key: "job", "target_info",
    /// "scope", "point"; of a unit: "name". Empty: where one looks for it.
    std::string via;
};

/// One line of a comparison.
struct ComparisonRow {
    ComparisonGroup group;
    std::string key; ///< "type", "temporality", "unit", "help", or a label as Prometheus spells it
    ComparedValue reference, other;
    Agreement agreement = Agreement::Same;

    /// The reference says it and the other path does not: a lost label, a lost help text.
    [[nodiscard]] bool lost() const {
        return agreement == Agreement::Differs && reference.present && !other.present;
    }
    /// Only the other path says it.
    [[nodiscard]] bool added() const {
        return agreement == Agreement::Differs && !reference.present && other.present;
    }
};

/// One family on two paths, attribute by attribute: rows in the order of the groups, labels by key.
struct Comparison {
    OriginId reference, other;
    std::vector<ComparisonRow> rows;
};

/// Compares what two paths say of one family. The rules and the window's Compare both use it, so
/// they can never disagree. Holds what it must know of each origin as a whole (which labels are
/// the resource's, what target_info carries), worked out once from a snapshot, which it keeps no
/// reference to. Immutable after construction: any thread may call.
class PathComparer {
  public:
    explicit PathComparer(const CatalogSnapshot& catalog);

    [[nodiscard]] Comparison compare(const FamilyPath& reference, const FamilyPath& other) const;

    /// The resource's labels on a path, as Prometheus spells them, sorted by key: of OTLP the
    /// resource attributes (with "" as the value of a key with several), of a Prometheus page its
    /// constant labels, except job, instance and origin (design, "Resource labels").
    [[nodiscard]] Labels resourceLabels(const FamilyPath& path) const;
    /// The same of one metric, at a lower price.
    [[nodiscard]] Labels resourceLabels(const CatalogMetric& metric) const;

    /// The service that a metric belongs to, as its origin knows it: `service.namespace/
    /// service.name`; of a page a service_name or job that all its series carry; else "".
    [[nodiscard]] std::string service(const CatalogMetric& metric) const;
    /// service.instance.id in the same manner; of a page service_instance_id or instance.
    [[nodiscard]] std::string instance(const CatalogMetric& metric) const;

  private:
    struct Facts;

    /// What a Prometheus page says of its source as a whole. Empty for OTLP.
    struct Page {
        std::map<std::string, std::string, std::less<>> constants; ///< resource labels
        std::set<std::string, std::less<>> targetInfo;             ///< keys on target_info
        std::string service, instance;
    };

    [[nodiscard]] const Page& page(OriginId origin) const;
    [[nodiscard]] Facts factsOf(const FamilyPath& path) const;

    std::map<OriginId, Page> m_pages;
};

/// True if the metric came from a Prometheus page (its labels are spelled as Prometheus does, and
/// its resource is the target that was scraped), false for OTLP.
[[nodiscard]] bool isFromPage(const CatalogMetric& metric);

/// Whether two kinds of instrument may stand for one another (design, "Same type"): a non-monotonic
/// sum is a gauge, an exponential histogram a histogram, an unknown anything.
[[nodiscard]] bool isSameType(const Descriptor& a, const Descriptor& b);

/// The kinds of instrument on a path in typeWord()'s words, without repetition: "gauge", or
/// "counter, gauge" where the path's own metrics disagree.
[[nodiscard]] std::string typeWords(const FamilyPath& path);

/// True if no kind of instrument on one path may stand for one on the other.
[[nodiscard]] bool typesConflict(const FamilyPath& a, const FamilyPath& b);

} // namespace sightglass
