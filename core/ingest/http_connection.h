// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <utility> // Asio 1.74 uses std::exchange in C++20 without including it

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "core/ingest/http_message.h"

namespace sightglass {

class HttpServerCore;

/// One client of an HttpServer, from accept to close. Owned by the server's core; lives on the io
/// thread alone. At any time one asynchronous operation and one deadline are under way, said by
/// the phase:
///
///     Idle -> Reading -> Handling -> Writing -> Idle
///                 \______________________/ \-> Draining -> Closed
///
/// Draining: after a final answer what the client still sends is read and thrown away for a while,
/// because closing at once would reset the connection and lose the answer on its way.
class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
  public:
    HttpConnection(HttpServerCore& core, boost::asio::ip::tcp::socket socket);

    void start();
    /// The handler's answer to the request under way.
    void answer(HttpResponse response);
    /// The server stops: a request under way may still be answered, anything else ends now.
    void shutDown();
    /// Closes the socket and leaves the server's core, whatever the phase.
    void close();

  private:
    enum class Phase : std::uint8_t { Idle, Reading, Handling, Writing, Draining, Closed };
    using ErrorCode = boost::beast::error_code;
    using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;

    void awaitRequest();
    void readHead();
    void onHead(ErrorCode error);
    void takeHead();
    /// Refuses what the head alone shows to be wrong; true if it did.
    bool refuseHead();
    void readBody();
    void onBody(ErrorCode error);
    void onReadError(ErrorCode error);
    void hand();
    /// Answers instead of the handler, counts under `reason`, and ends the connection.
    void refuse(int status, const std::string& reason, const std::string& message);
    void write(HttpResponse response);
    void onWritten(ErrorCode error, std::size_t bytes);
    void drain();

    void arm(std::chrono::milliseconds timeout);
    void onDeadline();
    /// Ends reading, whose handler then refuses the request.
    void interruptRead();
    void releaseBuffer();

    HttpServerCore& m_core;
    boost::asio::ip::tcp::socket m_socket;
    boost::asio::steady_timer m_deadline;
    bool m_isLoopback = false;

    Phase m_phase = Phase::Idle;
    bool m_interrupted = false; ///< by the deadline or by the server's stop
    bool m_keepAlive = false;
    bool m_isHead = false;
    bool m_isHttp10 = false;

    std::unique_ptr<boost::beast::flat_buffer> m_buffer; ///< null between requests
    std::unique_ptr<Parser> m_parser;                    ///< only while Reading
    HttpRequest m_request;                               ///< only while Reading
    std::string m_outHead, m_outBody;                    ///< only while Writing
};

} // namespace sightglass
