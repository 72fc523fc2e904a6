// SPDX-License-Identifier: GPL-3.0-or-later
// Decoding a request of 10,000 points with 5 attributes: our walker beside protobuf's generated
// classes, on the heap and in an arena. Read the column per_point (CPU time).
#include <cstdint>
#include <memory>
#include <string>

#include <benchmark/benchmark.h>
#include <google/protobuf/arena.h>

#include "core/codec/otlp/decode.h"
#include "core/codec/otlp/encode.h"
#include "opentelemetry/proto/collector/metrics/v1/metrics_service.pb.h"

namespace {

using namespace sightglass;
using Request = opentelemetry::proto::collector::metrics::v1::ExportMetricsServiceRequest;

constexpr int metrics = 100;
constexpr int pointsPerMetric = 100;
constexpr int points = metrics * pointsPerMetric;

std::string requestBytes() {
    Request request;
    auto& resourceMetrics = *request.add_resource_metrics();
    auto& service = *resourceMetrics.mutable_resource()->add_attributes();
    service.set_key("service.name");
    service.mutable_value()->set_string_value("checkout");
    auto& scope = *resourceMetrics.add_scope_metrics();
    for (int m = 0; m < metrics; ++m) {
        auto& metric = *scope.add_metrics();
        metric.set_name("http.server.request.count." + std::to_string(m));
        metric.set_unit("{request}");
        auto& sum = *metric.mutable_sum();
        sum.set_is_monotonic(true);
        sum.set_aggregation_temporality(
            opentelemetry::proto::metrics::v1::AGGREGATION_TEMPORALITY_CUMULATIVE);
        for (int p = 0; p < pointsPerMetric; ++p) {
            auto& point = *sum.add_data_points();
            point.set_start_time_unix_nano(1'700'000'000'000'000'000u);
            point.set_time_unix_nano(1'700'000'010'000'000'000u);
            point.set_as_int(m * 1000 + p);
            const auto add = [&point](const char* key, const std::string& value) {
                auto& attribute = *point.add_attributes();
                attribute.set_key(key);
                attribute.mutable_value()->set_string_value(value);
            };
            add("http.request.method", "GET");
            add("http.route", "/api/v1/items/" + std::to_string(p));
            add("server.address", "shop.example.com");
            add("network.protocol.version", "1.1");
            auto& status = *point.add_attributes();
            status.set_key("http.response.status_code");
            status.mutable_value()->set_int_value(200 + p % 5);
        }
    }
    return request.SerializeAsString();
}

void report(benchmark::State& state, std::size_t bytes) {
    using benchmark::Counter;
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                            static_cast<std::int64_t>(bytes));
    state.counters["per_point"] =
        Counter(points, Counter::kIsIterationInvariantRate | Counter::kInvert);
}

void ours(benchmark::State& state, const std::string& bytes,
          Result<Batch> (*decode)(const RawRecord&, const OtlpLimits&)) {
    RawRecord record;
    record.body = std::make_shared<const std::string>(bytes);
    for (auto _ : state) {
        auto batch = decode(record, {});
        if (!batch.ok() || batch->pointCount() != points) {
            state.SkipWithError("not decoded");
            return;
        }
        benchmark::DoNotOptimize(batch->numberPoints.data());
    }
    report(state, bytes.size());
}

void sightglassProtobuf(benchmark::State& state) {
    ours(state, requestBytes(), decodeMetricsRequest);
}

void sightglassJson(benchmark::State& state) {
    RawRecord record;
    record.body = std::make_shared<const std::string>(requestBytes());
    const auto batch = decodeMetricsRequest(record);
    ours(state, encodeMetricsRequestJson(*batch), decodeMetricsRequestJson);
}

void generatedHeap(benchmark::State& state) {
    const std::string bytes = requestBytes();
    for (auto _ : state) {
        Request request;
        if (!request.ParseFromString(bytes))
            state.SkipWithError("not decoded");
        benchmark::DoNotOptimize(request);
    }
    report(state, bytes.size());
}

void generatedArena(benchmark::State& state) {
    const std::string bytes = requestBytes();
    for (auto _ : state) {
        google::protobuf::Arena arena;
        auto* request = google::protobuf::Arena::CreateMessage<Request>(&arena);
        if (!request->ParseFromString(bytes))
            state.SkipWithError("not decoded");
        benchmark::DoNotOptimize(request);
    }
    report(state, bytes.size());
}

void encodeProtobuf(benchmark::State& state) {
    RawRecord record;
    record.body = std::make_shared<const std::string>(requestBytes());
    const auto batch = decodeMetricsRequest(record);
    for (auto _ : state)
        benchmark::DoNotOptimize(encodeMetricsRequest(*batch));
    report(state, record.body->size());
}

BENCHMARK(sightglassProtobuf)->Unit(benchmark::kMillisecond);
BENCHMARK(generatedHeap)->Unit(benchmark::kMillisecond);
BENCHMARK(generatedArena)->Unit(benchmark::kMillisecond);
BENCHMARK(sightglassJson)->Unit(benchmark::kMillisecond);
BENCHMARK(encodeProtobuf)->Unit(benchmark::kMillisecond);

} // namespace

BENCHMARK_MAIN();
