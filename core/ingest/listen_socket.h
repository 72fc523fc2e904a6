// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <utility> // Asio 1.74 uses std::exchange in C++20 without including it

#include <boost/asio/ip/tcp.hpp>

#include "core/ingest/listen_address.h"

namespace sightglass {

/// Opens, binds and listens; `acceptor` is closed again on an error. IPv6 sockets take IPv6 only.
/// The port is never shared with another process (no SO_REUSEPORT).
[[nodiscard]] boost::system::error_code listenOn(boost::asio::ip::tcp::acceptor& acceptor,
                                                 const ListenAddress& address);

} // namespace sightglass
