// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/catalog/label_tally.h"

#include <algorithm>

namespace sightglass {

namespace {

/// Calls `visit` with display() of the value, which mostly is its text.
template <class Visit>
void withDisplay(const Value& value, const Visit& visit) {
    if (value.kind() == ValueKind::String)
        visit(value.text());
    else
        visit(std::string_view(value.display()));
}

} // namespace

void LabelTally::add(const AttributeSet& attributes) {
    std::size_t at = 0;
    for (const Attribute& attribute : attributes) {
        while (at < m_keys.size() && m_keys[at].name < attribute.key)
            ++at;
        if (at == m_keys.size() || m_keys[at].name != attribute.key) {
            const auto made = m_keys.emplace(m_keys.begin() + static_cast<std::ptrdiff_t>(at));
            made->name = attribute.key;
        }
        Key& key = m_keys[at++];
        withDisplay(attribute.value, [&](std::string_view value) { add(key, value); });
    }
}

void LabelTally::add(Key& key, std::string_view value) const {
    ++key.series;
    if (key.exampleSeries == 0)
        key.example = value;
    if (key.example == value) {
        ++key.exampleSeries;
        return;
    }
    if (!key.others)
        key.others = std::make_unique<Counts>();
    const auto other = key.others->find(value);
    if (other != key.others->end())
        ++other->second;
    else if (key.others->size() + 1 < m_valueLimit)
        key.others->emplace(std::string(value), 1u);
    else
        ++key.untoldSeries;
}

void LabelTally::remove(const AttributeSet& attributes) {
    std::size_t at = 0;
    for (const Attribute& attribute : attributes) {
        while (at < m_keys.size() && m_keys[at].name < attribute.key)
            ++at;
        if (at == m_keys.size() || m_keys[at].name != attribute.key)
            continue;
        if (--m_keys[at].series == 0) {
            m_keys.erase(m_keys.begin() + static_cast<std::ptrdiff_t>(at));
            continue;
        }
        Key& key = m_keys[at++];
        withDisplay(attribute.value, [&](std::string_view value) { remove(key, value); });
    }
}

void LabelTally::remove(Key& key, std::string_view value) {
    if (key.example == value && key.exampleSeries > 0) {
        if (--key.exampleSeries == 0 && key.others && !key.others->empty()) {
            const auto next = std::ranges::min_element(*key.others);
            key.example = next->first;
            key.exampleSeries = next->second;
            key.others->erase(next);
        }
        return;
    }
    if (key.others) {
        if (const auto other = key.others->find(value); other != key.others->end()) {
            if (--other->second == 0)
                key.others->erase(other);
            return;
        }
    }
    if (key.untoldSeries > 0)
        --key.untoldSeries;
}

std::vector<LabelTally::Row> LabelTally::rows() const {
    std::vector<Row> out;
    out.reserve(m_keys.size());
    for (const Key& key : m_keys) {
        const std::size_t told = (key.exampleSeries > 0 ? 1 : 0) +
                                 (key.others ? key.others->size() : 0) +
                                 (key.untoldSeries > 0 ? 1 : 0);
        // A value beyond the limit and none told can only be after removals: it may be several.
        const std::size_t values = key.untoldSeries > 0 ? std::max<std::size_t>(told, 2) : told;
        out.push_back({key.name, key.series,
                       static_cast<std::uint32_t>(std::min<std::size_t>(values, m_valueLimit)),
                       key.example});
    }
    return out;
}

} // namespace sightglass
