// SPDX-License-Identifier: GPL-3.0-or-later
#include "oracle.h"

#include <limits>

#include <google/protobuf/util/json_util.h>

#include "core/codec/otlp/binary_text.h"
#include "core/codec/otlp/encode.h"
#include "describe.h"

namespace sightglass::test {

namespace otlp {
using namespace opentelemetry::proto::common::v1;
using namespace opentelemetry::proto::metrics::v1;
using namespace opentelemetry::proto::resource::v1;
} // namespace otlp

namespace {

/// Draws the fields of one request.
class Generator {
  public:
    explicit Generator(std::mt19937_64& random) : m_random(random) {}

    Request request() {
        Request r;
        for (std::size_t i = 1 + below(3); i > 0; --i) {
            auto& resourceMetrics = *r.add_resource_metrics();
            if (sometimes())
                attributes(*resourceMetrics.mutable_resource()->mutable_attributes());
            if (sometimes())
                resourceMetrics.mutable_resource()->set_dropped_attributes_count(3);
            if (sometimes())
                resourceMetrics.set_schema_url(text());
            for (std::size_t k = below(3); k > 0; --k)
                scopeMetrics(*resourceMetrics.add_scope_metrics());
        }
        return r;
    }

  private:
    std::size_t below(std::size_t n) { return static_cast<std::size_t>(m_random() % n); }
    bool sometimes() { return below(2) == 0; }

    std::string text() {
        static const char* const pieces[] = {"a",  "service.name", "x_y", "é",  "日本", "😀",
                                             "\"", "\\",           "\n",  "\t", "\x01", "/",
                                             " ",  "bytesValue",   "0"};
        std::string out;
        for (std::size_t i = below(5); i > 0; --i)
            out += pieces[below(std::size(pieces))];
        return out;
    }
    std::string name() { return "m" + text(); }

    double real() {
        static const double told[] = {0.0,
                                      -0.0,
                                      1.5,
                                      1.0,
                                      -1e300,
                                      5e-324,
                                      1e22,
                                      0.1,
                                      std::numeric_limits<double>::quiet_NaN(),
                                      std::numeric_limits<double>::infinity(),
                                      -std::numeric_limits<double>::infinity()};
        const std::size_t which = below(std::size(told) + 4);
        return which < std::size(told)
                   ? told[which]
                   : static_cast<double>(static_cast<std::int64_t>(m_random())) / 1e6;
    }
    std::int64_t integer() {
        static const std::int64_t told[] = {0, 1, -1, std::numeric_limits<std::int64_t>::max(),
                                            std::numeric_limits<std::int64_t>::min()};
        const std::size_t which = below(std::size(told) + 3);
        return which < std::size(told) ? told[which] : static_cast<std::int64_t>(m_random());
    }
    std::uint64_t time() { return 1 + m_random() % 9'000'000'000'000'000'000u; }
    std::string raw(std::size_t size) {
        std::string out;
        for (std::size_t i = 0; i < size; ++i)
            out += static_cast<char>(m_random());
        return out;
    }

    void value(otlp::AnyValue& v, int depth = 0) {
        switch (below(depth < 3 ? 8 : 6)) {
        case 0:
            break; // the empty value
        case 1:
            v.set_string_value(text());
            break;
        case 2:
            v.set_bool_value(sometimes());
            break;
        case 3:
            v.set_int_value(integer());
            break;
        case 4:
            v.set_double_value(real());
            break;
        case 5:
            v.set_bytes_value(raw(below(6)));
            break;
        case 6:
            v.mutable_array_value();
            for (std::size_t i = below(4); i > 0; --i)
                value(*v.mutable_array_value()->add_values(), depth + 1);
            break;
        default:
            v.mutable_kvlist_value();
            for (std::size_t i = below(4); i > 0; --i) {
                auto& entry = *v.mutable_kvlist_value()->add_values();
                entry.set_key("k" + text());
                value(*entry.mutable_value(), depth + 1);
            }
        }
    }

    template <class Repeated>
    void attributes(Repeated& list) {
        for (std::size_t i = below(6); i > 0; --i) {
            auto& attribute = *list.Add();
            attribute.set_key(text());
            if (below(8) != 0)
                value(*attribute.mutable_value());
        }
    }

    void scopeMetrics(otlp::ScopeMetrics& out) {
        if (sometimes()) {
            out.mutable_scope()->set_name(text());
            out.mutable_scope()->set_version(text());
            out.mutable_scope()->set_dropped_attributes_count(1);
            attributes(*out.mutable_scope()->mutable_attributes());
        }
        if (sometimes())
            out.set_schema_url(text());
        for (std::size_t i = below(6); i > 0; --i)
            metric(*out.add_metrics());
    }

    void metric(otlp::Metric& out) {
        out.set_name(name());
        if (sometimes())
            out.set_description(text());
        if (sometimes())
            out.set_unit(text());
        if (below(4) == 0)
            attributes(*out.mutable_metadata());
        const auto temporality = static_cast<otlp::AggregationTemporality>(below(3));
        const std::size_t points = below(5);
        switch (below(5)) {
        case 0:
            out.mutable_gauge();
            for (std::size_t i = 0; i < points; ++i)
                point(*out.mutable_gauge()->add_data_points());
            break;
        case 1:
            out.mutable_sum()->set_aggregation_temporality(temporality);
            out.mutable_sum()->set_is_monotonic(sometimes());
            for (std::size_t i = 0; i < points; ++i)
                point(*out.mutable_sum()->add_data_points());
            break;
        case 2:
            out.mutable_histogram()->set_aggregation_temporality(temporality);
            for (std::size_t i = 0; i < points; ++i)
                point(*out.mutable_histogram()->add_data_points());
            break;
        case 3:
            out.mutable_exponential_histogram()->set_aggregation_temporality(temporality);
            for (std::size_t i = 0; i < points; ++i)
                point(*out.mutable_exponential_histogram()->add_data_points());
            break;
        default:
            out.mutable_summary();
            for (std::size_t i = 0; i < points; ++i)
                point(*out.mutable_summary()->add_data_points());
        }
    }

    template <class P>
    void header(P& p) {
        attributes(*p.mutable_attributes());
        p.set_time_unix_nano(time());
        if (sometimes())
            p.set_start_time_unix_nano(time());
        if (below(4) == 0)
            p.set_flags(static_cast<std::uint32_t>(m_random()));
    }

    template <class P>
    void exemplars(P& p) {
        if (below(3) != 0)
            return;
        for (std::size_t i = below(3); i > 0; --i) {
            auto& e = *p.add_exemplars();
            if (sometimes())
                e.set_time_unix_nano(time());
            if (sometimes())
                e.set_as_int(integer());
            else if (sometimes())
                e.set_as_double(real());
            if (sometimes())
                e.set_trace_id(below(4) == 0 ? std::string(16, '\0') : raw(16));
            if (sometimes())
                e.set_span_id(raw(8));
            attributes(*e.mutable_filtered_attributes());
        }
    }

    void point(otlp::NumberDataPoint& p) {
        header(p);
        exemplars(p);
        if (p.flags() % 2 == 1 && sometimes())
            return; // no recorded value
        if (sometimes())
            p.set_as_int(integer());
        else
            p.set_as_double(real());
    }

    template <class P>
    void statistics(P& p) {
        p.set_count(m_random());
        if (sometimes())
            p.set_sum(real());
        if (sometimes())
            p.set_min(real());
        if (sometimes())
            p.set_max(real());
    }

    void point(otlp::HistogramDataPoint& p) {
        header(p);
        exemplars(p);
        statistics(p);
        if (below(4) == 0)
            return;
        double bound = -10;
        p.add_bucket_counts(m_random());
        for (std::size_t i = below(20); i > 0; --i) {
            bound += 0.25 * static_cast<double>(1 + below(100));
            p.add_explicit_bounds(bound);
            p.add_bucket_counts(m_random());
        }
    }

    void point(otlp::ExponentialHistogramDataPoint& p) {
        header(p);
        exemplars(p);
        statistics(p);
        p.set_scale(static_cast<std::int32_t>(below(32)) - 11);
        p.set_zero_count(m_random());
        if (sometimes())
            p.set_zero_threshold(0.001);
        if (sometimes())
            buckets(*p.mutable_positive());
        if (sometimes())
            buckets(*p.mutable_negative());
    }

    void buckets(otlp::ExponentialHistogramDataPoint::Buckets& b) {
        b.set_offset(static_cast<std::int32_t>(below(2000)) - 1000);
        for (std::size_t i = below(10); i > 0; --i)
            b.add_bucket_counts(sometimes() ? below(200) : m_random());
    }

    void point(otlp::SummaryDataPoint& p) {
        header(p);
        p.set_count(m_random());
        p.set_sum(real());
        for (std::size_t i = below(4); i > 0; --i) {
            auto& q = *p.add_quantile_values();
            q.set_quantile(static_cast<double>(below(101)) / 100);
            q.set_value(real());
        }
    }

    std::mt19937_64& m_random;
};

ValueKind kindOf(const otlp::AnyValue& v) {
    switch (v.value_case()) {
    case otlp::AnyValue::kStringValue:
        return ValueKind::String;
    case otlp::AnyValue::kBoolValue:
        return ValueKind::Bool;
    case otlp::AnyValue::kIntValue:
        return ValueKind::Int;
    case otlp::AnyValue::kDoubleValue:
        return ValueKind::Double;
    case otlp::AnyValue::kArrayValue:
        return ValueKind::Array;
    case otlp::AnyValue::kKvlistValue:
        return ValueKind::Map;
    case otlp::AnyValue::kBytesValue:
        return ValueKind::Bytes;
    case otlp::AnyValue::VALUE_NOT_SET:
        break;
    }
    return ValueKind::Empty;
}

std::string json(const otlp::AnyValue& v) {
    std::string out;
    switch (v.value_case()) {
    case otlp::AnyValue::kStringValue:
        return describeText(v.string_value());
    case otlp::AnyValue::kBoolValue:
        return v.bool_value() ? "true" : "false";
    case otlp::AnyValue::kIntValue:
        return std::to_string(v.int_value());
    case otlp::AnyValue::kDoubleValue:
        appendJsonDouble(out, v.double_value());
        return out;
    case otlp::AnyValue::kArrayValue:
        for (const auto& inner : v.array_value().values())
            out += (out.empty() ? "" : ",") + json(inner);
        return "[" + out + "]";
    case otlp::AnyValue::kKvlistValue:
        for (const auto& inner : v.kvlist_value().values())
            out += (out.empty() ? "" : ",") + describeText(inner.key()) + ":" + json(inner.value());
        return "{" + out + "}";
    case otlp::AnyValue::kBytesValue:
        return "{\"bytesValue\":\"" + base64(v.bytes_value()) + "\"}";
    case otlp::AnyValue::VALUE_NOT_SET:
        break;
    }
    return "null";
}

template <class Repeated>
std::string attributesText(const Repeated& list) {
    std::string out = "{";
    for (const auto& a : list)
        out += describeText(a.key()) + "=" + std::to_string(static_cast<int>(kindOf(a.value()))) +
               ":" + json(a.value()) + " ";
    return out + "}";
}

template <class P>
Number numberOf(const P& p) {
    switch (p.value_case()) {
    case P::kAsInt:
        return Number::of(static_cast<std::int64_t>(p.as_int()));
    case P::kAsDouble:
        return Number::of(p.as_double());
    default:
        return Number::of(std::numeric_limits<double>::quiet_NaN());
    }
}

template <class P>
std::string headerText(const P& p) {
    std::string exemplars = "[";
    if constexpr (requires { p.exemplars(); }) {
        for (const auto& e : p.exemplars()) {
            exemplars += std::to_string(e.time_unix_nano()) + " " + describeNumber(numberOf(e)) +
                         " " + attributesText(e.filtered_attributes());
            if (e.trace_id().find_first_not_of('\0') != std::string::npos)
                exemplars += " trace " + base64(e.trace_id());
            if (e.span_id().find_first_not_of('\0') != std::string::npos)
                exemplars += " span " + base64(e.span_id());
            exemplars += "; ";
        }
    }
    return " @" + std::to_string(p.start_time_unix_nano()) + ".." +
           std::to_string(p.time_unix_nano()) + " flags " + std::to_string(p.flags()) + " " +
           attributesText(p.attributes()) + " " + exemplars + "]";
}

template <class P>
std::string statisticsText(const P& p) {
    std::string out = "count " + std::to_string(p.count());
    if (p.has_sum())
        out += " sum " + describeReal(p.sum());
    if (p.has_min())
        out += " min " + describeReal(p.min());
    if (p.has_max())
        out += " max " + describeReal(p.max());
    return out;
}

template <class Repeated>
std::string countsText(const Repeated& list) {
    std::string out = "[";
    for (const std::uint64_t n : list)
        out += std::to_string(n) + " ";
    return out + "]";
}

std::string pointText(const otlp::NumberDataPoint& p) {
    return describeNumber(numberOf(p)) + headerText(p);
}

std::string pointText(const otlp::HistogramDataPoint& p) {
    std::string bounds = "[";
    for (const double b : p.explicit_bounds())
        bounds += describeReal(b) + " ";
    return statisticsText(p) + " buckets " + countsText(p.bucket_counts()) + " bounds " + bounds +
           "]" + headerText(p);
}

std::string pointText(const otlp::ExponentialHistogramDataPoint& p) {
    return statisticsText(p) + " scale " + std::to_string(p.scale()) + " zeros " +
           std::to_string(p.zero_count()) + " threshold " + describeReal(p.zero_threshold()) +
           " positive " + std::to_string(p.positive().offset()) +
           countsText(p.positive().bucket_counts()) + " negative " +
           std::to_string(p.negative().offset()) + countsText(p.negative().bucket_counts()) +
           headerText(p);
}

std::string pointText(const otlp::SummaryDataPoint& p) {
    std::string quantiles = "[";
    for (const auto& q : p.quantile_values())
        quantiles += describeReal(q.quantile()) + "=" + describeReal(q.value()) + " ";
    return "count " + std::to_string(p.count()) + " sum " + describeReal(p.sum()) + " " +
           quantiles + "]" + headerText(p);
}

template <class Data>
void addPoints(const Data& data, const std::string& before, const char* type,
               const std::string& after, std::vector<std::string>& out) {
    std::string temporality = " unspecified ";
    if constexpr (requires { data.aggregation_temporality(); }) {
        if (data.aggregation_temporality() == otlp::AGGREGATION_TEMPORALITY_DELTA)
            temporality = " delta ";
        if (data.aggregation_temporality() == otlp::AGGREGATION_TEMPORALITY_CUMULATIVE)
            temporality = " cumulative ";
    }
    if constexpr (requires { data.is_monotonic(); }) {
        if (data.is_monotonic())
            temporality = " monotonic" + temporality;
    }
    for (const auto& p : data.data_points())
        out.push_back(before + type + temporality + after + pointText(p));
}

/// Calls `use` with every exemplar of a request.
template <class F>
void forEachExemplar(const Request& request, F&& use) {
    const auto ofPoints = [&](const auto& data) {
        for (const auto& p : data.data_points())
            for (const auto& e : p.exemplars())
                use(e);
    };
    for (const auto& r : request.resource_metrics())
        for (const auto& s : r.scope_metrics())
            for (const auto& m : s.metrics()) {
                ofPoints(m.gauge());
                ofPoints(m.sum());
                ofPoints(m.histogram());
                ofPoints(m.exponential_histogram());
            }
}

void replaceAll(std::string& text, const std::string& from, const std::string& to) {
    for (std::size_t at = text.find(from); at != std::string::npos;
         at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
}

} // namespace

Request randomRequest(std::mt19937_64& random) {
    return Generator(random).request();
}

std::vector<std::string> describe(const Request& request) {
    std::vector<std::string> out;
    for (const auto& r : request.resource_metrics())
        for (const auto& s : r.scope_metrics())
            for (const auto& m : s.metrics()) {
                const std::string before =
                    "resource " + attributesText(r.resource().attributes()) +
                    describeText(r.schema_url()) + " scope " + describeText(s.scope().name()) +
                    describeText(s.scope().version()) + attributesText(s.scope().attributes()) +
                    describeText(s.schema_url()) + " ";
                const std::string after = describeText(m.name()) + describeText(m.unit()) +
                                          describeText(m.description()) + ": ";
                addPoints(m.gauge(), before, "gauge", after, out);
                addPoints(m.sum(), before, "sum", after, out);
                addPoints(m.histogram(), before, "histogram", after, out);
                addPoints(m.exponential_histogram(), before, "exponential_histogram", after, out);
                addPoints(m.summary(), before, "summary", after, out);
            }
    return out;
}

std::string otlpJson(const Request& request, bool enumsAsNumbers, bool snakeCase) {
    google::protobuf::util::JsonPrintOptions options;
    options.always_print_enums_as_ints = enumsAsNumbers;
    options.preserve_proto_field_names = snakeCase;
    std::string text;
    if (!google::protobuf::util::MessageToJsonString(request, &text, options).ok())
        return {};
    const auto toHex = [&text](const char* member, const std::string& id) {
        std::string hex;
        appendHex(hex, id);
        const std::string begin = std::string("\"") + member + "\":\"";
        replaceAll(text, begin + base64(id) + "\"", begin + hex + "\"");
    };
    forEachExemplar(request, [&](const auto& e) {
        toHex(snakeCase ? "trace_id" : "traceId", e.trace_id());
        toHex(snakeCase ? "span_id" : "spanId", e.span_id());
    });
    return text;
}

} // namespace sightglass::test
