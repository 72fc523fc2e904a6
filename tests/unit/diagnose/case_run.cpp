// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <optional>
#include <sstream>
#include <string_view>

#include <doctest/doctest.h>

#include "core/catalog/catalog_loader.h"
#include "core/catalog/families.h"
#include "core/codec/exposition/exposition.h"
#include "core/codec/otlp/decode.h"
#include "core/diagnose/diagnosis.h"
#include "tests/unit/diagnose/case_file.h"

namespace sightglass::test {

namespace {

constexpr TimeNs now = 1'700'000'000 * nsPerSecond;

struct Instrument {
    std::string_view word;
    MetricType type;
    bool monotonic;
    Temporality temporality;
};

constexpr std::array instruments = std::to_array<Instrument>({
    {"gauge", MetricType::Gauge, false, Temporality::Unspecified},
    {"counter", MetricType::Sum, true, Temporality::Cumulative},
    {"delta_counter", MetricType::Sum, true, Temporality::Delta},
    {"up_down_sum", MetricType::Sum, false, Temporality::Cumulative},
    {"histogram", MetricType::Histogram, false, Temporality::Cumulative},
    {"exponential_histogram", MetricType::ExponentialHistogram, false, Temporality::Cumulative},
    {"summary", MetricType::Summary, false, Temporality::Unspecified},
    {"unknown", MetricType::Unknown, false, Temporality::Unspecified},
});

const Instrument* instrumentNamed(std::string_view word) {
    const auto it = std::find_if(instruments.begin(), instruments.end(),
                                 [word](const Instrument& i) { return i.word == word; });
    return it == instruments.end() ? nullptr : &*it;
}

/// Reads the short form of OTLP into a Batch.
class ShortForm {
  public:
    explicit ShortForm(OriginId origin) {
        m_batch.origin = origin;
        m_batch.receivedAt = now;
        m_batch.resources.emplace_back();
        m_batch.scopes.emplace_back();
    }

    static bool isIt(std::string_view text) {
        const std::string_view word = text.substr(0, text.find_first_of(" \n"));
        return word == "resource" || word == "scope" || instrumentNamed(word) != nullptr;
    }

    Batch read(const std::string& text) {
        std::istringstream in(text);
        for (std::string line; std::getline(in, line);)
            readLine(m_batch.arena.copy(line));
        return std::move(m_batch);
    }

  private:
    static std::string_view nextWord(std::string_view& text) {
        text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
        const std::size_t end = std::min(text.find(' '), text.size());
        const std::string_view word = text.substr(0, end);
        text.remove_prefix(end);
        return word;
    }

    Slice addAttribute(Slice slice, std::string_view key, std::string_view value) {
        if (slice.count == 0)
            slice.begin = static_cast<std::uint32_t>(m_batch.attributes.size());
        m_batch.attributes.push_back({key, Value::string(value)});
        ++slice.count;
        return slice;
    }

    void readLine(std::string_view line) {
        const std::string_view word = nextWord(line);
        if (word == "resource") {
            ResourceView resource;
            for (auto pair = nextWord(line); !pair.empty(); pair = nextWord(line))
                resource.attributes =
                    addAttribute(resource.attributes, pair.substr(0, pair.find('=')),
                                 pair.substr(pair.find('=') + 1));
            m_batch.resources.push_back(resource);
        } else if (word == "scope") {
            ScopeView scope;
            scope.name = nextWord(line);
            scope.version = nextWord(line);
            m_batch.scopes.push_back(scope);
        } else {
            const Instrument* instrument = instrumentNamed(word);
            REQUIRE_MESSAGE(instrument, "no such instrument: ", std::string(word));
            readMetric(*instrument, line);
        }
    }

    void readMetric(const Instrument& instrument, std::string_view line) {
        MetricBlock block;
        block.resource = static_cast<std::uint32_t>(m_batch.resources.size() - 1);
        block.scope = static_cast<std::uint32_t>(m_batch.scopes.size() - 1);
        block.descriptor.type = instrument.type;
        block.descriptor.monotonic = instrument.monotonic;
        block.descriptor.temporality = instrument.temporality;
        block.descriptor.name = nextWord(line);
        PointHeader point;
        point.time = now;
        // A unit may be "{request}".
        if (const std::size_t open = line.rfind(" {"); open != std::string_view::npos) {
            point.attributes = readLabels(line.substr(open + 2, line.rfind('}') - open - 2));
            line = line.substr(0, open);
        }
        if (const std::size_t help = line.find("help=\""); help != std::string_view::npos) {
            const std::size_t end = line.find('"', help + 6);
            block.descriptor.description = line.substr(help + 6, end - help - 6);
            line = line.substr(0, help);
        }
        if (const std::string_view unit = nextWord(line); unit.starts_with("unit="))
            block.descriptor.unit = unit.substr(5);
        addPoint(instrument.type, point, block);
        m_batch.metrics.push_back(block);
    }

    Slice readLabels(std::string_view text) {
        Slice slice;
        while (!text.empty()) {
            const std::size_t equals = text.find("=\"");
            const std::size_t end = text.find('"', equals + 2);
            REQUIRE_MESSAGE(end != std::string_view::npos, "bad labels: ", std::string(text));
            slice = addAttribute(slice, text.substr(0, equals),
                                 text.substr(equals + 2, end - equals - 2));
            text.remove_prefix(std::min(end + 2, text.size()));
        }
        return slice;
    }

    void addPoint(MetricType type, const PointHeader& header, MetricBlock& block) {
        const auto add = [&](auto& pool) {
            block.points = {static_cast<std::uint32_t>(pool.size()), 1};
            static_cast<PointHeader&>(pool.emplace_back()) = header;
        };
        if (type == MetricType::Histogram)
            add(m_batch.histogramPoints);
        else if (type == MetricType::ExponentialHistogram)
            add(m_batch.exponentialPoints);
        else if (type == MetricType::Summary)
            add(m_batch.summaryPoints);
        else
            add(m_batch.numberPoints);
    }

    Batch m_batch;
};

OriginId originNamed(OriginTable& origins, const std::string& name) {
    const std::string kind = name.substr(0, name.find(' '));
    const std::string detail = name.size() > kind.size() ? name.substr(kind.size() + 1) : "";
    if (kind == "otlp-grpc")
        return origins.intern(OriginKind::OtlpGrpc, detail);
    if (kind == "otlp-http")
        return origins.intern(OriginKind::OtlpHttp, detail);
    if (kind == "scrape")
        return origins.intern(OriginKind::Scrape, detail);
    if (kind == "remote-write")
        return origins.intern(OriginKind::RemoteWrite, detail);
    REQUIRE_MESSAGE(kind == "file", "no such origin: ", name);
    return origins.intern(OriginKind::File, detail);
}

Batch batchOf(OriginId origin, const std::string& text) {
    if (ShortForm::isIt(text))
        return ShortForm(origin).read(text);
    const RawRecord record{origin, now, {}, std::make_shared<const std::string>(text)};
    Result<Batch> batch = text.starts_with("{\"resourceMetrics\"")
                              ? decodeMetricsRequestJson(record)
                              : decodeExposition(record);
    REQUIRE_MESSAGE(batch.ok(), batch.error().text());
    return std::move(*batch);
}

std::string lineOf(const Finding& finding, const OriginTable& origins) {
    std::string line(severityName(finding.severity));
    line += " " + finding.rule + " ";
    line += finding.metric.empty() ? "(" + finding.subject + ")" : finding.metric;
    std::string separator = " | ";
    for (const OriginId origin : finding.origins) {
        line += separator + origins.origin(origin).name();
        separator = ", ";
    }
    separator = " | ";
    for (const std::string& label : finding.labels) {
        line += separator + label;
        separator = ", ";
    }
    if (finding.labels.empty())
        line += " | -";
    return line + " | " + std::to_string(finding.count);
}

} // namespace

std::vector<std::string> findingsOf(const Case& given) {
    OriginTable origins;
    Catalog catalog(origins);
    CatalogLoader loader(catalog);
    for (const Case::Input& input : given.inputs)
        loader.load(batchOf(originNamed(origins, input.origin), input.text));

    std::vector<std::pair<OriginId, OriginId>> pairs;
    for (const auto& [a, b] : given.pairs)
        pairs.emplace_back(originNamed(origins, a), originNamed(origins, b));
    std::vector<TargetHealth> targets;
    for (const auto& [url, error] : given.down)
        targets.push_back({origins.intern(OriginKind::Scrape, url), url, false, error, 1, now});

    const auto snapshot = catalog.snapshot();
    const auto families = groupFamilies(*snapshot);
    Diagnosis diagnosis;
    const auto findings = diagnosis.run({.catalog = *snapshot,
                                         .families = families,
                                         .targets = targets,
                                         .requestedPairs = pairs,
                                         .directed = given.directed,
                                         .now = now});
    std::vector<std::string> lines;
    for (const auto& finding : findings->findings) {
        CHECK_MESSAGE(!finding->message.empty(), finding->rule, " has no message");
        CHECK_MESSAGE(!finding->advice.empty(), finding->rule, " gives no way out");
        CHECK_MESSAGE(finding->evidence.size() == finding->origins.size(), finding->rule,
                      " lacks evidence of an origin");
        lines.push_back(lineOf(*finding, origins));
    }
    std::sort(lines.begin(), lines.end());
    return lines;
}

} // namespace sightglass::test
