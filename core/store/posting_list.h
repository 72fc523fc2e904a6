// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace sightglass {

struct PostingBlock;

/// The ids that a PostingList held when it was asked: they do not change, whatever is appended, and
/// stay as long as the view does. One thread at a time.
class PostingView {
  public:
    PostingView() = default;
    PostingView(const PostingView& other) noexcept;
    PostingView(PostingView&& other) noexcept { swap(other); }
    PostingView& operator=(PostingView other) noexcept {
        swap(other);
        return *this;
    }
    ~PostingView();

    [[nodiscard]] std::uint32_t count() const { return m_count; }
    /// Appends all of them, ascending.
    void read(std::vector<std::uint32_t>& out) const;

  private:
    friend class PostingList;
    friend class PostingCursor;

    void swap(PostingView& other) noexcept {
        std::swap(m_first, other.m_first);
        std::swap(m_last, other.m_last);
        std::swap(m_count, other.m_count);
        std::swap(m_single, other.m_single);
        std::swap(m_lastCount, other.m_lastCount);
    }

    const PostingBlock* m_first = nullptr; ///< held; null: none or a single id
    const PostingBlock* m_last = nullptr;
    std::uint32_t m_count = 0;
    std::uint32_t m_single = 0;
    std::uint16_t m_lastCount = 0; ///< ids of the last block that belong to the view
};

/// Goes over the ids of a view, which must outlive it, and skips whole blocks on its way.
class PostingCursor {
  public:
    explicit PostingCursor(const PostingView& view);

    [[nodiscard]] bool atEnd() const { return m_left == 0; }
    /// Not atEnd().
    [[nodiscard]] std::uint32_t id() const { return m_id; }
    void next();
    /// To the first id from here on that is at least `id`.
    void seek(std::uint32_t id);

  private:
    void enter(const PostingBlock* block);

    const PostingView& m_view;
    const PostingBlock* m_block = nullptr;
    const std::uint8_t* m_byte = nullptr;
    std::uint32_t m_id = 0;
    std::uint32_t m_left = 0; ///< ids of this block, the present one among them; 0: at the end
};

/// Ids, ascending, compressed: 4 bytes for all if there is one, else about one or two bytes an id.
/// One thread appends and takes views (or several under one lock); views are read on any thread.
///
///     one id      in the list itself
///     few         one block, which a copy of twice the size follows when it is full; views keep
///                 the old one
///     many        a chain of blocks of 1 KiB, of which only the last is written to
///
///     a block     next  tail  references  first id  count  used  capacity | delta  delta  ...
///                 `tail` and `references` are those of the chain and count in its first block;
///                 each id after the first is its distance to the one before, seven bits a byte,
///                 lowest first, the top bit set on all bytes but its last.
///
/// A view knows how many ids of its last block are its own. It reads nothing that is written later:
/// neither the header of that block nor the bytes behind those ids.
class PostingList {
  public:
    PostingList() = default;
    PostingList(PostingList&& other) noexcept
        : m_first(std::exchange(other.m_first, nullptr)),
          m_newest(other.m_newest),
          m_count(std::exchange(other.m_count, 0)) {}
    PostingList& operator=(PostingList&& other) noexcept {
        std::swap(m_first, other.m_first);
        std::swap(m_newest, other.m_newest);
        std::swap(m_count, other.m_count);
        return *this;
    }
    ~PostingList();

    /// `id` is greater than all before. Gives by how many bytes the heap grew.
    std::ptrdiff_t append(std::uint32_t id);
    [[nodiscard]] std::uint32_t count() const { return m_count; }
    [[nodiscard]] PostingView view() const;
    /// Bytes on the heap. As slow as the list is long.
    [[nodiscard]] std::size_t heapBytes() const;

  private:
    PostingBlock* m_first = nullptr; ///< null: none or only m_newest
    std::uint32_t m_newest = 0;
    std::uint32_t m_count = 0;
};

} // namespace sightglass
