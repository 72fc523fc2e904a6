// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/api/api_handler.h"

#include <doctest/doctest.h>

#include <map>
#include <memory>
#include <regex>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/codec/exposition/exposition.h"
#include "core/codec/otlp/decode.h"
#include "core/store/store.h"

using namespace sightglass;
using Json = nlohmann::json;

namespace {

constexpr TimeNs start = 1'700'000'000 * nsPerSecond;

/// The handler over a store that a test fills with pages and OTLP requests.
class Fixture {
  public:
    void page(const std::string& text, TimeNs time = start) {
        Result<Batch> batch = decodeExposition(record(text, time));
        REQUIRE_MESSAGE(batch.ok(), batch.error().text());
        batch->origin = m_origins.intern(OriginKind::Scrape, "http://127.0.0.1:1/metrics");
        batch->resources.at(0).attributes = {static_cast<std::uint32_t>(batch->attributes.size()),
                                             2};
        batch->attributes.push_back({"instance", Value::string("127.0.0.1:1")});
        batch->attributes.push_back({"job", Value::string("scrape")});
        m_store.write(*batch);
    }

    void otlp(const std::string& json) {
        Result<Batch> batch = decodeMetricsRequestJson(record(json, start));
        REQUIRE_MESSAGE(batch.ok(), batch.error().text());
        batch->origin = m_origins.intern(OriginKind::OtlpHttp);
        const WriteReport report = m_store.write(*batch);
        REQUIRE(report.rejected() == 0);
    }

    HttpResponse get(const std::string& path, const std::string& query = {}) {
        HttpRequest request;
        request.method = "GET";
        request.path = path;
        request.query = query;
        return m_handler.handle(request);
    }

    /// `data` of a successful answer.
    Json data(const std::string& path, const std::string& query = {}) {
        const HttpResponse response = get("/api/v1/" + path, query);
        CAPTURE(response.body);
        REQUIRE(response.status == 200);
        Json body = Json::parse(response.body);
        REQUIRE(body["status"] == "success");
        return body["data"];
    }

    /// Result of an instant query at `start`.
    Json query(const std::string& escapedSelector) {
        return data("query", "time=1700000000&query=" + escapedSelector)["result"];
    }

    HttpResponse post(const std::string& path, const std::string& contentType,
                      const std::string& body) {
        HttpRequest request;
        request.method = "POST";
        request.path = path;
        request.headers = {{"content-type", contentType}};
        request.body = body;
        return m_handler.handle(request);
    }

  private:
    RawRecord record(const std::string& text, TimeNs time) {
        RawRecord out;
        out.receivedAt = time;
        out.body = std::make_shared<const std::string>(text);
        return out;
    }

    OriginTable m_origins;
    CounterRegistry m_counters;
    ManualClock m_clock{start};
    Catalog m_catalog{m_origins};
    Store m_store{std::size_t{64} << 20, m_catalog, m_counters};
    ApiHandler m_handler{{m_store, m_catalog, m_origins, m_counters, m_clock, "origin",
                          [] { return std::make_shared<const FindingsSnapshot>(); },
                          [] { return std::vector<ApiTarget>{}; },
                          [] {
                              return std::vector<OwnGauge>{{"sightglass_series", "Series.", 3}};
                          },
                          [this] { return m_store.usage(); }}};
};

const char* const request = R"({"resourceMetrics":[{"resource":{"attributes":[
    {"key":"service.name","value":{"stringValue":"basket"}},
    {"key":"process.pid","value":{"intValue":"42"}}]},
  "scopeMetrics":[{"scope":{"name":"meter","version":"1"},"metrics":[
    {"name":"orders","sum":{"aggregationTemporality":2,"isMonotonic":true,"dataPoints":[
      {"asInt":"9007199254740993","timeUnixNano":"1700000000000000000",
       "attributes":[{"key":"job","value":{"stringValue":"own"}},
                     {"key":"http.method","value":{"stringValue":"GET"}}]}]}},
    {"name":"duration","unit":"s","histogram":{"aggregationTemporality":2,"dataPoints":[
      {"count":"6","sum":12.5,"bucketCounts":["1","2","3"],"explicitBounds":[0.5,1000000],
       "timeUnixNano":"1700000000000000000"}]}},
    {"name":"size","exponentialHistogram":{"aggregationTemporality":2,"dataPoints":[
      {"count":"4","sum":9,"scale":0,"zeroCount":"1","positive":{"offset":1,"bucketCounts":["3"]},
       "timeUnixNano":"1700000000000000000"}]}},
    {"name":"wait","summary":{"dataPoints":[{"count":"2","sum":3,"timeUnixNano":
      "1700000000000000000","quantileValues":[{"quantile":0.5,"value":1}]}]}}]}]}]})";

} // namespace

TEST_CASE("an instant query gives the newest value with the labels of target and origin") {
    Fixture api;
    api.page("# TYPE up_to gauge\nup_to{a=\"x\",job=\"own\"} 1\n", start - 10 * nsPerSecond);
    api.page("# TYPE up_to gauge\nup_to{a=\"x\",job=\"own\"} 2.5\n", start - 5 * nsPerSecond);
    const Json result = api.query("up_to");
    REQUIRE(result.size() == 1);
    CHECK(result[0]["metric"] == Json{{"__name__", "up_to"},
                                      {"a", "x"},
                                      {"exported_job", "own"},
                                      {"instance", "127.0.0.1:1"},
                                      {"job", "scrape"},
                                      {"origin", "scrape http://127.0.0.1:1/metrics"}});
    CHECK(result[0]["value"] == Json::array({1'700'000'000, "2.5"}));
}

TEST_CASE("an instant looks back five minutes and no further") {
    Fixture api;
    api.page("old 1\n", start - 300 * nsPerSecond);
    api.page("young 1\n", start - 299 * nsPerSecond);
    CHECK(api.query("old").empty());
    CHECK(api.query("young").size() == 1);
}

TEST_CASE("a range selector gives the raw samples of its range") {
    Fixture api;
    for (int second = 0; second < 5; ++second)
        api.page("x " + std::to_string(second) + "\n", start + (second - 4) * nsPerSecond);
    const Json values = api.query("x%5B3s%5D").at(0).at("values");
    CHECK(values == Json::parse(R"([[1699999998,"2"],[1699999999,"3"],[1700000000,"4"]])"));
}

TEST_CASE("a range query steps from start to end inclusive") {
    Fixture api;
    api.page("x 1\n", start);
    api.page("x 2\n", start + 10 * nsPerSecond);
    const Json result =
        api.data("query_range", "query=x&start=1699999995&end=1700000015&step=5")["result"];
    CHECK(result.at(0).at("values") ==
          Json::parse(R"([[1700000000,"1"],[1700000005,"1"],[1700000010,"2"],[1700000015,"2"]])"));
}

TEST_CASE("the widest steps and ranges that there are still end") {
    Fixture api;
    api.page("x 1\n", start);
    const Json stepped =
        api.data("query_range", "query=x&start=0&end=9200000000&step=9200000000")["result"];
    CHECK(stepped.empty());
    const Json raw =
        api.data("query", "query=x%5B290y%5D&time=9200000000")["result"].at(0).at("values");
    CHECK(raw.size() == 1);
    CHECK(api.data("query", "query=x%5B290y%5D&time=-9200000000")["result"].empty());
}

TEST_CASE("a resource's target_info is known between its first and its last point") {
    Fixture api;
    api.otlp(request);
    api.otlp(std::regex_replace(std::string(request), std::regex("1700000000000000000"),
                                "1700003600000000000"));
    const Json range = api.data(
        "query_range", "query=target_info&start=1700000000&end=1700003600&step=600")["result"];
    CHECK(range.at(0).at("values").size() == 7);
}

TEST_CASE("a resource's target_info is known though its points arrived later than their time") {
    Fixture api;
    api.otlp(std::regex_replace(std::string(request), std::regex("1700000000000000000"),
                                "1699999990000000000"));
    CHECK(api.query("target_info").size() == 1);
}

TEST_CASE("series and labels are listed without reading their samples") {
    Fixture api;
    api.otlp(request);
    CHECK(api.data("series", "match[]=duration_seconds_bucket").size() == 3);
    CHECK(api.data("series", "match[]=wait").size() == 1);
    CHECK(api.data("series", "match[]=size").size() == 1);
    CHECK(api.data("label/__name__/values", "limit=2").size() == 2);
    CHECK(api.data("labels", "limit=1").size() == 1);
}

TEST_CASE("OTLP is answered in Prometheus names, and integers stay exact") {
    Fixture api;
    api.otlp(request);
    const Json orders = api.query("orders_total");
    REQUIRE(orders.size() == 1);
    CHECK(orders[0]["value"][1] == "9007199254740993");
    CHECK(orders[0]["metric"]["http_method"] == "GET");
    CHECK(orders[0]["metric"]["job"] == "basket");
    CHECK(orders[0]["metric"]["exported_job"] == "own");

    const Json info = api.query("target_info");
    REQUIRE(info.size() == 1);
    CHECK(info[0]["metric"]["process_pid"] == "42");
    CHECK(info[0]["metric"]["job"] == "basket");
}

TEST_CASE("a histogram has bucket, sum and count views, cumulative and with +Inf") {
    Fixture api;
    api.otlp(request);
    std::map<std::string, std::string> buckets;
    for (const Json& row : api.query("duration_seconds_bucket"))
        buckets[row["metric"]["le"]] = row["value"][1];
    CHECK(buckets ==
          std::map<std::string, std::string>{{"0.5", "1"}, {"1000000", "3"}, {"+Inf", "6"}});
    CHECK(api.query("duration_seconds_count").at(0)["value"][1] == "6");
    CHECK(api.query("duration_seconds_sum").at(0)["value"][1] == "12.5");
    CHECK(api.query("duration_seconds").empty());
    CHECK(api.query("duration_seconds_bucket%7Ble%3D%220.5%22%7D").size() == 1);
}

TEST_CASE("an exponential histogram is a native histogram") {
    Fixture api;
    api.otlp(request);
    const Json histogram = api.query("size").at(0).at("histogram").at(1);
    CHECK(histogram["count"] == "4");
    CHECK(histogram["sum"] == "9");
    // Offset 1 at scale 0 is the bucket (2, 4].
    CHECK(histogram["buckets"] == Json::parse(R"([[3,"-0","0","1"],[0,"2","4","3"]])"));
}

TEST_CASE("a summary has a series a quantile") {
    Fixture api;
    api.otlp(request);
    const Json rows = api.query("wait");
    REQUIRE(rows.size() == 1);
    CHECK(rows[0]["metric"]["quantile"] == "0.5");
    CHECK(api.query("wait_count").at(0)["value"][1] == "2");
}

TEST_CASE("a page's own spelling of le comes back") {
    Fixture api;
    api.page("# TYPE h histogram\nh_bucket{le=\"1.0\"} 1\nh_bucket{le=\"+Inf\"} 2\nh_sum 3\n"
             "h_count 2\n");
    std::vector<std::string> bounds;
    for (const Json& row : api.query("h_bucket"))
        bounds.push_back(row["metric"]["le"]);
    CHECK(bounds == std::vector<std::string>{"1.0", "+Inf"});
}

TEST_CASE("series, labels and label values list what matches") {
    Fixture api;
    api.page("a{x=\"1\"} 1\na{x=\"2\"} 1\nb{y=\"3\"} 1\n");
    CHECK(api.data("series", "match[]=a").size() == 2);
    CHECK(api.data("series", "match[]=a&match[]=b").size() == 3);
    CHECK(api.data("series", "match[]=a&match[]=a").size() == 2);
    CHECK(api.data("labels") == Json{"__name__", "instance", "job", "origin", "x", "y"});
    CHECK(api.data("labels", "match[]=b") == Json{"__name__", "instance", "job", "origin", "y"});
    CHECK(api.data("label/x/values") == Json{"1", "2"});
    CHECK(api.data("label/__name__/values") == Json{"a", "b"});
    CHECK(api.data("series", "match[]=a&start=1700000001").empty());
}

TEST_CASE("labels are those of the window that is asked about") {
    Fixture api;
    api.page("a{x=\"1\"} 1\n", start - 1000 * nsPerSecond);
    api.page("b{x=\"2\",y=\"3\"} 1\n");
    CHECK(api.data("label/x/values") == Json{"1", "2"});
    CHECK(api.data("label/x/values", "start=1699999900") == Json{"2"});
    CHECK(api.data("label/y/values", "start=1699999900&end=1700000000") == Json{"3"});
    // It ended before there was data, or before some of it.
    CHECK(api.data("labels", "end=1600000000").empty());
    CHECK(api.data("label/x/values", "end=1600000000").empty());
    CHECK(api.data("label/x/values", "end=1699999100") == Json{"1"});
    CHECK(api.data("labels", "end=1699999100") ==
          Json{"__name__", "instance", "job", "origin", "x"});
}

TEST_CASE("what a view makes of buckets and quantiles comes before a series' own label") {
    Fixture api;
    api.otlp(R"({"resourceMetrics":[{"scopeMetrics":[{"metrics":[
        {"name":"h","histogram":{"aggregationTemporality":2,"dataPoints":[
          {"timeUnixNano":"1700000000000000000","count":"3","sum":2,"bucketCounts":["1","2"],
           "explicitBounds":[0.5],"attributes":[{"key":"le","value":{"stringValue":"own"}},
             {"key":"exported_le","value":{"stringValue":"mine"}}]}]}},
        {"name":"s","summary":{"dataPoints":[{"timeUnixNano":"1700000000000000000","count":"3",
           "sum":2,"quantileValues":[{"quantile":0.5,"value":1}],
           "attributes":[{"key":"quantile","value":{"stringValue":"own"}}]}]}}]}]}]})");
    const Json buckets = api.query("h_bucket");
    REQUIRE(buckets.size() == 2);
    for (const Json& row : buckets) {
        CHECK(row["metric"]["le"] != "own");
        CHECK(row["metric"]["exported_exported_le"] == "own");
        CHECK(row["metric"]["exported_le"] == "mine");
    }
    const Json quantiles = api.query("s%7Bexported_quantile%3D%22own%22%7D");
    REQUIRE(quantiles.size() == 1);
    CHECK(quantiles[0]["metric"]["quantile"] == "0.5");
    // The views that make none keep it.
    CHECK(api.query("h_count%7Ble%3D%22own%22%7D").size() == 1);
    CHECK(api.query("s_sum%7Bquantile%3D%22own%22%7D").size() == 1);
    CHECK(api.data("label/exported_quantile/values") == Json{"own"});
    CHECK(api.data("label/exported_exported_le/values") == Json{"own"});
    CHECK(api.data("label/le/values") == Json{"+Inf", "0.5", "own"});
    CHECK(api.data("labels") == api.data("labels", "match[]=%7B__name__!%3D%22%22%7D"));
}

TEST_CASE("metadata has the type, unit and help of each name") {
    Fixture api;
    api.otlp(request);
    api.page("# HELP a Help of a.\n# TYPE a counter\na 1\n");
    const Json metadata = api.data("metadata");
    CHECK(metadata["a"] == Json::parse(R"([{"type":"counter","help":"Help of a.","unit":""}])"));
    CHECK(metadata["duration_seconds"][0]["type"] == "histogram");
    CHECK(metadata["duration_seconds"][0]["unit"] == "seconds");
    CHECK(api.data("metadata", "metric=a").size() == 1);
    CHECK(api.data("metadata", "limit=2").size() == 2);
}

TEST_CASE("the catalog keeps original names and typed attributes") {
    Fixture api;
    api.otlp(request);
    const Json catalog = api.data("catalog");
    for (const Json& metric : catalog["metrics"]) {
        if (metric["original_name"] != "orders")
            continue;
        CHECK(metric["name"] == "orders_total");
        CHECK(metric["type"] == "sum");
        CHECK(metric["monotonic"] == true);
        CHECK(metric["temporality"] == "cumulative");
        CHECK(metric["origin"] == "otlp-http");
        CHECK(metric["resource"]["attributes"]["process.pid"] == 42);
        CHECK(metric["scope"]["name"] == "meter");
        CHECK(metric["series"] == 1);
        return;
    }
    FAIL("orders is missing");
}

TEST_CASE("what cannot be answered is refused in Prometheus' envelope") {
    struct Row {
        const char* path;
        const char* query;
        int status;
        const char* type;
    };
    const std::vector<Row> rows{
        {"/api/v1/query", "", 400, "bad_data"},
        {"/api/v1/query", "query=rate(x%5B5m%5D)", 400, "bad_data"},
        {"/api/v1/query", "query=x&time=noon", 400, "bad_data"},
        {"/api/v1/query", "query=%zz", 400, "bad_data"},
        {"/api/v1/query_range", "query=x&start=1&end=2", 400, "bad_data"},
        {"/api/v1/query_range", "query=x&start=2&end=1&step=1", 400, "bad_data"},
        {"/api/v1/query_range", "query=x&start=0&end=20000&step=1", 400, "bad_data"},
        {"/api/v1/query_range", "query=x&start=-9200000000&end=9200000000&step=0.001", 400,
         "bad_data"},
        {"/api/v1/labels", "limit=x", 400, "bad_data"},
        {"/api/v1/query_range", "query=x%5B1m%5D&start=0&end=2&step=1", 400, "bad_data"},
        {"/api/v1/series", "", 400, "bad_data"},
        {"/api/v1/series", "match[]=%7B%7D", 400, "bad_data"},
        {"/api/v1/metadata", "limit=-1", 400, "bad_data"},
        {"/api/v1/nothing", "", 404, "not_found"},
    };
    Fixture api;
    for (const Row& row : rows) {
        CAPTURE(row.path);
        CAPTURE(row.query);
        const HttpResponse response = api.get(row.path, row.query);
        CHECK(response.status == row.status);
        const Json body = Json::parse(response.body);
        CHECK(body["status"] == "error");
        CHECK(body["errorType"] == row.type);
        CHECK_FALSE(body["error"].get<std::string>().empty());
    }
}

TEST_CASE("a query may be posted as a form, and only as a form") {
    Fixture api;
    api.page("x 1\n");
    const HttpResponse answer =
        api.post("/api/v1/query", "application/x-www-form-urlencoded; charset=utf-8",
                 "query=x&time=1700000000");
    CHECK(Json::parse(answer.body)["data"]["result"].size() == 1);
    CHECK(api.post("/api/v1/query", "application/json", "{}").status == 415);
    CHECK(api.post("/metrics", "", "").status == 405);
}

TEST_CASE("our own metrics are a page that our own parser reads") {
    Fixture api;
    api.page("x 1\n");
    RawRecord record;
    record.body = std::make_shared<const std::string>(api.get("/metrics").body);
    const Result<Batch> batch = decodeExposition(record);
    REQUIRE_MESSAGE(batch.ok(), batch.error().text());
    CHECK(batch->rejections.empty());
    CHECK(record.body->find("\nsightglass_series 3\n") != std::string::npos);
}

TEST_CASE("the ring tells what it holds of each origin, and since when it lets go") {
    Fixture api;
    api.page("x 1\ny 2\n");
    const Json ring = api.data("ring");
    CHECK(ring["series"] == 2);
    CHECK(ring["samples"] == 2);
    CHECK(ring["limitBytes"] == 64 << 20);
    CHECK(ring["bytes"] > 0);
    CHECK(ring["oldestSampleMs"] == start / nsPerMs);
    CHECK(ring["evictionBeganMs"].is_null());
    REQUIRE(ring["origins"].size() == 1);
    CHECK(ring["origins"][0]["origin"] == "scrape http://127.0.0.1:1/metrics");
    CHECK(ring["origins"][0]["samples"] == 2);
    CHECK(ring["limitedMetrics"].empty());
}
