// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractItemModel>
#include <QHash>
#include <QString>
#include <QVector>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "ui/bridge/latest_job.h"
#include "ui/models/family_outline.h"
#include "ui/models/path_facts.h"

namespace sightglass::ui {

/// The explorer's tree for Qt's views: what FamilyOutline says, by service, path or name prefix,
/// filtered as the user types. Renewed from each Analysis without moving what the user selected or
/// opened.
///
/// Few families are laid out at once; many by a worker, and the outline is swapped when it comes:
/// setAnalysis(), setFilter() and setGrouping() then return before rows change, and shown() says
/// when they did. Rows are exchanged by layoutChanged alone, never by a reset: indexes that a view
/// keeps stay good, by the name of the family or the key of the branch. An index names its parent
/// branch by id, so that one of an older outline leads to nothing or to another row, never astray.
/// Owned by the explorer pane; GUI thread only.
class FamilyModel final : public QAbstractItemModel {
    Q_OBJECT
  public:
    /// What a row is.
    enum class Kind { Service, Path, Group, Family };
    enum Role {
        KindRole = Qt::UserRole, ///< int of Kind
        NameRole,                ///< family name, service, origin or prefix in full
        ShortNameRole,           ///< without what the row above says
        BadgesRole,              ///< QVector<TypeBadge>; under a path, what that path says
        MarkRole,                ///< int of Severity; invalid if there is nothing to mark
        WorstRole,               ///< the same for all below
        CountRole,               ///< families below
        UnitRole,
        SeriesRole,    ///< under a path, the series of that path
        SparklineRole, ///< QVector<float>, 0..1, oldest first; empty until fetched
        HelpRole,
        IndentRole, ///< where the row's content begins, in px at 100 %
        PathRole,   ///< number of the path that a Path row is
        KeyRole,    ///< QString that names a branch among all, whatever is shown
    };

    explicit FamilyModel(QObject* parent = nullptr);
    ~FamilyModel() override;

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& child) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& = {}) const override { return 1; }
    QVariant data(const QModelIndex& index, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

    void setAnalysis(std::shared_ptr<const Analysis> analysis);
    /// Of the shown rows; null before the first.
    [[nodiscard]] const std::shared_ptr<const Analysis>& analysis() const { return m_analysis; }
    /// Words that a family's name, label keys or help must all contain; "" shows all.
    void setFilter(const QString& filter);
    [[nodiscard]] const QString& filter() const { return m_filter; }
    void setGrouping(Grouping grouping);
    [[nodiscard]] Grouping grouping() const { return m_grouping; }
    /// The user's reference path; invalid: the richest of each family.
    void setReference(OriginId reference);
    /// Whether the rows are those that were asked for last.
    [[nodiscard]] bool upToDate() const { return !m_job.busy(); }

    /// Under the keys that sparklineKey() gave.
    void setSparklines(std::vector<std::pair<QString, QVector<float>>> sparklines);
    [[nodiscard]] QString sparklineKey(const QModelIndex& index) const;
    /// The path that the row's sparkline, unit and series are of.
    [[nodiscard]] OriginId pathOf(const QModelIndex& index) const;

    [[nodiscard]] int familyCount() const { return m_outline->families; } ///< all but our own
    [[nodiscard]] int shownCount() const { return m_outline->shown; }     ///< that pass the filter
    /// The first row of that family; under a path, if it is given and has one.
    [[nodiscard]] QModelIndex indexOfFamily(const QString& family, OriginId path = {}) const;
    /// The family of a row; null for what stands above families.
    [[nodiscard]] std::shared_ptr<const Family> familyAt(const QModelIndex& index) const;
    /// Whether a branch is open unless the user folded it.
    [[nodiscard]] bool opensByItself(const QModelIndex& branch) const;
    /// Every row that has rows below it, those above first.
    [[nodiscard]] QModelIndexList branches() const;

  signals:
    /// New rows, counts or marks are shown. `added`: branches that were not there before.
    void shown(const QModelIndexList& added);

  private:
    using Branch = FamilyOutline::Branch;
    /// What an index leads to.
    struct Place {
        const Branch* above = nullptr;  ///< null: nothing
        const Branch* branch = nullptr; ///< null: a family
        std::size_t family = 0;         ///< of `above`
        [[nodiscard]] bool isFamily() const { return above != nullptr && branch == nullptr; }
    };

    [[nodiscard]] Place place(const QModelIndex& index) const;
    [[nodiscard]] QModelIndex indexOf(const Branch& branch) const;
    [[nodiscard]] QModelIndex indexOf(const Branch& above, std::size_t family) const;
    /// Calls `found` with each place of a family until it says true.
    void eachPlace(const std::string& family,
                   const std::function<bool(const Branch&, std::size_t)>& found) const;
    [[nodiscard]] const FamilyPath* pathAt(const Place& place) const;
    [[nodiscard]] OriginId referenceOf(const Family& family) const;
    [[nodiscard]] QVector<TypeBadge> badgesOf(const Place& place) const;
    [[nodiscard]] QVariant branchData(const Place& place, int role) const;
    [[nodiscard]] QVariant familyData(const Place& place, int role) const;
    [[nodiscard]] QString spoken(const Place& place) const;
    [[nodiscard]] static QString sparklineKey(const Branch& above, const Family& family);

    void ask();
    void apply(OutlineBuilder::Answer answer);

    std::shared_ptr<const Analysis> m_wanted;
    std::shared_ptr<const Analysis> m_analysis;     ///< of m_outline
    std::shared_ptr<const PathComparer> m_comparer; ///< of m_analysis' catalog
    std::shared_ptr<const FamilyOutline> m_outline = std::make_shared<const FamilyOutline>();
    bool m_nested = false; ///< in m_outline groups stand in groups
    QString m_filter;
    Grouping m_grouping = Grouping::Service;
    OriginId m_reference;
    QHash<QString, QVector<float>> m_sparklines;
    OutlineBuilder m_builder; ///< the worker's while it is busy
    LatestJob<OutlineBuilder::Request, OutlineBuilder::Answer> m_job;
};

} // namespace sightglass::ui
