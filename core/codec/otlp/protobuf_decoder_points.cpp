// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/codec/otlp/protobuf_decoder.h"

#include <algorithm>
#include <limits>

namespace sightglass {

namespace {

constexpr std::uint32_t bytesTag(std::uint32_t field) {
    return wireTag(field, WireType::Bytes);
}
constexpr std::uint32_t varintTag(std::uint32_t field) {
    return wireTag(field, WireType::Varint);
}
constexpr std::uint32_t fixedTag(std::uint32_t field) {
    return wireTag(field, WireType::Fixed64);
}

/// All messages carry fields 2 and 3 as start and time.
constexpr std::uint32_t startTimeTag = fixedTag(2);
constexpr std::uint32_t timeTag = fixedTag(3);

std::uint32_t sizeOf(const auto& pool) {
    return static_cast<std::uint32_t>(pool.size());
}

/// Room for `more` entries that keeps growth geometric over many metrics.
template <class T>
void reserveMore(std::vector<T>& pool, std::size_t more) {
    const std::size_t wanted = pool.size() + more;
    if (wanted > pool.capacity())
        pool.reserve(std::max(wanted, pool.capacity() * 2));
}

/// The value that says that nothing was recorded, as Batch has it.
Number absent() {
    return Number::of(std::numeric_limits<double>::quiet_NaN());
}

} // namespace

bool ProtobufDecoder::dataPoint(MetricType type, std::string_view bytes) {
    switch (type) {
    case MetricType::Unknown:
    case MetricType::Gauge:
    case MetricType::Sum:
        return numberPoint(bytes);
    case MetricType::Histogram:
        return histogramPoint(bytes);
    case MetricType::ExponentialHistogram:
        return exponentialPoint(bytes);
    case MetricType::Summary:
        return summaryPoint(bytes);
    }
    return false;
}

void ProtobufDecoder::reservePoints(MetricType type, std::size_t pointBytes) {
    const std::vector<NumberPoint>& points = m_batch.numberPoints;
    if ((type != MetricType::Gauge && type != MetricType::Sum) || points.size() != 1)
        return;
    // Taking the whole request for points like the first. It is only a guess: bounded.
    constexpr std::size_t reservedMost = 1 << 14;
    const std::size_t alike = std::min(m_body.size() / (pointBytes + 2), reservedMost);
    m_batch.numberPoints.reserve(alike);
    // A point must not ask for more than these bytes can hold.
    constexpr std::size_t smallAttributeBytes = 8;
    reserveMore(m_batch.attributes, std::min(alike * points.back().attributes.count,
                                             m_body.size() / smallAttributeBytes));
}

template <class P>
void ProtobufDecoder::leavePoint(std::vector<P>& pool, P& point) {
    if (point.encoded.count > 0) [[likely]]
        point.encodedPrint = fingerprintOf(m_body.substr(point.encoded.begin, point.encoded.count));
    m_builder.leavePoint(pool, point);
}

bool ProtobufDecoder::time(WireReader& reader, TimeNs& out) {
    const char* const at = reader.at();
    std::uint64_t nanoseconds;
    if (!reader.fixed(nanoseconds))
        return false;
    if (nanoseconds > static_cast<std::uint64_t>(std::numeric_limits<TimeNs>::max())) [[unlikely]]
        refuse(timeOutOfRange, at);
    out = static_cast<TimeNs>(nanoseconds);
    return true;
}

template <class T>
bool ProtobufDecoder::packedFixed(WireReader& reader, std::vector<T>& pool, Slice& out) {
    std::string_view run;
    if (!reader.bytes(run))
        return false;
    if (run.size() % sizeof(T) != 0)
        return fail(ErrorCode::InvalidArgument,
                    "broken protobuf: packed numbers with a part of a number", run.data());
    if (!m_builder.charge(run.size()))
        return failTooLarge();
    if (run.empty())
        return true;
    const std::size_t before = pool.size();
    pool.resize(before + run.size() / sizeof(T));
    std::memcpy(pool.data() + before, run.data(), run.size());
    out.count += static_cast<std::uint32_t>(run.size() / sizeof(T));
    return true;
}

template <class T>
bool ProtobufDecoder::oneFixed(WireReader& reader, std::vector<T>& pool, Slice& out) {
    T number;
    if (!reader.fixed(number))
        return false;
    if (!m_builder.charge(sizeof(T)))
        return failTooLarge();
    pool.push_back(number);
    ++out.count;
    return true;
}

bool ProtobufDecoder::numberPoint(std::string_view bytes) {
    constexpr std::uint32_t exemplarTag = bytesTag(5);
    NumberPoint point;
    point.attributes.begin = sizeOf(m_batch.attributes);
    bool hasValue = false;
    bool hasExemplars = false;
    if (!m_builder.charge(sizeof point))
        return failTooLarge();

    WireReader reader(bytes, m_fault);
    while (!reader.atEnd()) {
        std::uint32_t tag;
        if (!reader.tag(tag))
            return false;
        std::uint64_t number;
        std::string_view message;
        bool good;
        switch (tag) {
        case bytesTag(7):
            good = pointAttributes(reader, tag, point);
            break;
        case timeTag:
            good = time(reader, point.time);
            break;
        case startTimeTag:
            good = time(reader, point.startTime);
            break;
        case fixedTag(4):
            point.value = Number::of(0.0);
            good = reader.fixed(point.value.real);
            hasValue = true;
            break;
        case fixedTag(6):
            point.value = Number::of(std::int64_t{0});
            good = reader.fixed(point.value.integer);
            hasValue = true;
            break;
        case exemplarTag:
            good = reader.bytes(message);
            hasExemplars = true;
            break;
        case varintTag(8):
            good = reader.varint(number);
            if (good)
                point.flags = static_cast<std::uint32_t>(number);
            break;
        default:
            good = skip(reader, tag);
        }
        if (!good)
            return false;
    }
    if (hasExemplars && !exemplars(bytes, exemplarTag, point.exemplars))
        return false;
    if (point.time == 0) [[unlikely]]
        refuse(noTime, bytes.data());
    if (!hasValue) [[unlikely]] {
        if ((point.flags & noRecordedValueFlag) == 0)
            refuse(noValue, bytes.data());
        point.value = absent();
    }
    leavePoint(m_batch.numberPoints, point);
    return true;
}

bool ProtobufDecoder::histogramPoint(std::string_view bytes) {
    constexpr std::uint32_t exemplarTag = bytesTag(8);
    HistogramPoint point;
    point.attributes.begin = sizeOf(m_batch.attributes);
    point.bucketCounts.begin = sizeOf(m_batch.counts);
    point.bounds.begin = sizeOf(m_batch.doubles);
    bool hasExemplars = false;
    if (!m_builder.charge(sizeof point))
        return failTooLarge();

    WireReader reader(bytes, m_fault);
    while (!reader.atEnd()) {
        std::uint32_t tag;
        if (!reader.tag(tag))
            return false;
        std::uint64_t number;
        std::string_view message;
        bool good;
        switch (tag) {
        case startTimeTag:
            good = time(reader, point.startTime);
            break;
        case timeTag:
            good = time(reader, point.time);
            break;
        case fixedTag(4):
            good = reader.fixed(point.count);
            break;
        case fixedTag(5):
            good = reader.fixed(point.sum);
            point.hasSum = true;
            break;
        case bytesTag(6):
            good = packedFixed(reader, m_batch.counts, point.bucketCounts);
            break;
        case fixedTag(6):
            good = oneFixed(reader, m_batch.counts, point.bucketCounts);
            break;
        case bytesTag(7):
            good = packedFixed(reader, m_batch.doubles, point.bounds);
            break;
        case fixedTag(7):
            good = oneFixed(reader, m_batch.doubles, point.bounds);
            break;
        case exemplarTag:
            good = reader.bytes(message);
            hasExemplars = true;
            break;
        case bytesTag(9):
            good = pointAttributes(reader, tag, point);
            break;
        case varintTag(10):
            good = reader.varint(number);
            if (good)
                point.flags = static_cast<std::uint32_t>(number);
            break;
        case fixedTag(11):
            good = reader.fixed(point.min);
            point.hasMin = true;
            break;
        case fixedTag(12):
            good = reader.fixed(point.max);
            point.hasMax = true;
            break;
        default:
            good = skip(reader, tag);
        }
        if (!good)
            return false;
    }
    if (hasExemplars && !exemplars(bytes, exemplarTag, point.exemplars))
        return false;
    if (point.time == 0)
        refuse(noTime, bytes.data());
    if (const auto impossible = checkPoint(point, m_batch))
        refuse(*impossible, bytes.data());
    leavePoint(m_batch.histogramPoints, point);
    return true;
}

bool ProtobufDecoder::exponentialPoint(std::string_view bytes) {
    constexpr std::uint32_t exemplarTag = bytesTag(11);
    ExponentialHistogramPoint point;
    point.attributes.begin = sizeOf(m_batch.attributes);
    MessageField positive;
    MessageField negative;
    bool hasExemplars = false;
    if (!m_builder.charge(sizeof point))
        return failTooLarge();

    WireReader reader(bytes, m_fault);
    while (!reader.atEnd()) {
        std::uint32_t tag;
        if (!reader.tag(tag))
            return false;
        std::uint64_t number;
        std::string_view message;
        bool good;
        switch (tag) {
        case bytesTag(1):
            good = pointAttributes(reader, tag, point);
            break;
        case startTimeTag:
            good = time(reader, point.startTime);
            break;
        case timeTag:
            good = time(reader, point.time);
            break;
        case fixedTag(4):
            good = reader.fixed(point.count);
            break;
        case fixedTag(5):
            good = reader.fixed(point.sum);
            point.hasSum = true;
            break;
        case varintTag(6):
            good = reader.varint(number);
            if (good)
                point.scale = static_cast<std::int32_t>(fromZigzag(number & 0xffffffffu));
            break;
        case fixedTag(7):
            good = reader.fixed(point.zeroCount);
            break;
        case bytesTag(8):
            good = reader.bytes(message);
            if (good)
                merge(positive, message);
            break;
        case bytesTag(9):
            good = reader.bytes(message);
            if (good)
                merge(negative, message);
            break;
        case varintTag(10):
            good = reader.varint(number);
            if (good)
                point.flags = static_cast<std::uint32_t>(number);
            break;
        case exemplarTag:
            good = reader.bytes(message);
            hasExemplars = true;
            break;
        case fixedTag(12):
            good = reader.fixed(point.min);
            point.hasMin = true;
            break;
        case fixedTag(13):
            good = reader.fixed(point.max);
            point.hasMax = true;
            break;
        case fixedTag(14):
            good = reader.fixed(point.zeroThreshold);
            break;
        default:
            good = skip(reader, tag);
        }
        if (!good)
            return false;
    }
    if (!buckets(positive.bytes, point.positiveOffset, point.positiveCounts) ||
        !buckets(negative.bytes, point.negativeOffset, point.negativeCounts))
        return false;
    if (hasExemplars && !exemplars(bytes, exemplarTag, point.exemplars))
        return false;
    if (point.time == 0)
        refuse(noTime, bytes.data());
    if (const auto impossible = checkPoint(point))
        refuse(*impossible, bytes.data());
    leavePoint(m_batch.exponentialPoints, point);
    return true;
}

bool ProtobufDecoder::buckets(std::string_view bytes, std::int32_t& offset, Slice& counts) {
    counts.begin = sizeOf(m_batch.counts);
    const auto addCount = [&](WireReader& from) {
        std::uint64_t count;
        if (!from.varint(count))
            return false;
        if (!m_builder.charge(sizeof count))
            return failTooLarge();
        m_batch.counts.push_back(count);
        ++counts.count;
        return true;
    };
    WireReader reader(bytes, m_fault);
    while (!reader.atEnd()) {
        std::uint32_t tag;
        if (!reader.tag(tag))
            return false;
        std::uint64_t number;
        std::string_view run;
        bool good;
        switch (tag) {
        case varintTag(1):
            good = reader.varint(number);
            if (good)
                offset = static_cast<std::int32_t>(fromZigzag(number & 0xffffffffu));
            break;
        case bytesTag(2): {
            good = reader.bytes(run);
            if (!good)
                break;
            WireReader packed(run, m_fault);
            while (good && !packed.atEnd())
                good = addCount(packed);
            break;
        }
        case varintTag(2):
            good = addCount(reader);
            break;
        default:
            good = skip(reader, tag);
        }
        if (!good)
            return false;
    }
    return true;
}

bool ProtobufDecoder::summaryPoint(std::string_view bytes) {
    SummaryPoint point;
    point.attributes.begin = sizeOf(m_batch.attributes);
    point.quantiles.begin = sizeOf(m_batch.quantiles);
    if (!m_builder.charge(sizeof point))
        return failTooLarge();

    WireReader reader(bytes, m_fault);
    while (!reader.atEnd()) {
        std::uint32_t tag;
        if (!reader.tag(tag))
            return false;
        std::uint64_t number;
        std::string_view message;
        bool good;
        switch (tag) {
        case startTimeTag:
            good = time(reader, point.startTime);
            break;
        case timeTag:
            good = time(reader, point.time);
            break;
        case fixedTag(4):
            good = reader.fixed(point.count);
            break;
        case fixedTag(5):
            good = reader.fixed(point.sum);
            break;
        case bytesTag(6):
            good = reader.bytes(message) && quantile(message);
            ++point.quantiles.count;
            break;
        case bytesTag(7):
            good = pointAttributes(reader, tag, point);
            break;
        case varintTag(8):
            good = reader.varint(number);
            if (good)
                point.flags = static_cast<std::uint32_t>(number);
            break;
        default:
            good = skip(reader, tag);
        }
        if (!good)
            return false;
    }
    if (point.time == 0)
        refuse(noTime, bytes.data());
    if (const auto impossible = checkPoint(point, m_batch))
        refuse(*impossible, bytes.data());
    leavePoint(m_batch.summaryPoints, point);
    return true;
}

bool ProtobufDecoder::quantile(std::string_view bytes) {
    Quantile quantile;
    if (!m_builder.charge(sizeof quantile))
        return failTooLarge();
    WireReader reader(bytes, m_fault);
    while (!reader.atEnd()) {
        std::uint32_t tag;
        if (!reader.tag(tag))
            return false;
        const bool good = tag == fixedTag(1)   ? reader.fixed(quantile.quantile)
                          : tag == fixedTag(2) ? reader.fixed(quantile.value)
                                               : skip(reader, tag);
        if (!good)
            return false;
    }
    m_batch.quantiles.push_back(quantile);
    return true;
}

bool ProtobufDecoder::exemplars(std::string_view point, std::uint32_t exemplarTag, Slice& out) {
    out.begin = sizeOf(m_batch.exemplars);
    WireReader reader(point, m_fault);
    while (!reader.atEnd()) {
        std::uint32_t tag;
        std::string_view message;
        if (!reader.tag(tag))
            return false;
        if (tag != exemplarTag) {
            if (!skip(reader, tag))
                return false;
            continue;
        }
        if (!reader.bytes(message) || !exemplar(message))
            return false;
        ++out.count;
    }
    return true;
}

bool ProtobufDecoder::exemplar(std::string_view bytes) {
    Exemplar exemplar;
    exemplar.value = absent();
    exemplar.attributes.begin = sizeOf(m_batch.attributes);
    if (!m_builder.charge(sizeof exemplar))
        return failTooLarge();
    std::string_view traceId;
    std::string_view spanId;

    WireReader reader(bytes, m_fault);
    while (!reader.atEnd()) {
        std::uint32_t tag;
        if (!reader.tag(tag))
            return false;
        std::string_view message;
        bool good;
        switch (tag) {
        case startTimeTag: // of an exemplar field 2 is its time
            good = time(reader, exemplar.time);
            break;
        case fixedTag(3):
            exemplar.value = Number::of(0.0);
            good = reader.fixed(exemplar.value.real);
            break;
        case fixedTag(6):
            exemplar.value = Number::of(std::int64_t{0});
            good = reader.fixed(exemplar.value.integer);
            break;
        case bytesTag(4):
            good = reader.bytes(spanId);
            break;
        case bytesTag(5):
            good = reader.bytes(traceId);
            break;
        case bytesTag(7):
            good = reader.bytes(message) && attribute(message, 7, exemplar.attributes);
            break;
        default:
            good = skip(reader, tag);
        }
        if (!good)
            return false;
    }
    if (const auto impossible = setIds(exemplar, traceId, spanId))
        refuse(*impossible, bytes.data());
    m_batch.exemplars.push_back(exemplar);
    return true;
}

} // namespace sightglass
