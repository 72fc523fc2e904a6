// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/chunk.h"

#include <bit>
#include <limits>
#include <utility>

namespace sightglass {

namespace {

/// What an allocation costs beyond its size.
constexpr std::size_t allocationOverhead = 16;
/// The reference counts that std::make_shared puts before a chunk.
constexpr std::size_t sharedOverhead = 16 + allocationOverhead;

template <class ChunkType>
std::unique_ptr<ChunkSummary[]> summarize(const ChunkType& chunk, bool delta) {
    auto out = std::make_unique<ChunkSummary[]>(ChunkType::fieldCount);
    const std::uint32_t size = chunk.size();
    for (std::size_t f = 0; f < ChunkType::fieldCount; ++f) {
        const Field field =
            ChunkType::fieldCount == 1 ? Field::Value : (f == 0 ? Field::Count : Field::Sum);
        ChunkSummary& summary = out[f];
        ColumnFold fold(delta);
        for (std::uint32_t i = 0; i < size; ++i) {
            double value = 0;
            if (chunk.stale(i)) {
                fold.stale(summary.column);
            } else if (chunk.real(i, field, value)) {
                if (summary.column.count == 0)
                    summary.firstStart = chunk.startTime(i);
                fold.point(summary.column, chunk.time(i), chunk.startTime(i), value);
            }
        }
    }
    return out;
}

std::size_t numberWords(std::uint32_t capacity, bool startTimesVary) {
    return std::size_t{capacity} * (startTimesVary ? 3 : 2) + (capacity + 7) / 8;
}

std::size_t heapBytes(const HistogramSample& sample) {
    return sample.bucketCounts.capacity() * sizeof(std::uint64_t) +
           (sample.bucketCounts.empty() ? 0 : allocationOverhead);
}

std::size_t heapBytes(const ExponentialHistogramSample& sample) {
    return (sample.positiveCounts.capacity() + sample.negativeCounts.capacity()) *
               sizeof(std::uint64_t) +
           2 * allocationOverhead;
}

std::size_t heapBytes(const SummarySample& sample) {
    return sample.quantiles.capacity() * sizeof(Quantile) + allocationOverhead;
}

bool sameBits(double a, double b) {
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

template <class Record>
bool sameHead(const Record& a, const Record& b) {
    return a.time == b.time && a.startTime == b.startTime && a.flags == b.flags &&
           a.count == b.count && sameBits(a.sum, b.sum) && a.hasSum == b.hasSum;
}

template <class Record>
bool sameExtremes(const Record& a, const Record& b) {
    return a.hasMin == b.hasMin && a.hasMax == b.hasMax && sameBits(a.min, b.min) &&
           sameBits(a.max, b.max);
}

bool same(const HistogramSample& a, const HistogramSample& b) {
    return sameHead(a, b) && sameExtremes(a, b) && a.bounds == b.bounds &&
           a.bucketCounts == b.bucketCounts;
}

bool same(const ExponentialHistogramSample& a, const ExponentialHistogramSample& b) {
    return sameHead(a, b) && sameExtremes(a, b) && a.scale == b.scale &&
           a.zeroCount == b.zeroCount && sameBits(a.zeroThreshold, b.zeroThreshold) &&
           a.positiveOffset == b.positiveOffset && a.negativeOffset == b.negativeOffset &&
           a.positiveCounts == b.positiveCounts && a.negativeCounts == b.negativeCounts;
}

bool same(const SummarySample& a, const SummarySample& b) {
    if (!sameHead(a, b) || a.hasCount != b.hasCount || a.quantiles.size() != b.quantiles.size())
        return false;
    for (std::size_t i = 0; i < a.quantiles.size(); ++i) {
        if (!sameBits(a.quantiles[i].quantile, b.quantiles[i].quantile) ||
            !sameBits(a.quantiles[i].value, b.quantiles[i].value))
            return false;
    }
    return true;
}

template <class Record>
bool hasCount(const Record&) {
    return true;
}
bool hasCount(const SummarySample& sample) {
    return sample.hasCount;
}

} // namespace

NumberChunk::NumberChunk(std::uint32_t capacity, const NumberPoint& first, bool startTimesVary)
    : Chunk(capacity, first.time),
      m_startTime(first.startTime),
      m_flags(first.flags & ~noRecordedValueFlag),
      m_startTimesVary(startTimesVary) {
    const std::size_t words = numberWords(capacity, startTimesVary);
    m_words = std::make_unique_for_overwrite<std::uint64_t[]>(words);
    m_marks = reinterpret_cast<std::uint8_t*>(m_words.get() + (startTimesVary ? 3 : 2) * capacity);
    m_bytes =
        sizeof(NumberChunk) + sharedOverhead + words * sizeof(std::uint64_t) + allocationOverhead;
}

std::uint64_t NumberChunk::bitsOf(const Number& number) {
    return number.isInteger ? static_cast<std::uint64_t>(number.integer)
                            : std::bit_cast<std::uint64_t>(number.real);
}

double NumberChunk::realOf(std::uint64_t bits) {
    return std::bit_cast<double>(bits);
}

Sample NumberChunk::sample(std::uint32_t i) const {
    Sample out;
    out.time = time(i);
    out.startTime = startTime(i);
    out.flags = m_flags | (stale(i) ? noRecordedValueFlag : 0);
    const std::uint64_t bits = m_words[2 * i + 1];
    out.value = m_marks[i] == integerMark ? Number::of(static_cast<std::int64_t>(bits))
                                          : Number::of(realOf(bits));
    return out;
}

std::optional<Sample> NumberChunk::number(std::uint32_t i, Field field) const {
    return field == Field::Value ? std::optional(sample(i)) : std::nullopt;
}

bool NumberChunk::repeatsLast(const NumberPoint& point) const {
    const Sample last = sample(size() - 1);
    if (last.time != point.time || last.startTime != point.startTime || last.flags != point.flags)
        return false;
    return last.stale() || (last.value.isInteger == point.value.isInteger &&
                            bitsOf(last.value) == bitsOf(point.value));
}

void NumberChunk::seal(bool delta) {
    m_lastTime = time(size() - 1);
    m_summaries = summarize(*this, delta);
    m_bytes += fieldCount * sizeof(ChunkSummary) + allocationOverhead;
}

std::shared_ptr<NumberChunk> NumberChunk::trimmed() const {
    const std::uint32_t count = size();
    NumberPoint like;
    like.time = m_firstTime;
    like.startTime = m_startTime;
    like.flags = m_flags;
    auto out = std::make_shared<NumberChunk>(count, like, m_startTimesVary);
    for (std::uint32_t i = 0; i < count; ++i) {
        out->m_words[2 * i] = m_words[2 * i];
        out->m_words[2 * i + 1] = m_words[2 * i + 1];
        if (m_startTimesVary)
            out->m_words[2 * count + i] = m_words[2 * m_capacity + i];
        out->m_marks[i] = m_marks[i];
    }
    out->m_size.store(count, std::memory_order_release);
    return out;
}

template <class Record>
RecordChunk<Record>::RecordChunk(std::uint32_t capacity, const Record& first, bool)
    : Chunk(capacity, first.time), m_records(std::make_unique<Record[]>(capacity)) {
    m_bytes = sizeof(RecordChunk) + sharedOverhead + capacity * sizeof(Record) + allocationOverhead;
}

template <class Record>
void RecordChunk<Record>::append(Record&& record) {
    const std::uint32_t i = m_size.load(std::memory_order_relaxed);
    m_bytes += heapBytes(record);
    m_records[i] = std::move(record);
    m_size.store(i + 1, std::memory_order_release);
}

template <class Record>
bool RecordChunk<Record>::real(std::uint32_t i, Field field, double& out) const {
    const Record& record = m_records[i];
    if (record.stale())
        return false;
    if (field == Field::Count && hasCount(record)) {
        out = static_cast<double>(record.count);
        return true;
    }
    if (field == Field::Sum && record.hasSum) {
        out = record.sum;
        return true;
    }
    return false;
}

template <class Record>
std::optional<Sample> RecordChunk<Record>::number(std::uint32_t i, Field field) const {
    const Record& record = m_records[i];
    Sample out;
    out.time = record.time;
    out.startTime = record.startTime;
    out.flags = record.flags;
    double value = 0;
    if (record.stale()) {
        out.value = Number::of(std::numeric_limits<double>::quiet_NaN());
        return out;
    }
    if (!real(i, field, value))
        return std::nullopt;
    constexpr std::uint64_t integerMax = std::numeric_limits<std::int64_t>::max();
    out.value = field == Field::Count && record.count <= integerMax
                    ? Number::of(static_cast<std::int64_t>(record.count))
                    : Number::of(value);
    return out;
}

template <class Record>
bool RecordChunk<Record>::repeatsLast(const Record& record) const {
    return same(m_records[size() - 1], record);
}

template <class Record>
void RecordChunk<Record>::seal(bool delta) {
    m_lastTime = time(size() - 1);
    m_summaries = summarize(*this, delta);
    m_bytes += fieldCount * sizeof(ChunkSummary) + allocationOverhead;
}

template <class Record>
std::shared_ptr<RecordChunk<Record>> RecordChunk<Record>::trimmed() const {
    auto out = std::make_shared<RecordChunk>(size(), m_records[0]);
    for (std::uint32_t i = 0; i < size(); ++i)
        out->append(Record(m_records[i]));
    return out;
}

template class RecordChunk<HistogramSample>;
template class RecordChunk<ExponentialHistogramSample>;
template class RecordChunk<SummarySample>;

} // namespace sightglass
