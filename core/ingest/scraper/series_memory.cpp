// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/scraper/series_memory.h"

#include <algorithm>
#include <iterator>
#include <limits>

#include <absl/hash/hash.h>

#include "core/codec/exposition/exposition.h"

namespace sightglass {

namespace {

/// Calls `each(block, point, hash)` for every series whose time the page left to us.
template <class Points, class Each>
void eachSeries(const Batch& batch, const MetricBlock& block, const Points& points, Each each) {
    const DescriptorView& d = block.descriptor;
    const std::uint64_t metric = absl::HashOf(d.name, d.type, d.monotonic);
    for (const auto& point : Batch::slice(points, block.points)) {
        if (point.time != batch.receivedAt)
            continue;
        std::uint64_t hash = metric;
        for (const Attribute& label : batch.attributesOf(point.attributes))
            hash += absl::HashOf(label.key, label.value.text());
        each(point, hash);
    }
}

template <class Each>
void eachSeries(const Batch& batch, const MetricBlock& block, Each each) {
    switch (block.descriptor.type) {
    case MetricType::Histogram:
        eachSeries(batch, block, batch.histogramPoints, each);
        break;
    case MetricType::Summary:
        eachSeries(batch, block, batch.summaryPoints, each);
        break;
    default:
        eachSeries(batch, block, batch.numberPoints, each);
    }
}

/// An empty point with the series' labels, in the pool of its type.
void appendMarker(Batch& into, MetricType type, Slice attributes, TimeNs time) {
    const auto fill = [&](PointHeader& point) {
        point.time = time;
        point.attributes = attributes;
        point.flags = noRecordedValueFlag;
    };
    switch (type) {
    case MetricType::Histogram:
        fill(into.histogramPoints.emplace_back());
        break;
    case MetricType::Summary:
        fill(into.summaryPoints.emplace_back());
        break;
    default:
        NumberPoint& point = into.numberPoints.emplace_back();
        fill(point);
        point.value = Number::of(std::numeric_limits<double>::quiet_NaN());
    }
}

std::uint32_t poolSize(const Batch& batch, MetricType type) {
    const std::size_t size = type == MetricType::Histogram ? batch.histogramPoints.size()
                             : type == MetricType::Summary ? batch.summaryPoints.size()
                                                           : batch.numberPoints.size();
    return static_cast<std::uint32_t>(size);
}

} // namespace

SeriesMemory::Page SeriesMemory::describe(const Batch& batch) {
    Page page;
    page.body = batch.body;
    page.receivedAt = batch.receivedAt;
    page.series.reserve(batch.pointCount());
    for (const MetricBlock& block : batch.metrics) {
        eachSeries(batch, block, [&page](const PointHeader&, std::uint64_t hash) {
            page.series.push_back(hash);
        });
    }
    std::sort(page.series.begin(), page.series.end());
    return page;
}

std::size_t SeriesMemory::appendStale(Batch& into, const Page& page, TimeNs time) const {
    std::vector<std::uint64_t> gone;
    std::set_difference(m_last.series.begin(), m_last.series.end(), page.series.begin(),
                        page.series.end(), std::back_inserter(gone));
    if (gone.empty())
        return 0;
    RawRecord record;
    record.receivedAt = m_last.receivedAt;
    record.body = m_last.body;
    const Result<Batch> last = decodeExposition(record);
    if (!last.ok())
        return 0;
    std::size_t markers = 0;
    for (const MetricBlock& block : last->metrics) {
        const MetricType type = block.descriptor.type;
        const std::uint32_t begin = poolSize(into, type);
        eachSeries(*last, block, [&](const PointHeader& point, std::uint64_t hash) {
            if (!std::binary_search(gone.begin(), gone.end(), hash))
                return;
            const Slice labels{static_cast<std::uint32_t>(into.attributes.size()),
                               point.attributes.count};
            for (const Attribute& label : last->attributesOf(point.attributes))
                into.attributes.push_back({into.arena.copy(label.key),
                                           Value::string(into.arena.copy(label.value.text()))});
            appendMarker(into, type, labels, time);
        });
        const std::uint32_t count = poolSize(into, type) - begin;
        if (count == 0)
            continue;
        MetricBlock& stale = into.metrics.emplace_back(block);
        stale.descriptor.name = into.arena.copy(block.descriptor.name);
        stale.descriptor.description = into.arena.copy(block.descriptor.description);
        stale.points = {begin, count};
        markers += count;
    }
    return markers;
}

} // namespace sightglass
