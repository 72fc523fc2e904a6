// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/counters.h"
#include "core/base/result.h"
#include "core/ingest/http_message.h"

namespace sightglass {

/// What a client may take of us. A passed limit is answered, counted and ends the connection.
struct HttpServerOptions {
    std::string name = "http";                        ///< the label `server` of its counters
    std::size_t headerLimit = std::size_t{32} << 10;  ///< bytes of request line and headers; 431
    std::size_t bodyLimit = std::size_t{16} << 20;    ///< bytes as sent, before decompression; 413
    std::chrono::milliseconds requestTimeout{30'000}; ///< first byte to last; 408. Also an answer's
    std::chrono::milliseconds idleTimeout{60'000};    ///< between requests; closed without a word
    std::chrono::milliseconds stopTimeout{1'000};     ///< for answers under way when stopping
    std::size_t maxConnections = 4096;                ///< further ones hear 503

    /// Threads that run the handler. 0: it runs on the server's own thread and must be quick.
    std::size_t workers = 0;
    std::size_t workerQueueBytes = std::size_t{64} << 20; ///< bodies waiting for a worker; 503

    /// Makes the answer to what the server itself refuses. The request holds what was read of it;
    /// its headers are empty if they could not be read. Unset: the message as plain text. Called
    /// on the server's thread.
    std::function<HttpResponse(const HttpRequest&, int status, const std::string& message)>
        refusal = {};
};

/// An HTTP/1.1 server for a few handlers and many clients: the OTLP/HTTP receiver, the API and the
/// demo's pages stand on it.
///
/// One thread of its own does all reading and writing, and each connection has one request under
/// way at a time, so pipelined requests are answered in order. The handler gets whole requests and
/// may answer later from any thread. A connection holds memory for buffers only from a request's
/// first byte to its last, so a thousand idle clients cost next to nothing. On connections to a
/// loopback address only loopback Host headers are served (403 otherwise).
///
/// Made, started, stopped and destroyed on one thread, which must not be the handler's; the
/// registry and whatever the handler uses outlive stop().
class HttpServer {
  public:
    HttpServer(HttpServerOptions options, CounterRegistry& counters, HttpHandler handler);
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    /// Binds every address ("127.0.0.1:4318", "[::1]:4318"; port 0 picks one) and starts. The first
    /// must bind; a further one that cannot (no IPv6 here) is left out. With port 0 the later ones
    /// take the first one's port. Gives the addresses bound; the Error of a taken port names it.
    /// Call once.
    Result<std::vector<std::string>> start(const std::vector<std::string>& addresses);

    /// Stops listening, lets requests under way be answered for up to stopTimeout, then closes
    /// everything and joins. The handler is not called afterwards. Idempotent.
    void stop();

    /// Clients connected now; from any thread.
    [[nodiscard]] std::size_t connections() const;

  private:
    std::shared_ptr<class HttpServerCore> m_core;
};

} // namespace sightglass
