// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractItemModel>

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace sightglass::ui {

/// A tree of payloads that is renewed as a whole and changes only where it must: sync() walks the
/// shown and the wanted tree side by side and reports what came, went and changed, so a view keeps
/// its selection, its open branches and its place. Where nearly everything changed (a filter, a
/// first snapshot of many rows) it resets instead, since a view pays for each report; whoever owns
/// the view then restores the selection by name.
///
/// Payload offers `static int order(const Payload&, const Payload&)`, the total order of siblings,
/// 0 meaning the same row, and `bool replace(Payload&&)`, which takes a newer payload of the same
/// row and says whether anything visible changed. GUI thread only.
template <class Payload>
class TreeModel : public QAbstractItemModel {
  public:
    struct Node {
        Payload payload;
        Node* parent = nullptr;
        int row = 0;
        std::vector<std::unique_ptr<Node>> children;

        /// Appends; the caller adds siblings in order.
        Node& add(Payload child) {
            auto node = std::make_unique<Node>();
            node->payload = std::move(child);
            node->parent = this;
            node->row = static_cast<int>(children.size());
            children.push_back(std::move(node));
            return *children.back();
        }
    };

    using QAbstractItemModel::QAbstractItemModel;

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override {
        const Node& above = node(parent);
        if (parent.column() > 0 || row < 0 || column < 0 || column >= columnCount() ||
            row >= static_cast<int>(above.children.size()))
            return {};
        return createIndex(row, column, above.children[static_cast<std::size_t>(row)].get());
    }
    QModelIndex parent(const QModelIndex& child) const override {
        return child.isValid() ? indexOf(*node(child).parent) : QModelIndex();
    }
    int rowCount(const QModelIndex& parent = {}) const override {
        return parent.column() > 0 ? 0 : static_cast<int>(node(parent).children.size());
    }

  protected:
    [[nodiscard]] const Node& root() const { return *m_root; }
    [[nodiscard]] const Node& node(const QModelIndex& index) const {
        return index.isValid() ? *static_cast<const Node*>(index.constInternalPointer()) : *m_root;
    }
    [[nodiscard]] QModelIndex indexOf(const Node& wanted, int column = 0) const {
        return wanted.parent == nullptr
                   ? QModelIndex()
                   : createIndex(wanted.row, column, const_cast<Node*>(&wanted));
    }

    void sync(std::unique_ptr<Node> wanted) {
        int reports = 0;
        countReports(*m_root, *wanted, reports);
        if (reports > reportLimit) {
            reset(std::move(wanted));
            return;
        }
        syncChildren(*m_root, *wanted);
    }
    void reset(std::unique_ptr<Node> wanted) {
        beginResetModel();
        m_root = std::move(wanted);
        endResetModel();
    }

  private:
    static constexpr int reportLimit = 400;

    static void countReports(const Node& shown, const Node& wanted, int& reports) {
        std::size_t a = 0;
        std::size_t b = 0;
        int last = 0;
        while (reports <= reportLimit &&
               (a < shown.children.size() || b < wanted.children.size())) {
            const int order = orderAt(shown, a, wanted, b);
            if (order == 0)
                countReports(*shown.children[a], *wanted.children[b], reports);
            else if (order != last)
                ++reports;
            last = order;
            a += order <= 0 ? 1 : 0;
            b += order >= 0 ? 1 : 0;
        }
    }

    /// Which of two siblings comes first; an ended list comes last. -1: only shown, 1: only wanted.
    static int orderAt(const Node& shown, std::size_t a, const Node& wanted, std::size_t b) {
        if (a == shown.children.size())
            return 1;
        if (b == wanted.children.size())
            return -1;
        const int order = Payload::order(shown.children[a]->payload, wanted.children[b]->payload);
        return order < 0 ? -1 : order > 0 ? 1 : 0;
    }

    static void renumber(Node& parent, std::size_t from) {
        for (std::size_t i = from; i < parent.children.size(); ++i)
            parent.children[i]->row = static_cast<int>(i);
    }

    void syncChildren(Node& shown, Node& wanted) {
        std::size_t a = 0;
        std::size_t b = 0;
        int firstChanged = -1;
        int lastChanged = -1;
        while (a < shown.children.size() || b < wanted.children.size()) {
            const int order = orderAt(shown, a, wanted, b);
            if (order == 0) {
                Node& kept = *shown.children[a];
                syncChildren(kept, *wanted.children[b]);
                if (kept.payload.replace(std::move(wanted.children[b]->payload))) {
                    lastChanged = static_cast<int>(a);
                    if (firstChanged < 0)
                        firstChanged = lastChanged;
                }
                ++a;
                ++b;
                continue;
            }
            const std::size_t begin = order < 0 ? a : b;
            std::size_t end = begin;
            const std::size_t count = order < 0 ? shown.children.size() : wanted.children.size();
            while (end < count && (order < 0 ? orderAt(shown, end, wanted, b)
                                             : orderAt(shown, a, wanted, end)) == order)
                ++end;
            emitChanged(shown, firstChanged, lastChanged);
            if (order < 0) {
                remove(shown, begin, end);
            } else {
                insert(shown, a, wanted, begin, end);
                a += end - begin;
                b = end;
            }
        }
        emitChanged(shown, firstChanged, lastChanged);
    }

    void remove(Node& parent, std::size_t begin, std::size_t end) {
        beginRemoveRows(indexOf(parent), static_cast<int>(begin), static_cast<int>(end) - 1);
        parent.children.erase(parent.children.begin() + static_cast<std::ptrdiff_t>(begin),
                              parent.children.begin() + static_cast<std::ptrdiff_t>(end));
        renumber(parent, begin);
        endRemoveRows();
    }

    void insert(Node& parent, std::size_t at, Node& wanted, std::size_t begin, std::size_t end) {
        beginInsertRows(indexOf(parent), static_cast<int>(at),
                        static_cast<int>(at + end - begin) - 1);
        const auto first = wanted.children.begin() + static_cast<std::ptrdiff_t>(begin);
        const auto last = wanted.children.begin() + static_cast<std::ptrdiff_t>(end);
        for (auto it = first; it != last; ++it)
            (*it)->parent = &parent;
        parent.children.insert(parent.children.begin() + static_cast<std::ptrdiff_t>(at),
                               std::make_move_iterator(first), std::make_move_iterator(last));
        renumber(parent, at);
        endInsertRows();
    }

    void emitChanged(const Node& parent, int& first, int& last) {
        if (first >= 0) {
            const QModelIndex above = indexOf(parent);
            emit dataChanged(index(first, 0, above), index(last, columnCount(above) - 1, above));
        }
        first = last = -1;
    }

    std::unique_ptr<Node> m_root = std::make_unique<Node>();
};

} // namespace sightglass::ui
