// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/listen_address.h"

#include <utility> // Asio 1.74 uses std::exchange in C++20 without including it

#include <cerrno>
#include <charconv>
#include <system_error>

#include <boost/asio/ip/address.hpp>

namespace sightglass {

std::string ListenAddress::text() const {
    const std::string portText = std::to_string(port);
    return isIpv6() ? "[" + ip + "]:" + portText : ip + ":" + portText;
}

Result<ListenAddress> parseListenAddress(std::string_view text) {
    const auto bad = [&text](const char* why) {
        return Error{ErrorCode::InvalidArgument,
                     "'" + std::string(text) + "' is no address to listen on: " + why,
                     {}};
    };
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos)
        return bad("the port is missing, as in 127.0.0.1:4318");

    ListenAddress address;
    const std::string_view port = text.substr(colon + 1);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
    if (error != std::errc() || end != port.data() + port.size())
        return bad("the port must be a number from 0 to 65535");

    std::string_view host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']'))
        host = host.substr(1, host.size() - 2);
    else if (host.find(':') != std::string_view::npos)
        return bad("an IPv6 address stands in brackets, as in [::1]:4318");
    address.ip = host == "localhost" ? "127.0.0.1" : std::string(host);

    boost::system::error_code failure;
    boost::asio::ip::make_address(address.ip, failure);
    if (failure)
        return bad("it must begin with an IP address");
    return address;
}

Error listenError(const ListenAddress& address, int systemError) {
    switch (systemError) {
    case EADDRINUSE:
        return {ErrorCode::Unavailable, address.text() + " is taken (address in use)", {}};
    case EADDRNOTAVAIL:
        return {ErrorCode::Unavailable,
                address.text() + " cannot be listened on (not an address of this machine)",
                {}};
    case EACCES:
        return {ErrorCode::Unavailable,
                address.text() + " cannot be listened on (permission denied)",
                {}};
    default:
        return {ErrorCode::Io,
                address.text() + " cannot be listened on (" +
                    std::generic_category().message(systemError) + ")",
                {}};
    }
}

} // namespace sightglass
