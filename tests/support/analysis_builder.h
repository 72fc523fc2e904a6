// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/catalog/catalog.h"
#include "core/catalog/families.h"
#include "core/diagnose/diagnosis.h"
#include "core/engine/engine.h"

namespace sightglass::test {

/// Makes what the engine would publish from metrics written down in a test: the true catalog,
/// families and rules, without sockets, points or threads. Add, build(), add more, build() again:
/// findings keep their history as in the engine. One thread only; the origins outlive it.
class AnalysisBuilder {
  public:
    using Pairs = std::vector<std::pair<std::string, std::string>>;

    explicit AnalysisBuilder(OriginTable& origins) : m_origins(origins), m_catalog(origins) {}

    OriginId otlp() { return m_origins.intern(OriginKind::OtlpGrpc); }
    OriginId page(const std::string& url) { return m_origins.intern(OriginKind::Scrape, url); }

    /// A metric of a page with one series that carries `labels`.
    MetricId addToPage(OriginId origin, const std::string& name, MetricType type, bool monotonic,
                       const std::string& help, const Pairs& labels, bool synthetic = false) {
        Resource resource;
        resource.isTarget = true;
        return add(origin, name, type, monotonic, "", help, std::move(resource), labels, synthetic);
    }

    /// A metric that came by OTLP from a resource.
    MetricId addOtlp(OriginId origin, const std::string& name, MetricType type, bool monotonic,
                     const std::string& unit, const std::string& help, const Pairs& resource,
                     const Pairs& labels = {}) {
        Resource sender;
        sender.attributes = attributes(resource);
        return add(origin, name, type, monotonic, unit, help, std::move(sender), labels, false);
    }

    void remove(MetricId metric) {
        for (const SeriesInfo& series : m_series) {
            if (series.metric->id == metric)
                m_catalog.seriesRemoved(series);
        }
        std::erase_if(m_series, [&](const SeriesInfo& s) { return s.metric->id == metric; });
        m_catalog.metricRemoved(metric);
    }

    /// Another series of a metric that is there.
    void addSeries(const std::string& name) {
        const auto metric = named(name);
        SeriesInfo series{SeriesId{m_nextSeries++}, metric,
                          std::make_shared<const AttributeSet>(
                              attributes({{"added", std::to_string(m_nextSeries)}}))};
        m_series.push_back(series);
        m_catalog.seriesAdded(series, m_now);
    }
    /// Points of a metric that is there.
    void seen(const std::string& name) { m_catalog.pointsWritten(named(name)->id, m_now); }

    /// What is known at `now`; one second later at each call unless told otherwise.
    std::shared_ptr<const Analysis> build() {
        m_now += 2 * nsPerSecond;
        auto out = std::make_shared<Analysis>();
        out->generation = ++m_generation;
        out->catalog = m_catalog.snapshot();
        out->families = groupFamilies(*out->catalog);
        const RuleInput input{.catalog = *out->catalog,
                              .families = out->families,
                              .targets = m_targets,
                              .requestedPairs = {},
                              .now = m_now};
        out->findings = m_diagnosis.run(input);
        return out;
    }

    void setTarget(OriginId origin, const std::string& url, const std::string& error) {
        m_targets.clear();
        TargetHealth health;
        health.origin = origin;
        health.url = url;
        health.up = error.empty();
        health.error = error;
        health.failures = error.empty() ? 0 : 3;
        health.time = m_now;
        m_targets.push_back(health);
    }
    [[nodiscard]] TimeNs now() const { return m_now; }

  private:
    std::shared_ptr<const MetricInfo> named(const std::string& name) const {
        return std::find_if(m_series.begin(), m_series.end(),
                            [&](const SeriesInfo& s) { return s.metric->descriptor.name == name; })
            ->metric;
    }
    static AttributeSet attributes(const Pairs& pairs) {
        std::vector<Attribute> list;
        list.reserve(pairs.size());
        for (const auto& [key, value] : pairs)
            list.push_back({key, Value::string(value)});
        return AttributeSet(list);
    }

    MetricId add(OriginId origin, const std::string& name, MetricType type, bool monotonic,
                 const std::string& unit, const std::string& help, Resource resource,
                 const Pairs& labels, bool synthetic) {
        auto info = std::make_shared<MetricInfo>();
        info->id = MetricId{m_nextMetric++};
        info->origin = origin;
        info->resource = std::make_shared<const Resource>(std::move(resource));
        info->scope = std::make_shared<const Scope>();
        info->descriptor.name = name;
        info->descriptor.unit = unit;
        info->descriptor.description = help;
        info->descriptor.type = type;
        info->descriptor.monotonic = monotonic;
        if (type == MetricType::Sum)
            info->descriptor.temporality = Temporality::Cumulative;
        info->synthetic = synthetic;
        m_catalog.metricChanged(info, m_now);
        SeriesInfo series{SeriesId{m_nextSeries++}, info,
                          std::make_shared<const AttributeSet>(attributes(labels))};
        m_series.push_back(series);
        m_catalog.seriesAdded(series, m_now);
        m_catalog.pointsWritten(info->id, m_now);
        return info->id;
    }

    OriginTable& m_origins;
    Catalog m_catalog;
    Diagnosis m_diagnosis;
    std::vector<SeriesInfo> m_series;
    std::vector<TargetHealth> m_targets;
    std::uint32_t m_nextMetric = 0, m_nextSeries = 0;
    std::uint64_t m_generation = 0;
    TimeNs m_now = 1'700'000'000 * nsPerSecond;
};

/// The founding story: 27 runtime metrics, pushed by OTLP as non-monotonic sums, exposed on :17000
/// as gauges with seven labels, and by a collector on :8889 as counters with one.
class FoundingStory {
  public:
    explicit FoundingStory(AnalysisBuilder& builder) : m_builder(builder) {}

    static const std::vector<std::string>& names() {
        static const std::vector<std::string> list{"alloc",           "buck_hash_sys", "frees",
                                                   "gc_cpu_fraction", "gc_sys",        "goroutines",
                                                   "heap_alloc",      "heap_idle",     "heap_inuse",
                                                   "heap_objects",    "heap_released", "heap_sys",
                                                   "last_gc",         "live_objects",  "lookups",
                                                   "mallocs",         "mcache_inuse",  "mcache_sys",
                                                   "mspan_inuse",     "mspan_sys",     "next_gc",
                                                   "num_forced_gc",   "num_gc",        "pause_ns",
                                                   "pause_total_ns",  "stack_sys",     "sys"};
        return list;
    }
    static std::string help(const std::string& name) { return "Runtime figure " + name + "."; }

    void pushOtlp() {
        const OriginId origin = m_builder.otlp();
        for (const std::string& name : names()) {
            m_builder.addOtlp(origin, "demo_app.go." + name, MetricType::Sum, false, "", help(name),
                              {{"host.name", "workbench.local"},
                               {"name", "maria"},
                               {"service.name", "demo-app"},
                               {"telemetry.sdk.language", "go"},
                               {"telemetry.sdk.name", "opentelemetry"},
                               {"telemetry.sdk.version", "0.16.0"}},
                              {{"app_name", "demo-app"}});
        }
    }
    void exposeApp() {
        const OriginId origin = m_builder.page("http://127.0.0.1:17000/metrics");
        for (const std::string& name : names()) {
            m_builder.addToPage(origin, "demo_app_go_" + name, MetricType::Gauge, false, help(name),
                                {{"app_name", "demo-app"},
                                 {"host_name", "workbench.local"},
                                 {"name", "maria"},
                                 {"service_name", "demo-app"},
                                 {"telemetry_sdk_language", "go"},
                                 {"telemetry_sdk_name", "opentelemetry"},
                                 {"telemetry_sdk_version", "0.16.0"}});
        }
    }
    void exposeCollector() {
        const OriginId origin = m_builder.page("http://127.0.0.1:8889/metrics");
        for (const std::string& name : names()) {
            m_builder.addToPage(origin, "demo_app_go_" + name, MetricType::Sum, true, help(name),
                                {{"app_name", "demo-app"}});
        }
    }

  private:
    AnalysisBuilder& m_builder;
};

} // namespace sightglass::test
