// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/codec/otlp/request_builder.h"

#include <cassert>
#include <utility>

namespace sightglass {

RequestBuilder::RequestBuilder(const RawRecord& record, const OtlpLimits& limits)
    : m_budget(limits.poolBytes) {
    batch.origin = record.origin;
    batch.receivedAt = record.receivedAt;
    batch.body = record.body;
}

void RequestBuilder::enter(RequestLevel level, std::uint32_t index) {
    m_depth = static_cast<int>(level);
    assert(m_depth < 3);
    Frame& frame = m_frames[static_cast<std::size_t>(m_depth)];
    frame.index = index;
    frame.resources = batch.resources.size();
    frame.scopes = batch.scopes.size();
    frame.metrics = batch.metrics.size();
    frame.numbers = batch.numberPoints.size();
    frame.histograms = batch.histogramPoints.size();
    frame.exponentials = batch.exponentialPoints.size();
    frame.summaries = batch.summaryPoints.size();
    frame.attributes = batch.attributes.size();
    frame.exemplars = batch.exemplars.size();
    frame.counts = batch.counts.size();
    frame.doubles = batch.doubles.size();
    frame.quantiles = batch.quantiles.size();
    frame.refusal.reset();
}

void RequestBuilder::leave() {
    Frame& frame = m_frames[static_cast<std::size_t>(m_depth)];
    if (frame.refusal) {
        const std::uint64_t before =
            frame.numbers + frame.histograms + frame.exponentials + frame.summaries;
        batch.reject(frame.refusal->reason, batch.pointCount() - before, frame.refusal->message);
        batch.resources.resize(frame.resources);
        batch.scopes.resize(frame.scopes);
        batch.metrics.resize(frame.metrics);
        batch.numberPoints.resize(frame.numbers);
        batch.histogramPoints.resize(frame.histograms);
        batch.exponentialPoints.resize(frame.exponentials);
        batch.summaryPoints.resize(frame.summaries);
        batch.attributes.resize(frame.attributes);
        batch.exemplars.resize(frame.exemplars);
        batch.counts.resize(frame.counts);
        batch.doubles.resize(frame.doubles);
        batch.quantiles.resize(frame.quantiles);
    }
    --m_depth;
}

void RequestBuilder::enterMetric(std::uint32_t index) {
    enter(RequestLevel::Metric, index);
}

void RequestBuilder::leaveMetric(const DescriptorView& descriptor) {
    const Frame& frame = m_frames[2];
    const Slice points = pointsSince(frame, descriptor.type);
    if (!frame.refusal && points.count > 0)
        batch.metrics.push_back({static_cast<std::uint32_t>(batch.resources.size() - 1),
                                 static_cast<std::uint32_t>(batch.scopes.size() - 1), descriptor,
                                 points});
    leave();
}

Slice RequestBuilder::pointsSince(const Frame& frame, MetricType type) const {
    const auto since = [](const auto& pool, std::size_t begin) {
        return Slice{static_cast<std::uint32_t>(begin),
                     static_cast<std::uint32_t>(pool.size() - begin)};
    };
    switch (type) {
    case MetricType::Unknown:
    case MetricType::Gauge:
    case MetricType::Sum:
        return since(batch.numberPoints, frame.numbers);
    case MetricType::Histogram:
        return since(batch.histogramPoints, frame.histograms);
    case MetricType::ExponentialHistogram:
        return since(batch.exponentialPoints, frame.exponentials);
    case MetricType::Summary:
        return since(batch.summaryPoints, frame.summaries);
    }
    return {};
}

void RequestBuilder::dropPoint() {
    batch.attributes.resize(m_point.attributes);
    batch.exemplars.resize(m_point.exemplars);
    batch.counts.resize(m_point.counts);
    batch.doubles.resize(m_point.doubles);
    batch.quantiles.resize(m_point.quantiles);
    batch.reject(m_pointRefusal->reason, 1, m_pointRefusal->message);
    m_pointRefusal.reset();
}

void RequestBuilder::refuse(std::string_view reason, std::string_view what,
                            std::optional<std::uint64_t> byte) {
    assert(m_depth >= 0);
    std::optional<Refusal>& refusal =
        m_depth == 3 ? m_pointRefusal : m_frames[static_cast<std::size_t>(m_depth)].refusal;
    if (!refusal)
        refusal = {std::string(reason),
                   error(ErrorCode::InvalidArgument, std::string(what), byte).text()};
}

std::string RequestBuilder::path() const {
    static constexpr const char* names[] = {"resourceMetrics[", "].scopeMetrics[", "].metrics[",
                                            "].dataPoints["};
    std::string out;
    for (int level = 0; level <= m_depth; ++level) {
        const auto i = static_cast<std::size_t>(level);
        out += names[i];
        out += std::to_string(level == 3 ? m_point.index : m_frames[i].index);
    }
    if (!out.empty())
        out += ']';
    return out;
}

Error RequestBuilder::error(ErrorCode code, std::string message,
                            std::optional<std::uint64_t> byte) const {
    return {code, std::move(message), {byte, 0, 0, path()}};
}

Error RequestBuilder::tooLarge() const {
    return error(ErrorCode::TooLarge, "request takes too much memory once decoded");
}

} // namespace sightglass
