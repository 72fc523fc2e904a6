// SPDX-License-Identifier: GPL-3.0-or-later
#include <doctest/doctest.h>

#include "tests/unit/codec_exposition/page_support.h"

using namespace sightglass;
using namespace sightglass::test;

using Lines = std::vector<std::string>;

TEST_CASE("histograms are put together, one point a label set") {
    struct Row {
        const char* page;
        Lines expected;
    };
    const Row rows[] = {
        {"# TYPE h histogram\n"
         "h_bucket{le=\"0.5\"} 1\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 3\n"
         "h_sum 4.5\nh_count 3\n",
         {"histogram h{} count=3 sum=4.5 [0.5:1 1:0 +Inf:2]"}},
        // Two label sets, `le` first, last and in the middle, buckets out of order.
        {"# TYPE h histogram\n"
         "h_bucket{le=\"+Inf\",a=\"x\",b=\"1\"} 5\nh_bucket{a=\"x\",le=\"1\",b=\"1\"} 2\n"
         "h_bucket{a=\"y\",b=\"1\",le=\"1\"} 0\nh_bucket{a=\"y\",b=\"1\",le=\"+Inf\"} 0\n"
         "h_count{a=\"y\",b=\"1\"} 0\nh_count{b=\"1\",a=\"x\"} 5\n"
         "h_sum{a=\"x\",b=\"1\"} NaN\n",
         {"histogram h{b=1,a=x} count=5 sum=NaN [1:2 +Inf:3]",
          "histogram h{a=y,b=1} count=0 sum=- [1:0 +Inf:0]"}},
        // Samples anywhere on the page, TYPE behind them.
        {"h_count 2\nother 1\nh_bucket{le=\"Inf\"} 2\n# TYPE h histogram\n",
         {"unknown other{} 1", "histogram h{} count=2 sum=- [Inf:2]"}},
        // With times: one point a time.
        {"# TYPE h histogram\n"
         "h_bucket{le=\"+Inf\"} 1 1000\nh_count 1 1000\nh_bucket{le=\"+Inf\"} 2 2000\nh_count 2 "
         "2000\n",
         {"histogram h{} count=1 sum=- [+Inf:1] @1000",
          "histogram h{} count=2 sum=- [+Inf:2] @2000"}},
        {"# TYPE \"h.x\" histogram\n{\"h.x_bucket\",le=\"+Inf\"} 1\n{\"h.x_count\"} 1\n",
         {"histogram h.x{} count=1 sum=- [+Inf:1]"}},
    };
    for (const Row& row : rows) {
        CAPTURE(row.page);
        CHECK(describe(row.page) == row.expected);
    }
}

TEST_CASE("a histogram that is not whole stays what the page has") {
    struct Row {
        const char* samples;
        Lines expected;
    };
    const Row rows[] = {
        // no +Inf
        {"h_bucket{le=\"1\"} 1\nh_sum 1\nh_count 1\n",
         {"unknown h_bucket{le=1} 1", "unknown h_sum{} 1", "unknown h_count{} 1"}},
        // no count
        {"h_bucket{le=\"+Inf\"} 1\nh_sum 1\n",
         {"unknown h_bucket{le=+Inf} 1", "unknown h_sum{} 1"}},
        // no buckets
        {"h_sum 1\nh_count 1\n", {"unknown h_sum{} 1", "unknown h_count{} 1"}},
        // falling counts
        {"h_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 1\nh_count 1\n",
         {"unknown h_bucket{le=1} 2", "unknown h_bucket{le=+Inf} 1", "unknown h_count{} 1"}},
        // no whole count
        {"h_bucket{le=\"1\"} 0.5\nh_bucket{le=\"+Inf\"} 1\nh_count 1\n",
         {"unknown h_bucket{le=1} 0.5", "unknown h_bucket{le=+Inf} 1", "unknown h_count{} 1"}},
        {"h_bucket{le=\"+Inf\"} NaN\nh_count NaN\n",
         {"unknown h_bucket{le=+Inf} NaN", "unknown h_count{} NaN"}},
        {"h_bucket{le=\"+Inf\"} -1\nh_count -1\n",
         {"unknown h_bucket{le=+Inf} -1", "unknown h_count{} -1"}},
        // count and +Inf differ
        {"h_bucket{le=\"+Inf\"} 2\nh_count 3\n",
         {"unknown h_bucket{le=+Inf} 2", "unknown h_count{} 3"}},
        // one bound in two spellings
        {"h_bucket{le=\"1\"} 1\nh_bucket{le=\"1.0\"} 1\nh_bucket{le=\"+Inf\"} 1\nh_count 1\n",
         {"unknown h_bucket{le=1} 1", "unknown h_bucket{le=1.0} 1", "unknown h_bucket{le=+Inf} 1",
          "unknown h_count{} 1"}},
        // a bound that is no number, a bucket without one: the rest is whole
        {"h_bucket{le=\"x\"} 1\nh_bucket 7\nh_bucket{le=\"+Inf\"} 1\nh_count 1\n",
         {"histogram h{} count=1 sum=- [+Inf:1]", "unknown h_bucket{le=x} 1",
          "unknown h_bucket{} 7"}},
        // a sample under the bare name
        {"h 3\nh_bucket{le=\"+Inf\"} 1\nh_count 1\n",
         {"unknown h{} 3", "histogram h{} count=1 sum=- [+Inf:1]"}},
        // times that differ within one
        {"h_bucket{le=\"+Inf\"} 1 1000\nh_count 1 2000\n",
         {"unknown h_bucket{le=+Inf} 1 @1000", "unknown h_count{} 1 @2000"}},
    };
    for (const Row& row : rows) {
        CAPTURE(row.samples);
        CHECK(describe(std::string("# HELP h Help.\n# TYPE h histogram\n") + row.samples) ==
              row.expected);
    }
    const Result<Batch> page = decode("# HELP h Help.\n# TYPE h histogram\nh_sum 1\n");
    REQUIRE(page.ok());
    CHECK(page->metrics[0].descriptor.description == "Help.");
}

TEST_CASE("one broken label set leaves the others whole") {
    CHECK(describe("# TYPE h histogram\n"
                   "h_bucket{a=\"1\",le=\"+Inf\"} 1\nh_count{a=\"1\"} 1\n"
                   "h_bucket{a=\"2\",le=\"5\"} 1\nh_count{a=\"2\"} 1\n"
                   "h_bucket{a=\"3\",le=\"+Inf\"} 3\nh_count{a=\"3\"} 3\n") ==
          Lines{"histogram h{a=1} count=1 sum=- [+Inf:1]",
                "histogram h{a=3} count=3 sum=- [+Inf:3]", "unknown h_bucket{a=2,le=5} 1",
                "unknown h_count{a=2} 1"});
}

TEST_CASE("series of one histogram share their bounds") {
    const Result<Batch> page = decode("# TYPE h histogram\n"
                                      "h_bucket{a=\"1\",le=\"0.5\"} 0\n"
                                      "h_bucket{a=\"1\",le=\"+Inf\"} 1\nh_count{a=\"1\"} 1\n"
                                      "h_bucket{a=\"2\",le=\"0.5\"} 0\n"
                                      "h_bucket{a=\"2\",le=\"+Inf\"} 1\nh_count{a=\"2\"} 1\n");
    REQUIRE(page.ok());
    REQUIRE(page->histogramPoints.size() == 2);
    CHECK(page->doubles.size() == 1);
    CHECK(page->texts.size() == 2);
    CHECK(page->histogramPoints[1].bounds.begin == page->histogramPoints[0].bounds.begin);
    CHECK(page->metrics[0].descriptor.temporality == Temporality::Cumulative);
}

TEST_CASE("summaries are put together, with or without sum and count") {
    struct Row {
        const char* page;
        Lines expected;
    };
    const Row rows[] = {
        {"# TYPE s summary\ns{quantile=\"0.9\"} 2\ns{quantile=\"0.50\"} NaN\ns_sum 10\ns_count 4\n",
         {"summary s{} count=4 sum=10 [0.50:NaN 0.9:2]"}},
        {"# TYPE s summary\ns{a=\"x\",quantile=\"0.5\"} 1\ns{quantile=\"0.5\",a=\"y\",b=\"z\"} 2\n",
         {"summary s{a=x} count=- sum=- [0.5:1]", "summary s{a=y,b=z} count=- sum=- [0.5:2]"}},
        {"# TYPE s summary\ns_count 4\n", {"summary s{} count=4 sum=- []"}},
        {"# TYPE s summary\ns_sum -4\n", {"summary s{} count=- sum=-4 []"}},
        // no quantile label, no number in it, no whole count
        {"# TYPE s summary\ns 4\n", {"unknown s{} 4"}},
        {"# TYPE s summary\ns{quantile=\"x\"} 4\n", {"unknown s{quantile=x} 4"}},
        {"# TYPE s summary\ns{quantile=\"0.5\"} 4\ns_sum 1\ns_count 1.5\n",
         {"unknown s{quantile=0.5} 4", "unknown s_sum{} 1", "unknown s_count{} 1.5"}},
    };
    for (const Row& row : rows) {
        CAPTURE(row.page);
        CHECK(describe(row.page) == row.expected);
    }
}

TEST_CASE("a name with a type of its own is no part of another family") {
    CHECK(describe("# TYPE h histogram\n# TYPE h_count counter\n"
                   "h_bucket{le=\"+Inf\"} 1\nh_count 1\n") ==
          Lines{"unknown h_bucket{le=+Inf} 1", "counter h_count{} 1"});
    // Suffixes mean nothing without a histogram or summary.
    CHECK(describe("# TYPE x gauge\nx_bucket{le=\"1\"} 1\nx_sum 1\nx_count 1\n") ==
          Lines{"unknown x_bucket{le=1} 1", "unknown x_sum{} 1", "unknown x_count{} 1"});
    CHECK(describe("# TYPE s summary\ns_bucket{le=\"1\"} 1\n") ==
          Lines{"unknown s_bucket{le=1} 1"});
}

TEST_CASE("a family's samples may be interleaved with others") {
    CHECK(describe("# TYPE a counter\na{i=\"1\"} 1\nb 2\na{i=\"2\"} 3\nb{x=\"y\"} 4\n") ==
          Lines{"counter a{i=1} 1", "counter a{i=2} 3", "unknown b{} 2", "unknown b{x=y} 4"});
}
