// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as a page: it decodes or is an error with its line, and every view holds good. What
// decoded is written, and must be a good page again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include "core/codec/exposition/exposition.h"

using namespace sightglass;

namespace {

void require(bool fact) {
    if (!fact)
        std::abort();
}

/// Touches what the points refer to, so that a sanitizer sees a bad view.
std::size_t weigh(const Batch& batch) {
    std::size_t weight = 0;
    const auto add = [&weight](std::string_view text) {
        for (const char c : text)
            weight += static_cast<unsigned char>(c);
    };
    for (const MetricBlock& block : batch.metrics) {
        add(block.descriptor.name);
        add(block.descriptor.description);
    }
    for (const Attribute& attribute : batch.attributes) {
        add(attribute.key);
        add(attribute.value.text());
    }
    for (const std::string_view text : batch.texts)
        add(text);
    for (const HistogramPoint& point : batch.histogramPoints) {
        std::uint64_t total = 0;
        for (const std::uint64_t count : Batch::slice(batch.counts, point.bucketCounts))
            total += count;
        require(total == point.count);
        require(point.bucketCounts.count == point.bounds.count + 1);
        require(point.boundTexts.count == point.bucketCounts.count);
    }
    return weight;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    RawRecord record;
    record.receivedAt = 1'700'000'000'123'456'789;
    record.body = std::make_shared<const std::string>(data, data + size);
    ExpositionOptions lenient;
    lenient.skipBadLines = true;
    const Result<Batch> some = decodeExposition(record, lenient);
    require(some.ok());
    weigh(*some);

    Result<Batch> page = decodeExposition(record);
    if (!page.ok()) {
        require(page.error().place.line > 0 && page.error().place.column > 0);
        require(some->rejectedPoints() > 0);
        return 0;
    }
    weigh(*page);
    require(page->pointCount() == some->pointCount());

    record.body = std::make_shared<const std::string>(encodeExposition(*page));
    const Result<Batch> again = decodeExposition(record);
    require(again.ok());
    weigh(*again);
    return 0;
}
