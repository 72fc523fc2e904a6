// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "core/model/batch.h"
#include "core/model/series_reader.h"
#include "core/store/point_blocks.h"

namespace sightglass {

/// The open chunk of a series: points as they came, oldest first, in an array that the writer
/// appends to. How many there are is the series' to say (SeriesSamples); a reader that knows a size
/// may read that many points without any lock, since points that are there never change: what has
/// to change goes into a new head. Shared by the series and its readers through HeadPtr.
class Head {
  public:
    Head(const Head&) = delete;
    Head& operator=(const Head&) = delete;

    [[nodiscard]] std::uint32_t capacity() const { return m_capacity; }
    /// True if nobody else holds it, and nobody can come to: under the series' lock.
    [[nodiscard]] bool isUnshared() const { return m_holders.load(std::memory_order_acquire) == 1; }

  protected:
    explicit Head(std::uint32_t capacity) : m_capacity(capacity) {}
    virtual ~Head() = default;

  private:
    friend class HeadPtr;
    mutable std::atomic<std::uint32_t> m_holders{1};
    const std::uint32_t m_capacity;
};

/// Holds a head, or nothing. As large as a pointer; copies of it may live on any thread.
class HeadPtr {
  public:
    HeadPtr() = default;
    /// Takes a new head over.
    explicit HeadPtr(Head* head) : m_head(head) {}
    HeadPtr(const HeadPtr& other) : m_head(other.m_head) {
        if (m_head)
            m_head->m_holders.fetch_add(1, std::memory_order_relaxed);
    }
    HeadPtr(HeadPtr&& other) noexcept : m_head(std::exchange(other.m_head, nullptr)) {}
    HeadPtr& operator=(HeadPtr other) noexcept {
        std::swap(m_head, other.m_head);
        return *this;
    }
    ~HeadPtr() {
        if (m_head && m_head->m_holders.fetch_sub(1, std::memory_order_acq_rel) == 1)
            delete m_head;
    }

    [[nodiscard]] Head* get() const { return m_head; }
    explicit operator bool() const { return m_head != nullptr; }

  private:
    Head* m_head = nullptr;
};

/// Points of a gauge, sum or unknown, in one allocation.
///
///     narrow: what the points share is kept once      wide: each has its own
///     +-------+--------+-------+--------+---          +-------+--------+-------+-------+------+---
///     | start | time 0 | value | time 1 | ...         |       | time 0 | value | start | flags|
///     ... | flags |        |       |        |             |       |        |       |       | mark
///     | | mark  |        |       |        |             |       |        |       |       |      |
///     +-------+--------+-------+--------+---          +-------+--------+-------+-------+------+---
///
/// A value is the bits of an int64 or a double, as its mark says (NumberBlock::Mark).
class NumberHead final : public Head {
  public:
    using Mark = NumberBlock::Mark;

    /// What points of a narrow head share.
    struct Common {
        TimeNs startTime = 0;
        std::uint32_t flags = 0; ///< noRecordedValueFlag among them
        Mark mark = NumberBlock::Real;

        friend bool operator==(const Common&, const Common&) = default;
    };
    [[nodiscard]] static Common commonOf(const NumberPoint& point) {
        const bool stale = (point.flags & noRecordedValueFlag) != 0;
        return {point.startTime, point.flags,
                stale                   ? NumberBlock::Stale
                : point.value.isInteger ? NumberBlock::Integer
                                        : NumberBlock::Real};
    }
    [[nodiscard]] static std::uint64_t bitsOf(const NumberPoint& point) {
        if ((point.flags & noRecordedValueFlag) != 0)
            return NumberBlock::staleBits;
        return point.value.isInteger ? static_cast<std::uint64_t>(point.value.integer)
                                     : std::bit_cast<std::uint64_t>(point.value.real);
    }

    [[nodiscard]] static NumberHead* makeNarrow(std::uint32_t capacity, const Common& common) {
        return new (capacity * narrowBytes) NumberHead(capacity, common, false);
    }
    [[nodiscard]] static NumberHead* makeWide(std::uint32_t capacity) {
        return new (capacity * wideBytes) NumberHead(capacity, {}, true);
    }

    [[nodiscard]] bool isWide() const { return m_wide; }
    [[nodiscard]] const Common& common() const { return m_common; }

    // The writer: at a place that no reader has been told of yet.
    void putNarrow(std::uint32_t i, TimeNs time, std::uint64_t bits) {
        std::uint64_t* word = words() + 2 * std::size_t{i};
        word[0] = static_cast<std::uint64_t>(time);
        word[1] = bits;
    }
    void putWide(std::uint32_t i, TimeNs time, std::uint64_t bits, const Common& common) {
        std::uint64_t* word = words() + 4 * std::size_t{i};
        word[0] = static_cast<std::uint64_t>(time);
        word[1] = bits;
        word[2] = static_cast<std::uint64_t>(common.startTime);
        word[3] = (std::uint64_t{common.mark} << 32) | common.flags;
    }
    /// Begins to load what putNarrow() will write.
    void prefetch(std::uint32_t i) const { __builtin_prefetch(words() + 2 * std::size_t{i}, 1); }

    [[nodiscard]] TimeNs time(std::uint32_t i) const { return static_cast<TimeNs>(word(i, 0)); }
    [[nodiscard]] TimeNs startTime(std::uint32_t i) const {
        return m_wide ? static_cast<TimeNs>(word(i, 2)) : m_common.startTime;
    }
    [[nodiscard]] std::uint32_t flags(std::uint32_t i) const {
        return m_wide ? static_cast<std::uint32_t>(word(i, 3)) : m_common.flags;
    }
    [[nodiscard]] Mark mark(std::uint32_t i) const {
        return m_wide ? static_cast<Mark>(word(i, 3) >> 32) : m_common.mark;
    }
    [[nodiscard]] std::uint64_t bits(std::uint32_t i) const { return word(i, 1); }
    [[nodiscard]] bool stale(std::uint32_t i) const { return mark(i) == NumberBlock::Stale; }
    [[nodiscard]] Common commonOf(std::uint32_t i) const {
        return {startTime(i), flags(i), mark(i)};
    }
    /// False if the point has no such number.
    [[nodiscard]] bool real(std::uint32_t i, Field, double& out) const {
        switch (mark(i)) {
        case NumberBlock::Real:
            out = std::bit_cast<double>(bits(i));
            return true;
        case NumberBlock::Integer:
            out = static_cast<double>(static_cast<std::int64_t>(bits(i)));
            return true;
        case NumberBlock::Stale:
            break;
        }
        return false;
    }
    [[nodiscard]] Sample sample(std::uint32_t i) const;
    /// The point as the number of a field; nullopt if it has none.
    [[nodiscard]] std::optional<Sample> number(std::uint32_t i, Field field) const {
        return field == Field::Value ? std::optional(sample(i)) : std::nullopt;
    }

    [[nodiscard]] std::size_t bytes() const;

    static void operator delete(void* memory) { ::operator delete(memory); }

  private:
    static constexpr std::size_t narrowBytes = 2 * sizeof(std::uint64_t);
    static constexpr std::size_t wideBytes = 4 * sizeof(std::uint64_t);

    NumberHead(std::uint32_t capacity, const Common& common, bool wide)
        : Head(capacity), m_common(common), m_wide(wide) {}
    static void* operator new(std::size_t size, std::size_t pointBytes) {
        return ::operator new(size + pointBytes);
    }
    static void operator delete(void* memory, std::size_t /*pointBytes*/) {
        ::operator delete(memory);
    }

    [[nodiscard]] std::uint64_t* words() { return reinterpret_cast<std::uint64_t*>(this + 1); }
    [[nodiscard]] const std::uint64_t* words() const {
        return reinterpret_cast<const std::uint64_t*>(this + 1);
    }
    [[nodiscard]] std::uint64_t word(std::uint32_t i, std::size_t part) const {
        return words()[i * std::size_t{m_wide ? 4u : 2u} + part];
    }

    const Common m_common;
    const bool m_wide;
};

/// Points that are kept whole until they are sealed: Record is HistogramSample,
/// ExponentialHistogramSample or SummarySample.
template <class Record>
class RecordHead final : public Head {
  public:
    explicit RecordHead(std::uint32_t capacity)
        : Head(capacity), m_records(std::make_unique<Record[]>(capacity)) {}

    /// The writer: at a place that no reader has been told of yet.
    void put(std::uint32_t i, Record&& record) { m_records[i] = std::move(record); }

    [[nodiscard]] TimeNs time(std::uint32_t i) const { return m_records[i].time; }
    [[nodiscard]] TimeNs startTime(std::uint32_t i) const { return m_records[i].startTime; }
    [[nodiscard]] bool stale(std::uint32_t i) const { return m_records[i].stale(); }
    [[nodiscard]] const Record& sample(std::uint32_t i) const { return m_records[i]; }
    /// To move a record into another head, once nobody else holds this one.
    [[nodiscard]] Record& record(std::uint32_t i) { return m_records[i]; }
    [[nodiscard]] bool real(std::uint32_t i, Field field, double& out) const {
        return realOf(m_records[i], field, out);
    }
    [[nodiscard]] std::optional<Sample> number(std::uint32_t i, Field field) const {
        return numberOf(m_records[i], field);
    }

    /// With what the first `size` records hold.
    [[nodiscard]] std::size_t bytes(std::uint32_t size) const;
    /// Of what one record holds beside itself.
    [[nodiscard]] static std::size_t heapBytes(const Record& record);

  private:
    std::unique_ptr<Record[]> m_records;
};

extern template class RecordHead<HistogramSample>;
extern template class RecordHead<ExponentialHistogramSample>;
extern template class RecordHead<SummarySample>;

/// The types that keep the points of one kind of sample.
template <class S>
struct KeptAs {
    using Head = RecordHead<S>;
    using Block = RecordBlock<S>;
};
template <>
struct KeptAs<Sample> {
    using Head = NumberHead;
    using Block = NumberBlock;
};

/// Calls `action` with the type of sample that a metric's points are read as.
template <class Action>
decltype(auto) withSampleType(MetricType type, Action&& action) {
    switch (type) {
    case MetricType::Histogram:
        return action.template operator()<HistogramSample>();
    case MetricType::ExponentialHistogram:
        return action.template operator()<ExponentialHistogramSample>();
    case MetricType::Summary:
        return action.template operator()<SummarySample>();
    case MetricType::Unknown:
    case MetricType::Gauge:
    case MetricType::Sum:
        break;
    }
    return action.template operator()<Sample>();
}

/// Whether the points of a type are kept as S.
template <class S>
[[nodiscard]] bool isKeptAs(MetricType type) {
    return withSampleType(type, []<class Kept>() { return std::is_same_v<S, Kept>; });
}

/// Whether points of a type have a field at all.
[[nodiscard]] inline bool hasField(MetricType type, Field field) {
    const bool isNumber = type <= MetricType::Sum;
    return isNumber == (field == Field::Value);
}

} // namespace sightglass
