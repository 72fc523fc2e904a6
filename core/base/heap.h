// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>

namespace sightglass {

/// Has the allocator keep what large requests free instead of giving it back to the system at once:
/// a stream of requests of megabytes spends half of its time on page faults otherwise. What is kept
/// is bounded (32 MiB a heap arena). For the whole process; called once by a program that takes in
/// data. Does nothing where the allocator has no such setting.
void keepFreedMemory();

/// What a block from std::malloc really takes, the allocator's own part included.
[[nodiscard]] std::size_t bytesTaken(const void* block);

} // namespace sightglass
