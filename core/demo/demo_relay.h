// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "core/base/clock.h"
#include "core/base/counters.h"
#include "core/base/mutex.h"
#include "core/base/result.h"
#include "core/ingest/http_server.h"

namespace sightglass {

/// The collector of the demo: takes OTLP/HTTP and shows what it last got on a /metrics page, the
/// way an old collector did, losing types and resource labels. Owned by Demo.
class DemoRelay {
  public:
    DemoRelay(const Clock& clock, CounterRegistry& counters);

    Status start();
    void stop() { m_server.stop(); }

    [[nodiscard]] const std::string& endpoint() const { return m_endpoint; } ///< "HOST:PORT"
    [[nodiscard]] std::string pageUrl() const { return "http://" + m_endpoint + "/metrics"; }

  private:
    HttpResponse handle(HttpRequest request);

    const Clock& m_clock;
    std::string m_endpoint;

    Mutex m_mutex;
    std::string m_page SG_GUARDED_BY(m_mutex);

    HttpServer m_server;
};

} // namespace sightglass
