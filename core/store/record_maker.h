// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/model/batch.h"
#include "core/model/series_reader.h"
#include "core/store/identity.h"

namespace sightglass {

/// Makes of a batch's points what chunks keep; what many series share (bounds, their spelling) is
/// interned. The writer's own.
class RecordMaker {
  public:
    [[nodiscard]] HistogramSample make(const Batch& batch, const HistogramPoint& point);
    [[nodiscard]] ExponentialHistogramSample make(const Batch& batch,
                                                  const ExponentialHistogramPoint& point);
    [[nodiscard]] SummarySample make(const Batch& batch, const SummaryPoint& point);
    [[nodiscard]] const NumberPoint& make(const Batch&, const NumberPoint& point) { return point; }

    /// Of what is interned.
    [[nodiscard]] std::size_t bytes() const { return m_bounds.bytes() + m_texts.bytes(); }

  private:
    [[nodiscard]] std::shared_ptr<const HistogramBounds> bounds(const Batch& batch,
                                                                const HistogramPoint& point);
    [[nodiscard]] std::shared_ptr<const std::vector<std::string>> texts(const Batch& batch,
                                                                        Slice slice);

    Interner<HistogramBounds, BoundsTraits> m_bounds;
    Interner<std::vector<std::string>, TextsTraits> m_texts;
    // Points that follow each other mostly share them.
    std::shared_ptr<const HistogramBounds> m_lastBounds;
    std::shared_ptr<const std::vector<std::string>> m_lastTexts;
};

} // namespace sightglass
