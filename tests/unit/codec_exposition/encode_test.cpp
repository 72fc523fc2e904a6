// SPDX-License-Identifier: GPL-3.0-or-later
#include <doctest/doctest.h>

#include "tests/unit/codec_exposition/page_support.h"

using namespace sightglass;
using namespace sightglass::test;

TEST_CASE("a page read and written again says the same") {
    for (const char* page : {
             "# HELP a One \\\\ two\\nthree \"four\"\n# TYPE a counter\na{b=\"x\\\"y\\\\z\\n\"} 1\n"
             "a 1e+300\n",
             "# TYPE g gauge\ng NaN\ng{a=\"1\",b=\"2\"} -Inf\n",
             "# HELP u Untyped.\nu 0.1 1000\n",
             "# TYPE h histogram\nh_bucket{a=\"b\",le=\"0.50\"} 1\nh_bucket{a=\"b\",le=\"+Inf\"} "
             "3\n"
             "h_sum{a=\"b\"} 2.5\nh_count{a=\"b\"} 3\n",
             "# TYPE s summary\ns{quantile=\"0.50\"} 1\ns_sum 2\ns_count 3\n",
             "# TYPE s summary\ns{a=\"b\",quantile=\"0.50\"} 1\n",
             "# HELP \"a.b\" Dots.\n# TYPE \"a.b\" gauge\n{\"a.b\"} 1\n{\"a.b\",\"c d\"=\"e\"} 2\n",
             "# TYPE \"h.x\" histogram\n{\"h.x_bucket\",le=\"+Inf\"} 1\n{\"h.x_count\"} 1\n",
         }) {
        CAPTURE(page);
        Result<Batch> batch = decode(page);
        REQUIRE(batch.ok());
        // Points that the page gave no time are to get none again.
        const auto untimed = [](auto& points) {
            for (auto& point : points) {
                if (point.time == receivedAt)
                    point.time = 0;
            }
        };
        untimed(batch->numberPoints);
        untimed(batch->histogramPoints);
        untimed(batch->summaryPoints);
        CHECK(encodeExposition(*batch) == page);
    }
}

TEST_CASE("what OTLP has and a page has not is written as well as it can be") {
    Batch batch;
    const auto add = [&batch](std::string_view name, MetricType type, Slice points) {
        MetricBlock& block = batch.metrics.emplace_back();
        block.descriptor.name = name;
        block.descriptor.type = type;
        block.points = points;
    };
    NumberPoint whole;
    whole.value = Number::of(std::int64_t{9007199254740993});
    batch.attributes.push_back({"n", Value::integer(7)});
    whole.attributes = {0, 1};
    NumberPoint stale;
    stale.flags = noRecordedValueFlag;
    batch.numberPoints = {whole, stale};
    add("up_down", MetricType::Sum, {0, 2});

    HistogramPoint histogram;
    histogram.count = 3;
    batch.doubles = {0.5};
    batch.counts = {1, 2};
    histogram.bounds = {0, 1};
    histogram.bucketCounts = {0, 2};
    HistogramPoint bare;
    bare.count = 2;
    bare.hasSum = true;
    bare.sum = 4;
    batch.histogramPoints = {histogram, bare};
    add("h", MetricType::Histogram, {0, 2});

    ExponentialHistogramPoint exponential;
    exponential.count = 5;
    exponential.hasSum = true;
    exponential.sum = 1.5;
    batch.exponentialPoints = {exponential};
    add("e", MetricType::ExponentialHistogram, {0, 1});

    SummaryPoint summary;
    summary.count = 1;
    batch.quantiles = {{0.25, 8}};
    summary.quantiles = {0, 1};
    batch.summaryPoints = {summary};
    add("s", MetricType::Summary, {0, 1});

    CHECK(encodeExposition(batch) == "# TYPE up_down gauge\nup_down{n=\"7\"} 9007199254740993\n"
                                     "# TYPE h histogram\n"
                                     "h_bucket{le=\"0.5\"} 1\nh_bucket{le=\"+Inf\"} 3\nh_count 3\n"
                                     "h_bucket{le=\"+Inf\"} 2\nh_sum 4\nh_count 2\n"
                                     "# TYPE e histogram\n"
                                     "e_bucket{le=\"+Inf\"} 5\ne_sum 1.5\ne_count 5\n"
                                     "# TYPE s summary\n"
                                     "s{quantile=\"0.25\"} 8\ns_sum 0\ns_count 1\n");
}
