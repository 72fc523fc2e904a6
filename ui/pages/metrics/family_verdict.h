// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <memory>

#include "core/catalog/families.h"
#include "core/model/finding.h"

namespace sightglass::ui {

/// What is wrong with one family, in a line.
struct FamilyVerdict {
    std::shared_ptr<const Finding> finding; ///< the worst open one; null: nothing is wrong
    QString sentence; ///< "Gauge on (1)(2), counter on (3). 6 labels lost on (3).", with path marks
};

/// The worst open finding about this family, and the resource labels that its paths lost. A pure
/// function.
[[nodiscard]] FamilyVerdict verdictOn(const Family& family, const FindingsSnapshot& findings);

} // namespace sightglass::ui
