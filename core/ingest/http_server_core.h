// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <utility> // Asio 1.74 uses std::exchange in C++20 without including it

#include <atomic>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include "core/base/bounded_queue.h"
#include "core/base/mutex.h"
#include "core/ingest/http_server.h"
#include "core/ingest/listen_address.h"

namespace sightglass {

class HttpConnection;

/// The inside of HttpServer: sockets, threads and what the connections share.
///
/// Kept alive by the HttpServer and by every Respond not yet used, so that an answer may come after
/// the server is gone. What is not marked otherwise belongs to the io thread.
class HttpServerCore : public std::enable_shared_from_this<HttpServerCore> {
  public:
    HttpServerCore(HttpServerOptions options, CounterRegistry& counters, HttpHandler handler);

    Result<std::vector<std::string>> start(const std::vector<std::string>& addresses);
    void stop();
    [[nodiscard]] std::size_t connections() const {
        return m_connectionCount.load(std::memory_order_relaxed);
    }

    // For HttpConnection, on the io thread.
    [[nodiscard]] const HttpServerOptions& options() const { return m_options; }
    [[nodiscard]] bool stopping() const { return m_stopping; }
    /// An empty buffer with room, from the pool if there is one.
    [[nodiscard]] std::unique_ptr<boost::beast::flat_buffer> takeBuffer();
    void giveBuffer(std::unique_ptr<boost::beast::flat_buffer> buffer);
    /// Hands a request to the handler. False, and `request` untouched, if the workers are too far
    /// behind.
    [[nodiscard]] bool dispatch(HttpRequest&& request, std::weak_ptr<HttpConnection> connection);
    void countRefusal(const std::string& reason);
    void countBytes(std::uint64_t received, std::uint64_t sent);
    void forget(const HttpConnection* connection);

    /// Any thread.
    void answer(std::weak_ptr<HttpConnection> connection, HttpResponse response);

  private:
    struct Job {
        HttpRequest request;
        Respond respond;
    };
    struct Listener {
        boost::asio::ip::tcp::acceptor acceptor;
        boost::asio::steady_timer retry; ///< after accept failed for want of descriptors
    };

    Status bind(const ListenAddress& address);
    void accept(Listener& listener);
    void welcome(boost::asio::ip::tcp::socket socket);
    void beginStop();

    const HttpServerOptions m_options;
    CounterRegistry& m_counters;
    const HttpHandler m_handler;
    Counter& m_requests;
    Counter& m_bytesReceived;
    Counter& m_bytesSent;

    boost::asio::io_context m_io{1};
    std::list<Listener> m_listeners;
    std::unordered_map<const HttpConnection*, std::shared_ptr<HttpConnection>> m_connections;
    std::vector<std::unique_ptr<boost::beast::flat_buffer>> m_buffers;
    bool m_stopping = false;

    std::atomic<std::size_t> m_connectionCount{0};
    BoundedQueue<Job> m_jobs;

    Mutex m_drainedMutex;
    CondVar m_drainedChanged;
    bool m_drained SG_GUARDED_BY(m_drainedMutex) = false; ///< stopping and no connection left

    // The owner's thread only.
    bool m_running = false;
    std::vector<std::jthread> m_workers;
    std::jthread m_thread;
};

} // namespace sightglass
