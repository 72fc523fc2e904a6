// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/demo/demo_traffic.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <span>
#include <string_view>
#include <utility>

#include "core/demo/demo_latency.h"
#include "core/model/prometheus_names.h"

namespace sightglass {

namespace {

constexpr double collectionPeriod = 2.4;
/// The share of a period that a collection takes.
constexpr double collecting = 0.03;
constexpr double kiB = 1024;
constexpr double miB = 1024 * kiB;

double wobble(double t, double period, double phase = 0) {
    return std::sin(2 * 3.14159265358979 * (t / period + phase));
}

double collections(double t) {
    return std::floor(t / collectionPeriod);
}

/// How far the heap has grown since the last collection, 0 to 1; it falls while collecting.
double growth(double t) {
    const double phase = t / collectionPeriod - collections(t);
    const double growing = 1 - collecting;
    return phase < growing ? phase / growing : (1 - phase) / collecting;
}

double heapAlloc(double t) {
    const double top = 2.45 + 0.12 * wobble(collections(t), 5);
    return (1.0 + top * growth(t) + 0.12 * wobble(t, 1.6)) * miB;
}

double pauseTotal(double t) {
    return collections(t) * 118'000 + 9'000 * std::floor(collections(t) / 3);
}

struct RuntimeMetric {
    std::string_view name, unit, description;
    double (*value)(double t);
};

constexpr std::array runtimeMetrics{
    RuntimeMetric{"checkout.go.alloc", "By", "Bytes of live and not yet collected objects.",
                  [](double t) { return heapAlloc(t); }},
    RuntimeMetric{"checkout.go.buck_hash_sys", "By", "Bytes of profiling hash tables.",
                  [](double) { return 1.41 * miB; }},
    RuntimeMetric{"checkout.go.frees", "", "Heap objects freed since the start.",
                  [](double t) { return collections(t) * 11'400; }},
    RuntimeMetric{"checkout.go.gc_cpu_permille", "", "Share of CPU time spent on collections.",
                  [](double t) { return 12 + 3 * wobble(t, 7); }},
    RuntimeMetric{"checkout.go.gc_sys", "By", "Bytes of collector bookkeeping.",
                  [](double) { return 3.3 * miB; }},
    RuntimeMetric{"checkout.go.goroutines", "", "Goroutines that exist.",
                  [](double t) { return 42 + std::round(9 * wobble(t, 12)); }},
    RuntimeMetric{"checkout.go.heap_alloc", "By", "Bytes of allocated heap objects.",
                  [](double t) { return heapAlloc(t); }},
    RuntimeMetric{"checkout.go.heap_idle", "By", "Bytes in spans without objects.",
                  [](double t) { return 61.2 * miB - heapAlloc(t); }},
    RuntimeMetric{"checkout.go.heap_inuse", "By", "Bytes in spans with objects.",
                  [](double t) { return 1.3 * miB + heapAlloc(t); }},
    RuntimeMetric{"checkout.go.heap_objects", "", "Objects on the heap.",
                  [](double t) { return 3'100 + 11'400 * growth(t); }},
    RuntimeMetric{"checkout.go.heap_released", "By", "Bytes given back to the system.",
                  [](double t) { return 58.4 * miB + 0.6 * miB * wobble(t, 16); }},
    RuntimeMetric{"checkout.go.heap_sys", "By", "Bytes of heap obtained from the system.",
                  [](double) { return 63.0 * miB; }},
    RuntimeMetric{"checkout.go.last_gc", "s", "Age of the process at the last collection.",
                  [](double t) { return collections(t) * collectionPeriod; }},
    RuntimeMetric{"checkout.go.live_objects", "", "Objects that the last collection left.",
                  [](double t) { return 3'100 + 40 * wobble(collections(t), 4); }},
    RuntimeMetric{"checkout.go.lookups", "", "Pointer look-ups by the runtime.",
                  [](double t) { return std::floor(t * 3); }},
    RuntimeMetric{"checkout.go.mallocs", "", "Heap objects allocated since the start.",
                  [](double t) { return 3'100 + 11'400 * t / collectionPeriod; }},
    RuntimeMetric{"checkout.go.mcache_inuse", "By", "Bytes of thread caches in use.",
                  [](double) { return 20.3 * kiB; }},
    RuntimeMetric{"checkout.go.mcache_sys", "By", "Bytes obtained for thread caches.",
                  [](double) { return 32 * kiB; }},
    RuntimeMetric{"checkout.go.mspan_inuse", "By", "Bytes of span structures in use.",
                  [](double t) { return (62 + 5 * wobble(t, 9)) * kiB; }},
    RuntimeMetric{"checkout.go.mspan_sys", "By", "Bytes obtained for span structures.",
                  [](double) { return 80 * kiB; }},
    RuntimeMetric{"checkout.go.next_gc", "By", "Heap size at which the next collection begins.",
                  [](double t) { return 4 * miB + 0.2 * miB * wobble(collections(t), 5); }},
    RuntimeMetric{"checkout.go.num_forced_gc", "", "Collections that the program asked for.",
                  [](double t) { return std::floor(t / 30); }},
    RuntimeMetric{"checkout.go.num_gc", "", "Collections so far.",
                  [](double t) { return collections(t); }},
    RuntimeMetric{"checkout.go.pause", "ns", "Length of the last pause for a collection.",
                  [](double t) { return 118'000 + 21'000 * wobble(collections(t), 3); }},
    RuntimeMetric{"checkout.go.pause_sum", "ns", "Time paused for collections since the start.",
                  [](double t) { return pauseTotal(t); }},
    RuntimeMetric{"checkout.go.stack_sys", "By", "Bytes of stacks obtained from the system.",
                  [](double t) { return (896 + 32 * wobble(t, 12)) * kiB; }},
    RuntimeMetric{"checkout.go.sys", "By", "Bytes obtained from the system, all told.",
                  [](double) { return 69.7 * miB; }},
};
static_assert(runtimeMetrics.size() == 27);

/// Requests a second while nothing and while something happens, summed from the start.
double requests(double t, double perSecond) {
    return perSecond * (t + 3 * demoRush(t));
}

double failures(double t) {
    return 5 * demoFailing(t);
}

struct Route {
    std::string_view method, route, status;
    double (*count)(double t);
    DemoWork work;
};

constexpr std::array routes{
    Route{"GET", "/basket", "200", [](double t) { return requests(t, 24); }, DemoWork::Basket},
    Route{"POST", "/orders", "201", [](double t) { return requests(t, 6) - failures(t); },
          DemoWork::Order},
    Route{"POST", "/orders", "502", [](double t) { return failures(t); }, DemoWork::FailedOrder},
};

constexpr std::array latencyBounds{0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1,
                                   0.25,   0.5,   0.75, 1.0,   2.5,  5.0};
/// Of the database's histogram: buckets of 9 %, from 0.2 ms to 2 s.
constexpr int queryScale = 3;
constexpr int queryOffset = -98;
constexpr int queryBuckets = 107;
/// A sender picks an observation out this often.
constexpr double exemplarEvery = 1.5;

Number whole(double value) {
    return Number::of(static_cast<std::int64_t>(std::llround(value)));
}

/// Adds to a batch with text kept in its arena.
class BatchBuilder {
  public:
    Slice attributes(std::span<const std::pair<std::string_view, std::string_view>> pairs) {
        const Slice slice{static_cast<std::uint32_t>(m_batch.attributes.size()),
                          static_cast<std::uint32_t>(pairs.size())};
        for (const auto& [key, value] : pairs)
            m_batch.attributes.push_back({keep(key), Value::string(keep(value))});
        return slice;
    }
    std::string_view keep(std::string_view text) { return m_batch.arena.copy(text); }
    /// The newest observation that was picked out, `turn` seconds before another kind's.
    Slice exemplar(DemoWork work, TimeNs began, double t, double turn) {
        const double picked = std::floor((t + turn) / exemplarEvery) * exemplarEvery - turn;
        if (picked <= 0)
            return {};
        const auto number = static_cast<std::uint64_t>(std::llround(picked * 16));
        Exemplar exemplar;
        exemplar.time = began + static_cast<TimeNs>(picked * 1e9);
        exemplar.value = Number::of(demoObservation(work, picked, number));
        exemplar.hasTraceId = exemplar.hasSpanId = true;
        std::uint64_t state = number * 0x9e3779b97f4a7c15u + static_cast<std::uint64_t>(work);
        const auto fill = [&state](auto& id) {
            for (std::uint8_t& byte : id) {
                state = (state ^ (state >> 27)) * 0x94d049bb133111ebu + 1;
                byte = static_cast<std::uint8_t>(state >> 56);
            }
        };
        fill(exemplar.traceId);
        fill(exemplar.spanId);
        m_batch.exemplars.push_back(exemplar);
        return {static_cast<std::uint32_t>(m_batch.exemplars.size() - 1), 1};
    }
    Batch& batch() { return m_batch; }

  private:
    Batch m_batch;
};

} // namespace

Batch demoTraffic(TimeNs began, TimeNs now) {
    using Pair = std::pair<std::string_view, std::string_view>;
    const double t = static_cast<double>(now - began) / 1e9;

    BatchBuilder builder;
    Batch& batch = builder.batch();
    batch.receivedAt = now;
    const std::array resource{
        Pair{"host.name", "till-3.shop"},
        Pair{"name", "maria"},
        Pair{"service.name", "checkout"},
        Pair{"telemetry.sdk.language", "go"},
        Pair{"telemetry.sdk.name", "opentelemetry"},
        Pair{"telemetry.sdk.version", "0.16.0"},
    };
    batch.resources.push_back({builder.attributes(resource), {}, false});
    batch.scopes.push_back({"checkout/runtime", "1.0.0", {}, {}});

    const std::array appName{Pair{"app_name", "checkout"}};
    const Slice common = builder.attributes(appName);
    const auto header = [&](Slice attributes) {
        PointHeader out;
        out.time = now;
        out.startTime = began;
        out.attributes = attributes;
        return out;
    };
    const auto addNumber = [&](Slice attributes, Number value) {
        batch.numberPoints.push_back({header(attributes), value});
    };
    const auto numbersFrom = [&](std::size_t begin) {
        return Slice{static_cast<std::uint32_t>(begin),
                     static_cast<std::uint32_t>(batch.numberPoints.size() - begin)};
    };

    for (const RuntimeMetric& metric : runtimeMetrics) {
        const std::size_t begin = batch.numberPoints.size();
        addNumber(common, whole(metric.value(t)));
        batch.metrics.push_back({0,
                                 0,
                                 {metric.name, metric.unit, metric.description, MetricType::Sum,
                                  false, Temporality::Cumulative},
                                 numbersFrom(begin)});
    }

    std::vector<Slice> routeAttributes;
    const std::size_t firstRequest = batch.numberPoints.size();
    for (const Route& route : routes) {
        const std::array pairs{Pair{"app_name", "checkout"}, Pair{"method", route.method},
                               Pair{"route", route.route}, Pair{"status", route.status}};
        routeAttributes.push_back(builder.attributes(pairs));
        addNumber(routeAttributes.back(), whole(std::floor(route.count(t))));
    }
    batch.metrics.push_back({0,
                             0,
                             {"checkout.http.requests", "", "Requests answered.", MetricType::Sum,
                              true, Temporality::Cumulative},
                             numbersFrom(firstRequest)});

    const Slice bounds{0, latencyBounds.size()};
    batch.doubles.assign(latencyBounds.begin(), latencyBounds.end());
    for (std::size_t i = 0; i < routes.size(); ++i) {
        HistogramPoint point;
        static_cast<PointHeader&>(point) = header(routeAttributes[i]);
        point.bounds = bounds;
        point.bucketCounts = {static_cast<std::uint32_t>(batch.counts.size()),
                              static_cast<std::uint32_t>(latencyBounds.size() + 1)};
        double low = 0;
        for (std::size_t b = 0; b <= latencyBounds.size(); ++b) {
            const double high = b < latencyBounds.size() ? latencyBounds[b] : HUGE_VAL;
            const std::uint64_t inBucket = demoObservations(routes[i].work, t, low, high);
            batch.counts.push_back(inBucket);
            point.count += inBucket;
            point.sum +=
                0.8 * (std::isfinite(high) ? high : 2 * low) * static_cast<double>(inBucket);
            low = high;
        }
        // Failures are too seldom to have one picked out at all times.
        if (routes[i].work != DemoWork::FailedOrder)
            point.exemplars = builder.exemplar(routes[i].work, began, t,
                                               routes[i].work == DemoWork::Basket ? 0 : 0.6);
        point.hasSum = true;
        batch.histogramPoints.push_back(point);
    }
    batch.metrics.push_back({0,
                             0,
                             {"checkout.http.duration", "s", "Time to answer a request.",
                              MetricType::Histogram, false, Temporality::Cumulative},
                             {0, static_cast<std::uint32_t>(routes.size())}});

    ExponentialHistogramPoint queries;
    static_cast<PointHeader&>(queries) = header(common);
    queries.scale = queryScale;
    queries.positiveOffset = queryOffset;
    queries.positiveCounts = {static_cast<std::uint32_t>(batch.counts.size()), queryBuckets};
    const auto bound = [](int index) { return std::exp2(std::ldexp(index, -queryScale)); };
    for (int i = queryOffset; i < queryOffset + queryBuckets; ++i) {
        const std::uint64_t inBucket = demoObservations(DemoWork::Query, t, bound(i), bound(i + 1));
        batch.counts.push_back(inBucket);
        queries.count += inBucket;
        queries.sum += bound(i) * static_cast<double>(inBucket);
    }
    queries.hasSum = true;
    queries.exemplars = builder.exemplar(DemoWork::Query, began, t, 0.9);
    batch.exponentialPoints.push_back(queries);
    batch.metrics.push_back({0,
                             0,
                             {"checkout.db.duration", "s", "Time the database took to answer.",
                              MetricType::ExponentialHistogram, false, Temporality::Cumulative},
                             {0, 1}});
    return std::move(builder.batch());
}

namespace {

/// A page's batch: Prometheus' names, and labels made by `labelsOf` from a point's attributes.
template <class LabelsOf>
Batch asPage(const Batch& traffic, const LabelsOf& labelsOf) {
    BatchBuilder builder;
    Batch& page = builder.batch();
    page.receivedAt = traffic.receivedAt;
    page.resources.push_back({{}, {}, true});
    page.scopes.push_back({});
    std::copy_if(traffic.metrics.begin(), traffic.metrics.end(), std::back_inserter(page.metrics),
                 [](const MetricBlock& metric) {
                     return metric.descriptor.type != MetricType::ExponentialHistogram;
                 });
    page.numberPoints = traffic.numberPoints;
    page.histogramPoints = traffic.histogramPoints;
    page.counts = traffic.counts;
    page.doubles = traffic.doubles;
    for (MetricBlock& metric : page.metrics) {
        metric.descriptor.name = builder.keep(prometheusName(Descriptor(metric.descriptor), false));
        metric.descriptor.description = builder.keep(metric.descriptor.description);
        metric.descriptor.unit = {};
    }
    const auto relabel = [&](PointHeader& point) {
        const AttributeSet all = labelsOf(traffic.attributesOf(point.attributes));
        point.attributes = {static_cast<std::uint32_t>(page.attributes.size()), 0};
        for (auto& [name, value] : prometheusLabels(all)) {
            page.attributes.push_back({builder.keep(name), Value::string(builder.keep(value))});
            ++point.attributes.count;
        }
        point.startTime = 0;
        point.exemplars = {};
    };
    for (NumberPoint& point : page.numberPoints)
        relabel(point);
    for (HistogramPoint& point : page.histogramPoints)
        relabel(point);
    return std::move(builder.batch());
}

} // namespace

Batch asApplicationPage(const Batch& traffic) {
    const auto resource = traffic.attributesOf(traffic.resources.at(0).attributes);
    Batch page = asPage(traffic, [&](std::span<const Attribute> point) {
        std::vector<Attribute> all(resource.begin(), resource.end());
        all.insert(all.end(), point.begin(), point.end());
        return AttributeSet(all);
    });
    const auto saysNow = [](PointHeader& point) { point.time = 0; };
    std::for_each(page.numberPoints.begin(), page.numberPoints.end(), saysNow);
    std::for_each(page.histogramPoints.begin(), page.histogramPoints.end(), saysNow);
    for (MetricBlock& metric : page.metrics) {
        // This exposition has no up-down sum: what may fall is a gauge.
        if (metric.descriptor.type == MetricType::Sum && !metric.descriptor.monotonic)
            metric.descriptor.type = MetricType::Gauge;
    }
    return page;
}

Batch asOldCollectorPage(const Batch& traffic) {
    Batch page = asPage(traffic, [](std::span<const Attribute> point) {
        return AttributeSet(point.data(), point.size());
    });
    for (MetricBlock& metric : page.metrics) {
        if (metric.descriptor.type == MetricType::Sum)
            metric.descriptor.monotonic = true;
    }
    return page;
}

} // namespace sightglass
