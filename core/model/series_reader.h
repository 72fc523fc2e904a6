// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/ids.h"
#include "core/model/batch.h"
#include "core/model/descriptor.h"

namespace sightglass {

/// What all series of one metric on one origin share. Immutable but for the description, which a
/// sender may change: then a new MetricInfo with the same id takes its place.
struct MetricInfo {
    MetricId id;
    OriginId origin;
    std::shared_ptr<const Resource> resource; ///< never null
    std::shared_ptr<const Scope> scope;       ///< never null
    Descriptor descriptor;
    bool synthetic = false; ///< see MetricBlock::synthetic
};

struct SeriesInfo {
    SeriesId id;
    std::shared_ptr<const MetricInfo> metric;
    std::shared_ptr<const AttributeSet> attributes; ///< the point's own, never null
};

/// Both ends belong to the range.
struct TimeRange {
    TimeNs from = std::numeric_limits<TimeNs>::min();
    TimeNs to = std::numeric_limits<TimeNs>::max();

    [[nodiscard]] bool contains(TimeNs t) const { return t >= from && t <= to; }
    friend bool operator==(const TimeRange&, const TimeRange&) = default;
};

/// One stored number. Stale (no recorded value, or Prometheus' stale marker) says that the series
/// ended here: it has a time and no value.
struct Sample {
    TimeNs time = 0;
    TimeNs startTime = 0;
    Number value;
    std::uint32_t flags = 0;

    [[nodiscard]] bool stale() const { return (flags & noRecordedValueFlag) != 0; }
};

/// Bounds of a histogram, interned: series with equal bounds share one. `texts` is how a page
/// spelled each `le` (+Inf last), or empty; `bounds` leaves +Inf out.
struct HistogramBounds {
    std::vector<double> bounds;
    std::vector<std::string> texts;
};

struct HistogramSample {
    TimeNs time = 0, startTime = 0;
    std::uint32_t flags = 0;
    std::uint64_t count = 0;
    double sum = 0, min = 0, max = 0;
    bool hasSum = false, hasMin = false, hasMax = false;
    std::shared_ptr<const HistogramBounds> bounds; ///< null if no buckets were sent
    std::vector<std::uint64_t> bucketCounts;       ///< one longer than bounds, or empty

    [[nodiscard]] bool stale() const { return (flags & noRecordedValueFlag) != 0; }
};

struct ExponentialHistogramSample {
    TimeNs time = 0, startTime = 0;
    std::uint32_t flags = 0;
    std::uint64_t count = 0;
    double sum = 0, min = 0, max = 0;
    bool hasSum = false, hasMin = false, hasMax = false;
    std::int32_t scale = 0;
    std::uint64_t zeroCount = 0;
    double zeroThreshold = 0;
    std::int32_t positiveOffset = 0, negativeOffset = 0;
    std::vector<std::uint64_t> positiveCounts, negativeCounts;

    [[nodiscard]] bool stale() const { return (flags & noRecordedValueFlag) != 0; }
};

struct SummarySample {
    TimeNs time = 0, startTime = 0;
    std::uint32_t flags = 0;
    std::uint64_t count = 0;
    double sum = 0;
    bool hasSum = true, hasCount = true;
    std::vector<Quantile> quantiles;
    std::shared_ptr<const std::vector<std::string>> quantileTexts; ///< null: spell them ourselves

    [[nodiscard]] bool stale() const { return (flags & noRecordedValueFlag) != 0; }
};

/// Which number of a point a chart or a sum wants. Histograms and summaries have Count and Sum,
/// the others only Value.
enum class Field : std::uint8_t { Value, Count, Sum };

/// One pixel column of a series: enough to draw the very line that all its points would draw
/// (first, min, max, last), and to chart a rate without touching points.
struct Column {
    std::uint32_t count = 0; ///< points with a value; 0: nothing was recorded in these pixels
    bool stale = false;      ///< the series was marked as ended after the last point in here
    TimeNs firstTime = 0, lastTime = 0;
    double first = 0, min = 0, max = 0, last = 0;
    double sum = 0; ///< of the values, for the mean
    /// Reset-corrected rise from the point before this column (if there is one) to its last point.
    /// Of a delta metric each value is a rise already: their sum, and no resets.
    double increase = 0;
    /// Time over which `increase` rose, from a delta's own start if sent; 0 if from one point only.
    TimeNs increaseOver = 0;
    std::uint32_t resets = 0; ///< falls in value, the one from the point before included
};

/// What a selector asks of a label that points carry. `label` is Prometheus' spelling, which
/// several attribute keys may come to; values are as Value::display() gives them.
struct LabelCondition {
    std::string label;
    std::optional<std::string> equals; ///< set: this value and no other
    /// Otherwise: whether a value will do. A series without the label has the empty value.
    std::function<bool(std::string_view)> accepts;
    // What is known of `accepts`, so that not every value need be tried.
    std::vector<std::string> oneOf;  ///< if not empty: it takes these and no other
    std::vector<std::string> noneOf; ///< if not empty: it takes all values but these
    std::string prefix;              ///< it takes only values that begin so

    [[nodiscard]] bool holdsFor(std::string_view value) const {
        return equals ? value == *equals : accepts(value);
    }
};

/// How the charts, the API and the rules read what is kept. Any thread may call at any time; no
/// call waits for the writer for longer than it takes to copy a few pointers. Ids of series that
/// were evicted are unknown: reads of them give nothing.
class SeriesReader {
  public:
    virtual ~SeriesReader() = default;

    /// Rises with every batch written.
    [[nodiscard]] virtual std::uint64_t generation() const = 0;
    /// Rises when a point of this metric was written; 0 if unknown.
    [[nodiscard]] virtual std::uint64_t generation(MetricId metric) const = 0;

    [[nodiscard]] virtual std::shared_ptr<const MetricInfo> metric(MetricId metric) const = 0;
    [[nodiscard]] virtual std::optional<SeriesInfo> series(SeriesId series) const = 0;
    /// All series of a metric, in the order they appeared.
    [[nodiscard]] virtual std::vector<SeriesInfo> seriesOf(MetricId metric) const = 0;
    /// Series of these metrics, in the order they appeared, without those that the index knows to
    /// miss a condition: the caller still has to look at each.
    [[nodiscard]] virtual std::vector<SeriesInfo>
    candidates(std::span<const MetricId> metrics,
               std::span<const LabelCondition> conditions) const = 0;

    /// Each value that points carry under a label (in Prometheus' spelling), in no order and some
    /// more than once: those of all keys that come to the label. False if no index is kept that
    /// knows them.
    [[nodiscard]] virtual bool
    labelValues(std::string_view label, const std::function<void(std::string_view)>& take) const {
        static_cast<void>(label);
        static_cast<void>(take);
        return false;
    }

    /// What these series hold at one generation, whatever is written or evicted meanwhile: of each
    /// batch either all points or none. Ids that are unknown stay so. What pin() gave answers
    /// reads of those series only, holds their samples in memory as long as it lives, and must not
    /// outlive this reader.
    [[nodiscard]] virtual std::shared_ptr<const SeriesReader>
    pin(std::span<const SeriesId> series) const = 0;

    /// First and last sample time of a series; nullopt if it has none.
    [[nodiscard]] virtual std::optional<TimeRange> extent(SeriesId series) const = 0;

    // Samples within `range`, oldest first, appended to `out`. Each kind of metric answers to the
    // call of its own type and gives nothing to the others.
    virtual void numbers(SeriesId series, TimeRange range, std::vector<Sample>& out) const = 0;
    virtual void histograms(SeriesId series, TimeRange range,
                            std::vector<HistogramSample>& out) const = 0;
    virtual void exponentialHistograms(SeriesId series, TimeRange range,
                                       std::vector<ExponentialHistogramSample>& out) const = 0;
    virtual void summaries(SeriesId series, TimeRange range,
                           std::vector<SummarySample>& out) const = 0;

    /// Exemplars of a series within `range`; `attributes` of each are owned by the result.
    struct ExemplarSample {
        Exemplar exemplar;       ///< its `attributes` slice is unused here
        AttributeSet attributes; ///< filtered attributes
    };
    virtual void exemplars(SeriesId series, TimeRange range,
                           std::vector<ExemplarSample>& out) const = 0;

    /// `range` cut into columns.size() parts of equal length, oldest first. Column i holds the
    /// points with from + i*w <= time < from + (i+1)*w, w = (to - from) / size; the last column
    /// takes `to` as well. Columns without points keep count 0.
    virtual void columns(SeriesId series, Field field, TimeRange range,
                         std::span<Column> columns) const = 0;

    /// The newest number of a field at or before `time` and after `time - lookback`; nullopt if
    /// there is none or the newest is stale.
    [[nodiscard]] virtual std::optional<Sample> latest(SeriesId series, Field field, TimeNs time,
                                                       TimeNs lookback) const = 0;
};

/// Hears from the writer what exists. Called on the writer's thread only, in the order of writing;
/// implementations must be quick.
class SeriesListener {
  public:
    virtual ~SeriesListener() = default;
    /// A new metric, or the same id with a changed description.
    virtual void metricChanged(const std::shared_ptr<const MetricInfo>& metric, TimeNs when) = 0;
    virtual void seriesAdded(const SeriesInfo& series, TimeNs when) = 0;
    virtual void seriesRemoved(const SeriesInfo& series) = 0;
    /// All series of the metric are gone.
    virtual void metricRemoved(MetricId metric) = 0;
    /// Points of this metric were written; at most once a metric block. `when` is the newest
    /// sample time.
    virtual void pointsWritten(MetricId metric, TimeNs when) = 0;
};

} // namespace sightglass
