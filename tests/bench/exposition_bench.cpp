// SPDX-License-Identifier: GPL-3.0-or-later
// Text exposition into a Batch: nanoseconds a sample. The issue allows 150 with five labels.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>

#include "core/codec/exposition/exposition.h"

namespace {

using namespace sightglass;

/// `families` gauges of a hundred series with five labels, as a busy service has them.
std::string pageOfGauges(int families) {
    std::string page;
    for (int f = 0; f < families; ++f) {
        const std::string name = "service_requests_in_flight_" + std::to_string(f);
        page += "# HELP " + name + " Requests being served.\n# TYPE " + name + " gauge\n";
        for (int s = 0; s < 100; ++s) {
            page += name + "{method=\"GET\",path=\"/api/v1/item/" + std::to_string(s) +
                    "\",status=\"200\",zone=\"eu-west-1b\",instance_id=\"i-0a1b2c3d4e\"} " +
                    (s % 2 ? std::to_string(s * 7919) : std::to_string(s) + ".25") + "\n";
        }
    }
    return page;
}

std::string pageOfHistograms(int series) {
    std::string page = "# TYPE request_seconds histogram\n";
    const char* const bounds[] = {"0.005", "0.01", "0.025", "0.05", "0.1", "0.25",
                                  "0.5",   "1",    "2.5",   "5",    "10",  "+Inf"};
    for (int s = 0; s < series; ++s) {
        const std::string labels =
            "method=\"GET\",path=\"/p/" + std::to_string(s) + "\",status=\"200\",zone=\"eu\"";
        int count = 0;
        for (const char* bound : bounds)
            page += "request_seconds_bucket{" + labels + ",le=\"" + bound + "\"} " +
                    std::to_string(count += 3) + "\n";
        page += "request_seconds_sum{" + labels + "} 1.5\nrequest_seconds_count{" + labels + "} " +
                std::to_string(count) + "\n";
    }
    return page;
}

void decode(benchmark::State& state, std::string page, std::int64_t samples) {
    RawRecord record;
    record.receivedAt = 1;
    record.body = std::make_shared<const std::string>(std::move(page));
    for (auto _ : state) {
        Result<Batch> batch = decodeExposition(record);
        if (!batch.ok())
            state.SkipWithError(batch.error().message.c_str());
        benchmark::DoNotOptimize(batch);
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(record.body->size()));
    state.counters["per_sample"] =
        benchmark::Counter(static_cast<double>(state.iterations() * samples),
                           benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void gaugesWithFiveLabels(benchmark::State& state) {
    const int families = static_cast<int>(state.range(0));
    decode(state, pageOfGauges(families), families * 100);
}
BENCHMARK(gaugesWithFiveLabels)->Arg(10)->Arg(100);

void histogramsWithFiveLabels(benchmark::State& state) {
    const int series = static_cast<int>(state.range(0));
    decode(state, pageOfHistograms(series), series * 14);
}
BENCHMARK(histogramsWithFiveLabels)->Arg(1000);

} // namespace

BENCHMARK_MAIN();
