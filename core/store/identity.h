// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <absl/container/flat_hash_set.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "core/model/batch.h"
#include "core/store/stored_series.h"

// How the writer knows again what it has seen: a metric by a hash that leads to a candidate and by
// equality, a series by a fingerprint.
namespace sightglass {

/// Takes fingerprints of attributes. The writer's own.
class AttributePrinter {
  public:
    /// Of the attributes one after another, as they came.
    [[nodiscard]] Fingerprint ofSequence(std::span<const Attribute> attributes);
    /// Of the set that these are, in any order: the sum of those of its attributes.
    [[nodiscard]] Fingerprint ofSet(std::span<const Attribute> received);
    [[nodiscard]] Fingerprint ofSet(const AttributeSet& attributes);
    [[nodiscard]] Fingerprint of(const Attribute& attribute);

  private:
    void append(const Attribute& attribute);
    std::vector<char> m_bytes;
};

/// Resource and scope are interned, so their addresses are their identity.
struct MetricProbe {
    OriginId origin;
    const Resource* resource;
    const Scope* scope;
    const DescriptorView& descriptor;
    bool synthetic;
};

struct MetricIdentity {
    using is_transparent = void;
    std::size_t operator()(const StoredMetric* metric) const;
    std::size_t operator()(const MetricProbe& probe) const;
    bool operator()(const StoredMetric* a, const StoredMetric* b) const { return a == b; }
    bool operator()(const StoredMetric* a, const MetricProbe& b) const;
};

using MetricIndex = absl::flat_hash_set<StoredMetric*, MetricIdentity, MetricIdentity>;

/// Keeps one copy of equal values. An entry that nobody else holds any more is given back once
/// enough have gathered. The writer's own.
template <class T, class Traits>
class Interner {
  public:
    [[nodiscard]] std::shared_ptr<const T> intern(T&& value) {
        const auto it = m_entries.find(value);
        if (it != m_entries.end())
            return *it;
        if (m_entries.size() >= m_purgeAt) {
            absl::erase_if(m_entries, [this](const std::shared_ptr<const T>& entry) {
                if (entry.use_count() > 1)
                    return false;
                m_bytes -= Traits::bytes(*entry);
                return true;
            });
            m_purgeAt = std::max(purgeAtLeast, m_entries.size() * 2);
        }
        auto entry = std::make_shared<const T>(std::move(value));
        m_bytes += Traits::bytes(*entry);
        m_entries.insert(entry);
        return entry;
    }

    [[nodiscard]] std::size_t bytes() const { return m_bytes; }

  private:
    struct Identity {
        using is_transparent = void;
        std::size_t operator()(const T& value) const { return Traits::hash(value); }
        std::size_t operator()(const std::shared_ptr<const T>& value) const {
            return Traits::hash(*value);
        }
        bool operator()(const std::shared_ptr<const T>& a, const T& b) const {
            return Traits::same(*a, b);
        }
        bool operator()(const std::shared_ptr<const T>& a,
                        const std::shared_ptr<const T>& b) const {
            return a == b;
        }
    };

    static constexpr std::size_t purgeAtLeast = 64;
    absl::flat_hash_set<std::shared_ptr<const T>, Identity, Identity> m_entries;
    std::size_t m_purgeAt = purgeAtLeast;
    std::size_t m_bytes = 0;
};

struct ResourceTraits {
    static std::size_t hash(const Resource& resource);
    static bool same(const Resource& a, const Resource& b) { return a == b; }
    static std::size_t bytes(const Resource& resource);
};
struct ScopeTraits {
    static std::size_t hash(const Scope& scope);
    static bool same(const Scope& a, const Scope& b) { return a == b; }
    static std::size_t bytes(const Scope& scope);
};
struct BoundsTraits {
    static std::size_t hash(const HistogramBounds& bounds);
    static bool same(const HistogramBounds& a, const HistogramBounds& b);
    static std::size_t bytes(const HistogramBounds& bounds);
};
struct TextsTraits {
    using Texts = std::vector<std::string>;
    static std::size_t hash(const Texts& texts);
    static bool same(const Texts& a, const Texts& b) { return a == b; }
    static std::size_t bytes(const Texts& texts);
};

} // namespace sightglass
