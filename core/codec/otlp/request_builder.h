// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/codec/otlp/decode.h"
#include "core/model/batch.h"

namespace sightglass {

/// What an OTLP request nests, outermost first.
enum class RequestLevel : std::uint8_t { Resource, Scope, Metric, Point };

/// The meaning of a request apart from its bytes: both decoders (protobuf and JSON) fill a Batch
/// through one of these. It knows where in the request they are, refuses what they call refused
/// (a point alone, or all points below a metric, scope or resource) by rolling the pools back, and
/// keeps the pools within their limit. Lives for one decoding, on its thread.
class RequestBuilder {
  public:
    RequestBuilder(const RawRecord& record, const OtlpLimits& limits);

    Batch batch;

    /// Goes down to entry `index` of a level; leave() must follow, unless decoding ends there.
    void enter(RequestLevel level, std::uint32_t index);
    /// Goes back up. If the entry was refused, the points below it are taken out again.
    void leave();

    /// As enter and leave for a metric; the block is added if points are left in it. `points` were
    /// appended to the pool of the descriptor's type.
    void enterMetric(std::uint32_t index);
    void leaveMetric(const DescriptorView& descriptor);

    /// As enter for a data point, which is cheap.
    void enterPoint(std::uint32_t index) {
        m_depth = 3;
        m_point.index = index;
        m_point.attributes = batch.attributes.size();
        m_point.exemplars = batch.exemplars.size();
        m_point.counts = batch.counts.size();
        m_point.doubles = batch.doubles.size();
        m_point.quantiles = batch.quantiles.size();
    }
    /// Appends the point to its pool, unless it was refused.
    template <class P>
    void leavePoint(std::vector<P>& pool, const P& point) {
        if (!m_pointRefusal) [[likely]]
            pool.push_back(point);
        else
            dropPoint();
        m_depth = 2;
    }

    /// Refuses the entry that was entered last. `byte`, if known, is where. Of several refusals of
    /// one entry the first tells.
    void refuse(std::string_view reason, std::string_view what,
                std::optional<std::uint64_t> byte = {});

    /// Takes `bytes` of what the pools may hold; false if there is not that much left.
    [[nodiscard]] bool charge(std::size_t bytes) {
        if (bytes > m_budget)
            return false;
        m_budget -= bytes;
        return true;
    }
    [[nodiscard]] std::size_t budget() const { return m_budget; }

    /// "resourceMetrics[0].scopeMetrics[2]": where we are.
    [[nodiscard]] std::string path() const;
    [[nodiscard]] Error error(ErrorCode code, std::string message,
                              std::optional<std::uint64_t> byte = {}) const;
    [[nodiscard]] Error tooLarge() const;

  private:
    struct Refusal {
        std::string reason;
        std::string message;
    };
    /// Sizes of the pools when an entry was entered, to roll back to.
    struct Frame {
        std::uint32_t index = 0;
        std::size_t resources, scopes, metrics;
        std::size_t numbers, histograms, exponentials, summaries;
        std::size_t attributes, exemplars, counts, doubles, quantiles;
        std::optional<Refusal> refusal;
    };
    struct PointFrame {
        std::uint32_t index = 0;
        std::size_t attributes, exemplars, counts, doubles, quantiles;
    };

    [[nodiscard]] Slice pointsSince(const Frame& frame, MetricType type) const;
    void dropPoint();

    std::array<Frame, 3> m_frames{}; ///< of the resource, scope and metric we are in
    PointFrame m_point{};
    std::optional<Refusal> m_pointRefusal;
    int m_depth = -1; ///< the level entered last; -1: none
    std::size_t m_budget;
};

} // namespace sightglass
