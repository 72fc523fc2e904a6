// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/series_samples.h"

#include <algorithm>
#include <array>
#include <span>
#include <type_traits>
#include <utility>

#include "core/base/heap.h"

namespace sightglass {

namespace {

/// A head begins with room for so many: many series stay short.
constexpr std::uint32_t numbersAtFirst = 4, recordsAtFirst = 2;
/// A head of more points than this is sealed rather than widened for one that is unlike them.
constexpr std::uint32_t widenedMost = 32;
constexpr std::uint32_t chunksAtFirst = 2;

std::uint32_t grown(std::uint32_t capacity, std::uint32_t most) {
    return std::min(std::max(capacity * 2, numbersAtFirst), most);
}

} // namespace

// ---- readers ----

void SeriesSamples::viewNow(SeriesView& out) const {
    out.pointsOfHead = m_size.load(std::memory_order_relaxed);
    if (out.pointsOfHead > 0)
        out.head = m_head;
    if (m_past) {
        out.chunks = m_past->chunks;
        out.begin = m_past->begin;
        out.end = m_past->end;
    }
}

bool SeriesSamples::viewLocked(std::uint64_t generation, SeriesView& out) const {
    out = {};
    const std::uint32_t size = m_size.load(std::memory_order_acquire);
    const std::uint64_t marks = m_marks.load(std::memory_order_acquire);
    if (generationOf(marks) > generation) {
        if (previousOf(marks) > generation)
            return false;
        if (m_past && m_past->before) {
            out = *m_past->before;
            return true;
        }
        if ((marks & replacedBit) != 0)
            return false;
        viewNow(out);
        if (m_past && m_past->sealedIn == generationOf(marks)) {
            out.end = m_past->endBefore;
            out.pointsOfLast = m_past->pointsOfLastBefore;
            out.pointsOfHead = 0;
        } else {
            out.pointsOfHead = static_cast<std::uint8_t>(marks);
        }
        if (out.pointsOfHead == 0)
            out.head = {};
        return true;
    }
    viewNow(out);
    out.pointsOfHead = size;
    return true;
}

bool SeriesSamples::viewAt(std::uint64_t generation, SeriesView& out) const {
    SeriesView found; // what `out` held is freed without the lock
    bool isKnown = false;
    {
        SpinHold hold(m_lock);
        isKnown = viewLocked(generation, found);
    }
    out = std::move(found);
    return isKnown;
}

// ---- the writer ----

template <class S>
TimeNs SeriesSamples::oldest() const {
    if (chunkCount() > 0)
        return (*m_past->chunks)[m_past->begin]->firstTime();
    return static_cast<const typename KeptAs<S>::Head*>(m_head.get())->time(0);
}

template <class S>
bool SeriesSamples::endsStale() const {
    const std::uint32_t size = headSize();
    // Mostly the head itself need not be loaded.
    if (std::is_same_v<S, Sample> && m_mark != noMark)
        return size > 0 && m_mark == NumberBlock::Stale;
    return size > 0 && static_cast<const typename KeptAs<S>::Head*>(m_head.get())->stale(size - 1);
}

SeriesSamples::Past& SeriesSamples::past(std::ptrdiff_t& bytes) {
    if (!m_past) {
        auto made = std::make_unique<Past>();
        SpinHold hold(m_lock);
        m_past = std::move(made);
        bytes += static_cast<std::ptrdiff_t>(allocatedBytes(sizeof(Past)));
    }
    return *m_past;
}

std::size_t SeriesSamples::ownBytes() const {
    std::size_t out = m_headBytes;
    if (m_past)
        out += allocatedBytes(sizeof(Past));
    if (m_past && m_past->chunks)
        out += m_past->chunks->bytes();
    return out;
}

bool SeriesSamples::keepBefore(Moment moment) {
    touch(moment, headSize());
    if (m_past->before)
        return false;
    auto view = std::make_unique<SeriesView>();
    static_cast<void>(viewLocked(moment.batch - 1, *view)); // one batch can always be told
    m_past->before = std::move(view);
    m_marks.store(marks() | replacedBit, std::memory_order_release);
    return true;
}

void SeriesSamples::dropKept() {
    if (m_past->kept == m_past->begin || !m_past->chunks->isUnshared())
        return;
    for (; m_past->kept < m_past->begin; ++m_past->kept)
        m_past->chunks->slot(m_past->kept) = {};
}

void SeriesSamples::settle() {
    std::unique_ptr<SeriesView> gone;
    {
        SpinHold hold(m_lock);
        gone = std::move(m_past->before);
    }
    gone.reset();
    SpinHold hold(m_lock);
    if (m_past->chunks)
        dropKept();
}

ChunkListPtr SeriesSamples::makeRoom(std::uint32_t more, std::ptrdiff_t& bytes) {
    Past& past = *m_past;
    if (past.chunks && past.end + more <= past.chunks->capacity())
        return {};
    const std::uint32_t count = past.end - past.begin;
    const std::uint32_t capacity = std::max({chunksAtFirst, count + count / 2, count + more});
    ChunkListPtr list = ChunkListPtr::make(capacity);
    const bool isShared = past.chunks && !past.chunks->isUnshared();
    for (std::uint32_t i = 0; i < count; ++i) {
        SealedChunkPtr& slot = past.chunks->slot(past.begin + i);
        list->slot(i) = isShared ? slot : std::move(slot);
    }
    if (past.chunks)
        bytes -= static_cast<std::ptrdiff_t>(past.chunks->bytes());
    bytes += static_cast<std::ptrdiff_t>(list->bytes());
    std::swap(past.chunks, list);
    past.endBefore -= std::min(past.endBefore, past.begin);
    past.kept = past.begin = 0;
    past.end = count;
    return list;
}

NumberHead* SeriesSamples::copyOfHead(std::uint32_t capacity, bool wide) const {
    const auto& old = static_cast<const NumberHead&>(*m_head.get());
    const std::uint32_t size = headSize();
    if (!wide) {
        NumberHead* head = NumberHead::makeNarrow(capacity, old.common());
        for (std::uint32_t i = 0; i < size; ++i)
            head->putNarrow(i, old.time(i), old.bits(i));
        return head;
    }
    NumberHead* head = NumberHead::makeWide(capacity);
    for (std::uint32_t i = 0; i < size; ++i)
        head->putWide(i, old.time(i), old.bits(i), old.commonOf(i));
    return head;
}

void SeriesSamples::replaceHead(NumberHead* head, std::uint32_t size, SamplesChange& change) {
    change.bytes -= m_headBytes;
    m_headBytes = static_cast<std::uint32_t>(head->bytes());
    change.bytes += m_headBytes;
    m_capacity = static_cast<std::uint8_t>(head->capacity());
    m_startTime = head->common().startTime;
    m_flags = head->common().flags;
    m_mark = head->isWide() ? noMark : static_cast<std::uint8_t>(head->common().mark);
    HeadPtr fresh(head);
    SpinHold hold(m_lock);
    std::swap(m_head, fresh);
    m_size.store(static_cast<std::uint8_t>(size), std::memory_order_release);
}

SamplesChange SeriesSamples::append(const NumberPoint& point, Moment moment, std::uint32_t sealAt,
                                    bool delta) {
    SamplesChange change;
    const NumberHead::Common common = NumberHead::commonOf(point);
    const auto* head = static_cast<const NumberHead*>(m_head.get());
    const bool isFull = hasHead() && headSize() == m_capacity;
    const bool fits = hasHead() && (head->isWide() || head->common() == common);
    if ((isFull && m_capacity >= sealAt) || (!fits && headSize() > widenedMost))
        change = seal<Sample>(moment, delta);
    touch(moment, headSize());
    if (!hasHead())
        replaceHead(NumberHead::makeNarrow(numbersAtFirst, common), 0, change);
    else if (isFull || !fits)
        replaceHead(copyOfHead(isFull ? grown(m_capacity, numbersInHeadMost) : m_capacity,
                               !fits || head->isWide()),
                    headSize(), change);
    auto& open = static_cast<NumberHead&>(*m_head.get());
    const std::uint32_t size = headSize();
    if (open.isWide())
        open.putWide(size, point.time, NumberHead::bitsOf(point), common);
    else
        open.putNarrow(size, point.time, NumberHead::bitsOf(point));
    m_newest = point.time;
    m_lastSecond = moment.second;
    m_size.store(static_cast<std::uint8_t>(size + 1), std::memory_order_release);
    return change;
}

template <class S>
SamplesChange SeriesSamples::append(S&& record, Moment moment, std::uint32_t sealAt, bool delta) {
    using RecordHeadType = RecordHead<S>;
    SamplesChange change;
    const bool isFull = hasHead() && headSize() == m_capacity;
    if (isFull && m_capacity >= std::min(sealAt, recordsInHeadMost))
        change = seal<S>(moment, delta);
    std::uint32_t size = headSize();
    touch(moment, size);
    if (size == 0 || isFull) {
        const std::uint32_t capacity =
            size == 0 ? recordsAtFirst : std::min(m_capacity * 2u, recordsInHeadMost);
        auto* head = new RecordHeadType(capacity);
        HeadPtr fresh(head);
        change.bytes += static_cast<std::ptrdiff_t>(head->bytes(0));
        if (size > 0) {
            auto* old = static_cast<RecordHeadType*>(m_head.get());
            change.bytes -= static_cast<std::ptrdiff_t>(old->bytes(0));
            m_headBytes -= static_cast<std::uint32_t>(old->bytes(0));
        }
        m_headBytes += static_cast<std::uint32_t>(head->bytes(0));
        SpinHold hold(m_lock);
        if (size > 0) {
            auto* old = static_cast<RecordHeadType*>(m_head.get());
            const bool isUnshared = old->isUnshared();
            for (std::uint32_t i = 0; i < size; ++i)
                head->put(i, isUnshared ? std::move(old->record(i)) : S(old->sample(i)));
        }
        std::swap(m_head, fresh);
        m_capacity = static_cast<std::uint8_t>(capacity);
    }
    const auto recordBytes = static_cast<std::ptrdiff_t>(RecordHeadType::heapBytes(record));
    change.bytes += recordBytes;
    m_headBytes += static_cast<std::uint32_t>(recordBytes);
    m_newest = record.time;
    m_lastSecond = moment.second;
    static_cast<RecordHeadType*>(m_head.get())->put(size, std::move(record));
    m_size.store(static_cast<std::uint8_t>(size + 1), std::memory_order_release);
    return change;
}

template <class S>
SamplesChange SeriesSamples::seal(Moment moment, bool delta) {
    SamplesChange change;
    const auto& head = static_cast<const typename KeptAs<S>::Head&>(*m_head.get());
    const std::uint32_t size = headSize();
    SealedChunkPtr chunk;
    if constexpr (std::is_same_v<S, Sample>) {
        std::array<Sample, sealedPointsMost> points;
        for (std::uint32_t i = 0; i < size; ++i)
            points[i] = head.sample(i);
        chunk = SealedChunk::seal(std::span<const Sample>(points.data(), size), delta);
    } else {
        chunk = SealedChunk::seal(std::span<const S>(&head.sample(0), size), delta);
    }
    addChunk(std::move(chunk), moment, change);
    return change;
}

void SeriesSamples::addChunk(SealedChunkPtr chunk, Moment moment, SamplesChange& change) {
    Past& own = past(change.bytes);
    change.bytes += static_cast<std::ptrdiff_t>(chunk->bytes()) - m_headBytes;
    change.chunks = 1;
    m_headBytes = 0;
    m_capacity = 0;
    m_mark = noMark;
    HeadPtr oldHead;
    ChunkListPtr oldList;
    SpinHold hold(m_lock);
    touch(moment, headSize());
    oldList = makeRoom(1, change.bytes);
    if (own.sealedIn != moment.batch) {
        own.sealedIn = moment.batch;
        const auto sizeBefore = static_cast<std::uint8_t>(marks());
        own.endBefore = sizeBefore > 0 ? own.end + 1 : own.end;
        own.pointsOfLastBefore = sizeBefore > 0 ? sizeBefore : SeriesView::all;
    }
    own.chunks->slot(own.end) = std::move(chunk);
    ++own.end;
    std::swap(m_head, oldHead);
    m_size.store(0, std::memory_order_release);
}

SamplesChange SeriesSamples::takeFront(Moment moment, SealedChunkPtr& gone) {
    SamplesChange change;
    change.chunks = -1;
    SpinHold hold(m_lock);
    change.settle = keepBefore(moment);
    gone = (*m_past->chunks)[m_past->begin];
    change.bytes -= static_cast<std::ptrdiff_t>(gone->bytes());
    ++m_past->begin;
    dropKept();
    return change;
}

#define SIGHTGLASS_SAMPLES_OF(S)                                                                   \
    template TimeNs SeriesSamples::oldest<S>() const;                                              \
    template bool SeriesSamples::endsStale<S>() const;                                             \
    template SamplesChange SeriesSamples::seal<S>(Moment, bool);
SIGHTGLASS_SAMPLES_OF(Sample)
SIGHTGLASS_SAMPLES_OF(HistogramSample)
SIGHTGLASS_SAMPLES_OF(ExponentialHistogramSample)
SIGHTGLASS_SAMPLES_OF(SummarySample)
#undef SIGHTGLASS_SAMPLES_OF

template SamplesChange SeriesSamples::append(HistogramSample&&, Moment, std::uint32_t, bool);
template SamplesChange SeriesSamples::append(ExponentialHistogramSample&&, Moment, std::uint32_t,
                                             bool);
template SamplesChange SeriesSamples::append(SummarySample&&, Moment, std::uint32_t, bool);

} // namespace sightglass
