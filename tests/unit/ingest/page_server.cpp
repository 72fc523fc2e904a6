// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/ingest/page_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>

namespace sightglass::test {

PageServer::PageServer(Answer answer)
    : m_listener(::socket(AF_INET, SOCK_STREAM, 0)), m_answer(std::move(answer)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(m_listener, generic, size) != 0 || ::listen(m_listener, 16) != 0 ||
        ::getsockname(m_listener, generic, &size) != 0)
        throw std::runtime_error("the test's server finds no port");
    m_port = ntohs(address.sin_port);
    m_thread = std::thread([this] { run(); });
}

PageServer::~PageServer() {
    m_isStopping = true;
    ::shutdown(m_listener, SHUT_RDWR);
    m_thread.join();
    ::close(m_listener);
    for (const int client : m_silent)
        ::close(client);
}

void PageServer::setAnswer(Answer answer) {
    const std::lock_guard lock(m_mutex);
    m_answer = std::move(answer);
}

std::vector<std::string> PageServer::requests() const {
    const std::lock_guard lock(m_mutex);
    return m_requests;
}

std::string PageServer::page(const std::string& body, const std::string& headers) {
    return "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\nConnection: close\r\n" + headers + "\r\n" + body;
}

void PageServer::run() {
    while (!m_isStopping) {
        const int client = ::accept(m_listener, nullptr, nullptr);
        if (client >= 0)
            serve(client);
    }
}

void PageServer::serve(int client) {
    std::string request;
    char buffer[4096];
    while (request.find("\r\n\r\n") == std::string::npos) {
        const ssize_t n = ::recv(client, buffer, sizeof buffer, 0);
        if (n <= 0)
            break;
        request.append(buffer, static_cast<std::size_t>(n));
    }
    Answer answer;
    {
        const std::lock_guard lock(m_mutex);
        m_requests.push_back(request);
        answer = m_answer;
    }
    const std::string bytes = answer(request);
    if (bytes == "hang") {
        m_silent.push_back(client);
        return;
    }
    std::size_t sent = 0;
    while (sent < bytes.size()) {
        const ssize_t n = ::send(client, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
        if (n <= 0)
            break;
        sent += static_cast<std::size_t>(n);
    }
    ::close(client);
}

} // namespace sightglass::test
