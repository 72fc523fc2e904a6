// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/counters.h"

namespace sightglass {

Counter& CounterRegistry::counter(std::string_view name, std::string_view help, CounterKind kind,
                                  Labels labels) {
    MutexLock lock(m_mutex);
    auto family = m_families.find(name);
    if (family == m_families.end())
        family = m_families.emplace(std::string(name), Family{std::string(help), kind, {}}).first;
    std::unique_ptr<Counter>& slot = family->second.counters[std::move(labels)];
    if (!slot)
        slot = std::make_unique<Counter>();
    return *slot;
}

std::vector<CounterRegistry::Row> CounterRegistry::rows() const {
    std::vector<Row> out;
    MutexLock lock(m_mutex);
    for (const auto& [name, family] : m_families) {
        for (const auto& [labels, counter] : family.counters)
            out.push_back({name, family.help, family.kind, labels, counter->value()});
    }
    return out;
}

std::uint64_t CounterRegistry::sum(CounterKind kind) const {
    std::uint64_t total = 0;
    MutexLock lock(m_mutex);
    for (const auto& [name, family] : m_families) {
        if (family.kind != kind)
            continue;
        for (const auto& [labels, counter] : family.counters)
            total += counter->value();
    }
    return total;
}

} // namespace sightglass
