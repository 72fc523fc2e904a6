// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/identity.h"

#include <absl/hash/hash.h>

#include <bit>
#include <cstring>

namespace sightglass {

namespace {

bool sameValue(const Value& a, const Value& b) {
    if (a.kind() != b.kind())
        return false;
    return a.hasText() ? sameText(a.text(), b.text()) : a.bits() == b.bits();
}

std::uint64_t hashValue(const Value& value) {
    return value.hasText() ? absl::HashOf(value.kind(), value.text())
                           : absl::HashOf(value.kind(), value.bits());
}

template <class Attributes>
std::uint64_t hashEach(const Attributes& attributes) {
    // A sum, so that order does not matter; each part is mixed well on its own.
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

std::size_t textBytes(const std::string& text) {
    return text.capacity() > 15 ? text.capacity() + allocationOverhead : 0;
}

} // namespace

std::uint64_t hashAttributes(std::span<const Attribute> attributes) {
    return hashEach(attributes);
}

std::uint64_t hashAttributes(const AttributeSet& attributes) {
    return hashEach(attributes);
}

bool isSet(const AttributeSet& set, std::span<const Attribute> received) {
    const std::size_t size = set.size();
    constexpr std::size_t sizeMax = 64; // bits of `met`
    if (received.size() != size || size > sizeMax)
        return false;
    std::uint64_t met = 0;
    for (const Attribute& attribute : received) {
        std::size_t place = 0;
        while (place < size && !sameText(set[place].key, attribute.key))
            ++place;
        if (place == size || !sameValue(set[place].value, attribute.value))
            return false;
        met |= std::uint64_t{1} << place;
    }
    return static_cast<std::size_t>(std::popcount(met)) == size;
}

SeriesProbe::SeriesProbe(const StoredMetric& ofMetric, std::span<const Attribute> received)
    : metric(ofMetric),
      attributes(received),
      hash(absl::HashOf(ofMetric.writersInfo->id, hashAttributes(received))) {}

CanonicalProbe::CanonicalProbe(const StoredMetric& ofMetric, const AttributeSet& attributes)
    : metric(ofMetric),
      set(attributes),
      hash(absl::HashOf(ofMetric.writersInfo->id, hashAttributes(attributes))) {}

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
