// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/catalog/label_tally.h"

#include <algorithm>

namespace sightglass {

void LabelTally::add(const AttributeSet& attributes) {
    for (const Attribute& attribute : attributes) {
        auto it = m_keys.find(attribute.key);
        if (it == m_keys.end())
            it = m_keys.emplace(std::string(attribute.key), Key{}).first;
        Key& key = it->second;
        ++key.series;
        std::string value = attribute.value.display();
        if (key.exampleSeries == 0)
            key.example = value;
        if (key.example == value) {
            ++key.exampleSeries;
            continue;
        }
        if (!key.others)
            key.others = std::make_unique<std::map<std::string, std::uint32_t, std::less<>>>();
        const auto other = key.others->find(value);
        if (other != key.others->end())
            ++other->second;
        else if (key.others->size() + 1 < m_valueLimit)
            key.others->emplace(std::move(value), 1u);
        else
            ++key.untoldSeries;
    }
}

void LabelTally::remove(const AttributeSet& attributes) {
    for (const Attribute& attribute : attributes) {
        const auto it = m_keys.find(attribute.key);
        if (it == m_keys.end())
            continue;
        Key& key = it->second;
        if (--key.series == 0) {
            m_keys.erase(it);
            continue;
        }
        const std::string value = attribute.value.display();
        if (key.example == value && key.exampleSeries > 0) {
            if (--key.exampleSeries == 0 && key.others && !key.others->empty()) {
                const auto next = key.others->begin();
                key.example = next->first;
                key.exampleSeries = next->second;
                key.others->erase(next);
            }
            continue;
        }
        const auto other = key.others ? key.others->find(value) : decltype(key.others->begin()){};
        if (key.others && other != key.others->end()) {
            if (--other->second == 0)
                key.others->erase(other);
        } else if (key.untoldSeries > 0) {
            --key.untoldSeries;
        }
    }
}

std::vector<LabelTally::Row> LabelTally::rows() const {
    std::vector<Row> out;
    out.reserve(m_keys.size());
    for (const auto& [name, key] : m_keys) {
        const std::size_t told = (key.exampleSeries > 0 ? 1 : 0) +
                                 (key.others ? key.others->size() : 0) +
                                 (key.untoldSeries > 0 ? 1 : 0);
        // A value beyond the limit and none told can only be after removals: it may be several.
        const std::size_t values = key.untoldSeries > 0 ? std::max<std::size_t>(told, 2) : told;
        out.push_back({name, key.series,
                       static_cast<std::uint32_t>(std::min<std::size_t>(values, m_valueLimit)),
                       key.example});
    }
    return out;
}

} // namespace sightglass
