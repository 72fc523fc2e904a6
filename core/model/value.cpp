// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/value.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <new>

#include "core/model/shared_attribute.h"
#include "core/model/utf8.h"

namespace sightglass {

std::string formatDouble(double value) {
    if (std::isnan(value))
        return "NaN";
    if (std::isinf(value))
        return value > 0 ? "+Inf" : "-Inf";
    char buffer[40];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
    return {buffer, end};
}

std::string base64(std::string_view bytes) {
    static constexpr char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t n = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k)
            group = group << 8 | (k < n ? static_cast<unsigned char>(bytes[i + k]) : 0u);
        for (std::size_t k = 0; k < 4; ++k)
            out += k <= n ? digits[group >> (18 - 6 * k) & 63] : '=';
    }
    return out;
}

void appendJsonString(std::string& out, std::string_view text) {
    static constexpr char hex[] = "0123456789abcdef";
    out += '"';
    for (std::size_t i = 0; i < text.size();) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c >= 0x80) {
            const std::size_t length = utf8SequenceLength(text.substr(i));
            if (length == 0) {
                out += "\xEF\xBF\xBD";
                ++i;
            } else {
                out.append(text, i, length);
                i += length;
            }
            continue;
        }
        ++i;
        switch (c) {
        case '"':
            out += "\\\"";
            break;
        case '\\':
            out += "\\\\";
            break;
        case '\n':
            out += "\\n";
            break;
        case '\t':
            out += "\\t";
            break;
        case '\r':
            out += "\\r";
            break;
        default:
            if (c < 0x20) {
                out += "\\u00";
                out += hex[c >> 4];
                out += hex[c & 15];
            } else {
                out += static_cast<char>(c);
            }
        }
    }
    out += '"';
}

void appendJsonDouble(std::string& out, double value) {
    const std::string text = formatDouble(value);
    if (!std::isfinite(value)) {
        out += "{\"doubleValue\":\"";
        out += text == "+Inf" ? "Infinity" : text == "-Inf" ? "-Infinity" : text;
        out += "\"}";
        return;
    }
    out += text;
    if (text.find_first_of(".e") == std::string::npos)
        out += ".0";
}

std::string Value::display() const {
    switch (m_kind) {
    case ValueKind::Empty:
        return {};
    case ValueKind::Bool:
        return asBool() ? "true" : "false";
    case ValueKind::Int:
        return std::to_string(asInt());
    case ValueKind::Double:
        return formatDouble(asDouble());
    case ValueKind::Bytes:
        return base64(text());
    case ValueKind::String:
    case ValueKind::Array:
    case ValueKind::Map:
        break;
    }
    return std::string(text());
}

void Value::appendJson(std::string& out) const {
    switch (m_kind) {
    case ValueKind::Empty:
        out += "null";
        return;
    case ValueKind::String:
        appendJsonString(out, text());
        return;
    case ValueKind::Bool:
    case ValueKind::Int:
        out += display();
        return;
    case ValueKind::Double:
        appendJsonDouble(out, asDouble());
        return;
    case ValueKind::Bytes:
        out += "{\"bytesValue\":\"" + base64(text()) + "\"}";
        return;
    case ValueKind::Array:
    case ValueKind::Map:
        out += text();
        return;
    }
}

// The heap of a set that owns its text: size pointers, size attributes, text.
AttributeSet::AttributeSet(const Attribute* first, std::size_t count) {
    std::vector<Attribute> list(first, first + count);
    std::stable_sort(list.begin(), list.end(),
                     [](const Attribute& a, const Attribute& b) { return a.key < b.key; });
    list.erase(std::unique(list.begin(), list.end(),
                           [](const Attribute& a, const Attribute& b) { return a.key == b.key; }),
               list.end());
    if (list.empty())
        return;

    std::size_t bytes = list.size() * (sizeof(Attribute*) + sizeof(Attribute));
    for (const Attribute& a : list)
        bytes += a.key.size() + a.value.text().size();
    void* const memory = ::operator new(bytes);
    auto* const items = static_cast<const Attribute**>(memory);
    auto* const attributes = reinterpret_cast<Attribute*>(items + list.size());
    char* text = reinterpret_cast<char*>(attributes + list.size());
    const auto keep = [&text](std::string_view from) {
        const std::string_view kept(text, from.size());
        text = std::copy(from.begin(), from.end(), text);
        return kept;
    };
    for (std::size_t i = 0; i < list.size(); ++i) {
        const Attribute& a = list[i];
        const std::string_view key = keep(a.key);
        const Value value = a.value.hasText() ? a.value.over(keep(a.value.text())) : a.value;
        items[i] = new (attributes + i) Attribute{key, value};
    }
    m_items = items;
    m_size = static_cast<std::uint32_t>(list.size());
    m_ownBytes = static_cast<std::uint32_t>(bytes);
}

AttributeSet::AttributeSet(const AttributeSet& other) {
    const std::vector<Attribute> list(other.begin(), other.end());
    AttributeSet(list).swap(*this);
}

AttributeSet& AttributeSet::operator=(const AttributeSet& other) {
    if (this != &other)
        *this = AttributeSet(other);
    return *this;
}

AttributeSet::~AttributeSet() {
    if (m_ownBytes > 0) {
        ::operator delete(const_cast<const Attribute**>(m_items));
        return;
    }
    for (const Attribute& attribute : *this)
        static_cast<const SharedAttribute&>(attribute).drop();
}

/// Allocates so much more behind what is asked for.
template <class T>
struct AttributeSet::TrailingAllocator {
    using value_type = T;

    explicit TrailingAllocator(std::uint32_t extraBytes) : extra(extraBytes) {}
    template <class U>
    explicit TrailingAllocator(const TrailingAllocator<U>& other) : extra(other.extra) {}

    T* allocate(std::size_t n) { return static_cast<T*>(::operator new(n * sizeof(T) + extra)); }
    void deallocate(T* memory, std::size_t) { ::operator delete(memory); }
    friend bool operator==(const TrailingAllocator&, const TrailingAllocator&) = default;

    std::uint32_t extra;
};

AttributeSet::AttributeSet(Sharing, std::span<const SharedAttribute* const> attributes)
    : m_items(reinterpret_cast<const Attribute**>(this + 1)),
      m_size(static_cast<std::uint32_t>(attributes.size())) {
    auto* const items = reinterpret_cast<const Attribute**>(this + 1);
    for (std::size_t i = 0; i < attributes.size(); ++i) {
        attributes[i]->hold();
        items[i] = attributes[i];
    }
}

std::shared_ptr<const AttributeSet>
AttributeSet::share(std::span<const SharedAttribute* const> attributes) {
    const auto extra = static_cast<std::uint32_t>(attributes.size() * sizeof(Attribute*));
    return std::allocate_shared<AttributeSet>(TrailingAllocator<AttributeSet>(extra), Sharing{},
                                              attributes);
}

std::size_t AttributeSet::sharedBytes(std::size_t count) {
    constexpr std::size_t referenceCounts = 24; // with the allocator
    return referenceCounts + sizeof(AttributeSet) + count * sizeof(Attribute*);
}

const Value* AttributeSet::find(std::string_view key) const {
    const auto it = std::lower_bound(
        begin(), end(), key, [](const Attribute& a, std::string_view k) { return a.key < k; });
    return it != end() && it->key == key ? &it->value : nullptr;
}

bool operator==(const AttributeSet& a, const AttributeSet& b) {
    return a.m_size == b.m_size &&
           std::equal(a.m_items, a.m_items + a.m_size, b.m_items,
                      [](const Attribute* x, const Attribute* y) { return x == y || *x == *y; });
}

void AttributeSet::swap(AttributeSet& other) noexcept {
    std::swap(m_items, other.m_items);
    std::swap(m_size, other.m_size);
    std::swap(m_ownBytes, other.m_ownBytes);
}

} // namespace sightglass
