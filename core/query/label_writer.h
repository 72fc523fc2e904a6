// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <absl/container/node_hash_map.h>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "core/model/value.h"

namespace sightglass {

/// Writes the labels of many series in the Prometheus view, for one request on one thread; each key
/// is spelled once. The sets that were asked about must live as long as the writer.
class LabelWriter {
  public:
    /// What the series says of itself beside what we attach: its own job, instance or origin
    /// becomes exported_job and so on, as Prometheus does for a scrape without honor_labels.
    /// `attached` is sorted by name, and so is the result.
    [[nodiscard]] Labels labelsOf(const Labels& attached, const AttributeSet& attributes);

  private:
    struct Entry {
        const std::string* name;
        const std::string* value;   ///< null: that of the attribute
        const Attribute* attribute; ///< null: attached
    };

    /// By where the text of a key lies, and its size.
    absl::node_hash_map<std::pair<const char*, std::size_t>, std::string> m_names;
    std::vector<Entry> m_entries;
};

} // namespace sightglass
