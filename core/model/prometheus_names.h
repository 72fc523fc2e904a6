// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/model/descriptor.h"
#include "core/model/value.h"

// How OTLP names are spelled in Prometheus. Follows the OpenTelemetry specification, "Prometheus
// and OpenMetrics Compatibility", and the collector's and Prometheus' translators where the text
// leaves a choice: underscore escaping with unit and type suffixes.
namespace sightglass {

/// The family name of a metric in the Prometheus view. A name from a Prometheus page is already
/// one and comes back unchanged except that `isPrometheus` counters keep what they had.
[[nodiscard]] std::string prometheusName(const Descriptor& descriptor, bool isPrometheus);

/// A family name without unit suffix and `_total`, the weaker key of two names that mean the same.
[[nodiscard]] std::string strippedName(std::string_view prometheusName, std::string_view unit);

/// An attribute key as a label name: characters outside [a-zA-Z0-9_] become '_', and a leading
/// digit gets "key_" before it.
[[nodiscard]] std::string prometheusLabelName(std::string_view attributeKey);

/// UCUM unit as Prometheus' word ("By" -> "bytes", "ms" -> "milliseconds", "m/s" ->
/// "meters_per_second", "1" -> "" (gauges: "ratio")); "" for annotations such as "{request}".
[[nodiscard]] std::string prometheusUnit(std::string_view ucum, MetricType type);

/// job = service.namespace/service.name, instance = service.instance.id; for a target resource its
/// labels as they are. Keys without a value are left out. Sorted by name.
[[nodiscard]] Labels jobAndInstance(const Resource& resource);

/// The other resource attributes as labels: what target_info carries. Sorted by name.
[[nodiscard]] Labels targetInfoLabels(const Resource& resource);

/// Attributes as labels; values of keys that fall on one label name are joined by ';' in the order
/// of their keys, as the specification says. Sorted by name.
[[nodiscard]] Labels prometheusLabels(const AttributeSet& attributes);

/// Prometheus' word for the type: "counter", "gauge", "histogram", "summary", "unknown".
[[nodiscard]] std::string_view prometheusType(const Descriptor& descriptor);

} // namespace sightglass
