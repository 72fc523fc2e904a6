// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/scraper/target_url.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace sightglass {

namespace {

Error invalid(std::string message) {
    return {ErrorCode::InvalidArgument, std::move(message), {}};
}

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

std::string lowered(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c | 0x20);
    }
    return out;
}

bool isPort(std::string_view text) {
    std::uint32_t port = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), port);
    return !text.empty() && ec == std::errc() && end == text.data() + text.size() && port >= 1 &&
           port <= 65535;
}

bool isHost(std::string_view host) {
    if (host.starts_with('[')) {
        const std::string_view address = host.substr(1, host.size() - 2);
        return host.ends_with(']') && address.find(':') != std::string_view::npos &&
               address.find_first_not_of("0123456789abcdef:.") == std::string_view::npos;
    }
    return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
        return isDigit(c) || (c >= 'a' && c <= 'z') || c == '.' || c == '-' || c == '_';
    });
}

} // namespace

Result<TargetUrl> parseTargetUrl(std::string_view typed) {
    while (!typed.empty() && (typed.front() == ' ' || typed.front() == '\t'))
        typed.remove_prefix(1);
    while (!typed.empty() && (typed.back() == ' ' || typed.back() == '\t' || typed.back() == '\n'))
        typed.remove_suffix(1);
    if (typed.empty())
        return invalid("a target is a URL, a host:port or a port");
    const bool isClean =
        std::all_of(typed.begin(), typed.end(), [](char c) { return c > 0x20 && c < 0x7F; });
    if (!isClean)
        return invalid("a URL has no blanks and no characters beyond ASCII");

    std::string scheme = "http";
    if (const std::size_t at = typed.find("://"); at != std::string_view::npos) {
        scheme = lowered(typed.substr(0, at));
        if (scheme != "http" && scheme != "https")
            return invalid("only http:// and https:// can be scraped, not " + scheme + "://");
        typed.remove_prefix(at + 3);
    }
    typed = typed.substr(0, typed.find('#'));
    const std::size_t pathAt = std::min(typed.find_first_of("/?"), typed.size());
    std::string_view authority = typed.substr(0, pathAt);
    std::string path(typed.substr(pathAt));
    if (path.empty())
        path = "/metrics";
    else if (path.front() == '?')
        path.insert(0, "/metrics");

    TargetUrl out;
    std::string credentials;
    if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
        credentials = authority.substr(0, at + 1);
        authority.remove_prefix(at + 1);
    }
    // A port alone means this machine.
    std::string host, port;
    const std::size_t colon = authority.rfind(':');
    const std::size_t bracket = authority.rfind(']');
    const bool hasColon =
        colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
    if (std::all_of(authority.begin(), authority.end(), isDigit)) {
        port = authority;
    } else {
        host = lowered(authority.substr(0, hasColon ? colon : authority.size()));
        if (hasColon)
            port = authority.substr(colon + 1);
    }
    const bool isLocal = host.empty() && !port.empty();
    if (isLocal)
        host = "127.0.0.1";
    if (host.empty())
        return invalid("the URL names no host");
    if (!isHost(host))
        return invalid("\"" + host + "\" is not a host name");
    if ((hasColon || isLocal) && !isPort(port))
        return invalid("\"" + port + "\" is not a port: it must be 1 to 65535");
    if (port.empty())
        out.instance = host + (scheme == "https" ? ":443" : ":80");
    else
        out.instance = host + ":" + port;
    const std::string rest = host + (port.empty() ? "" : ":" + port) + path;
    out.shown = scheme + "://" + rest;
    out.request = scheme + "://" + credentials + rest;
    return out;
}

} // namespace sightglass
