// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/model/value.h"

namespace re2 {
class RE2;
}

namespace sightglass {

/// One condition on a label. A label that a series lacks counts as the empty string, as Prometheus
/// has it. Regular expressions are RE2 and match the whole value. Immutable; any thread may match.
class LabelMatcher {
  public:
    enum class Kind { Equal, NotEqual, Matches, MatchesNot };

    /// An Error if `value` is no regular expression where one is asked for.
    static Result<LabelMatcher> make(Kind kind, std::string name, std::string value);

    [[nodiscard]] Kind kind() const { return m_kind; }
    [[nodiscard]] const std::string& name() const { return m_name; }
    [[nodiscard]] const std::string& value() const { return m_value; }
    [[nodiscard]] bool matches(std::string_view labelValue) const;
    /// If the expression is nothing but texts ("a|b|c"), these; else empty.
    [[nodiscard]] const std::vector<std::string>& literals() const { return m_literals; }
    /// How every text that the expression finds begins; empty if that cannot be told.
    [[nodiscard]] const std::string& prefix() const { return m_prefix; }

  private:
    Kind m_kind = Kind::Equal;
    std::string m_name;
    std::string m_value;
    std::shared_ptr<const re2::RE2> m_expression; ///< null unless Matches or MatchesNot
    std::vector<std::string> m_literals;
    std::string m_prefix;
};

/// What one selector of PromQL asks for: `name{a="b",c=~"d"}[5m]`.
struct Selector {
    std::vector<LabelMatcher> matchers; ///< the name is a matcher on __name__
    TimeNs range = 0;                   ///< 0: an instant selector

    /// False if no series of this name can match, whatever its labels.
    [[nodiscard]] bool matchesName(std::string_view name) const;
    /// `labels` sorted by name, without __name__, which is not looked at.
    [[nodiscard]] bool matchesLabels(const Labels& labels) const;
    /// Both.
    [[nodiscard]] bool matches(std::string_view name, const Labels& labels) const {
        return matchesName(name) && matchesLabels(labels);
    }
};

/// Parses one selector as PromQL spells it (Prometheus 3, "Querying basics"): names may be quoted
/// inside the braces, strings may be '...', "..." or `...`. At least one matcher must not match the
/// empty string. Whatever else PromQL offers is an Error with its column, ErrorCode::Unsupported.
Result<Selector> parseSelector(std::string_view text);

/// A Prometheus duration such as "5m" or "1h30m"; an Error for anything else or zero.
Result<TimeNs> parseDuration(std::string_view text);

} // namespace sightglass
