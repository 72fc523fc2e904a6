// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "core/api/api_handler.h"
#include "core/ingest/receiver.h"

namespace sightglass {

/// The API on sockets. What `context` refers to outlives the receiver; `counters` takes its own.
[[nodiscard]] std::unique_ptr<Receiver> makeApiServer(ApiContext context,
                                                      CounterRegistry& counters);

} // namespace sightglass
