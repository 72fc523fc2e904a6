// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/model/series_reader.h"

namespace sightglass {

/// Decides conditions on the attributes of many series, for one request on one thread. Series share
/// their attributes, so each key is spelled and each value judged once. The sets that were asked
/// about must live as long as the filter.
class AttributeFilter {
  public:
    static constexpr std::size_t conditionsMax = 64;

    explicit AttributeFilter(std::vector<LabelCondition> conditions);

    /// False if a condition is not met. True is certain but where several attributes fall on one
    /// label: the whole series has to be looked at then.
    [[nodiscard]] bool mayMeet(const AttributeSet& attributes);

  private:
    using Bits = std::uint64_t; ///< one a condition

    [[nodiscard]] Bits concernedBy(const Attribute& attribute);
    [[nodiscard]] Bits metBy(const Attribute& attribute, Bits concerned);

    const std::vector<LabelCondition> m_conditions;
    Bits m_all = 0;
    Bits m_metByNone = 0; ///< a missing label will do
    /// By where the text of a key lies, and its size.
    absl::flat_hash_map<std::pair<const char*, std::size_t>, Bits> m_concerned;
    absl::flat_hash_map<const Attribute*, Bits> m_met;
};

} // namespace sightglass
