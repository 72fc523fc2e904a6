// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"

namespace sightglass {

/// Parameters of a request, from its query string and, for a POST, its form body
/// (application/x-www-form-urlencoded, WHATWG URL standard 5.1), in the order given.
class FormParams {
  public:
    /// Adds the pairs of `text`. An Error for a broken percent escape.
    Status parse(std::string_view text);

    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
    [[nodiscard]] std::vector<std::string_view> all(std::string_view name) const;

  private:
    std::vector<std::pair<std::string, std::string>> m_pairs;
};

/// "%41+b" -> "A b"; `plusIsSpace` as in forms. An Error for a broken escape.
Result<std::string> percentDecoded(std::string_view text, bool plusIsSpace);

/// A time as Prometheus' API takes it: Unix seconds with fraction, or RFC 3339.
Result<TimeNs> parseTime(std::string_view text);

/// A step or timeout: seconds with fraction, or a duration such as "15s". Positive.
Result<TimeNs> parseStep(std::string_view text);

} // namespace sightglass
