// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/identity.h"

#include <absl/hash/hash.h>

#include <bit>
#include <cstring>

namespace sightglass {

namespace {

std::uint64_t hashValue(const Value& value) {
    return value.hasText() ? absl::HashOf(value.kind(), value.text())
                           : absl::HashOf(value.kind(), value.bits());
}

/// In any order: a sum, each part of which is mixed well on its own.
std::uint64_t hashAttributes(const AttributeSet& attributes) {
    std::uint64_t sum = 0;
    for (const Attribute& attribute : attributes)
        sum += absl::HashOf(attribute.key, hashValue(attribute.value));
    return sum;
}

std::size_t hashDescriptor(OriginId origin, const Resource* resource, const Scope* scope,
                           const DescriptorView& d, bool synthetic) {
    return absl::HashOf(origin, resource, scope, d.name, d.unit, d.type, d.temporality, d.monotonic,
                        synthetic);
}

constexpr std::size_t allocationOverhead = 32;

// What a fingerprint is of. Attributes that a codec left encoded have none.
constexpr std::uint64_t sequenceTag = 1, attributeTag = 2;

std::size_t textBytes(const std::string& text) {
    return text.capacity() > 15 ? text.capacity() + allocationOverhead : 0;
}

} // namespace

Fingerprint AttributePrinter::ofSequence(std::span<const Attribute> attributes) {
    m_bytes.clear();
    for (const Attribute& attribute : attributes)
        append(attribute);
    return fingerprintOf({m_bytes.data(), m_bytes.size()}, sequenceTag);
}

Fingerprint AttributePrinter::ofSet(std::span<const Attribute> received) {
    constexpr std::size_t few = 32;
    if (received.size() > few)
        return ofSet(AttributeSet(received.data(), received.size()));
    Fingerprint sum;
    for (std::size_t i = 0; i < received.size(); ++i) {
        // Of two with one key the first holds.
        const auto before = received.first(i);
        if (std::ranges::find(before, received[i].key, &Attribute::key) == before.end())
            sum = sum + of(received[i]);
    }
    return sum;
}

Fingerprint AttributePrinter::ofSet(const AttributeSet& attributes) {
    Fingerprint sum;
    for (const Attribute& attribute : attributes)
        sum = sum + of(attribute);
    return sum;
}

Fingerprint AttributePrinter::of(const Attribute& attribute) {
    m_bytes.clear();
    append(attribute);
    return fingerprintOf({m_bytes.data(), m_bytes.size()}, attributeTag);
}

void AttributePrinter::append(const Attribute& attribute) {
    // Lengths first, so that no two sequences have the same bytes.
    const Value& value = attribute.value;
    const std::uint64_t bits = value.hasText() ? value.text().size() : value.bits();
    const std::uint64_t keySize =
        attribute.key.size() << 8 | static_cast<std::uint64_t>(value.kind());
    const std::size_t textSize = value.text().size();
    const std::size_t before = m_bytes.size();
    m_bytes.resize(before + sizeof keySize + sizeof bits + attribute.key.size() + textSize);
    char* at = m_bytes.data() + before;
    const auto put = [&at](const void* from, std::size_t size) {
        std::memcpy(at, from, size);
        at += size;
    };
    put(&keySize, sizeof keySize);
    put(&bits, sizeof bits);
    if (!attribute.key.empty())
        put(attribute.key.data(), attribute.key.size());
    if (textSize > 0)
        put(value.text().data(), textSize);
}

std::size_t MetricIdentity::operator()(const StoredMetric* metric) const {
    const MetricInfo& info = *metric->writersInfo;
    return hashDescriptor(info.origin, info.resource.get(), info.scope.get(),
                          info.descriptor.view(), info.synthetic);
}

std::size_t MetricIdentity::operator()(const MetricProbe& probe) const {
    return hashDescriptor(probe.origin, probe.resource, probe.scope, probe.descriptor,
                          probe.synthetic);
}

bool MetricIdentity::operator()(const StoredMetric* a, const MetricProbe& b) const {
    const MetricInfo& info = *a->writersInfo;
    const Descriptor& d = info.descriptor;
    return info.origin == b.origin && info.resource.get() == b.resource &&
           info.scope.get() == b.scope && info.synthetic == b.synthetic &&
           d.name == b.descriptor.name && d.unit == b.descriptor.unit &&
           d.type == b.descriptor.type && d.temporality == b.descriptor.temporality &&
           d.monotonic == b.descriptor.monotonic;
}

std::size_t ResourceTraits::hash(const Resource& resource) {
    return absl::HashOf(hashAttributes(resource.attributes), resource.schemaUrl, resource.isTarget);
}

std::size_t ResourceTraits::bytes(const Resource& resource) {
    return sizeof(Resource) + allocationOverhead + resource.attributes.heapBytes() +
           textBytes(resource.schemaUrl);
}

std::size_t ScopeTraits::hash(const Scope& scope) {
    return absl::HashOf(scope.name, scope.version, hashAttributes(scope.attributes),
                        scope.schemaUrl);
}

std::size_t ScopeTraits::bytes(const Scope& scope) {
    return sizeof(Scope) + allocationOverhead + scope.attributes.heapBytes() +
           textBytes(scope.name) + textBytes(scope.version) + textBytes(scope.schemaUrl);
}

std::size_t BoundsTraits::hash(const HistogramBounds& bounds) {
    std::uint64_t sum = absl::HashOf(bounds.texts);
    for (const double bound : bounds.bounds)
        sum = absl::HashOf(sum, std::bit_cast<std::uint64_t>(bound));
    return sum;
}

bool BoundsTraits::same(const HistogramBounds& a, const HistogramBounds& b) {
    return a.bounds.size() == b.bounds.size() && a.texts == b.texts &&
           std::memcmp(a.bounds.data(), b.bounds.data(), a.bounds.size() * sizeof(double)) == 0;
}

std::size_t BoundsTraits::bytes(const HistogramBounds& bounds) {
    return sizeof(HistogramBounds) + allocationOverhead +
           bounds.bounds.capacity() * sizeof(double) + TextsTraits::bytes(bounds.texts);
}

std::size_t TextsTraits::hash(const Texts& texts) {
    return absl::HashOf(texts);
}

std::size_t TextsTraits::bytes(const Texts& texts) {
    std::size_t out = sizeof(Texts) + texts.capacity() * sizeof(std::string);
    for (const std::string& text : texts)
        out += textBytes(text);
    return out;
}

} // namespace sightglass
