// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QVector>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/engine/engine.h"

namespace sightglass::ui {

/// One thing that the find field leads to.
struct FindHit {
    enum class Kind { Metric, Finding, Label } kind = Kind::Metric;
    QString title;                         ///< metric name, label key, rule
    QString detail;                        ///< service, "on 12 metrics", the finding's message
    QString family;                        ///< what to select; "" if it is about a source
    MetricType type = MetricType::Unknown; ///< of a Metric, on its first path
    bool monotonic = false;
    Severity severity = Severity::Note; ///< of a Finding
};

/// What can be found in one analysis: one text in lower case for all of it, which every key reads
/// in one sweep; a hit is only made for what is shown. Made once an analysis. Immutable.
class FindIndex {
  public:
    explicit FindIndex(std::shared_ptr<const Analysis> analysis);

    [[nodiscard]] const std::shared_ptr<const Analysis>& analysis() const { return m_analysis; }
    /// Hits that contain every word of `query`, in any case (of ASCII letters): names that begin
    /// with the first word, or a part of them does, then names, then the rest; metrics before
    /// findings before labels. At most `limit`. Nothing for an empty query.
    [[nodiscard]] QVector<FindHit> find(const QString& query, int limit) const;

  private:
    struct Entry {
        FindHit::Kind kind = FindHit::Kind::Metric;
        std::size_t number = 0;            ///< in families, m_findings or m_labels
        std::size_t titleEnd = 0, end = 0; ///< in m_text; it begins where the one before ended
    };
    struct Label {
        std::string_view key; ///< of the analysis' text
        int metrics = 0;
        const Family* family = nullptr; ///< the first that has it
    };

    void add(FindHit::Kind kind, std::size_t number, std::string_view title,
             std::string_view detail);
    [[nodiscard]] FindHit hit(const Entry& entry) const;

    std::shared_ptr<const Analysis> m_analysis;
    std::vector<std::shared_ptr<const Finding>> m_findings; ///< open ones
    std::vector<Label> m_labels;                            ///< by key
    std::string m_text;
    std::vector<Entry> m_entries;
};

/// The family to show before the user has chosen: `current` while nothing is worse; else the one
/// with the worst open finding; else the first. Families of Sightglass' own come last.
[[nodiscard]] QString familyToSuggest(const Analysis& analysis, const QString& current);

} // namespace sightglass::ui
