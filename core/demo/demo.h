// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <thread>

#include "core/base/result.h"
#include "core/engine/engine.h"

namespace sightglass {

/// The built-in demo: the founding story with real traffic on loopback, through the real sockets.
///
///     application --OTLP/HTTP--> Sightglass            path 1
///     application <--scrape----- Sightglass            path 2
///     application --OTLP/HTTP--> relay <--scrape------ path 3, from the third second on
///
/// Made, started and destroyed on the engine's thread; the engine outlives it.
class Demo {
  public:
    explicit Demo(Engine& engine);
    ~Demo();

    /// What an engine that runs the demo is to be made with: free ports, four scrapes a second.
    [[nodiscard]] static EngineOptions engineOptions();

    /// The engine has been started. An Error if a socket cannot be had.
    Status start();

  private:
    struct Parts;
    Engine& m_engine;
    std::unique_ptr<Parts> m_parts;
    std::jthread m_script;
};

} // namespace sightglass
