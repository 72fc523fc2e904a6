// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>

#include "core/base/result.h"
#include "core/model/batch.h"

// Prometheus' text exposition format 0.0.4, read as Prometheus' scraper reads it (which is laxer
// than its linter: commas between labels may be missing, a label value may span lines) with the
// quoted UTF-8 names of Prometheus 3.
namespace sightglass {

/// Bounds on one page. Prometheus sets none; these are far above any page it could live with.
struct ExpositionLimits {
    std::size_t lineBytes = std::size_t{1} << 20;
    std::size_t nameBytes = 4096; ///< of a metric name or a label name
    std::size_t labels = 256;     ///< of one sample
    std::size_t samples = 4'000'000;
};

struct ExpositionOptions {
    ExpositionLimits limits;
    /// False: a bad line fails the page, as in Prometheus. True: it is left out and counted as
    /// rejection "invalid-line", for dumps of which the good part is worth having.
    bool skipBadLines = false;
};

/// A page as a Batch with one target resource (without attributes: the scraper adds job and
/// instance) and one empty scope.
///
/// A metric is one family under the name its samples or its TYPE line have; counters keep
/// `_total`. Counters become monotonic cumulative sums, untyped samples Unknown. Histograms and
/// summaries are assembled whole, one point a label set without `le` or `quantile`; one that is
/// not whole (no `+Inf` bucket, no count, falling or broken counts) stays what the page has, number
/// points of type Unknown under the samples' own names. Samples without a timestamp get
/// `record.receivedAt`. Attributes are in page order; labels without value are left out.
///
/// Rejections: "duplicate-sample" (Prometheus keeps the first as well), "timestamp-out-of-range",
/// "invalid-line". Errors: InvalidArgument or TooLarge, with line and column.
[[nodiscard]] Result<Batch> decodeExposition(const RawRecord& record,
                                             const ExpositionOptions& options = {});

/// The metrics of a Batch as a page, in their order. Names are written as they are, quoted where
/// Prometheus 3 needs it; resources and scopes are not written, so a batch should speak of one.
/// Points with time 0 get no timestamp; points without recorded value are left out. An exponential
/// histogram has no form here but its count and sum.
[[nodiscard]] std::string encodeExposition(const Batch& batch);

} // namespace sightglass
