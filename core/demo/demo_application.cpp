// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/demo/demo_application.h"

#include <chrono>
#include <condition_variable>
#include <memory>
#include <utility>

#include <curl/curl.h>

#include "core/base/mutex.h"
#include "core/codec/exposition/exposition.h"
#include "core/codec/otlp/encode.h"
#include "core/demo/demo_traffic.h"

namespace sightglass {

namespace {

constexpr std::chrono::milliseconds pushInterval{250};

std::size_t ignoreBody(char*, std::size_t size, std::size_t count, void*) {
    return size * count;
}

/// Posts to one OTLP/HTTP endpoint over a connection that it keeps. One thread.
class OtlpPusher {
  public:
    explicit OtlpPusher(const std::string& endpoint) : m_curl(curl_easy_init()) {
        const std::string url = "http://" + endpoint + "/v1/metrics";
        m_headers.reset(curl_slist_append(nullptr, "Content-Type: application/x-protobuf"));
        curl_easy_setopt(m_curl.get(), CURLOPT_URL, url.c_str());
        curl_easy_setopt(m_curl.get(), CURLOPT_HTTPHEADER, m_headers.get());
        curl_easy_setopt(m_curl.get(), CURLOPT_TIMEOUT_MS, 1000L);
        curl_easy_setopt(m_curl.get(), CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(m_curl.get(), CURLOPT_PROXY, "");
        curl_easy_setopt(m_curl.get(), CURLOPT_WRITEFUNCTION, &ignoreBody);
    }

    void push(const std::string& body) {
        curl_easy_setopt(m_curl.get(), CURLOPT_POSTFIELDS, body.data());
        curl_easy_setopt(m_curl.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
        // A push that fails is lost, as with a real exporter; the next one is 250 ms away.
        curl_easy_perform(m_curl.get());
    }

  private:
    struct Cleanup {
        void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
        void operator()(curl_slist* list) const { curl_slist_free_all(list); }
    };
    std::unique_ptr<curl_slist, Cleanup> m_headers;
    std::unique_ptr<CURL, Cleanup> m_curl;
};

} // namespace

DemoApplication::DemoApplication(const Clock& clock, CounterRegistry& counters)
    : m_clock(clock),
      m_began(clock.now()),
      m_server({.name = "demo-application"}, counters,
               [this](const HttpRequest& request, const Respond& respond) {
                   if (request.path != "/metrics") {
                       respond({404, "text/plain; charset=utf-8", {}, "See /metrics.\n", false});
                       return;
                   }
                   const Batch traffic = demoTraffic(m_began, m_clock.now());
                   respond({200,
                            "text/plain; version=0.0.4; charset=utf-8",
                            {},
                            encodeExposition(asApplicationPage(traffic)),
                            false});
               }) {}

DemoApplication::~DemoApplication() {
    stop();
}

Status DemoApplication::start(std::vector<std::string> endpoints) {
    const auto bound = m_server.start({"127.0.0.1:0"});
    if (!bound)
        return bound.error();
    m_pageUrl = "http://" + bound->front() + "/metrics";
    m_thread = std::jthread([this, endpoints = std::move(endpoints)](const std::stop_token& stop) {
        run(stop, endpoints);
    });
    return Done{};
}

void DemoApplication::stop() {
    m_thread.request_stop();
    if (m_thread.joinable())
        m_thread.join();
    m_server.stop();
}

void DemoApplication::run(const std::stop_token& stop, const std::vector<std::string>& endpoints) {
    std::vector<OtlpPusher> pushers(endpoints.begin(), endpoints.end());
    Mutex mutex;
    CondVar never;
    while (!stop.stop_requested()) {
        const std::string request = encodeMetricsRequest(demoTraffic(m_began, m_clock.now()));
        for (OtlpPusher& pusher : pushers)
            pusher.push(request);
        MutexLock lock(mutex);
        never.wait_for(mutex, stop, pushInterval, [] { return false; });
    }
}

} // namespace sightglass
