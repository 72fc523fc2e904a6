// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/fingerprint.h"

#include <random>

#define XXH_STATIC_LINKING_ONLY
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace sightglass {

namespace {

/// Drawn once a process. Texts over 240 bytes are mixed with the secret, which takes long to make
/// of a seed, the others with the seed.
struct Key {
    Key() {
        std::random_device device;
        seed = (std::uint64_t{device()} << 32) | device();
        XXH3_generateSecret_fromSeed(secret, seed);
    }
    std::uint64_t seed = 0;
    alignas(64) unsigned char secret[XXH3_SECRET_DEFAULT_SIZE];
};

} // namespace

Fingerprint fingerprintOf(std::string_view bytes, std::uint64_t tag) {
    static const Key key;
    const XXH128_hash_t hash = XXH3_128bits_withSecretandSeed(
        bytes.data(), bytes.size(), key.secret, sizeof key.secret, key.seed);
    constexpr std::uint64_t spread = 0x9e3779b97f4a7c15u; // odd, so no two tags fall together
    const std::uint64_t low = hash.low64 ^ tag * spread;
    // All zeros means "none".
    return {low | (low == 0 && hash.high64 == 0 ? 1u : 0u), hash.high64};
}

} // namespace sightglass
