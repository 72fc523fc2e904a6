// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/model/series_reader.h"
#include "core/store/store_shared.h"

namespace sightglass {

/// What SeriesReader::pin() gives: views of some series, all as of one generation. Owned by
/// whoever asked; any thread may call.
class PinnedReader final : public SeriesReader {
  public:
    /// What these series hold at one generation; `store` is asked for the rest.
    [[nodiscard]] static std::shared_ptr<const PinnedReader>
    pin(const SeriesReader& store, StoreShared& shared, std::span<const SeriesId> series);

    [[nodiscard]] std::uint64_t generation() const override { return m_generation; }
    [[nodiscard]] std::uint64_t generation(MetricId metric) const override;
    [[nodiscard]] std::shared_ptr<const MetricInfo> metric(MetricId metric) const override;
    [[nodiscard]] std::optional<SeriesInfo> series(SeriesId series) const override;
    [[nodiscard]] std::vector<SeriesInfo> seriesOf(MetricId metric) const override;
    [[nodiscard]] std::vector<SeriesInfo>
    candidates(std::span<const MetricId> metrics,
               std::span<const LabelCondition> conditions) const override;
    [[nodiscard]] std::shared_ptr<const SeriesReader>
    pin(std::span<const SeriesId> series) const override;
    [[nodiscard]] std::optional<TimeRange> extent(SeriesId series) const override;
    void numbers(SeriesId series, TimeRange range, std::vector<Sample>& out) const override;
    void histograms(SeriesId series, TimeRange range,
                    std::vector<HistogramSample>& out) const override;
    void exponentialHistograms(SeriesId series, TimeRange range,
                               std::vector<ExponentialHistogramSample>& out) const override;
    void summaries(SeriesId series, TimeRange range,
                   std::vector<SummarySample>& out) const override;
    void exemplars(SeriesId series, TimeRange range,
                   std::vector<ExemplarSample>& out) const override;
    void columns(SeriesId series, Field field, TimeRange range,
                 std::span<Column> columns) const override;
    [[nodiscard]] std::optional<Sample> latest(SeriesId series, Field field, TimeNs time,
                                               TimeNs lookback) const override;

  private:
    struct Entry {
        SeriesId id;
        std::shared_ptr<const StoredSeries> series;
        SeriesView view;
    };

    PinnedReader(const SeriesReader& store, StoreShared& shared)
        : m_store(store), m_shared(shared) {}

    /// False if the writer was faster.
    [[nodiscard]] bool collect(std::span<const SeriesId> sorted);
    [[nodiscard]] const Entry* find(SeriesId series) const;
    template <class S>
    void read(SeriesId series, TimeRange range, std::vector<S>& out) const;

    const SeriesReader& m_store;
    const StoreShared& m_shared;
    std::uint64_t m_generation = 0;
    std::vector<Entry> m_entries; ///< by id
};

} // namespace sightglass
