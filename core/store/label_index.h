// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/heap.h"
#include "core/base/ids.h"
#include "core/base/mutex.h"
#include "core/model/series_reader.h"
#include "core/model/shared_attribute.h"
#include "core/store/posting_list.h"

namespace sightglass {

/// An attribute that series carry, kept once for all of them, and which series these are. Interned
/// by a LabelIndex, which alone touches what is not const; a set that refers to it may outlive its
/// place in the index, and then finds no series in it.
class LabelTerm final : public SharedAttribute {
  public:
    [[nodiscard]] static LabelTerm& make(std::string_view sharedKey, const Value& value,
                                         std::uint32_t hash);

    std::uint32_t place = 0; ///< in the list of its key
    PostingList series;      ///< all that ever carried it and were not cleaned out yet
    std::uint32_t live = 0;  ///< how many of them there still are; 0: to be dropped
    const std::uint32_t hash;

  private:
    LabelTerm(std::string_view sharedKey, const Value& ofText, std::uint32_t ofBoth)
        : SharedAttribute(sharedKey, ofText), hash(ofBoth) {}
};

/// Open addressing over terms, by the hash of key and value.
///
///     a slot    16 bits of the hash | 48 bits of the term's address
///
/// No more of an address is ever set in user space, and a look at what is not asked for is rare.
class LabelTermTable {
  public:
    [[nodiscard]] LabelTerm* find(const Attribute& attribute, std::uint32_t hash) const;
    void prefetch(std::uint32_t hash) const {
        if (!m_slots.empty())
            __builtin_prefetch(&m_slots[hash & mask()]);
    }
    /// There is room for it: slots() is at least slotsFor(1).
    void insert(LabelTerm& term);
    void erase(const LabelTerm& term);
    template <class Visit>
    void forEach(Visit&& visit) const {
        for (const std::uint64_t slot : m_slots) {
            if (slot != 0)
                visit(termOf(slot));
        }
    }
    [[nodiscard]] std::size_t slots() const { return m_slots.size(); }
    /// How many there should be with so many more terms.
    [[nodiscard]] std::size_t slotsFor(std::size_t more) const;
    /// The same with so many slots.
    [[nodiscard]] LabelTermTable resized(std::size_t slots) const;
    [[nodiscard]] std::size_t heapBytes() const { return m_slots.capacity() * sizeof(m_slots[0]); }

  private:
    static constexpr unsigned addressBits = 48;
    using Slots = std::vector<std::uint64_t, TableAllocator<std::uint64_t>>;

    static LabelTerm& termOf(std::uint64_t slot) {
        return *reinterpret_cast<LabelTerm*>(slot & ((std::uint64_t{1} << addressBits) - 1));
    }
    static std::uint64_t tagOf(std::uint32_t hash) { return std::uint64_t{hash >> 16}; }
    [[nodiscard]] std::size_t mask() const { return m_slots.size() - 1; }
    void place(std::uint64_t slot, std::uint32_t hash);

    Slots m_slots; ///< a power of two of them; 0: free
    std::size_t m_size = 0;
};

/// The inverted index: keeps each attribute once however many series share it, and knows from key
/// and value which series carry it.
///
///     label      http_route                      Prometheus' spelling
///     keys         http.route, http_route        as received; mostly one
///     terms          http.route="/a"             a LabelTerm each, with its PostingList of ids
///                    http.route="/b"
///     joined       ids of series that carry more than one of the label's keys, whose values
///                  Prometheus would join: to be looked at, whatever is asked
///
/// The ids of removed series stay in the lists, where readers pass over them, until a list is
/// mostly of such and is made anew; a term without living series goes at once, and with the last
/// AttributeSet that refers to it its text.
///
/// Owned by the store. Its writer adds and removes; any thread may ask. Both hold the lock for as
/// long as it takes to touch one series, or to take the views of a few lists. Ids are read and most
/// values compared outside of it; so are lists and the table of terms made anew, which the writer
/// alone changes, and swapped under it.
class LabelIndex {
  public:
    /// Says whether a series lives; asked on the writer's thread, without the index' lock.
    using IsLive = std::function<bool(SeriesId)>;

    explicit LabelIndex(IsLive isLive);
    ~LabelIndex();

    // The writer.

    /// `series` is greater than all before. `attributes` may come in any order; of two with one key
    /// the first holds. What it gives refers to what is kept here.
    [[nodiscard]] std::shared_ptr<const AttributeSet> add(SeriesId series,
                                                          std::span<const Attribute> attributes)
        SG_EXCLUDES(m_mutex);
    /// `attributes` is what add() gave for this series.
    void remove(SeriesId series, const AttributeSet& attributes) SG_EXCLUDES(m_mutex);
    /// Of all that is kept here, but not of the sets that add() gave.
    [[nodiscard]] std::size_t bytes() const { return m_bytes; }
    /// About the most that a series with these attributes adds to it.
    [[nodiscard]] static std::size_t bytesAtMost(std::span<const Attribute> attributes);

    // Any thread.

    /// What a selection of series can be started from.
    struct Everything {
        std::size_t count = 0;                                 ///< of series
        std::function<void(std::vector<std::uint32_t>&)> read; ///< appends their ids, ascending
    };
    /// Ids of the series, ascending, that may meet all conditions: as far as it costs less to know
    /// than to look at the series, and whether they are among `all` or not. Nullopt if nothing can
    /// be left out so.
    [[nodiscard]] std::optional<std::vector<std::uint32_t>>
    select(std::span<const LabelCondition> conditions, const Everything& all) const
        SG_EXCLUDES(m_mutex);

    /// Each value that a living series has under one of the label's keys, as Value::display() gives
    /// it, in no order; some may come twice.
    void values(std::string_view label, const std::function<void(std::string_view)>& take) const
        SG_EXCLUDES(m_mutex);

  private:
    struct Label;
    struct Key {
        std::string_view text; ///< of a SharedText that is held here
        Label* label = nullptr;
        std::vector<LabelTerm*> terms;
        /// Those whose value cannot be looked up by its display().
        absl::flat_hash_set<const LabelTerm*> unspelled;
    };
    struct Label {
        std::string name;
        std::vector<Key*> keys;
        PostingList joined;
        std::uint32_t joinedLive = 0;
    };
    /// What the lists say of one condition.
    struct Found {
        bool subtracts = false; ///< these series are out, instead of none but these being in
        std::vector<PostingView> lists;
        std::size_t total = 0;

        void add(PostingView list) {
            total += list.count();
            lists.push_back(std::move(list));
        }
    };

    /// Fills m_wanted, by key; of two with one key the first.
    void sortWanted(std::span<const Attribute> attributes) SG_REQUIRES(m_mutex);
    [[nodiscard]] std::uint32_t hashOf(const Attribute& attribute) const;
    [[nodiscard]] LabelTerm& intern(const Attribute& attribute, std::uint32_t hash)
        SG_REQUIRES(m_mutex);
    [[nodiscard]] Key& keyOf(std::string_view text) SG_REQUIRES(m_mutex);
    void forget(LabelTerm& term) SG_REQUIRES(m_mutex);
    void forget(Key& key) SG_REQUIRES(m_mutex);
    void append(PostingList& list, SeriesId series);
    /// Makes the list anew of those of its series that live, without `gone`.
    void clean(PostingList& list, SeriesId gone) SG_EXCLUDES(m_mutex);
    /// Makes the table of terms anew if so many more do not fit into it, or it is mostly free.
    void fitTerms(std::size_t more) SG_EXCLUDES(m_mutex);
    /// Only the writer changes them, so it may read them without the lock.
    [[nodiscard]] const LabelTermTable& writersTerms() const SG_TSA(no_thread_safety_analysis) {
        return m_terms;
    }
    /// Labels that several of these attributes fall on.
    [[nodiscard]] std::vector<Label*> joinedBy(const AttributeSet& attributes) SG_REQUIRES(m_mutex);

    /// Adds the series that have this value under the label; false if many values are there that
    /// cannot be looked up by their display().
    [[nodiscard]] bool lookUp(std::string_view label, std::string_view value, Found& found) const
        SG_EXCLUDES(m_mutex);
    /// Goes over all values of a label, a few at a time under the lock; `wants` is called outside
    /// of it with the display() of each. Adds the series that have one which it wants; gives up,
    /// false, once these are `most` or more.
    [[nodiscard]] bool scan(std::string_view label,
                            const std::function<bool(std::string_view)>& wants, std::size_t most,
                            Found& found) const SG_EXCLUDES(m_mutex);
    /// Nullopt if it does not list its values.
    [[nodiscard]] std::optional<Found> lookUp(const LabelCondition& condition) const;
    /// Nullopt if it is cheaper to look at `bound` series.
    [[nodiscard]] std::optional<Found> scan(const LabelCondition& condition,
                                            std::size_t bound) const;
    /// Nullopt if the lists do not tell because of those that are joined.
    [[nodiscard]] std::optional<Found> withJoined(std::string_view label, Found found) const;
    [[nodiscard]] std::size_t valueCount(std::string_view label) const SG_EXCLUDES(m_mutex);
    /// Adds the series whose values under the label are joined.
    void addJoined(std::string_view label, Found& found) const SG_EXCLUDES(m_mutex);
    [[nodiscard]] std::vector<std::string> keysOf(std::string_view label) const
        SG_EXCLUDES(m_mutex);

    const IsLive m_isLive;
    const std::uint64_t m_seed; ///< nobody outside can make hashes meet
    // The writer's own.
    std::size_t m_bytes = 0;
    std::vector<PostingList*> m_toClean; ///< after the removal of a series

    mutable Mutex m_mutex;
    LabelTermTable m_terms SG_GUARDED_BY(m_mutex);
    absl::flat_hash_map<std::string_view, std::unique_ptr<Key>> m_keys SG_GUARDED_BY(m_mutex);
    absl::flat_hash_map<std::string_view, std::unique_ptr<Label>> m_labels SG_GUARDED_BY(m_mutex);
    std::uint32_t m_manyKeyLabels SG_GUARDED_BY(m_mutex) = 0; ///< labels with more than one key
    // Of the series added last: the next one often has most attributes in common with it.
    std::vector<LabelTerm*> m_lastTerms SG_GUARDED_BY(m_mutex);
    struct Wanted {
        const Attribute* attribute;
        LabelTerm* known;   ///< null: to be searched for
        std::uint32_t hash; ///< if not known
    };
    std::vector<Wanted> m_wanted SG_GUARDED_BY(m_mutex); ///< of the series being added
    std::vector<const SharedAttribute*> m_found SG_GUARDED_BY(m_mutex);
};

} // namespace sightglass
