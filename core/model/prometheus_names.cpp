// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/prometheus_names.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/model/utf8.h"

namespace sightglass {

namespace {

using Tokens = std::vector<std::string>;
using Word = std::pair<std::string_view, std::string_view>;

/// UCUM codes that Prometheus spells out; any other unit is kept as it is sent.
constexpr std::array unitWords = std::to_array<Word>({
    {"d", "days"},         {"h", "hours"},         {"min", "minutes"},
    {"s", "seconds"},      {"ms", "milliseconds"}, {"us", "microseconds"},
    {"ns", "nanoseconds"}, {"By", "bytes"},        {"KiBy", "kibibytes"},
    {"MiBy", "mebibytes"}, {"GiBy", "gibibytes"},  {"TiBy", "tebibytes"},
    {"kBy", "kilobytes"},  {"KBy", "kilobytes"},   {"MBy", "megabytes"},
    {"GBy", "gigabytes"},  {"TBy", "terabytes"},   {"m", "meters"},
    {"V", "volts"},        {"A", "amperes"},       {"J", "joules"},
    {"W", "watts"},        {"g", "grams"},         {"Cel", "celsius"},
    {"Hz", "hertz"},       {"%", "percent"},       {"1", ""},
});

/// The same below a slash, in the singular. There "m" means minute.
constexpr std::array perUnitWords = std::to_array<Word>({
    {"s", "second"},
    {"m", "minute"},
    {"h", "hour"},
    {"d", "day"},
    {"w", "week"},
    {"mo", "month"},
    {"y", "year"},
});

template <std::size_t n>
std::string_view wordFor(const std::array<Word, n>& words, std::string_view code) {
    const auto it = std::find_if(words.begin(), words.end(),
                                 [code](const Word& word) { return word.first == code; });
    return it == words.end() ? code : it->second;
}

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

bool isAlphanumeric(char c) {
    return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// The runs of [a-zA-Z0-9:] in `text`: what a name is made of once '_' stands for all the rest.
Tokens tokensOf(std::string_view text) {
    Tokens tokens;
    bool inToken = false;
    for (const char c : text) {
        const bool belongs = isAlphanumeric(c) || c == ':';
        if (belongs && !inToken)
            tokens.emplace_back();
        if (belongs)
            tokens.back() += c;
        inToken = belongs;
    }
    return tokens;
}

std::string joined(const Tokens& tokens) {
    std::string out;
    for (const std::string& token : tokens) {
        if (!out.empty())
            out += '_';
        out += token;
    }
    return out;
}

/// Without annotations ("{request}") and surrounding blanks.
std::string bareUnit(std::string_view unit) {
    std::string out;
    bool inBraces = false;
    for (const char c : unit) {
        if (c == '{')
            inBraces = true;
        else if (c == '}')
            inBraces = false;
        else if (!inBraces && c != ' ' && c != '\t')
            out += c;
    }
    return out;
}

struct UnitSuffixes {
    std::string main; ///< "bytes"
    std::string per;  ///< "per_second"
};

UnitSuffixes unitSuffixes(std::string_view ucum) {
    const std::size_t slash = ucum.find('/');
    UnitSuffixes out;
    const std::string main = bareUnit(ucum.substr(0, slash));
    out.main = joined(tokensOf(wordFor(unitWords, main)));
    if (slash != std::string_view::npos) {
        const std::string per = bareUnit(ucum.substr(slash + 1));
        const std::string word = joined(tokensOf(wordFor(perUnitWords, per)));
        if (!word.empty())
            out.per = "per_" + word;
    }
    return out;
}

void appendUnlessPresent(Tokens& tokens, const std::string& token) {
    if (!token.empty() && std::find(tokens.begin(), tokens.end(), token) == tokens.end())
        tokens.push_back(token);
}

void moveToEnd(Tokens& tokens, std::string_view token) {
    std::erase(tokens, token);
    tokens.emplace_back(token);
}

bool cutSuffix(std::string_view& name, std::string_view word) {
    if (word.empty() || name.size() < word.size() + 2 || !name.ends_with(word) ||
        name[name.size() - word.size() - 1] != '_')
        return false;
    name.remove_suffix(word.size() + 1);
    return true;
}

bool isServiceKey(std::string_view key) {
    return key == "service.name" || key == "service.namespace" || key == "service.instance.id";
}

std::string textOf(const AttributeSet& attributes, std::string_view key) {
    const Value* value = attributes.find(key);
    return value ? value->display() : std::string();
}

/// `attributes` is sorted by key, as an AttributeSet is.
template <class Attributes>
Labels labelsOf(const Attributes& attributes) {
    Labels labels;
    labels.reserve(attributes.size());
    for (const Attribute& attribute : attributes)
        labels.emplace_back(prometheusLabelName(attribute.key), attribute.value.display());
    std::stable_sort(labels.begin(), labels.end(),
                     [](const Label& a, const Label& b) { return a.first < b.first; });
    Labels out;
    out.reserve(labels.size());
    for (Label& label : labels) {
        if (!out.empty() && out.back().first == label.first)
            out.back().second += ";" + label.second;
        else
            out.push_back(std::move(label));
    }
    // To Prometheus a label without value is no label.
    std::erase_if(out, [](const Label& label) { return label.second.empty(); });
    return out;
}

} // namespace

std::string prometheusName(const Descriptor& descriptor, bool isPrometheus) {
    if (isPrometheus)
        return descriptor.name;
    Tokens tokens = tokensOf(descriptor.name);
    const UnitSuffixes suffixes = unitSuffixes(descriptor.unit);
    appendUnlessPresent(tokens, suffixes.main);
    appendUnlessPresent(tokens, suffixes.per);
    if (descriptor.type == MetricType::Sum && descriptor.monotonic)
        moveToEnd(tokens, "total");
    // Only gauges: "1" is widely misused for counts of things.
    if (descriptor.type == MetricType::Gauge && descriptor.unit == "1")
        moveToEnd(tokens, "ratio");
    std::string name = joined(tokens);
    if (name.empty() || isDigit(name.front()))
        name.insert(name.begin(), '_');
    return name;
}

std::string strippedName(std::string_view prometheusName, std::string_view unit) {
    std::string_view name = prometheusName;
    cutSuffix(name, "total");
    if (unit.empty()) {
        // A page does not say its unit, but by convention its name does.
        for (const Word& word : perUnitWords) {
            if (cutSuffix(name, "per_" + std::string(word.second)))
                break;
        }
        if (cutSuffix(name, "ratio"))
            return std::string(name);
        for (const Word& word : unitWords) {
            if (cutSuffix(name, word.second))
                break;
        }
        return std::string(name);
    }
    const UnitSuffixes suffixes = unitSuffixes(unit);
    cutSuffix(name, suffixes.per);
    cutSuffix(name, unit == "1" ? "ratio" : suffixes.main);
    return std::string(name);
}

std::string prometheusLabelName(std::string_view attributeKey) {
    std::string out;
    out.reserve(attributeKey.size());
    if (!attributeKey.empty() && isDigit(attributeKey.front()))
        out = "key_";
    for (std::size_t i = 0; i < attributeKey.size();) {
        const char c = attributeKey[i];
        out += isAlphanumeric(c) ? c : '_';
        i += std::max<std::size_t>(1, utf8SequenceLength(attributeKey.substr(i)));
    }
    return out;
}

std::string prometheusUnit(std::string_view ucum, MetricType type) {
    if (ucum == "1")
        return type == MetricType::Gauge ? "ratio" : "";
    UnitSuffixes suffixes = unitSuffixes(ucum);
    if (!suffixes.main.empty() && !suffixes.per.empty())
        suffixes.main += '_';
    return suffixes.main + suffixes.per;
}

Labels jobAndInstance(const Resource& resource) {
    if (resource.isTarget)
        return labelsOf(resource.attributes);
    std::string job = textOf(resource.attributes, "service.name");
    const std::string space = textOf(resource.attributes, "service.namespace");
    if (!job.empty() && !space.empty())
        job = space + "/" + job;
    std::string instance = textOf(resource.attributes, "service.instance.id");
    Labels out;
    if (!instance.empty())
        out.emplace_back("instance", std::move(instance));
    if (!job.empty())
        out.emplace_back("job", std::move(job));
    return out;
}

Labels targetInfoLabels(const Resource& resource) {
    if (resource.isTarget)
        return {};
    std::vector<Attribute> rest;
    for (const Attribute& attribute : resource.attributes) {
        if (!isServiceKey(attribute.key))
            rest.push_back(attribute);
    }
    Labels labels = labelsOf(rest);
    // The identifying pair wins over an attribute that happens to be called so.
    const Labels identity = jobAndInstance(resource);
    std::erase_if(labels, [&identity](const Label& label) {
        return std::any_of(identity.begin(), identity.end(),
                           [&label](const Label& own) { return own.first == label.first; });
    });
    return labels;
}

Labels prometheusLabels(const AttributeSet& attributes) {
    return labelsOf(attributes);
}

std::string_view prometheusType(const Descriptor& descriptor) {
    switch (descriptor.type) {
    case MetricType::Gauge:
        return "gauge";
    case MetricType::Sum:
        return descriptor.monotonic ? "counter" : "gauge";
    case MetricType::Histogram:
    case MetricType::ExponentialHistogram:
        return "histogram";
    case MetricType::Summary:
        return "summary";
    case MetricType::Unknown:
        break;
    }
    return "unknown";
}

} // namespace sightglass
