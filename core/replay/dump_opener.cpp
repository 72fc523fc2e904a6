// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/dump_opener.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

#include "core/codec/exposition/exposition.h"
#include "core/codec/otlp/decode.h"
#include "core/replay/otlp_framing.h"

namespace sightglass {

namespace {

/// Reads one input part by part under the strictness asked for.
class DumpReader {
  public:
    DumpReader(OriginId origin, Strictness strictness, TimeNs now, const TakeBatch& take)
        : m_strictness(strictness), m_now(now), m_take(take) {
        m_report.origin = origin;
    }

    Result<DumpReport> read(std::string bytes, DumpFormat format) {
        m_report.format = format;
        if (format == DumpFormat::PrometheusText)
            readPage(std::move(bytes));
        else if (format == DumpFormat::OtlpProto)
            readProto(bytes);
        else
            readJson(bytes);
        if (m_error)
            return *m_error;
        for (Batch& batch : m_held) {
            if (!m_take(std::move(batch)))
                break;
        }
        if (m_strictness == Strictness::Tolerant && m_good == 0 && m_report.firstSkipped)
            return *m_report.firstSkipped;
        return std::move(m_report);
    }

  private:
    [[nodiscard]] RawRecord recordOf(std::string body) const {
        return {m_report.origin, m_now, {}, std::make_shared<const std::string>(std::move(body))};
    }

    void readPage(std::string page) {
        ExpositionOptions options;
        options.skipBadLines = m_strictness == Strictness::Tolerant;
        keep(decodeExposition(recordOf(std::move(page)), options), 0);
    }

    void readProto(std::string_view bytes) {
        std::vector<std::string_view> requests = splitOtlpProto(bytes);
        if (requests.empty())
            requests = {bytes}; // the codec says where it goes wrong
        for (const std::string_view request : requests) {
            if (!keep(decodeMetricsRequest(recordOf(std::string(request))), 0))
                return;
        }
    }

    void readJson(std::string_view bytes) {
        for (const JsonRequest& request : splitOtlpJson(bytes)) {
            if (!keep(decodeMetricsRequestJson(recordOf(std::string(request.text))), request.line))
                return;
        }
    }

    /// False if no more is to be read. `line` is where the part begins; 0 for the input itself.
    bool keep(Result<Batch> batch, std::uint32_t line) {
        if (!batch) {
            Error error = batch.error();
            // The codec counts from the part's own beginning.
            if (line > 1) {
                error.place.line = line + (error.place.line > 0 ? error.place.line - 1 : 0);
                error.place.byte.reset();
            }
            if (m_strictness == Strictness::Strict) {
                m_error = std::move(error);
                return false;
            }
            ++m_report.skipped;
            if (!m_report.firstSkipped)
                m_report.firstSkipped = std::move(error);
            return true;
        }
        ++m_good;
        m_report.points += batch->pointCount();
        for (const Rejection& rejection : batch->rejections)
            count(rejection);
        if (m_strictness == Strictness::Tolerant)
            return m_take(std::move(*batch));
        m_held.push_back(std::move(*batch));
        return true;
    }

    void count(const Rejection& rejection) {
        const auto it =
            std::find_if(m_report.rejections.begin(), m_report.rejections.end(),
                         [&](const Rejection& r) { return r.reason == rejection.reason; });
        if (it == m_report.rejections.end())
            m_report.rejections.push_back(rejection);
        else
            it->points += rejection.points;
    }

    const Strictness m_strictness;
    const TimeNs m_now;
    const TakeBatch& m_take;
    DumpReport m_report;
    std::uint64_t m_good = 0;
    std::vector<Batch> m_held; ///< strict: until all is known to be good
    std::optional<Error> m_error;
};

} // namespace

Result<DumpReport> readDump(std::string bytes, OriginId origin, const DumpOptions& options,
                            const Clock& clock, const TakeBatch& take) {
    const std::optional<DumpFormat> format = options.format ? options.format : recogniseDump(bytes);
    if (!format)
        return Error{ErrorCode::InvalidArgument,
                     "is in no format that is known; --from names one of " + dumpFormatNames(),
                     {}};
    if (!isReadable(*format))
        return Error{
            ErrorCode::Unsupported, std::string(dumpFormatName(*format)) + " is not read yet", {}};
    return DumpReader(origin, options.strictness, clock.now(), take)
        .read(std::move(bytes), *format);
}

Result<DumpReport> openDump(const std::string& input, const DumpOptions& options,
                            OriginTable& origins, const Clock& clock, const TakeBatch& take) {
    Result<Source> source = readSource(input, options.limits, options.stop);
    if (!source)
        return source.error();
    const OriginId origin = origins.intern(source->kind, source->detail);
    return readDump(std::move(source->bytes), origin, options, clock, take);
}

} // namespace sightglass
