// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/received_form.h"

#include <cstring>

namespace sightglass {

namespace {

std::uint64_t tagOf(const Value& value) {
    const std::uint64_t size = value.hasText() ? value.text().size() : sizeof(std::uint64_t);
    return static_cast<std::uint64_t>(value.kind()) << 32 | size;
}

bool hasKeys(const KeyOrder& keys, std::span<const Attribute> attributes) {
    if (keys.size() != attributes.size())
        return false;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (!sameText(keys[i], attributes[i].key))
            return false;
    }
    return true;
}

} // namespace

bool sameText(std::string_view a, std::string_view b) {
    // memcmp is a call; labels are short.
    const std::size_t size = a.size();
    if (size != b.size())
        return false;
    if (size < 8 || size > 64)
        return std::memcmp(a.data(), b.data(), size) == 0;
    const auto word = [](std::string_view text, std::size_t at) {
        std::uint64_t out = 0;
        std::memcpy(&out, text.data() + at, sizeof out);
        return out;
    };
    for (std::size_t at = 0; at + 8 < size; at += 8) {
        if (word(a, at) != word(b, at))
            return false;
    }
    return word(a, size - 8) == word(b, size - 8);
}

ReceivedForm::ReceivedForm(std::span<const Attribute> attributes,
                           std::shared_ptr<const KeyOrder> shared) {
    if (shared && hasKeys(*shared, attributes)) {
        m_keys = std::move(shared);
    } else {
        KeyOrder keys;
        keys.reserve(attributes.size());
        for (const Attribute& attribute : attributes)
            keys.emplace_back(attribute.key);
        for (const std::string& key : keys)
            m_bytes += static_cast<std::uint32_t>(sizeof(std::string) + key.size());
        m_keys = std::make_shared<const KeyOrder>(std::move(keys));
    }
    std::size_t size = attributes.size() * sizeof(std::uint64_t);
    for (const Attribute& attribute : attributes)
        size += static_cast<std::uint32_t>(tagOf(attribute.value));
    const std::size_t words = (size + sizeof(std::uint64_t) - 1) / sizeof(std::uint64_t);
    m_words = std::make_unique_for_overwrite<std::uint64_t[]>(words);
    m_bytes += static_cast<std::uint32_t>(words * sizeof(std::uint64_t));
    auto* at = reinterpret_cast<char*>(m_words.get() + attributes.size());
    for (std::size_t i = 0; i < attributes.size(); ++i) {
        const Value& value = attributes[i].value;
        m_words[i] = tagOf(value);
        const std::uint64_t bits = value.hasText() ? 0 : value.bits();
        const std::size_t length = static_cast<std::uint32_t>(m_words[i]);
        if (length > 0)
            std::memcpy(
                at, value.hasText() ? value.text().data() : reinterpret_cast<const char*>(&bits),
                length);
        at += length;
    }
}

bool ReceivedForm::repeats(std::span<const Attribute> attributes) const {
    if (!m_keys || m_keys->size() != attributes.size())
        return false;
    const auto* at = reinterpret_cast<const char*>(m_words.get() + attributes.size());
    for (std::size_t i = 0; i < attributes.size(); ++i) {
        const Value& value = attributes[i].value;
        if (m_words[i] != tagOf(value))
            return false;
        const std::size_t length = static_cast<std::uint32_t>(m_words[i]);
        if (value.hasText()) {
            if (!sameText({at, length}, value.text()))
                return false;
        } else {
            const std::uint64_t bits = value.bits();
            if (std::memcmp(at, &bits, sizeof bits) != 0)
                return false;
        }
        at += length;
    }
    return hasKeys(*m_keys, attributes);
}

} // namespace sightglass
