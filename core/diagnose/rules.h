// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/diagnose/rule.h"

// One function a rule, each in the file of its name.
namespace sightglass {

[[nodiscard]] const Rule& typeMismatchRule();
[[nodiscard]] const Rule& missingResourceLabelsRule();
[[nodiscard]] const Rule& labelSetDiffersRule();
[[nodiscard]] const Rule& unitMismatchRule();
[[nodiscard]] const Rule& helpMismatchRule();
[[nodiscard]] const Rule& targetDownRule();

} // namespace sightglass
