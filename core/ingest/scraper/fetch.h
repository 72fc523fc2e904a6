// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include <curl/curl.h>

#include "core/base/clock.h"
#include "core/ingest/scraper/target_url.h"

namespace sightglass {

/// Why a scrape failed: the label `reason` of the counter, and a sentence for the user.
struct FetchFailure {
    std::string reason;
    std::string message;
};

/// One target's HTTP request, made again and again over the same connection where it stays open.
/// On the scraper's thread only; it is added to and removed from a curl multi handle by its owner.
class Fetch {
  public:
    Fetch(const TargetUrl& url, TimeNs timeout, std::size_t bodyLimit);

    /// Makes ready for the next request and gives the handle to add to a curl multi handle.
    CURL* begin();
    [[nodiscard]] CURL* handle() const { return m_easy.get(); }

    /// What curl's verdict on the finished request means; empty `reason`: the page has come.
    [[nodiscard]] FetchFailure failureOf(CURLcode code) const;
    [[nodiscard]] std::string takeBody() { return std::move(m_body); }
    [[nodiscard]] double seconds() const;

  private:
    static std::size_t receive(char* data, std::size_t size, std::size_t count, void* self);

    struct FreeEasy {
        void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
    };
    struct FreeList {
        void operator()(curl_slist* list) const { curl_slist_free_all(list); }
    };

    const std::string m_instance;
    const TimeNs m_timeout;
    const std::size_t m_bodyLimit;
    std::unique_ptr<curl_slist, FreeList> m_headers;
    std::unique_ptr<CURL, FreeEasy> m_easy;
    std::string m_body;
    bool m_isTooLarge = false;
    char m_curlError[CURL_ERROR_SIZE] = {};
};

} // namespace sightglass
