// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/codec/inflate/inflate.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sightglass;
    constexpr std::size_t limit = 1 << 16;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const Encoding told = encodingOf(bytes);
    for (const Encoding encoding : {told, Encoding::Gzip, Encoding::Zlib, Encoding::Zstd}) {
        const auto plain = inflate(bytes, encoding, limit);
        if (plain.ok() ? plain->size() > limit : plain.error().place.byte.value_or(0) > size)
            std::abort();
    }
    return 0;
}
