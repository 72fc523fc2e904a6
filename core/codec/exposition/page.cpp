// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/codec/exposition/page.h"

#include <algorithm>

namespace sightglass {

bool sameLabels(std::span<const Attribute> a, std::size_t withoutA, std::span<const Attribute> b,
                std::size_t withoutB) {
    const auto counted = [](std::span<const Attribute> labels, std::size_t without) {
        return labels.size() - (without == noLabel ? 0 : 1);
    };
    if (counted(a, withoutA) != counted(b, withoutB))
        return false;
    std::size_t k = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (i == withoutA)
            continue;
        if (k == withoutB)
            ++k;
        // Senders keep one order, so the search is for the few that do not.
        if (a[i] != b[k]) {
            const auto at = std::find(b.begin(), b.end(), a[i]);
            if (at == b.end() || static_cast<std::size_t>(at - b.begin()) == withoutB)
                return false;
        }
        ++k;
    }
    return true;
}

} // namespace sightglass
