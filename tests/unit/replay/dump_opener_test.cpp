// SPDX-License-Identifier: GPL-3.0-or-later
#include <doctest/doctest.h>

#include <zlib.h>
#include <zstd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "core/codec/otlp/encode.h"
#include "core/replay/dump_opener.h"

namespace sightglass {

namespace {

constexpr TimeNs now = 1'700'000'000 * nsPerSecond;

const std::string page = "# TYPE heap gauge\nheap{a=\"b\"} 1\nheap{a=\"c\"} 2 1000\n";

std::string jsonRequest(const std::string& name) {
    return R"({"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":")" + name +
           R"(","gauge":{"dataPoints":[{"timeUnixNano":"1700000000000000000","asInt":"1"}]}}]}]}]})";
}

/// What one reading gave.
struct Reading {
    OriginTable origins;
    ManualClock clock{now};
    std::vector<Batch> batches;
    DumpOptions options;

    TakeBatch take() {
        return [this](Batch&& batch) {
            batches.push_back(std::move(batch));
            return true;
        };
    }
    Result<DumpReport> bytes(std::string text) {
        return readDump(std::move(text), origins.intern(OriginKind::File, "x"), options, clock,
                        take());
    }
    Result<DumpReport> open(const std::string& path) {
        return openDump(path, options, origins, clock, take());
    }
};

/// A file that is there while a test runs.
class TemporaryFile {
  public:
    explicit TemporaryFile(std::string_view bytes) {
        std::string pattern = std::filesystem::temp_directory_path() / "sightglass-XXXXXX";
        const int descriptor = mkstemp(pattern.data());
        REQUIRE(descriptor >= 0);
        m_path = pattern;
        std::ofstream(m_path, std::ios::binary) << bytes;
    }
    ~TemporaryFile() { std::filesystem::remove(m_path); }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    [[nodiscard]] const std::string& path() const { return m_path; }

  private:
    std::string m_path;
};

std::string gzipped(const std::string& bytes) {
    std::string out(compressBound(bytes.size()) + 64, '\0');
    z_stream stream{};
    REQUIRE(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    std::string in = bytes;
    stream.next_in = reinterpret_cast<Bytef*>(in.data());
    stream.avail_in = static_cast<uInt>(in.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

std::string zstandard(const std::string& bytes) {
    std::string out(ZSTD_compressBound(bytes.size()), '\0');
    out.resize(ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), 3));
    return out;
}

} // namespace

TEST_CASE("a page becomes one batch; samples without a time get the clock's") {
    Reading reading;
    const auto report = reading.bytes(page);
    REQUIRE(report.ok());
    CHECK(report->format == DumpFormat::PrometheusText);
    CHECK(report->points == 2);
    REQUIRE(reading.batches.size() == 1);
    CHECK(reading.batches[0].numberPoints[0].time == now);
    CHECK(reading.batches[0].numberPoints[1].time == nsPerSecond);
}

TEST_CASE("each line of OTLP/JSON becomes a batch, and so does one pretty-printed request") {
    Reading lines;
    const auto report = lines.bytes(jsonRequest("a") + "\n" + jsonRequest("b") + "\n");
    REQUIRE(report.ok());
    CHECK(report->format == DumpFormat::OtlpJson);
    REQUIRE(lines.batches.size() == 2);
    CHECK(lines.batches[1].metrics[0].descriptor.name == "b");

    Reading pretty;
    std::string text = jsonRequest("a");
    for (std::size_t at = 0; (at = text.find_first_of(",{", at)) != std::string::npos; at += 2)
        text.insert(at + 1, "\n");
    REQUIRE(pretty.bytes(text).ok());
    CHECK(pretty.batches.size() == 1);
}

TEST_CASE("protobuf is read as a single request and in frames") {
    Reading json;
    REQUIRE(json.bytes(jsonRequest("a")).ok());
    const std::string request = encodeMetricsRequest(json.batches[0]);
    REQUIRE(request.size() < 128);

    Reading single;
    REQUIRE(single.bytes(request).ok());
    REQUIRE(single.batches.size() == 1);
    CHECK(single.batches[0].metrics[0].descriptor.name == "a");

    Reading framed;
    const std::string size(1, static_cast<char>(request.size()));
    REQUIRE(
        framed.bytes(std::string(3, '\0') + size + request + std::string(3, '\0') + size + request)
            .ok());
    CHECK(framed.batches.size() == 2);
}

TEST_CASE("strict: one bad part, and nothing of the input is given") {
    Reading lines;
    const auto json = lines.bytes(jsonRequest("a") + "\n{\"resourceMetrics\":7}\n");
    REQUIRE_FALSE(json.ok());
    CHECK(json.error().place.line == 2);
    CHECK(lines.batches.empty());

    Reading badPage;
    const auto text = badPage.bytes(page + "heap{ 1\n");
    REQUIRE_FALSE(text.ok());
    CHECK(text.error().place.line == 4);
    CHECK(badPage.batches.empty());
}

TEST_CASE("tolerant: bad parts are left out and counted") {
    Reading lines;
    lines.options.strictness = Strictness::Tolerant;
    const auto json = lines.bytes("{\"resourceMetrics\":[{\"x\n" + jsonRequest("a") +
                                  "\n{\"resourceMetrics\":7}\n");
    REQUIRE(json.ok());
    CHECK(json->skipped == 2);
    CHECK(json->firstSkipped.has_value());
    CHECK(lines.batches.size() == 1);

    Reading badPage;
    badPage.options.strictness = Strictness::Tolerant;
    const auto text = badPage.bytes(page + "heap{ 1\n");
    REQUIRE(text.ok());
    CHECK(text->points == 2);
    REQUIRE(text->rejections.size() == 1);
    CHECK(text->rejections[0].reason == "invalid-line");
}

TEST_CASE("tolerant: an input of which nothing can be read is an error all the same") {
    Reading reading;
    reading.options.strictness = Strictness::Tolerant;
    CHECK_FALSE(reading.bytes("{\"resourceMetrics\":7}\n").ok());
}

TEST_CASE("formats that are known but not built yet say so") {
    Reading reading;
    const auto report = reading.bytes("heap 1\n# EOF\n");
    REQUIRE_FALSE(report.ok());
    CHECK(report.error().code == ErrorCode::Unsupported);
    CHECK(report.error().message == "openmetrics is not read yet");
}

TEST_CASE("--from is stronger than the content") {
    Reading reading;
    reading.options.format = DumpFormat::PrometheusText;
    CHECK(reading.bytes("heap 1\n# EOF\n").ok());
    reading.options.format = DumpFormat::OtlpJson;
    CHECK_FALSE(reading.bytes(page).ok());
}

TEST_CASE("gzip and zstd are seen through, and the origin is the path as given") {
    for (const std::string& bytes : {page, gzipped(page), zstandard(page)}) {
        const TemporaryFile file(bytes);
        Reading reading;
        const auto report = reading.open(file.path());
        REQUIRE(report.ok());
        CHECK(report->points == 2);
        CHECK(reading.origins.origin(report->origin).name() == "file " + file.path());
        CHECK(reading.batches[0].origin == report->origin);
    }
}

TEST_CASE("what cannot be read is said in words") {
    struct Row {
        std::string path, message;
        ErrorCode code;
    };
    const TemporaryFile empty("");
    const TemporaryFile emptyInside(gzipped(""));
    const TemporaryFile broken(gzipped(page).substr(0, 20));
    const Row rows[] = {
        {"/nonexistent/a.prom", "No such file or directory", ErrorCode::NotFound},
        {std::filesystem::temp_directory_path(), "is a directory", ErrorCode::Io},
        {empty.path(), "is empty", ErrorCode::Io},
        {emptyInside.path(), "is empty once decompressed", ErrorCode::Io},
        {broken.path(), "", ErrorCode::InvalidArgument},
        {"http://127.0.0.1:1/metrics", "", ErrorCode::Unavailable},
    };
    for (const Row& row : rows) {
        CAPTURE(row.path);
        Reading reading;
        const auto report = reading.open(row.path);
        REQUIRE_FALSE(report.ok());
        CHECK(report.error().code == row.code);
        if (!row.message.empty())
            CHECK(report.error().message == row.message);
    }
}

TEST_CASE("an input past its limits is refused, compressed or not") {
    const TemporaryFile file(gzipped(std::string(100'000, '#') + "\n" + page));
    Reading reading;
    reading.options.limits.inflated = 50'000;
    const auto inflated = reading.open(file.path());
    REQUIRE_FALSE(inflated.ok());
    CHECK(inflated.error().code == ErrorCode::TooLarge);

    reading.options.limits.bytes = 10;
    const auto raw = reading.open(file.path());
    REQUIRE_FALSE(raw.ok());
    CHECK(raw.error().code == ErrorCode::TooLarge);
}

} // namespace sightglass
