// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QJsonArray>
#include <QString>
#include <QVector>

#include <memory>
#include <optional>
#include <vector>

#include "core/diagnose/comparison.h"
#include "core/engine/engine.h"

namespace sightglass::ui {

/// One family on all its paths, attribute by attribute: the reference in the first value column,
/// the path it is read against in the second, further paths after them: narrow, saying only whether
/// they agree, until the user wants them in full. Rows that differ come first, under their
/// headings; those that are the same on all paths fold into one row. Owned by the Compare pane; GUI
/// thread only.
class CompareModel final : public QAbstractTableModel {
    Q_OBJECT
  public:
    enum class RowKind { Heading, Attribute, Fold };
    enum Column { KeyColumn, ReferenceColumn, OtherColumn, FirstFurtherColumn };
    enum Role {
        KindRole = Qt::UserRole, ///< int of RowKind
        DiffersRole,             ///< this cell against the reference; of the key column any cell
        LostRole,                ///< the reference says it, this path does not
        SeverityRole,            ///< int of Severity: how bad the row's difference is
        ValueRole,               ///< the value in full, also of a narrow column
        WideRole,                ///< the column shows values; of headers as well
    };

    using QAbstractTableModel::QAbstractTableModel;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

    /// `family` may be null. `reference` and `other` are the user's; invalid or unknown to the
    /// family: the richest path, and the one that differs most.
    void show(std::shared_ptr<const Analysis> analysis, std::shared_ptr<const Family> family,
              OriginId reference, OriginId other);

    [[nodiscard]] bool folded() const { return m_folded; }
    void setFolded(bool folded);

    /// Whether a column shows its values: always but for further paths that the user did not widen.
    [[nodiscard]] bool isWide(int column) const;
    [[nodiscard]] static bool isFurther(int column) { return column >= FirstFurtherColumn; }
    /// Widens or narrows a further path, here and for every other family.
    void setWide(OriginId path, bool wide);
    [[nodiscard]] const Origin& pathOf(int column) const {
        return m_paths[static_cast<std::size_t>(column - ReferenceColumn)];
    }

    [[nodiscard]] int differing() const { return static_cast<int>(m_differing.size()); }
    [[nodiscard]] int same() const { return static_cast<int>(m_same.size()); }
    /// The paths in the order of the columns from ReferenceColumn; empty without a family.
    [[nodiscard]] const std::vector<Origin>& paths() const { return m_paths; }
    [[nodiscard]] const std::shared_ptr<const Family>& family() const { return m_family; }
    /// Open findings about this family or about its sources on its paths, worst first.
    [[nodiscard]] std::vector<std::shared_ptr<const Finding>> findings() const;

    /// Rows as lines with tabs, the paths' names first, each path in full whatever its width;
    /// headings and folds are left out.
    [[nodiscard]] QString asText(const QVector<int>& rows) const;
    [[nodiscard]] QJsonArray asJson(const QVector<int>& rows) const;

  private:
    /// One attribute on every path; values and agreements in the order of m_paths.
    struct Attribute {
        ComparisonGroup group = ComparisonGroup::Type;
        std::string key;
        std::vector<ComparedValue> values;
        std::vector<Agreement> agreements; ///< the reference's own is Same
        [[nodiscard]] bool differs() const;
        bool operator==(const Attribute& b) const;
    };
    struct Row {
        RowKind kind = RowKind::Attribute;
        QString heading;
        const Attribute* attribute = nullptr;
        friend bool operator==(const Row& a, const Row& b) {
            return a.kind == b.kind && a.heading == b.heading &&
                   (a.attribute == nullptr) == (b.attribute == nullptr) &&
                   (a.attribute == nullptr || (a.attribute->group == b.attribute->group &&
                                               a.attribute->key == b.attribute->key));
        }
    };

    void layOut();
    void appendRows(const std::vector<Attribute>& attributes);
    [[nodiscard]] QString cellText(const Attribute& attribute, std::size_t path) const;

    std::shared_ptr<const Analysis> m_analysis;
    std::shared_ptr<const Family> m_family;
    std::shared_ptr<const CatalogSnapshot> m_comparedCatalog;
    std::shared_ptr<const PathComparer> m_comparer; ///< of m_comparedCatalog
    std::vector<Origin> m_paths;
    std::vector<Attribute> m_differing, m_same;
    std::vector<Row> m_rows;
    std::vector<OriginId> m_wide; ///< further paths that the user wants in full
    bool m_folded = true;
};

/// "missing" and other words for a value that a path does not say.
[[nodiscard]] QString absentWord();

} // namespace sightglass::ui
