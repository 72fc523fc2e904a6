// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/record_maker.h"

#include <algorithm>

namespace sightglass {

namespace {

template <class Record, class Point>
void fillCommon(Record& record, const Point& point) {
    record.time = point.time;
    record.startTime = point.startTime;
    record.flags = point.flags;
    record.count = point.count;
    record.sum = point.sum;
    record.hasSum = point.hasSum;
}

template <class Record, class Point>
void fillExtremes(Record& record, const Point& point) {
    record.min = point.min;
    record.max = point.max;
    record.hasMin = point.hasMin;
    record.hasMax = point.hasMax;
}

template <class T>
std::vector<T> copied(const std::vector<T>& pool, Slice slice) {
    const auto span = Batch::slice(pool, slice);
    return {span.begin(), span.end()};
}

} // namespace

std::shared_ptr<const HistogramBounds> RecordMaker::bounds(const Batch& batch,
                                                           const HistogramPoint& point) {
    if (point.bucketCounts.count == 0)
        return nullptr;
    const auto bounds = Batch::slice(batch.doubles, point.bounds);
    const auto spelled = Batch::slice(batch.texts, point.boundTexts);
    if (m_lastBounds && std::ranges::equal(m_lastBounds->bounds, bounds) &&
        std::ranges::equal(m_lastBounds->texts, spelled))
        return m_lastBounds;
    HistogramBounds made;
    made.bounds.assign(bounds.begin(), bounds.end());
    made.texts.assign(spelled.begin(), spelled.end());
    m_lastBounds = m_bounds.intern(std::move(made));
    return m_lastBounds;
}

std::shared_ptr<const std::vector<std::string>> RecordMaker::texts(const Batch& batch,
                                                                   Slice slice) {
    if (slice.count == 0)
        return nullptr;
    const auto spelled = Batch::slice(batch.texts, slice);
    if (m_lastTexts && std::ranges::equal(*m_lastTexts, spelled))
        return m_lastTexts;
    m_lastTexts = m_texts.intern(std::vector<std::string>(spelled.begin(), spelled.end()));
    return m_lastTexts;
}

HistogramSample RecordMaker::make(const Batch& batch, const HistogramPoint& point) {
    HistogramSample out;
    fillCommon(out, point);
    fillExtremes(out, point);
    out.bounds = bounds(batch, point);
    out.bucketCounts = copied(batch.counts, point.bucketCounts);
    return out;
}

ExponentialHistogramSample RecordMaker::make(const Batch& batch,
                                             const ExponentialHistogramPoint& point) {
    ExponentialHistogramSample out;
    fillCommon(out, point);
    fillExtremes(out, point);
    out.scale = point.scale;
    out.zeroCount = point.zeroCount;
    out.zeroThreshold = point.zeroThreshold;
    out.positiveOffset = point.positiveOffset;
    out.negativeOffset = point.negativeOffset;
    out.positiveCounts = copied(batch.counts, point.positiveCounts);
    out.negativeCounts = copied(batch.counts, point.negativeCounts);
    return out;
}

SummarySample RecordMaker::make(const Batch& batch, const SummaryPoint& point) {
    SummarySample out;
    fillCommon(out, point);
    out.hasCount = point.hasCount;
    out.quantiles = copied(batch.quantiles, point.quantiles);
    out.quantileTexts = texts(batch, point.quantileTexts);
    return out;
}

} // namespace sightglass
