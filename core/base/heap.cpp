// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/heap.h"

#include <cstdlib>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace sightglass {

void keepFreedMemory() {
#if defined(__GLIBC__)
    constexpr int keptBytes = 32 << 20;
    constexpr int largestKept = 32 << 20; // the most that glibc takes
    ::mallopt(M_TRIM_THRESHOLD, keptBytes);
    ::mallopt(M_MMAP_THRESHOLD, largestKept);
#endif
}

} // namespace sightglass
