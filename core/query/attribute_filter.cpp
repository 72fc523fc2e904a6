// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/attribute_filter.h"

#include <string>
#include <utility>

#include "core/model/prometheus_names.h"

namespace sightglass {

AttributeFilter::AttributeFilter(std::vector<LabelCondition> conditions)
    : m_conditions(std::move(conditions)) {
    for (std::size_t i = 0; i < m_conditions.size(); ++i) {
        m_all |= Bits{1} << i;
        if (m_conditions[i].holdsFor({}))
            m_metByNone |= Bits{1} << i;
    }
}

AttributeFilter::Bits AttributeFilter::concernedBy(const Attribute& attribute) {
    const auto [it, isNew] =
        m_concerned.try_emplace({attribute.key.data(), attribute.key.size()}, Bits{0});
    if (isNew) {
        const std::string label = prometheusLabelName(attribute.key);
        for (std::size_t i = 0; i < m_conditions.size(); ++i) {
            if (m_conditions[i].label == label)
                it->second |= Bits{1} << i;
        }
    }
    return it->second;
}

AttributeFilter::Bits AttributeFilter::metBy(const Attribute& attribute, Bits concerned) {
    const auto [it, isNew] = m_met.try_emplace(&attribute, Bits{0});
    if (isNew) {
        const std::string value = attribute.value.display();
        for (std::size_t i = 0; i < m_conditions.size(); ++i) {
            if ((concerned & Bits{1} << i) != 0 && m_conditions[i].holdsFor(value))
                it->second |= Bits{1} << i;
        }
    }
    return it->second;
}

bool AttributeFilter::mayMeet(const AttributeSet& attributes) {
    Bits seen = 0, met = 0;
    for (const Attribute& attribute : attributes) {
        const Bits concerned = concernedBy(attribute);
        if (concerned == 0)
            continue;
        if ((seen & concerned) != 0)
            return true;
        seen |= concerned;
        met |= metBy(attribute, concerned);
    }
    return (met | (m_metByNone & ~seen)) == m_all;
}

} // namespace sightglass
