// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/codec/otlp/response.h"

#include "core/codec/otlp/wire_writer.h"

namespace sightglass {

namespace {

constexpr std::string_view retryInfoType = "type.googleapis.com/google.rpc.RetryInfo";

} // namespace

PartialSuccess partialSuccess(const std::vector<Rejection>& rejections) {
    PartialSuccess outcome;
    for (const Rejection& r : rejections) {
        outcome.rejectedPoints += r.points;
        if (!outcome.message.empty())
            outcome.message += "; ";
        outcome.message += std::to_string(r.points) +
                           (r.points == 1 ? " point refused (" : " points refused (") + r.reason +
                           "): " + r.message;
    }
    return outcome;
}

std::string encodeExportResponse(const PartialSuccess& outcome) {
    WireWriter out;
    if (outcome.rejectedPoints == 0 && outcome.message.empty())
        return out.take();
    const std::size_t partial = out.begin(1);
    if (outcome.rejectedPoints != 0)
        out.varint(1, outcome.rejectedPoints);
    if (!outcome.message.empty())
        out.bytes(2, outcome.message);
    out.end(partial);
    return out.take();
}

std::string encodeExportResponseJson(const PartialSuccess& outcome) {
    if (outcome.rejectedPoints == 0 && outcome.message.empty())
        return "{}";
    std::string out = "{\"partialSuccess\":{\"rejectedDataPoints\":\"" +
                      std::to_string(outcome.rejectedPoints) + "\",\"errorMessage\":";
    appendJsonString(out, outcome.message);
    return out + "}}";
}

std::string encodeRpcStatus(const RpcStatus& status) {
    WireWriter out;
    if (status.code != 0)
        out.varint(1, static_cast<std::uint64_t>(status.code));
    if (!status.message.empty())
        out.bytes(2, status.message);
    if (status.retryAfterSeconds) {
        WireWriter retry;
        const std::size_t delay = retry.begin(1);
        retry.varint(1, *status.retryAfterSeconds);
        retry.end(delay);
        const std::size_t any = out.begin(3);
        out.bytes(1, retryInfoType);
        out.bytes(2, retry.take());
        out.end(any);
    }
    return out.take();
}

std::string encodeRpcStatusJson(const RpcStatus& status) {
    std::string out = "{\"code\":" + std::to_string(status.code) + ",\"message\":";
    appendJsonString(out, status.message);
    if (status.retryAfterSeconds) {
        out += ",\"details\":[{\"@type\":\"";
        out += retryInfoType;
        out += "\",\"retryDelay\":\"" + std::to_string(*status.retryAfterSeconds) + "s\"}]";
    }
    return out + "}";
}

} // namespace sightglass
