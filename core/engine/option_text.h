// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/engine/engine.h"

namespace sightglass {

// Options as the command line and the window spell them. Errors say what to write instead.

/// The socket addresses that a listen option asks for.
///
/// ""           -> 127.0.0.1:<defaultPort> and [::1]:<defaultPort>
/// "4400"       -> 127.0.0.1:4400 and [::1]:4400
/// "localhost:0"-> 127.0.0.1:0 and [::1]:0
/// "HOST:PORT"  -> that one; HOST an IPv4 address, or an IPv6 address in brackets
/// "off"        -> none
Result<std::vector<std::string>> listenAddresses(std::string_view option, int defaultPort);

/// True if the address can be reached only from this machine.
[[nodiscard]] bool isLoopback(std::string_view address);

/// A size such as "512MiB", "1GiB", "64 MB" or plain bytes; at least 1 MiB.
Result<std::size_t> byteSize(std::string_view option);

/// A number of series, at least 1.
Result<std::uint32_t> seriesLimit(std::string_view option);

/// An interval such as "5s" or "250ms"; at least 100 ms.
Result<TimeNs> scrapeIntervalOf(std::string_view option);

/// The receiver flags that the window and `serve` share, as typed; empty: the default.
struct ReceiverFlags {
    std::string otlpGrpc, otlpHttp, api;
    std::vector<std::string> targets;
    std::string scrapeInterval, memory;
    std::string seriesPerMetric, series;    ///< numbers
    std::optional<std::string> originLabel; ///< "" leaves the label out
};

/// The flags as options, every one checked.
Result<EngineOptions> engineOptions(const ReceiverFlags& flags);

} // namespace sightglass
