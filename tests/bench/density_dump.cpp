// SPDX-License-Identifier: GPL-3.0-or-later
// Writes a dump to try the drawing on: an hour of request durations as a histogram with exemplars,
// and one gauge of a million points beside it, where a release makes both worse for ten minutes.
//
//     density_dump FILE           ExportMetricsServiceRequest in protobuf, a dump that any head
//     opens sightglass FILE --chart http_server_request_duration_seconds --chart app_load_ratio
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "core/codec/otlp/encode.h"

namespace {

using namespace sightglass;

constexpr TimeNs begin = 1'760'000'400 * nsPerSecond;
constexpr int seconds = 3600;
constexpr std::uint32_t gaugePoints = 1'000'000;
constexpr std::array<double, 18> bounds = {0.001, 0.002, 0.003, 0.005, 0.0075, 0.01,
                                           0.015, 0.025, 0.04,  0.06,  0.1,    0.15,
                                           0.25,  0.4,   0.6,   1,     2.5,    5};

/// How bad it is: 0 but for the ten minutes after the release.
double trouble(double second) {
    const double since = second - 2100;
    return since < 0 || since > 600
               ? 0
               : std::min(1.0, since / 60) * (since > 540 ? (600 - since) / 60 : 1);
}

/// Duration of one request: most are quick, some read from disk, and in trouble many wait.
double duration(std::mt19937& random, double second) {
    std::uniform_real_distribution<double> chance(0, 1);
    std::lognormal_distribution<double> quick(std::log(0.006), 0.35), disk(std::log(0.05), 0.3),
        waiting(std::log(0.7), 0.45);
    const double c = chance(random);
    if (c < 0.3 * trouble(second))
        return waiting(random);
    return c < 0.5 ? disk(random) : quick(random);
}

void addDurations(Batch& batch, std::mt19937& random) {
    MetricBlock block;
    block.descriptor.name = "http.server.request.duration";
    block.descriptor.unit = "s";
    block.descriptor.description = "Duration of HTTP server requests.";
    block.descriptor.type = MetricType::Histogram;
    block.descriptor.temporality = Temporality::Cumulative;
    const Slice boundSlice{static_cast<std::uint32_t>(batch.doubles.size()), bounds.size()};
    batch.doubles.insert(batch.doubles.end(), bounds.begin(), bounds.end());
    std::array<std::uint64_t, bounds.size() + 1> counts{};
    double sum = 0;
    std::uint64_t count = 0;
    for (int second = 0; second < seconds; ++second) {
        HistogramPoint point;
        point.startTime = begin;
        point.time = begin + second * nsPerSecond;
        point.exemplars.begin = static_cast<std::uint32_t>(batch.exemplars.size());
        const int requests = 180 + static_cast<int>(60 * std::sin(second / 300.0));
        double slowest = 0;
        for (int i = 0; i < requests; ++i) {
            const double took = duration(random, second);
            slowest = std::max(slowest, took);
            ++counts[static_cast<std::size_t>(std::ranges::lower_bound(bounds, took) -
                                              bounds.begin())];
            sum += took;
            ++count;
        }
        if (second % 20 == 7) {
            Exemplar exemplar;
            exemplar.time = point.time - nsPerSecond / 3;
            exemplar.value = Number::of(slowest);
            exemplar.hasTraceId = exemplar.hasSpanId = true;
            for (std::uint8_t& byte : exemplar.traceId)
                byte = static_cast<std::uint8_t>(random());
            for (std::uint8_t& byte : exemplar.spanId)
                byte = static_cast<std::uint8_t>(random());
            batch.exemplars.push_back(exemplar);
            point.exemplars.count = 1;
        }
        point.count = count;
        point.sum = sum;
        point.hasSum = true;
        point.bounds = boundSlice;
        point.bucketCounts = {static_cast<std::uint32_t>(batch.counts.size()), counts.size()};
        batch.counts.insert(batch.counts.end(), counts.begin(), counts.end());
        batch.histogramPoints.push_back(point);
    }
    block.points = {0, static_cast<std::uint32_t>(batch.histogramPoints.size())};
    batch.metrics.push_back(block);
}

void addLoad(Batch& batch, std::mt19937& random) {
    MetricBlock block;
    block.descriptor.name = "app.load";
    block.descriptor.unit = "1";
    block.descriptor.description = "Share of the workers that are busy.";
    block.descriptor.type = MetricType::Gauge;
    std::normal_distribution<double> step(0, 1);
    double noise = 0;
    for (std::uint32_t i = 0; i < gaugePoints; ++i) {
        const double second = static_cast<double>(i) * seconds / gaugePoints;
        noise = noise * 0.999 + 0.002 * step(random);
        const double load = 0.35 + 0.1 * std::sin(second / 300) + 0.4 * trouble(second) + noise;
        NumberPoint point;
        point.time = begin + static_cast<TimeNs>(second * 1000) * 1'000'000;
        if (!batch.numberPoints.empty() && point.time <= batch.numberPoints.back().time)
            point.time = batch.numberPoints.back().time + 1'000'000;
        point.value = Number::of(std::round(std::clamp(load, 0.0, 1.0) * 10'000) / 10'000);
        batch.numberPoints.push_back(point);
    }
    block.points = {0, gaugePoints};
    batch.metrics.push_back(block);
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "usage: density_dump FILE\n");
        return 2;
    }
    std::mt19937 random(1);
    Batch batch;
    batch.attributes = {{"service.name", Value::string("checkout")},
                        {"service.instance.id", Value::string("checkout-1")},
                        {"host.name", Value::string("shop-3")}};
    batch.resources.push_back({{0, 3}, {}, false});
    batch.scopes.push_back({"density", "1", {}, {}});
    addDurations(batch, random);
    addLoad(batch, random);
    std::ofstream file(argv[1], std::ios::binary);
    const std::string bytes = encodeMetricsRequest(batch);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return file.good() ? 0 : 1;
}
