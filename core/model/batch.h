// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/model/descriptor.h"
#include "core/model/fingerprint.h"
#include "core/model/text_arena.h"
#include "core/model/value.h"

namespace sightglass {

/// A run of entries in one of a Batch's pools.
struct Slice {
    std::uint32_t begin = 0;
    std::uint32_t count = 0;
};

/// A received number with the type it was sent in: int64 stays int64.
struct Number {
    bool isInteger = false;
    union {
        double real = 0;
        std::int64_t integer;
    };

    static Number of(double d) {
        Number n;
        n.real = d;
        return n;
    }
    static Number of(std::int64_t i) {
        Number n;
        n.isInteger = true;
        n.integer = i;
        return n;
    }
    [[nodiscard]] double asDouble() const {
        return isInteger ? static_cast<double>(integer) : real;
    }
};

/// OTLP DataPointFlags (metrics.proto). A stale marker of Prometheus is the same fact, and is kept
/// as this flag with the value NaN.
inline constexpr std::uint32_t noRecordedValueFlag = 1;

struct PointHeader {
    TimeNs time = 0;
    TimeNs startTime = 0; ///< 0: not said
    Slice attributes;     ///< in Batch::attributes; empty while they are `encoded`
    Slice exemplars;      ///< in Batch::exemplars
    std::uint32_t flags = 0;
    /// Bytes of Batch::body that hold the attributes, while they are left as they came: they were
    /// found good, and a series that is known by their fingerprint needs no more of them.
    Slice encoded;
    Fingerprint encodedPrint; ///< of those bytes, also once they were read; none if none were left
};

struct NumberPoint : PointHeader {
    Number value;
};

/// An explicit-bounds histogram. bucketCounts is empty (only count and sum were sent) or one
/// longer than bounds. Counts are each bucket's own, not cumulative over `le`.
struct HistogramPoint : PointHeader {
    std::uint64_t count = 0;
    double sum = 0, min = 0, max = 0;
    bool hasSum = false, hasMin = false, hasMax = false;
    Slice bucketCounts; ///< in Batch::counts
    Slice bounds;       ///< in Batch::doubles, strictly increasing, +Inf left out
    /// In Batch::texts: how the page spelled each `le`, the one for +Inf last; empty for OTLP.
    Slice boundTexts;
};

struct ExponentialHistogramPoint : PointHeader {
    std::uint64_t count = 0;
    double sum = 0, min = 0, max = 0;
    bool hasSum = false, hasMin = false, hasMax = false;
    std::int32_t scale = 0;
    std::uint64_t zeroCount = 0;
    double zeroThreshold = 0;
    std::int32_t positiveOffset = 0, negativeOffset = 0;
    Slice positiveCounts, negativeCounts; ///< in Batch::counts
};

struct Quantile {
    double quantile = 0;
    double value = 0;
};

struct SummaryPoint : PointHeader {
    std::uint64_t count = 0;
    double sum = 0;
    bool hasSum = true; ///< a Prometheus page may leave out _sum or _count
    bool hasCount = true;
    Slice quantiles;     ///< in Batch::quantiles
    Slice quantileTexts; ///< in Batch::texts: as the page spelled them; empty for OTLP
};

struct Exemplar {
    TimeNs time = 0;
    Number value;
    Slice attributes; ///< filtered attributes
    bool hasTraceId = false, hasSpanId = false;
    std::array<std::uint8_t, 16> traceId{};
    std::array<std::uint8_t, 8> spanId{};
};

/// One metric as a message carried it: a descriptor and its points, all of one kind.
struct MetricBlock {
    std::uint32_t resource = 0; ///< index in Batch::resources
    std::uint32_t scope = 0;    ///< index in Batch::scopes
    DescriptorView descriptor;
    /// In numberPoints for Unknown, Gauge and Sum; else in the pool of the type.
    Slice points;
    /// Made by Sightglass itself (up, scrape_duration_seconds, ...): real series, but not what the
    /// source said, so rules that compare paths leave them out.
    bool synthetic = false;
};

struct ResourceView {
    Slice attributes;
    std::string_view schemaUrl;
    bool isTarget = false; ///< see Resource::isTarget
};

struct ScopeView {
    std::string_view name, version, schemaUrl;
    Slice attributes;
};

/// Points that were understood but refused, while the rest of the message is good.
struct Rejection {
    std::string reason; ///< kebab-case name, also the label of the counter: "invalid-utf8"
    std::uint64_t points = 0;
    std::string message; ///< the first case, with its place
};

/// One message (an OTLP request, a scraped page, a part of a dump) decoded.
///
/// Flat pools and views: strings point into `body` or `arena`, lists are Slices of a pool, so a
/// message of ten thousand points costs a dozen allocations. Made by a codec on a receiving thread,
/// moved through the queue, read once by the writer; one thread at a time.
struct Batch {
    OriginId origin;
    TimeNs receivedAt = 0;
    /// Sample lines of an exposition page that could be read, duplicates among them: what
    /// Prometheus counts as scraped. A histogram point stands for many. 0 if it was no page.
    std::uint64_t sampleLines = 0;

    std::vector<ResourceView> resources;
    std::vector<ScopeView> scopes;
    std::vector<MetricBlock> metrics;

    std::vector<NumberPoint> numberPoints;
    std::vector<HistogramPoint> histogramPoints;
    std::vector<ExponentialHistogramPoint> exponentialPoints;
    std::vector<SummaryPoint> summaryPoints;

    std::vector<Attribute> attributes;
    std::vector<Exemplar> exemplars;
    std::vector<std::uint64_t> counts;
    std::vector<double> doubles;
    std::vector<Quantile> quantiles;
    std::vector<std::string_view> texts;

    std::vector<Rejection> rejections;

    /// Appends what encoded bytes hold to `attributes`. Set by the codec that left some encoded.
    using AttributeDecoder = Slice (*)(Batch& batch, Slice encoded);
    AttributeDecoder decodeAttributes = nullptr;

    std::shared_ptr<const std::string> body; ///< keeps what the views point into
    TextArena arena;                         ///< what the codec had to unescape

    /// The entries of a Slice of one of the pools.
    template <class T>
    [[nodiscard]] static std::span<const T> slice(const std::vector<T>& pool, Slice s) {
        return {pool.data() + s.begin, s.count};
    }
    [[nodiscard]] std::span<const Attribute> attributesOf(Slice s) const {
        return slice(attributes, s);
    }
    /// Of a point of this batch, read now if they were left encoded. The view lives until the next
    /// are read.
    [[nodiscard]] std::span<const Attribute> attributesOf(PointHeader& point) {
        if (point.encoded.count > 0) {
            point.attributes = decodeAttributes(*this, point.encoded);
            point.encoded = {};
        }
        return attributesOf(point.attributes);
    }

    [[nodiscard]] std::uint64_t pointCount() const {
        return numberPoints.size() + histogramPoints.size() + exponentialPoints.size() +
               summaryPoints.size();
    }
    [[nodiscard]] std::uint64_t rejectedPoints() const;
    /// Adds to the rejection of this reason; the first message of a reason is kept,
    /// shortened.
    void reject(std::string_view reason, std::uint64_t points, std::string_view message);
    /// Bytes this batch holds, for the queue's bound.
    [[nodiscard]] std::size_t heapBytes() const;
};

/// What came in, before anything is made of it. Codec and recorder both work from it.
struct RawRecord {
    OriginId origin;
    TimeNs receivedAt = 0;
    std::vector<std::pair<std::string, std::string>> headers; ///< names in lower case
    std::shared_ptr<const std::string> body;                  ///< after any Content-Encoding
};

} // namespace sightglass
