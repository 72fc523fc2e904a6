// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/origin.h"

#include <doctest/doctest.h>

using namespace sightglass;

TEST_CASE("an origin has a name for the API and a short one for narrow places") {
    struct Row {
        OriginKind kind;
        const char* detail;
        const char* name;
        const char* shortName;
    };
    const Row rows[] = {
        {OriginKind::OtlpGrpc, "", "otlp-grpc", "otlp-grpc"},
        {OriginKind::OtlpHttp, "", "otlp-http", "otlp-http"},
        {OriginKind::Scrape, "http://127.0.0.1:9100/metrics",
         "scrape http://127.0.0.1:9100/metrics", "scrape :9100"},
        {OriginKind::Scrape, "http://localhost:9100/", "scrape http://localhost:9100/",
         "scrape :9100"},
        {OriginKind::Scrape, "http://[::1]:9100/federate", "scrape http://[::1]:9100/federate",
         "scrape :9100/federate"},
        {OriginKind::Scrape, "https://box:1/metrics", "scrape https://box:1/metrics",
         "scrape box:1"},
        {OriginKind::RemoteWrite, "team", "remote-write team", "remote-write team"},
        {OriginKind::File, "dumps/a.prom", "file dumps/a.prom", "a.prom"},
        {OriginKind::File, "a.prom", "file a.prom", "a.prom"},
    };
    for (const Row& row : rows) {
        const Origin origin{OriginId{0}, row.kind, row.detail};
        CHECK(origin.name() == row.name);
        CHECK(origin.shortName() == row.shortName);
    }
}

TEST_CASE("an origin is interned once and keeps its number") {
    OriginTable table;
    const OriginId grpc = table.intern(OriginKind::OtlpGrpc);
    const OriginId a = table.intern(OriginKind::File, "a");
    CHECK(table.intern(OriginKind::Scrape, "a") != a);
    CHECK(table.intern(OriginKind::File, "a") == a);
    CHECK(table.origin(a).name() == "file a");
    REQUIRE(table.all().size() == 3);
    CHECK(table.all()[0].id == grpc);
}
