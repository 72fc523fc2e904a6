// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/option_text.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace sightglass;

TEST_CASE("a listen option names its sockets") {
    using Addresses = std::vector<std::string>;
    struct Row {
        const char* option;
        Addresses addresses;
    };
    const std::vector<Row> rows{
        {"", {"127.0.0.1:4317", "[::1]:4317"}},
        {"4400", {"127.0.0.1:4400", "[::1]:4400"}},
        {"0", {"127.0.0.1:0", "[::1]:0"}},
        {"localhost:4400", {"127.0.0.1:4400", "[::1]:4400"}},
        {"127.0.0.1:0", {"127.0.0.1:0"}},
        {"0.0.0.0:4317", {"0.0.0.0:4317"}},
        {"[::1]:4317", {"[::1]:4317"}},
        {"off", {}},
    };
    for (const Row& row : rows) {
        CAPTURE(row.option);
        const auto addresses = listenAddresses(row.option, 4317);
        REQUIRE(addresses.ok());
        CHECK(*addresses == row.addresses);
    }
}

TEST_CASE("what is no address is refused with what to say instead") {
    for (const char* bad : {"nowhere", "example.com:80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:-1",
                            "127.0.0.1:65536", "65536", "::1:4317", "[::1]", "[]:1", ":4317"}) {
        CAPTURE(bad);
        const auto addresses = listenAddresses(bad, 4317);
        REQUIRE_FALSE(addresses.ok());
        CHECK(addresses.error().message.find("HOST:PORT") != std::string::npos);
    }
}

TEST_CASE("sizes have binary and decimal units") {
    CHECK(*byteSize("1048576") == 1048576);
    CHECK(*byteSize("512MiB") == 512u << 20);
    CHECK(*byteSize("512 MiB") == 512u << 20);
    CHECK(*byteSize("2G") == std::size_t{2} << 30);
    CHECK(*byteSize("5MB") == 5'000'000);
    for (const char* bad :
         {"", "much", "-1MiB", "1", "512KiB", "1.5GiB", "1XiB", "99999999999GiB"}) {
        CAPTURE(bad);
        CHECK_FALSE(byteSize(bad).ok());
    }
}

TEST_CASE("an interval is a duration of at least 100 ms") {
    CHECK(*scrapeIntervalOf("5s") == 5 * nsPerSecond);
    CHECK(*scrapeIntervalOf("250ms") == 250 * nsPerMs);
    CHECK_FALSE(scrapeIntervalOf("50ms").ok());
    CHECK_FALSE(scrapeIntervalOf("5").ok());
}

TEST_CASE("the receiver flags are all checked, and the defaults stand where none is given") {
    CHECK(engineOptions({})->memoryLimit == std::size_t{512} << 20);
    CHECK(engineOptions({})->seriesPerMetricMost == 100'000);
    CHECK(engineOptions({})->seriesMost == 0);
    CHECK(engineOptions({})->originLabel == "origin");
    ReceiverFlags flags;
    flags.originLabel = "";
    flags.targets = {"8889"};
    flags.scrapeInterval = "250ms";
    const auto options = engineOptions(flags);
    REQUIRE(options.ok());
    CHECK(options->originLabel.empty());
    CHECK(options->scrapeInterval == 250 * nsPerMs);

    const auto refuses = [](auto set) {
        ReceiverFlags bad;
        set(bad);
        return !engineOptions(bad).ok();
    };
    CHECK(refuses([](ReceiverFlags& f) { f.otlpGrpc = "nowhere"; }));
    CHECK(refuses([](ReceiverFlags& f) { f.api = "1.2.3:4"; }));
    CHECK(refuses([](ReceiverFlags& f) { f.targets = {"ftp://x"}; }));
    CHECK(refuses([](ReceiverFlags& f) { f.scrapeInterval = "1ms"; }));
    CHECK(refuses([](ReceiverFlags& f) { f.memory = "1KiB"; }));
    CHECK(refuses([](ReceiverFlags& f) { f.series = "0"; }));
    CHECK(refuses([](ReceiverFlags& f) { f.seriesPerMetric = "1e5"; }));
    for (const char* taken : {"job", "instance", "le", "__name__", "a-b", "9a"}) {
        CAPTURE(taken);
        CHECK(refuses([taken](ReceiverFlags& f) { f.originLabel = taken; }));
    }
}
