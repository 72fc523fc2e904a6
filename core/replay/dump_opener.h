// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/model/batch.h"
#include "core/replay/dump_format.h"
#include "core/replay/dump_source.h"

namespace sightglass {

enum class Strictness : std::uint8_t {
    Strict,   ///< one bad part and the input cannot be read: check, diff
    Tolerant, ///< bad parts are left out and counted: the window, convert
};

struct DumpOptions {
    std::optional<DumpFormat> format; ///< unset: found by content
    Strictness strictness = Strictness::Strict;
    SourceLimits limits;
    std::stop_token stop; ///< breaks off the wait for an input, which is then Cancelled
};

/// What was read of an input.
struct DumpReport {
    OriginId origin;
    DumpFormat format = DumpFormat::PrometheusText;
    std::uint64_t points = 0;
    std::uint64_t skipped = 0;         ///< parts left out (only if tolerant)
    std::optional<Error> firstSkipped; ///< why the first of them was
    std::vector<Rejection> rejections; ///< points that the codec refused
};

/// Takes each Batch in the order of the input; false stops the reading.
using TakeBatch = std::function<bool(Batch&&)>;

/// Reads an input (a path, "-", an http(s) URL) and gives its Batches to `take`, with the origin
/// `file <path as given>` or `scrape <url without user and password>`. Samples without a time get
/// the clock's. Strict, a Batch is given only once all of the input is known to be good; an error
/// then means that nothing was given. Tolerant, an error means that nothing could be read. Blocks;
/// any thread.
[[nodiscard]] Result<DumpReport> openDump(const std::string& input, const DumpOptions& options,
                                          OriginTable& origins, const Clock& clock,
                                          const TakeBatch& take);

/// The same of bytes that are there already (and decompressed), under an origin of the caller's.
[[nodiscard]] Result<DumpReport> readDump(std::string bytes, OriginId origin,
                                          const DumpOptions& options, const Clock& clock,
                                          const TakeBatch& take);

} // namespace sightglass
