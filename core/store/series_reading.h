// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/model/series_reader.h"
#include "core/store/series_samples.h"

// What SeriesReader promises of one series, answered from a view of its samples.
namespace sightglass {

/// nullopt if there is no point.
[[nodiscard]] std::optional<TimeRange> extentOf(const SeriesView& view, MetricType type);

/// Appends the samples in `range`; S must be what the series' metric is kept as.
template <class S>
void readSamples(const SeriesView& view, TimeRange range, std::vector<S>& out);

/// See SeriesReader::columns; `columns` are empty, `descriptor` has the field.
void foldColumns(const SeriesView& view, const Descriptor& descriptor, Field field, TimeRange range,
                 std::span<Column> columns);

/// See SeriesReader::latest; `type` has the field.
[[nodiscard]] std::optional<Sample> latestNumber(const SeriesView& view, MetricType type,
                                                 Field field, TimeNs time, TimeNs lookback);

extern template void readSamples(const SeriesView&, TimeRange, std::vector<Sample>&);
extern template void readSamples(const SeriesView&, TimeRange, std::vector<HistogramSample>&);
extern template void readSamples(const SeriesView&, TimeRange,
                                 std::vector<ExponentialHistogramSample>&);
extern template void readSamples(const SeriesView&, TimeRange, std::vector<SummarySample>&);

} // namespace sightglass
