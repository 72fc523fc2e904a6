// SPDX-License-Identifier: GPL-3.0-or-later
#include <doctest/doctest.h>

#include <string>

#include "tests/unit/codec_exposition/page_support.h"

using namespace sightglass;
using namespace sightglass::test;
using namespace std::string_literals;

using Lines = std::vector<std::string>;

TEST_CASE("what Prometheus accepts is read as Prometheus reads it") {
    // The outcomes are those of Prometheus 2.42 scraping these pages, and of Prometheus 3 for
    // quoted names; a blank before a name is let pass as Prometheus 3 does, but is no part of it.
    struct Row {
        std::string page;
        Lines expected;
    };
    const Row rows[] = {
        {"", {}},
        {"\n\n", {}},
        {"a 1\n", {"unknown a{} 1"}},
        {"a 1", {"unknown a{} 1"}},
        {" a 1\n\ta 2 5\n  \t \n", {"unknown a{} 1", "unknown a{} 2 @5"}},
        {"a+1\n", {"unknown a{} 1"}},
        {"a-1\n", {"unknown a{} -1"}},
        {"a\t1\t\n", {"unknown a{} 1"}},
        {"a 1  \n", {"unknown a{} 1"}},
        {"a 1 1000 \n", {"unknown a{} 1 @1000"}},
        {"a 1\t1000", {"unknown a{} 1 @1000"}},
        {"a:b 1\n", {"unknown a:b{} 1"}},
        {"a{} 1\n", {"unknown a{} 1"}},
        {"a{b=\"c\"}1\n", {"unknown a{b=c} 1"}},
        {"a {b=\"c\"} 1\n", {"unknown a{b=c} 1"}},
        {"a{b=\"c\",} 1\n", {"unknown a{b=c} 1"}},
        {"a{b=\"c\"d=\"e\"} 1\n", {"unknown a{b=c,d=e} 1"}},
        {"a{b=\"c\" d=\"e\"} 1\n", {"unknown a{b=c,d=e} 1"}},
        {"a{ b = \"c\" , } 1 \n", {"unknown a{b=c} 1"}},
        {"a{_b=\"c\",B9=\"d\"} 1\n", {"unknown a{_b=c,B9=d} 1"}},
        {"a{b=\"x\ny\"} 1\nb 2", {"unknown a{b=x\ny} 1", "unknown b{} 2"}},
        {R"(a{b="\q\n\\\""} 1)", {"unknown a{b=\\q\n\\\"} 1"}},
        {"a{b=\"\",c=\"d\"} 1\n", {"unknown a{c=d} 1"}},
        {"a{b=\"\",b=\"c\"} 1\n", {"unknown a{b=c} 1"}},
        {"a{b=\"caf\xC3\xA9\"} 1\n", {"unknown a{b=caf\xC3\xA9} 1"}},
        {"a{b=\"x\0y\"} 1\n"s, {"unknown a{b=x\0y} 1"s}},
        {"a Inf\nb nan\nc -Inf\n", {"unknown a{} +Inf", "unknown b{} NaN", "unknown c{} -Inf"}},
        {"a 123456789012345\nb 1234567890123456\n",
         {"unknown a{} 123456789012345", "unknown b{} 1234567890123456"}},
        {"a -0\n", {"unknown a{} -0"}},
        {"#\n#x\n# x\n#HELP\n# HELP\n# HELPER x\n#TYPE a foo\n# UNIT a foo\n# EOF\na 1\n",
         {"unknown a{} 1"}},
        {"# x\0y\na 1\n"s, {"unknown a{} 1"}},
        {"#\tTYPE\ta\tgauge\na 1\n", {"gauge a{} 1"}},
        {" # TYPE a gauge\na 1\n", {"gauge a{} 1"}},
        {"# TYPE a{counter\na 1\n", {"counter a{} 1"}},
        {"# TYPE a untyped\na 1\n", {"unknown a{} 1"}},
        {"# TYPE a gauge\n# TYPE a counter\na 1\n", {"counter a{} 1"}},
        {"a 1\n# TYPE a gauge\n", {"gauge a{} 1"}},
        {"# HELP a x\r\na 1\n", {"unknown a{} 1"}},
        {"# HELP a{x\na 1\n", {"unknown a{} 1"}},
        {"# TYPE a gauge", {}},
        // Quoted names.
        {"a{\"x y\"=\"1\",b=\"2\"} 1\na{c=\"1\",b=\"2\"} 2\n",
         {"unknown a{x y=1,b=2} 1", "unknown a{c=1,b=2} 2"}},
        {"{\"a\"} 1\n", {"unknown a{} 1"}},
        {"{\"a.b\",c=\"d\"} 1\n", {"unknown a.b{c=d} 1"}},
        {"{ \"a.b\" , c = \"d\" , } 1\n", {"unknown a.b{c=d} 1"}},
        {"{c=\"d\",\"a.b\"} 1\n", {"unknown a.b{c=d} 1"}},
        {"a{\"b.c\"=\"d\"} 1\n", {"unknown a{b.c=d} 1"}},
        {R"({"a \"b\"\n","c\\d"="e"} 1)", {"unknown a \"b\"\n{c\\d=e} 1"}},
        {"# TYPE \"a.b\" counter\n{\"a.b\"} 1\n", {"counter a.b{} 1"}},
        {"# TYPE a counter\n{\"a\"} 1\na{b=\"c\"} 2", {"counter a{} 1", "counter a{b=c} 2"}},
    };
    for (const Row& row : rows) {
        CAPTURE(row.page);
        CHECK(describe(row.page) == row.expected);
    }
}

TEST_CASE("a bad line fails the page, with its line, column and reason") {
    struct Row {
        std::string page;
        const char* error;
    };
    const Row rows[] = {
        {"a\n", "expected a value after the metric, found the end of the line (line 1, column 2)"},
        {"a", "expected a value after the metric, found the end of the page (line 1, column 2)"},
        {"x 1\n\n9a 1\n",
         "expected a metric name, a comment or an empty line, found \"9\" (line 3, column 1)"},
        {"<html>\n",
         "expected a metric name, a comment or an empty line, found \"<\" (line 1, column 1)"},
        {"\r\n",
         "expected a metric name, a comment or an empty line, found a carriage return (lines must "
         "end in a line feed alone) (line 1, column 1)"},
        {"a 1\r\n", "expected a number as value, found \"1\\r\" (line 1, column 3)"},
        {"# TYPE a counter\r\n", "invalid metric type \"counter\\r\" (line 1, column 10)"},
        {"caf\xC3\xA9 1\n", "expected a number as value, found \"\xC3\xA9\" (line 1, column 4)"},
        {"a.b 1\n", "expected a number as value, found \".b\" (line 1, column 2)"},
        {"a true\n", "expected a number as value, found \"true\" (line 1, column 3)"},
        {"a 1_2\n", "expected a number as value, found \"1_2\" (line 1, column 3)"},
        {"a 0x1p-3\n", "expected a number as value, found \"0x1p-3\" (line 1, column 3)"},
        {"a 1e999\n", "expected a number as value, found \"1e999\" (line 1, column 3)"},
        {"a=1\n", "expected a number as value, found \"=1\" (line 1, column 2)"},
        {"a\0 1\n"s, "expected a number as value, found \"\\u0000\" (line 1, column 2)"},
        {"\0\na 1\n"s, "a NUL byte, at which Prometheus would stop reading (line 1, column 1)"},
        {"a{,} 1\n", "expected a label name, found \",\" (line 1, column 3)"},
        {"a{b=\"c\",,d=\"e\"} 1\n", "expected a label name, found \",\" (line 1, column 9)"},
        {"a{9b=\"x\"} 1\n", "expected a label name, found \"9\" (line 1, column 3)"},
        {"a{=\"\"} 1\n", "expected a label name, found \"=\" (line 1, column 3)"},
        {"a{\xFF=\"x\"} 1\n", "expected a label name, found \"\xEF\xBF\xBD\" (line 1, column 3)"},
        {"a{", "expected a label name, found the end of the page (line 1, column 3)"},
        {"a{b=\"c\"", "expected a label name, found the end of the page (line 1, column 8)"},
        {"a{b=\"c\"\nb 1", "expected a label name, found the end of the line (line 1, column 8)"},
        {"a{b} 1\n", "expected '=' after the label name, found \"}\" (line 1, column 4)"},
        {"a{c:d=\"x\"} 1\n", "expected '=' after the label name, found \":\" (line 1, column 4)"},
        {"a{caf\xC3\xA9=\"1\"} 1\n",
         "expected '=' after the label name, found \"\xC3\xA9\" (line 1, column 6)"},
        {"a{b='c'} 1\n", "expected a label value in quotes, found \"'\" (line 1, column 5)"},
        {"a{b=\n",
         "expected a label value in quotes, found the end of the line (line 1, column 5)"},
        {"a{b=\"c", "the quote is never closed (line 1, column 5)"},
        {"a{b=\"c\\", "a backslash at the end of the line within quotes (line 1, column 7)"},
        {"a{b=\"x\\\ny\"} 1\n",
         "a backslash at the end of the line within quotes (line 1, column 7)"},
        {"a{b=\"x\ny\xFF\"} 1\n", "the text in quotes is not valid UTF-8 (line 2, column 2)"},
        {"a{b=\"\\\xFF\"} 1\n", "the text in quotes is not valid UTF-8 (line 1, column 7)"},
        {"a{b=\"c\",b=\"d\"} 1\n", "label name \"b\" is given twice (line 1, column 14)"},
        {"a{__name__=\"b\"} 1\n", "label name \"__name__\" is given twice (line 1, column 15)"},
        {"a{b=\"c\"}{d=\"e\"} 1\n",
         "expected a value after the metric, found \"{\" (line 1, column 9)"},
        {"a 1{b=\"c\"}\n",
         "expected a timestamp or the end of the line, found \"{\" (line 1, column 4)"},
        {"a 1 # {x=\"y\"} 2\n",
         "expected a timestamp or the end of the line, found \"#\" (line 1, column 5)"},
        {"a 1 -1000\n",
         "expected a timestamp or the end of the line, found \"-\" (line 1, column 5)"},
        {"a 1 1.5\n",
         "expected the end of the line after the timestamp, found \".\" (line 1, column 6)"},
        {"a 1 1_2\n",
         "expected the end of the line after the timestamp, found \"_\" (line 1, column 6)"},
        {"a 1 1000 2\n",
         "expected the end of the line after the timestamp, found \"2\" (line 1, column 10)"},
        {"a 1 99999999999999999999\n", "the timestamp does not fit 64 bits (line 1, column 5)"},
        {"{a=\"b\"} 1\n", "the sample has no metric name (line 1, column 1)"},
        {"{} 1\n", "the sample has no metric name (line 1, column 1)"},
        {"{\"a\",\"b\"} 1\n", "the metric name is given twice (line 1, column 6)"},
        {"a{\"b\"} 1\n", "the metric name is given twice (line 1, column 3)"},
        {"{\"\"} 1\n", "the metric name is empty (line 1, column 2)"},
        {"{\"a\",\"\"=\"b\"} 1\n", "the label name is empty (line 1, column 12)"},
        {"{\"a\" b=\"c\"} 1\n",
         "expected '=' after the label name, found \"b\" (line 1, column 6)"},
        {"{\"\xFF\"} 1\n", "the text in quotes is not valid UTF-8 (line 1, column 3)"},
        {"# HELP \na 1\n",
         "expected a metric name after HELP, found the end of the line (line 1, column 8)"},
        {"# HELP 9a x\n", "expected a metric name after HELP, found \"9\" (line 1, column 8)"},
        {"# TYPE #\n", "expected a metric name after TYPE, found \"#\" (line 1, column 8)"},
        {"# HELP a \xFF\n", "the help text is not valid UTF-8 (line 1, column 10)"},
        {"# TYPE a\n", "invalid metric type \"\" (line 1, column 9)"},
        {"# TYPE a", "invalid metric type \"\" (line 1, column 9)"},
        {"# TYPE a  counter\n", "invalid metric type \" counter\" (line 1, column 10)"},
        {"# TYPE a counter \n", "invalid metric type \"counter \" (line 1, column 10)"},
        {"# TYPE a unknown\n", "invalid metric type \"unknown\" (line 1, column 10)"},
        {"# TYPE a Counter\n", "invalid metric type \"Counter\" (line 1, column 10)"},
        {"#  TYPE a info\n", "invalid metric type \"info\" (line 1, column 11)"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.page);
        const Result<Batch> page = decode(row.page);
        REQUIRE_FALSE(page.ok());
        CHECK(page.error().text() == row.error);
        CHECK(page.error().code == ErrorCode::InvalidArgument);
    }
}

TEST_CASE("help is kept without its escapes and belongs to its family wherever it stands") {
    const Result<Batch> page = decode("# HELP a first \\\\ line\\nsecond \\\"\n"
                                      "a 1\n"
                                      "b 1\n"
                                      "# HELP b   two blanks\n"
                                      "# HELP c   \n"
                                      "c 1\n"
                                      "# HELP \"d.e\" dotted\n"
                                      "{\"d.e\"} 1\n");
    REQUIRE(page.ok());
    REQUIRE(page->metrics.size() == 4);
    CHECK(page->metrics[0].descriptor.description == "first \\ line\nsecond \\\"");
    CHECK(page->metrics[1].descriptor.description == "  two blanks");
    CHECK(page->metrics[2].descriptor.description.empty());
    CHECK(page->metrics[3].descriptor.description == "dotted");
}

TEST_CASE("sample lines are counted as Prometheus counts them, a histogram's each") {
    const Result<Batch> page = decode("# HELP a help\na 1\na 2\n\n"
                                      "# TYPE h histogram\nh_bucket{le=\"1\"} 1\n"
                                      "h_bucket{le=\"+Inf\"} 2\nh_sum 3\nh_count 2\n");
    REQUIRE(page.ok());
    CHECK(page->sampleLines == 6);
    CHECK(page->pointCount() == 2);
}

TEST_CASE("a series that stands there twice is dropped and counted, as Prometheus does") {
    CHECK(describe("a 1\na 2\n") ==
          Lines{"unknown a{} 1", "rejected duplicate-sample 1: a series of \"a\" stands there "
                                 "twice (line 2, column 1)"});
    CHECK(describe("a{b=\"1\",c=\"2\"} 1\na{c=\"2\",b=\"1\"} 1\na{b=\"1\",c=\"2\",d=\"\"} 1\n")
              .back() == "rejected duplicate-sample 2: a series of \"a\" stands there twice (line "
                         "2, column 1)");
    // Labels that only look alike, and other times, are no duplicates.
    CHECK(describe("a{b=\"1\",c=\"2\"} 1\na{b=\"2\",c=\"1\"} 1\n").size() == 2);
    CHECK(describe("a{bc=\"d\"} 1\na{b=\"cd\"} 1\n").size() == 2);
    CHECK(describe("a 1 1000\na 2 2000\na 3\n").size() == 3);
    // Many, so that the table behind it grows.
    std::string page;
    for (int i = 0; i < 5000; ++i)
        page += "a{i=\"" + std::to_string(i % 4000) + "\"} 1\n";
    const Result<Batch> many = decode(page);
    REQUIRE(many.ok());
    CHECK(many->numberPoints.size() == 4000);
    CHECK(many->rejectedPoints() == 1000);
}

TEST_CASE("a timestamp beyond what nanoseconds can say is refused and counted") {
    CHECK(describe("a 1 9223372036854\nb 1 9223372036855\n") ==
          Lines{"unknown a{} 1 @9223372036854",
                "rejected timestamp-out-of-range 1: the timestamp lies beyond the year 2262 (line "
                "2, column 1)"});
}

TEST_CASE("bad lines may be skipped and are counted") {
    ExpositionOptions options;
    options.skipBadLines = true;
    CHECK(describe(decode("a{x=\"1\"} 1\n"
                          "b{y=\"2\",oops} 1\n"
                          "# TYPE c nonsense\n"
                          "a{x=\"2\"} 2\n"
                          "last{",
                          options)) ==
          Lines{"unknown a{x=1} 1", "unknown a{x=2} 2",
                "rejected invalid-line 3: expected '=' after the label name, found \"}\" (line 2, "
                "column 13)"});
}

TEST_CASE("each limit refuses with its own reason") {
    struct Row {
        ExpositionLimits limits;
        std::string page;
        const char* error;
    };
    ExpositionLimits line, name, labels, samples;
    line.lineBytes = 10;
    name.nameBytes = 4;
    labels.labels = 2;
    samples.samples = 2;
    const Row rows[] = {
        {line, "a 1\nabcdefgh 1\n", "the line is longer than 10 bytes (line 2, column 1)"},
        {name, "abcde 1\n", "the metric name is too long (line 1, column 6)"},
        {name, "{\"abcde\"} 1\n", "the name is too long (line 1, column 2)"},
        {name, "# TYPE abcde gauge\n", "the metric name is too long (line 1, column 8)"},
        {name, "a{abcde=\"x\"} 1\n", "the label name is too long (line 1, column 12)"},
        {labels, "a{b=\"1\",c=\"2\",d=\"3\"} 1\n",
         "the sample has more than 2 labels (line 1, column 20)"},
        {samples, "a 1\nb 1\nc 1\n", "the page has more than 2 samples (line 3, column 1)"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.page);
        ExpositionOptions options;
        options.limits = row.limits;
        const Result<Batch> page = decode(row.page, options);
        REQUIRE_FALSE(page.ok());
        CHECK(page.error().code == ErrorCode::TooLarge);
        CHECK(page.error().text() == row.error);
    }
    CHECK(describe("a{b=\"1\",c=\"2\",d=\"3\"} 1\n").size() == 1);
}

TEST_CASE("any page cut off anywhere is an error or a shorter page, never more") {
    const std::string page = readFile(SIGHTGLASS_TEST_DATA "/founding_story/app.prom") +
                             "{\"a.b\",\"c d\"=\"e\\\\f\"} -1.5e3 123\n"
                             "# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n";
    const Result<Batch> whole = decode(page);
    REQUIRE(whole.ok());
    CHECK(whole->pointCount() == 29);
    for (std::size_t cut = 0; cut < page.size(); cut += 7) {
        const Result<Batch> part = decode(page.substr(0, cut));
        if (part.ok())
            CHECK(part->pointCount() <= 30);
        else
            CHECK(part.error().place.line > 0);
    }
}

TEST_CASE("the founding story's pages hold the same 27 families, gauges here and counters there") {
    const Result<Batch> app = decode(readFile(SIGHTGLASS_TEST_DATA "/founding_story/app.prom"));
    const Result<Batch> relay =
        decode(readFile(SIGHTGLASS_TEST_DATA "/founding_story/collector.prom"));
    REQUIRE(app.ok());
    REQUIRE(relay.ok());
    REQUIRE(app->metrics.size() == 27);
    REQUIRE(relay->metrics.size() == 27);
    CHECK(app->rejections.empty());
    for (std::size_t i = 0; i < 27; ++i) {
        const MetricBlock& a = app->metrics[i];
        const MetricBlock& b = relay->metrics[i];
        CHECK(a.descriptor.name == b.descriptor.name);
        CHECK(a.descriptor.description == b.descriptor.description);
        CHECK_FALSE(a.descriptor.description.empty());
        CHECK(typeWord(a.descriptor.type, a.descriptor.monotonic) == "gauge");
        CHECK(typeWord(b.descriptor.type, b.descriptor.monotonic) == "counter");
        REQUIRE(a.points.count == 1);
        REQUIRE(b.points.count == 1);
        CHECK(app->numberPoints[a.points.begin].attributes.count == 7);
        CHECK(relay->numberPoints[b.points.begin].attributes.count == 1);
    }
}

TEST_CASE("a page is one target with one scope, received when its record was") {
    const Result<Batch> page = decode("# TYPE a counter\na{x=\"1\"} 1\n");
    REQUIRE(page.ok());
    CHECK(page->origin == OriginId{3});
    CHECK(page->receivedAt == receivedAt);
    REQUIRE(page->resources.size() == 1);
    CHECK(page->resources[0].isTarget);
    CHECK(page->resources[0].attributes.count == 0);
    REQUIRE(page->scopes.size() == 1);
    CHECK(page->scopes[0].name.empty());
    REQUIRE(page->metrics.size() == 1);
    const MetricBlock& block = page->metrics[0];
    CHECK(block.descriptor.temporality == Temporality::Cumulative);
    CHECK(block.descriptor.unit.empty());
    CHECK_FALSE(block.synthetic);
    CHECK(page->numberPoints[0].time == receivedAt);
    CHECK(page->numberPoints[0].startTime == 0);
    CHECK_FALSE(page->numberPoints[0].value.isInteger);
}
