// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/model/value.h"

namespace sightglass {

enum class MetricType : std::uint8_t {
    Unknown, ///< also Prometheus' "untyped"
    Gauge,
    Sum, ///< monotonic: a counter; else an up-down sum
    Histogram,
    ExponentialHistogram, ///< also Prometheus' native histogram
    Summary,
};

/// Whether a point says all since the start, or what came since the point before. Unspecified for
/// gauges, summaries and unknowns, and where a sender left it out.
enum class Temporality : std::uint8_t { Unspecified, Delta, Cumulative };

/// What a metric says of itself, viewing text that lies elsewhere.
struct DescriptorView {
    std::string_view name;
    std::string_view unit; ///< UCUM, as received
    std::string_view description;
    MetricType type = MetricType::Unknown;
    bool monotonic = false; ///< only of a Sum
    Temporality temporality = Temporality::Unspecified;
};

struct Descriptor {
    std::string name;
    std::string unit;
    std::string description;
    MetricType type = MetricType::Unknown;
    bool monotonic = false;
    Temporality temporality = Temporality::Unspecified;

    Descriptor() = default;
    explicit Descriptor(const DescriptorView& view)
        : name(view.name),
          unit(view.unit),
          description(view.description),
          type(view.type),
          monotonic(view.monotonic),
          temporality(view.temporality) {}
    [[nodiscard]] DescriptorView view() const {
        return {name, unit, description, type, monotonic, temporality};
    }
};

/// The kind of instrument in one word, as findings, badges and Compare name it: "gauge",
/// "counter" (a monotonic sum), "up_down_sum", "histogram", "exponential_histogram", "summary",
/// "unknown".
[[nodiscard]] std::string_view typeWord(MetricType type, bool monotonic);
[[nodiscard]] inline std::string_view typeWord(const Descriptor& d) {
    return typeWord(d.type, d.monotonic);
}
/// The type as OTLP's data model has it: "gauge", "sum", "histogram", ...
[[nodiscard]] std::string_view typeName(MetricType type);
/// "unspecified", "delta", "cumulative".
[[nodiscard]] std::string_view temporalityName(Temporality temporality);

/// The sender, as it describes itself. Immutable once made.
struct Resource {
    AttributeSet attributes;
    std::string schemaUrl;
    /// True if `attributes` are the labels that a scrape attaches to its target (job, instance)
    /// and are already spelled as Prometheus does; false for an OTLP resource.
    bool isTarget = false;

    friend bool operator==(const Resource&, const Resource&) = default;
};

/// The instrumentation scope. Empty for Prometheus pages. Immutable once made.
struct Scope {
    std::string name;
    std::string version;
    AttributeSet attributes;
    std::string schemaUrl;

    friend bool operator==(const Scope&, const Scope&) = default;
};

} // namespace sightglass
