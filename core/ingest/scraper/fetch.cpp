// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/scraper/fetch.h"

#include <cerrno>
#include <system_error>
#include <utility>

#include "core/model/value.h"

namespace sightglass {

namespace {

constexpr long maxRedirects = 5;

std::string secondsText(TimeNs ns) {
    return formatDouble(static_cast<double>(ns) / static_cast<double>(nsPerSecond)) + " s";
}

} // namespace

Fetch::Fetch(const TargetUrl& url, TimeNs timeout, std::size_t bodyLimit)
    : m_instance(url.instance),
      m_timeout(timeout),
      m_bodyLimit(bodyLimit),
      m_easy(curl_easy_init()) {
    const auto addHeader = [this](const std::string& line) {
        curl_slist* const list = curl_slist_append(m_headers.get(), line.c_str());
        if (list) {
            m_headers.release();
            m_headers.reset(list);
        }
    };
    addHeader("Accept: text/plain;version=0.0.4;q=1,*/*;q=0.1");
    addHeader("X-Prometheus-Scrape-Timeout-Seconds: " +
              formatDouble(static_cast<double>(timeout) / static_cast<double>(nsPerSecond)));
    CURL* const easy = m_easy.get();
    const auto timeoutMs = static_cast<long>(timeout / nsPerMs);
    curl_easy_setopt(easy, CURLOPT_URL, url.request.c_str());
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, m_headers.get());
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "sightglass/" SIGHTGLASS_VERSION);
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(easy, CURLOPT_MAXREDIRS, maxRedirects);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, timeoutMs);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, timeoutMs);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    // Targets are near; a proxy meant for the browser would not find this machine's ports.
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    // A name server that does not answer must not hold up a removal.
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Fetch::receive);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, m_curlError);
}

CURL* Fetch::begin() {
    m_body.clear();
    m_isTooLarge = false;
    m_curlError[0] = '\0';
    return m_easy.get();
}

std::size_t Fetch::receive(char* data, std::size_t size, std::size_t count, void* self) {
    auto* const fetch = static_cast<Fetch*>(self);
    const std::size_t bytes = size * count;
    // Counted after decompression, so a small answer cannot swell without end.
    if (bytes > fetch->m_bodyLimit - fetch->m_body.size()) {
        fetch->m_isTooLarge = true;
        return 0;
    }
    fetch->m_body.append(data, bytes);
    return bytes;
}

FetchFailure Fetch::failureOf(CURLcode code) const {
    if (m_isTooLarge)
        return {"too-large",
                "the page is larger than " + std::to_string(m_bodyLimit >> 20) + " MiB"};
    switch (code) {
    case CURLE_OK: {
        long status = 0;
        curl_easy_getinfo(m_easy.get(), CURLINFO_RESPONSE_CODE, &status);
        if (status != 200)
            return {"http-status", "HTTP " + std::to_string(status)};
        return {};
    }
    case CURLE_COULDNT_RESOLVE_HOST:
        return {"resolve", "no address is known for the host of " + m_instance};
    case CURLE_COULDNT_CONNECT: {
        long error = 0;
        curl_easy_getinfo(m_easy.get(), CURLINFO_OS_ERRNO, &error);
        if (error == ECONNREFUSED)
            return {"connect", "connection refused: nothing listens at " + m_instance};
        const std::string why =
            error != 0 ? std::generic_category().message(static_cast<int>(error)) : m_curlError;
        return {"connect", "cannot connect to " + m_instance + ": " + why};
    }
    case CURLE_OPERATION_TIMEDOUT:
        return {"timeout", "no whole answer within " + secondsText(m_timeout)};
    case CURLE_TOO_MANY_REDIRECTS:
        return {"redirect", "more than " + std::to_string(maxRedirects) + " redirects"};
    case CURLE_UNSUPPORTED_PROTOCOL:
        return {"redirect", "redirected to something that is neither http nor https"};
    case CURLE_GOT_NOTHING:
        return {"broken-answer", m_instance + " closed the connection without an answer"};
    case CURLE_BAD_CONTENT_ENCODING:
        return {"broken-answer", "the answer's gzip data is broken"};
    default:
        return {"broken-answer", m_curlError[0] ? m_curlError : curl_easy_strerror(code)};
    }
}

double Fetch::seconds() const {
    double seconds = 0;
    curl_easy_getinfo(m_easy.get(), CURLINFO_TOTAL_TIME, &seconds);
    return seconds;
}

} // namespace sightglass
