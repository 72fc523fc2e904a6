// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/catalog/catalog.h"
#include "core/model/origin.h"
#include "core/model/series_reader.h"
#include "core/query/selector.h"

namespace sightglass {

enum class Want;

/// A native histogram in the form Prometheus' API gives it: non-empty buckets with their bounds and
/// which bounds belong to the bucket (0: the upper, 1: the lower, 2: none, 3: both).
struct NativeHistogram {
    struct Bucket {
        int boundaries = 0;
        double lower = 0, upper = 0;
        double count = 0;
    };
    double count = 0, sum = 0;
    std::vector<Bucket> buckets; ///< by rising bounds
};

/// One value of a series in the Prometheus view: a number or a native histogram.
struct ViewSample {
    TimeNs time = 0;
    Number value;                                     ///< an integer stays one
    std::shared_ptr<const NativeHistogram> histogram; ///< null: a number
    bool stale = false;
};

/// A series as Prometheus would have it: `http_seconds_bucket{le="0.5"}` is one, though the store
/// keeps the histogram whole.
struct ViewSeries {
    std::string name;
    Labels labels; ///< sorted, without __name__
    std::vector<ViewSample> samples;
};

/// The Prometheus view of what is kept: answers selectors. Holds no state of its own; any thread
/// may call, several at once. Reader and origins outlive it.
class PrometheusView {
  public:
    PrometheusView(const SeriesReader& reader, const OriginTable& origins, std::string originLabel)
        : m_reader(reader), m_origins(origins), m_originLabel(std::move(originLabel)) {}

    /// Instants look back this far.
    static constexpr TimeNs lookback = 300 * nsPerSecond;
    /// Steps of one range query, as Prometheus limits them.
    static constexpr TimeNs mostSteps = 11'000;
    /// Samples that one request may hold at a time.
    static constexpr std::size_t mostSamples = 5'000'000;

    // Each gives an Error (ResourceExhausted) if more than `limit` series or `mostSamples` samples
    // match.

    /// The newest value of each matching series at `time`; series that are stale or silent for
    /// longer than `lookback` are left out.
    Result<std::vector<ViewSeries>> instant(const CatalogSnapshot& catalog,
                                            const Selector& selector, TimeNs time,
                                            std::size_t limit) const;
    /// All samples after `time - selector.range`, up to `time`.
    Result<std::vector<ViewSeries>> raw(const CatalogSnapshot& catalog, const Selector& selector,
                                        TimeNs time, std::size_t limit) const;
    /// What instant() says at from, from + step, ... to. `step` > 0.
    Result<std::vector<ViewSeries>> range(const CatalogSnapshot& catalog, const Selector& selector,
                                          TimeNs from, TimeNs to, TimeNs step,
                                          std::size_t limit) const;
    /// Matching series that have a sample within `range`, without their samples.
    Result<std::vector<ViewSeries>> series(const CatalogSnapshot& catalog, const Selector& selector,
                                           TimeRange range, std::size_t limit) const;

    // What the catalog and the reader's index tell without a look at any series: of everything that
    // was heard of at `since` or later. A label without values left may linger.

    /// Names of labels, with __name__.
    [[nodiscard]] std::set<std::string> labelNames(const CatalogSnapshot& catalog,
                                                   TimeNs since) const;
    /// Values of a label; nullopt if only the series themselves can tell: of `le` and `quantile`,
    /// and of labels that are renamed or joined. An Error (ResourceExhausted) beyond `limit`.
    [[nodiscard]] std::optional<Result<std::set<std::string>>>
    labelValues(const CatalogSnapshot& catalog, const std::string& label, TimeNs since,
                std::size_t limit) const;

  private:
    using OriginNames = std::map<OriginId, std::string>;
    [[nodiscard]] Labels attachedLabels(const MetricInfo& metric, OriginNames& names) const;
    Result<std::vector<ViewSeries>> select(const CatalogSnapshot& catalog, const Selector& selector,
                                           TimeRange range, Want want, std::size_t limit) const;

    const SeriesReader& m_reader;
    const OriginTable& m_origins;
    const std::string m_originLabel;
};

} // namespace sightglass
