// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/counters.h"
#include "core/catalog/catalog.h"
#include "core/ingest/http_message.h"
#include "core/model/finding.h"
#include "core/model/series_reader.h"
#include "core/model/store_usage.h"
#include "core/query/prometheus_view.h"

namespace sightglass {

/// A scrape target as /api/v1/targets tells of it.
struct ApiTarget {
    std::string url, job, instance;
    std::string health; ///< "up", "down", "unknown"
    std::string lastError;
    TimeNs lastScrape = 0;
    double lastDurationSeconds = 0;
    double intervalSeconds = 0, timeoutSeconds = 0;
};

/// A figure of our own that may fall, for /metrics.
struct OwnGauge {
    std::string name, help;
    double value = 0;
};

/// What the endpoints look at; all of it outlives the handler. The functions may be called from any
/// thread.
struct ApiContext {
    const SeriesReader& reader;
    const Catalog& catalog;
    const OriginTable& origins;
    const CounterRegistry& counters;
    const Clock& clock;
    std::string originLabel;
    std::function<std::shared_ptr<const FindingsSnapshot>()> findings;
    std::function<std::vector<ApiTarget>()> targets;
    std::function<std::vector<OwnGauge>()> gauges;
    std::function<StoreUsage()> ring;
};

/// The HTTP API, requests to answers, no sockets: health, our own metrics, findings, catalog, and
/// the Prometheus query API in Prometheus' own envelope ("HTTP API" of its documentation). Until
/// PromQL is there a query is one selector. handle() may be called from several threads at once.
class ApiHandler {
  public:
    explicit ApiHandler(ApiContext context);

    [[nodiscard]] HttpResponse handle(const HttpRequest& request) const;

    /// Series in one answer; a wider selector is refused with what to do.
    static constexpr std::size_t mostSeries = 200'000;

  private:
    class Params;
    using Answer = Result<std::string>; ///< the JSON of "data"

    [[nodiscard]] Answer query(const Params& params) const;
    [[nodiscard]] Answer queryRange(const Params& params) const;
    [[nodiscard]] Answer series(const Params& params) const;
    [[nodiscard]] Answer labels(const Params& params) const;
    [[nodiscard]] Answer labelValues(const std::string& name, const Params& params) const;
    [[nodiscard]] Answer metadata(const Params& params) const;
    [[nodiscard]] Answer targets() const;
    [[nodiscard]] Answer findings() const;
    [[nodiscard]] Answer catalog() const;
    [[nodiscard]] Answer ring() const;
    /// The start of the range if labels can be told from what is known of whole metrics; nullopt
    /// if only series can tell: those asked for, or those of a range that ended before now.
    static Result<std::optional<TimeNs>> labelsSince(const Params& params);
    [[nodiscard]] Result<std::vector<ViewSeries>> matchingSeries(const Params& params,
                                                                 bool matchNeeded) const;

    const ApiContext m_context;
    const PrometheusView m_view;
};

} // namespace sightglass
