// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <stop_token>
#include <string>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/model/origin.h"

namespace sightglass {

/// Bounds on one input.
struct SourceLimits {
    std::size_t bytes = std::size_t{512} << 20;  ///< as it lies on disk or comes over the wire
    std::size_t inflated = std::size_t{1} << 30; ///< after gzip, zlib or zstd
    TimeNs fetchTimeout = 10 * nsPerSecond;
};

/// The bytes of one input, decompressed, and the kind of origin that they make.
struct Source {
    OriginKind kind = OriginKind::File;
    std::string detail; ///< the path as given, or the URL without user and password
    std::string bytes;
};

/// Whether an input is fetched by HTTP: it begins with http:// or https://.
[[nodiscard]] bool isUrl(const std::string& input);

/// An input as it may be shown: a URL loses its user and password, a path stays as it is.
[[nodiscard]] std::string shownInput(const std::string& input);

/// Reads an input whole: a path, "-" for standard input, or an http(s) URL, which is fetched once.
/// gzip and zstd are seen through. Errors name the reason in words a user knows: NotFound, Io (a
/// directory, no permission, an empty file), TooLarge, Unavailable, Timeout. Blocks, also on a pipe
/// to which nobody writes, but gives Cancelled about a second after `stop` is requested; any
/// thread.
[[nodiscard]] Result<Source> readSource(const std::string& input, const SourceLimits& limits = {},
                                        const std::stop_token& stop = {});

} // namespace sightglass
