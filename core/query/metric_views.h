// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/series_reader.h"
#include "core/query/prometheus_view.h"

namespace sightglass {

/// Before the name of a series' own label where another has it, as Prometheus does for a scrape
/// without honor_labels.
inline constexpr std::string_view exportedPrefix = "exported_";

/// The label that its points' buckets or quantiles are told apart by; empty if there is none.
[[nodiscard]] std::string_view viewLabel(MetricType type);
[[nodiscard]] bool hasLabel(const Labels& labels, std::string_view name);
/// `labels` stay sorted by name.
void insertLabel(Labels& labels, std::string name, std::string value);

/// How much of each series a request needs.
enum class Want {
    All,       ///< every sample of the range
    Newest,    ///< the newest of the range
    Existence, ///< that there is one: a sample without value for each view
};

class LabelledSamples;

/// Makes the Prometheus views of the stored series of one metric, for one request on one thread:
/// a histogram becomes its `_bucket`, `_sum` and `_count` series. Appends those that the selector
/// matches to `out`; what it refers to outlives it.
class MetricViews {
  public:
    MetricViews(const SeriesReader& reader, const MetricInfo& metric, const Selector& selector,
                TimeRange range, Want want, std::vector<ViewSeries>& out);

    /// False if no view of this metric has a name that the selector asks for.
    [[nodiscard]] bool wanted() const {
        return m_plain.wanted || m_bucket.wanted || m_sum.wanted || m_count.wanted;
    }

    /// `labels` are those of the whole series, as the view has them. Gives how many samples were
    /// appended.
    std::size_t add(SeriesId series, Labels labels);

  private:
    struct View {
        std::string name;
        bool wanted = false; ///< the selector asks for this name
    };
    [[nodiscard]] View viewOf(std::string_view suffix, bool exists) const;

    void emitSeries(const View& view, Labels labels, std::vector<ViewSample> samples);
    void addField(SeriesId series, const View& view, Labels labels, Field field);
    void addBuckets(SeriesId series, const Labels& labels);
    void addNative(SeriesId series, const Labels& labels);
    void addQuantiles(SeriesId series, const Labels& labels);
    void addLabelled(const View& view, const Labels& labels, const std::string& key,
                     LabelledSamples& samples);
    template <class T>
    [[nodiscard]] std::span<const T> trim(const std::vector<T>& samples) const;

    const SeriesReader& m_reader;
    const MetricInfo& m_metric;
    const Selector& m_selector;
    const TimeRange m_range;
    const Want m_want;
    std::vector<ViewSeries>& m_out;
    const std::string m_name;
    const View m_plain, m_bucket, m_sum, m_count;

    TimeRange m_read; ///< what of the series under way is read
    std::size_t m_samples = 0;
};

} // namespace sightglass
