// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/scraper/scraper.h"

#include <doctest/doctest.h>
#include <zlib.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "tests/unit/ingest/page_server.h"

using namespace sightglass;
using namespace sightglass::test;
using namespace std::chrono_literals;

namespace {

using Lines = std::vector<std::string>;

/// Keeps what was pushed as readable lines, a batch a list.
class KeepingSink final : public SampleSink {
  public:
    PushStatus push(Batch&& batch, WhenWritten whenWritten) override {
        const std::lock_guard lock(m_mutex);
        if (isFull) {
            ++refused;
            return PushStatus::Full;
        }
        m_batches.push_back(linesOf(batch));
        if (whenWritten)
            whenWritten({});
        m_arrived.notify_all();
        return PushStatus::Queued;
    }

    /// The batches once there are `count`, or what there is after ten seconds.
    std::vector<Lines> waitFor(std::size_t count) {
        std::unique_lock lock(m_mutex);
        m_arrived.wait_for(lock, 10s, [&] { return m_batches.size() >= count; });
        return m_batches;
    }

    std::atomic<bool> isFull{false};
    std::atomic<int> refused{0};

  private:
    static Lines linesOf(const Batch& batch) {
        Lines out;
        REQUIRE(batch.resources.size() == 1);
        CHECK(batch.resources[0].isTarget);
        std::string target;
        for (const Attribute& label : batch.attributesOf(batch.resources[0].attributes))
            target += std::string(label.key) + "=" + std::string(label.value.text()) + " ";
        out.push_back(target);
        const auto add = [&](const MetricBlock& block, const PointHeader& point,
                             const std::string& value) {
            std::string line(typeWord(block.descriptor.type, block.descriptor.monotonic));
            line += " " + std::string(block.descriptor.name);
            for (const Attribute& label : batch.attributesOf(point.attributes))
                line += " " + std::string(label.key) + "=" + std::string(label.value.text());
            line += (point.flags & noRecordedValueFlag) != 0 ? " stale" : " " + value;
            if (point.time != batch.receivedAt)
                line += " @" + std::to_string(point.time / nsPerMs);
            if (block.synthetic)
                line += " (ours)";
            out.push_back(line);
        };
        for (const MetricBlock& block : batch.metrics) {
            for (const auto& p : Batch::slice(batch.numberPoints, numbersOf(block)))
                add(block, p,
                    block.descriptor.name == "scrape_duration_seconds"
                        ? "x"
                        : formatDouble(p.value.asDouble()));
            if (block.descriptor.type == MetricType::Histogram) {
                for (const auto& p : Batch::slice(batch.histogramPoints, block.points))
                    add(block, p, std::to_string(p.count));
            }
            if (block.descriptor.type == MetricType::Summary) {
                for (const auto& p : Batch::slice(batch.summaryPoints, block.points))
                    add(block, p, std::to_string(p.count));
            }
        }
        return out;
    }
    static Slice numbersOf(const MetricBlock& block) {
        const bool isNumber = block.descriptor.type != MetricType::Histogram &&
                              block.descriptor.type != MetricType::Summary;
        return isNumber ? block.points : Slice{};
    }

    std::mutex m_mutex;
    std::condition_variable m_arrived;
    std::vector<Lines> m_batches;
};

struct Bench {
    KeepingSink sink;
    OriginTable origins;
    CounterRegistry counters;
    SystemClock clock;
    IngestContext context{sink, origins, counters, clock, {}};

    std::uint64_t count(std::string_view name, std::string_view reason = {}) const {
        std::uint64_t sum = 0;
        for (const CounterRegistry::Row& row : counters.rows()) {
            const bool fits =
                row.name == name &&
                (reason.empty() || (!row.labels.empty() && row.labels[0].second == reason));
            sum += fits ? row.value : 0;
        }
        return sum;
    }
};

Lines failedBatch(const std::string& address, const Lines& stale = {}) {
    Lines out{"job=scrape instance=" + address + " "};
    out.insert(out.end(), stale.begin(), stale.end());
    for (const char* line : {"gauge up 0 (ours)", "gauge scrape_duration_seconds x (ours)",
                             "gauge scrape_samples_scraped 0 (ours)"})
        out.emplace_back(line);
    return out;
}

template <class Condition>
bool eventually(Condition condition) {
    for (int i = 0; i < 1000; ++i) {
        if (condition())
            return true;
        std::this_thread::sleep_for(10ms);
    }
    return false;
}

std::string gzipped(const std::string& text) {
    z_stream stream{};
    REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    std::string out(deflateBound(&stream, text.size()), '\0');
    std::string in = text;
    stream.next_in = reinterpret_cast<Bytef*>(in.data());
    stream.avail_in = static_cast<uInt>(in.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

} // namespace

TEST_CASE("a page is scraped at once, again and again, and what goes away is marked stale") {
    Bench bench;
    std::atomic<int> scrape{0};
    const PageServer server([&scrape](const std::string&) {
        switch (scrape++) {
        case 0:
            return PageServer::page("# TYPE a counter\na{x=\"1\",y=\"2\"} 1\na{x=\"2\"} 2\nb 3\n"
                                    "timed 4 1000\n"
                                    "# TYPE h histogram\nh_bucket{le=\"1\"} 4\n"
                                    "h_bucket{le=\"+Inf\"} 5\nh_count 5\n"
                                    "# TYPE s summary\ns_count 6\n");
        case 1: // labels in another order are the same series; b changed its type
            return PageServer::page(
                "# TYPE a counter\na{y=\"2\",x=\"1\"} 1\n# TYPE b gauge\nb 3\n");
        case 2:
            return std::string("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        default:
            return PageServer::page("b 4\n");
        }
    });
    Scraper scraper(bench.context);
    const Result<std::string> url = scraper.add(std::to_string(server.port()), 400 * nsPerMs);
    REQUIRE(url.ok());
    CHECK(*url == "http://" + server.address() + "/metrics");

    const std::string head = "job=scrape instance=" + server.address() + " ";
    const Lines ours{"gauge up 1 (ours)", "gauge scrape_duration_seconds x (ours)"};
    const std::vector<Lines> batches = bench.sink.waitFor(4);
    REQUIRE(batches.size() >= 4);
    CHECK(batches[0] == Lines{head, "counter a x=1 y=2 1", "counter a x=2 2", "unknown b 3",
                              "unknown timed 4 @1000", "histogram h 5", "summary s 6", ours[0],
                              ours[1], "gauge scrape_samples_scraped 8 (ours)"});
    CHECK(batches[1] == Lines{head, "counter a y=2 x=1 1", "gauge b 3", "counter a x=2 stale",
                              "unknown b stale", "histogram h stale", "summary s stale", ours[0],
                              ours[1], "gauge scrape_samples_scraped 2 (ours)"});
    CHECK(batches[2] ==
          failedBatch(server.address(), {"counter a y=2 x=1 stale", "gauge b stale"}));
    CHECK(batches[3] ==
          Lines{head, "unknown b 4", ours[0], ours[1], "gauge scrape_samples_scraped 1 (ours)"});

    REQUIRE(eventually([&] { return scraper.targets().at(0).samples >= 11; }));
    const ScrapeTarget target = scraper.targets().at(0);
    CHECK(target.url == *url);
    CHECK(target.health == ScrapeTarget::Health::Up);
    CHECK(target.lastError.empty());
    CHECK(target.failures == 0);
    CHECK(target.lastScrape > 0);
    CHECK(target.lastSamples == 1);
    CHECK(bench.origins.origin(target.origin).name() == "scrape " + *url);
    CHECK(bench.count("sightglass_scrape_failures_total", "http-status") == 1);
    CHECK(bench.count("sightglass_scrape_stale_markers_total") >= 6);

    const std::string request = server.requests().at(0);
    CHECK(request.starts_with("GET /metrics HTTP/1.1\r\n"));
    CHECK(request.find("\r\nAccept: text/plain;version=0.0.4;q=1,*/*;q=0.1\r\n") !=
          std::string::npos);
    CHECK(request.find("\r\nAccept-Encoding: gzip\r\n") != std::string::npos);
    CHECK(request.find("\r\nUser-Agent: sightglass/") != std::string::npos);
    CHECK(request.find("\r\nX-Prometheus-Scrape-Timeout-Seconds: 0.4\r\n") != std::string::npos);
}

TEST_CASE("a removed target leaves stale markers and is asked no more") {
    Bench bench;
    const PageServer server([](const std::string&) { return PageServer::page("a 1\n"); });
    Scraper scraper(bench.context);
    REQUIRE(scraper.add(server.address(), 60 * nsPerSecond).ok());
    CHECK(bench.sink.waitFor(1).size() == 1);
    scraper.remove("http://unknown:1/metrics");
    scraper.remove(server.address());
    CHECK(scraper.targets().empty());
    const std::vector<Lines> batches = bench.sink.waitFor(2);
    REQUIRE(batches.size() == 2);
    const Lines farewell{"job=scrape instance=" + server.address() + " ", "unknown a stale",
                         "gauge up stale (ours)", "gauge scrape_duration_seconds stale (ours)",
                         "gauge scrape_samples_scraped stale (ours)"};
    CHECK(batches[1] == farewell);
    CHECK(eventually([&] { return bench.count("sightglass_scrape_stale_markers_total") == 4; }));
    CHECK(server.requests().size() == 1);

    // And may be added again.
    REQUIRE(scraper.add(server.address(), 60 * nsPerSecond).ok());
    CHECK(bench.sink.waitFor(3).size() == 3);
}

TEST_CASE("the stale markers of a removed target wait for a full queue, but not for ever") {
    for (const bool recovers : {true, false}) {
        CAPTURE(recovers);
        Bench bench;
        const PageServer server([](const std::string&) { return PageServer::page("a 1\n"); });
        Scraper scraper(bench.context);
        REQUIRE(scraper.add(server.address(), 60 * nsPerSecond).ok());
        REQUIRE(bench.sink.waitFor(1).size() == 1);
        bench.sink.isFull = true;
        scraper.remove(server.address());
        if (recovers) {
            REQUIRE(eventually([&] { return bench.sink.refused >= 2; }));
            bench.sink.isFull = false;
            const std::vector<Lines> batches = bench.sink.waitFor(2);
            REQUIRE(batches.size() == 2);
            CHECK(batches[1].size() == 5);
        } else {
            CHECK(eventually(
                [&] { return bench.count("sightglass_scrape_stale_markers_dropped_total") == 4; }));
        }
    }
}

TEST_CASE("a failed scrape says why, in full") {
    struct Row {
        const char* reason;
        std::string answer;
        std::string error;
    };
    const Row rows[] = {
        {"http-status", "HTTP/1.1 503 Busy\r\nContent-Length: 3\r\n\r\nno\n", "HTTP 503"},
        {"bad-page", PageServer::page("a 1\nb{c=\"d\",} oops\n"),
         "line 2, column 11: expected a number as value, found \"oops\""},
        {"bad-page", PageServer::page("<html>"),
         "line 1, column 1: expected a metric name, a comment or an empty line, found \"<\""},
        {"broken-answer", "", "closed the connection without an answer"},
        {"broken-answer", PageServer::page("not gzip", "Content-Encoding: gzip\r\n"), ""},
        {"redirect", "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n\r\n",
         "redirected to something that is neither http nor https"},
        {"redirect", "HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n",
         "more than 5 redirects"},
        {"timeout", "hang", "no whole answer within 0.3 s"},
        {"too-large", PageServer::page(std::string(3 << 20, '\n')),
         "the page is larger than 1 MiB"},
        {"too-large",
         PageServer::page(gzipped(std::string(3 << 20, '\n')), "Content-Encoding: gzip\r\n"),
         "the page is larger than 1 MiB"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.error);
        Bench bench;
        bench.context.limits.inflatedBytes = 1 << 20;
        const PageServer server([&row](const std::string&) { return row.answer; });
        Scraper scraper(bench.context);
        const bool isSilent = row.answer == "hang";
        REQUIRE(scraper.add(server.address(), isSilent ? 300 * nsPerMs : 9 * nsPerSecond).ok());
        const std::vector<Lines> batches = bench.sink.waitFor(1);
        REQUIRE_FALSE(batches.empty());
        CHECK(batches[0] == failedBatch(server.address()));
        REQUIRE(eventually([&] { return scraper.targets().at(0).lastScrape != 0; }));
        const ScrapeTarget target = scraper.targets().at(0);
        CHECK(target.health == ScrapeTarget::Health::Down);
        CHECK(target.failures >= 1);
        CHECK_FALSE(target.lastError.empty());
        CHECK(target.lastError.find(row.error) != std::string::npos);
        CHECK(bench.count("sightglass_scrape_failures_total", row.reason) >= 1);
    }
}

TEST_CASE("a port where nothing listens is refused and said so") {
    Bench bench;
    std::string address;
    {
        const PageServer gone([](const std::string&) { return std::string(); });
        address = gone.address();
    }
    Scraper scraper(bench.context);
    REQUIRE(scraper.add(address, 60 * nsPerSecond).ok());
    CHECK(bench.sink.waitFor(1) == std::vector<Lines>{failedBatch(address)});
    REQUIRE(eventually([&] { return !scraper.targets().at(0).lastError.empty(); }));
    CHECK(scraper.targets().at(0).lastError == "connection refused: nothing listens at " + address);
    CHECK(bench.count("sightglass_scrape_failures_total", "connect") == 1);
}

TEST_CASE("a gzipped page and a redirect are followed, credentials stay unseen") {
    Bench bench;
    const PageServer server([](const std::string& request) {
        if (request.starts_with("GET /metrics "))
            return std::string(
                "HTTP/1.1 302 Found\r\nLocation: /real\r\nContent-Length: 0\r\n\r\n");
        return PageServer::page(gzipped("a 1\n"), "Content-Encoding: gzip\r\n");
    });
    Scraper scraper(bench.context);
    const Result<std::string> url =
        scraper.add("http://maria:s%20cret@" + server.address(), 60 * nsPerSecond);
    REQUIRE(url.ok());
    CHECK(*url == "http://" + server.address() + "/metrics");
    const std::vector<Lines> batches = bench.sink.waitFor(1);
    REQUIRE(batches.size() == 1);
    CHECK(batches[0].at(1) == "unknown a 1");
    // base64 of "maria:s cret"
    CHECK(server.requests().at(0).find("Authorization: Basic bWFyaWE6cyBjcmV0\r\n") !=
          std::string::npos);
    for (const Origin& origin : bench.origins.all())
        CHECK(origin.name().find("cret") == std::string::npos);
}

TEST_CASE("a full queue is counted and shown, and nothing stale is forgotten") {
    Bench bench;
    std::atomic<int> scrape{0};
    const PageServer server([&scrape](const std::string&) {
        return PageServer::page(scrape++ == 0 ? "a 1\nb 1\n" : "a 1\n");
    });
    Scraper scraper(bench.context);
    REQUIRE(scraper.add(server.address(), 400 * nsPerMs).ok());
    CHECK_FALSE(bench.sink.waitFor(1).empty());
    bench.sink.isFull = true;
    REQUIRE(eventually([&] { return bench.count("sightglass_scrapes_dropped_total") >= 1; }));
    REQUIRE(eventually(
        [&] { return scraper.targets().at(0).lastError.starts_with("the page was dropped"); }));
    const ScrapeTarget dropped = scraper.targets().at(0);
    CHECK(dropped.health == ScrapeTarget::Health::Up);
    CHECK(dropped.failures == 0);
    CHECK(bench.count("sightglass_scrape_failures_total") == 0);
    const std::size_t before = bench.sink.waitFor(0).size();
    bench.sink.isFull = false;
    std::size_t markers = 0;
    for (const Lines& lines : bench.sink.waitFor(before + 1))
        markers +=
            static_cast<std::size_t>(std::count(lines.begin(), lines.end(), "unknown b stale"));
    CHECK(markers == 1);
    CHECK(eventually([&] { return scraper.targets().at(0).lastError.empty(); }));
}

TEST_CASE("a target that is none, is there already or too often is refused") {
    Bench bench;
    Scraper scraper(bench.context);
    REQUIRE(scraper.add("127.0.0.1:9").ok());
    CHECK(scraper.add("9").error().message == "http://127.0.0.1:9/metrics is scraped already");
    CHECK(scraper.add("ftp://h").error().message ==
          "only http:// and https:// can be scraped, not ftp://");
    CHECK(scraper.add("h:1", 99 * nsPerMs).error().message ==
          "the scrape interval must be at least 100 ms");
    CHECK(scraper.targets().size() == 1);
}

TEST_CASE("removal and destruction do not wait for a silent target") {
    Bench bench;
    const PageServer server([](const std::string&) { return std::string("hang"); });
    const auto begin = std::chrono::steady_clock::now();
    {
        Scraper scraper(bench.context);
        REQUIRE(scraper.add(server.address(), 60 * nsPerSecond).ok());
        REQUIRE(scraper.add(server.address() + "/other", 60 * nsPerSecond).ok());
        REQUIRE(eventually([&] { return server.requests().size() == 2; }));
        scraper.remove(server.address());
        CHECK(bench.sink.waitFor(1).size() == 1);
    }
    CHECK(std::chrono::steady_clock::now() - begin < 5s);
}
