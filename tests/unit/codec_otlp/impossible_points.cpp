// SPDX-License-Identifier: GPL-3.0-or-later
#include "impossible_points.h"

namespace sightglass::test {

namespace {

std::string gauge(const std::string& points) {
    return R"({"name":"g","gauge":{"dataPoints":[)" + points + "]}}";
}
std::string histogram(const std::string& members) {
    return R"({"name":"h","histogram":{"dataPoints":[{"timeUnixNano":"9","count":"1",)" + members +
           "}]}}";
}
std::string exponential(const std::string& members) {
    return R"({"name":"e","exponentialHistogram":{"dataPoints":[{"timeUnixNano":"9","count":"1",)" +
           members + "}]}}";
}
std::string summary(const std::string& quantiles) {
    return R"({"name":"s","summary":{"dataPoints":[{"timeUnixNano":"9","quantileValues":[)" +
           quantiles + "]}]}}";
}
std::string exemplar(const std::string& members) {
    return gauge(R"({"timeUnixNano":"9","asInt":"1","exemplars":[{)" + members + "}]}");
}
const std::string good = R"({"timeUnixNano":"9","asInt":"1"})";

} // namespace

std::string requestOf(const std::string& metrics) {
    return R"({"resourceMetrics":[{"scopeMetrics":[{"metrics":[)" + metrics + "]}]}]}";
}

const std::vector<ImpossiblePoint>& impossiblePoints() {
    static const std::vector<ImpossiblePoint> rows = {
        {R"({"gauge":{"dataPoints":[)" + good + "," + good + "]}}", "no-name", 2, 0},
        {R"({"name":"","gauge":{"dataPoints":[)" + good + "]}}," + gauge(good), "no-name", 1, 1},
        {R"({"name":"x"})", "no-data", 0, 0},
        {R"({"name":"x"},)" + gauge(good), "no-data", 0, 1},
        {gauge(R"({"asInt":"1"})"), "no-time"},
        {gauge(good + R"(,{"asInt":"1"},)" + good), "no-time", 1, 2},
        {gauge(R"({"timeUnixNano":"9223372036854775808","asInt":"1"})"), "time-out-of-range"},
        {gauge(R"({"timeUnixNano":"9","startTimeUnixNano":"18446744073709551615","asInt":"1"})"),
         "time-out-of-range"},
        {gauge(R"({"timeUnixNano":"9"})"), "no-value"},
        {gauge(R"({"timeUnixNano":"9","flags":2})"), "no-value"},
        {histogram(R"("bucketCounts":["1","2"],"explicitBounds":[1,2])"), "bucket-count-mismatch"},
        {histogram(R"("bucketCounts":["1","2","3"],"explicitBounds":[1])"),
         "bucket-count-mismatch"},
        {histogram(R"("explicitBounds":[1])"), "bucket-count-mismatch"},
        {histogram(R"("bucketCounts":["1","2","3"],"explicitBounds":[1,1])"),
         "bounds-not-increasing"},
        {histogram(R"("bucketCounts":["1","2","3"],"explicitBounds":[2,1])"),
         "bounds-not-increasing"},
        {histogram(R"("bucketCounts":["1","2"],"explicitBounds":["NaN"])"), "bounds-not-finite"},
        {histogram(R"("bucketCounts":["1","2"],"explicitBounds":["Infinity"])"),
         "bounds-not-finite"},
        {exponential(R"("scale":21)"), "bad-scale"},
        {exponential(R"("scale":-12)"), "bad-scale"},
        {exponential(R"("positive":{"offset":2147483646,"bucketCounts":["1","1"]})"),
         "bad-bucket-offset"},
        {exponential(R"("negative":{"offset":2147483647,"bucketCounts":["1"]})"),
         "bad-bucket-offset"},
        {exponential(R"("zeroThreshold":-1)"), "bad-zero-threshold"},
        {exponential(R"("zeroThreshold":"NaN")"), "bad-zero-threshold"},
        {summary(R"({"quantile":1.5,"value":1})"), "bad-quantile"},
        {summary(R"({"quantile":-0.1,"value":1})"), "bad-quantile"},
        {summary(R"({"quantile":"NaN","value":1})"), "bad-quantile"},
        {exemplar(R"("asInt":"1","traceId":"0102")"), "bad-trace-id", 1, 0, false},
        {exemplar(R"("asInt":"1","spanId":"01020304")"), "bad-span-id", 1, 0, false},
    };
    return rows;
}

} // namespace sightglass::test
