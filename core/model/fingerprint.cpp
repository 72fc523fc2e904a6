// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/fingerprint.h"

#include <random>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace sightglass {

namespace {

std::uint64_t drawSeed() {
    std::random_device device;
    return (std::uint64_t{device()} << 32) | device();
}

} // namespace

Fingerprint fingerprintOf(std::string_view bytes, std::uint64_t tag) {
    static const std::uint64_t seed = drawSeed();
    const XXH128_hash_t hash = XXH3_128bits_withSeed(bytes.data(), bytes.size(), seed ^ tag);
    // All zeros means "none".
    return {hash.low64 | (hash.low64 == 0 && hash.high64 == 0 ? 1u : 0u), hash.high64};
}

} // namespace sightglass
