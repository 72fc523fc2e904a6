// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/http_connection.h"

#include <absl/time/clock.h>
#include <absl/time/time.h>
#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>

#include "core/ingest/http_server_core.h"

namespace sightglass {

namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

constexpr std::chrono::milliseconds drainTimeout{2'000};
constexpr std::chrono::milliseconds interruptRetry{20};

std::string lowerCase(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

std::string_view view(boost::string_view text) {
    return {text.data(), text.size()};
}

// A handler may put a client's text into a header; a line break there would begin another header.
void appendHeader(std::string& out, std::string_view name, std::string_view value) {
    out += name;
    out += ": ";
    for (const char c : value)
        out += c == '\r' || c == '\n' ? ' ' : c;
    out += "\r\n";
}

bool hasNoBody(int status) {
    return status < 200 || status == 204 || status == 304;
}

bool isLoopback(asio::ip::address address) {
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
    return address.is_loopback();
}

} // namespace

HttpConnection::HttpConnection(HttpServerCore& core, asio::ip::tcp::socket socket)
    : m_core(core), m_socket(std::move(socket)), m_deadline(m_socket.get_executor()) {}

void HttpConnection::start() {
    ErrorCode ignored;
    m_socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    ErrorCode failure;
    const auto local = m_socket.local_endpoint(failure);
    m_isLoopback = failure || isLoopback(local.address());
    awaitRequest();
}

void HttpConnection::awaitRequest() {
    if (m_core.stopping())
        return close();
    if (m_buffer && m_buffer->size() > 0)
        return readHead();
    releaseBuffer();
    m_phase = Phase::Idle;
    arm(m_core.options().idleTimeout);
    m_socket.async_wait(asio::ip::tcp::socket::wait_read,
                        [self = shared_from_this()](ErrorCode error) {
                            if (error || self->m_phase != Phase::Idle)
                                return self->close();
                            self->readHead();
                        });
}

void HttpConnection::readHead() {
    m_phase = Phase::Reading;
    m_interrupted = m_keepAlive = m_isHead = m_isHttp10 = false;
    arm(m_core.options().requestTimeout);
    if (!m_buffer)
        m_buffer = m_core.takeBuffer();
    m_request = HttpRequest();
    m_parser = std::make_unique<Parser>();
    m_parser->header_limit(static_cast<std::uint32_t>(m_core.options().headerLimit));
    m_parser->body_limit(m_core.options().bodyLimit);
    http::async_read_header(
        m_socket, *m_buffer, *m_parser,
        [self = shared_from_this()](ErrorCode error, std::size_t) { self->onHead(error); });
}

void HttpConnection::takeHead() {
    const auto& head = m_parser->get();
    m_request.method = std::string(view(head.method_string()));
    m_request.target = std::string(view(head.target()));
    const TargetParts parts = splitTarget(m_request.target);
    m_request.path = std::string(parts.path);
    m_request.query = std::string(parts.query);
    for (const auto& field : head) {
        std::string name = lowerCase(view(field.name_string()));
        std::string* earlier = nullptr;
        for (auto& [otherName, value] : m_request.headers) {
            if (otherName == name)
                earlier = &value;
        }
        if (earlier)
            earlier->append(", ").append(view(field.value()));
        else
            m_request.headers.emplace_back(std::move(name), view(field.value()));
    }
    ErrorCode failure;
    const auto remote = m_socket.remote_endpoint(failure);
    if (!failure)
        m_request.peer = ListenAddress{remote.address().to_string(), remote.port()}.text();
    m_isHead = m_request.method == "HEAD";
    m_isHttp10 = head.version() < 11;
}

void HttpConnection::onHead(ErrorCode error) {
    // Beast compares Content-Length with the limit as it ends the head, so the head is there.
    const bool headIsWhole = !error || error == http::error::body_limit;
    if (headIsWhole)
        takeHead();
    if (error)
        return onReadError(error);
    if (refuseHead())
        return;
    if (m_parser->is_done())
        return hand();
    if (!m_isHttp10 && lowerCase(m_request.header("expect")) == "100-continue") {
        static constexpr std::string_view go = "HTTP/1.1 100 Continue\r\n\r\n";
        asio::async_write(m_socket, asio::buffer(go),
                          [self = shared_from_this()](ErrorCode failure, std::size_t) {
                              if (failure)
                                  return self->onReadError(failure);
                              self->readBody();
                          });
        return;
    }
    readBody();
}

bool HttpConnection::refuseHead() {
    const auto& head = m_parser->get();
    const unsigned version = head.version();
    if (version != 10 && version != 11) {
        refuse(505, "http-version", "only HTTP/1.0 and HTTP/1.1 are spoken here");
        return true;
    }

    const auto hosts = head.count(http::field::host);
    if (hosts > 1 || (hosts == 0 && version == 11)) {
        refuse(400, "malformed", "a request carries exactly one Host header");
        return true;
    }
    if (m_isLoopback) {
        const std::string_view authority = splitTarget(m_request.target).authority;
        const std::string_view host = m_request.header("host");
        if ((hosts > 0 && !isLoopbackHost(host)) ||
            (!authority.empty() && !isLoopbackHost(authority))) {
            const std::string_view foreign =
                authority.empty() || isLoopbackHost(authority) ? host : authority;
            refuse(403, "foreign-host",
                   "the Host '" + std::string(foreign) +
                       "' is not a name of this machine: use localhost or 127.0.0.1");
            return true;
        }
    }

    if (head.count(http::field::transfer_encoding) > 0 &&
        lowerCase(m_request.header("transfer-encoding")) != "chunked") {
        refuse(501, "malformed", "of the transfer encodings only chunked is known here");
        return true;
    }
    if (const std::string_view expect = m_request.header("expect");
        !expect.empty() && lowerCase(expect) != "100-continue") {
        refuse(417, "malformed", "of the expectations only 100-continue is known here");
        return true;
    }
    return false;
}

void HttpConnection::readBody() {
    http::async_read(
        m_socket, *m_buffer, *m_parser,
        [self = shared_from_this()](ErrorCode error, std::size_t) { self->onBody(error); });
}

void HttpConnection::onBody(ErrorCode error) {
    if (error)
        return onReadError(error);
    hand();
}

void HttpConnection::onReadError(ErrorCode error) {
    if (m_phase == Phase::Closed)
        return;
    if (m_interrupted && m_core.stopping())
        return refuse(503, "stopping", "shutting down");
    if (m_interrupted)
        return refuse(408, "timeout", "the request did not come to its end in time");
    if (error == http::error::body_limit) {
        return refuse(413, "too-large",
                      "the body is larger than the limit of " +
                          std::to_string(m_core.options().bodyLimit) + " bytes");
    }
    if (error == http::error::header_limit || error == http::error::buffer_overflow) {
        return refuse(431, "too-large",
                      "the headers are larger than the limit of " +
                          std::to_string(m_core.options().headerLimit) + " bytes");
    }
    if (error == http::error::bad_version)
        return refuse(505, "http-version", "only HTTP/1.0 and HTTP/1.1 are spoken here");
    if (error == http::error::end_of_stream)
        return close();
    if (error == http::error::partial_message) {
        m_core.countRefusal("cut-off");
        return close();
    }
    if (error.category() == make_error_code(http::error::bad_method).category())
        return refuse(400, "malformed", "this is not HTTP: " + error.message());
    close();
}

void HttpConnection::hand() {
    m_core.countBytes(m_request.target.size() + m_parser->get().body().size(), 0);
    m_request.body = std::move(m_parser->get().body());
    m_keepAlive = m_parser->keep_alive();
    m_parser.reset();
    if (m_buffer->size() == 0)
        releaseBuffer();
    m_deadline.cancel();
    m_phase = Phase::Handling;
    if (!m_core.dispatch(std::move(m_request), weak_from_this())) {
        m_phase = Phase::Reading;
        return refuse(503, "busy", "too many requests are waiting: try again later");
    }
    m_request = HttpRequest();
}

void HttpConnection::answer(HttpResponse response) {
    if (m_phase == Phase::Handling)
        write(std::move(response));
}

void HttpConnection::refuse(int status, const std::string& reason, const std::string& message) {
    m_core.countRefusal(reason);
    HttpResponse response;
    if (m_core.options().refusal) {
        response = m_core.options().refusal(m_request, status, message);
    } else {
        response.status = status;
        response.body = message + "\n";
        if (status == 503)
            response.headers.emplace_back("Retry-After", "1");
    }
    response.close = true;
    m_parser.reset();
    write(std::move(response));
}

void HttpConnection::write(HttpResponse response) {
    m_phase = Phase::Writing;
    m_keepAlive = m_keepAlive && !response.close && !m_core.stopping();
    m_request = HttpRequest();
    m_outBody = std::move(response.body);

    std::string& out = m_outHead;
    out = "HTTP/1.1 " + std::to_string(response.status) + " ";
    out += reasonPhrase(response.status);
    out += "\r\n";
    appendHeader(out, "Date",
                 absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT", absl::Now(), absl::UTCTimeZone()));
    if (!response.contentType.empty())
        appendHeader(out, "Content-Type", response.contentType);
    if (hasNoBody(response.status))
        m_outBody.clear();
    else
        appendHeader(out, "Content-Length", std::to_string(m_outBody.size()));
    for (const auto& [name, value] : response.headers)
        appendHeader(out, name, value);
    if (!m_keepAlive)
        appendHeader(out, "Connection", "close");
    else if (m_isHttp10)
        appendHeader(out, "Connection", "keep-alive");
    out += "\r\n";
    if (m_isHead)
        m_outBody.clear();

    arm(m_core.options().requestTimeout);
    const std::array<asio::const_buffer, 2> buffers{asio::buffer(m_outHead),
                                                    asio::buffer(m_outBody)};
    asio::async_write(m_socket, buffers,
                      [self = shared_from_this()](ErrorCode error, std::size_t bytes) {
                          self->onWritten(error, bytes);
                      });
}

void HttpConnection::onWritten(ErrorCode error, std::size_t bytes) {
    m_core.countBytes(0, bytes);
    std::string().swap(m_outHead);
    std::string().swap(m_outBody);
    if (error || m_phase != Phase::Writing)
        return close();
    if (m_keepAlive)
        return awaitRequest();
    m_socket.shutdown(asio::ip::tcp::socket::shutdown_send, error);
    if (error)
        return close();
    m_phase = Phase::Draining;
    arm(drainTimeout);
    if (!m_buffer)
        m_buffer = m_core.takeBuffer();
    drain();
}

void HttpConnection::drain() {
    m_buffer->clear();
    m_socket.async_read_some(m_buffer->prepare(m_buffer->capacity()),
                             [self = shared_from_this()](ErrorCode error, std::size_t) {
                                 if (error || self->m_phase != Phase::Draining)
                                     return self->close();
                                 self->drain();
                             });
}

void HttpConnection::close() {
    if (m_phase == Phase::Closed)
        return;
    const auto self = shared_from_this(); // forget() may drop the last other owner
    m_phase = Phase::Closed;
    m_deadline.cancel();
    ErrorCode ignored;
    m_socket.close(ignored);
    m_parser.reset();
    releaseBuffer();
    m_core.forget(this);
}

void HttpConnection::shutDown() {
    switch (m_phase) {
    case Phase::Reading:
        interruptRead();
        break;
    case Phase::Handling:
    case Phase::Writing:
        m_keepAlive = false;
        break;
    case Phase::Idle:
    case Phase::Draining:
    case Phase::Closed:
        close();
        break;
    }
}

void HttpConnection::arm(std::chrono::milliseconds timeout) {
    m_deadline.expires_after(timeout);
    m_deadline.async_wait([self = shared_from_this()](ErrorCode error) {
        // The wait may have ended just before it was armed anew; its handler then comes too late.
        if (!error && self->m_deadline.expiry() <= asio::steady_timer::clock_type::now())
            self->onDeadline();
    });
}

void HttpConnection::onDeadline() {
    switch (m_phase) {
    case Phase::Reading:
        interruptRead();
        break;
    case Phase::Writing:
        m_core.countRefusal("slow-reader");
        close();
        break;
    case Phase::Idle:
    case Phase::Draining:
        close();
        break;
    case Phase::Handling:
    case Phase::Closed:
        break;
    }
}

void HttpConnection::interruptRead() {
    m_interrupted = true;
    ErrorCode ignored;
    m_socket.cancel(ignored); // onReadError tells the client
    // Reading goes on if one of its steps had just ended: then nothing was there to cancel.
    arm(interruptRetry);
}

void HttpConnection::releaseBuffer() {
    if (m_buffer)
        m_core.giveBuffer(std::move(m_buffer));
}

} // namespace sightglass
