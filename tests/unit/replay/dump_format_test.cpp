// SPDX-License-Identifier: GPL-3.0-or-later
#include <doctest/doctest.h>

#include <string>

#include "core/replay/dump_format.h"

namespace sightglass {

TEST_CASE("a dump's format is known by what is in it") {
    struct Row {
        std::string bytes;
        std::optional<DumpFormat> format;
    };
    const std::string proto("\x0a\x02\x12\x00", 4);
    const Row rows[] = {
        {"heap 1\n", DumpFormat::PrometheusText},
        {"# HELP heap Bytes\n", DumpFormat::PrometheusText},
        {"{\"heap.used\"} 1\n", DumpFormat::PrometheusText},
        {"{\"heap.used\",a=\"b\"} 1\n", DumpFormat::PrometheusText},
        {"# TYPE heap gauge\nheap 1\n# EOF\n", DumpFormat::OpenMetrics},
        {"{\"resourceMetrics\":[]}\n", DumpFormat::OtlpJson},
        {"\n{\n  \"resourceMetrics\": []\n}\n", DumpFormat::OtlpJson},
        {"{\"status\":\"success\",\"data\":{}}", DumpFormat::PrometheusApi},
        {"{__name__=\"up\"} 1 1700000000\n", DumpFormat::TsdbDump},
        {"Resource SchemaURL: \nResourceMetrics #0\n", DumpFormat::DebugText},
        {"time,metric,value\n1,heap,2\n", DumpFormat::Csv},
        {proto, DumpFormat::OtlpProto},
        {std::string("\0\0\0\4", 4) + proto, DumpFormat::OtlpProto},
        {"\4" + proto + "\4" + proto, DumpFormat::OtlpProto},
        {std::string("\x0c\x0a\x04heap\x12\x04Help", 13), DumpFormat::PrometheusProto},
        {std::string("\x00\xff\x01", 3), std::nullopt},
    };
    for (const Row& row : rows) {
        CAPTURE(row.bytes);
        const auto format = recogniseDump(row.bytes);
        CHECK(format.has_value() == row.format.has_value());
        if (format && row.format)
            CHECK(dumpFormatName(*format) == dumpFormatName(*row.format));
    }
}

TEST_CASE("every name that --from takes is the name of one format") {
    for (const char* name :
         {"prometheus-text", "openmetrics", "prometheus-proto", "otlp-json", "otlp-proto",
          "debug-text", "prometheus-api", "tsdb-dump", "csv", "session"}) {
        const auto format = dumpFormatNamed(name);
        REQUIRE(format);
        CHECK(dumpFormatName(*format) == name);
        CHECK(dumpFormatNames().find(name) != std::string::npos);
    }
    CHECK_FALSE(dumpFormatNamed("xml"));
}

} // namespace sightglass
