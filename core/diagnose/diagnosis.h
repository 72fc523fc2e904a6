// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "core/diagnose/rule.h"

namespace sightglass {

/// Runs the rules over a published snapshot and keeps what they found over time: the same finding
/// seen again keeps its first time, one no longer seen is resolved. Belongs to one thread (the
/// analysis worker, or a command of the CLI).
class Diagnosis {
  public:
    /// Runs all rules and gives the new state; the same pointer again if nothing changed.
    std::shared_ptr<const FindingsSnapshot> run(const RuleInput& input);

  private:
    std::map<std::string, std::shared_ptr<const Finding>> m_known; ///< by Finding::key()
    std::shared_ptr<const FindingsSnapshot> m_last = std::make_shared<FindingsSnapshot>();
};

} // namespace sightglass
