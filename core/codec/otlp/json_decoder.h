// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/codec/otlp/decode.h"
#include "core/codec/otlp/json_reader.h"
#include "core/codec/otlp/point_checks.h"
#include "core/codec/otlp/request_builder.h"

namespace sightglass {

/// Walks a request in OTLP/JSON and says what it means to a RequestBuilder: the counterpart of
/// ProtobufDecoder, split into files like it. Lives for one request, on its thread.
///
/// Every function reads one value, found at `depth` brackets, and returns false if the request is
/// broken, with the reason in m_reader or m_tooLarge. Members may stand in any order; of one that
/// comes twice the last holds.
class JsonDecoder {
  public:
    JsonDecoder(const RawRecord& record, const OtlpLimits& limits);
    [[nodiscard]] Result<Batch> decode() &&;

  private:
    // The request, down to the metric.
    [[nodiscard]] bool resourceMetrics(JsonValue value, int depth);
    [[nodiscard]] bool resource(JsonValue value, int depth, ResourceView& out);
    [[nodiscard]] bool scopeMetrics(JsonValue value, int depth);
    [[nodiscard]] bool scope(JsonValue value, int depth, ScopeView& out);
    [[nodiscard]] bool metric(JsonValue value, int depth);
    [[nodiscard]] bool metricData(JsonValue value, int depth, DescriptorView& descriptor);
    [[nodiscard]] bool temporality(JsonValue value, Temporality& out);

    // Data points.
    [[nodiscard]] bool dataPoint(MetricType type, JsonValue value, int depth);
    [[nodiscard]] bool numberPoint(JsonValue value, int depth);
    [[nodiscard]] bool histogramPoint(JsonValue value, int depth);
    [[nodiscard]] bool exponentialPoint(JsonValue value, int depth);
    [[nodiscard]] bool summaryPoint(JsonValue value, int depth);
    [[nodiscard]] bool buckets(JsonValue value, int depth, std::int32_t& offset, Slice& counts);
    [[nodiscard]] bool counts(JsonValue value, int depth, Slice& out);
    [[nodiscard]] bool bounds(JsonValue value, int depth, Slice& out);
    [[nodiscard]] bool quantiles(JsonValue value, int depth, Slice& out);
    [[nodiscard]] bool exemplars(JsonValue value, int depth, Slice& out);
    [[nodiscard]] bool exemplar(JsonValue value, int depth);
    /// What points of all types have; `known` is false for another member.
    [[nodiscard]] bool headerMember(std::string_view key, JsonValue value, int depth,
                                    PointHeader& point, bool& known);
    /// asInt or asDouble; another member is ignored.
    [[nodiscard]] bool numberValue(std::string_view key, JsonValue value, int depth, Number& out,
                                   bool& has);
    [[nodiscard]] bool time(JsonValue value, TimeNs& out);
    /// A number that may be left out by null.
    [[nodiscard]] bool optionalReal(JsonValue value, double& out, bool& has);
    [[nodiscard]] bool integer32(JsonValue value, std::int32_t& out);

    // Attributes and values.
    [[nodiscard]] bool attributes(JsonValue value, int depth, Slice& out);
    [[nodiscard]] bool anyValue(JsonValue value, int depth, Value& out);
    /// Either `scalar`, or with a kind other than Empty an array or map appended to m_json.
    [[nodiscard]] bool anyValueParts(JsonValue value, int depth, Value& scalar, ValueKind& nested);
    [[nodiscard]] bool appendArray(JsonValue value, int depth);
    [[nodiscard]] bool appendMap(JsonValue value, int depth);
    [[nodiscard]] bool appendMapEntry(JsonValue value, int depth);
    [[nodiscard]] bool appendJsonValue(JsonValue value, int depth);
    [[nodiscard]] bool text(JsonValue value, std::string_view& out, const char* what);

    [[nodiscard]] bool charge(std::size_t bytes) {
        return m_builder.charge(bytes) || failTooLarge();
    }
    bool failTooLarge() {
        m_tooLarge = true;
        return false;
    }
    void refuse(const Impossible& why, std::uint64_t byte) {
        m_builder.refuse(why.reason, why.what, byte);
    }

    RequestBuilder m_builder;
    Batch& m_batch;
    JsonReader m_reader;
    bool m_tooLarge = false;
    std::string m_json; ///< the nested value being written
};

} // namespace sightglass
