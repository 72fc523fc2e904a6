// SPDX-License-Identifier: GPL-3.0-or-later
// What the ring costs in real memory: bytes a sample of four kinds of series, and mebibytes of many
// series with few samples. Store and catalog as the engine has them; every case in a process of its
// own, which is asked what it has resident before and after.
//
//     memory_bench            a line of JSON a case
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <malloc.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/counters.h"
#include "core/catalog/catalog.h"
#include "core/store/store.h"

namespace {

using namespace sightglass;

constexpr TimeNs firstTime = 1'700'000'000 * nsPerSecond;
constexpr TimeNs nsPerMs = 1'000'000;
constexpr std::uint32_t seriesPerMetric = 10'000;

std::size_t residentBytes() {
    // What was freed is given back first: it is no cost of what is kept.
    ::malloc_trim(0);
    std::ifstream statm("/proc/self/statm");
    std::size_t total = 0, resident = 0;
    statm >> total >> resident;
    return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

struct Ring {
    OriginTable origins;
    Catalog catalog{origins};
    CounterRegistry counters;
    Store store;

    Ring() : store(options(), catalog, counters) { origins.intern(OriginKind::OtlpGrpc); }

    static StoreOptions options() {
        StoreOptions all;
        all.memoryLimit = std::size_t{16} << 30;
        return all;
    }
};

/// One point of each of `count` series with five attributes, of which one is its own.
Batch pointsOf(std::uint32_t first, std::uint32_t count, MetricType type) {
    Batch batch;
    batch.origin = OriginId{0};
    batch.resources.emplace_back();
    batch.scopes.emplace_back();
    for (std::uint32_t i = first; i < first + count; ++i) {
        if (i % seriesPerMetric == 0 || i == first) {
            MetricBlock& block = batch.metrics.emplace_back();
            block.descriptor.name =
                batch.arena.copy("service.requests." + std::to_string(i / seriesPerMetric));
            block.descriptor.type = type;
            block.descriptor.monotonic = type == MetricType::Sum;
            block.descriptor.temporality =
                type == MetricType::Sum ? Temporality::Cumulative : Temporality::Unspecified;
            block.points = {i - first, 0};
        }
        ++batch.metrics.back().points.count;
        batch.numberPoints.emplace_back().attributes = {
            static_cast<std::uint32_t>(batch.attributes.size()), 5};
        const auto text = [&batch](const std::string& t) {
            return Value::string(batch.arena.copy(t));
        };
        batch.attributes.push_back({"pod", text("pod-" + std::to_string(1'000'000 + i))});
        batch.attributes.push_back({"http.request.method", text("GET")});
        batch.attributes.push_back({"http.route", text("/api/v1/item/" + std::to_string(i % 100))});
        batch.attributes.push_back(
            {"cloud.availability_zone", text("eu-west-1" + std::to_string(i % 3))});
        batch.attributes.push_back({"http.response.status_code", Value::integer(200)});
    }
    return batch;
}

void writeAt(Ring& ring, Batch& batch, TimeNs time,
             const std::function<Number(std::size_t)>& value) {
    batch.receivedAt = time;
    for (std::size_t i = 0; i < batch.numberPoints.size(); ++i) {
        batch.numberPoints[i].time = time;
        batch.numberPoints[i].value = value(i);
    }
    ring.store.write(batch);
}

/// Bytes that one sample more takes: of a thousand series, a second apart, give or take 3 ms.
double bytesASample(MetricType type, const std::function<Number(std::size_t)>& value) {
    constexpr std::uint32_t series = 1000, samples = 24'000;
    Ring ring;
    Batch batch = pointsOf(0, series, type);
    std::mt19937 random(1);
    std::uniform_int_distribution<TimeNs> jitter(-3, 3);
    // So many are there before: the series themselves, their heads and what the allocator holds for
    // those are not what is asked.
    constexpr std::uint32_t before = 12'000;
    std::size_t begun = 0;
    for (std::uint32_t i = 0; i < before + samples; ++i) {
        if (i == before)
            begun = residentBytes();
        writeAt(ring, batch, firstTime + i * nsPerSecond + jitter(random) * nsPerMs, value);
    }
    return static_cast<double>(residentBytes() - begun) / (double{series} * samples);
}

/// Mebibytes of so many series of so many samples.
double mebibytes(std::uint32_t series, std::uint32_t samples) {
    constexpr std::uint32_t seriesABatch = 10'000;
    const std::size_t begun = residentBytes();
    Ring ring;
    for (std::uint32_t first = 0; first < series; first += seriesABatch) {
        Batch batch = pointsOf(first, seriesABatch, MetricType::Gauge);
        for (std::uint32_t n = 0; n < samples; ++n)
            writeAt(ring, batch, firstTime + n * nsPerSecond,
                    [n](std::size_t i) { return Number::of(static_cast<double>(n + i % 100)); });
    }
    return static_cast<double>(residentBytes() - begun) / (1 << 20);
}

void report(const char* what, const std::function<double()>& measure) {
    std::fflush(stdout);
    const pid_t child = ::fork();
    if (child == 0) {
        std::printf("{\"what\":\"%s\",\"value\":%.3f}\n", what, measure());
        std::fflush(stdout);
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
}

} // namespace

int main() {
    std::mt19937_64 random(7);
    report("integer counter, bytes a sample", [&random] {
        std::vector<std::int64_t> counters(1000, 0);
        return bytesASample(MetricType::Sum, [&](std::size_t i) {
            return Number::of(counters[i] += static_cast<std::int64_t>(random() % 10));
        });
    });
    report("2-decimal gauge, bytes a sample", [&random] {
        std::vector<std::int64_t> walks(1000, 50'000);
        return bytesASample(MetricType::Gauge, [&](std::size_t i) {
            walks[i] += static_cast<std::int64_t>(random() % 201) - 100;
            return Number::of(static_cast<double>(walks[i]) / 100);
        });
    });
    report("constant, bytes a sample", [] {
        return bytesASample(MetricType::Gauge, [](std::size_t) { return Number::of(1.0); });
    });
    report("random double, bytes a sample", [&random] {
        return bytesASample(MetricType::Gauge, [&](std::size_t) {
            return Number::of(static_cast<double>(random()) / 1.8446744073709552e19);
        });
    });
    report("10,000 active series of one sample, MiB", [] { return mebibytes(10'000, 1); });
    report("1 M active series of 10 samples, MiB", [] { return mebibytes(1'000'000, 10); });
    return 0;
}
