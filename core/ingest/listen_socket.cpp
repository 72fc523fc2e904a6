// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/listen_socket.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/v6_only.hpp>

namespace sightglass {

using boost::asio::ip::tcp;

boost::system::error_code listenOn(tcp::acceptor& acceptor, const ListenAddress& address) {
    boost::system::error_code error;
    const tcp::endpoint endpoint(boost::asio::ip::make_address(address.ip, error), address.port);
    if (!error)
        acceptor.open(endpoint.protocol(), error);
    // On Linux this only lets a port be taken again that still has closed connections waiting.
    if (!error)
        acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error && address.isIpv6())
        acceptor.set_option(boost::asio::ip::v6_only(true), error);
    if (!error)
        acceptor.bind(endpoint, error);
    if (!error)
        acceptor.listen(boost::asio::socket_base::max_listen_connections, error);
    if (error) {
        boost::system::error_code ignored;
        acceptor.close(ignored);
    }
    return error;
}

Result<ListenAddress> tryListen(const ListenAddress& address) {
    boost::asio::io_context io;
    tcp::acceptor acceptor(io);
    boost::system::error_code error = listenOn(acceptor, address);
    if (error)
        return listenError(address, error.value());
    return ListenAddress{address.ip, acceptor.local_endpoint(error).port()};
}

} // namespace sightglass
