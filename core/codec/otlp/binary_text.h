// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace sightglass {

// How OTLP/JSON writes bytes. False if `text` is not of the form; `out` is then unspecified.

/// Pairs of hexadecimal digits in either case.
[[nodiscard]] bool decodeHex(std::string_view text, std::string& out);
/// Base64 in the standard or the URL-safe alphabet, with or without padding (RFC 4648), as
/// protobuf's JSON mapping takes it.
[[nodiscard]] bool decodeBase64(std::string_view text, std::string& out);

/// In lower case.
void appendHex(std::string& out, std::string_view bytes);

} // namespace sightglass
