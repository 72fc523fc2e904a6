// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <string_view>

#include "core/codec/exposition/exposition.h"
#include "core/model/prometheus_names.h"

namespace sightglass {

namespace {

bool isPlainName(std::string_view name, bool isLabel) {
    if (name.empty() || (name.front() >= '0' && name.front() <= '9'))
        return false;
    return std::all_of(name.begin(), name.end(), [isLabel](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || (c == ':' && !isLabel);
    });
}

void appendEscaped(std::string& out, std::string_view text, bool isLabel) {
    for (const char c : text) {
        if (c == '\n')
            out += "\\n";
        else if (c == '\\')
            out += "\\\\";
        else if (c == '"' && isLabel)
            out += "\\\"";
        else
            out += c;
    }
}

void appendQuoted(std::string& out, std::string_view text) {
    out += '"';
    appendEscaped(out, text, true);
    out += '"';
}

void appendName(std::string& out, std::string_view name, bool isLabel) {
    if (isPlainName(name, isLabel))
        out += name;
    else
        appendQuoted(out, name);
}

/// Writes the lines of one Batch.
class PageWriter {
  public:
    explicit PageWriter(const Batch& batch) : m_batch(batch) {}

    std::string run() {
        for (const MetricBlock& block : m_batch.metrics)
            writeBlock(block);
        return std::move(m_out);
    }

  private:
    struct Extra {
        std::string_view key;
        std::string value;
    };

    void writeBlock(const MetricBlock& block) {
        const DescriptorView& d = block.descriptor;
        m_name = d.name;
        if (!d.description.empty()) {
            m_out += "# HELP ";
            appendName(m_out, m_name, false);
            m_out += ' ';
            appendEscaped(m_out, d.description, false);
            m_out += '\n';
        }
        // No TYPE line says "untyped" as well, and lets x_bucket stay a part of a histogram x.
        if (d.type != MetricType::Unknown) {
            m_out += "# TYPE ";
            appendName(m_out, m_name, false);
            m_out += ' ';
            m_out += prometheusType(Descriptor(d));
            m_out += '\n';
        }
        switch (d.type) {
        case MetricType::Histogram:
            for (const auto& point : Batch::slice(m_batch.histogramPoints, block.points))
                writePoint(point);
            break;
        case MetricType::ExponentialHistogram:
            for (const auto& point : Batch::slice(m_batch.exponentialPoints, block.points))
                writePoint(point);
            break;
        case MetricType::Summary:
            for (const auto& point : Batch::slice(m_batch.summaryPoints, block.points))
                writePoint(point);
            break;
        case MetricType::Unknown:
        case MetricType::Gauge:
        case MetricType::Sum:
            for (const auto& point : Batch::slice(m_batch.numberPoints, block.points))
                writePoint(point);
        }
    }

    void writePoint(const NumberPoint& point) {
        writeSample(point, "", nullptr,
                    point.value.isInteger ? std::to_string(point.value.integer)
                                          : formatDouble(point.value.real));
    }

    void writePoint(const HistogramPoint& point) {
        const auto bounds = Batch::slice(m_batch.doubles, point.bounds);
        const auto texts = Batch::slice(m_batch.texts, point.boundTexts);
        const auto counts = Batch::slice(m_batch.counts, point.bucketCounts);
        std::uint64_t upTo = 0;
        for (std::size_t i = 0; i < bounds.size() && i < counts.size(); ++i) {
            upTo += counts[i];
            const Extra le{"le",
                           i < texts.size() ? std::string(texts[i]) : formatDouble(bounds[i])};
            writeSample(point, "_bucket", &le, std::to_string(upTo));
        }
        writeTotals(point, !texts.empty() ? std::string(texts.back()) : "+Inf");
    }

    void writePoint(const ExponentialHistogramPoint& point) { writeTotals(point, "+Inf"); }

    template <class Histogram>
    void writeTotals(const Histogram& point, std::string infinity) {
        const Extra le{"le", std::move(infinity)};
        writeSample(point, "_bucket", &le, std::to_string(point.count));
        if (point.hasSum)
            writeSample(point, "_sum", nullptr, formatDouble(point.sum));
        writeSample(point, "_count", nullptr, std::to_string(point.count));
    }

    void writePoint(const SummaryPoint& point) {
        const auto quantiles = Batch::slice(m_batch.quantiles, point.quantiles);
        const auto texts = Batch::slice(m_batch.texts, point.quantileTexts);
        for (std::size_t i = 0; i < quantiles.size(); ++i) {
            const Extra quantile{"quantile", i < texts.size()
                                                 ? std::string(texts[i])
                                                 : formatDouble(quantiles[i].quantile)};
            writeSample(point, "", &quantile, formatDouble(quantiles[i].value));
        }
        if (point.hasSum)
            writeSample(point, "_sum", nullptr, formatDouble(point.sum));
        if (point.hasCount)
            writeSample(point, "_count", nullptr, std::to_string(point.count));
    }

    void writeSample(const PointHeader& point, std::string_view suffix, const Extra* extra,
                     const std::string& value) {
        if ((point.flags & noRecordedValueFlag) != 0)
            return;
        const std::string name = std::string(m_name) + std::string(suffix);
        const bool isPlain = isPlainName(name, false);
        char separator = '{';
        const auto separate = [&] {
            m_out += separator;
            separator = ',';
        };
        if (isPlain) {
            m_out += name;
        } else {
            separate();
            appendQuoted(m_out, name);
        }
        for (const Attribute& attribute : m_batch.attributesOf(point.attributes)) {
            separate();
            appendName(m_out, attribute.key, true);
            m_out += '=';
            appendQuoted(m_out, attribute.value.display());
        }
        if (extra) {
            separate();
            m_out += extra->key;
            m_out += '=';
            appendQuoted(m_out, extra->value);
        }
        if (separator == ',')
            m_out += '}';
        m_out += ' ';
        m_out += value;
        if (point.time != 0) {
            m_out += ' ';
            m_out += std::to_string(point.time / nsPerMs);
        }
        m_out += '\n';
    }

    const Batch& m_batch;
    std::string m_out;
    std::string_view m_name; ///< of the block being written
};

} // namespace

std::string encodeExposition(const Batch& batch) {
    return PageWriter(batch).run();
}

} // namespace sightglass
