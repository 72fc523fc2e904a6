// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/prometheus_names.h"

#include <doctest/doctest.h>

using namespace sightglass;

namespace {

Descriptor descriptorOf(std::string name, std::string unit, MetricType type, bool monotonic) {
    Descriptor d;
    d.name = std::move(name);
    d.unit = std::move(unit);
    d.type = type;
    d.monotonic = monotonic;
    return d;
}

Resource resourceOf(const std::vector<Attribute>& attributes, bool isTarget = false) {
    return {AttributeSet(attributes), "", isTarget};
}

} // namespace

TEST_CASE("a metric is named as Prometheus would name it") {
    constexpr auto gauge = MetricType::Gauge;
    constexpr auto sum = MetricType::Sum;
    constexpr auto histogram = MetricType::Histogram;
    struct Row {
        const char* name;
        const char* unit;
        MetricType type;
        bool monotonic;
        const char* expected;
    };
    const Row rows[] = {
        {"http.server.duration", "s", histogram, false, "http_server_duration_seconds"},
        {"http.server.duration.seconds", "s", histogram, false, "http_server_duration_seconds"},
        {"seconds.spent", "s", gauge, false, "seconds_spent"},
        {"memory.usage", "By", gauge, false, "memory_usage_bytes"},
        {"requests", "1", sum, true, "requests_total"},
        {"requests", "{request}", sum, true, "requests_total"},
        {"requests.total", "", sum, true, "requests_total"},
        {"total.requests", "", sum, true, "requests_total"},
        {"total_bytes_sent", "By", sum, true, "bytes_sent_total"},
        {"io", "By", sum, true, "io_bytes_total"},
        {"queue", "By", sum, false, "queue_bytes"},
        {"speed", "m/s", gauge, false, "speed_meters_per_second"},
        {"speed", "km/h", gauge, false, "speed_km_per_hour"},
        {"rate", "{packet}/s", gauge, false, "rate_per_second"},
        {"rate", "By/{packet}", gauge, false, "rate_bytes"},
        {"sent", "By{compressed}", gauge, false, "sent_bytes"},
        {"utilization", "1", gauge, false, "utilization_ratio"},
        {"ratio.used", "1", gauge, false, "used_ratio"},
        {"utilization", "1", sum, false, "utilization"},
        {"load", "%", gauge, false, "load_percent"},
        {"a..b--c__d", "", gauge, false, "a_b_c_d"},
        {"_hidden_", "", gauge, false, "hidden"},
        {"2xx.count", "", gauge, false, "_2xx_count"},
        {"job:rate", "", gauge, false, "job:rate"},
        {"caf\xC3\xA9.size", "", gauge, false, "caf_size"},
        {"...", "", gauge, false, "_"},
        {"temp", "Cel", gauge, false, "temp_celsius"},
        {"disk", "TiBy", gauge, false, "disk_tebibytes"},
        {"odd", "foo.bar!", gauge, false, "odd_foo_bar"},
        {"x", "/", gauge, false, "x"},
        {"x", "}{", gauge, false, "x"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.name);
        CAPTURE(row.unit);
        CHECK(prometheusName(descriptorOf(row.name, row.unit, row.type, row.monotonic), false) ==
              row.expected);
    }
}

TEST_CASE("a name from a Prometheus page stays as it is") {
    for (const char* name : {"a__b", "requests", "_x_total", "http.\xC3\xA9", ":"}) {
        CHECK(prometheusName(descriptorOf(name, "By", MetricType::Sum, true), true) == name);
    }
}

TEST_CASE("the stripped name is without unit and _total") {
    struct Row {
        const char* name;
        const char* unit;
        const char* expected;
    };
    const Row rows[] = {
        {"io_bytes_total", "By", "io"},
        {"io_bytes_total", "bytes", "io"},
        {"io_bytes_total", "", "io"},
        {"io_bytes_total", "s", "io_bytes"},
        {"requests_total", "{request}", "requests"},
        {"speed_meters_per_second", "m/s", "speed"},
        {"speed_meters_per_second", "", "speed"},
        {"used_ratio", "1", "used"},
        {"used_ratio", "", "used"},
        {"go_memstats_alloc_bytes", "", "go_memstats_alloc"},
        {"seconds_total", "s", "seconds"},
        {"total", "", "total"},
        {"_total", "", "_total"},
        {"subtotal", "", "subtotal"},
        {"kilobytes", "By", "kilobytes"},
        {"plain", "", "plain"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.name);
        CAPTURE(row.unit);
        CHECK(strippedName(row.name, row.unit) == row.expected);
    }
}

TEST_CASE("an attribute key becomes a label name, a label name stays") {
    const std::pair<const char*, const char*> rows[] = {
        {"http.method", "http_method"},
        {"2xx", "key_2xx"},
        {"_a__b", "_a__b"},
        {"a..b", "a__b"},
        {"caf\xC3\xA9", "caf_"},
        {"a\xFF\xFE"
         "b",
         "a__b"},
        {"x:y", "x_y"},
        {"", ""},
        {"__reserved__", "__reserved__"},
    };
    for (const auto& [key, expected] : rows) {
        CAPTURE(key);
        CHECK(prometheusLabelName(key) == expected);
    }
}

TEST_CASE("a UCUM unit becomes Prometheus' word") {
    struct Row {
        const char* unit;
        MetricType type;
        const char* expected;
    };
    const Row rows[] = {
        {"By", MetricType::Gauge, "bytes"},
        {"ms", MetricType::Histogram, "milliseconds"},
        {"m/s", MetricType::Gauge, "meters_per_second"},
        {"By/m", MetricType::Gauge, "bytes_per_minute"},
        {"1", MetricType::Gauge, "ratio"},
        {"1", MetricType::Sum, ""},
        {"{request}", MetricType::Sum, ""},
        {"{request}/s", MetricType::Gauge, "per_second"},
        {" s ", MetricType::Gauge, "seconds"},
        {"", MetricType::Gauge, ""},
        {"widgets", MetricType::Gauge, "widgets"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.unit);
        CHECK(prometheusUnit(row.unit, row.type) == row.expected);
    }
}

TEST_CASE("service attributes become job and instance, the rest goes to target_info") {
    const Resource full = resourceOf({{"service.name", Value::string("shop")},
                                      {"service.namespace", Value::string("eu")},
                                      {"service.instance.id", Value::string("a1")},
                                      {"host.name", Value::string("box")},
                                      {"process.pid", Value::integer(7)}});
    CHECK(jobAndInstance(full) == Labels{{"instance", "a1"}, {"job", "eu/shop"}});
    CHECK(targetInfoLabels(full) == Labels{{"host_name", "box"}, {"process_pid", "7"}});

    const Resource nameOnly = resourceOf({{"service.name", Value::string("shop")}});
    CHECK(jobAndInstance(nameOnly) == Labels{{"job", "shop"}});
    CHECK(targetInfoLabels(nameOnly).empty());

    const Resource spaceOnly = resourceOf({{"service.namespace", Value::string("eu")}});
    CHECK(jobAndInstance(spaceOnly).empty());

    const Resource clash =
        resourceOf({{"service.name", Value::string("shop")}, {"job", Value::string("mine")}});
    CHECK(targetInfoLabels(clash).empty());

    const Resource target =
        resourceOf({{"job", Value::string("scrape")}, {"instance", Value::string("h:1")}}, true);
    CHECK(jobAndInstance(target) == Labels{{"instance", "h:1"}, {"job", "scrape"}});
    CHECK(targetInfoLabels(target).empty());
}

TEST_CASE("values of keys that fall on one label are joined in the order of the keys") {
    const AttributeSet attributes({{"a_b", Value::string("third")},
                                   {"a-b", Value::string("first")},
                                   {"a.b", Value::integer(2)},
                                   {"empty", Value::string("")},
                                   {"flag", Value::boolean(true)}});
    CHECK(prometheusLabels(attributes) == Labels{{"a_b", "first;2;third"}, {"flag", "true"}});
}

TEST_CASE("each type has Prometheus' word") {
    CHECK(prometheusType(descriptorOf("x", "", MetricType::Sum, true)) == "counter");
    CHECK(prometheusType(descriptorOf("x", "", MetricType::Sum, false)) == "gauge");
    CHECK(prometheusType(descriptorOf("x", "", MetricType::Gauge, false)) == "gauge");
    CHECK(prometheusType(descriptorOf("x", "", MetricType::ExponentialHistogram, false)) ==
          "histogram");
    CHECK(prometheusType(descriptorOf("x", "", MetricType::Summary, false)) == "summary");
    CHECK(prometheusType(descriptorOf("x", "", MetricType::Unknown, false)) == "unknown");
}
