// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/http_message.h"
#include "core/ingest/listen_address.h"

#include <cerrno>

#include <doctest/doctest.h>

using namespace sightglass;

TEST_CASE("only loopback names pass as a Host") {
    for (const std::string host :
         {"localhost", "localhost:4318", "LocalHost:1", "localhost.", "app.localhost",
          "a.b.LOCALHOST:80", "127.0.0.1", "127.0.0.1:65535", "127.1.2.3", "[::1]", "[::1]:4318",
          "[0:0:0:0:0:0:0:1]:1", " 127.0.0.1 "}) {
        CAPTURE(host);
        CHECK(isLoopbackHost(host));
    }
    for (const std::string host : {"",
                                   "evil.example",
                                   "localhost.evil.example",
                                   "evillocalhost",
                                   ".localhost",
                                   "127.0.0.1.evil.example",
                                   "127.0.0.1:80:80",
                                   "127.0.0",
                                   "127.0.0.256",
                                   "128.0.0.1",
                                   "10.0.0.1:4318",
                                   "0.0.0.0",
                                   "[::2]",
                                   "[::1",
                                   "[::1]x",
                                   "[::1]:x",
                                   "localhost:",
                                   "localhost:99999",
                                   "127.0.0.1@evil.example",
                                   "evil.example:127.0.0.1",
                                   "127.0.0.1, evil",
                                   "::1"}) {
        CAPTURE(host);
        CHECK_FALSE(isLoopbackHost(host));
    }
}

TEST_CASE("a media type matches in any case and with any parameters") {
    CHECK(isMediaType("application/json", "application/json"));
    CHECK(isMediaType("Application/JSON; charset=utf-8", "application/json"));
    CHECK(isMediaType(" application/json ;x", "application/json"));
    CHECK_FALSE(isMediaType("", "application/json"));
    CHECK_FALSE(isMediaType("application/jsonl", "application/json"));
    CHECK_FALSE(isMediaType("application", "application/json"));
    CHECK_FALSE(isMediaType("text/plain; a=application/json", "application/json"));
}

TEST_CASE("a target falls into authority, path and query") {
    struct Row {
        std::string target, authority, path, query;
    };
    for (const Row& row : {
             Row{"/", "", "/", ""},
             Row{"/a/b?x=1?y", "", "/a/b", "x=1?y"},
             Row{"/a?u=http://b/", "", "/a", "u=http://b/"},
             Row{"http://host:1/a?b", "host:1", "/a", "b"},
             Row{"http://host", "host", "/", ""},
             Row{"http://host?q", "host", "/", "q"},
             Row{"/a#f?x", "", "/a", ""},
             Row{"*", "", "*", ""},
         }) {
        CAPTURE(row.target);
        const TargetParts parts = splitTarget(row.target);
        CHECK(parts.authority == row.authority);
        CHECK(parts.path == row.path);
        CHECK(parts.query == row.query);
    }
}

TEST_CASE("an address to listen on is an IP address and a port") {
    const auto v4 = parseListenAddress("127.0.0.1:4318");
    REQUIRE(v4);
    CHECK(v4->ip == "127.0.0.1");
    CHECK(v4->port == 4318);
    CHECK(v4->text() == "127.0.0.1:4318");
    const auto v6 = parseListenAddress("[::1]:0");
    REQUIRE(v6);
    CHECK(v6->isIpv6());
    CHECK(v6->text() == "[::1]:0");
    CHECK(parseListenAddress("localhost:1")->text() == "127.0.0.1:1");
    for (const std::string text : {"", "4318", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
                                   "127.0.0.1:80x", "::1:80", "example.org:80", ":80", "[::1:80"}) {
        CAPTURE(text);
        CHECK_FALSE(parseListenAddress(text).ok());
    }
}

TEST_CASE("a taken port is named as users can act on it") {
    CHECK(listenError({"127.0.0.1", 4318}, EADDRINUSE).text() ==
          "127.0.0.1:4318 is taken (address in use)");
    CHECK(listenError({"::1", 80}, EACCES).text() ==
          "[::1]:80 cannot be listened on (permission denied)");
}
