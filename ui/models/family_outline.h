// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "ui/models/family_tree.h"

// The explorer's tree as plain data, and who makes it of an analysis. Nothing here knows Qt's
// models or the GUI thread: with a hundred thousand metrics it is a worker's task.
namespace sightglass::ui {

/// What the explorer's top rows are.
enum class Grouping {
    Service, ///< service, then name prefix
    Path,    ///< origin, then name prefix; a family stands under each path it comes by
    Name,    ///< the words of the names, up to three deep
};

/// Everything that the explorer shows, at one moment. Immutable once made, shared between threads.
struct FamilyOutline {
    struct Branch {
        enum class Kind { Root, Service, Path, Group } kind = Kind::Root;
        std::uint32_t id = 0;   ///< the same in every outline that has the branch; 0: root
        int parent = -1;        ///< index in `branches`
        int row = 0;            ///< among its parent's branches, which stand before its families
        int depth = 0;          ///< 1: stands on top
        bool synthetic = false; ///< what Sightglass itself says of its targets
        OriginId origin;        ///< of a Path and all below it; invalid elsewhere
        std::string text;       ///< service, origin or prefix in full
        std::string brief;      ///< of a Path: as narrow places call it
        std::size_t prefixBytes = 0; ///< of the names of its families, which its own row says
        std::vector<int> branches;   ///< indexes, in order
        Families families;           ///< right below it, by name
        std::vector<std::optional<Severity>> marks; ///< of `families`; empty: none has one
        int count = 0;                              ///< families below, at any depth
        std::optional<Severity> mark;               ///< what this row itself says
        std::optional<Severity> worst;              ///< the worst below, for a closed row
        bool opens = true;                          ///< unless the user folded it

        [[nodiscard]] std::optional<Severity> markOf(std::size_t family) const {
            return marks.empty() ? std::nullopt : marks[family];
        }
    };

    std::vector<Branch> branches; ///< parents before children; the first is the root
    std::unordered_map<std::uint32_t, int> places; ///< of branches, by id
    int families = 0;                              ///< that exist, without Sightglass' own
    int shown = 0;                                 ///< of those, what the filter lets pass

    FamilyOutline();
    [[nodiscard]] const Branch* branch(std::uint32_t id) const;
};

/// What became of one outline in the next.
struct OutlineChange {
    struct Rows {
        int branch = 0;
        int first = 0, last = 0; ///< of its families
    };
    bool structure = false;           ///< rows came, went or moved
    std::vector<std::uint32_t> added; ///< branches, by id
    // Only where the structure is the same, indexes of the newer outline:
    std::vector<int> branches; ///< whose own row says something else
    std::vector<Rows> rows;
};

/// Makes outlines, one after another, and says what changed between them. Keeps what one has in
/// common with the next, and the two before: whoever shows one need not be the last to let it go.
/// Owned by the explorer's model; one thread at a time.
class OutlineBuilder {
  public:
    struct Request {
        std::shared_ptr<const Analysis> analysis;
        std::vector<std::string> words; ///< of the filter, in lower case: a family's name, label
                                        ///< keys or help must contain them all
        Grouping grouping = Grouping::Service;
    };
    struct Answer {
        Request request;
        std::shared_ptr<const FamilyOutline> outline;
        OutlineChange change; ///< since the answer before
    };

    OutlineBuilder();
    ~OutlineBuilder();

    [[nodiscard]] Answer build(const Request& request);

  private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace sightglass::ui
