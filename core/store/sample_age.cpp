// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/sample_age.h"

#include <algorithm>

namespace sightglass {

namespace {

bool isYounger(const SampleAge::Entry& a, const SampleAge::Entry& b) {
    return a.time > b.time;
}

} // namespace

void SampleAge::begins(SeriesId series, TimeNs time) {
    m_heap.push_back({time, series});
    std::push_heap(m_heap.begin(), m_heap.end(), isYounger);
}

void SampleAge::pop() {
    std::pop_heap(m_heap.begin(), m_heap.end(), isYounger);
    m_heap.pop_back();
}

void SampleAge::restore() {
    std::make_heap(m_heap.begin(), m_heap.end(), isYounger);
}

} // namespace sightglass
