// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/diagnose/comparison.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/model/prometheus_names.h"

namespace sightglass {

namespace {

/// What all metrics of a path say of one key.
struct KeyFacts {
    std::string text; ///< the value, if there is only one
    bool single = true;
    std::uint32_t values = 1; ///< 0: several, on several metrics

    void add(std::string_view value, std::uint32_t count) {
        single = single && count <= 1 && value == text;
        if (!single)
            values = 0;
    }
    [[nodiscard]] ComparedValue shown(std::string_view via) const {
        if (single)
            return {true, false, text, std::string(via)};
        const std::string number = values == 0 ? "several" : std::to_string(values);
        return {true, true, number + " values", std::string(via)};
    }
};

using KeyMap = std::map<std::string, KeyFacts, std::less<>>;

void note(KeyMap& keys, std::string_view key, std::string_view value, std::uint32_t count = 1) {
    const auto it = keys.find(key);
    if (it != keys.end())
        it->second.add(value, count);
    else
        keys.emplace(std::string(key), KeyFacts{std::string(value), count <= 1, count});
}

/// Names of the target, not of the data: never compared as labels.
bool namesTarget(std::string_view key) {
    return key == "job" || key == "instance" || key == "origin";
}

bool isScopeLabel(std::string_view key) {
    return key.starts_with("otel_scope_");
}

/// The unit's suffix that a name ends in by convention, without `_total`; "" if in none.
std::string unitInName(std::string_view name) {
    if (name.ends_with("_total"))
        name.remove_suffix(6);
    const std::string stripped = strippedName(name, "");
    return stripped.size() < name.size() ? std::string(name.substr(stripped.size() + 1))
                                         : std::string();
}

/// A unit's word; dimensionless is "" however it is written.
std::string unitWord(std::string_view ucum, MetricType type) {
    std::string word = prometheusUnit(ucum, type);
    return word == "ratio" ? std::string() : word;
}

std::string_view trimmed(std::string_view text) {
    const auto isSpace = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
    while (!text.empty() && isSpace(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && isSpace(text.back()))
        text.remove_suffix(1);
    return text;
}

int typeClass(const Descriptor& d) {
    switch (d.type) {
    case MetricType::Unknown:
        break;
    case MetricType::Gauge:
        return 1;
    case MetricType::Sum:
        return d.monotonic ? 2 : 1;
    case MetricType::Histogram:
    case MetricType::ExponentialHistogram:
        return 3;
    case MetricType::Summary:
        return 4;
    }
    return 0;
}

std::string joinWords(const std::set<std::string>& words) {
    std::string out;
    for (const std::string& word : words)
        out += (out.empty() ? "" : ", ") + word;
    return out;
}

/// A label that all series of a page may carry with one value.
class Constant {
  public:
    explicit Constant(std::string_view key) : m_key(key) {}

    void add(const CatalogMetric& metric) {
        const auto label =
            std::find_if(metric.labelKeys.begin(), metric.labelKeys.end(),
                         [this](const LabelKey& candidate) { return candidate.key == m_key; });
        const bool onAll =
            label != metric.labelKeys.end() && label->values == 1 && label->series == metric.series;
        m_holds = m_holds && onAll && (m_value.empty() || m_value == label->example);
        if (m_holds)
            m_value = label->example;
    }
    [[nodiscard]] std::string value() const { return m_holds ? m_value : std::string(); }

  private:
    std::string_view m_key;
    std::string m_value;
    bool m_holds = true;
};

/// The job and instance that a page itself sends, if it speaks of one target only.
struct Identity {
    Constant job{"job"}, instance{"instance"};

    void add(const CatalogMetric& metric) {
        job.add(metric);
        instance.add(metric);
    }
};

const Descriptor& descriptorOf(const std::shared_ptr<const CatalogMetric>& metric) {
    return metric->info->descriptor;
}

} // namespace

bool isFromPage(const CatalogMetric& metric) {
    return metric.info->resource->isTarget;
}

bool isSameType(const Descriptor& a, const Descriptor& b) {
    const int left = typeClass(a), right = typeClass(b);
    return left == 0 || right == 0 || left == right;
}

std::string typeWords(const FamilyPath& path) {
    std::set<std::string> words;
    for (const auto& metric : path.metrics)
        words.emplace(typeWord(descriptorOf(metric)));
    return joinWords(words);
}

bool typesConflict(const FamilyPath& a, const FamilyPath& b) {
    for (const auto& left : a.metrics) {
        for (const auto& right : b.metrics) {
            if (isSameType(descriptorOf(left), descriptorOf(right)))
                return false;
        }
    }
    return !a.metrics.empty() && !b.metrics.empty();
}

/// All that one path says of a family.
struct PathComparer::Facts {
    bool isPage = false;
    const Page* page = nullptr;
    KeyMap resource;
    KeyMap points;
    KeyMap scope;
    std::set<std::string> types, temporalities, units, helps;
    MetricType type = MetricType::Unknown;

    /// Where a resource's or point's label is on this path, if anywhere.
    [[nodiscard]] std::optional<ComparedValue> find(std::string_view key, bool asResource) const {
        const auto inResource = resource.find(key);
        const auto onPoints = points.find(key);
        if (asResource && inResource != resource.end()) {
            const bool inTargetInfo = isPage && onPoints == points.end();
            return inResource->second.shown(inTargetInfo ? "target_info" : "");
        }
        if (onPoints != points.end())
            return onPoints->second.shown(asResource ? "point" : "");
        if (inResource != resource.end())
            return inResource->second.shown(isPage ? "" : "resource");
        if (isPage && page->targetInfo.contains(key))
            return ComparedValue{true, true, "", "target_info"};
        return findTranslated(key);
    }

    /// service.name as job, and the like.
    [[nodiscard]] std::optional<ComparedValue> findTranslated(std::string_view key) const {
        if (isPage && (key == "service_name" || key == "service_namespace")) {
            if (auto job = findIdentity("job"))
                return job;
        }
        if (isPage && key == "service_instance_id") {
            if (auto instance = findIdentity("instance"))
                return instance;
        }
        return std::nullopt;
    }

    /// job or instance, if the source itself sent it.
    [[nodiscard]] std::optional<ComparedValue> findIdentity(std::string_view key) const {
        const auto it = points.find(key);
        if (it != points.end())
            return it->second.shown(key);
        if (page->targetInfo.contains(key))
            return ComparedValue{true, true, "", std::string(key)};
        return std::nullopt;
    }
};

PathComparer::PathComparer(const CatalogSnapshot& catalog) {
    for (const CatalogOrigin& origin : catalog.origins) {
        Page& page = m_pages[origin.origin.id];
        for (const auto& [key, value] : origin.resourceLabels) {
            if (!namesTarget(key) && !isScopeLabel(key) && !value.empty())
                page.constants.emplace(prometheusLabelName(key), value);
        }
    }
    std::map<OriginId, Identity> identities;
    for (const auto& metric : catalog.metrics) {
        const std::string& name = metric->info->descriptor.name;
        if (!isFromPage(*metric) || metric->info->synthetic)
            continue;
        if (name == "target_info") {
            for (const LabelKey& key : metric->labelKeys)
                m_pages[metric->info->origin].targetInfo.insert(prometheusLabelName(key.key));
        }
        if (name != "target_info" && name != "otel_scope_info")
            identities[metric->info->origin].add(*metric);
    }
    for (auto& [origin, page] : m_pages) {
        const auto constant = [&page](std::string_view key) {
            const auto it = page.constants.find(key);
            return it == page.constants.end() ? std::string() : it->second;
        };
        const Identity& identity = identities[origin];
        const std::string space = constant("service_namespace");
        page.service = constant("service_name");
        if (page.service.empty())
            page.service = identity.job.value();
        else if (!space.empty())
            page.service = space + "/" + page.service;
        page.instance = constant("service_instance_id");
        if (page.instance.empty())
            page.instance = identity.instance.value();
    }
}

const PathComparer::Page& PathComparer::page(OriginId origin) const {
    static const Page none;
    const auto it = m_pages.find(origin);
    return it == m_pages.end() ? none : it->second;
}

PathComparer::Facts PathComparer::factsOf(const FamilyPath& path) const {
    Facts facts;
    facts.page = &page(path.origin);
    for (const auto& metric : path.metrics) {
        const Descriptor& descriptor = descriptorOf(metric);
        facts.isPage = isFromPage(*metric);
        facts.types.emplace(typeWord(descriptor));
        facts.type = descriptor.type;
        if (descriptor.temporality != Temporality::Unspecified)
            facts.temporalities.emplace(temporalityName(descriptor.temporality));
        if (!descriptor.unit.empty())
            facts.units.insert(descriptor.unit);
        if (const std::string_view help = trimmed(descriptor.description); !help.empty())
            facts.helps.emplace(help);
        for (const LabelKey& key : metric->labelKeys) {
            // To Prometheus a label without value is no label.
            if (key.values > 1 || !key.example.empty())
                note(facts.points, prometheusLabelName(key.key), key.example, key.values);
        }
        if (facts.isPage)
            continue;
        for (const Attribute& attribute : metric->info->resource->attributes) {
            if (const std::string value = attribute.value.display(); !value.empty())
                note(facts.resource, prometheusLabelName(attribute.key), value);
        }
        const Scope& scope = *metric->info->scope;
        if (!scope.name.empty())
            note(facts.scope, "otel_scope_name", scope.name);
        if (!scope.version.empty())
            note(facts.scope, "otel_scope_version", scope.version);
        if (!scope.schemaUrl.empty())
            note(facts.scope, "otel_scope_schema_url", scope.schemaUrl);
        for (const Attribute& attribute : scope.attributes)
            note(facts.scope, "otel_scope_" + prometheusLabelName(attribute.key),
                 attribute.value.display());
    }
    if (facts.isPage) {
        for (const auto& [key, value] : facts.page->constants)
            note(facts.resource, key, value);
    }
    return facts;
}

namespace {

ComparedValue valueOf(const std::set<std::string>& words) {
    return {!words.empty(), words.size() > 1, joinWords(words), ""};
}

bool isDisjoint(const std::set<std::string>& a, const std::set<std::string>& b) {
    return std::none_of(a.begin(), a.end(), [&b](const std::string& x) { return b.contains(x); });
}

Agreement wordsAgree(const std::set<std::string>& a, const std::set<std::string>& b) {
    if (a.empty() && b.empty())
        return Agreement::Same;
    return isDisjoint(a, b) ? Agreement::Differs : Agreement::Same;
}

/// A resource label that both paths have: one value each, and not the same?
bool valuesContradict(const ComparedValue& a, const ComparedValue& b, std::string_view key) {
    if (a.several || b.several)
        return false;
    const auto standsIn = [key](const ComparedValue& job, const ComparedValue& own) {
        if (job.via != "job")
            return false;
        return key == "service_namespace" ? job.text.starts_with(own.text + "/")
                                          : job.text.ends_with("/" + own.text);
    };
    return a.text != b.text && !standsIn(a, b) && !standsIn(b, a);
}

ComparisonRow labelRow(ComparisonGroup group, std::string_view key,
                       std::optional<ComparedValue> reference, std::optional<ComparedValue> other) {
    ComparisonRow row{group, std::string(key), reference.value_or(ComparedValue{}),
                      other.value_or(ComparedValue{}), Agreement::Same};
    if (row.reference.present != row.other.present)
        row.agreement = Agreement::Differs;
    else if (group == ComparisonGroup::ResourceLabel &&
             valuesContradict(row.reference, row.other, key))
        row.agreement = Agreement::Differs;
    else if (row.reference.via != row.other.via)
        row.agreement = Agreement::Documented;
    return row;
}

} // namespace

Comparison PathComparer::compare(const FamilyPath& reference, const FamilyPath& other) const {
    const Facts a = factsOf(reference), b = factsOf(other);
    Comparison out{reference.origin, other.origin, {}};

    ComparisonRow type{ComparisonGroup::Type, "type", valueOf(a.types), valueOf(b.types),
                       Agreement::Same};
    if (typesConflict(reference, other))
        type.agreement = Agreement::Differs;
    else if (a.types != b.types)
        type.agreement = Agreement::Documented;
    out.rows.push_back(std::move(type));

    // A gauge has none, and a non-monotonic sum may become one: only two that are said can differ.
    if (!a.temporalities.empty() || !b.temporalities.empty()) {
        ComparisonRow row{ComparisonGroup::Temporality, "temporality", valueOf(a.temporalities),
                          valueOf(b.temporalities), Agreement::Documented};
        if (!a.temporalities.empty() && !b.temporalities.empty())
            row.agreement = wordsAgree(a.temporalities, b.temporalities);
        out.rows.push_back(std::move(row));
    }

    const auto unit = [](const Facts& facts, const FamilyPath& path) {
        ComparedValue value = valueOf(facts.units);
        if (!value.present) {
            value.text = unitInName(path.name);
            value.present = !value.text.empty();
            value.via = value.present ? "name" : "";
        }
        return value;
    };
    ComparisonRow units{ComparisonGroup::Unit, "unit", unit(a, reference), unit(b, other),
                        Agreement::Same};
    const auto words = [](const Facts& facts, const ComparedValue& value) {
        std::set<std::string> out_words;
        if (value.via == "name") {
            out_words.insert(unitWord(value.text, facts.type));
        } else {
            for (const std::string& ucum : facts.units)
                out_words.insert(unitWord(ucum, facts.type));
            // Both receivers of OTLP take units, so none said is "no dimension", as the
            // specification has it; a page without a unit has only not said it.
            if (facts.units.empty() && !facts.isPage)
                out_words.insert("");
        }
        return out_words;
    };
    const bool bothSaid =
        (units.reference.present || !a.isPage) && (units.other.present || !b.isPage);
    const bool fromName = units.reference.via == "name" || units.other.via == "name";
    const bool differentUnits = isDisjoint(words(a, units.reference), words(b, units.other));
    // A name that translates to the very same name carries the unit as documented, wherever in it
    // the word stands. And a page that leaves the suffix out has only not said its unit.
    if (!bothSaid || (fromName && reference.name == other.name) ||
        (a.isPage != b.isPage && (!units.reference.present || !units.other.present)))
        units.agreement =
            units.reference.text == units.other.text ? Agreement::Same : Agreement::Documented;
    else if (differentUnits)
        units.agreement = Agreement::Differs;
    else if (units.reference.text != units.other.text)
        units.agreement = Agreement::Documented;
    out.rows.push_back(std::move(units));

    out.rows.push_back({ComparisonGroup::Help, "help", valueOf(a.helps), valueOf(b.helps),
                        wordsAgree(a.helps, b.helps)});

    std::set<std::string, std::less<>> resourceKeys;
    for (const Facts* facts : {&a, &b}) {
        for (const auto& [key, value] : facts->resource) {
            // What is constant on a page may as well be a point's label: the other path decides.
            if (!namesTarget(key))
                resourceKeys.insert(key);
        }
    }
    for (const std::string& key : resourceKeys)
        out.rows.push_back(
            labelRow(ComparisonGroup::ResourceLabel, key, a.find(key, true), b.find(key, true)));

    std::set<std::string, std::less<>> pointKeys;
    for (const KeyMap* keys : {&a.points, &b.points, &a.scope, &b.scope}) {
        for (const auto& [key, value] : *keys) {
            if (!namesTarget(key) && !resourceKeys.contains(key))
                pointKeys.insert(key);
        }
    }
    for (const std::string& key : pointKeys) {
        if (isScopeLabel(key)) {
            const auto scope = [&key](const Facts& facts) -> std::optional<ComparedValue> {
                if (const auto it = facts.scope.find(key); it != facts.scope.end())
                    return it->second.shown("scope");
                return facts.find(key, false);
            };
            ComparisonRow row = labelRow(ComparisonGroup::PointLabel, key, scope(a), scope(b));
            // Exporters may leave scope labels out.
            row.agreement =
                row.reference.via == row.other.via && row.reference.text == row.other.text
                    ? Agreement::Same
                    : Agreement::Documented;
            out.rows.push_back(std::move(row));
            continue;
        }
        out.rows.push_back(
            labelRow(ComparisonGroup::PointLabel, key, a.find(key, false), b.find(key, false)));
    }
    return out;
}

Labels PathComparer::resourceLabels(const CatalogMetric& metric) const {
    Labels out;
    if (isFromPage(metric)) {
        const Page& from = page(metric.info->origin);
        out.assign(from.constants.begin(), from.constants.end());
        return out;
    }
    out = prometheusLabels(metric.info->resource->attributes);
    std::erase_if(out, [](const Label& label) { return namesTarget(label.first); });
    return out;
}

Labels PathComparer::resourceLabels(const FamilyPath& path) const {
    std::map<std::string, std::string> merged;
    const Resource* seen = nullptr;
    for (const auto& metric : path.metrics) {
        // A page says it of all its metrics at once, and metrics of one resource share it.
        const Resource* resource = metric->info->resource.get();
        if (std::exchange(seen, resource) == resource)
            continue;
        for (auto& [key, value] : resourceLabels(*metric)) {
            const auto [it, isNew] = merged.try_emplace(key, value);
            if (!isNew && it->second != value)
                it->second.clear();
        }
    }
    return {merged.begin(), merged.end()};
}

std::string PathComparer::service(const CatalogMetric& metric) const {
    if (isFromPage(metric))
        return page(metric.info->origin).service;
    for (const auto& [key, value] : jobAndInstance(*metric.info->resource)) {
        if (key == "job")
            return value;
    }
    return "";
}

std::string PathComparer::instance(const CatalogMetric& metric) const {
    if (isFromPage(metric))
        return page(metric.info->origin).instance;
    for (const auto& [key, value] : jobAndInstance(*metric.info->resource)) {
        if (key == "instance")
            return value;
    }
    return "";
}

} // namespace sightglass
