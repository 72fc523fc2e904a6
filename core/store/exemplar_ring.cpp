// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/exemplar_ring.h"

#include <algorithm>
#include <bit>

namespace sightglass {

namespace {

bool isSame(const Exemplar& a, const Exemplar& b) {
    return a.time == b.time && a.value.isInteger == b.value.isInteger &&
           std::bit_cast<std::uint64_t>(a.value.asDouble()) ==
               std::bit_cast<std::uint64_t>(b.value.asDouble()) &&
           a.traceId == b.traceId && a.spanId == b.spanId;
}

/// A page shows at most one a bucket.
constexpr std::size_t comparedAtMost = 64;

std::ptrdiff_t bytesOf(const SeriesReader::ExemplarSample& sample) {
    constexpr std::size_t fixed = sizeof(SeriesReader::ExemplarSample) + 96;
    return static_cast<std::ptrdiff_t>(fixed + sample.attributes.heapBytes());
}

} // namespace

std::ptrdiff_t ExemplarRing::add(SeriesId series, const Exemplar& exemplar,
                                 std::span<const Attribute> attributes) {
    auto sample = std::make_shared<SeriesReader::ExemplarSample>();
    sample->exemplar = exemplar;
    sample->exemplar.attributes = {};
    sample->attributes = AttributeSet(attributes.data(), attributes.size());

    MutexLock lock(m_mutex);
    std::vector<std::uint32_t>& own = m_bySeries[series];
    const std::size_t compared = std::min(own.size(), comparedAtMost);
    for (std::size_t i = own.size() - compared; i < own.size(); ++i) {
        const SeriesReader::ExemplarSample& other = *m_slots[own[i]].sample;
        if (isSame(other.exemplar, sample->exemplar) && other.attributes == sample->attributes)
            return 0;
    }

    std::ptrdiff_t grown = bytesOf(*sample);
    if (m_slots.size() < m_capacity) {
        own.push_back(static_cast<std::uint32_t>(m_slots.size()));
        m_slots.push_back({series, std::move(sample)});
        return grown;
    }
    own.push_back(static_cast<std::uint32_t>(m_next));
    Slot& slot = m_slots[m_next];
    grown -= bytesOf(*slot.sample);
    const auto old = m_bySeries.find(slot.series);
    // The first entry is its oldest, and that is what the ring comes to first.
    old->second.erase(old->second.begin());
    if (old->second.empty())
        m_bySeries.erase(old);
    slot = {series, std::move(sample)};
    m_next = (m_next + 1) % m_capacity;
    return grown;
}

void ExemplarRing::read(SeriesId series, TimeRange range,
                        std::vector<SeriesReader::ExemplarSample>& out) const {
    std::vector<std::shared_ptr<const SeriesReader::ExemplarSample>> found;
    {
        MutexLock lock(m_mutex);
        const auto it = m_bySeries.find(series);
        if (it == m_bySeries.end())
            return;
        for (const std::uint32_t at : it->second) {
            if (range.contains(m_slots[at].sample->exemplar.time))
                found.push_back(m_slots[at].sample);
        }
    }
    std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
        return a->exemplar.time < b->exemplar.time;
    });
    for (const auto& sample : found)
        out.push_back(*sample);
}

} // namespace sightglass
