// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/point_blocks.h"

#include <limits>

namespace sightglass {

namespace {

template <class Record>
bool hasCount(const Record&) {
    return true;
}
bool hasCount(const SummarySample& record) {
    return record.hasCount;
}

template <class Record>
bool real(const Record& record, Field field, double& out) {
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
std::optional<Sample> number(const Record& record, Field field) {
    Sample out;
    out.time = record.time;
    out.startTime = record.startTime;
    out.flags = record.flags;
    double value = 0;
    if (record.stale()) {
        out.value = Number::of(std::numeric_limits<double>::quiet_NaN());
        return out;
    }
    if (!real(record, field, value))
        return std::nullopt;
    constexpr std::uint64_t integerMax = std::numeric_limits<std::int64_t>::max();
    out.value = field == Field::Count && record.count <= integerMax
                    ? Number::of(static_cast<std::int64_t>(record.count))
                    : Number::of(value);
    return out;
}

} // namespace

bool realOf(const HistogramSample& record, Field field, double& out) {
    return real(record, field, out);
}
bool realOf(const ExponentialHistogramSample& record, Field field, double& out) {
    return real(record, field, out);
}
bool realOf(const SummarySample& record, Field field, double& out) {
    return real(record, field, out);
}

std::optional<Sample> numberOf(const HistogramSample& record, Field field) {
    return number(record, field);
}
std::optional<Sample> numberOf(const ExponentialHistogramSample& record, Field field) {
    return number(record, field);
}
std::optional<Sample> numberOf(const SummarySample& record, Field field) {
    return number(record, field);
}

} // namespace sightglass
