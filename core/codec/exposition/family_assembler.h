// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <absl/container/flat_hash_map.h>

#include "core/codec/exposition/page.h"

namespace sightglass {

/// Makes metrics of a read Page: finds each sample's family, puts histograms and summaries
/// together, and appends MetricBlocks and points to the Batch. Made for one page, on one thread.
class FamilyAssembler {
  public:
    FamilyAssembler(Batch& batch, const Page& page) : m_batch(batch), m_page(page) {}

    void run();

  private:
    using Indices = std::vector<std::uint32_t>; ///< in Page::samples

    /// The names under which a histogram's or summary's samples stand.
    struct Members {
        std::optional<std::uint32_t> bucket, sum, count;
    };

    /// A sample that carries the label `le` or `quantile`: one bucket or one quantile.
    struct Part {
        std::uint32_t group = 0;
        std::uint32_t sample = 0;
        double bound = 0;
        std::string_view text; ///< the label's value as spelled
    };

    /// The samples of one label set (without `le` or `quantile`) at one time.
    struct Group {
        std::uint32_t first = 0;            ///< a sample that has the labels
        std::size_t firstWithout = noLabel; ///< which of its labels does not count
        std::optional<std::uint32_t> sum, count;
    };

    void makeNumbers(std::uint32_t name);
    void makeNumbers(std::uint32_t name, const Indices& samples, std::string_view help);
    void makeHistograms(std::uint32_t family, const Members& members);
    void makeSummaries(std::uint32_t family, const Members& members);

    void groupParts(std::uint32_t name, std::string_view key, Indices& strays);
    void groupTotals(std::optional<std::uint32_t> name, bool isCount);
    std::uint32_t groupOf(std::uint32_t sample, std::uint64_t hash, std::size_t without);
    [[nodiscard]] bool appendHistogram(const Group& group, const Part* begin, const Part* end);
    [[nodiscard]] bool appendSummary(const Group& group, const Part* begin, const Part* end);
    void fillHeader(PointHeader& header, const Group& group);
    template <class Append>
    void makeGroups(std::uint32_t family, const Members& members, std::string_view key,
                    std::uint32_t partName, MetricType type, Append append);

    void addBlock(std::uint32_t name, MetricType type, bool monotonic, Temporality temporality,
                  std::string_view help, Slice points);
    void addNumber(const PageSample& sample);
    template <class Each>
    void eachSample(std::uint32_t name, Each each) const;

    Batch& m_batch;
    const Page& m_page;

    // The histogram or summary being put together.
    std::vector<Group> m_groups;
    std::vector<Part> m_parts;
    absl::flat_hash_map<std::uint64_t, std::uint32_t> m_groupIndex;
    Slice m_lastBounds, m_lastTexts; ///< series of one histogram share their bounds
};

} // namespace sightglass
