// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/scraper/target_url.h"

#include <doctest/doctest.h>

using namespace sightglass;

TEST_CASE("what a user types is completed to a URL") {
    struct Row {
        const char* typed;
        const char* shown;
        const char* instance;
    };
    const Row rows[] = {
        {"8889", "http://127.0.0.1:8889/metrics", "127.0.0.1:8889"},
        {":8889", "http://127.0.0.1:8889/metrics", "127.0.0.1:8889"},
        {" 8889 \n", "http://127.0.0.1:8889/metrics", "127.0.0.1:8889"},
        {"8889/stats", "http://127.0.0.1:8889/stats", "127.0.0.1:8889"},
        {"host:9100", "http://host:9100/metrics", "host:9100"},
        {"localhost", "http://localhost/metrics", "localhost:80"},
        {"http://h:1", "http://h:1/metrics", "h:1"},
        {"HTTP://Host.Example:1/A/b", "http://host.example:1/A/b", "host.example:1"},
        {"https://h", "https://h/metrics", "h:443"},
        {"http://h:1/", "http://h:1/", "h:1"},
        {"http://h:1?x=y", "http://h:1/metrics?x=y", "h:1"},
        {"http://h:1/probe?target=http://other", "http://h:1/probe?target=http://other", "h:1"},
        {"http://h:1/m#part", "http://h:1/m", "h:1"},
        {"[::1]:9100", "http://[::1]:9100/metrics", "[::1]:9100"},
        {"http://[::1]/m", "http://[::1]/m", "[::1]:80"},
        {"http://user:secret@h:1/m", "http://h:1/m", "h:1"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.typed);
        const Result<TargetUrl> url = parseTargetUrl(row.typed);
        REQUIRE(url.ok());
        CHECK(url->shown == row.shown);
        CHECK(url->instance == row.instance);
        // The shown form is complete: typed again it is the same.
        CHECK(parseTargetUrl(url->shown)->shown == row.shown);
    }
    CHECK(parseTargetUrl("http://user:se@cret@h:1/m")->request == "http://user:se@cret@h:1/m");
    CHECK(parseTargetUrl("h:1")->request == "http://h:1/metrics");
}

TEST_CASE("what cannot be scraped is refused with a reason") {
    const std::pair<const char*, const char*> rows[] = {
        {"", "a target is a URL, a host:port or a port"},
        {"  ", "a target is a URL, a host:port or a port"},
        {"ftp://h/x", "only http:// and https:// can be scraped, not ftp://"},
        {"file:///etc/passwd", "only http:// and https:// can be scraped, not file://"},
        {"http://", "the URL names no host"},
        {"http:///metrics", "the URL names no host"},
        {"/metrics", "the URL names no host"},
        {"0", "\"0\" is not a port: it must be 1 to 65535"},
        {"65536", "\"65536\" is not a port: it must be 1 to 65535"},
        {"h:", "\"\" is not a port: it must be 1 to 65535"},
        {"h:http", "\"http\" is not a port: it must be 1 to 65535"},
        {"a b:1", "a URL has no blanks and no characters beyond ASCII"},
        {"h\xC3\xA9:1", "a URL has no blanks and no characters beyond ASCII"},
        {"h\r\nX: y", "a URL has no blanks and no characters beyond ASCII"},
        {"a\"b:1", "\"a\"b\" is not a host name"},
        {"[::1:9", "\"[::1\" is not a host name"},
        {"http://user:secret@/x", "the URL names no host"},
    };
    for (const auto& [typed, message] : rows) {
        CAPTURE(typed);
        const Result<TargetUrl> url = parseTargetUrl(typed);
        REQUIRE_FALSE(url.ok());
        CHECK(url.error().message == message);
        CHECK(url.error().code == ErrorCode::InvalidArgument);
    }
}
