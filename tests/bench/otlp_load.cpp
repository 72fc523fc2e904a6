// SPDX-License-Identifier: GPL-3.0-or-later
// Sends OTLP/gRPC metrics at a steady rate: the load of soak.py and of the live frame's bench.
//
//     otlp_load ADDRESS [--series N] [--rate POINTS/S] [--seconds S] [--replace SHARE/MIN]
//
// What it sends can be computed by anybody who knows the arguments. Slot s of N has a point at
// every tick k, at start + k * interval. Slots come in metrics of a hundred: of an even metric the
// point is an integer counter, of an odd one a gauge with two decimals. Every minute one slot in 1
// / SHARE is replaced: its label `pod` goes on to the next generation, "pod-<s>-g<generation>". See
// value() and generation() below; soak.py has the same formulas.
//
// At its end it prints one line of JSON. A request that finds no room is sent again until it does.
#include <atomic>
#include <bit>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>

#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <CLI/CLI.hpp>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <opentelemetry/proto/collector/metrics/v1/metrics_service.pb.h>

#include "core/codec/otlp/encode.h"

namespace {

using namespace sightglass;
namespace collector = opentelemetry::proto::collector::metrics::v1;
using Clock = std::chrono::steady_clock;

constexpr std::uint32_t slotsPerMetric = 100;
constexpr std::uint32_t slotsPerRequest = 10'000;
constexpr int inFlight = 4;

struct Plan {
    std::string address;
    std::uint32_t series = 30'000;
    double rate = 300'000;
    double seconds = 10;
    double replace = 0;
    double intervalMs = 0; ///< what series and rate come to

    [[nodiscard]] std::uint64_t ticksPerMinute() const {
        return static_cast<std::uint64_t>(60'000 / intervalMs + 0.5);
    }
    /// One slot in this many is replaced each minute; 0: none.
    [[nodiscard]] std::uint32_t turn() const {
        return replace > 0 ? static_cast<std::uint32_t>(1 / replace) : 0;
    }
};

bool isCounter(std::uint32_t slot) {
    return slot / slotsPerMetric % 2 == 0;
}

/// How often the slot was replaced until minute `minute`: in each minute m > 0 with m % turn ==
/// slot % turn.
std::uint32_t generation(std::uint32_t slot, std::uint64_t minute, std::uint32_t turn) {
    if (turn == 0)
        return 0;
    const std::uint64_t first = slot % turn == 0 ? turn : slot % turn;
    return minute < first ? 0 : static_cast<std::uint32_t>((minute - first) / turn + 1);
}

std::uint64_t value(std::uint32_t slot, std::uint64_t tick) {
    if (isCounter(slot))
        return tick * (1 + slot % 7);
    const double gauge =
        static_cast<double>((slot * std::uint64_t{7919} + tick * 104'729) % 10'007);
    return std::bit_cast<std::uint64_t>(gauge / 100);
}

/// A request of some slots whose times, values and generations are written into its bytes.
class Request {
  public:
    Request(std::uint32_t firstSlot, std::uint32_t slots) : m_firstSlot(firstSlot) {
        // Found again in the bytes, where nothing else looks like them.
        constexpr TimeNs timeMark = 0x1122334455667788;
        constexpr std::int64_t valueMark = 0x7766554433221100;
        Batch batch;
        batch.attributes.push_back({"service.name", Value::string("load")});
        batch.attributes.push_back({"service.instance.id", Value::string("load-1")});
        batch.resources.push_back({{0, 2}, {}, false});
        batch.scopes.push_back({"otlp_load", "1", {}, {}});
        std::vector<std::string> texts;
        texts.reserve(3 * std::size_t{slots});
        for (std::uint32_t i = 0; i < slots; ++i) {
            const std::uint32_t slot = firstSlot + i;
            const auto begin = static_cast<std::uint32_t>(batch.attributes.size());
            char pod[32];
            std::snprintf(pod, sizeof pod, "pod-%06u-g0000", slot);
            texts.emplace_back(pod);
            batch.attributes.push_back({"pod", Value::string(texts.back())});
            batch.attributes.push_back({"http.request.method", Value::string("GET")});
            batch.attributes.push_back({"http.response.status_code", Value::integer(200)});
            batch.attributes.push_back({"cloud.availability_zone", Value::string("eu-west-1b")});
            batch.attributes.push_back({"server.address", Value::string("shop.internal")});
            NumberPoint point;
            point.time = timeMark;
            point.attributes = {begin, 5};
            point.value = isCounter(slot) ? Number::of(valueMark)
                                          : Number::of(std::bit_cast<double>(valueMark));
            batch.numberPoints.push_back(point);
            if (slot % slotsPerMetric == 0 || i == 0) {
                MetricBlock block;
                texts.push_back("load." + std::string(isCounter(slot) ? "counter." : "gauge.") +
                                std::to_string(slot / slotsPerMetric));
                block.descriptor.name = texts.back();
                block.descriptor.type = isCounter(slot) ? MetricType::Sum : MetricType::Gauge;
                block.descriptor.monotonic = isCounter(slot);
                block.descriptor.temporality =
                    isCounter(slot) ? Temporality::Cumulative : Temporality::Unspecified;
                block.points = {i, 0};
                batch.metrics.push_back(block);
            }
            ++batch.metrics.back().points.count;
        }
        m_bytes = encodeMetricsRequest(batch);
        m_times = placesOf(&timeMark);
        m_values = placesOf(&valueMark);
        for (auto at = m_bytes.find("-g0000"); at != std::string::npos;
             at = m_bytes.find("-g0000", at + 6))
            m_generations.push_back(at + 2);
        if (m_times.size() != slots || m_values.size() != slots || m_generations.size() != slots)
            std::abort();
    }

    [[nodiscard]] grpc::Slice at(TimeNs time, std::uint64_t tick, std::uint64_t minute,
                                 std::uint32_t turn) {
        for (std::uint32_t i = 0; i < m_times.size(); ++i) {
            const std::uint64_t bits = value(m_firstSlot + i, tick);
            std::memcpy(m_bytes.data() + m_times[i], &time, sizeof time);
            std::memcpy(m_bytes.data() + m_values[i], &bits, sizeof bits);
        }
        if (minute != m_minute) {
            m_minute = minute;
            for (std::uint32_t i = 0; i < m_generations.size(); ++i) {
                char digits[8];
                std::snprintf(digits, sizeof digits, "%04u",
                              generation(m_firstSlot + i, minute, turn));
                std::memcpy(m_bytes.data() + m_generations[i], digits, 4);
            }
        }
        return grpc::Slice(m_bytes);
    }

    [[nodiscard]] std::uint64_t points() const { return m_times.size(); }

  private:
    std::vector<std::size_t> placesOf(const void* mark) const {
        std::vector<std::size_t> places;
        const std::string_view bytes(static_cast<const char*>(mark), 8);
        for (auto at = m_bytes.find(bytes); at != std::string::npos;
             at = m_bytes.find(bytes, at + 8))
            places.push_back(at);
        return places;
    }

    std::uint32_t m_firstSlot;
    std::string m_bytes;
    std::vector<std::size_t> m_times, m_values, m_generations;
    std::uint64_t m_minute = 0;
};

struct Tally {
    std::atomic<std::uint64_t> sent{0}, taken{0}, refused{0}, lost{0}, retried{0};
};

/// One request until it is answered for good.
void send(grpc::GenericStub& stub, const grpc::Slice& bytes, std::uint64_t points, Tally& tally) {
    tally.sent += points;
    for (;;) {
        grpc::ClientContext context;
        grpc::CompletionQueue queue;
        const grpc::ByteBuffer message(&bytes, 1);
        const auto call = stub.PrepareUnaryCall(
            &context, "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export", message,
            &queue);
        grpc::ByteBuffer response;
        grpc::Status status;
        call->StartCall();
        call->Finish(&response, &status, nullptr);
        void* tag = nullptr;
        bool ok = false;
        queue.Next(&tag, &ok);
        if (status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED) {
            ++tally.retried;
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
            continue;
        }
        if (!status.ok()) {
            tally.lost += points;
            return;
        }
        std::vector<grpc::Slice> slices;
        if (!response.Dump(&slices).ok())
            return;
        std::string text;
        for (const grpc::Slice& slice : slices)
            text.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
        collector::ExportMetricsServiceResponse answer;
        answer.ParseFromString(text);
        const auto refused =
            static_cast<std::uint64_t>(answer.partial_success().rejected_data_points());
        tally.refused += refused;
        tally.taken += points - refused;
        return;
    }
}

void run(const Plan& plan) {
    const std::uint32_t groups = (plan.series + slotsPerRequest - 1) / slotsPerRequest;
    std::vector<Request> requests;
    for (std::uint32_t g = 0; g < groups; ++g)
        requests.emplace_back(g * slotsPerRequest,
                              std::min(slotsPerRequest, plan.series - g * slotsPerRequest));
    const auto channel = grpc::CreateChannel(plan.address, grpc::InsecureChannelCredentials());
    const auto interval =
        std::chrono::nanoseconds(static_cast<std::int64_t>(plan.intervalMs * 1e6));
    const auto ticks = static_cast<std::uint64_t>(plan.seconds * 1000 / plan.intervalMs);
    const TimeNs start = std::chrono::duration_cast<std::chrono::milliseconds>(
                             std::chrono::system_clock::now().time_since_epoch())
                             .count() *
                         1'000'000;
    const auto begun = Clock::now();

    Tally tally;
    // A group belongs to one thread, which sends its ticks in their order.
    std::vector<std::jthread> threads;
    std::atomic<std::int64_t> latestNs{0};
    for (int t = 0; t < inFlight; ++t) {
        threads.emplace_back([&, t] {
            grpc::GenericStub stub(channel);
            for (std::uint64_t tick = 0; tick < ticks; ++tick) {
                const auto due = begun + interval * static_cast<std::int64_t>(tick);
                std::this_thread::sleep_until(due);
                for (std::uint32_t g = static_cast<std::uint32_t>(t); g < groups; g += inFlight) {
                    const TimeNs time = start + interval.count() * static_cast<TimeNs>(tick);
                    send(stub,
                         requests[g].at(time, tick, tick / plan.ticksPerMinute(), plan.turn()),
                         requests[g].points(), tally);
                }
                const std::int64_t late = (Clock::now() - due).count();
                std::int64_t known = latestNs.load();
                while (late > known && !latestNs.compare_exchange_weak(known, late)) {
                }
            }
        });
    }
    threads.clear();
    const double took = std::chrono::duration<double>(Clock::now() - begun).count();
    std::printf("{\"start_ns\":%lld,\"interval_ns\":%lld,\"ticks\":%llu,\"seconds\":%.2f,"
                "\"sent\":%llu,\"taken\":%llu,\"refused\":%llu,\"lost\":%llu,\"retried\":%llu,"
                "\"latest_ms\":%.1f}\n",
                static_cast<long long>(start), static_cast<long long>(interval.count()),
                static_cast<unsigned long long>(ticks), took,
                static_cast<unsigned long long>(tally.sent.load()),
                static_cast<unsigned long long>(tally.taken.load()),
                static_cast<unsigned long long>(tally.refused.load()),
                static_cast<unsigned long long>(tally.lost.load()),
                static_cast<unsigned long long>(tally.retried.load()),
                static_cast<double>(latestNs.load()) * 1e-6);
}

} // namespace

int main(int argc, char** argv) {
    Plan plan;
    CLI::App app("Sends OTLP/gRPC metrics at a steady rate.");
    app.add_option("ADDRESS", plan.address)->required();
    app.add_option("--series", plan.series)->check(CLI::Range(1u, 1'000'000u));
    app.add_option("--rate", plan.rate, "points a second");
    app.add_option("--seconds", plan.seconds);
    app.add_option("--replace", plan.replace, "share of the series replaced each minute");
    CLI11_PARSE(app, argc, argv);
    plan.intervalMs = 1000.0 * plan.series / plan.rate;
    run(plan);
    return 0;
}
