// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/mutex.h"

namespace sightglass {

/// One value that only rises. add() may be called from any thread and costs one relaxed addition.
class Counter {
  public:
    void add(std::uint64_t n = 1) { m_value.fetch_add(n, std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t value() const { return m_value.load(std::memory_order_relaxed); }

  private:
    std::atomic<std::uint64_t> m_value{0};
};

/// What a counter counts, as /metrics and the window say it.
enum class CounterKind : std::uint8_t {
    Traffic, ///< something went as it should
    Refusal, ///< a client was told no; it knows and may try again
    Drop,    ///< data is gone; shown in the status bar as soon as it is not zero
};

/// Sightglass' own telemetry: every counter has a name, a help text and a kind, and is declared
/// where it is counted. Owned by the engine; counters live as long as the registry, so callers
/// look one up once and keep the reference. Any thread may call.
class CounterRegistry {
  public:
    using Labels = std::vector<std::pair<std::string, std::string>>;

    struct Row {
        std::string name; ///< Prometheus name, ending in `_total`
        std::string help;
        CounterKind kind;
        Labels labels;
        std::uint64_t value;
    };

    /// The counter of this name and these labels, made on first use. Help and kind belong to the
    /// name: those given first hold.
    Counter& counter(std::string_view name, std::string_view help, CounterKind kind,
                     Labels labels = {}) SG_EXCLUDES(m_mutex);

    /// All counters, ordered by name then labels, so that a family's rows stand together.
    [[nodiscard]] std::vector<Row> rows() const SG_EXCLUDES(m_mutex);

    /// Sum over all counters of a kind.
    [[nodiscard]] std::uint64_t sum(CounterKind kind) const SG_EXCLUDES(m_mutex);

  private:
    struct Family {
        std::string help;
        CounterKind kind;
        std::map<Labels, std::unique_ptr<Counter>> counters;
    };

    mutable Mutex m_mutex;
    std::map<std::string, Family, std::less<>> m_families SG_GUARDED_BY(m_mutex);
};

} // namespace sightglass
