// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>
#include <string_view>

#include "core/model/value.h"

namespace sightglass {

/// A text that is kept once for all who hold it, and freed with the last of them. Any thread may
/// hold, read and drop.
class SharedText {
  public:
    /// Held once, for the caller. The text may be empty.
    [[nodiscard]] static SharedText& make(std::string_view text) {
        void* const memory = ::operator new(sizeof(SharedText) + text.size());
        auto* const made = new (memory) SharedText;
        std::copy(text.begin(), text.end(), reinterpret_cast<char*>(made + 1));
        return *made;
    }
    /// The one that a view of the whole of its text belongs to.
    [[nodiscard]] static const SharedText& of(std::string_view text) {
        return *(reinterpret_cast<const SharedText*>(text.data()) - 1);
    }

    [[nodiscard]] std::string_view view(std::size_t size) const {
        return {reinterpret_cast<const char*>(this + 1), size};
    }
    [[nodiscard]] static std::size_t bytes(std::size_t size) { return sizeof(SharedText) + size; }

    void hold() const { m_references.fetch_add(1, std::memory_order_relaxed); }
    void drop() const {
        if (m_references.fetch_sub(1, std::memory_order_acq_rel) == 1)
            ::operator delete(const_cast<SharedText*>(this));
    }

    SharedText(const SharedText&) = delete;
    SharedText& operator=(const SharedText&) = delete;

  private:
    SharedText() = default;

    mutable std::atomic<std::uint32_t> m_references{1};
};

/// An attribute that many sets refer to: kept once, freed with the last who holds it. Its key is a
/// SharedText that it holds; the text of its value lies in its own memory. Made by whoever interns
/// (the store's index derives from it), with plain operator new and nothing that needs destruction,
/// since any thread may be the last to drop it.
class SharedAttribute : public Attribute {
  public:
    void hold() const { m_references.fetch_add(1, std::memory_order_relaxed); }
    void drop() const {
        if (m_references.fetch_sub(1, std::memory_order_acq_rel) != 1)
            return;
        SharedText::of(key).drop();
        ::operator delete(const_cast<SharedAttribute*>(this));
    }

    SharedAttribute(const SharedAttribute&) = delete;
    SharedAttribute& operator=(const SharedAttribute&) = delete;

  protected:
    /// Held once, for the caller; `sharedKey` is the view of a SharedText.
    SharedAttribute(std::string_view sharedKey, Value ofText) : Attribute{sharedKey, ofText} {
        SharedText::of(sharedKey).hold();
    }
    ~SharedAttribute() = default;

  private:
    mutable std::atomic<std::uint32_t> m_references{1};
};

} // namespace sightglass
