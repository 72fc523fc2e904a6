// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/catalog/catalog.h"
#include "core/model/origin.h"
#include "core/model/store_usage.h"
#include "core/query/prometheus_view.h"

// JSON as Prometheus' HTTP API spells it, and our catalog. All append to `out`.
namespace sightglass {

/// {"__name__":"x","a":"b"}
void appendMetricJson(std::string& out, const ViewSeries& series);
/// Unix seconds with milliseconds, as a JSON number: 1700000000.123
void appendTimeJson(std::string& out, TimeNs time);
/// The value as a JSON string, without exponent: "3539416", "0.5", "NaN", "+Inf".
void appendValueJson(std::string& out, Number value);
/// {"resultType":"vector","result":[...]} of the last sample of each series.
void appendVectorJson(std::string& out, const std::vector<ViewSeries>& series);
/// {"resultType":"matrix","result":[...]}
void appendMatrixJson(std::string& out, const std::vector<ViewSeries>& series);
/// {"metrics":[{"name",...}]}: each row a metric of one scope of one resource of one origin, with
/// typed attributes.
void appendCatalogJson(std::string& out, const CatalogSnapshot& catalog,
                       const OriginTable& origins);
/// {"bytes":..,"limitBytes":..,...,"origins":[{"origin":"otlp-grpc","series":..,...}],
/// "limitedMetrics":[{"metric","origin","reason","refusedPoints"}]}; times in Unix milliseconds,
/// null where there is none.
void appendRingJson(std::string& out, const StoreUsage& usage, const OriginTable& origins);

} // namespace sightglass
