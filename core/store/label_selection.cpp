// SPDX-License-Identifier: GPL-3.0-or-later
// How a LabelIndex finds the series that meet some conditions.
#include <algorithm>
#include <bit>
#include <iterator>
#include <limits>

#include "core/store/label_index.h"

namespace sightglass {

namespace {

using Ids = std::vector<std::uint32_t>;

/// A list so many times longer than what is left is not gone through: each of the few series is
/// looked at instead.
constexpr std::size_t listToSeries = 64;
/// To take series out pays only if the values are few beside them.
constexpr std::size_t seriesToValue = 8;

/// Sorts ids that lie close together by setting bits.
void sortUnique(Ids& ids) {
    if (ids.empty())
        return;
    const auto [least, greatest] = std::minmax_element(ids.begin(), ids.end());
    const std::uint32_t first = *least;
    const std::size_t span = std::size_t{*greatest} - first + 1;
    if (span / 32 > ids.size()) {
        std::sort(ids.begin(), ids.end());
        ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
        return;
    }
    std::vector<std::uint64_t> bits((span + 63) / 64);
    for (const std::uint32_t id : ids)
        bits[(id - first) / 64] |= std::uint64_t{1} << ((id - first) % 64);
    ids.clear();
    for (std::size_t word = 0; word < bits.size(); ++word) {
        for (std::uint64_t left = bits[word]; left != 0; left &= left - 1)
            ids.push_back(first + static_cast<std::uint32_t>(word * 64) +
                          static_cast<std::uint32_t>(std::countr_zero(left)));
    }
}

Ids unite(const std::vector<PostingView>& lists, std::size_t total) {
    Ids out;
    out.reserve(total);
    for (const PostingView& list : lists)
        list.read(out);
    if (lists.size() > 1)
        sortUnique(out);
    return out;
}

/// Leaves the ids that are in the list, or those that are not.
void keepIf(Ids& ids, bool inList, const PostingView& list) {
    PostingCursor cursor(list);
    std::erase_if(ids, [&](std::uint32_t id) {
        cursor.seek(id);
        return (!cursor.atEnd() && cursor.id() == id) != inList;
    });
}

void keepIf(Ids& ids, bool inList, const Ids& other) {
    auto at = other.begin();
    std::erase_if(ids, [&](std::uint32_t id) {
        while (at != other.end() && *at < id)
            ++at;
        return (at != other.end() && *at == id) != inList;
    });
}

} // namespace

std::optional<LabelIndex::Found> LabelIndex::lookUp(const LabelCondition& condition) const {
    Found found;
    found.subtracts = condition.holdsFor({});
    const auto add = [&](std::string_view value) { return lookUp(condition.label, value, found); };
    // What no value is listed for is to be scanned, as is whether a missing label will do.
    if (condition.equals) {
        if (found.subtracts || !add(*condition.equals))
            return std::nullopt;
    } else {
        const auto& listed = found.subtracts ? condition.noneOf : condition.oneOf;
        if (listed.empty() || !std::ranges::all_of(listed, add))
            return std::nullopt;
    }
    return withJoined(condition.label, std::move(found));
}

/// Joined values may do where each alone does not, and the other way round.
std::optional<LabelIndex::Found> LabelIndex::withJoined(std::string_view label, Found found) const {
    Found joined;
    addJoined(label, joined);
    if (joined.total > 0 && found.subtracts)
        return std::nullopt;
    for (PostingView& list : joined.lists)
        found.add(std::move(list));
    return found;
}

std::optional<LabelIndex::Found> LabelIndex::scan(const LabelCondition& condition,
                                                  std::size_t bound) const {
    Found found;
    found.subtracts = condition.holdsFor({});
    const std::size_t values = valueCount(condition.label);
    if (values > (found.subtracts ? bound / seriesToValue : bound))
        return std::nullopt;
    const auto wants = [&](std::string_view value) {
        return found.subtracts ? !condition.holdsFor(value)
                               : value.starts_with(condition.prefix) && condition.holdsFor(value);
    };
    // What takes series out is of use however many these are.
    const std::size_t most = found.subtracts ? std::numeric_limits<std::size_t>::max() : bound;
    if (!scan(condition.label, wants, most, found))
        return std::nullopt;
    return withJoined(condition.label, std::move(found));
}

std::optional<std::vector<std::uint32_t>>
LabelIndex::select(std::span<const LabelCondition> conditions, const Everything& all) const {
    std::vector<Found> required, refused;
    std::vector<const LabelCondition*> others;
    std::size_t bound = all.count;
    const auto take = [&](Found&& found) {
        if (found.subtracts) {
            refused.push_back(std::move(found));
        } else {
            bound = std::min(bound, found.total);
            required.push_back(std::move(found));
        }
    };
    for (const LabelCondition& condition : conditions) {
        if (std::optional<Found> found = lookUp(condition))
            take(std::move(*found));
        else
            others.push_back(&condition);
    }
    for (const LabelCondition* condition : others) {
        if (std::optional<Found> found = scan(*condition, bound))
            take(std::move(*found));
    }
    if (required.empty() && refused.empty())
        return std::nullopt;

    std::ranges::sort(required, {}, &Found::total);
    Ids ids;
    if (!required.empty() && required.front().total < all.count) {
        ids = unite(required.front().lists, required.front().total);
        required.erase(required.begin());
    } else {
        ids.reserve(all.count);
        all.read(ids);
    }
    const auto narrow = [&ids](const Found& found) {
        if (found.total / listToSeries > ids.size())
            return;
        if (found.lists.size() == 1)
            keepIf(ids, !found.subtracts, found.lists.front());
        else
            keepIf(ids, !found.subtracts, unite(found.lists, found.total));
    };
    std::ranges::for_each(required, narrow);
    std::ranges::for_each(refused, narrow);
    return ids;
}

} // namespace sightglass
