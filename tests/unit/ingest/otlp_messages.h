// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <zlib.h>

#include "core/codec/otlp/encode.h"
#include "core/model/batch.h"

/// A batch of one gauge with as many points, each with an attribute and a time of its own.
inline sightglass::Batch gaugeBatch(std::string_view name, std::uint32_t points) {
    using namespace sightglass;
    Batch batch;
    batch.resources.emplace_back();
    batch.scopes.emplace_back();
    for (std::uint32_t i = 0; i < points; ++i) {
        NumberPoint point;
        point.time = 1'700'000'000 * nsPerSecond + i;
        point.attributes = {i, 1};
        point.value = Number::of(static_cast<std::int64_t>(i));
        batch.attributes.push_back({"core", Value::integer(i)});
        batch.numberPoints.push_back(point);
    }
    MetricBlock block;
    block.descriptor.name = name;
    block.descriptor.type = MetricType::Gauge;
    block.points = {0, points};
    batch.metrics.push_back(block);
    return batch;
}

/// The ExportMetricsServiceRequest of such a batch.
inline std::string gaugeRequest(std::string_view name, std::uint32_t points) {
    return sightglass::encodeMetricsRequest(gaugeBatch(name, points));
}
inline std::string gaugeRequestJson(std::string_view name, std::uint32_t points) {
    return sightglass::encodeMetricsRequestJson(gaugeBatch(name, points));
}

/// `windowBits` as zlib has them: 15 + 16 for gzip, 15 for zlib.
inline std::string deflated(std::string_view bytes, int windowBits) {
    z_stream stream{};
    ::deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY);
    std::string out(::deflateBound(&stream, bytes.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    ::deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    ::deflateEnd(&stream);
    return out;
}
inline std::string gzipped(std::string_view bytes) {
    return deflated(bytes, 15 + 16);
}
