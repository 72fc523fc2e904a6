// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/exemplar_ring.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "core/base/heap.h"

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

std::size_t bytesOf(const SeriesReader::ExemplarSample& sample) {
    // Reference counts, slot, and an entry among those of its series.
    constexpr std::size_t around = 128;
    return allocatedBytes(sizeof(SeriesReader::ExemplarSample)) + around +
           sample.attributes.heapBytes();
}

} // namespace

std::size_t ExemplarRing::add(SeriesId series, std::uint64_t generation, const Exemplar& exemplar,
                              std::span<const Attribute> attributes) {
    auto sample = std::make_shared<SeriesReader::ExemplarSample>();
    sample->exemplar = exemplar;
    sample->exemplar.attributes = {};
    sample->attributes = AttributeSet(attributes.data(), attributes.size());

    MutexLock lock(m_mutex);
    std::deque<std::uint64_t>& own = m_bySeries[series];
    const std::size_t compared = std::min(own.size(), comparedAtMost);
    for (std::size_t i = own.size() - compared; i < own.size(); ++i) {
        const SeriesReader::ExemplarSample& other = *at(own[i]).sample;
        if (isSame(other.exemplar, sample->exemplar) && other.attributes == sample->attributes)
            return 0;
    }
    const std::size_t taken = bytesOf(*sample);
    own.push_back(m_first + m_slots.size());
    m_slots.push_back({series, generation, taken, std::move(sample)});
    m_bytes += taken;
    std::size_t dropped = 0;
    for (; m_bytes > m_bytesMost && m_slots.size() > 1; ++dropped)
        dropFirst();
    return dropped;
}

void ExemplarRing::dropFirst() {
    const Slot& slot = m_slots.front();
    m_bytes -= slot.bytes;
    const auto own = m_bySeries.find(slot.series);
    own->second.pop_front(); // it is the oldest of its series too
    if (own->second.empty())
        m_bySeries.erase(own);
    m_slots.pop_front();
    ++m_first;
}

std::size_t ExemplarRing::bytes() const {
    MutexLock lock(m_mutex);
    return m_bytes;
}

void ExemplarRing::read(SeriesId series, TimeRange range, std::uint64_t generation,
                        std::vector<SeriesReader::ExemplarSample>& out) const {
    std::vector<std::shared_ptr<const SeriesReader::ExemplarSample>> found;
    {
        MutexLock lock(m_mutex);
        const auto it = m_bySeries.find(series);
        if (it == m_bySeries.end())
            return;
        for (const std::uint64_t number : it->second) {
            const Slot& slot = at(number);
            if (slot.generation <= generation && range.contains(slot.sample->exemplar.time))
                found.push_back(slot.sample);
        }
    }
    std::ranges::stable_sort(found, {}, [](const auto& sample) { return sample->exemplar.time; });
    for (const auto& sample : found)
        out.push_back(*sample);
}

} // namespace sightglass
