// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMetaType>
#include <QString>
#include <QVector>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/engine/engine.h"
#include "ui/models/tree_model.h"

namespace sightglass::ui {

/// The numbers of the paths that a finding compares: "(1)(2) -> (3)".
struct PathMarks {
    std::vector<int> from; ///< the reference and those that agree with it, ascending
    std::vector<int> to;   ///< those that differ; empty where only one path is concerned
    friend bool operator==(const PathMarks&, const PathMarks&) = default;

    /// What tells groups of one rule apart: the paths that differ, whatever they differ from.
    [[nodiscard]] const std::vector<int>& apart() const { return to.empty() ? from : to; }
    void add(const PathMarks& other);
    /// "paths 1 and 2 to 3".
    [[nodiscard]] QString spoken() const;
    [[nodiscard]] static QString list(const std::vector<int>& numbers);
};
[[nodiscard]] PathMarks pathMarks(const Finding& finding);

/// What a group of findings says as a whole, and its place among the others.
struct FindingGroup {
    std::string rule;
    int rank = 0; ///< of the rule, in the order of the registry
    Severity severity = Severity::Note;
    bool resolved = false;
    PathMarks paths;
    QString what;   ///< "27 metrics"
    QString detail; ///< "gauge, then counter"
    TimeNs lastSeen = 0;
};

/// A row of the findings list: a group (one rule against the same paths) or one of its findings.
struct FindingRow {
    std::unique_ptr<FindingGroup> group; ///< else it is a finding
    std::shared_ptr<const Finding> finding;

    static int order(const FindingRow& a, const FindingRow& b);
    bool replace(FindingRow&& newer);
};

/// Findings grouped by rule and paths, each group opening to its findings. Renewed from each
/// Analysis without moving the user's selection: groups stand by severity, rule and paths, findings
/// by metric, resolved ones last. Owned by a findings view; GUI thread only.
class FindingModel final : public TreeModel<FindingRow> {
    Q_OBJECT
  public:
    enum Column { RuleColumn, WhatColumn, DetailColumn, PathsColumn, LastSeenColumn, ColumnCount };
    enum Role {
        SeverityRole = Qt::UserRole, ///< int of Severity
        ResolvedRole,
        PathsRole, ///< PathMarks
        IsGroupRole,
    };

    using TreeModel::TreeModel;

    int columnCount(const QModelIndex& = {}) const override { return ColumnCount; }
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    void setAnalysis(const std::shared_ptr<const Analysis>& analysis);
    /// Words that a finding's rule, metric, subject, message or labels must all contain.
    void setFilter(const QString& filter);
    [[nodiscard]] bool severityShown(Severity severity) const;
    void setSeverityShown(Severity severity, bool shown);
    /// Resolved findings stand dimmed at the end; hidden unless asked for.
    void setResolvedShown(bool shown);
    /// What "last seen" is told against; repaints that column where its words changed.
    void setNow(TimeNs now);

    /// Open findings and their groups, before any filter.
    [[nodiscard]] int openCount() const { return m_open; }
    [[nodiscard]] int groupCount() const { return m_groups; }
    [[nodiscard]] int openCount(Severity severity) const {
        return m_bySeverity[static_cast<std::size_t>(severity)];
    }
    [[nodiscard]] int resolvedCount() const { return m_resolved; }
    [[nodiscard]] bool filtered() const;

    /// The finding of a row; of a group its first. Null for an invalid index.
    [[nodiscard]] std::shared_ptr<const Finding> findingAt(const QModelIndex& index) const;
    [[nodiscard]] bool isGroup(const QModelIndex& index) const;
    /// All findings of the rows (a group stands for all of its own), each once, in their order.
    [[nodiscard]] std::vector<std::shared_ptr<const Finding>>
    findingsAt(const QModelIndexList& indexes) const;
    /// A row that can be found again after a reset.
    [[nodiscard]] QString keyOf(const QModelIndex& index) const;
    [[nodiscard]] QModelIndex indexOfKey(const QString& key) const;

  private:
    void rebuild();
    static FindingGroup describe(const std::vector<std::shared_ptr<const Finding>>& list);
    [[nodiscard]] bool passes(const Finding& finding) const;
    [[nodiscard]] QString age(TimeNs lastSeen) const;

    std::shared_ptr<const FindingsSnapshot> m_findings;
    std::vector<std::string> m_words;
    std::array<bool, 3> m_shown{true, true, true};
    bool m_resolvedShown = false;
    TimeNs m_now = 0;
    int m_open = 0, m_groups = 0, m_resolved = 0;
    std::array<int, 3> m_bySeverity{};
};

} // namespace sightglass::ui

Q_DECLARE_METATYPE(sightglass::ui::PathMarks)
