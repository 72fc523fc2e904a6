// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"

namespace sightglass {

/// Where a page is fetched, made of what a user typed.
struct TargetUrl {
    std::string shown;    ///< complete, without user and password: what is shown, and the key
    std::string request;  ///< the same with them; for the request alone
    std::string instance; ///< host:port, as Prometheus labels a target
};

/// Completes a URL: "8889" and ":8889" are http://127.0.0.1:8889/metrics, "host:9100" is
/// http://host:9100/metrics, a URL without a path gets /metrics. A fragment is dropped. Only http
/// and https; an InvalidArgument Error says what is wrong and never repeats a password.
[[nodiscard]] Result<TargetUrl> parseTargetUrl(std::string_view typed);

} // namespace sightglass
