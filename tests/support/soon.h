// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <thread>

namespace sightglass {

/// Whether `condition` becomes true within twenty seconds: for what another thread does after the
/// test heard of it, as counting a refusal that gRPC itself has already told the client.
template <class Condition>
[[nodiscard]] bool soon(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline)
            return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
}

} // namespace sightglass
