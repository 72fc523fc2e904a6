// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/codec/otlp/decode.h"
#include "core/codec/otlp/point_checks.h"
#include "core/codec/otlp/request_builder.h"
#include "core/codec/otlp/wire_reader.h"

namespace sightglass {

/// Batch::decodeAttributes of what leaveAttributesEncoded leaves.
[[nodiscard]] Slice decodePlainAttributes(Batch& batch, Slice encoded);

/// Walks an ExportMetricsServiceRequest on the wire and says what it means to a RequestBuilder.
/// Lives for one request, on its thread.
///
/// Every function below takes the bytes of one message and returns false if the request is broken,
/// with the reason in m_fault. What only makes points impossible goes to RequestBuilder::refuse and
/// the walk goes on. A message's fields may stand in any order and a singular one may come again:
/// scalars then take the last value, messages are merged.
///
/// Split by what is walked: protobuf_decoder.cpp the request down to the metric, ..._points.cpp
/// the data points, ..._values.cpp attributes and their values.
class ProtobufDecoder {
  public:
    ProtobufDecoder(const RawRecord& record, const OtlpLimits& limits);
    [[nodiscard]] Result<Batch> decode() &&;

  private:
    /// Of a data point's attribute within the request.
    static constexpr int pointAttributeDepth = 6;

    /// A singular message field: protobuf defines that parsing two occurrences one after another,
    /// as if they were one, is their merging.
    struct MessageField {
        std::string_view bytes;
        bool present = false;
    };
    void merge(MessageField& field, std::string_view more);

    /// The oneof of Metric or AnyValue: another member replaces, the same is merged.
    struct OneofField {
        std::uint32_t tag = 0; ///< 0: not set
        MessageField message;
    };
    void merge(OneofField& field, std::uint32_t tag, std::string_view more);

    // The request, down to the metric.
    [[nodiscard]] bool request(std::string_view bytes);
    [[nodiscard]] bool resourceMetrics(std::string_view bytes);
    [[nodiscard]] bool resource(std::string_view bytes, ResourceView& out);
    [[nodiscard]] bool scopeMetrics(std::string_view bytes);
    [[nodiscard]] bool scope(std::string_view bytes, ScopeView& out);
    [[nodiscard]] bool metric(std::string_view bytes);
    [[nodiscard]] bool metricData(const OneofField& data, DescriptorView& descriptor);

    // Data points.
    /// After the first point of the request, which took so many bytes: makes room for more.
    void reservePoints(MetricType type, std::size_t pointBytes);
    [[nodiscard]] bool dataPoint(MetricType type, std::string_view bytes);
    [[nodiscard]] bool numberPoint(std::string_view bytes);
    [[nodiscard]] bool histogramPoint(std::string_view bytes);
    [[nodiscard]] bool exponentialPoint(std::string_view bytes);
    [[nodiscard]] bool summaryPoint(std::string_view bytes);
    [[nodiscard]] bool buckets(std::string_view bytes, std::int32_t& offset, Slice& counts);
    [[nodiscard]] bool quantile(std::string_view bytes);
    /// All fields of a point with this tag, as exemplars: a walk of its own, since attributes of
    /// the point and of its exemplars go into one pool.
    [[nodiscard]] bool exemplars(std::string_view point, std::uint32_t tag, Slice& out);
    [[nodiscard]] bool exemplar(std::string_view bytes);
    /// A time field; one that int64 cannot hold refuses the point.
    [[nodiscard]] bool time(WireReader& reader, TimeNs& out);
    void checkTime(const PointHeader& point);
    template <class T>
    [[nodiscard]] bool packedFixed(WireReader& reader, std::vector<T>& pool, Slice& out);
    template <class T>
    [[nodiscard]] bool oneFixed(WireReader& reader, std::vector<T>& pool, Slice& out);

    // Attributes and values.
    /// An attribute field of a data point, whose tag was just read: that one decoded, or it and
    /// all that follow it at once left encoded.
    [[nodiscard]] bool pointAttributes(WireReader& reader, std::uint32_t tag, PointHeader& point);
    [[nodiscard]] bool leaveEncoded(WireReader& reader, std::uint32_t tag, PointHeader& point);
    /// Appends the point to its pool.
    template <class P>
    void leavePoint(std::vector<P>& pool, P& point);
    /// `depth` is that of the message `bytes` within the request.
    [[nodiscard]] bool attribute(std::string_view bytes, int depth, Slice& out);
    [[nodiscard]] bool keyValue(std::string_view bytes, int depth, std::string_view& key,
                                MessageField& value);
    [[nodiscard]] bool anyValue(std::string_view bytes, int depth, Value& out);
    /// One level of a value: either `scalar` or, with a tag, the bytes of its array or map.
    [[nodiscard]] bool anyValueParts(std::string_view bytes, int depth, Value& scalar,
                                     OneofField& nested);
    [[nodiscard]] bool appendJson(const OneofField& nested, int depth);
    [[nodiscard]] bool appendJsonValue(std::string_view bytes, int depth);
    [[nodiscard]] bool text(WireReader& reader, std::string_view& out, const char* what);

    bool fail(ErrorCode code, const char* message, const char* at);
    bool failTooLarge();
    /// Place in the body; merged fields lie in the arena and have none.
    [[nodiscard]] std::optional<std::uint64_t> byteOf(const char* at) const {
        if (at < m_body.data() || at > m_body.data() + m_body.size())
            return {};
        return static_cast<std::uint64_t>(at - m_body.data());
    }
    void refuse(const Impossible& why, const char* at) {
        m_builder.refuse(why.reason, why.what, byteOf(at));
    }
    [[nodiscard]] bool skip(WireReader& reader, std::uint32_t tag) {
        return reader.skip(tag, m_limits.depth);
    }

    const OtlpLimits m_limits;
    const std::string_view m_body;
    RequestBuilder m_builder;
    Batch& m_batch;
    WireFault m_fault;
    std::optional<Error> m_error; ///< set for what is no fault of the wire: limits
    std::string m_json;           ///< the nested value being written
};

} // namespace sightglass
