// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>

#include "core/diagnose/rules.h"

namespace sightglass {

std::span<const Rule* const> allRules() {
    static const std::array rules = {
        &typeMismatchRule(), &missingResourceLabelsRule(), &labelSetDiffersRule(),
        &unitMismatchRule(), &helpMismatchRule(),          &targetDownRule(),
    };
    return rules;
}

} // namespace sightglass
