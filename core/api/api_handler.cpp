// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/api/api_handler.h"

#include <algorithm>
#include <ctime>
#include <iterator>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "core/api/api_json.h"
#include "core/api/api_params.h"
#include "core/api/own_metrics.h"
#include "core/diagnose/findings_json.h"
#include "core/model/prometheus_names.h"

namespace sightglass {

namespace {

HttpResponse json(int status, std::string body) {
    return {status, "application/json", {}, std::move(body), false};
}

/// Prometheus' error envelope; its error types are few and tied to a status.
HttpResponse errorResponse(const Error& error) {
    int status = 400;
    std::string_view type = "bad_data";
    switch (error.code) {
    case ErrorCode::NotFound:
        status = 404;
        type = "not_found";
        break;
    case ErrorCode::ResourceExhausted:
        status = 422;
        type = "execution";
        break;
    case ErrorCode::Internal:
        status = 500;
        type = "internal";
        break;
    default:
        break;
    }
    std::string body = R"({"status":"error","errorType":")";
    body += type;
    body += R"(","error":)";
    appendJsonString(body, error.text());
    body += '}';
    return json(status, std::move(body));
}

HttpResponse methodNotAllowed(const char* allowed) {
    return {405, "text/plain; charset=utf-8", {{"allow", allowed}}, "Method not allowed\n", false};
}

std::string rfc3339(TimeNs time) {
    if (time == 0)
        return "0001-01-01T00:00:00Z"; // as Go prints a time that never was
    const TimeNs ms = time / nsPerMs;
    const auto seconds = static_cast<std::time_t>(ms / 1000);
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    char buffer[40];
    const std::size_t length = std::strftime(buffer, sizeof buffer, "%Y-%m-%dT%H:%M:%S", &utc);
    const std::string digits = std::to_string(1000 + ms % 1000);
    return std::string(buffer, length) + '.' + digits.substr(1) + 'Z';
}

/// At most `limit` of them; 0 is all.
std::string stringArray(const std::set<std::string>& values, std::size_t limit) {
    std::string out = "[";
    std::size_t count = 0;
    for (const std::string& value : values) {
        if (limit != 0 && count++ == limit)
            break;
        if (out.size() > 1)
            out += ',';
        appendJsonString(out, value);
    }
    out += ']';
    return out;
}

constexpr std::string_view labelValuesPrefix = "/api/v1/label/";
constexpr std::string_view labelValuesSuffix = "/values";

} // namespace

/// What a request asks, with the defaults of Prometheus' API.
class ApiHandler::Params {
  public:
    Params(FormParams form, TimeNs now) : m_form(std::move(form)), m_now(now) {}

    [[nodiscard]] Result<std::string> needed(std::string_view name) const {
        if (const auto value = m_form.find(name); value && !value->empty())
            return std::string(*value);
        return Error{
            ErrorCode::InvalidArgument, "parameter \"" + std::string(name) + "\" is missing", {}};
    }
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const {
        return m_form.find(name);
    }
    [[nodiscard]] Result<TimeNs> time(std::string_view name, TimeNs otherwise) const {
        const auto value = m_form.find(name);
        if (!value || value->empty())
            return otherwise;
        Result<TimeNs> time = parseTime(*value);
        if (!time)
            return Error{ErrorCode::InvalidArgument,
                         "parameter \"" + std::string(name) + "\": " + time.error().message,
                         {}};
        return time;
    }
    [[nodiscard]] std::vector<std::string_view> matches() const { return m_form.all("match[]"); }
    [[nodiscard]] TimeNs now() const { return m_now; }
    /// Entries that the client wants at most; 0 is all.
    [[nodiscard]] Result<std::size_t> limit() const {
        const auto value = m_form.find("limit");
        if (!value || value->empty())
            return std::size_t{0};
        std::size_t limit = 0;
        for (const char c : *value) {
            if (c < '0' || c > '9' || value->size() > 9)
                return Error{
                    ErrorCode::InvalidArgument, "parameter \"limit\" must be a number from 0", {}};
            limit = limit * 10 + static_cast<std::size_t>(c - '0');
        }
        return limit;
    }

  private:
    FormParams m_form;
    TimeNs m_now;
};

ApiHandler::ApiHandler(ApiContext context)
    : m_context(std::move(context)),
      m_view(m_context.reader, m_context.origins, m_context.originLabel) {}

HttpResponse ApiHandler::handle(const HttpRequest& request) const {
    const std::string_view path = request.path;
    const bool isGet = request.method == "GET" || request.method == "HEAD";
    const bool isForm = request.method == "POST";

    if (path == "/-/healthy" || path == "/-/ready")
        return isGet ? HttpResponse{200, "text/plain; charset=utf-8", {}, "Sightglass is ready.\n"}
                     : methodNotAllowed("GET, HEAD");
    if (path == "/metrics")
        return isGet ? HttpResponse{200,
                                    "text/plain; version=0.0.4; charset=utf-8",
                                    {},
                                    ownMetrics(m_context.counters, m_context.gauges())}
                     : methodNotAllowed("GET, HEAD");
    if (!path.starts_with("/api/v1/"))
        return {404,
                "text/plain; charset=utf-8",
                {},
                "Not found. The API answers below /api/v1/, and /metrics, /-/healthy, /-/ready.\n"};
    if (!isGet && !isForm)
        return methodNotAllowed("GET, HEAD, POST");

    FormParams form;
    if (Status parsed = form.parse(request.query); !parsed)
        return errorResponse(parsed.error());
    if (isForm) {
        if (!isMediaType(request.header("content-type"), "application/x-www-form-urlencoded"))
            return {415,
                    "text/plain; charset=utf-8",
                    {},
                    "A POST to this API carries application/x-www-form-urlencoded.\n"};
        if (Status parsed = form.parse(request.body); !parsed)
            return errorResponse(parsed.error());
    }
    const Params params(std::move(form), m_context.clock.now());

    Answer answer = Error{ErrorCode::NotFound, "no such endpoint: " + std::string(path), {}};
    if (path == "/api/v1/query")
        answer = query(params);
    else if (path == "/api/v1/query_range")
        answer = queryRange(params);
    else if (path == "/api/v1/series")
        answer = series(params);
    else if (path == "/api/v1/labels")
        answer = labels(params);
    else if (path == "/api/v1/metadata")
        answer = metadata(params);
    else if (path == "/api/v1/targets")
        answer = targets();
    else if (path == "/api/v1/findings")
        answer = findings();
    else if (path == "/api/v1/catalog")
        answer = catalog();
    else if (path == "/api/v1/ring")
        answer = ring();
    else if (path.starts_with(labelValuesPrefix) && path.ends_with(labelValuesSuffix) &&
             path.size() > labelValuesPrefix.size() + labelValuesSuffix.size()) {
        Result<std::string> name = percentDecoded(
            path.substr(labelValuesPrefix.size(),
                        path.size() - labelValuesPrefix.size() - labelValuesSuffix.size()),
            false);
        answer = name ? labelValues(*name, params) : Answer(name.error());
    }
    if (!answer)
        return errorResponse(answer.error());
    return json(200, R"({"status":"success","data":)" + *answer + "}");
}

ApiHandler::Answer ApiHandler::query(const Params& params) const {
    const Result<std::string> text = params.needed("query");
    if (!text)
        return text.error();
    const Result<TimeNs> time = params.time("time", params.now());
    if (!time)
        return time.error();
    const Result<Selector> selector = parseSelector(*text);
    if (!selector)
        return selector.error();
    const auto snapshot = m_context.catalog.snapshot();
    const bool isRaw = selector->range != 0;
    const auto found = isRaw ? m_view.raw(*snapshot, *selector, *time, mostSeries)
                             : m_view.instant(*snapshot, *selector, *time, mostSeries);
    if (!found)
        return found.error();
    std::string out;
    if (isRaw) {
        appendMatrixJson(out, *found);
        return out;
    }
    // Prometheus says of an instant when it was asked for, not when the sample was taken.
    std::vector<ViewSeries> atTime = std::move(*found);
    for (ViewSeries& row : atTime)
        row.samples.back().time = *time;
    appendVectorJson(out, atTime);
    return out;
}

ApiHandler::Answer ApiHandler::queryRange(const Params& params) const {
    const Result<std::string> text = params.needed("query");
    if (!text)
        return text.error();
    for (const std::string_view name : {"start", "end"}) {
        if (const Result<std::string> given = params.needed(name); !given)
            return given.error();
    }
    const Result<TimeNs> from = params.time("start", 0);
    if (!from)
        return from.error();
    const Result<TimeNs> to = params.time("end", 0);
    if (!to)
        return to.error();
    const Result<std::string> stepText = params.needed("step");
    if (!stepText)
        return stepText.error();
    const Result<TimeNs> step = parseStep(*stepText);
    if (!step)
        return step.error();
    if (*to < *from)
        return Error{ErrorCode::InvalidArgument, "end must not be before start", {}};
    const Result<Selector> selector = parseSelector(*text);
    if (!selector)
        return selector.error();
    if (selector->range != 0)
        return Error{
            ErrorCode::InvalidArgument, "a range query takes a selector without [range]", {}};
    const auto snapshot = m_context.catalog.snapshot();
    const auto found = m_view.range(*snapshot, *selector, *from, *to, *step, mostSeries);
    if (!found)
        return found.error();
    std::string out;
    appendMatrixJson(out, *found);
    return out;
}

Result<std::vector<ViewSeries>> ApiHandler::matchingSeries(const Params& params,
                                                           bool matchNeeded) const {
    const Result<TimeNs> from = params.time("start", 0);
    if (!from)
        return from.error();
    const Result<TimeNs> to = params.time("end", std::numeric_limits<TimeNs>::max());
    if (!to)
        return to.error();
    std::vector<std::string_view> matches = params.matches();
    if (matches.empty()) {
        if (matchNeeded)
            return Error{ErrorCode::InvalidArgument, "no match[] parameter provided", {}};
        matches.emplace_back("{__name__!=\"\"}");
    }
    const auto snapshot = m_context.catalog.snapshot();
    std::vector<ViewSeries> out;
    for (const std::string_view match : matches) {
        const Result<Selector> selector = parseSelector(match);
        if (!selector)
            return selector.error();
        auto found = m_view.series(*snapshot, *selector, {*from, *to}, mostSeries);
        if (!found)
            return found;
        std::move(found->begin(), found->end(), std::back_inserter(out));
    }
    const auto less = [](const ViewSeries& a, const ViewSeries& b) {
        return std::tie(a.name, a.labels) < std::tie(b.name, b.labels);
    };
    std::sort(out.begin(), out.end(), less);
    out.erase(std::unique(out.begin(), out.end(),
                          [](const ViewSeries& a, const ViewSeries& b) {
                              return a.name == b.name && a.labels == b.labels;
                          }),
              out.end());
    return out;
}

ApiHandler::Answer ApiHandler::series(const Params& params) const {
    const Result<std::size_t> limit = params.limit();
    if (!limit)
        return limit.error();
    auto found = matchingSeries(params, true);
    if (!found)
        return found.error();
    if (*limit != 0 && found->size() > *limit)
        found->resize(*limit);
    std::string out = "[";
    for (const ViewSeries& row : *found) {
        if (out.size() > 1)
            out += ',';
        appendMetricJson(out, row);
    }
    return out + "]";
}

Result<std::optional<TimeNs>> ApiHandler::labelsSince(const Params& params) {
    const Result<TimeNs> to = params.time("end", params.now());
    if (!to)
        return to.error();
    const Result<TimeNs> from = params.time("start", std::numeric_limits<TimeNs>::min());
    if (!from)
        return from.error();
    const bool isUpToNow = *to >= params.now() - PrometheusView::lookback;
    return isUpToNow && params.matches().empty() ? std::optional(*from) : std::nullopt;
}

ApiHandler::Answer ApiHandler::labels(const Params& params) const {
    const Result<std::size_t> limit = params.limit();
    if (!limit)
        return limit.error();
    const Result<std::optional<TimeNs>> since = labelsSince(params);
    if (!since)
        return since.error();
    if (*since)
        return stringArray(m_view.labelNames(*m_context.catalog.snapshot(), **since), *limit);
    const auto found = matchingSeries(params, false);
    if (!found)
        return found.error();
    std::set<std::string> names;
    for (const ViewSeries& row : *found) {
        names.insert("__name__");
        for (const Label& label : row.labels)
            names.insert(label.first);
    }
    return stringArray(names, *limit);
}

ApiHandler::Answer ApiHandler::labelValues(const std::string& name, const Params& params) const {
    const Result<std::size_t> limit = params.limit();
    if (!limit)
        return limit.error();
    const Result<std::optional<TimeNs>> since = labelsSince(params);
    if (!since)
        return since.error();
    if (*since) {
        const auto known =
            m_view.labelValues(*m_context.catalog.snapshot(), name, **since, mostSeries);
        if (known)
            return *known ? Answer(stringArray(**known, *limit)) : Answer(known->error());
    }
    const auto found = matchingSeries(params, false);
    if (!found)
        return found.error();
    std::set<std::string> values;
    for (const ViewSeries& row : *found) {
        if (name == "__name__")
            values.insert(row.name);
        for (const Label& label : row.labels) {
            if (label.first == name)
                values.insert(label.second);
        }
    }
    return stringArray(values, *limit);
}

ApiHandler::Answer ApiHandler::metadata(const Params& params) const {
    const Result<std::size_t> limit = params.limit();
    if (!limit)
        return limit.error();
    const auto wanted = params.find("metric");
    // A metric may be described differently by two paths: each description once.
    std::map<std::string, std::set<std::string>> entries;
    const auto snapshot = m_context.catalog.snapshot();
    for (const auto& row : snapshot->metrics) {
        const Descriptor& descriptor = row->info->descriptor;
        std::string name = prometheusName(descriptor, row->info->resource->isTarget);
        if (wanted && !wanted->empty() && name != *wanted)
            continue;
        std::string entry = "{\"type\":";
        appendJsonString(entry, prometheusType(descriptor));
        entry += ",\"help\":";
        appendJsonString(entry, descriptor.description);
        entry += ",\"unit\":";
        appendJsonString(entry, prometheusUnit(descriptor.unit, descriptor.type));
        entry += '}';
        entries[std::move(name)].insert(std::move(entry));
    }
    std::string out = "{";
    std::size_t count = 0;
    for (const auto& [name, descriptions] : entries) {
        if (*limit != 0 && count++ == *limit)
            break;
        if (out.size() > 1)
            out += ',';
        appendJsonString(out, name);
        out += ":[";
        bool first = true;
        for (const std::string& description : descriptions) {
            if (!first)
                out += ',';
            first = false;
            out += description;
        }
        out += ']';
    }
    return out + "}";
}

ApiHandler::Answer ApiHandler::targets() const {
    std::string out = "{\"activeTargets\":[";
    bool first = true;
    for (const ApiTarget& target : m_context.targets()) {
        if (!first)
            out += ',';
        first = false;
        const auto member = [&out](std::string_view name, std::string_view value) {
            out += ",\"";
            out += name;
            out += "\":";
            appendJsonString(out, value);
        };
        out += R"({"discoveredLabels":{},"labels":{"instance":)";
        appendJsonString(out, target.instance);
        member("job", target.job);
        out += '}';
        member("scrapePool", target.job);
        member("scrapeUrl", target.url);
        member("globalUrl", target.url);
        member("lastError", target.lastError);
        member("lastScrape", rfc3339(target.lastScrape));
        out += ",\"lastScrapeDuration\":" + formatDouble(target.lastDurationSeconds);
        member("health", target.health);
        member("scrapeInterval", formatDouble(target.intervalSeconds) + "s");
        member("scrapeTimeout", formatDouble(target.timeoutSeconds) + "s");
        out += '}';
    }
    return out + R"(],"droppedTargets":[]})";
}

ApiHandler::Answer ApiHandler::findings() const {
    return findingsJson(*m_context.findings(), m_context.origins);
}

ApiHandler::Answer ApiHandler::ring() const {
    std::string out;
    appendRingJson(out, m_context.ring(), m_context.origins);
    return out;
}

ApiHandler::Answer ApiHandler::catalog() const {
    std::string out;
    appendCatalogJson(out, *m_context.catalog.snapshot(), m_context.origins);
    return out;
}

} // namespace sightglass
