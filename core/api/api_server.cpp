// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/api/api_server.h"

#include <atomic>
#include <utility>

#include "core/ingest/http_server.h"

namespace sightglass {

namespace {

class ApiServer final : public Receiver {
  public:
    ApiServer(ApiContext context, CounterRegistry& counters)
        : m_clock(context.clock),
          m_handler(std::move(context)),
          m_server(options(), counters, [this](HttpRequest request, const Respond& respond) {
              m_requests.fetch_add(1, std::memory_order_relaxed);
              m_lastArrival.store(m_clock.now(), std::memory_order_relaxed);
              respond(m_handler.handle(request));
          }) {}

    Result<std::vector<std::string>> start(const std::vector<std::string>& addresses) override {
        return m_server.start(addresses);
    }

    [[nodiscard]] ReceiverActivity activity() const override {
        ReceiverActivity out;
        out.requests = m_requests.load(std::memory_order_relaxed);
        out.lastArrival = m_lastArrival.load(std::memory_order_relaxed);
        return out;
    }

  private:
    static HttpServerOptions options() {
        HttpServerOptions out;
        out.name = "api";
        out.bodyLimit = std::size_t{1} << 20;
        out.workers = 2; // a wide query must not hold up /-/healthy
        return out;
    }

    const Clock& m_clock;
    const ApiHandler m_handler;
    std::atomic<std::uint64_t> m_requests{0};
    std::atomic<TimeNs> m_lastArrival{0};
    HttpServer m_server; ///< last: it calls the members above until it is gone
};

} // namespace

std::unique_ptr<Receiver> makeApiServer(ApiContext context, CounterRegistry& counters) {
    return std::make_unique<ApiServer>(std::move(context), counters);
}

} // namespace sightglass
