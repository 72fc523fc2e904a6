// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/demo/demo_relay.h"

#include <memory>
#include <utility>

#include "core/codec/exposition/exposition.h"
#include "core/codec/otlp/decode.h"
#include "core/codec/otlp/response.h"
#include "core/demo/demo_traffic.h"

namespace sightglass {

DemoRelay::DemoRelay(const Clock& clock, CounterRegistry& counters)
    : m_clock(clock),
      m_server({.name = "demo-relay"}, counters,
               [this](HttpRequest request, const Respond& respond) {
                   respond(handle(std::move(request)));
               }) {}

Status DemoRelay::start() {
    const auto bound = m_server.start({"127.0.0.1:0"});
    if (!bound)
        return bound.error();
    m_endpoint = bound->front();
    return Done{};
}

HttpResponse DemoRelay::handle(HttpRequest request) {
    if (request.path == "/metrics") {
        MutexLock lock(m_mutex);
        return {200, "text/plain; version=0.0.4; charset=utf-8", {}, m_page, false};
    }
    if (request.path != "/v1/metrics" || request.method != "POST")
        return {404, "text/plain; charset=utf-8", {}, "POST to /v1/metrics or see /metrics.\n"};
    RawRecord record;
    record.receivedAt = m_clock.now();
    record.body = std::make_shared<const std::string>(std::move(request.body));
    const Result<Batch> batch = decodeMetricsRequest(record);
    if (!batch)
        return {400, "text/plain; charset=utf-8", {}, batch.error().text() + '\n'};
    std::string page = encodeExposition(asOldCollectorPage(*batch));
    MutexLock lock(m_mutex);
    m_page = std::move(page);
    return {200, "application/x-protobuf", {}, encodeExportResponse({}), false};
}

} // namespace sightglass
