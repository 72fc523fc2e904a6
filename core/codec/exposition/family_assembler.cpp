// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/codec/exposition/family_assembler.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "core/codec/exposition/float_text.h"

namespace sightglass {

namespace {

/// A count as a page writes it, if it is one: whole, not negative, within 64 bits.
std::optional<std::uint64_t> wholeCount(double value) {
    constexpr double tooLarge = 18446744073709551616.0; // 2^64
    if (!(value >= 0) || value >= tooLarge || value != std::floor(value))
        return std::nullopt;
    return static_cast<std::uint64_t>(value);
}

} // namespace

template <class Each>
void FamilyAssembler::eachSample(std::uint32_t name, Each each) const {
    for (const Slice run : m_page.names[name].runs) {
        for (std::uint32_t i = run.begin; i < run.begin + run.count; ++i)
            each(i);
    }
}

void FamilyAssembler::run() {
    const auto count = static_cast<std::uint32_t>(m_page.names.size());
    // Which untyped names are part of a typed family; a name with a TYPE of its own never is.
    std::vector<bool> isMember(count, false);
    std::vector<Members> members(count);
    for (std::uint32_t id = 0; id < count; ++id) {
        const PageName& family = m_page.names[id];
        const bool isHistogram = family.type == MetricType::Histogram;
        if (!isHistogram && family.type != MetricType::Summary)
            continue;
        const auto member = [&](std::string_view suffix) -> std::optional<std::uint32_t> {
            const auto found = m_page.find(std::string(family.text) + std::string(suffix));
            if (!found || m_page.names[*found].typed)
                return std::nullopt;
            isMember[*found] = true;
            return found;
        };
        if (isHistogram)
            members[id].bucket = member("_bucket");
        members[id].sum = member("_sum");
        members[id].count = member("_count");
    }
    m_batch.numberPoints.reserve(m_page.samples.size());
    for (std::uint32_t id = 0; id < count; ++id) {
        if (isMember[id])
            continue;
        switch (m_page.names[id].type) {
        case MetricType::Histogram:
            makeHistograms(id, members[id]);
            break;
        case MetricType::Summary:
            makeSummaries(id, members[id]);
            break;
        default:
            makeNumbers(id);
        }
    }
}

void FamilyAssembler::makeNumbers(std::uint32_t name) {
    const PageName& entry = m_page.names[name];
    const auto begin = static_cast<std::uint32_t>(m_batch.numberPoints.size());
    eachSample(name, [this](std::uint32_t i) { addNumber(m_page.samples[i]); });
    const auto end = static_cast<std::uint32_t>(m_batch.numberPoints.size());
    const bool isCounter = entry.type == MetricType::Sum;
    addBlock(name, entry.type, isCounter,
             isCounter ? Temporality::Cumulative : Temporality::Unspecified, entry.help,
             {begin, end - begin});
}

/// Samples that could not become part of something whole: as they stand, with no type.
void FamilyAssembler::makeNumbers(std::uint32_t name, const Indices& samples,
                                  std::string_view help) {
    const auto begin = static_cast<std::uint32_t>(m_batch.numberPoints.size());
    for (const std::uint32_t i : samples)
        addNumber(m_page.samples[i]);
    const std::string_view own = m_page.names[name].help;
    addBlock(name, MetricType::Unknown, false, Temporality::Unspecified, own.empty() ? help : own,
             {begin, static_cast<std::uint32_t>(samples.size())});
}

void FamilyAssembler::addNumber(const PageSample& sample) {
    NumberPoint& point = m_batch.numberPoints.emplace_back();
    point.time = sample.time;
    point.attributes = sample.labels;
    point.value = Number::of(sample.value);
}

void FamilyAssembler::addBlock(std::uint32_t name, MetricType type, bool monotonic,
                               Temporality temporality, std::string_view help, Slice points) {
    if (points.count == 0)
        return;
    MetricBlock& block = m_batch.metrics.emplace_back();
    block.descriptor.name = m_page.names[name].text;
    block.descriptor.description = help;
    block.descriptor.type = type;
    block.descriptor.monotonic = monotonic;
    block.descriptor.temporality = temporality;
    block.points = points;
}

std::uint32_t FamilyAssembler::groupOf(std::uint32_t sample, std::uint64_t hash,
                                       std::size_t without) {
    const PageSample& candidate = m_page.samples[sample];
    const auto isOf = [&](const Group& group) {
        const PageSample& first = m_page.samples[group.first];
        return first.hasTime == candidate.hasTime && first.time == candidate.time &&
               sameLabels(m_batch.attributesOf(first.labels), group.firstWithout,
                          m_batch.attributesOf(candidate.labels), without);
    };
    if (candidate.hasTime)
        hash += static_cast<std::uint64_t>(candidate.time) * 0x9E3779B97F4A7C15u;
    for (;; ++hash) {
        const auto [it, isNew] =
            m_groupIndex.try_emplace(hash, static_cast<std::uint32_t>(m_groups.size()));
        if (isNew) {
            Group& group = m_groups.emplace_back();
            group.first = sample;
            group.firstWithout = without;
            return it->second;
        }
        if (isOf(m_groups[it->second]))
            return it->second;
    }
}

void FamilyAssembler::groupParts(std::uint32_t name, std::string_view key, Indices& strays) {
    const std::uint64_t hashOfKey = keyHash(key);
    eachSample(name, [&](std::uint32_t i) {
        const PageSample& sample = m_page.samples[i];
        const auto labels = m_batch.attributesOf(sample.labels);
        const auto it = std::find_if(labels.begin(), labels.end(),
                                     [key](const Attribute& label) { return label.key == key; });
        const std::optional<double> bound =
            it == labels.end() ? std::nullopt : parsePrometheusFloat(it->value.text());
        if (!bound || std::isnan(*bound)) {
            strays.push_back(i);
            return;
        }
        const std::string_view text = it->value.text();
        const std::uint32_t group = groupOf(i, sample.hash - labelHash(hashOfKey, text),
                                            static_cast<std::size_t>(it - labels.begin()));
        m_parts.push_back({group, i, *bound, text});
    });
}

void FamilyAssembler::groupTotals(std::optional<std::uint32_t> name, bool isCount) {
    if (!name)
        return;
    eachSample(*name, [&](std::uint32_t i) {
        Group& group = m_groups[groupOf(i, m_page.samples[i].hash, noLabel)];
        (isCount ? group.count : group.sum) = i;
    });
}

void FamilyAssembler::fillHeader(PointHeader& header, const Group& group) {
    header.time = m_page.samples[group.first].time;
    if (group.count || group.sum) {
        header.attributes = m_page.samples[group.count ? *group.count : *group.sum].labels;
        return;
    }
    // Only quantiles: the labels of one of them, without that one.
    const Slice labels = m_page.samples[group.first].labels;
    header.attributes.begin = static_cast<std::uint32_t>(m_batch.attributes.size());
    header.attributes.count = labels.count - 1;
    for (std::uint32_t k = 0; k < labels.count; ++k) {
        if (k != group.firstWithout) {
            const Attribute label = m_batch.attributes[labels.begin + k];
            m_batch.attributes.push_back(label);
        }
    }
}

bool FamilyAssembler::appendHistogram(const Group& group, const Part* begin, const Part* end) {
    if (!group.count || begin == end)
        return false;
    const std::optional<std::uint64_t> count = wholeCount(m_page.samples[*group.count].value);
    const Part& last = *(end - 1);
    if (!count || last.bound != std::numeric_limits<double>::infinity() ||
        m_page.samples[last.sample].value != m_page.samples[*group.count].value)
        return false;
    const std::size_t firstCount = m_batch.counts.size();
    std::uint64_t below = 0;
    for (const Part* part = begin; part != end; ++part) {
        const std::optional<std::uint64_t> upTo = wholeCount(m_page.samples[part->sample].value);
        if (!upTo || *upTo < below || (part != begin && !(part->bound > (part - 1)->bound))) {
            m_batch.counts.resize(firstCount);
            return false;
        }
        m_batch.counts.push_back(*upTo - below);
        below = *upTo;
    }
    const auto buckets = static_cast<std::uint32_t>(end - begin);
    const auto knownTexts = Batch::slice(m_batch.texts, m_lastTexts);
    const bool sharesBounds =
        std::equal(begin, end, knownTexts.begin(), knownTexts.end(),
                   [](const Part& part, std::string_view text) { return part.text == text; });
    if (!sharesBounds) {
        m_lastBounds = {static_cast<std::uint32_t>(m_batch.doubles.size()), buckets - 1};
        m_lastTexts = {static_cast<std::uint32_t>(m_batch.texts.size()), buckets};
        for (const Part* part = begin; part != end; ++part) {
            if (part + 1 != end)
                m_batch.doubles.push_back(part->bound);
            m_batch.texts.push_back(part->text);
        }
    }
    HistogramPoint point;
    fillHeader(point, group);
    point.count = *count;
    point.hasSum = group.sum.has_value();
    if (group.sum)
        point.sum = m_page.samples[*group.sum].value;
    point.bucketCounts = {static_cast<std::uint32_t>(firstCount), buckets};
    point.bounds = m_lastBounds;
    point.boundTexts = m_lastTexts;
    m_batch.histogramPoints.push_back(point);
    return true;
}

bool FamilyAssembler::appendSummary(const Group& group, const Part* begin, const Part* end) {
    SummaryPoint point;
    point.hasSum = group.sum.has_value();
    point.hasCount = group.count.has_value();
    if (group.count) {
        const std::optional<std::uint64_t> count = wholeCount(m_page.samples[*group.count].value);
        if (!count)
            return false;
        point.count = *count;
    }
    if (group.sum)
        point.sum = m_page.samples[*group.sum].value;
    fillHeader(point, group);
    const auto quantiles = static_cast<std::uint32_t>(end - begin);
    point.quantiles = {static_cast<std::uint32_t>(m_batch.quantiles.size()), quantiles};
    point.quantileTexts = {static_cast<std::uint32_t>(m_batch.texts.size()), quantiles};
    for (const Part* part = begin; part != end; ++part) {
        m_batch.quantiles.push_back({part->bound, m_page.samples[part->sample].value});
        m_batch.texts.push_back(part->text);
    }
    m_batch.summaryPoints.push_back(point);
    return true;
}

/// Groups a family's samples by label set and lets `append` make a point of each group; what does
/// not become one stays as numbers.
template <class Append>
void FamilyAssembler::makeGroups(std::uint32_t family, const Members& members, std::string_view key,
                                 std::uint32_t partName, MetricType type, Append append) {
    m_groups.clear();
    m_parts.clear();
    m_groupIndex.clear();
    m_lastTexts = {};
    Indices leftParts, leftSums, leftCounts;
    groupParts(partName, key, leftParts);
    groupTotals(members.sum, false);
    groupTotals(members.count, true);

    const auto before = [](const Part& a, const Part& b) {
        return a.group != b.group ? a.group < b.group : a.bound < b.bound;
    };
    if (!std::is_sorted(m_parts.begin(), m_parts.end(), before))
        std::stable_sort(m_parts.begin(), m_parts.end(), before);

    std::uint32_t points = 0;
    const Part* part = m_parts.data();
    const Part* const end = part + m_parts.size();
    for (std::uint32_t g = 0; g < m_groups.size(); ++g) {
        const Part* const begin = part;
        while (part != end && part->group == g)
            ++part;
        const Group& group = m_groups[g];
        if (append(group, begin, part)) {
            ++points;
            continue;
        }
        for (const Part* p = begin; p != part; ++p)
            leftParts.push_back(p->sample);
        if (group.sum)
            leftSums.push_back(*group.sum);
        if (group.count)
            leftCounts.push_back(*group.count);
    }
    const std::string_view help = m_page.names[family].help;
    const std::size_t made = type == MetricType::Histogram ? m_batch.histogramPoints.size()
                                                           : m_batch.summaryPoints.size();
    addBlock(family, type, false,
             type == MetricType::Histogram ? Temporality::Cumulative : Temporality::Unspecified,
             help, {static_cast<std::uint32_t>(made) - points, points});
    makeNumbers(partName, leftParts, help);
    if (members.sum)
        makeNumbers(*members.sum, leftSums, help);
    if (members.count)
        makeNumbers(*members.count, leftCounts, help);
}

void FamilyAssembler::makeHistograms(std::uint32_t family, const Members& members) {
    // A histogram has no samples under its bare name; if there are any, they are numbers.
    Indices strays;
    eachSample(family, [&strays](std::uint32_t i) { strays.push_back(i); });
    makeNumbers(family, strays, {});
    if (members.bucket) {
        makeGroups(family, members, "le", *members.bucket, MetricType::Histogram,
                   [this](const Group& group, const Part* begin, const Part* end) {
                       return appendHistogram(group, begin, end);
                   });
        return;
    }
    for (const auto& total : {members.sum, members.count}) {
        if (!total)
            continue;
        Indices all;
        eachSample(*total, [&all](std::uint32_t i) { all.push_back(i); });
        makeNumbers(*total, all, m_page.names[family].help);
    }
}

void FamilyAssembler::makeSummaries(std::uint32_t family, const Members& members) {
    makeGroups(family, members, "quantile", family, MetricType::Summary,
               [this](const Group& group, const Part* begin, const Part* end) {
                   return appendSummary(group, begin, end);
               });
}

} // namespace sightglass
