// SPDX-License-Identifier: GPL-3.0-or-later
// The part of SeriesSamples that deals with points which are not newer than the newest.
#include <algorithm>
#include <array>
#include <bit>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/base/heap.h"
#include "core/store/series_samples.h"

namespace sightglass {

namespace {

bool sameBits(double a, double b) {
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

template <class Record>
bool sameStart(const Record& a, const Record& b) {
    return a.time == b.time && a.startTime == b.startTime && a.flags == b.flags &&
           a.count == b.count && sameBits(a.sum, b.sum) && a.hasSum == b.hasSum;
}

template <class Record>
bool sameExtremes(const Record& a, const Record& b) {
    return a.hasMin == b.hasMin && a.hasMax == b.hasMax && sameBits(a.min, b.min) &&
           sameBits(a.max, b.max);
}

bool same(const HistogramSample& a, const HistogramSample& b) {
    // Bounds are interned.
    return sameStart(a, b) && sameExtremes(a, b) && a.bounds == b.bounds &&
           a.bucketCounts == b.bucketCounts;
}

bool same(const ExponentialHistogramSample& a, const ExponentialHistogramSample& b) {
    return sameStart(a, b) && sameExtremes(a, b) && a.scale == b.scale &&
           a.zeroCount == b.zeroCount && sameBits(a.zeroThreshold, b.zeroThreshold) &&
           a.positiveOffset == b.positiveOffset && a.negativeOffset == b.negativeOffset &&
           a.positiveCounts == b.positiveCounts && a.negativeCounts == b.negativeCounts;
}

bool same(const SummarySample& a, const SummarySample& b) {
    return sameStart(a, b) && a.hasCount == b.hasCount &&
           std::ranges::equal(a.quantiles, b.quantiles, [](const Quantile& x, const Quantile& y) {
               return sameBits(x.quantile, y.quantile) && sameBits(x.value, y.value);
           });
}

template <class Record>
bool isStaleMark(const Record& a, const Record& b) {
    return a.stale() && b.stale() && a.time == b.time && a.startTime == b.startTime &&
           a.flags == b.flags;
}

/// Whether point i is this very one. Of a stale point the value does not count.
template <class Points, class Record>
bool isAt(const Points& points, std::uint32_t i, const Record& record) {
    return same(points.sample(i), record) || isStaleMark(points.sample(i), record);
}
template <class Points>
bool isAt(const Points& points, std::uint32_t i, const NumberPoint& point) {
    const NumberHead::Common common = NumberHead::commonOf(point);
    if (points.startTime(i) != common.startTime || points.flags(i) != common.flags)
        return false;
    return points.stale(i) || (points.bits(i) == NumberHead::bitsOf(point) &&
                               points.sample(i).value.isInteger == point.value.isInteger);
}

/// Index of the first of `size` points that is not before `time`.
template <class Points>
std::uint32_t firstFrom(const Points& points, std::uint32_t size, TimeNs time) {
    std::uint32_t low = 0, high = size;
    while (low < high) {
        const std::uint32_t middle = low + (high - low) / 2;
        if (points.time(middle) < time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

template <class Points, class Point>
SeriesSamples::Found findIn(const Points& points, std::uint32_t size, const Point& point) {
    using Found = SeriesSamples::Found;
    const std::uint32_t i = firstFrom(points, size, point.time);
    if (i == size || points.time(i) != point.time)
        return Found::Nothing;
    return isAt(points, i, point) ? Found::TheSame : Found::Another;
}

Sample sampleOf(const NumberPoint& point) {
    const bool stale = (point.flags & noRecordedValueFlag) != 0;
    return {point.time, point.startTime,
            stale ? Number::of(std::bit_cast<double>(NumberBlock::staleBits)) : point.value,
            point.flags};
}
template <class Record>
const Record& sampleOf(const Record& record) {
    return record;
}

} // namespace

std::uint32_t SeriesSamples::firstReaching(TimeNs time) const {
    if (!m_past)
        return 0;
    std::uint32_t low = m_past->begin, high = m_past->end;
    while (low < high) {
        const std::uint32_t middle = low + (high - low) / 2;
        if ((*m_past->chunks)[middle]->lastTime() < time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

template <class S, class Point>
SeriesSamples::Found SeriesSamples::find(const Point& point, DecodedChunk<S>& decoded) const {
    const std::uint32_t size = headSize();
    if (size > 0) {
        const auto& head = static_cast<const typename KeptAs<S>::Head&>(*m_head.get());
        if (point.time >= head.time(0))
            return findIn(head, size, point);
    }
    const std::uint32_t index = firstReaching(point.time);
    if (chunkCount() == 0 || index == m_past->end)
        return Found::Nothing;
    const SealedChunkPtr& chunk = (*m_past->chunks)[index];
    if (point.time < chunk->firstTime())
        return Found::Nothing;
    const auto& block = decoded.of(chunk);
    return findIn(block, block.size(), point);
}

template <class S, class Point>
SamplesChange SeriesSamples::insert(const Point& point, Moment moment, bool delta,
                                    DecodedChunk<S>& decoded) {
    SamplesChange change;
    if (headSize() + 1 >= sealedPointsMost)
        change = seal<S>(moment, delta);
    past(change.bytes);
    m_lastSecond = moment.second;
    {
        SpinHold hold(m_lock);
        change.settle = keepBefore(moment);
    }
    const std::uint32_t index = firstReaching(point.time);
    if (index == m_past->end)
        insertIntoHead<S>(point, change);
    else
        insertIntoChunk<S>(index, point, delta, decoded, change);
    return change;
}

template <class S, class Point>
void SeriesSamples::insertIntoHead(const Point& point, SamplesChange& change) {
    const std::uint32_t size = headSize();
    const std::uint32_t capacity = std::max<std::uint32_t>(m_capacity, size + 1);
    if constexpr (std::is_same_v<S, Sample>) {
        const auto& old = static_cast<const NumberHead&>(*m_head.get());
        const std::uint32_t at = firstFrom(old, size, point.time);
        const NumberHead::Common common = NumberHead::commonOf(point);
        const bool wide = old.isWide() || !(old.common() == common);
        NumberHead* head =
            wide ? NumberHead::makeWide(capacity) : NumberHead::makeNarrow(capacity, common);
        for (std::uint32_t i = 0; i <= size; ++i) {
            const bool isNew = i == at;
            const std::uint32_t from = i > at ? i - 1 : i;
            const TimeNs time = isNew ? point.time : old.time(from);
            const std::uint64_t bits = isNew ? NumberHead::bitsOf(point) : old.bits(from);
            if (wide)
                head->putWide(i, time, bits, isNew ? common : old.commonOf(from));
            else
                head->putNarrow(i, time, bits);
        }
        replaceHead(head, size + 1, change);
    } else {
        const auto& old = static_cast<const RecordHead<S>&>(*m_head.get());
        const std::uint32_t at = firstFrom(old, size, point.time);
        auto* head = new RecordHead<S>(capacity);
        HeadPtr fresh(head);
        for (std::uint32_t i = 0; i <= size; ++i)
            head->put(i, S(i == at ? point : old.sample(i > at ? i - 1 : i)));
        change.bytes -= m_headBytes;
        m_headBytes = static_cast<std::uint32_t>(head->bytes(size + 1));
        change.bytes += m_headBytes;
        m_capacity = static_cast<std::uint8_t>(capacity);
        SpinHold hold(m_lock);
        std::swap(m_head, fresh);
        m_size.store(static_cast<std::uint8_t>(size + 1), std::memory_order_release);
    }
}

template <class S, class Point>
void SeriesSamples::insertIntoChunk(std::uint32_t index, const Point& point, bool delta,
                                    DecodedChunk<S>& decoded, SamplesChange& change) {
    Past& own = *m_past;
    const auto& block = decoded.of((*own.chunks)[index]);
    const std::uint32_t size = block.size(), at = firstFrom(block, size, point.time);
    std::vector<S> points;
    points.reserve(size + 1);
    for (std::uint32_t i = 0; i < size; ++i) {
        if (i == at)
            points.push_back(sampleOf(point));
        points.push_back(block.sample(i));
    }
    if (at == size)
        points.push_back(sampleOf(point));

    const std::span<const S> whole(points);
    std::array<SealedChunkPtr, 2> parts;
    const bool isSplit = whole.size() > sealedPointsMost;
    const std::size_t first = isSplit ? whole.size() / 2 : whole.size();
    parts[0] = SealedChunk::seal(whole.first(first), delta);
    if (isSplit)
        parts[1] = SealedChunk::seal(whole.subspan(first), delta);

    change.bytes -= static_cast<std::ptrdiff_t>((*own.chunks)[index]->bytes());
    change.bytes += static_cast<std::ptrdiff_t>(parts[0]->bytes());
    if (isSplit) {
        change.bytes += static_cast<std::ptrdiff_t>(parts[1]->bytes());
        change.chunks += 1;
    }
    ChunkListPtr old;
    SpinHold hold(m_lock);
    if (!isSplit && own.chunks->isUnshared()) {
        std::swap(own.chunks->slot(index), parts[0]);
        return;
    }
    const std::uint32_t count = own.end - own.begin, place = index - own.begin;
    ChunkListPtr list = ChunkListPtr::make(count + count / 2 + 2);
    std::uint32_t end = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
        if (i != place) {
            list->slot(end++) = (*own.chunks)[own.begin + i];
            continue;
        }
        list->slot(end++) = std::move(parts[0]);
        if (isSplit)
            list->slot(end++) = std::move(parts[1]);
    }
    change.bytes += static_cast<std::ptrdiff_t>(list->bytes()) -
                    static_cast<std::ptrdiff_t>(own.chunks->bytes());
    old = std::exchange(own.chunks, std::move(list));
    own.kept = own.begin = 0;
    own.end = end;
}

#define SIGHTGLASS_LATE_POINTS(S, Point)                                                           \
    template SeriesSamples::Found SeriesSamples::find(const Point&, DecodedChunk<S>&) const;       \
    template SamplesChange SeriesSamples::insert(const Point&, Moment, bool, DecodedChunk<S>&);
SIGHTGLASS_LATE_POINTS(Sample, NumberPoint)
SIGHTGLASS_LATE_POINTS(HistogramSample, HistogramSample)
SIGHTGLASS_LATE_POINTS(ExponentialHistogramSample, ExponentialHistogramSample)
SIGHTGLASS_LATE_POINTS(SummarySample, SummarySample)
#undef SIGHTGLASS_LATE_POINTS

} // namespace sightglass
