// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/// A blocking TCP client that sends exactly the bytes a test wants and reads HTTP answers by their
/// Content-Length. Reads give up after ten seconds, so a test fails rather than hangs.
class RawClient {
  public:
    /// `address` as a server gives it: "127.0.0.1:4318".
    explicit RawClient(const std::string& address) : m_fd(::socket(AF_INET, SOCK_STREAM, 0)) {
        const timeval patience{10, 0};
        ::setsockopt(m_fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        sockaddr_in to{};
        to.sin_family = AF_INET;
        const auto colon = address.rfind(':');
        to.sin_port = htons(static_cast<std::uint16_t>(std::atoi(address.c_str() + colon + 1)));
        ::inet_pton(AF_INET, address.substr(0, colon).c_str(), &to.sin_addr);
        m_connected = ::connect(m_fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
    }
    RawClient(RawClient&& other) noexcept
        : m_fd(other.m_fd), m_connected(other.m_connected), m_rest(std::move(other.m_rest)) {
        other.m_fd = -1;
    }
    RawClient(const RawClient&) = delete;
    ~RawClient() {
        if (m_fd >= 0)
            ::close(m_fd);
    }

    [[nodiscard]] bool connected() const { return m_connected; }

    /// False if the other side has closed.
    bool send(std::string_view bytes) const {
        while (!bytes.empty()) {
            const auto sent = ::send(m_fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0)
                return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }

    struct Answer {
        int status = 0; ///< 0: the connection ended without an answer
        std::string head, body;
        [[nodiscard]] bool has(std::string_view text) const {
            return head.find(text) != std::string::npos;
        }
    };

    Answer receive(bool bodyFollows = true) {
        Answer answer;
        while (m_rest.find("\r\n\r\n") == std::string::npos) {
            if (!readMore())
                return answer;
        }
        const auto end = m_rest.find("\r\n\r\n") + 4;
        answer.head = m_rest.substr(0, end);
        m_rest.erase(0, end);
        answer.status = std::atoi(answer.head.c_str() + 9);
        std::size_t length = 0;
        if (const auto at = answer.head.find("Content-Length: "); at != std::string::npos)
            length = static_cast<std::size_t>(std::atol(answer.head.c_str() + at + 16));
        while (bodyFollows && m_rest.size() < length) {
            if (!readMore())
                return {};
        }
        if (bodyFollows) {
            answer.body = m_rest.substr(0, length);
            m_rest.erase(0, length);
        }
        return answer;
    }

    Answer request(std::string_view bytes) {
        send(bytes);
        return receive();
    }

    /// Whether the server ends the connection, and sends nothing more before.
    bool closedByServer() { return m_rest.empty() && !readMore() && m_ended; }

  private:
    bool readMore() {
        char chunk[16384];
        const auto got = ::recv(m_fd, chunk, sizeof chunk, 0);
        if (got <= 0) {
            m_ended = got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
            return false;
        }
        m_rest.append(chunk, static_cast<std::size_t>(got));
        return true;
    }

    int m_fd;
    bool m_connected = false;
    bool m_ended = false;
    std::string m_rest;
};
