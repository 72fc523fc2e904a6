// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/head.h"

#include "core/base/heap.h"

namespace sightglass {

namespace {

std::size_t heapBytesOf(const HistogramSample& record) {
    return allocatedBytes(record.bucketCounts.capacity() * sizeof(std::uint64_t));
}
std::size_t heapBytesOf(const ExponentialHistogramSample& record) {
    return allocatedBytes(record.positiveCounts.capacity() * sizeof(std::uint64_t)) +
           allocatedBytes(record.negativeCounts.capacity() * sizeof(std::uint64_t));
}
std::size_t heapBytesOf(const SummarySample& record) {
    return allocatedBytes(record.quantiles.capacity() * sizeof(Quantile));
}

} // namespace

Sample NumberHead::sample(std::uint32_t i) const {
    Sample out;
    out.time = time(i);
    out.startTime = startTime(i);
    out.flags = flags(i);
    out.value = mark(i) == NumberBlock::Integer ? Number::of(static_cast<std::int64_t>(bits(i)))
                                                : Number::of(std::bit_cast<double>(bits(i)));
    return out;
}

std::size_t NumberHead::bytes() const {
    return allocatedBytes(sizeof(NumberHead) + capacity() * (m_wide ? wideBytes : narrowBytes));
}

template <class Record>
std::size_t RecordHead<Record>::heapBytes(const Record& record) {
    return heapBytesOf(record);
}

template <class Record>
std::size_t RecordHead<Record>::bytes(std::uint32_t size) const {
    std::size_t out =
        allocatedBytes(sizeof(RecordHead)) + allocatedBytes(capacity() * sizeof(Record) + 8);
    for (std::uint32_t i = 0; i < size; ++i)
        out += heapBytes(m_records[i]);
    return out;
}

template class RecordHead<HistogramSample>;
template class RecordHead<ExponentialHistogramSample>;
template class RecordHead<SummarySample>;

} // namespace sightglass
