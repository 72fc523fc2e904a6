// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/option_text.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <utility>

#include <arpa/inet.h>

#include "core/ingest/scraper/target_url.h"
#include "core/model/prometheus_names.h"
#include "core/query/selector.h"

namespace sightglass {

namespace {

bool isPort(std::string_view text) {
    int port = -1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc() && end == text.data() + text.size() && port >= 0 && port <= 65535;
}

bool isAddress(int family, const std::string& host) {
    unsigned char buffer[sizeof(in6_addr)];
    return inet_pton(family, host.c_str(), buffer) == 1;
}

std::vector<std::string> bothLoopbacks(std::string_view port) {
    return {"127.0.0.1:" + std::string(port), "[::1]:" + std::string(port)};
}

} // namespace

Result<std::vector<std::string>> listenAddresses(std::string_view option, int defaultPort) {
    if (option.empty())
        return bothLoopbacks(std::to_string(defaultPort));
    if (option == "off")
        return std::vector<std::string>{};
    if (isPort(option))
        return bothLoopbacks(option);

    const std::size_t colon = option.rfind(':');
    const std::string_view port =
        colon == std::string_view::npos ? std::string_view() : option.substr(colon + 1);
    const std::string host(option.substr(0, colon));
    if (isPort(port)) {
        if (host == "localhost")
            return bothLoopbacks(port);
        const bool v6 = host.size() > 2 && host.front() == '[' && host.back() == ']' &&
                        isAddress(AF_INET6, host.substr(1, host.size() - 2));
        if (v6 || isAddress(AF_INET, host))
            return std::vector<std::string>{std::string(option)};
    }
    return Error{ErrorCode::InvalidArgument,
                 "'" + std::string(option) +
                     "' is not an address: say PORT, HOST:PORT with an IP address or localhost, "
                     "or off",
                 {}};
}

bool isLoopback(std::string_view address) {
    return address.starts_with("127.") || address.starts_with("[::1]") ||
           address.starts_with("localhost:");
}

Result<std::size_t> byteSize(std::string_view option) {
    static constexpr std::array<std::pair<std::string_view, std::uint64_t>, 10> units{{
        {"", 1},
        {"B", 1},
        {"kB", 1000},
        {"KiB", 1ull << 10},
        {"MB", 1'000'000},
        {"MiB", 1ull << 20},
        {"M", 1ull << 20},
        {"GB", 1'000'000'000},
        {"GiB", 1ull << 30},
        {"G", 1ull << 30},
    }};
    const Error bad{ErrorCode::InvalidArgument,
                    "'" + std::string(option) +
                        "' is not a size: write it as 512MiB or 1GiB, at least 1MiB",
                    {}};
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(option.data(), option.data() + option.size(), number);
    if (error != std::errc())
        return bad;
    std::string_view unit = option.substr(static_cast<std::size_t>(end - option.data()));
    if (unit.starts_with(' '))
        unit.remove_prefix(1);
    for (const auto& [name, factor] : units) {
        if (unit != name)
            continue;
        if (number > std::numeric_limits<std::size_t>::max() / factor ||
            number * factor < (1u << 20))
            return bad;
        return static_cast<std::size_t>(number * factor);
    }
    return bad;
}

Result<TimeNs> scrapeIntervalOf(std::string_view option) {
    Result<TimeNs> interval = parseDuration(option);
    if (interval && *interval < 100 * nsPerMs)
        return Error{ErrorCode::InvalidArgument, "an interval must be at least 100ms", {}};
    return interval;
}

namespace {

/// A label name that no other label of a series has.
bool isFreeLabelName(std::string_view name) {
    return name == prometheusLabelName(name) && name != "job" && name != "instance" &&
           name != "le" && name != "quantile" && !name.starts_with("__");
}

} // namespace

Result<std::uint32_t> seriesLimit(std::string_view option) {
    std::uint32_t out = 0;
    const char* const end = option.data() + option.size();
    const auto [stop, error] = std::from_chars(option.data(), end, out);
    if (error != std::errc() || stop != end || out == 0)
        return Error{ErrorCode::InvalidArgument,
                     "'" + std::string(option) +
                         "' is no number of series; write a whole number such as 100000",
                     {}};
    return out;
}

Result<EngineOptions> engineOptions(const ReceiverFlags& flags) {
    EngineOptions out;
    for (const std::string* address : {&flags.otlpGrpc, &flags.otlpHttp, &flags.api}) {
        if (const auto checked = listenAddresses(*address, 1); !checked)
            return checked.error();
    }
    out.otlpGrpc = flags.otlpGrpc;
    out.otlpHttp = flags.otlpHttp;
    out.api = flags.api;
    for (const std::string& target : flags.targets) {
        if (const auto url = parseTargetUrl(target); !url)
            return url.error();
    }
    out.targets = flags.targets;
    if (!flags.scrapeInterval.empty()) {
        const Result<TimeNs> interval = scrapeIntervalOf(flags.scrapeInterval);
        if (!interval)
            return interval.error();
        out.scrapeInterval = *interval;
    }
    if (!flags.memory.empty()) {
        const Result<std::size_t> memory = byteSize(flags.memory);
        if (!memory)
            return memory.error();
        out.memoryLimit = *memory;
    }
    for (const auto& [typed, limit] : {std::pair{&flags.seriesPerMetric, &out.seriesPerMetricMost},
                                       std::pair{&flags.series, &out.seriesMost}}) {
        if (typed->empty())
            continue;
        const Result<std::uint32_t> most = seriesLimit(*typed);
        if (!most)
            return most.error();
        *limit = *most;
    }
    if (flags.originLabel) {
        if (!flags.originLabel->empty() && !isFreeLabelName(*flags.originLabel))
            return Error{ErrorCode::InvalidArgument,
                         "'" + *flags.originLabel +
                             "' cannot name the origin: it is no label name, or is taken",
                         {}};
        out.originLabel = *flags.originLabel;
    }
    return out;
}

} // namespace sightglass
