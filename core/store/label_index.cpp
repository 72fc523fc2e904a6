// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/label_index.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <new>
#include <random>
#include <utility>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "core/base/heap.h"
#include "core/model/prometheus_names.h"

namespace sightglass {

namespace {

/// Slot, pair and the object's own bytes of an entry of a hash map.
constexpr std::size_t mapEntryBytes = 48;
/// Terms taken under one hold of the lock: a few microseconds.
constexpr std::size_t scanStep = 64;
/// More attributes than this are sorted, fewer inserted where they belong: both cost little then.
constexpr std::size_t insertedMost = 32;
/// Unspelled values of a key that are compared under the lock.
constexpr std::size_t comparedMost = 16;
/// Lists shorter than this are not worth cleaning.
constexpr std::uint32_t leastCleaned = 32;

std::uint64_t drawSeed() {
    std::random_device device;
    return std::uint64_t{device()} << 32 | device();
}

/// Whether lookUp() finds a value of this kind back from its display(). An empty one is as good as
/// none, which is not looked up.
bool isSpelled(ValueKind kind) {
    return kind != ValueKind::Double && kind != ValueKind::Bytes;
}

std::size_t termBytes(const Value& value) {
    return allocatedBytes(sizeof(LabelTerm) + value.text().size());
}

} // namespace

static_assert(sizeof(LabelTerm) == 64, "every series with a value of its own has one");

LabelTerm& LabelTerm::make(std::string_view sharedKey, const Value& value, std::uint32_t hash) {
    const std::string_view text = value.text();
    void* const memory = ::operator new(sizeof(LabelTerm) + text.size());
    char* const kept = static_cast<char*>(memory) + sizeof(LabelTerm);
    std::copy(text.begin(), text.end(), kept);
    return *new (memory)
        LabelTerm(sharedKey, value.hasText() ? value.over({kept, text.size()}) : value, hash);
}

// ---- the table ----

LabelTerm* LabelTermTable::find(const Attribute& attribute, std::uint32_t hash) const {
    if (m_slots.empty())
        return nullptr;
    for (std::size_t i = hash & mask(); m_slots[i] != 0; i = (i + 1) & mask()) {
        if (m_slots[i] >> addressBits != tagOf(hash))
            continue;
        LabelTerm& term = termOf(m_slots[i]);
        if (term.value == attribute.value && term.key == attribute.key)
            return &term;
    }
    return nullptr;
}

void LabelTermTable::place(std::uint64_t slot, std::uint32_t hash) {
    std::size_t i = hash & mask();
    while (m_slots[i] != 0)
        i = (i + 1) & mask();
    m_slots[i] = slot;
}

std::size_t LabelTermTable::slotsFor(std::size_t more) const {
    constexpr std::size_t least = 16, neverSparse = 1024;
    const std::size_t terms = m_size + more;
    std::size_t out = std::max(least, m_slots.size());
    if (out > neverSparse && terms * 8 < out)
        out /= 4;
    while (terms * 5 > out * 4)
        out *= 2;
    return out;
}

LabelTermTable LabelTermTable::resized(std::size_t slots) const {
    LabelTermTable out;
    out.m_slots.resize(slots);
    out.m_size = m_size;
    constexpr std::size_t ahead = 16;
    for (std::size_t i = 0; i < m_slots.size(); ++i) {
        if (i + ahead < m_slots.size() && m_slots[i + ahead] != 0)
            __builtin_prefetch(&termOf(m_slots[i + ahead]).hash);
        if (m_slots[i] != 0)
            out.place(m_slots[i], termOf(m_slots[i]).hash);
    }
    return out;
}

void LabelTermTable::insert(LabelTerm& term) {
    static_assert(sizeof(void*) == sizeof(std::uint64_t));
    place(tagOf(term.hash) << addressBits | reinterpret_cast<std::uintptr_t>(&term), term.hash);
    ++m_size;
}

void LabelTermTable::erase(const LabelTerm& term) {
    std::size_t hole = term.hash & mask();
    while (&termOf(m_slots[hole]) != &term)
        hole = (hole + 1) & mask();
    // Those behind the hole that would not be found across it move into it.
    for (std::size_t i = (hole + 1) & mask(); m_slots[i] != 0; i = (i + 1) & mask()) {
        const std::size_t home = termOf(m_slots[i]).hash & mask();
        if (((i - home) & mask()) >= ((i - hole) & mask())) {
            m_slots[hole] = m_slots[i];
            hole = i;
        }
    }
    m_slots[hole] = 0;
    --m_size;
}

// ---- the writer ----

LabelIndex::LabelIndex(IsLive isLive) : m_isLive(std::move(isLive)), m_seed(drawSeed()) {}

LabelIndex::~LabelIndex() {
    MutexLock lock(m_mutex);
    m_terms.forEach([](LabelTerm& term) {
        term.series = {};
        term.drop();
    });
    for (const auto& [text, key] : m_keys)
        SharedText::of(text).drop();
}

LabelIndex::Key& LabelIndex::keyOf(std::string_view text) {
    if (const auto it = m_keys.find(text); it != m_keys.end())
        return *it->second;
    auto made = std::make_unique<Key>();
    Key& key = *made;
    key.text = SharedText::make(text).view(text.size());
    m_keys.emplace(key.text, std::move(made));
    m_bytes += allocatedBytes(SharedText::bytes(text.size())) + allocatedBytes(sizeof(Key)) +
               mapEntryBytes;

    std::string name = prometheusLabelName(text);
    auto it = m_labels.find(name);
    if (it == m_labels.end()) {
        auto label = std::make_unique<Label>();
        label->name = std::move(name);
        const std::string_view view = label->name;
        m_bytes += allocatedBytes(sizeof(Label)) + mapEntryBytes + label->name.capacity();
        it = m_labels.emplace(view, std::move(label)).first;
    }
    key.label = it->second.get();
    key.label->keys.push_back(&key);
    if (key.label->keys.size() == 2)
        ++m_manyKeyLabels;
    return key;
}

std::uint32_t LabelIndex::hashOf(const Attribute& attribute) const {
    const Value& value = attribute.value;
    const std::uint64_t bits = value.bits();
    const std::uint64_t seed =
        XXH3_64bits_withSeed(attribute.key.data(), attribute.key.size(), m_seed) +
        static_cast<std::uint64_t>(value.kind());
    return static_cast<std::uint32_t>(
        value.hasText() ? XXH3_64bits_withSeed(value.text().data(), value.text().size(), seed)
                        : XXH3_64bits_withSeed(&bits, sizeof bits, seed));
}

LabelTerm& LabelIndex::intern(const Attribute& attribute, std::uint32_t hash) {
    if (LabelTerm* const known = m_terms.find(attribute, hash))
        return *known;
    Key& key = keyOf(attribute.key);
    LabelTerm& term = LabelTerm::make(key.text, attribute.value, hash);
    const std::size_t before = key.terms.capacity() * sizeof(LabelTerm*);
    m_terms.insert(term);
    term.place = static_cast<std::uint32_t>(key.terms.size());
    key.terms.push_back(&term);
    if (!isSpelled(attribute.value.kind())) {
        key.unspelled.insert(&term);
        m_bytes += mapEntryBytes;
    }
    m_bytes += key.terms.capacity() * sizeof(LabelTerm*) - before + termBytes(attribute.value);
    return term;
}

std::vector<LabelIndex::Label*> LabelIndex::joinedBy(const AttributeSet& attributes) {
    std::vector<Label*> out;
    if (m_manyKeyLabels == 0)
        return out;
    for (const Attribute& attribute : attributes) {
        Label* const label = keyOf(attribute.key).label;
        if (label->keys.size() > 1)
            out.push_back(label);
    }
    // Of those that are there at least twice, one each.
    std::sort(out.begin(), out.end());
    auto kept = out.begin();
    for (auto it = out.begin(); it != out.end();) {
        const auto end = std::upper_bound(it, out.end(), *it);
        if (end - it > 1)
            *kept++ = *it;
        it = end;
    }
    out.erase(kept, out.end());
    return out;
}

void LabelIndex::append(PostingList& list, SeriesId series) {
    m_bytes += static_cast<std::size_t>(list.append(series.value));
}

void LabelIndex::sortWanted(std::span<const Attribute> attributes) {
    m_wanted.clear();
    if (attributes.size() > insertedMost) {
        for (const Attribute& attribute : attributes)
            m_wanted.push_back({&attribute, nullptr, 0});
        const auto key = [](const Wanted& wanted) { return wanted.attribute->key; };
        std::ranges::stable_sort(m_wanted, {}, key);
        const auto repeated = std::ranges::unique(m_wanted, {}, key);
        m_wanted.erase(repeated.begin(), repeated.end());
        return;
    }
    for (const Attribute& attribute : attributes) {
        auto at = m_wanted.end();
        while (at != m_wanted.begin() && attribute.key < (at - 1)->attribute->key)
            --at;
        if (at == m_wanted.begin() || (at - 1)->attribute->key != attribute.key)
            m_wanted.insert(at, {&attribute, nullptr, 0});
    }
}

std::shared_ptr<const AttributeSet> LabelIndex::add(SeriesId series,
                                                    std::span<const Attribute> attributes) {
    fitTerms(attributes.size());
    MutexLock lock(m_mutex);
    sortWanted(attributes);
    for (std::size_t i = 0; i < m_wanted.size(); ++i) {
        Wanted& wanted = m_wanted[i];
        if (i < m_lastTerms.size() && m_lastTerms[i]->value == wanted.attribute->value &&
            m_lastTerms[i]->key == wanted.attribute->key) {
            wanted.known = m_lastTerms[i];
        } else {
            wanted.hash = hashOf(*wanted.attribute);
            m_terms.prefetch(wanted.hash);
        }
    }
    m_lastTerms.clear();
    m_found.clear();
    for (const Wanted& wanted : m_wanted) {
        LabelTerm& term = wanted.known ? *wanted.known : intern(*wanted.attribute, wanted.hash);
        append(term.series, series);
        ++term.live;
        m_lastTerms.push_back(&term);
        m_found.push_back(&term);
    }
    std::shared_ptr<const AttributeSet> set = AttributeSet::share(m_found);
    for (Label* label : joinedBy(*set)) {
        append(label->joined, series);
        ++label->joinedLive;
    }
    return set;
}

std::size_t LabelIndex::bytesAtMost(std::span<const Attribute> attributes) {
    constexpr std::size_t posting = 48, slot = 32, place = 2 * sizeof(LabelTerm*);
    constexpr std::size_t newKey = allocatedBytes(sizeof(Key)) + allocatedBytes(sizeof(Label)) +
                                   allocatedBytes(place) + 2 * mapEntryBytes;
    std::size_t out = 0;
    for (const Attribute& attribute : attributes) {
        // The text of the key, and the label's name, which may have a letter more.
        const std::size_t size = attribute.key.size();
        out += termBytes(attribute.value) + posting + slot + place + newKey +
               allocatedBytes(SharedText::bytes(size)) + allocatedBytes(size + 2);
    }
    return out;
}

void LabelIndex::fitTerms(std::size_t more) {
    const LabelTermTable& present = writersTerms();
    const std::size_t slots = present.slotsFor(more);
    if (slots == present.slots())
        return;
    LabelTermTable fitting = present.resized(slots);
    m_bytes += fitting.heapBytes() - present.heapBytes();
    MutexLock lock(m_mutex);
    std::swap(m_terms, fitting); // the old one goes after the lock
}

void LabelIndex::clean(PostingList& list, SeriesId gone) {
    std::vector<std::uint32_t> ids;
    list.view().read(ids);
    PostingList cleaned;
    m_bytes -= list.heapBytes();
    for (const std::uint32_t id : ids) {
        if (id != gone.value && m_isLive(SeriesId{id}))
            append(cleaned, SeriesId{id});
    }
    MutexLock lock(m_mutex);
    list = std::move(cleaned); // which swaps: the old one goes after the lock
}

void LabelIndex::forget(LabelTerm& term) {
    Key& key = *m_keys.find(term.key)->second;
    m_terms.erase(term);
    key.terms.back()->place = term.place;
    key.terms[term.place] = key.terms.back();
    key.terms.pop_back();
    if (!isSpelled(term.value.kind())) {
        key.unspelled.erase(&term);
        m_bytes -= mapEntryBytes;
    }
    m_bytes -= term.series.heapBytes() + termBytes(term.value);
    term.series = {};
    m_lastTerms.clear();
    if (key.terms.empty())
        forget(key);
    term.drop();
}

void LabelIndex::forget(Key& key) {
    Label& label = *key.label;
    std::erase(label.keys, &key);
    if (label.keys.size() == 1)
        --m_manyKeyLabels;
    if (label.keys.empty()) {
        m_bytes -= allocatedBytes(sizeof(Label)) + mapEntryBytes + label.name.capacity() +
                   label.joined.heapBytes();
        m_labels.erase(m_labels.find(label.name));
    }
    m_bytes -= allocatedBytes(SharedText::bytes(key.text.size())) + allocatedBytes(sizeof(Key)) +
               mapEntryBytes + key.terms.capacity() * sizeof(LabelTerm*);
    const SharedText& text = SharedText::of(key.text);
    m_keys.erase(m_keys.find(key.text));
    text.drop();
}

void LabelIndex::remove(SeriesId series, const AttributeSet& attributes) {
    const auto isMostlyGone = [](const PostingList& list, std::uint32_t live) {
        return list.count() >= leastCleaned && list.count() - live > live;
    };
    m_toClean.clear();
    {
        MutexLock lock(m_mutex);
        for (Label* label : joinedBy(attributes)) {
            if (--label->joinedLive == 0) {
                m_bytes -= label->joined.heapBytes();
                label->joined = {};
            } else if (isMostlyGone(label->joined, label->joinedLive)) {
                m_toClean.push_back(&label->joined);
            }
        }
        for (const Attribute& attribute : attributes) {
            // add() made the set of terms of this index; const to all others.
            auto& term = const_cast<LabelTerm&>(static_cast<const LabelTerm&>(attribute));
            if (--term.live == 0)
                forget(term);
            else if (isMostlyGone(term.series, term.live))
                m_toClean.push_back(&term.series);
        }
    }
    // Other series are in these lists, so they are still there.
    for (PostingList* list : m_toClean)
        clean(*list, series);
    fitTerms(0);
}

// ---- any thread ----

std::vector<std::string> LabelIndex::keysOf(std::string_view label) const {
    std::vector<std::string> out;
    MutexLock lock(m_mutex);
    if (const auto it = m_labels.find(label); it != m_labels.end()) {
        for (const Key* key : it->second->keys)
            out.emplace_back(key->text);
    }
    return out;
}

std::size_t LabelIndex::valueCount(std::string_view label) const {
    std::size_t out = 0;
    MutexLock lock(m_mutex);
    if (const auto it = m_labels.find(label); it != m_labels.end()) {
        for (const Key* key : it->second->keys)
            out += key->terms.size();
    }
    return out;
}

void LabelIndex::addJoined(std::string_view label, Found& found) const {
    MutexLock lock(m_mutex);
    const auto it = m_labels.find(label);
    if (it != m_labels.end() && it->second->joinedLive > 0)
        found.add(it->second->joined.view());
}

bool LabelIndex::lookUp(std::string_view label, std::string_view value, Found& found) const {
    std::vector<Value> spelled = {Value::string(value)};
    if (value == "true" || value == "false")
        spelled.push_back(Value::boolean(value == "true"));
    if (value.starts_with('['))
        spelled.push_back(Value::array(value));
    if (value.starts_with('{'))
        spelled.push_back(Value::map(value));
    std::int64_t integer = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), integer);
    if (error == std::errc() && end == value.data() + value.size() &&
        std::to_string(integer) == value)
        spelled.push_back(Value::integer(integer));

    MutexLock lock(m_mutex);
    const auto it = m_labels.find(label);
    if (it == m_labels.end())
        return true;
    for (const Key* key : it->second->keys) {
        if (key->unspelled.size() > comparedMost)
            return false;
    }
    for (const Key* key : it->second->keys) {
        for (const LabelTerm* term : key->unspelled) {
            if (term->value.display() == value)
                found.add(term->series.view());
        }
        for (const Value& known : spelled) {
            const Attribute attribute{key->text, known};
            if (const LabelTerm* term = m_terms.find(attribute, hashOf(attribute)))
                found.add(term->series.view());
        }
    }
    return true;
}

bool LabelIndex::scan(std::string_view label, const std::function<bool(std::string_view)>& wants,
                      std::size_t most, Found& found) const {
    std::array<const LabelTerm*, scanStep> wanted{}, fresh{};
    std::string spelled;
    for (const std::string& keyText : keysOf(label)) {
        // From the end to the front: what takes the place of a term that goes was seen before.
        std::size_t next = std::numeric_limits<std::size_t>::max();
        std::size_t wantedCount = 0, freshCount = 0;
        do {
            freshCount = 0;
            {
                MutexLock lock(m_mutex);
                for (std::size_t i = 0; i < wantedCount; ++i)
                    found.add(wanted[i]->series.view());
                const auto it = m_keys.find(keyText);
                if (it != m_keys.end()) {
                    const std::vector<LabelTerm*>& terms = it->second->terms;
                    next = std::min(next, terms.size());
                    while (next > 0 && freshCount < scanStep) {
                        fresh[freshCount] = terms[--next];
                        fresh[freshCount++]->hold();
                    }
                }
            }
            for (std::size_t i = 0; i < wantedCount; ++i)
                wanted[i]->drop();
            wantedCount = 0;
            if (found.total >= most) {
                for (std::size_t i = 0; i < freshCount; ++i)
                    fresh[i]->drop();
                return false;
            }
            for (std::size_t i = 0; i < freshCount; ++i) {
                const Value& value = fresh[i]->value;
                const bool isText = value.kind() == ValueKind::String;
                if (!isText)
                    spelled = value.display();
                if (wants(isText ? value.text() : std::string_view(spelled)))
                    wanted[wantedCount++] = fresh[i];
                else
                    fresh[i]->drop();
            }
        } while (freshCount > 0);
    }
    return true;
}

void LabelIndex::values(std::string_view label,
                        const std::function<void(std::string_view)>& take) const {
    Found none;
    (void)scan(
        label,
        [&take](std::string_view value) {
            take(value);
            return false;
        },
        std::numeric_limits<std::size_t>::max(), none);
}

} // namespace sightglass
