// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace sightglass {

/// Where a receiver listens: an IP address and a port.
struct ListenAddress {
    std::string ip; ///< "127.0.0.1" or "::1", without brackets
    std::uint16_t port = 0;

    [[nodiscard]] bool isIpv6() const { return ip.find(':') != std::string::npos; }
    /// "127.0.0.1:4317", "[::1]:4317".
    [[nodiscard]] std::string text() const;
};

/// Reads "127.0.0.1:4317", "[::1]:0" or "localhost:4317" (taken as 127.0.0.1). Names other than
/// localhost are refused: what one listens on is an address, not a name.
[[nodiscard]] Result<ListenAddress> parseListenAddress(std::string_view text);

/// Why `address` cannot be listened on, for users: "127.0.0.1:4318 is taken (address in use)".
/// `systemError` is an errno value.
[[nodiscard]] Error listenError(const ListenAddress& address, int systemError);

/// Listens for a moment: the address with its port (a free one for 0), or why not. For a server
/// that cannot say so itself; the port may be lost again until that binds it.
[[nodiscard]] Result<ListenAddress> tryListen(const ListenAddress& address);

} // namespace sightglass
