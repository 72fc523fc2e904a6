// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include "core/catalog/catalog.h"
#include "core/model/series_reader.h"
#include "core/query/selector.h"

namespace sightglass {

/// A metric that a selector may ask for, with the labels that we attach to all its series (sorted),
/// and, once selected, those of its series that may match.
struct SelectedMetric {
    std::shared_ptr<const CatalogMetric> row;
    Labels attached;
    std::vector<SeriesInfo> series;
};

/// What the selector asks of this label, as a reader's index takes it.
[[nodiscard]] LabelCondition conditionOf(const LabelMatcher& matcher);

/// Whether the selector's conditions on attached labels hold. The name is the caller's affair.
[[nodiscard]] bool attachedLabelsMatch(const Selector& selector, const Labels& attached);

/// Fills in the series. What can be decided on attributes alone is, by the reader's index and a
/// look at what that leaves; a label that is attached or made by a view is the caller's affair.
void selectSeries(const SeriesReader& reader, const Selector& selector,
                  std::vector<SelectedMetric>& metrics);

} // namespace sightglass
