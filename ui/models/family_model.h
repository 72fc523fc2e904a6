// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QString>
#include <QVector>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ui/models/family_tree.h"
#include "ui/models/path_facts.h"
#include "ui/models/tree_model.h"

namespace sightglass::ui {

/// A row of the explorer: a service, a group of names that begin alike, or a family.
struct FamilyRow {
    enum class Kind { Service, Group, Family };
    Kind kind = Kind::Service;
    bool synthetic = false; ///< of a Service: what Sightglass itself says of its targets; last
    std::string text;       ///< service name or prefix
    std::shared_ptr<const Family> family;
    std::size_t prefixBytes = 0;   ///< of the family's name, which its group already says
    int count = 0;                 ///< families below
    std::optional<Severity> mark;  ///< what this row itself says
    std::optional<Severity> worst; ///< the worst below, for a closed row

    static int order(const FamilyRow& a, const FamilyRow& b);
    bool replace(FamilyRow&& newer);
};

/// The explorer's tree: service, name prefix, family; one row a family whatever its paths. Renewed
/// from each Analysis without moving what the user selected or opened; filtered as the user types.
/// Owned by the explorer pane; GUI thread only. Any signal but modelReset leaves indexes good.
class FamilyModel final : public TreeModel<FamilyRow> {
    Q_OBJECT
  public:
    enum Role {
        KindRole = Qt::UserRole, ///< int of FamilyRow::Kind
        NameRole,                ///< family name, service or prefix
        ShortNameRole,           ///< family name without its group's prefix
        BadgesRole,              ///< QVector<TypeBadge>
        MarkRole,                ///< int of Severity; invalid if there is nothing to mark
        WorstRole,               ///< the same for all below
        CountRole,               ///< families below
        UnitRole,
        SeriesRole,
        SparklineRole, ///< QVector<float>, 0..1, oldest first; empty until fetched
        HelpRole,
    };

    using TreeModel::TreeModel;

    int columnCount(const QModelIndex& = {}) const override { return 1; }
    QVariant data(const QModelIndex& index, int role) const override;

    void setAnalysis(std::shared_ptr<const Analysis> analysis);
    [[nodiscard]] const std::shared_ptr<const Analysis>& analysis() const { return m_analysis; }
    /// Words that a family's name, label keys or help must all contain; "" shows all.
    void setFilter(const QString& filter);
    [[nodiscard]] const QString& filter() const { return m_filter; }
    /// The user's reference path; invalid: the richest of each family.
    void setReference(OriginId reference);

    void setSparkline(const QString& family, QVector<float> values);

    [[nodiscard]] int familyCount() const { return m_families; } ///< all but Sightglass' own
    [[nodiscard]] int shownCount() const { return m_shown; }     ///< those the filter lets pass
    [[nodiscard]] QModelIndex indexOfFamily(const QString& family) const;
    /// The family of a row; null for groups and services.
    [[nodiscard]] std::shared_ptr<const Family> familyAt(const QModelIndex& index) const;
    /// The path that a family's row compares with.
    [[nodiscard]] OriginId referenceOf(const Family& family) const;
    /// A row as text for a person (tooltip, screen reader).
    [[nodiscard]] QString spoken(const FamilyRow& row) const;

  private:
    struct Group {
        FamilyGroup families;
        FamilyMarks marks;
    };
    struct Service {
        std::string name;
        bool synthetic = false;
        std::optional<Severity> mark;
        std::vector<Group> groups;
    };

    /// What filters look through: of each family, in the order of m_services, all its texts in
    /// lower case in one run. Made when first needed after a change, so that a keystroke reads
    /// memory in one sweep.
    struct Haystack {
        std::string text;
        std::vector<std::size_t> ends;
    };

    void regroup();
    /// Marks services and groups anew; whether any mark is another.
    bool remark();
    void rebuild();
    void appendHaystack(const Family& family);

    std::shared_ptr<const Analysis> m_analysis;
    std::shared_ptr<const PathComparer> m_comparer; ///< of m_analysis' catalog
    std::vector<Service> m_services;
    QString m_filter;
    std::vector<std::string> m_words;
    Haystack m_haystack;
    OriginId m_reference;
    QHash<QString, QVector<float>> m_sparklines;
    int m_families = 0;
    int m_shown = 0;
};

} // namespace sightglass::ui
