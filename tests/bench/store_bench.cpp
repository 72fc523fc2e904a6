// SPDX-License-Identifier: GPL-3.0-or-later
// The ring: nanoseconds a point written, of series that are known and of new ones, and the time to
// cut a long series into a chart's columns.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "core/base/counters.h"
#include "core/catalog/catalog.h"
#include "core/store/store.h"

namespace {

using namespace sightglass;

constexpr int seriesCount = 10'000;

/// A hundred gauges of a hundred series with five attributes of twenty bytes.
Batch gauges() {
    Batch batch;
    batch.origin = OriginId{0};
    batch.resources.emplace_back();
    batch.scopes.emplace_back();
    for (int i = 0; i < seriesCount; ++i) {
        if (i % 100 == 0) {
            MetricBlock& block = batch.metrics.emplace_back();
            block.descriptor.name =
                batch.arena.copy("service.requests.in_flight." + std::to_string(i / 100));
            block.descriptor.type = MetricType::Gauge;
            block.points = {static_cast<std::uint32_t>(batch.numberPoints.size()), 100};
        }
        NumberPoint& point = batch.numberPoints.emplace_back();
        point.attributes = {static_cast<std::uint32_t>(batch.attributes.size()), 5};
        for (int a = 0; a < 5; ++a) {
            std::string value = "value-" + std::to_string(a) + "-" + std::to_string(i);
            value.resize(20, 'x');
            batch.attributes.push_back({batch.arena.copy("attribute.key." + std::to_string(a)),
                                        Value::string(batch.arena.copy(value))});
        }
    }
    return batch;
}

void setTime(Batch& batch, TimeNs time) {
    batch.receivedAt = time;
    for (NumberPoint& point : batch.numberPoints) {
        point.time = time;
        point.value = Number::of(static_cast<double>(time % 1000));
    }
}

struct Ring {
    OriginTable origins;
    Catalog catalog{origins};
    CounterRegistry counters;
    Store store{std::size_t{512} << 20, catalog, counters};

    Ring() { origins.intern(OriginKind::OtlpGrpc); }
};

void writeKnownSeries(benchmark::State& state) {
    Ring ring;
    Batch batch = gauges();
    TimeNs time = nsPerSecond;
    setTime(batch, time);
    ring.store.write(batch);
    for (auto _ : state) {
        state.PauseTiming();
        setTime(batch, time += nsPerSecond);
        state.ResumeTiming();
        ring.store.write(batch);
    }
    state.counters["per_point"] =
        benchmark::Counter(static_cast<double>(state.iterations()) * seriesCount,
                           benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(writeKnownSeries)->Unit(benchmark::kMicrosecond);

void writeNewSeries(benchmark::State& state) {
    Batch batch = gauges();
    setTime(batch, nsPerSecond);
    for (auto _ : state) {
        state.PauseTiming();
        auto ring = std::make_unique<Ring>();
        state.ResumeTiming();
        ring->store.write(batch);
        state.PauseTiming();
        ring.reset();
        state.ResumeTiming();
    }
    state.counters["per_point"] =
        benchmark::Counter(static_cast<double>(state.iterations()) * seriesCount,
                           benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(writeNewSeries)->Unit(benchmark::kMillisecond);

/// Columns of one series of a million points, a second apart.
void readColumns(benchmark::State& state) {
    constexpr int points = 1'000'000;
    Ring ring;
    Batch batch;
    batch.origin = OriginId{0};
    batch.resources.emplace_back();
    batch.scopes.emplace_back();
    MetricBlock& block = batch.metrics.emplace_back();
    block.descriptor.name = "requests";
    block.descriptor.type = MetricType::Sum;
    block.descriptor.monotonic = true;
    block.descriptor.temporality = Temporality::Cumulative;
    block.points = {0, points};
    for (int i = 1; i <= points; ++i) {
        NumberPoint& point = batch.numberPoints.emplace_back();
        point.time = i * nsPerSecond;
        point.value = Number::of(static_cast<double>(i % 5000));
    }
    ring.store.write(batch);
    const TimeRange range{nsPerSecond, points * nsPerSecond};
    std::vector<Column> columns(static_cast<std::size_t>(state.range(0)));
    for (auto _ : state) {
        ring.store.columns(SeriesId{0}, Field::Value, range, columns);
        benchmark::DoNotOptimize(columns.data());
    }
}
BENCHMARK(readColumns)->Arg(100)->Arg(1000)->Arg(4000)->Unit(benchmark::kMicrosecond);

} // namespace

BENCHMARK_MAIN();
