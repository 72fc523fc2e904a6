// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/listen_option.h"

#include <charconv>

#include <arpa/inet.h>

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

} // namespace sightglass
