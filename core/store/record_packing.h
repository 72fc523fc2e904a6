// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/store/columns.h"
#include "core/store/point_blocks.h"
#include "core/store/time_packing.h"

namespace sightglass {

/// What a sealed chunk of histograms or summaries holds behind its header. First what its points
/// share with others and does not go into bytes: a std::shared_ptr for each set of bounds, or of
/// texts of quantiles, that the points have, as many as the layout word says. Then the times (see
/// PackedTimes), e (byte), the summaries of Count and of Sum, and the points one by one, each told
/// as what changed since the one before:
///
///     summary  count, stale at the end in the lowest bit (varint). If count > 0: time of the first
///              point with the field - first time, last time - time of the last such, first time -
///              start time of the first such (signed varints, ns); first, last, min, max, sum,
///              increase (reals, each after the one before); resets (varint)
///     point    what it has and what changed (varint of bits), then, as these say
///       histogram    set of bounds, number of buckets (varints); count; sum, min, max (reals);
///                    bucket counts
///       exponential  scale, both offsets (signed varints), both numbers of buckets (varints),
///                    threshold (real); zero count; count; sum, min, max (reals); bucket counts
///                    positive and negative
///       summary      set of texts, number of quantiles (varints), the quantiles (reals); count;
///                    sum; the values (reals)
///     counts   less the same bucket of the point before (nothing, for rises), signed varints; for
///              each eight buckets first a byte that says which of them differ at all. A count that
///              is the sum of its buckets is left out
///     real     0: as before. 1: integer of 10^-e, less the one before (signed varint). Else
///              2 + 8 * t + b: b + 1 bytes of its bits xor those before, from byte t on
///
/// Exact to the bit. Pure functions; the points of one chunk at a time. For HistogramSample,
/// ExponentialHistogramSample and SummarySample.
class RecordPacking {
  public:
    using Shared = std::shared_ptr<const void>;

    /// Appends to `out` and, to be kept in front of the bytes, to `shared`.
    template <class Record>
    static void put(std::span<const Record> records, bool delta, std::vector<std::uint8_t>& out,
                    std::vector<Shared>& shared, std::uint16_t& layout);

    [[nodiscard]] static std::uint32_t sharedCount(std::uint16_t layout);

    [[nodiscard]] static ChunkSummary summary(const std::uint8_t* at, std::uint16_t layout,
                                              std::uint32_t count, TimeNs firstTime, Field field);
    template <class Record>
    static void decode(const std::uint8_t* at, const Shared* shared, std::uint16_t layout,
                       std::uint32_t count, TimeNs firstTime, RecordBlock<Record>& out);
};

extern template void RecordPacking::put(std::span<const HistogramSample>, bool,
                                        std::vector<std::uint8_t>&, std::vector<Shared>&,
                                        std::uint16_t&);
extern template void RecordPacking::put(std::span<const ExponentialHistogramSample>, bool,
                                        std::vector<std::uint8_t>&, std::vector<Shared>&,
                                        std::uint16_t&);
extern template void RecordPacking::put(std::span<const SummarySample>, bool,
                                        std::vector<std::uint8_t>&, std::vector<Shared>&,
                                        std::uint16_t&);
extern template void RecordPacking::decode(const std::uint8_t*, const Shared*, std::uint16_t,
                                           std::uint32_t, TimeNs, RecordBlock<HistogramSample>&);
extern template void RecordPacking::decode(const std::uint8_t*, const Shared*, std::uint16_t,
                                           std::uint32_t, TimeNs,
                                           RecordBlock<ExponentialHistogramSample>&);
extern template void RecordPacking::decode(const std::uint8_t*, const Shared*, std::uint16_t,
                                           std::uint32_t, TimeNs, RecordBlock<SummarySample>&);

} // namespace sightglass
