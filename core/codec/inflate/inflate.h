// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace sightglass {

enum class Encoding : std::uint8_t {
    Identity,
    Gzip, ///< RFC 1952, also several members one after another
    Zlib, ///< RFC 1950: what HTTP and gRPC call "deflate"
    Zstd, ///< RFC 8878, also several frames one after another
};

/// The encoding that `bytes` begin with; Identity if they begin with no magic number. Nothing that
/// we read uncompressed (protobuf of OTLP, JSON, exposition text) begins like one of the others.
[[nodiscard]] Encoding encodingOf(std::string_view bytes);

/// The encoding of a Content-Encoding or grpc-encoding value: "gzip" (and "x-gzip"), "deflate",
/// "zstd", "identity" or "", in any case; Unsupported for all else.
[[nodiscard]] Result<Encoding> encodingNamed(std::string_view name);

/// `bytes` without their compression; of Identity, a copy.
///
/// At most `limit` bytes come out and, but for a decoder's fixed window, no more is ever allocated,
/// whatever the input claims. Errors: TooLarge past the limit; InvalidArgument for input that ends
/// early or is corrupt, with the byte (of the compressed input) where that was seen.
[[nodiscard]] Result<std::string> inflate(std::string_view bytes, Encoding encoding,
                                          std::size_t limit);

} // namespace sightglass
