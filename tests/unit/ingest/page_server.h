// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace sightglass::test {

/// A web server of the simplest kind for the scraper to fetch from: one request at a time, on one
/// thread, the connection closed after each. `answer` gets the request's head and gives all bytes
/// of the answer; empty: the connection is closed without one; "hang": it is kept open and silent.
class PageServer {
  public:
    using Answer = std::function<std::string(const std::string& request)>;
    explicit PageServer(Answer answer);
    ~PageServer();

    [[nodiscard]] int port() const { return m_port; }
    [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(m_port); }
    void setAnswer(Answer answer);
    [[nodiscard]] std::vector<std::string> requests() const;

    /// "HTTP/1.1 200 OK" with the page.
    static std::string page(const std::string& body, const std::string& headers = {});

  private:
    void run();
    void serve(int client);

    int m_listener = -1;
    int m_port = 0;
    mutable std::mutex m_mutex;
    Answer m_answer;
    std::vector<std::string> m_requests;
    std::vector<int> m_silent;
    std::atomic<bool> m_isStopping{false};
    std::thread m_thread;
};

} // namespace sightglass::test
