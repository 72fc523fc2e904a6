// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/codec_exposition/page_support.h"

#include <fstream>
#include <sstream>

namespace sightglass::test {

namespace {

std::string headOf(const Batch& batch, const MetricBlock& block, const PointHeader& point) {
    std::string out(typeWord(block.descriptor.type, block.descriptor.monotonic));
    out += " " + std::string(block.descriptor.name) + "{";
    bool isFirst = true;
    for (const Attribute& attribute : batch.attributesOf(point.attributes)) {
        if (!isFirst)
            out += ",";
        isFirst = false;
        out += std::string(attribute.key) + "=" + attribute.value.display();
    }
    return out + "}";
}

std::string timeOf(const PointHeader& point) {
    return point.time == receivedAt ? "" : " @" + std::to_string(point.time / nsPerMs);
}

} // namespace

Result<Batch> decode(std::string_view page, const ExpositionOptions& options) {
    RawRecord record;
    record.origin = OriginId{3};
    record.receivedAt = receivedAt;
    record.body = std::make_shared<const std::string>(page);
    return decodeExposition(record, options);
}

std::vector<std::string> describe(const Result<Batch>& page) {
    if (!page.ok())
        return {page.error().text()};
    const Batch& batch = page.value();
    std::vector<std::string> out;
    for (const MetricBlock& block : batch.metrics) {
        switch (block.descriptor.type) {
        case MetricType::Histogram:
            for (const auto& point : Batch::slice(batch.histogramPoints, block.points)) {
                std::string line = headOf(batch, block, point) +
                                   " count=" + std::to_string(point.count) +
                                   " sum=" + (point.hasSum ? formatDouble(point.sum) : "-") + " [";
                const auto counts = Batch::slice(batch.counts, point.bucketCounts);
                const auto texts = Batch::slice(batch.texts, point.boundTexts);
                for (std::size_t i = 0; i < counts.size(); ++i)
                    line +=
                        (i ? " " : "") + std::string(texts[i]) + ":" + std::to_string(counts[i]);
                out.push_back(line + "]" + timeOf(point));
            }
            break;
        case MetricType::Summary:
            for (const auto& point : Batch::slice(batch.summaryPoints, block.points)) {
                std::string line = headOf(batch, block, point) + " count=" +
                                   (point.hasCount ? std::to_string(point.count) : "-") +
                                   " sum=" + (point.hasSum ? formatDouble(point.sum) : "-") + " [";
                const auto quantiles = Batch::slice(batch.quantiles, point.quantiles);
                const auto texts = Batch::slice(batch.texts, point.quantileTexts);
                for (std::size_t i = 0; i < quantiles.size(); ++i)
                    line += (i ? " " : "") + std::string(texts[i]) + ":" +
                            formatDouble(quantiles[i].value);
                out.push_back(line + "]" + timeOf(point));
            }
            break;
        default:
            for (const auto& point : Batch::slice(batch.numberPoints, block.points))
                out.push_back(headOf(batch, block, point) + " " +
                              formatDouble(point.value.asDouble()) + timeOf(point));
        }
    }
    for (const Rejection& rejection : batch.rejections)
        out.push_back("rejected " + rejection.reason + " " + std::to_string(rejection.points) +
                      ": " + rejection.message);
    return out;
}

std::vector<std::string> describe(std::string_view page) {
    return describe(decode(page));
}

std::string readFile(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream out;
    out << file.rdbuf();
    return out.str();
}

} // namespace sightglass::test
