// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/otlp_http_server.h"

#include <utility>

#include "core/ingest/http_server.h"
#include "core/ingest/otlp_intake.h"

namespace sightglass {

namespace {

constexpr std::string_view metricsPath = "/v1/metrics";
constexpr std::string_view protobufType = "application/x-protobuf";
constexpr std::string_view jsonType = "application/json";

/// google.rpc.Code for an HTTP status (google/rpc/code.proto names the pairs).
int rpcCode(int httpStatus) {
    switch (httpStatus) {
    case 403:
        return 7; // PERMISSION_DENIED
    case 404:
        return 5; // NOT_FOUND
    case 405:
        return 12; // UNIMPLEMENTED
    case 408:
        return 4; // DEADLINE_EXCEEDED
    case 413:
        return 8; // RESOURCE_EXHAUSTED
    case 429:
        return 8;
    case 500:
        return 13; // INTERNAL
    case 503:
        return 14; // UNAVAILABLE
    default:
        return 3; // INVALID_ARGUMENT
    }
}

/// The encoding to answer in: the request's own, and JSON, which people can read, for any other.
OtlpFormat answerFormat(const HttpRequest& request) {
    return isMediaType(request.header("content-type"), protobufType) ? OtlpFormat::Protobuf
                                                                     : OtlpFormat::Json;
}

HttpResponse statusResponse(OtlpFormat format, int httpStatus, std::string message) {
    RpcStatus status{rpcCode(httpStatus), std::move(message), {}};
    HttpResponse response;
    response.status = httpStatus;
    if (httpStatus == 429 || httpStatus == 503) {
        status.retryAfterSeconds = otlpRetrySeconds;
        response.headers.emplace_back("Retry-After", std::to_string(otlpRetrySeconds));
    }
    const bool isJson = format == OtlpFormat::Json;
    response.contentType = std::string(isJson ? jsonType : protobufType);
    response.body = isJson ? encodeRpcStatusJson(status) : encodeRpcStatus(status);
    return response;
}

HttpResponse outcomeResponse(OtlpFormat format, OtlpOutcome outcome) {
    switch (outcome.verdict) {
    case OtlpVerdict::Malformed:
        return statusResponse(format, 400, std::move(outcome.message));
    case OtlpVerdict::TooLarge:
        return statusResponse(format, 413, std::move(outcome.message));
    case OtlpVerdict::Full:
        return statusResponse(format, 429, std::move(outcome.message));
    case OtlpVerdict::NoMemory:
    case OtlpVerdict::Stopping:
        return statusResponse(format, 503, std::move(outcome.message));
    case OtlpVerdict::Taken:
        break;
    }
    HttpResponse response;
    const bool isJson = format == OtlpFormat::Json;
    response.contentType = std::string(isJson ? jsonType : protobufType);
    response.body =
        isJson ? encodeExportResponseJson(outcome.partial) : encodeExportResponse(outcome.partial);
    return response;
}

/// Handles on the HTTP server's two workers, so that a large request being decoded does not hold
/// up the others; the intake is shared with requests whose verdict is still to come.
class OtlpHttpServer final : public Receiver {
  public:
    explicit OtlpHttpServer(const IngestContext& context)
        : m_intake(std::make_shared<OtlpIntake>(context, OriginKind::OtlpHttp, "otlp-http")),
          m_server(options(context.limits), context.counters,
                   [this](HttpRequest request, const Respond& respond) {
                       handle(std::move(request), respond);
                   }) {}

    Result<std::vector<std::string>> start(const std::vector<std::string>& addresses) override {
        return m_server.start(addresses);
    }

    [[nodiscard]] ReceiverActivity activity() const override { return m_intake->activity(); }

  private:
    HttpServerOptions options(const IngestLimits& limits) {
        HttpServerOptions options;
        options.name = "otlp-http";
        options.bodyLimit = limits.compressedBytes;
        options.requestTimeout = std::chrono::seconds(limits.requestTimeoutSeconds);
        options.idleTimeout = std::chrono::seconds(limits.idleTimeoutSeconds);
        options.workers = 2;
        options.refusal = [this](const HttpRequest& request, int status,
                                 const std::string& message) {
            m_intake->noteRefusal(message);
            return statusResponse(answerFormat(request), status, message);
        };
        return options;
    }

    void handle(HttpRequest request, const Respond& respond) {
        const OtlpFormat format = answerFormat(request);
        const auto refuse = [&](int status, std::string_view reason, const std::string& message) {
            m_intake->refuse(reason, message);
            HttpResponse response = statusResponse(format, status, message);
            if (status == 405)
                response.headers.emplace_back("Allow", "POST");
            respond(std::move(response));
        };

        if (request.path == "/v1/traces" || request.path == "/v1/logs") {
            return refuse(404, "not-metrics",
                          request.path + " is not taken here: Sightglass takes metrics only, at " +
                              std::string(metricsPath));
        }
        if (request.path != metricsPath) {
            return refuse(404, "unknown-path",
                          "there is nothing at " + request.path + ": OTLP metrics go to " +
                              std::string(metricsPath));
        }
        if (request.method != "POST") {
            return refuse(405, "wrong-method",
                          request.method + " is not offered at " + std::string(metricsPath) +
                              ": use POST");
        }
        const std::string_view contentType = request.header("content-type");
        if (!isMediaType(contentType, protobufType) && !isMediaType(contentType, jsonType)) {
            return refuse(415, "wrong-content-type",
                          "the content type '" + std::string(contentType) +
                              "' is not OTLP: use application/x-protobuf or application/json");
        }
        const Result<Encoding> encoding = encodingNamed(request.header("content-encoding"));
        if (!encoding)
            return refuse(415, "wrong-encoding", encoding.error().text());

        RawRecord record;
        record.headers = std::move(request.headers);
        record.body = std::make_shared<const std::string>(std::move(request.body));
        m_intake->take(std::move(record), *encoding, format,
                       [respond, format](OtlpOutcome outcome) {
                           respond(outcomeResponse(format, std::move(outcome)));
                       });
    }

    const std::shared_ptr<OtlpIntake> m_intake;
    HttpServer m_server; ///< last: its threads use the intake
};

} // namespace

std::unique_ptr<Receiver> makeOtlpHttpServer(const IngestContext& context) {
    return std::make_unique<OtlpHttpServer>(context);
}

} // namespace sightglass
