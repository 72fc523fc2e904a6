// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/http_server.h"

#include "core/ingest/http_connection.h"
#include "core/ingest/http_server_core.h"
#include "core/ingest/listen_socket.h"

#include <algorithm>

#include <boost/asio/buffer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

namespace sightglass {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

// With room for 64 KiB Beast reads that much at once; a POST of a megabyte comes nine times faster.
constexpr std::size_t bufferBytes = 65'536;
constexpr std::size_t pooledBuffers = 16;
constexpr std::chrono::milliseconds acceptRetry{100};

/// What a Respond holds. Tells the client 500 if nobody answered.
class PendingAnswer {
  public:
    PendingAnswer(std::shared_ptr<HttpServerCore> core, std::weak_ptr<HttpConnection> connection)
        : m_core(std::move(core)), m_connection(std::move(connection)) {}
    PendingAnswer(const PendingAnswer&) = delete;
    PendingAnswer& operator=(const PendingAnswer&) = delete;
    ~PendingAnswer() {
        HttpResponse response;
        response.status = 500;
        response.body = "the request was left without an answer\n";
        answer(std::move(response));
    }

    void answer(HttpResponse response) {
        if (!m_answered.exchange(true))
            m_core->answer(std::move(m_connection), std::move(response));
    }

  private:
    const std::shared_ptr<HttpServerCore> m_core;
    std::weak_ptr<HttpConnection> m_connection;
    std::atomic<bool> m_answered{false};
};

} // namespace

HttpServerCore::HttpServerCore(HttpServerOptions options, CounterRegistry& counters,
                               HttpHandler handler)
    : m_options(std::move(options)),
      m_counters(counters),
      m_handler(std::move(handler)),
      m_requests(counters.counter("sightglass_http_requests_total",
                                  "HTTP requests read whole and handed on.", CounterKind::Traffic,
                                  {{"server", m_options.name}})),
      m_bytesReceived(counters.counter("sightglass_http_received_bytes_total",
                                       "Bytes of HTTP request targets and bodies, as sent.",
                                       CounterKind::Traffic, {{"server", m_options.name}})),
      m_bytesSent(counters.counter("sightglass_http_sent_bytes_total",
                                   "Bytes of HTTP answers, headers included.", CounterKind::Traffic,
                                   {{"server", m_options.name}})),
      m_jobs(m_options.workerQueueBytes) {}

Status HttpServerCore::bind(const ListenAddress& address) {
    tcp::acceptor acceptor(m_io);
    if (const boost::system::error_code error = listenOn(acceptor, address))
        return listenError(address, error.value());
    m_listeners.push_back({std::move(acceptor), asio::steady_timer(m_io)});
    return Done{};
}

Result<std::vector<std::string>> HttpServerCore::start(const std::vector<std::string>& addresses) {
    std::vector<std::string> bound;
    std::uint16_t firstPort = 0;
    for (const std::string& text : addresses) {
        Result<ListenAddress> address = parseListenAddress(text);
        if (!address)
            return address.error();
        if (address->port == 0)
            address->port = firstPort;
        const Status status = bind(*address);
        if (!status && bound.empty())
            return status.error();
        if (!status)
            continue;
        boost::system::error_code ignored;
        address->port = m_listeners.back().acceptor.local_endpoint(ignored).port();
        if (bound.empty())
            firstPort = address->port;
        bound.push_back(address->text());
    }
    if (bound.empty())
        return Error{ErrorCode::InvalidArgument, "no address to listen on was given", {}};

    for (Listener& listener : m_listeners)
        accept(listener);
    m_running = true;
    for (std::size_t i = 0; i < m_options.workers; ++i) {
        m_workers.emplace_back([this](const std::stop_token& stop) {
            while (std::optional<Job> job = m_jobs.pop(stop))
                m_handler(std::move(job->request), std::move(job->respond));
        });
    }
    m_thread = std::jthread([this] {
        // While only handlers are at work the io context has nothing to wait for, and would end.
        const auto work = asio::make_work_guard(m_io);
        m_io.run();
    });
    return bound;
}

void HttpServerCore::accept(Listener& listener) {
    listener.acceptor.async_accept(
        [this, &listener](boost::system::error_code error, tcp::socket socket) {
            if (m_stopping || error == asio::error::operation_aborted)
                return;
            if (!error)
                welcome(std::move(socket));
            if (!error || error == asio::error::connection_aborted)
                return accept(listener);
            // Out of descriptors, most likely: the client stays in the kernel's queue meanwhile.
            countRefusal("accept-failed");
            listener.retry.expires_after(acceptRetry);
            listener.retry.async_wait([this, &listener](boost::system::error_code) {
                if (!m_stopping)
                    accept(listener);
            });
        });
}

void HttpServerCore::welcome(tcp::socket socket) {
    if (m_connections.size() >= m_options.maxConnections) {
        countRefusal("too-many-connections");
        static constexpr std::string_view full =
            "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\n"
            "Content-Type: text/plain; charset=utf-8\r\nContent-Length: 21\r\n\r\n"
            "too many connections\n";
        boost::system::error_code ignored;
        socket.non_blocking(true, ignored);
        socket.write_some(asio::buffer(full), ignored);
        return;
    }
    auto connection = std::make_shared<HttpConnection>(*this, std::move(socket));
    m_connections.emplace(connection.get(), connection);
    m_connectionCount.store(m_connections.size(), std::memory_order_relaxed);
    connection->start();
}

std::unique_ptr<boost::beast::flat_buffer> HttpServerCore::takeBuffer() {
    if (m_buffers.empty()) {
        auto buffer = std::make_unique<boost::beast::flat_buffer>();
        buffer->reserve(bufferBytes);
        return buffer;
    }
    auto buffer = std::move(m_buffers.back());
    m_buffers.pop_back();
    return buffer;
}

void HttpServerCore::giveBuffer(std::unique_ptr<boost::beast::flat_buffer> buffer) {
    if (m_buffers.size() >= pooledBuffers || buffer->capacity() > 2 * bufferBytes)
        return;
    buffer->clear();
    m_buffers.push_back(std::move(buffer));
}

bool HttpServerCore::dispatch(HttpRequest&& request, std::weak_ptr<HttpConnection> connection) {
    auto pending = std::make_shared<PendingAnswer>(shared_from_this(), connection);
    const Respond respond = [pending](HttpResponse response) {
        pending->answer(std::move(response));
    };
    if (m_options.workers == 0) {
        m_requests.add();
        m_handler(std::move(request), respond);
        return true;
    }
    const std::size_t weight = request.body.size() + sizeof(Job);
    Job job{std::move(request), respond};
    if (m_jobs.push(std::move(job), weight)) {
        m_requests.add();
        return true;
    }
    request = std::move(job.request);
    return false;
}

void HttpServerCore::countRefusal(const std::string& reason) {
    m_counters
        .counter("sightglass_http_refused_total",
                 "HTTP requests and connections refused before a handler saw them.",
                 CounterKind::Refusal, {{"server", m_options.name}, {"reason", reason}})
        .add();
}

void HttpServerCore::countBytes(std::uint64_t received, std::uint64_t sent) {
    m_bytesReceived.add(received);
    m_bytesSent.add(sent);
}

void HttpServerCore::forget(const HttpConnection* connection) {
    m_connections.erase(connection);
    m_connectionCount.store(m_connections.size(), std::memory_order_relaxed);
    if (!m_stopping || !m_connections.empty())
        return;
    {
        MutexLock lock(m_drainedMutex);
        m_drained = true;
    }
    m_drainedChanged.notify_all();
}

void HttpServerCore::answer(std::weak_ptr<HttpConnection> connection, HttpResponse response) {
    asio::post(m_io,
               [connection = std::move(connection), response = std::move(response)]() mutable {
                   if (const auto alive = connection.lock())
                       alive->answer(std::move(response));
               });
}

void HttpServerCore::beginStop() {
    m_stopping = true;
    for (Listener& listener : m_listeners) {
        boost::system::error_code ignored;
        listener.acceptor.close(ignored);
        listener.retry.cancel();
    }
    std::vector<std::shared_ptr<HttpConnection>> all;
    for (const auto& [key, connection] : m_connections)
        all.push_back(connection);
    for (const auto& connection : all)
        connection->shutDown();
    forget(nullptr); // says so if there was none
}

void HttpServerCore::stop() {
    if (!m_running)
        return;
    m_running = false;
    asio::post(m_io, [this] { beginStop(); });
    {
        MutexLock lock(m_drainedMutex);
        m_drainedChanged.wait_for(m_drainedMutex, m_options.stopTimeout,
                                  [this]() SG_REQUIRES(m_drainedMutex) { return m_drained; });
    }
    m_jobs.close();
    m_workers.clear();
    m_io.stop();
    m_thread.join();

    // A waiting job holds a Respond, and that holds this.
    while (m_jobs.pop({})) {
    }
    while (!m_connections.empty())
        m_connections.begin()->second->close();
    m_listeners.clear();
}

HttpServer::HttpServer(HttpServerOptions options, CounterRegistry& counters, HttpHandler handler)
    : m_core(std::make_shared<HttpServerCore>(std::move(options), counters, std::move(handler))) {}

HttpServer::~HttpServer() {
    stop();
}

Result<std::vector<std::string>> HttpServer::start(const std::vector<std::string>& addresses) {
    return m_core->start(addresses);
}

void HttpServer::stop() {
    m_core->stop();
}

std::size_t HttpServer::connections() const {
    return m_core->connections();
}

} // namespace sightglass
