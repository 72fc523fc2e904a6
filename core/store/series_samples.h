// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>

#include "core/store/chunk_list.h"
#include "core/store/head.h"
#include "core/store/spin_lock.h"

namespace sightglass {

/// The samples of one series as of one generation: some chunks of a list, then some points of the
/// head. Nothing that the writer does later changes what it shows. One thread; copies are cheap.
struct SeriesView {
    static constexpr std::uint32_t all = std::numeric_limits<std::uint32_t>::max();

    ChunkListPtr chunks;
    std::uint32_t begin = 0, end = 0; ///< in `chunks`
    std::uint32_t pointsOfLast = all; ///< to be read of the last chunk
    std::uint32_t pointsOfHead = 0;
    HeadPtr head; ///< none if pointsOfHead is 0

    [[nodiscard]] bool empty() const { return begin == end && pointsOfHead == 0; }
    /// Points to be read of a chunk.
    [[nodiscard]] std::uint32_t sizeOf(std::uint32_t chunk) const {
        const std::uint32_t size = (*chunks)[chunk]->size();
        return chunk + 1 == end && pointsOfLast < size ? pointsOfLast : size;
    }
    [[nodiscard]] bool isWhole(std::uint32_t chunk) const {
        return chunk + 1 != end || pointsOfLast == all;
    }
};

/// When something is written: the generation that the batch will be published as, and the second
/// at which it came.
struct Moment {
    std::uint64_t batch = 0;
    std::uint32_t second = 0;
};

/// What a change of a series came to.
struct SamplesChange {
    std::ptrdiff_t bytes = 0;
    int chunks = 0; ///< sealed ones that there are more
    /// The first change in this batch that replaces what readers of the generation before see:
    /// settle() wants to be called once the batch is published.
    bool settle = false;
};

/// The last chunk that was decoded, so that points that follow each other decode it once. The
/// writer's own.
template <class S>
struct DecodedChunk {
    SealedChunkPtr chunk;
    typename KeptAs<S>::Block block;

    [[nodiscard]] const typename KeptAs<S>::Block& of(const SealedChunkPtr& wanted) {
        if (chunk.get() != wanted.get()) {
            wanted->decode(block);
            chunk = wanted;
        }
        return block;
    }
};

/// The samples of one series: sealed chunks, oldest first, and after them the open head. One writer
/// changes it; any thread may take a view as of a published generation.
///
/// A reader asks for generation G while the writer may be at work on the batch that will be G + 1,
/// or further. `m_marks` says which batch wrote last, which before it, and how many points the head
/// had then, so what G saw can be told as long as no two batches have written since. What is only
/// appended to needs no more than that; before anything else is changed (late samples, eviction),
/// the view of the generation before is put aside until the batch is published.
class SeriesSamples {
  public:
    /// Heads of numbers are sealed at this many points, of records at recordsInHeadMost.
    static constexpr std::uint32_t numbersInHeadMost = sealedPointsUsual;
    static constexpr std::uint32_t recordsInHeadMost = 32;

    /// False if it cannot tell any more: a newer generation can.
    [[nodiscard]] bool viewAt(std::uint64_t generation, SeriesView& out) const SG_EXCLUDES(m_lock);

    // The rest is the writer's.

    [[nodiscard]] TimeNs newest() const { return m_newest; }
    [[nodiscard]] bool hasHead() const { return m_size.load(std::memory_order_relaxed) != 0; }
    [[nodiscard]] std::uint32_t headSize() const { return m_size.load(std::memory_order_relaxed); }
    [[nodiscard]] std::uint32_t chunkCount() const {
        return m_past ? m_past->end - m_past->begin : 0;
    }
    [[nodiscard]] bool empty() const { return !hasHead() && chunkCount() == 0; }
    /// Of the first point; there must be one.
    template <class S>
    [[nodiscard]] TimeNs oldest() const;
    template <class S>
    [[nodiscard]] bool endsStale() const;
    /// When a point came last.
    [[nodiscard]] std::uint32_t lastSecond() const { return m_lastSecond; }
    /// Of the head.
    [[nodiscard]] std::size_t headBytes() const { return m_headBytes; }
    /// Of all but the sealed chunks.
    [[nodiscard]] std::size_t ownBytes() const;

    /// Appends if the point is like those in the head and there is room: the way of nearly all
    /// points. It must be newer than newest().
    [[nodiscard]] bool append(const NumberPoint& point, Moment moment) {
        const NumberHead::Common common = NumberHead::commonOf(point);
        const std::uint32_t size = m_size.load(std::memory_order_relaxed);
        if (size == m_capacity || common.mark != m_mark || common.startTime != m_startTime ||
            common.flags != m_flags)
            return false;
        touch(moment, size);
        static_cast<NumberHead*>(m_head.get())
            ->putNarrow(size, point.time, NumberHead::bitsOf(point));
        m_newest = point.time;
        m_lastSecond = moment.second;
        m_size.store(static_cast<std::uint8_t>(size + 1), std::memory_order_release);
        return true;
    }
    /// Appends whatever it takes. Heads that hold `sealAt` points are sealed.
    SamplesChange append(const NumberPoint& point, Moment moment, std::uint32_t sealAt, bool delta)
        SG_EXCLUDES(m_lock);
    template <class S>
    SamplesChange append(S&& record, Moment moment, std::uint32_t sealAt, bool delta)
        SG_EXCLUDES(m_lock);

    /// The head becomes a sealed chunk; there must be one.
    template <class S>
    SamplesChange seal(Moment moment, bool delta) SG_EXCLUDES(m_lock);

    /// What there is at the time of a point that is not newer than newest().
    enum class Found : std::uint8_t { Nothing, TheSame, Another };
    template <class S, class Point>
    [[nodiscard]] Found find(const Point& point, DecodedChunk<S>& decoded) const;
    /// Puts a late point between the others; find() must have found nothing.
    template <class S, class Point>
    SamplesChange insert(const Point& point, Moment moment, bool delta, DecodedChunk<S>& decoded)
        SG_EXCLUDES(m_lock);

    /// Takes the oldest sealed chunk out; there must be one. `gone` is that chunk.
    SamplesChange takeFront(Moment moment, SealedChunkPtr& gone) SG_EXCLUDES(m_lock);

    /// The batch is published: nobody needs what was before. Bytes that became free.
    void settle() SG_EXCLUDES(m_lock);

    /// Begins to load what append() will write the shortest way.
    void prefetch() const {
        if (m_mark != noMark)
            static_cast<const NumberHead*>(m_head.get())
                ->prefetch(m_size.load(std::memory_order_relaxed));
    }

  private:
    /// What a series has besides its head; many never have.
    struct Past {
        ChunkListPtr chunks;
        std::uint32_t begin = 0, end = 0;
        std::uint32_t kept = 0; ///< slots below `begin` that a reader held, from here on
        /// The head was sealed while this batch was written; before it, chunks up to here were
        /// there, of the last of them so many points.
        std::uint64_t sealedIn = 0;
        std::uint32_t endBefore = 0, pointsOfLastBefore = SeriesView::all;
        std::unique_ptr<SeriesView> before; ///< as of the generation before the batch at work
    };

    // Marks: which batch wrote last | how many batches before that the one before it did, at most
    // farthest | whether it replaced something | points in the head before it.
    static constexpr unsigned generationShift = 24, sinceShift = 9, replacedShift = 8;
    static constexpr std::uint64_t farthest = 0x7fff, replacedBit = 1u << replacedShift;
    [[nodiscard]] static std::uint64_t generationOf(std::uint64_t marks) {
        return marks >> generationShift;
    }
    [[nodiscard]] static std::uint64_t previousOf(std::uint64_t marks) {
        return generationOf(marks) - ((marks >> sinceShift) & farthest);
    }
    [[nodiscard]] std::uint64_t marks() const { return m_marks.load(std::memory_order_relaxed); }

    void touch(Moment moment, std::uint32_t size) {
        const std::uint64_t last = generationOf(marks());
        if (last == moment.batch)
            return;
        const std::uint64_t since = moment.batch - last;
        m_marks.store(moment.batch << generationShift |
                          (since < farthest ? since : farthest) << sinceShift | size,
                      std::memory_order_release);
    }

    [[nodiscard]] bool viewLocked(std::uint64_t generation, SeriesView& out) const
        SG_REQUIRES(m_lock);
    void viewNow(SeriesView& out) const SG_REQUIRES(m_lock);
    /// Before something that is there is replaced. True if settle() is wanted.
    [[nodiscard]] bool keepBefore(Moment moment) SG_REQUIRES(m_lock);
    Past& past(std::ptrdiff_t& bytes);
    /// Empties slots that no reader holds any more.
    void dropKept() SG_REQUIRES(m_lock);
    /// Room for `more` chunks behind the last one. What the list was before, to be freed without
    /// the lock.
    [[nodiscard]] ChunkListPtr makeRoom(std::uint32_t more, std::ptrdiff_t& bytes)
        SG_REQUIRES(m_lock);

    void replaceHead(NumberHead* head, std::uint32_t size, SamplesChange& change)
        SG_EXCLUDES(m_lock);
    /// A head like this one with another capacity, wide if told so.
    [[nodiscard]] NumberHead* copyOfHead(std::uint32_t capacity, bool wide) const;
    void addChunk(SealedChunkPtr chunk, Moment moment, SamplesChange& change) SG_EXCLUDES(m_lock);
    [[nodiscard]] std::uint32_t firstReaching(TimeNs time) const;
    template <class S, class Point>
    void insertIntoHead(const Point& point, SamplesChange& change);
    template <class S, class Point>
    void insertIntoChunk(std::uint32_t index, const Point& point, bool delta,
                         DecodedChunk<S>& decoded, SamplesChange& change);

    /// m_mark while points do not take the shortest way.
    static constexpr std::uint8_t noMark = 0xff;

    // What each point needs, together. The writer's own but for m_size and m_marks, which readers
    // load with the lock held: first the size, then the marks, since a size that a batch wrote
    // comes with the marks that it made.
    TimeNs m_newest = std::numeric_limits<TimeNs>::min();
    TimeNs m_startTime = 0;       ///< of the head's points, while all have the same
    std::uint32_t m_flags = 0;    ///< likewise
    std::uint8_t m_mark = noMark; ///< likewise; NumberBlock::Mark
    mutable SpinLock m_lock;
    std::uint8_t m_capacity = 0;         ///< of the head
    std::atomic<std::uint8_t> m_size{0}; ///< points in the head
    std::atomic<std::uint64_t> m_marks{0};
    // Changed by the writer with the lock held; it alone may look without.
    HeadPtr m_head;
    std::unique_ptr<Past> m_past;

    std::uint32_t m_lastSecond = 0;
    std::uint32_t m_headBytes = 0;
};

} // namespace sightglass
