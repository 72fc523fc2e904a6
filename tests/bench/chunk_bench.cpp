// SPDX-License-Identifier: GPL-3.0-or-later
// Sealed chunks of 120 points on a grid of a second with a jitter of whole milliseconds up to 3:
// bytes a sample with all that an allocation and the pointer to it cost, and nanoseconds a sample
// to seal and to decode them and nanoseconds a chunk to read its summary. Histograms likewise.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <random>
#include <vector>

#include "core/store/sealed_chunk.h"

namespace {

using namespace sightglass;

enum Shape { Counter, Gauge, Constant, Random };
constexpr const char* names[] = {"integer counter", "2-decimal gauge", "constant", "random double"};
/// To seal: few, as the store has just made them. To read: more than a cache holds.
constexpr std::size_t fewChunks = 16, manyChunks = 8192;

std::vector<std::vector<Sample>> points(Shape shape, std::size_t chunkCount) {
    std::mt19937_64 engine(42);
    const auto between = [&engine](std::int64_t low, std::int64_t high) {
        return std::uniform_int_distribution<std::int64_t>(low, high)(engine);
    };
    std::uniform_real_distribution<double> real(0, 1000);
    TimeNs time = 1'700'000'000'123'000'000;
    std::vector<std::vector<Sample>> out(chunkCount);
    for (auto& chunk : out) {
        std::int64_t counter = between(0, 1'000'000), walk = between(0, 100'000);
        for (std::size_t i = 0; i < sealedPointsUsual; ++i) {
            Sample& sample = chunk.emplace_back();
            sample.time = (time += nsPerSecond) + between(-3, 3) * nsPerMs;
            switch (shape) {
            case Counter:
                sample.value = Number::of(counter += between(0, 15));
                break;
            case Gauge:
                sample.value = Number::of(static_cast<double>(walk += between(-100, 100)) / 100);
                break;
            case Constant:
                sample.value = Number::of(42.5);
                break;
            case Random:
                sample.value = Number::of(real(engine));
            }
        }
    }
    return out;
}

std::vector<SealedChunkPtr> sealed(Shape shape) {
    std::vector<SealedChunkPtr> out;
    for (const auto& chunk : points(shape, manyChunks))
        out.push_back(SealedChunk::seal(chunk, false));
    return out;
}

void nsFor(benchmark::State& state, const char* name, std::size_t each) {
    state.counters[name] = benchmark::Counter(static_cast<double>(each) * 1e-9,
                                              benchmark::Counter::kIsIterationInvariantRate |
                                                  benchmark::Counter::kInvert);
}

void seal(benchmark::State& state) {
    const auto shape = static_cast<Shape>(state.range(0));
    state.SetLabel(names[shape]);
    const auto chunks = points(shape, fewChunks);
    std::size_t i = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(SealedChunk::seal(chunks[i], false).get());
        i = (i + 1) % chunks.size();
    }
    std::size_t bytes = 0;
    for (const SealedChunkPtr& chunk : sealed(shape))
        bytes += chunk->bytes() + sizeof(SealedChunkPtr);
    state.counters["bytes/sample"] =
        static_cast<double>(bytes) / static_cast<double>(manyChunks * sealedPointsUsual);
    nsFor(state, "ns/sample", sealedPointsUsual);
}
BENCHMARK(seal)->DenseRange(Counter, Random);

void decode(benchmark::State& state) {
    const auto shape = static_cast<Shape>(state.range(0));
    state.SetLabel(names[shape]);
    const auto chunks = sealed(shape);
    NumberBlock block;
    std::size_t i = 0;
    for (auto _ : state) {
        chunks[i]->decode(block);
        benchmark::DoNotOptimize(block);
        i = (i + 1) % chunks.size();
    }
    nsFor(state, "ns/sample", sealedPointsUsual);
}
BENCHMARK(decode)->DenseRange(Counter, Random);

void summary(benchmark::State& state) {
    const auto shape = static_cast<Shape>(state.range(0));
    state.SetLabel(names[shape]);
    const auto chunks = sealed(shape);
    std::size_t i = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(chunks[i]->summary(Field::Value));
        i = (i + 1) % chunks.size();
    }
}
BENCHMARK(summary)->DenseRange(Counter, Random);

void lastTime(benchmark::State& state) {
    const auto chunks = sealed(Gauge);
    std::size_t i = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(chunks[i]->lastTime());
        i = (i + 1) % chunks.size();
    }
}
BENCHMARK(lastTime);

/// A histogram of 12 buckets that a few requests of a second go into.
std::vector<HistogramSample> histograms() {
    std::mt19937_64 engine(42);
    HistogramSample point;
    point.time = 1'700'000'000'123'000'000;
    point.startTime = point.time - nsPerSecond;
    point.hasSum = true;
    point.bounds = std::make_shared<const HistogramBounds>(
        HistogramBounds{{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000}, {}});
    point.bucketCounts.resize(12);
    std::vector<HistogramSample> out;
    for (std::size_t i = 0; i < sealedPointsUsual; ++i) {
        point.time += nsPerSecond;
        for (int request = 0; request < 8; ++request, ++point.count) {
            ++point.bucketCounts[std::min(engine() % 12, engine() % 12)];
            point.sum += static_cast<double>(engine() % 1'000'000) / 1000;
        }
        out.push_back(point);
    }
    return out;
}

void sealHistograms(benchmark::State& state) {
    const auto points = histograms();
    for (auto _ : state)
        benchmark::DoNotOptimize(SealedChunk::seal(points, false).get());
    state.counters["bytes/point"] =
        static_cast<double>(SealedChunk::seal(points, false)->bytes()) / sealedPointsUsual;
    nsFor(state, "ns/point", sealedPointsUsual);
}
BENCHMARK(sealHistograms);

void decodeHistograms(benchmark::State& state) {
    const SealedChunkPtr chunk = SealedChunk::seal(histograms(), false);
    RecordBlock<HistogramSample> block;
    for (auto _ : state) {
        chunk->decode(block);
        benchmark::DoNotOptimize(block);
    }
    nsFor(state, "ns/point", sealedPointsUsual);
}
BENCHMARK(decodeHistograms);

} // namespace

BENCHMARK_MAIN();
