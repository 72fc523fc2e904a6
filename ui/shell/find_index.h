// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QVector>

#include <memory>

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

/// What can be found in one analysis. Made once an analysis, asked at every key. Immutable.
class FindIndex {
  public:
    explicit FindIndex(std::shared_ptr<const Analysis> analysis);

    [[nodiscard]] const std::shared_ptr<const Analysis>& analysis() const { return m_analysis; }
    /// Hits that contain every word of `query`, in any case: names that begin with it first, then
    /// names, then the rest; metrics before findings before labels. At most `limit`. Nothing for an
    /// empty query.
    [[nodiscard]] QVector<FindHit> find(const QString& query, int limit) const;

  private:
    std::shared_ptr<const Analysis> m_analysis;
    QVector<FindHit> m_all;
};

/// The family to show before the user has chosen: `current` while nothing is worse; else the one
/// with the worst open finding; else the first. Families of Sightglass' own come last.
[[nodiscard]] QString familyToSuggest(const Analysis& analysis, const QString& current);

} // namespace sightglass::ui
