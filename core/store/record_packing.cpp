// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/record_packing.h"

#include <algorithm>
#include <initializer_list>

#include "core/store/decimals.h"
#include "core/store/record_bytes.h"

namespace sightglass {

namespace {

using Shared = RecordPacking::Shared;

// The layout word, behind what PackedTimes takes of it.
constexpr unsigned deltaBit = 7, sharedBit = 8;
static_assert(PackedTimes::layoutBits == deltaBit);
static_assert(sealedPointsMost < 1u << (16 - sharedBit));

// What a point has, and what changed since the one before.
constexpr unsigned hasSumBit = 1;
constexpr unsigned hasMinBit = 2; ///< of a summary: hasCount
constexpr unsigned hasMaxBit = 4;
constexpr unsigned shapeChangedBit = 8;
constexpr unsigned countIsSumBit = 16;
constexpr unsigned countsSameBit = 32;
constexpr unsigned extremesSameBit = 64;

/// What a point takes at most beside its buckets and quantiles.
constexpr std::size_t pointMost = 16 * realMost;

std::uint64_t bitsOf(double v) {
    return std::bit_cast<std::uint64_t>(v);
}

std::uint64_t total(std::span<const std::uint64_t> counts) {
    std::uint64_t sum = 0;
    for (const std::uint64_t count : counts)
        sum += count;
    return sum;
}

bool sameBits(double a, double b) {
    return bitsOf(a) == bitsOf(b);
}

/// Writes points one after the other.
class Writer {
  public:
    Writer(RecordBytes& out, std::vector<Shared>& shared, double power, bool delta)
        : m_out(out), m_shared(shared), m_power(power), m_delta(delta) {}

    void put(const HistogramSample& before, const HistogramSample& v) {
        m_out.room(pointMost);
        const bool sameShape =
            before.bounds == v.bounds && before.bucketCounts.size() == v.bucketCounts.size();
        const CountsBefore counts = since(before.bucketCounts, sameShape, 0);
        const bool countIsSum = v.count == total(v.bucketCounts);
        const bool same = sameCounts(v.bucketCounts, counts);
        m_out.number(bitsFor(before, v) | (sameShape ? 0 : shapeChangedBit) |
                     (countIsSum ? countIsSumBit : 0) | (same ? countsSameBit : 0));
        if (!sameShape) {
            m_out.number(indexOf(v.bounds));
            m_out.number(v.bucketCounts.size());
        }
        if (!countIsSum)
            m_out.signedNumber(v.count - before.count);
        reals(before, v);
        if (!same)
            putCounts(m_out, v.bucketCounts, counts);
    }

    void put(const ExponentialHistogramSample& before, const ExponentialHistogramSample& v) {
        m_out.room(pointMost);
        const bool sameShape = before.scale == v.scale &&
                               before.positiveOffset == v.positiveOffset &&
                               before.negativeOffset == v.negativeOffset &&
                               before.positiveCounts.size() == v.positiveCounts.size() &&
                               before.negativeCounts.size() == v.negativeCounts.size() &&
                               sameBits(before.zeroThreshold, v.zeroThreshold);
        const bool sameScale = before.scale == v.scale;
        const CountsBefore positive = since(before.positiveCounts, sameScale,
                                            std::int64_t{v.positiveOffset} - before.positiveOffset);
        const CountsBefore negative = since(before.negativeCounts, sameScale,
                                            std::int64_t{v.negativeOffset} - before.negativeOffset);
        const bool countIsSum =
            v.count == v.zeroCount + total(v.positiveCounts) + total(v.negativeCounts);
        const bool same =
            sameCounts(v.positiveCounts, positive) && sameCounts(v.negativeCounts, negative);
        m_out.number(bitsFor(before, v) | (sameShape ? 0 : shapeChangedBit) |
                     (countIsSum ? countIsSumBit : 0) | (same ? countsSameBit : 0));
        if (!sameShape) {
            for (const std::int32_t number : {v.scale, v.positiveOffset, v.negativeOffset})
                m_out.signedNumber(static_cast<std::uint64_t>(std::int64_t{number}));
            m_out.number(v.positiveCounts.size());
            m_out.number(v.negativeCounts.size());
            m_out.real(before.zeroThreshold, v.zeroThreshold, m_power);
        }
        m_out.signedNumber(v.zeroCount - before.zeroCount);
        if (!countIsSum)
            m_out.signedNumber(v.count - before.count);
        reals(before, v);
        if (!same) {
            putCounts(m_out, v.positiveCounts, positive);
            putCounts(m_out, v.negativeCounts, negative);
        }
    }

    void put(const SummarySample& before, const SummarySample& v) {
        m_out.room(pointMost + 2 * v.quantiles.size() * realMost);
        const bool sameShape =
            before.quantileTexts == v.quantileTexts &&
            std::ranges::equal(before.quantiles, v.quantiles, [](Quantile a, Quantile b) {
                return sameBits(a.quantile, b.quantile);
            });
        m_out.number((v.hasSum ? hasSumBit : 0) | (v.hasCount ? hasMinBit : 0) |
                     (sameShape ? 0 : shapeChangedBit));
        if (!sameShape) {
            m_out.number(indexOf(v.quantileTexts));
            m_out.number(v.quantiles.size());
            for (const Quantile& quantile : v.quantiles)
                m_out.real(0, quantile.quantile, m_power);
        }
        m_out.signedNumber(v.count - before.count);
        m_out.real(before.sum, v.sum, m_power);
        for (std::size_t i = 0; i < v.quantiles.size(); ++i)
            m_out.real(sameShape ? before.quantiles[i].value : 0, v.quantiles[i].value, m_power);
    }

  private:
    template <class Record>
    static bool sameExtremes(const Record& before, const Record& v) {
        return sameBits(before.min, v.min) && sameBits(before.max, v.max);
    }
    template <class Record>
    static unsigned bitsFor(const Record& before, const Record& v) {
        return (v.hasSum ? hasSumBit : 0) | (v.hasMin ? hasMinBit : 0) |
               (v.hasMax ? hasMaxBit : 0) | (sameExtremes(before, v) ? extremesSameBit : 0);
    }
    template <class Record>
    void reals(const Record& before, const Record& v) {
        m_out.real(before.sum, v.sum, m_power);
        if (sameExtremes(before, v))
            return;
        m_out.real(before.min, v.min, m_power);
        m_out.real(before.max, v.max, m_power);
    }
    [[nodiscard]] CountsBefore since(std::span<const std::uint64_t> before, bool comparable,
                                     std::int64_t offset) const {
        return comparable && !m_delta ? CountsBefore{before, offset} : CountsBefore{};
    }
    /// 0 for none.
    std::size_t indexOf(const Shared& pointer) {
        if (!pointer)
            return 0;
        const auto found = std::ranges::find(m_shared, pointer);
        const auto index = static_cast<std::size_t>(found - m_shared.begin());
        if (found == m_shared.end())
            m_shared.push_back(pointer);
        return index + 1;
    }

    RecordBytes& m_out;
    std::vector<Shared>& m_shared;
    double m_power;
    bool m_delta;
};

/// Reads them again. A record may hold an older point: its room is used again.
class Reader {
  public:
    Reader(const std::uint8_t* at, const Shared* shared, double power, bool delta)
        : m_at(at), m_shared(shared), m_power(power), m_delta(delta) {}

    void take(const HistogramSample& before, HistogramSample& v) {
        const std::uint64_t bits = takeVarint(m_at);
        const bool sameShape = (bits & shapeChangedBit) == 0;
        std::size_t size = before.bucketCounts.size();
        if (sameShape) {
            assign(v.bounds, before.bounds);
        } else {
            assign(v.bounds, pointer<HistogramBounds>(takeVarint(m_at)));
            size = takeVarint(m_at);
        }
        const bool countIsSum = (bits & countIsSumBit) != 0;
        if (!countIsSum)
            v.count = before.count + takeSigned(m_at);
        reals(before, v, bits);
        v.bucketCounts.resize(size);
        takeCounts(m_at, (bits & countsSameBit) != 0, since(before.bucketCounts, sameShape, 0),
                   v.bucketCounts);
        if (countIsSum)
            v.count = total(v.bucketCounts);
    }

    void take(const ExponentialHistogramSample& before, ExponentialHistogramSample& v) {
        const std::uint64_t bits = takeVarint(m_at);
        v.scale = before.scale;
        v.positiveOffset = before.positiveOffset;
        v.negativeOffset = before.negativeOffset;
        v.zeroThreshold = before.zeroThreshold;
        std::size_t positives = before.positiveCounts.size();
        std::size_t negatives = before.negativeCounts.size();
        if ((bits & shapeChangedBit) != 0) {
            for (std::int32_t* number : {&v.scale, &v.positiveOffset, &v.negativeOffset})
                *number = static_cast<std::int32_t>(takeSigned(m_at));
            positives = takeVarint(m_at);
            negatives = takeVarint(m_at);
            v.zeroThreshold = takeReal(m_at, before.zeroThreshold, m_power);
        }
        v.zeroCount = before.zeroCount + takeSigned(m_at);
        const bool countIsSum = (bits & countIsSumBit) != 0;
        if (!countIsSum)
            v.count = before.count + takeSigned(m_at);
        reals(before, v, bits);
        const bool sameScale = before.scale == v.scale, same = (bits & countsSameBit) != 0;
        v.positiveCounts.resize(positives);
        v.negativeCounts.resize(negatives);
        takeCounts(m_at, same,
                   since(before.positiveCounts, sameScale,
                         std::int64_t{v.positiveOffset} - before.positiveOffset),
                   v.positiveCounts);
        takeCounts(m_at, same,
                   since(before.negativeCounts, sameScale,
                         std::int64_t{v.negativeOffset} - before.negativeOffset),
                   v.negativeCounts);
        if (countIsSum)
            v.count = v.zeroCount + total(v.positiveCounts) + total(v.negativeCounts);
    }

    void take(const SummarySample& before, SummarySample& v) {
        const std::uint64_t bits = takeVarint(m_at);
        v.hasSum = (bits & hasSumBit) != 0;
        v.hasCount = (bits & hasMinBit) != 0;
        const bool sameShape = (bits & shapeChangedBit) == 0;
        if (sameShape) {
            assign(v.quantileTexts, before.quantileTexts);
            v.quantiles = before.quantiles;
        } else {
            assign(v.quantileTexts, pointer<std::vector<std::string>>(takeVarint(m_at)));
            v.quantiles.resize(takeVarint(m_at));
            for (Quantile& quantile : v.quantiles)
                quantile = {takeReal(m_at, 0, m_power), 0};
        }
        v.count = before.count + takeSigned(m_at);
        v.sum = takeReal(m_at, before.sum, m_power);
        for (Quantile& quantile : v.quantiles)
            quantile.value = takeReal(m_at, quantile.value, m_power);
    }

  private:
    template <class Record>
    void reals(const Record& before, Record& v, std::uint64_t bits) {
        v.hasSum = (bits & hasSumBit) != 0;
        v.hasMin = (bits & hasMinBit) != 0;
        v.hasMax = (bits & hasMaxBit) != 0;
        v.sum = takeReal(m_at, before.sum, m_power);
        const bool same = (bits & extremesSameBit) != 0;
        v.min = same ? before.min : takeReal(m_at, before.min, m_power);
        v.max = same ? before.max : takeReal(m_at, before.max, m_power);
    }
    [[nodiscard]] CountsBefore since(std::span<const std::uint64_t> before, bool comparable,
                                     std::int64_t offset) const {
        return comparable && !m_delta ? CountsBefore{before, offset} : CountsBefore{};
    }
    template <class T>
    [[nodiscard]] std::shared_ptr<const T> pointer(std::size_t index) const {
        return index == 0 ? nullptr : std::static_pointer_cast<const T>(m_shared[index - 1]);
    }
    /// Most are already there, and counting holders is dear.
    template <class T>
    static void assign(std::shared_ptr<const T>& to, const std::shared_ptr<const T>& from) {
        if (to != from)
            to = from;
    }

    const std::uint8_t* m_at;
    const Shared* m_shared;
    double m_power;
    bool m_delta;
};

void putSummary(RecordBytes& out, const ChunkSummary& summary, const PointTimes& times,
                double power) {
    const Column& column = summary.column;
    out.room(pointMost);
    out.number(std::uint64_t{column.count} << 1 | (column.stale ? 1 : 0));
    if (column.count == 0)
        return;
    out.signedNumber(static_cast<std::uint64_t>(column.firstTime) - times.times[0]);
    out.signedNumber(times.times[times.count - 1] - static_cast<std::uint64_t>(column.lastTime));
    out.signedNumber(times.times[0] - static_cast<std::uint64_t>(summary.firstStart));
    double before = 0;
    for (const double value :
         {column.first, column.last, column.min, column.max, column.sum, column.increase}) {
        out.real(before, value, power);
        before = value;
    }
    out.number(column.resets);
}

ChunkSummary takeSummary(const std::uint8_t*& at, const PackedTimes& times, TimeNs firstTime,
                         bool delta, double power) {
    ChunkSummary out;
    Column& column = out.column;
    const std::uint64_t head = takeVarint(at);
    column.count = static_cast<std::uint32_t>(head >> 1);
    column.stale = (head & 1) != 0;
    if (column.count == 0)
        return out;
    const auto first = static_cast<std::uint64_t>(firstTime);
    column.firstTime = static_cast<TimeNs>(first + takeSigned(at));
    column.lastTime =
        static_cast<TimeNs>(static_cast<std::uint64_t>(times.lastTime()) - takeSigned(at));
    out.firstStart = static_cast<TimeNs>(first - takeSigned(at));
    double before = 0;
    for (double* value :
         {&column.first, &column.last, &column.min, &column.max, &column.sum, &column.increase}) {
        *value = takeReal(at, before, power);
        before = *value;
    }
    column.resets = static_cast<std::uint32_t>(takeVarint(at));
    const bool saysStart = delta && out.firstStart != 0 && out.firstStart < column.firstTime;
    column.increaseOver = static_cast<TimeNs>(
        static_cast<std::uint64_t>(column.lastTime) -
        static_cast<std::uint64_t>(saysStart ? out.firstStart : column.firstTime));
    return out;
}

template <class Record>
ChunkSummary summarize(std::span<const Record> records, Field field, bool delta) {
    ChunkSummary out;
    ColumnFold fold(delta);
    for (const Record& record : records) {
        double value = 0;
        if (record.stale()) {
            fold.stale(out.column);
        } else if (realOf(record, field, value)) {
            if (out.column.count == 0)
                out.firstStart = record.startTime;
            fold.point(out.column, record.time, record.startTime, value);
        }
    }
    return out;
}

/// The fewest digits that write most of the first sums.
template <class Record>
unsigned exponentFor(std::span<const Record> records) {
    constexpr std::size_t tried = 8;
    constexpr unsigned most = 9;
    unsigned out = 0;
    for (const Record& record : records.first(std::min(tried, records.size()))) {
        std::uint64_t number = 0;
        unsigned e = out;
        while (e <= most && decimalMisfit(record.sum, powersOfTen[e], number) != 0)
            ++e;
        if (e <= most)
            out = e;
    }
    return out;
}

bool isDelta(std::uint16_t layout) {
    return (layout >> deltaBit & 1) != 0;
}

} // namespace

std::uint32_t RecordPacking::sharedCount(std::uint16_t layout) {
    return layout >> sharedBit;
}

template <class Record>
void RecordPacking::put(std::span<const Record> records, bool delta, std::vector<std::uint8_t>& out,
                        std::vector<Shared>& shared, std::uint16_t& layout) {
    PointTimes times;
    times.count = static_cast<std::uint32_t>(records.size());
    for (std::uint32_t i = 0; i < times.count; ++i) {
        times.times[i] = static_cast<std::uint64_t>(records[i].time);
        times.startTimes[i] = static_cast<std::uint64_t>(records[i].startTime);
        times.flags[i] = records[i].flags;
    }
    RecordBytes bytes(out);
    bytes.room(PackedTimes::bytesMost + sizeof(std::uint64_t));
    bytes.setEnd(PackedTimes::put(bytes.end(), times, layout));

    const unsigned exponent = exponentFor(records);
    const double power = powersOfTen[exponent];
    bytes.byte(exponent);
    putSummary(bytes, summarize(records, Field::Count, delta), times, power);
    putSummary(bytes, summarize(records, Field::Sum, delta), times, power);
    Writer writer(bytes, shared, power, delta);
    const Record none{};
    const Record* before = &none;
    for (const Record& record : records) {
        writer.put(*before, record);
        before = &record;
    }
    layout |= static_cast<std::uint16_t>((delta ? 1u << deltaBit : 0) |
                                         static_cast<unsigned>(shared.size()) << sharedBit);
}

ChunkSummary RecordPacking::summary(const std::uint8_t* at, std::uint16_t layout,
                                    std::uint32_t count, TimeNs firstTime, Field field) {
    const PackedTimes times(at, layout, count, firstTime);
    at = times.end();
    const double power = powersOfTen[*at++];
    const ChunkSummary ofCount = takeSummary(at, times, firstTime, isDelta(layout), power);
    return field == Field::Count ? ofCount
                                 : takeSummary(at, times, firstTime, isDelta(layout), power);
}

template <class Record>
void RecordPacking::decode(const std::uint8_t* at, const Shared* shared, std::uint16_t layout,
                           std::uint32_t count, TimeNs firstTime, RecordBlock<Record>& out) {
    const PackedTimes packed(at, layout, count, firstTime);
    at = packed.end();
    std::array<TimeNs, sealedPointsMost> times, starts;
    std::array<std::uint32_t, sealedPointsMost> flags{};
    packed.times(times.data());
    if (packed.startsVary())
        packed.starts(times.data(), starts.data());
    else
        starts.fill(packed.firstStart());
    if (packed.hasFlags())
        packed.flags(flags.data());

    const double power = powersOfTen[*at++];
    for (int i = 0; i < 2; ++i)
        static_cast<void>(takeSummary(at, packed, firstTime, isDelta(layout), power));
    out.m_size = count;
    if (out.m_records.size() < count)
        out.m_records.resize(count);
    Reader reader(at, shared, power, isDelta(layout));
    const Record none{};
    for (std::uint32_t i = 0; i < count; ++i) {
        Record& record = out.m_records[i];
        record.time = times[i];
        record.startTime = starts[i];
        record.flags = flags[i];
        reader.take(i > 0 ? out.m_records[i - 1] : none, record);
    }
}

template void RecordPacking::put(std::span<const HistogramSample>, bool, std::vector<std::uint8_t>&,
                                 std::vector<Shared>&, std::uint16_t&);
template void RecordPacking::put(std::span<const ExponentialHistogramSample>, bool,
                                 std::vector<std::uint8_t>&, std::vector<Shared>&, std::uint16_t&);
template void RecordPacking::put(std::span<const SummarySample>, bool, std::vector<std::uint8_t>&,
                                 std::vector<Shared>&, std::uint16_t&);
template void RecordPacking::decode(const std::uint8_t*, const Shared*, std::uint16_t,
                                    std::uint32_t, TimeNs, RecordBlock<HistogramSample>&);
template void RecordPacking::decode(const std::uint8_t*, const Shared*, std::uint16_t,
                                    std::uint32_t, TimeNs,
                                    RecordBlock<ExponentialHistogramSample>&);
template void RecordPacking::decode(const std::uint8_t*, const Shared*, std::uint16_t,
                                    std::uint32_t, TimeNs, RecordBlock<SummarySample>&);

} // namespace sightglass
