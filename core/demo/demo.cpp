// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/demo/demo.h"

#include <chrono>
#include <string>
#include <vector>

#include "core/base/mutex.h"
#include "core/demo/demo_application.h"
#include "core/demo/demo_relay.h"

namespace sightglass {

namespace {

constexpr std::chrono::seconds relayArrives{3};

} // namespace

struct Demo::Parts {
    explicit Parts(Engine& engine)
        : relay(engine.clock(), counters), application(engine.clock(), counters) {}
    CounterRegistry counters; ///< its servers are not Sightglass' and do not count as such
    DemoRelay relay;
    DemoApplication application; ///< last: it pushes to the relay
};

Demo::Demo(Engine& engine) : m_engine(engine), m_parts(std::make_unique<Parts>(engine)) {}

Demo::~Demo() {
    m_script.request_stop();
    if (m_script.joinable())
        m_script.join();
    m_parts->application.stop();
    m_parts->relay.stop();
}

EngineOptions Demo::engineOptions() {
    EngineOptions out;
    out.otlpGrpc = out.otlpHttp = out.api = "127.0.0.1:0";
    out.scrapeInterval = 250 * nsPerMs;
    return out;
}

Status Demo::start() {
    std::vector<std::string> endpoints;
    for (const ReceiverStatus& receiver : m_engine.status()->receivers) {
        if (receiver.kind == ReceiverKind::OtlpHttp && !receiver.address.empty())
            endpoints.push_back(receiver.address);
    }
    if (endpoints.empty())
        return Error{ErrorCode::Unavailable, "the OTLP/HTTP receiver is not listening", {}};
    if (Status started = m_parts->relay.start(); !started)
        return started;
    endpoints.push_back(m_parts->relay.endpoint());
    if (Status started = m_parts->application.start(std::move(endpoints)); !started)
        return started;
    if (Result<std::string> added = m_engine.addTarget(m_parts->application.pageUrl()); !added)
        return added.error();

    m_script = std::jthread([this](const std::stop_token& stop) {
        Mutex mutex;
        CondVar never;
        MutexLock lock(mutex);
        never.wait_for(mutex, stop, relayArrives, [] { return false; });
        // An engine that is going down takes no more targets, and then none is wanted.
        if (!stop.stop_requested())
            static_cast<void>(m_engine.addTarget(m_parts->relay.pageUrl()));
    });
    return Done{};
}

} // namespace sightglass
