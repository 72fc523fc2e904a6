// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sightglass {

/// The kinds of dump that the command line names. Not all of them are read yet.
enum class DumpFormat : std::uint8_t {
    PrometheusText,
    OpenMetrics,
    PrometheusProto,
    OtlpJson,
    OtlpProto,
    DebugText,
    PrometheusApi,
    TsdbDump,
    Csv,
    Session,
};

/// "prometheus-text", "otlp-json", ...
[[nodiscard]] std::string_view dumpFormatName(DumpFormat format);
[[nodiscard]] std::optional<DumpFormat> dumpFormatNamed(std::string_view name);
/// All names with commas between, for messages.
[[nodiscard]] std::string dumpFormatNames();
/// Whether this version reads it.
[[nodiscard]] bool isReadable(DumpFormat format);

/// The format that the (decompressed) bytes are in, judged by content. nullopt: none that we know.
/// Anything that is text and nothing else is taken for prometheus-text, whose parser then says what
/// is wrong with it and where.
[[nodiscard]] std::optional<DumpFormat> recogniseDump(std::string_view bytes);

} // namespace sightglass
