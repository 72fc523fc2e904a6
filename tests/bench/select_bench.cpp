// SPDX-License-Identifier: GPL-3.0-or-later
// Selectors among a million series: milliseconds to find them by the index, and to answer an
// instant selector; bytes a series and nanoseconds an insertion of the index alone.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <vector>

#include "core/base/counters.h"
#include "core/catalog/catalog.h"
#include "core/query/prometheus_view.h"
#include "core/store/label_index.h"
#include "core/store/store.h"

namespace {

using namespace sightglass;

constexpr std::uint32_t seriesCount = 1'000'000;
constexpr std::uint32_t metricCount = 100;
constexpr TimeNs now = 1'000'000 * nsPerSecond;

/// Five attributes of series i: of 100, 1,000, 10 and 10,000 values, and one of its own.
struct SeriesText {
    explicit SeriesText(std::uint32_t i)
        : route("/api/v1/resource/" + std::to_string(i / metricCount % 100)),
          host("host-" + std::to_string(i / metricCount % 1000) + ".example.org"),
          status(std::to_string(200 + i % 10)),
          client("client-" + std::to_string(i % 10'000)),
          pod("pod-7f9c4d-" + std::to_string(i)) {}

    [[nodiscard]] std::vector<Attribute> attributes() const {
        return {{"http.route", Value::string(route)},
                {"host.name", Value::string(host)},
                {"http.response.status_code", Value::string(status)},
                {"client.id", Value::string(client)},
                {"k8s.pod.name", Value::string(pod)}};
    }

    std::string route, host, status, client, pod;
};

void addToIndex(benchmark::State& state) {
    const auto count = static_cast<std::uint32_t>(state.range(0));
    std::vector<SeriesText> texts;
    texts.reserve(count);
    for (std::uint32_t i = 0; i < count; ++i)
        texts.emplace_back(i);
    std::size_t bytes = 0;
    for (auto _ : state) {
        state.PauseTiming();
        auto index = std::make_unique<LabelIndex>([](SeriesId) { return true; });
        std::vector<std::shared_ptr<const AttributeSet>> sets(count);
        std::vector<Attribute> attributes;
        state.ResumeTiming();
        for (std::uint32_t i = 0; i < count; ++i) {
            const SeriesText& text = texts[i];
            attributes.assign({{"http.route", Value::string(text.route)},
                               {"host.name", Value::string(text.host)},
                               {"http.response.status_code", Value::string(text.status)},
                               {"client.id", Value::string(text.client)},
                               {"k8s.pod.name", Value::string(text.pod)}});
            sets[i] = index->add(SeriesId{i}, attributes);
        }
        state.PauseTiming();
        bytes = index->bytes() + count * AttributeSet::sharedBytes(5);
        sets.clear();
        index.reset();
        state.ResumeTiming();
    }
    state.counters["per_series"] =
        benchmark::Counter(static_cast<double>(state.iterations()) * count,
                           benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
    state.counters["bytes_a_series"] = static_cast<double>(bytes) / count;
}
BENCHMARK(addToIndex)->Arg(10'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

struct Ring {
    OriginTable origins;
    Catalog catalog{origins};
    CounterRegistry counters;
    Store store{std::size_t{4} << 30, catalog, counters};
    PrometheusView view{store, origins, "origin"};
    std::vector<MetricId> metrics;

    Ring() {
        const OriginId origin = origins.intern(OriginKind::OtlpGrpc);
        for (std::uint32_t m = 0; m < metricCount; ++m)
            writeMetric(origin, m);
        for (const auto& row : catalog.snapshot()->metrics)
            metrics.push_back(row->info->id);
    }

    void writeMetric(OriginId origin, std::uint32_t m) {
        constexpr std::uint32_t each = seriesCount / metricCount;
        Batch batch;
        batch.origin = origin;
        batch.receivedAt = now;
        batch.resources.emplace_back();
        batch.scopes.emplace_back();
        MetricBlock& block = batch.metrics.emplace_back();
        block.descriptor.name = batch.arena.copy("requests.in_flight." + std::to_string(m));
        block.descriptor.type = MetricType::Gauge;
        block.points = {0, each};
        for (std::uint32_t i = 0; i < each; ++i) {
            const SeriesText text(i * metricCount + m);
            NumberPoint& point = batch.numberPoints.emplace_back();
            point.time = now;
            point.value = Number::of(static_cast<double>(i));
            point.attributes = {static_cast<std::uint32_t>(batch.attributes.size()), 5};
            for (const Attribute& attribute : text.attributes())
                batch.attributes.push_back(
                    {batch.arena.copy(attribute.key),
                     Value::string(batch.arena.copy(attribute.value.text()))});
        }
        store.write(batch);
    }
};

Ring& ring() {
    static Ring made;
    return made;
}

struct Question {
    const char* name;
    const char* selector;
};

// Of 1,000,000 series, those that each leaves.
const Question questions[] = {
    {"equal, 10,000 left", R"({__name__=~".+",http_route="/api/v1/resource/7"})"},
    {"regular expression over 1,000 values, 10,000 left",
     R"({__name__=~".+",host_name=~"host-7.\\.example\\..*"})"},
    {"alternatives, 3,000 left",
     R"({__name__=~".+",host_name=~"host-1\\.example\\.org|host-2\\.example\\.org|host-3\\.example\\.org"})"},
    {"equal and not equal, 9,000 left",
     R"({__name__=~".+",http_route="/api/v1/resource/7",host_name!="host-7.example.org"})"},
    {"expression over 1,000,000 values, 11 left",
     R"({__name__=~".+",k8s_pod_name=~"pod-7f9c4d-12345.?"})"},
    {"one metric, 100 left", R"(requests_in_flight_5{http_route="/api/v1/resource/5"})"},
};

LabelCondition conditionOn(const LabelMatcher& matcher) {
    LabelCondition out;
    out.label = matcher.name();
    out.accepts = [&matcher](std::string_view value) { return matcher.matches(value); };
    if (matcher.kind() == LabelMatcher::Kind::Equal)
        out.equals = matcher.value();
    return out;
}

void findCandidates(benchmark::State& state) {
    const Question& question = questions[state.range(0)];
    const Result<Selector> selector = parseSelector(question.selector);
    std::vector<LabelCondition> conditions;
    for (const LabelMatcher& matcher : selector->matchers) {
        if (matcher.name() != "__name__")
            conditions.push_back(conditionOn(matcher));
    }
    const Ring& all = ring(); // made before the first iteration
    std::size_t found = 0;
    for (auto _ : state)
        found = all.store.candidates(all.metrics, conditions).size();
    state.counters["found"] = static_cast<double>(found);
    state.SetLabel(question.name);
}
BENCHMARK(findCandidates)->DenseRange(0, 4)->Unit(benchmark::kMillisecond);

void answerInstant(benchmark::State& state) {
    const Question& question = questions[state.range(0)];
    const Result<Selector> selector = parseSelector(question.selector);
    const auto snapshot = ring().catalog.snapshot();
    std::size_t found = 0;
    for (auto _ : state)
        found = ring().view.instant(*snapshot, *selector, now, 200'000)->size();
    state.counters["found"] = static_cast<double>(found);
    state.SetLabel(question.name);
}
BENCHMARK(answerInstant)->DenseRange(0, 5)->Unit(benchmark::kMillisecond);

} // namespace

BENCHMARK_MAIN();
