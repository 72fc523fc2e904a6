// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <thread>
#include <vector>

#include "core/base/clock.h"
#include "core/base/counters.h"
#include "core/base/result.h"
#include "core/ingest/http_server.h"

namespace sightglass {

/// The application of the demo: exposes its metrics on a /metrics page of its own and pushes the
/// same over OTLP/HTTP, four times a second, to every endpoint given. Owned by Demo.
class DemoApplication {
  public:
    DemoApplication(const Clock& clock, CounterRegistry& counters);
    ~DemoApplication();

    /// `endpoints` are "HOST:PORT" of OTLP/HTTP receivers.
    Status start(std::vector<std::string> endpoints);
    void stop();

    [[nodiscard]] std::string pageUrl() const { return m_pageUrl; }

  private:
    void run(const std::stop_token& stop, const std::vector<std::string>& endpoints);

    const Clock& m_clock;
    const TimeNs m_began;
    std::string m_pageUrl;
    HttpServer m_server;
    std::jthread m_thread;
};

} // namespace sightglass
