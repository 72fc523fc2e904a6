// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/otlp_framing.h"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace sightglass {

namespace {

/// Base-128 varint at `at`, which moves behind it; nullopt if it does not end within 10 bytes.
std::optional<std::uint64_t> readVarint(std::string_view bytes, std::size_t& at) {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && at < bytes.size(); shift += 7) {
        const auto byte = static_cast<unsigned char>(bytes[at++]);
        value |= std::uint64_t{byte & 0x7fu} << shift;
        if ((byte & 0x80) == 0)
            return value;
    }
    return std::nullopt;
}

/// True if all of `bytes` is length-delimited fields of which every one satisfies `isGood`.
template <class IsGood>
bool isFields(std::string_view bytes, IsGood isGood) {
    std::size_t at = 0;
    while (at < bytes.size()) {
        const auto tag = readVarint(bytes, at);
        if (!tag || (*tag & 7) != 2)
            return false;
        const auto size = readVarint(bytes, at);
        if (!size || *size > bytes.size() - at)
            return false;
        if (!isGood(*tag >> 3, bytes.substr(at, static_cast<std::size_t>(*size))))
            return false;
        at += static_cast<std::size_t>(*size);
    }
    return true;
}

/// ExportMetricsServiceRequest is resource_metrics = 1; ResourceMetrics is resource = 1,
/// scope_metrics = 2, schema_url = 3. (1000 was instrumentation_library_metrics.)
bool isRequest(std::string_view bytes) {
    return !bytes.empty() && isFields(bytes, [](std::uint64_t field, std::string_view content) {
        return field == 1 && isFields(content, [](std::uint64_t inner, std::string_view) {
                   return (inner >= 1 && inner <= 3) || inner == 1000;
               });
    });
}

using ReadSize = std::optional<std::uint64_t> (*)(std::string_view, std::size_t&);

std::optional<std::uint64_t> readBigEndian(std::string_view bytes, std::size_t& at) {
    if (bytes.size() - at < 4)
        return std::nullopt;
    std::uint64_t size = 0;
    for (int i = 0; i < 4; ++i)
        size = size << 8 | static_cast<unsigned char>(bytes[at++]);
    return size;
}

std::vector<std::string_view> splitFrames(std::string_view bytes, ReadSize readSize) {
    std::vector<std::string_view> out;
    std::size_t at = 0;
    while (at < bytes.size()) {
        const auto size = readSize(bytes, at);
        if (!size || *size > bytes.size() - at)
            return {};
        const std::string_view frame = bytes.substr(at, static_cast<std::size_t>(*size));
        if (!isRequest(frame))
            return {};
        out.push_back(frame);
        at += frame.size();
    }
    return out;
}

/// Brackets opened less brackets closed, outside of strings.
std::int64_t bracketBalance(std::string_view text) {
    std::int64_t depth = 0;
    bool inString = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (inString) {
            if (c == '\\')
                ++i;
            else if (c == '"')
                inString = false;
        } else if (c == '"') {
            inString = true;
        } else if (c == '{' || c == '[') {
            ++depth;
        } else if (c == '}' || c == ']') {
            --depth;
        }
    }
    return inString ? depth + 1 : depth;
}

bool isBlank(std::string_view text) {
    return text.find_first_not_of(" \t\r") == std::string_view::npos;
}

} // namespace

std::vector<std::string_view> splitOtlpProto(std::string_view bytes) {
    if (isRequest(bytes))
        return {bytes};
    std::vector<std::string_view> frames = splitFrames(bytes, readBigEndian);
    if (frames.empty())
        frames = splitFrames(bytes, readVarint);
    return frames;
}

std::vector<JsonRequest> splitOtlpJson(std::string_view bytes) {
    std::vector<JsonRequest> lines;
    std::uint32_t number = 0;
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t end = bytes.find('\n', at);
        const std::string_view line =
            bytes.substr(at, end == std::string_view::npos ? end : end - at);
        ++number;
        if (!isBlank(line))
            lines.push_back({line, number});
        // An object that the first line leaves open goes on to the end of the file.
        if (lines.size() == 1 && lines.front().text.data() == line.data() &&
            bracketBalance(line) > 0 && end != std::string_view::npos &&
            !isBlank(bytes.substr(end + 1))) {
            const std::string_view next = bytes.substr(bytes.find_first_not_of(" \t\r\n", end));
            // ... unless the next line begins one of its own: then this one is cut short.
            if (!next.starts_with("{\"resource"))
                return {{bytes.substr(at), number}};
        }
        if (end == std::string_view::npos)
            break;
        at = end + 1;
    }
    return lines;
}

} // namespace sightglass
