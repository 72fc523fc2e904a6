// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sightglass {

enum class ValueKind : std::uint8_t { Empty, String, Bool, Int, Double, Bytes, Array, Map };

/// An attribute value with its type kept: OTLP's AnyValue, as a 16-byte view.
///
/// The text of String and Bytes lies elsewhere (in a request body, an arena or an OwnedValue) and
/// must outlive the view. Array and Map are rare and never computed with, so they are kept as one
/// canonical JSON text: members in the order received, integers without a point, doubles always
/// with a point or an exponent ("1.0"), bytes as {"bytesValue":"<base64>"}, NaN and the infinities
/// as {"doubleValue":"NaN"}. Two equal values therefore have equal text.
class Value {
  public:
    Value() = default;
    static Value string(std::string_view text) { return Value(ValueKind::String, text); }
    static Value bytes(std::string_view raw) { return Value(ValueKind::Bytes, raw); }
    static Value array(std::string_view json) { return Value(ValueKind::Array, json); }
    static Value map(std::string_view json) { return Value(ValueKind::Map, json); }
    static Value boolean(bool b) {
        Value v(ValueKind::Bool);
        v.m_integer = b ? 1 : 0;
        return v;
    }
    static Value integer(std::int64_t i) {
        Value v(ValueKind::Int);
        v.m_integer = i;
        return v;
    }
    static Value real(double d) {
        Value v(ValueKind::Double);
        v.m_real = d;
        return v;
    }

    [[nodiscard]] ValueKind kind() const { return m_kind; }
    /// String, Bytes, Array, Map: the text; else empty.
    [[nodiscard]] std::string_view text() const {
        return hasText() ? std::string_view(m_data, m_size) : std::string_view();
    }
    [[nodiscard]] bool hasText() const {
        return m_kind == ValueKind::String || m_kind >= ValueKind::Bytes;
    }
    [[nodiscard]] bool asBool() const { return m_integer != 0; }
    [[nodiscard]] std::int64_t asInt() const { return m_integer; }
    [[nodiscard]] double asDouble() const { return m_real; }
    /// The same text, which lies there. Only if hasText().
    [[nodiscard]] Value over(std::string_view text) const { return Value(m_kind, text); }
    /// The eight bytes behind a Bool, Int or Double, for hashing and comparing to the bit.
    [[nodiscard]] std::uint64_t bits() const { return static_cast<std::uint64_t>(m_integer); }

    /// Same kind and same content to the bit (so NaN equals itself and 0.0 is not -0.0).
    friend bool operator==(const Value& a, const Value& b) {
        if (a.m_kind != b.m_kind)
            return false;
        return a.hasText() ? a.text() == b.text() : a.m_integer == b.m_integer;
    }

    /// As Prometheus labels and people see it: strings bare, numbers in shortest form, bytes as
    /// base64, arrays and maps as JSON.
    [[nodiscard]] std::string display() const;
    /// As one JSON value with the type visible (see the class comment for bytes and NaN).
    void appendJson(std::string& out) const;

  private:
    explicit Value(ValueKind kind) : m_kind(kind) {}
    Value(ValueKind kind, std::string_view text)
        : m_kind(kind), m_size(static_cast<std::uint32_t>(text.size())), m_data(text.data()) {}

    ValueKind m_kind = ValueKind::Empty;
    std::uint32_t m_size = 0;
    union {
        std::int64_t m_integer = 0;
        double m_real;
        const char* m_data;
    };
};

struct Attribute {
    std::string_view key;
    Value value;

    friend bool operator==(const Attribute&, const Attribute&) = default;
};

class SharedAttribute;

/// Attributes sorted by key, each key once; immutable once made, so it can be shared between
/// threads. One that is made of received attributes owns a copy of their text, and of two with one
/// key the first holds; one made by share() refers to attributes that other sets refer to as well.
class AttributeSet {
  public:
    /// Goes over the attributes where they lie.
    class Iterator {
      public:
        using iterator_category = std::random_access_iterator_tag;
        using value_type = Attribute;
        using difference_type = std::ptrdiff_t;
        using pointer = const Attribute*;
        using reference = const Attribute&;

        Iterator() = default;
        explicit Iterator(const Attribute* const* at) : m_at(at) {}
        reference operator*() const { return **m_at; }
        pointer operator->() const { return *m_at; }
        reference operator[](difference_type n) const { return *m_at[n]; }
        Iterator& operator++() {
            ++m_at;
            return *this;
        }
        Iterator operator++(int) { return Iterator(m_at++); }
        Iterator& operator--() {
            --m_at;
            return *this;
        }
        Iterator operator--(int) { return Iterator(m_at--); }
        Iterator& operator+=(difference_type n) {
            m_at += n;
            return *this;
        }
        Iterator& operator-=(difference_type n) {
            m_at -= n;
            return *this;
        }
        friend Iterator operator+(Iterator it, difference_type n) { return it += n; }
        friend Iterator operator+(difference_type n, Iterator it) { return it += n; }
        friend Iterator operator-(Iterator it, difference_type n) { return it -= n; }
        friend difference_type operator-(Iterator a, Iterator b) { return a.m_at - b.m_at; }
        friend auto operator<=>(const Iterator&, const Iterator&) = default;

      private:
        const Attribute* const* m_at = nullptr;
    };

    AttributeSet() = default;
    AttributeSet(const Attribute* first, std::size_t count);
    explicit AttributeSet(const std::vector<Attribute>& attributes)
        : AttributeSet(attributes.data(), attributes.size()) {}
    AttributeSet(AttributeSet&& other) noexcept { swap(other); }
    AttributeSet& operator=(AttributeSet&& other) noexcept {
        AttributeSet(std::move(other)).swap(*this);
        return *this;
    }
    /// A copy owns its text, whatever the original does.
    AttributeSet(const AttributeSet& other);
    AttributeSet& operator=(const AttributeSet& other);
    ~AttributeSet();

    /// A set of these, which it holds as long as it lives: sorted by key, each key once. In one
    /// allocation with its reference count.
    [[nodiscard]] static std::shared_ptr<const AttributeSet>
    share(std::span<const SharedAttribute* const> attributes);
    /// Bytes of that allocation.
    [[nodiscard]] static std::size_t sharedBytes(std::size_t count);

    [[nodiscard]] Iterator begin() const { return Iterator(m_items); }
    [[nodiscard]] Iterator end() const { return Iterator(m_items + m_size); }
    [[nodiscard]] std::size_t size() const { return m_size; }
    [[nodiscard]] bool empty() const { return m_size == 0; }
    [[nodiscard]] const Attribute& operator[](std::size_t i) const { return *m_items[i]; }
    /// The value of a key, or nullptr.
    [[nodiscard]] const Value* find(std::string_view key) const;
    /// Bytes on the heap that are this set's alone, for the memory budget.
    [[nodiscard]] std::size_t heapBytes() const { return m_ownBytes; }

    friend bool operator==(const AttributeSet& a, const AttributeSet& b);

  private:
    struct Sharing {}; // only share() may ask for it
    template <class T>
    struct TrailingAllocator;

  public:
    AttributeSet(Sharing, std::span<const SharedAttribute* const> attributes);

  private:
    void swap(AttributeSet& other) noexcept;

    const Attribute* const* m_items = nullptr;
    std::uint32_t m_size = 0;
    std::uint32_t m_ownBytes = 0; ///< 0: empty, or a set that shares
};

/// Names and values as Prometheus has them: sorted by name, all strings.
using Label = std::pair<std::string, std::string>;
using Labels = std::vector<Label>;

/// Shortest decimal text that reads back as the same double; "NaN", "+Inf", "-Inf".
[[nodiscard]] std::string formatDouble(double value);
/// `text` as a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD.
void appendJsonString(std::string& out, std::string_view text);
/// A double as a JSON number that keeps a point or exponent ("1.0"); NaN and infinities as
/// {"doubleValue":"NaN"}.
void appendJsonDouble(std::string& out, double value);
/// Standard base64 with padding (RFC 4648).
[[nodiscard]] std::string base64(std::string_view bytes);

} // namespace sightglass
