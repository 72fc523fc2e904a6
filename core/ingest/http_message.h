// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sightglass {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

/// One request as a handler gets it: read whole, limits already kept.
struct HttpRequest {
    std::string method;  ///< as sent: "POST"
    std::string target;  ///< as sent: "/api/v1/query?query=up"
    std::string path;    ///< of the target, percent-encoding untouched: "/api/v1/query"
    std::string query;   ///< after the '?', percent-encoding untouched: "query=up"
    HttpHeaders headers; ///< names in lower case; a repeated one is joined with ", " (RFC 9110 5.3)
    std::string body;    ///< chunks put together; Content-Encoding still on
    std::string peer;    ///< "127.0.0.1:51234"

    /// Empty if there is no such header. `lowerName` must be in lower case.
    [[nodiscard]] std::string_view header(std::string_view lowerName) const;
};

/// Content-Length, Date and Connection are the server's to write.
struct HttpResponse {
    int status = 200;
    std::string contentType = "text/plain; charset=utf-8"; ///< empty: no such header
    HttpHeaders headers = {};
    std::string body = {};
    bool close = false; ///< end the connection after this answer
};

/// Answers one request: to be called exactly once, from any thread, at any later time, also when
/// the client or the server has gone meanwhile. A second call is ignored; if the last copy goes
/// without a call, the client is told 500.
using Respond = std::function<void(HttpResponse)>;

using HttpHandler = std::function<void(HttpRequest, Respond)>;

/// Whether a Content-Type names `mediaType` (given in lower case): compared without regard to
/// case, with any parameters ("application/json; charset=utf-8").
[[nodiscard]] bool isMediaType(std::string_view contentType, std::string_view mediaType);

/// Whether a Host header (or an :authority) names this machine by a loopback name: localhost,
/// *.localhost, 127.0.0.0/8 or [::1], each with or without a port. A browser that was led here by
/// a foreign name made to resolve to 127.0.0.1 (DNS rebinding) sends that name.
[[nodiscard]] bool isLoopbackHost(std::string_view host);

/// A request target (RFC 9112 3.2) taken apart. `authority` is set for the absolute form only.
struct TargetParts {
    std::string_view authority, path, query;
};
[[nodiscard]] TargetParts splitTarget(std::string_view target);

/// "Not Found" for 404; "Unknown" for a status that has no name here.
[[nodiscard]] std::string_view reasonPhrase(int status);

} // namespace sightglass
