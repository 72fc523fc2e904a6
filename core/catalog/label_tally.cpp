// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/catalog/label_tally.h"

#include <algorithm>
#include <iterator>
#include <utility>

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
    // New keys go in all at once: one by one, many of them would move the rest as many times.
    std::vector<Key> made;
    std::size_t at = 0;
    for (const Attribute& attribute : attributes) {
        while (at < m_keys.size() && m_keys[at].name < attribute.key)
            ++at;
        const bool isKnown = at < m_keys.size() && m_keys[at].name == attribute.key;
        if (!isKnown)
            made.emplace_back().name = attribute.key;
        Key& key = isKnown ? m_keys[at++] : made.back();
        withDisplay(attribute.value, [&](std::string_view value) { add(key, value); });
    }
    if (made.empty())
        return;
    const auto known = static_cast<std::ptrdiff_t>(m_keys.size());
    m_keys.insert(m_keys.end(), std::make_move_iterator(made.begin()),
                  std::make_move_iterator(made.end()));
    std::ranges::inplace_merge(m_keys, m_keys.begin() + known, {}, &Key::name);
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
    bool areGone = false;
    std::size_t at = 0;
    for (const Attribute& attribute : attributes) {
        while (at < m_keys.size() && m_keys[at].name < attribute.key)
            ++at;
        if (at == m_keys.size() || m_keys[at].name != attribute.key)
            continue;
        Key& key = m_keys[at++];
        if (--key.series == 0)
            areGone = true;
        else
            withDisplay(attribute.value, [&](std::string_view value) { remove(key, value); });
    }
    if (areGone)
        std::erase_if(m_keys, [](const Key& key) { return key.series == 0; });
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
