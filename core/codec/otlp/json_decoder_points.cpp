// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/codec/otlp/json_decoder.h"

#include <limits>

namespace sightglass {

namespace {

std::uint32_t sizeOf(const auto& pool) {
    return static_cast<std::uint32_t>(pool.size());
}

/// The value that says that nothing was recorded, as Batch has it.
Number absent() {
    return Number::of(std::numeric_limits<double>::quiet_NaN());
}

} // namespace

bool JsonDecoder::dataPoint(MetricType type, JsonValue value, int depth) {
    switch (type) {
    case MetricType::Unknown:
    case MetricType::Gauge:
    case MetricType::Sum:
        return numberPoint(value, depth);
    case MetricType::Histogram:
        return histogramPoint(value, depth);
    case MetricType::ExponentialHistogram:
        return exponentialPoint(value, depth);
    case MetricType::Summary:
        return summaryPoint(value, depth);
    }
    return false;
}

bool JsonDecoder::time(JsonValue value, TimeNs& out) {
    const std::uint64_t byte = m_reader.byteOf(value);
    std::uint64_t nanoseconds;
    if (!m_reader.unsignedInteger(value, nanoseconds))
        return false;
    if (nanoseconds > static_cast<std::uint64_t>(std::numeric_limits<TimeNs>::max()))
        refuse(timeOutOfRange, byte);
    out = static_cast<TimeNs>(nanoseconds);
    return true;
}

bool JsonDecoder::optionalReal(JsonValue value, double& out, bool& has) {
    simdjson::ondemand::json_type type;
    if (!m_reader.typeOf(value, type))
        return false;
    has = type != simdjson::ondemand::json_type::null;
    return m_reader.real(value, out);
}

bool JsonDecoder::integer32(JsonValue value, std::int32_t& out) {
    const std::uint64_t byte = m_reader.byteOf(value);
    std::int64_t number;
    if (!m_reader.integer(value, number))
        return false;
    if (number < std::numeric_limits<std::int32_t>::min() ||
        number > std::numeric_limits<std::int32_t>::max())
        return m_reader.failByte("not a 32-bit integer", byte);
    out = static_cast<std::int32_t>(number);
    return true;
}

bool JsonDecoder::headerMember(std::string_view key, JsonValue value, int depth, PointHeader& point,
                               bool& known) {
    known = true;
    if (key == "attributes")
        return attributes(value, depth, point.attributes);
    if (key == "timeUnixNano")
        return time(value, point.time);
    if (key == "startTimeUnixNano")
        return time(value, point.startTime);
    if (key == "exemplars")
        return exemplars(value, depth, point.exemplars);
    if (key == "flags") {
        std::uint64_t flags;
        const std::uint64_t byte = m_reader.byteOf(value);
        if (!m_reader.unsignedInteger(value, flags))
            return false;
        point.flags = static_cast<std::uint32_t>(flags);
        return flags <= std::numeric_limits<std::uint32_t>::max() ||
               m_reader.failByte("not a 32-bit integer", byte);
    }
    known = false;
    return true;
}

bool JsonDecoder::numberPoint(JsonValue value, int depth) {
    if (!charge(sizeof(NumberPoint)))
        return false;
    const std::uint64_t byte = m_reader.byteOf(value);
    NumberPoint point;
    bool hasValue = false;
    const bool good =
        m_reader.object(value, depth, [&](std::string_view key, JsonValue member, int d) {
            bool known = false;
            if (!headerMember(key, member, d, point, known))
                return false;
            return known || numberValue(key, member, d, point.value, hasValue);
        });
    if (!good)
        return false;
    if (point.time == 0)
        refuse(noTime, byte);
    if (!hasValue) {
        if ((point.flags & noRecordedValueFlag) == 0)
            refuse(noValue, byte);
        point.value = absent();
    }
    m_builder.leavePoint(m_batch.numberPoints, point);
    return true;
}

bool JsonDecoder::numberValue(std::string_view key, JsonValue value, int depth, Number& out,
                              bool& has) {
    const bool isInteger = key == "asInt";
    if (!isInteger && key != "asDouble")
        return m_reader.skip(value, depth);
    simdjson::ondemand::json_type type;
    if (!m_reader.typeOf(value, type))
        return false;
    if (type == simdjson::ondemand::json_type::null)
        return m_reader.skip(value, depth);
    has = true;
    if (isInteger) {
        out = Number::of(std::int64_t{0});
        return m_reader.integer(value, out.integer);
    }
    out = Number::of(0.0);
    return m_reader.real(value, out.real);
}

bool JsonDecoder::histogramPoint(JsonValue value, int depth) {
    if (!charge(sizeof(HistogramPoint)))
        return false;
    const std::uint64_t byte = m_reader.byteOf(value);
    HistogramPoint point;
    const bool good =
        m_reader.object(value, depth, [&](std::string_view key, JsonValue member, int d) {
            bool known = false;
            if (!headerMember(key, member, d, point, known))
                return false;
            if (known)
                return true;
            if (key == "count")
                return m_reader.unsignedInteger(member, point.count);
            if (key == "sum")
                return optionalReal(member, point.sum, point.hasSum);
            if (key == "min")
                return optionalReal(member, point.min, point.hasMin);
            if (key == "max")
                return optionalReal(member, point.max, point.hasMax);
            if (key == "bucketCounts")
                return counts(member, d, point.bucketCounts);
            if (key == "explicitBounds")
                return bounds(member, d, point.bounds);
            return m_reader.skip(member, d);
        });
    if (!good)
        return false;
    if (point.time == 0)
        refuse(noTime, byte);
    if (const auto impossible = checkPoint(point, m_batch))
        refuse(*impossible, byte);
    m_builder.leavePoint(m_batch.histogramPoints, point);
    return true;
}

bool JsonDecoder::exponentialPoint(JsonValue value, int depth) {
    if (!charge(sizeof(ExponentialHistogramPoint)))
        return false;
    const std::uint64_t byte = m_reader.byteOf(value);
    ExponentialHistogramPoint point;
    const bool good =
        m_reader.object(value, depth, [&](std::string_view key, JsonValue member, int d) {
            bool known = false;
            if (!headerMember(key, member, d, point, known))
                return false;
            if (known)
                return true;
            if (key == "count")
                return m_reader.unsignedInteger(member, point.count);
            if (key == "sum")
                return optionalReal(member, point.sum, point.hasSum);
            if (key == "min")
                return optionalReal(member, point.min, point.hasMin);
            if (key == "max")
                return optionalReal(member, point.max, point.hasMax);
            if (key == "scale")
                return integer32(member, point.scale);
            if (key == "zeroCount")
                return m_reader.unsignedInteger(member, point.zeroCount);
            if (key == "zeroThreshold")
                return m_reader.real(member, point.zeroThreshold);
            if (key == "positive")
                return buckets(member, d, point.positiveOffset, point.positiveCounts);
            if (key == "negative")
                return buckets(member, d, point.negativeOffset, point.negativeCounts);
            return m_reader.skip(member, d);
        });
    if (!good)
        return false;
    if (point.time == 0)
        refuse(noTime, byte);
    if (const auto impossible = checkPoint(point))
        refuse(*impossible, byte);
    m_builder.leavePoint(m_batch.exponentialPoints, point);
    return true;
}

bool JsonDecoder::buckets(JsonValue value, int depth, std::int32_t& offset, Slice& out) {
    return m_reader.object(value, depth, [&](std::string_view key, JsonValue member, int d) {
        if (key == "offset")
            return integer32(member, offset);
        if (key == "bucketCounts")
            return counts(member, d, out);
        return m_reader.skip(member, d);
    });
}

bool JsonDecoder::counts(JsonValue value, int depth, Slice& out) {
    out = {sizeOf(m_batch.counts), 0};
    return m_reader.array(value, depth, [&](std::uint32_t, JsonValue entry, int) {
        std::uint64_t count;
        if (!m_reader.unsignedInteger(entry, count) || !charge(sizeof count))
            return false;
        m_batch.counts.push_back(count);
        ++out.count;
        return true;
    });
}

bool JsonDecoder::bounds(JsonValue value, int depth, Slice& out) {
    out = {sizeOf(m_batch.doubles), 0};
    return m_reader.array(value, depth, [&](std::uint32_t, JsonValue entry, int) {
        double bound;
        if (!m_reader.real(entry, bound) || !charge(sizeof bound))
            return false;
        m_batch.doubles.push_back(bound);
        ++out.count;
        return true;
    });
}

bool JsonDecoder::summaryPoint(JsonValue value, int depth) {
    if (!charge(sizeof(SummaryPoint)))
        return false;
    const std::uint64_t byte = m_reader.byteOf(value);
    SummaryPoint point;
    const bool good =
        m_reader.object(value, depth, [&](std::string_view key, JsonValue member, int d) {
            bool known = false;
            if (!headerMember(key, member, d, point, known))
                return false;
            if (known)
                return true;
            if (key == "count")
                return m_reader.unsignedInteger(member, point.count);
            if (key == "sum")
                return m_reader.real(member, point.sum);
            if (key == "quantileValues")
                return quantiles(member, d, point.quantiles);
            return m_reader.skip(member, d);
        });
    if (!good)
        return false;
    if (point.time == 0)
        refuse(noTime, byte);
    if (const auto impossible = checkPoint(point, m_batch))
        refuse(*impossible, byte);
    m_builder.leavePoint(m_batch.summaryPoints, point);
    return true;
}

bool JsonDecoder::quantiles(JsonValue value, int depth, Slice& out) {
    out = {sizeOf(m_batch.quantiles), 0};
    return m_reader.array(value, depth, [&](std::uint32_t, JsonValue entry, int entryDepth) {
        Quantile quantile;
        const bool good =
            m_reader.object(entry, entryDepth, [&](std::string_view key, JsonValue member, int d) {
                if (key == "quantile")
                    return m_reader.real(member, quantile.quantile);
                if (key == "value")
                    return m_reader.real(member, quantile.value);
                return m_reader.skip(member, d);
            });
        if (!good || !charge(sizeof quantile))
            return false;
        m_batch.quantiles.push_back(quantile);
        ++out.count;
        return true;
    });
}

bool JsonDecoder::exemplars(JsonValue value, int depth, Slice& out) {
    out = {sizeOf(m_batch.exemplars), 0};
    return m_reader.array(value, depth, [&](std::uint32_t, JsonValue entry, int entryDepth) {
        if (!exemplar(entry, entryDepth))
            return false;
        ++out.count;
        return true;
    });
}

bool JsonDecoder::exemplar(JsonValue value, int depth) {
    if (!charge(sizeof(Exemplar)))
        return false;
    const std::uint64_t byte = m_reader.byteOf(value);
    Exemplar exemplar;
    exemplar.value = absent();
    std::string traceId;
    std::string spanId;
    const bool good =
        m_reader.object(value, depth, [&](std::string_view key, JsonValue member, int d) {
            bool hasValue = false;
            if (key == "timeUnixNano")
                return time(member, exemplar.time);
            if (key == "filteredAttributes")
                return attributes(member, d, exemplar.attributes);
            if (key == "traceId")
                return m_reader.hex(member, traceId);
            if (key == "spanId")
                return m_reader.hex(member, spanId);
            return numberValue(key, member, d, exemplar.value, hasValue);
        });
    if (!good)
        return false;
    if (const auto impossible = setIds(exemplar, traceId, spanId))
        refuse(*impossible, byte);
    m_batch.exemplars.push_back(exemplar);
    return true;
}

} // namespace sightglass
