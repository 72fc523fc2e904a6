// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/label_writer.h"

#include <algorithm>
#include <utility>

#include "core/model/prometheus_names.h"
#include "core/query/metric_views.h"

namespace sightglass {

namespace {

Labels renamed(const Labels& attached, const AttributeSet& attributes) {
    Labels out = attached;
    for (Label& label : prometheusLabels(attributes)) {
        while (hasLabel(out, label.first))
            label.first.insert(0, exportedPrefix);
        insertLabel(out, std::move(label.first), std::move(label.second));
    }
    return out;
}

} // namespace

Labels LabelWriter::labelsOf(const Labels& attached, const AttributeSet& attributes) {
    m_entries.clear();
    for (const Label& label : attached)
        m_entries.push_back({&label.first, &label.second, nullptr});
    for (const Attribute& attribute : attributes) {
        const auto [it, isNew] = m_names.try_emplace({attribute.key.data(), attribute.key.size()});
        if (isNew)
            it->second = prometheusLabelName(attribute.key);
        m_entries.push_back({&it->second, nullptr, &attribute});
    }
    std::sort(m_entries.begin(), m_entries.end(),
              [](const Entry& a, const Entry& b) { return *a.name < *b.name; });
    // Mostly each has a name of its own.
    const auto twice =
        std::adjacent_find(m_entries.begin(), m_entries.end(),
                           [](const Entry& a, const Entry& b) { return *a.name == *b.name; });
    if (twice != m_entries.end())
        return renamed(attached, attributes);
    Labels out;
    out.reserve(m_entries.size());
    for (const Entry& entry : m_entries) {
        std::string value = entry.attribute ? entry.attribute->value.display() : *entry.value;
        // To Prometheus a label without value is no label.
        if (!value.empty())
            out.emplace_back(*entry.name, std::move(value));
    }
    return out;
}

} // namespace sightglass
