// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/dump_source.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stop_token>
#include <string>
#include <thread>

#include "tests/unit/ingest/page_server.h"

using namespace std::chrono_literals;

namespace sightglass {

namespace {

using test::PageServer;

/// A named pipe that is there while a test runs.
class Pipe {
  public:
    Pipe() {
        std::string pattern = std::filesystem::temp_directory_path() / "sightglass-XXXXXX";
        REQUIRE(mkdtemp(pattern.data()) != nullptr);
        m_folder = pattern;
        REQUIRE(mkfifo(path().c_str(), 0600) == 0);
    }
    ~Pipe() { std::filesystem::remove_all(m_folder); }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    [[nodiscard]] std::string path() const { return m_folder / "pipe"; }

  private:
    std::filesystem::path m_folder;
};

} // namespace

TEST_CASE("an input is shown without user and password") {
    struct Row {
        const char *input, *shown;
    };
    const Row rows[] = {
        {"http://maria:s%20cret@host:9100/metrics", "http://host:9100/metrics"},
        {"https://maria@host", "https://host"},
        {"http://a:b@c@host?x=y@z", "http://host?x=y@z"},
        {"http://host/a@b", "http://host/a@b"},
        {"http://[::1]:80/", "http://[::1]:80/"},
        {"folder/a:b@c.prom", "folder/a:b@c.prom"},
        {"-", "-"},
    };
    for (const Row& row : rows)
        CHECK(shownInput(row.input) == row.shown);
}

TEST_CASE("a page of this machine is fetched past any proxy, with credentials that stay unseen") {
    const PageServer server([](const std::string&) { return PageServer::page("a 1\n"); });
    REQUIRE(setenv("http_proxy", "http://127.0.0.1:1", 1) == 0);
    const Result<Source> source =
        readSource("http://maria:s%20cret@" + server.address() + "/metrics");
    unsetenv("http_proxy");
    REQUIRE(source.ok());
    CHECK(source->bytes == "a 1\n");
    CHECK(source->kind == OriginKind::Scrape);
    CHECK(source->detail == "http://" + server.address() + "/metrics");
    // base64 of "maria:s cret"
    CHECK(server.requests().at(0).find("Authorization: Basic bWFyaWE6cyBjcmV0\r\n") !=
          std::string::npos);
}

TEST_CASE("a named pipe is read to its end, however late it is written to") {
    const Pipe pipe;
    const std::string half(100'000, '#');
    std::thread writer([&] {
        std::this_thread::sleep_for(150ms);
        std::ofstream out(pipe.path(), std::ios::binary);
        out << half << std::flush;
        std::this_thread::sleep_for(150ms);
        out << half;
    });
    const Result<Source> source = readSource(pipe.path());
    writer.join();
    REQUIRE(source.ok());
    CHECK(source->bytes == half + half);
}

TEST_CASE("a silent input is given up soon after a stop is requested") {
    const Pipe pipe;
    const PageServer server([](const std::string&) { return std::string("hang"); });
    for (const std::string& input : {pipe.path(), "http://" + server.address() + "/metrics"}) {
        CAPTURE(input);
        std::stop_source stop;
        std::thread stopper([&] {
            std::this_thread::sleep_for(100ms);
            stop.request_stop();
        });
        const auto begin = std::chrono::steady_clock::now();
        const Result<Source> source = readSource(input, {}, stop.get_token());
        stopper.join();
        CHECK(std::chrono::steady_clock::now() - begin < 5s);
        REQUIRE_FALSE(source.ok());
        CHECK(source.error().code == ErrorCode::Cancelled);
    }
}

} // namespace sightglass
