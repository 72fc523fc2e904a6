// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/engine/engine.h"

// Which family stands under which name prefix, and which finding marks a row, a group or a service.
// Pure functions, linear in families but for the sorting that Analysis already did.
namespace sightglass::ui {

/// A run of families whose names begin alike. `prefix` ends with '_' (or a '.' or ':'
/// of the names); it is empty for those that
/// share no prefix with enough others and stand right under their service.
struct FamilyGroup {
    std::string prefix;
    Families families; ///< by name
};

/// Cuts families, sorted by name, into groups by prefix; those without a group come last. A group
/// has at least `smallestGroup` members; a prefix is cut further only where most of its families
/// fall into such groups and the list is longer than a screen.
inline constexpr std::size_t smallestGroup = 3;
[[nodiscard]] std::vector<FamilyGroup> groupByPrefix(const Families& families);

/// Families whose names begin with the same words, and among them those that go on alike.
struct NameGroup {
    std::string prefix; ///< in full, with its last '_', '.' or ':'; "" of the whole
    std::vector<NameGroup> groups;
    Families families; ///< that share no further word with enough others
};

/// Cuts families, sorted by name, by the words of their names, word after word: a prefix becomes a
/// group while `smallestGroup` or more share it, words that all share are one step, and what fits
/// on half a screen is not cut further. Three groups deep at most.
[[nodiscard]] NameGroup groupByWords(Families families);

/// The worst open finding of a family, of a whole group and of a service.
struct FamilyMarks {
    /// Per family, in their order, without what `common` already says; empty: none has any.
    std::vector<std::optional<Severity>> rows;
    std::optional<Severity> common; ///< found in every family of the group
    std::optional<Severity> worst;  ///< worst of all, common or not
    friend bool operator==(const FamilyMarks&, const FamilyMarks&) = default;
};

/// Open findings by the family and the subject they are about, for one snapshot.
class FindingIndex {
  public:
    explicit FindingIndex(const FindingsSnapshot& findings);
    ~FindingIndex();

    /// Of a group what all its families have is `common`.
    [[nodiscard]] FamilyMarks marksOf(const Families& families, bool isGroup) const;
    /// Of findings without a metric whose subject is this.
    [[nodiscard]] std::optional<Severity> ofSubject(std::string_view subject) const;
    /// Open findings of a family, worst first.
    [[nodiscard]] std::vector<std::shared_ptr<const Finding>> of(const Family& family) const;

  private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace sightglass::ui
